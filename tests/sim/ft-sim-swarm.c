/* ft-sim-swarm.c: the torrents of a simulation: those who have them, who want them, who do harm.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-swarm.h"

/* Beside the seed of the network, so that the two draw other numbers. */
#define SALT G_GUINT64_CONSTANT (0x73696d)

guint32
ft_sim_swarm_draw (FtSimSwarm *self, guint32 n)
{
  return bt_random_below (&self->random, n);
}

char *
ft_sim_swarm_next_ip (FtSimSwarm *self)
{
  guint n = self->n_hosts++;

  return g_strdup_printf ("%u.%u.%u.1", 20 + n / 250 % 50, n % 250 + 1, n * 7 % 250 + 1);
}

FtSimSwarm *
ft_sim_swarm_new (guint64 seed)
{
  FtSimSwarm *self = g_new0 (FtSimSwarm, 1);

  bt_random_seed (&self->random, seed ^ SALT);
  self->sim = ft_sim_new (seed);
  self->trackers = ft_sim_trackers_new (self->sim->net);
  self->shares = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_sim_torrent_free);
  self->engines = g_ptr_array_new_with_free_func (g_free);
  self->members = g_ptr_array_new_with_free_func (g_free);
  self->bad = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_bad_peer_free);
  self->began = ft_fake_net_now (self->sim->net);
  return self;
}

void
ft_sim_swarm_free (FtSimSwarm *self)
{
  g_ptr_array_unref (self->bad);
  ft_sim_trackers_close (self->trackers);
  ft_sim_free (self->sim);
  ft_sim_trackers_free (self->trackers);
  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->engines);
  g_ptr_array_unref (self->shares);
  g_free (self);
}

FtSimTorrent *
ft_sim_swarm_add_torrent (FtSimSwarm *self, guint64 max_size, guint max_piece)
{
  FtSimTorrent *share = ft_sim_torrent_new (&self->random, self->shares->len, max_size, max_piece);

  g_ptr_array_add (self->shares, share);
  return share;
}

/* Members. */

FtSimEngine *
ft_sim_swarm_add_engine (FtSimSwarm *self, BtConfig *config)
{
  FtSimEngine *engine = g_new0 (FtSimEngine, 1);
  g_autofree char *ip = ft_sim_swarm_next_ip (self);

  engine->node = ft_sim_add_node_with (self->sim, ip, config);
  bt_config_free (config);
  g_ptr_array_add (self->engines, engine);
  return engine;
}

FtSimMember *
ft_sim_swarm_add (FtSimSwarm *self, FtSimEngine *engine, FtSimTorrent *share, gboolean is_seed)
{
  FtSimMember *member = g_new0 (FtSimMember, 1);

  member->engine = engine;
  member->share = share;
  member->is_seed = is_seed;
  g_ptr_array_add (self->members, member);
  return member;
}

static GPtrArray *
make_tiers (guint trackers)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint manner = 0; manner < FT_N_TRACKERS; manner++)
    if ((trackers & 1u << manner) != 0)
      {
        char **tier = g_new0 (char *, 2);

        tier[0] = ft_sim_tracker_url ((FtTrackerManner) manner);
        g_ptr_array_add (tiers, tier);
      }
  return tiers;
}

BtTorrent *
ft_sim_swarm_torrent (FtSimMember *member)
{
  return bt_core_find (member->engine->node->core, member->id);
}

void
ft_sim_swarm_give (FtSimSwarm *self, FtSimMember *member, guint trackers)
{
  g_autoptr(GPtrArray) tiers = make_tiers (trackers);
  BtCommand *command = bt_command_new (bt_core_add);

  if (member->by_link)
    command->text = ft_sim_torrent_make_link (member->share);
  else
    command->bytes = g_bytes_ref (member->share->sample->torrent);
  command->path = g_strdup (member->is_seed ? member->share->sample->dir : NULL);
  member->id = ft_sim_node_run (member->engine->node, command);
  ft_sim_meter_restart (&member->meter);
  bt_torrent_set_tiers (ft_sim_swarm_torrent (member), tiers);
}

void
ft_sim_swarm_introduce (FtSimSwarm *self, FtSimMember *member)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      FtSimMember *other = g_ptr_array_index (self->members, i);
      BtEndpoint endpoint = ft_sim_node_endpoint (other->engine->node);

      if (other->is_seed && other->share == member->share && other != member)
        ft_sim_node_connect (member->engine->node, ft_sim_swarm_torrent (member), &endpoint);
    }
}

FtBadPeer *
ft_sim_swarm_add_bad (FtSimSwarm *self, FtSimTorrent *share, FtBadKind kind)
{
  g_autofree char *ip = ft_sim_swarm_next_ip (self);
  FtManners manners = ft_sim_manners (kind);
  FtBadPeer *peer = ft_bad_peer_new (ft_fake_net_add_host (self->sim->net, ip), ip, share->sample, &manners);

  ft_sim_trackers_add (self->trackers, &share->info_hash, &peer->local);
  share->n_liars += ft_sim_is_liar (kind);
  share->noisy |= ft_sim_is_noisy (kind);
  g_ptr_array_add (self->bad, peer);
  return peer;
}

/* A move that failed is not tried again before a start. */
static gboolean
is_home (BtTorrent *torrent)
{
  return !torrent->relocating
         && (torrent->leaves_home_alone || g_str_equal (torrent->data_path, torrent->save_path));
}

/* A seed that runs and has nobody to talk to is folded. */
static gboolean
is_looked_at (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_READY || (torrent->phase == BT_PHASE_FOLDED && torrent->active);
}

gboolean
ft_sim_swarm_is_complete (FtSimSwarm *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      BtTorrent *torrent = ft_sim_swarm_torrent (g_ptr_array_index (self->members, i));

      if (torrent == NULL || torrent->metainfo->magnet != NULL || !is_looked_at (torrent)
          || !is_home (torrent) || !bt_torrent_is_complete (torrent))
        return FALSE;
    }
  return TRUE;
}
