/* ft-sim-swarm.c: one torrent in a simulation: those who have it, who want it, who do harm.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-swarm.h"

#define BLOCK 16384u
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

/* Sizes with all that is at their edges. */
static guint64
draw_size (FtSimSwarm *self, guint64 max)
{
  switch (ft_sim_swarm_draw (self, 8))
    {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return MIN (max, BLOCK * (1 + ft_sim_swarm_draw (self, 4)));
    default:
      return 1 + ft_sim_swarm_draw (self, (guint32) max);
    }
}

static void
draw_sample (FtSimSwarm *self, guint64 max_size, guint max_piece)
{
  guint n_files = 1 + ft_sim_swarm_draw (self, FT_SIM_MAX_FILES);
  guint32 piece_length = BLOCK << ft_sim_swarm_draw (self, g_bit_storage (max_piece));
  guint64 left = max_size;

  for (guint i = 0; i < n_files; i++)
    {
      guint64 length = i == 0 ? max_size / 2 + ft_sim_swarm_draw (self, (guint32) (max_size / 4)) : draw_size (self, left);

      self->paths[i] = g_strdup_printf (i % 2 == 0 ? "file-%u" : "folder/file-%u", i);
      self->files[i] = (FtSampleFile){ self->paths[i], length };
      left -= MIN (left - 1, length);
    }
  self->sample = ft_sample_new (self->files, piece_length, bt_random_u32 (&self->random));
}

FtSimSwarm *
ft_sim_swarm_new (guint64 seed, guint64 max_size, guint max_piece)
{
  FtSimSwarm *self = g_new0 (FtSimSwarm, 1);

  bt_random_seed (&self->random, seed ^ SALT);
  self->sim = ft_sim_new (seed);
  self->trackers = ft_sim_trackers_new (self->sim->net);
  self->members = g_ptr_array_new_with_free_func (g_free);
  self->bad = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_bad_peer_free);
  self->began = ft_fake_net_now (self->sim->net);
  draw_sample (self, max_size, max_piece);
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
  ft_sample_free (self->sample);
  for (guint i = 0; i < FT_SIM_MAX_FILES; i++)
    g_free (self->paths[i]);
  g_free (self);
}

/* Members. */

FtSimMember *
ft_sim_swarm_add (FtSimSwarm *self, gboolean is_seed, BtConfig *config)
{
  FtSimMember *member = g_new0 (FtSimMember, 1);
  g_autofree char *ip = ft_sim_swarm_next_ip (self);

  member->node = ft_sim_add_node_with (self->sim, ip, config);
  member->is_seed = is_seed;
  bt_config_free (config);
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
  return bt_core_find (member->node->core, member->id);
}

static char *
make_link (FtSimSwarm *self)
{
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_parse (self->sample->torrent, NULL);
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&metainfo->info_hash, hex);
  return g_strconcat ("magnet:?xt=urn:btih:", hex, NULL);
}

void
ft_sim_swarm_give (FtSimSwarm *self, FtSimMember *member, guint trackers)
{
  g_autoptr(GPtrArray) tiers = make_tiers (trackers);
  BtCommand *command = bt_command_new (bt_core_add);

  if (member->by_link)
    command->text = make_link (self);
  else
    command->bytes = g_bytes_ref (self->sample->torrent);
  command->path = g_strdup (member->is_seed ? self->sample->dir : NULL);
  member->id = ft_sim_node_run (member->node, command);
  bt_torrent_set_tiers (ft_sim_swarm_torrent (member), tiers);
}

void
ft_sim_swarm_introduce (FtSimSwarm *self, FtSimMember *member)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      FtSimMember *other = g_ptr_array_index (self->members, i);
      BtEndpoint endpoint = ft_sim_node_endpoint (other->node);

      if (other->is_seed && other != member)
        ft_sim_node_connect (member->node, ft_sim_swarm_torrent (member), &endpoint);
    }
}

FtBadPeer *
ft_sim_swarm_add_bad (FtSimSwarm *self, FtBadKind kind)
{
  g_autofree char *ip = ft_sim_swarm_next_ip (self);
  FtManners manners = ft_sim_manners (kind);
  FtBadPeer *peer = ft_bad_peer_new (ft_fake_net_add_host (self->sim->net, ip), ip, self->sample, &manners);

  ft_sim_trackers_add (self->trackers, &peer->local);
  self->n_liars += ft_sim_is_liar (kind);
  self->noisy |= ft_sim_is_noisy (kind);
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
