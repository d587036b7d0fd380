/* ft-sim-play.c: a swarm from its beginning to its end, as it follows from a plan and a seed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-play.h"

#include "ft-file-calls.h"

#define PACE_S 30
#define ROOM (G_GUINT64_CONSTANT (1) << 40)

/* One of the bits that are set. */
static guint
draw_bit (FtSimSwarm *swarm, guint bits)
{
  guint bit;

  do
    bit = ft_sim_swarm_draw (swarm, g_bit_storage (bits));
  while ((bits & FT_SIM_BIT (bit)) == 0);
  return bit;
}

/* Each that is set with half a chance. */
static guint
draw_bits (FtSimSwarm *swarm, guint bits)
{
  return bits & bt_random_u32 (&swarm->random);
}

/* Lines. */

static FtFakeAccess
draw_access (FtSimSwarm *swarm)
{
  static const FtFakeAccess lines[] = {
    { .latency_us = 2000 },
    { .latency_us = 5000, .up_bytes_per_s = 10000000, .down_bytes_per_s = 10000000 },
    { .latency_us = 15000, .jitter_us = 3000, .up_bytes_per_s = 300000, .down_bytes_per_s = 2000000,
      .loss_permille = 1, .queue_us = 500000 },
    { .latency_us = 60000, .jitter_us = 80000, .up_bytes_per_s = 150000, .down_bytes_per_s = 600000,
      .loss_permille = 10, .queue_us = 2000000 },
    { .latency_us = 300000, .jitter_us = 20000, .up_bytes_per_s = 60000, .down_bytes_per_s = 250000,
      .loss_permille = 30, .queue_us = 1000000 },
  };

  return lines[ft_sim_swarm_draw (swarm, G_N_ELEMENTS (lines))];
}

static guint64
sum_sizes (FtSimSwarm *swarm)
{
  guint64 sum = 0;

  for (guint i = 0; i < swarm->shares->len; i++)
    sum += ((FtSimTorrent *) g_ptr_array_index (swarm->shares, i))->sample->size;
  return sum;
}

/* It takes a while in any case, so that something can happen meanwhile. */
static void
connect_line (FtSimSwarm *swarm, const FtSimPlan *plan, BtWorld *world)
{
  FtFakeAccess *access = ft_fake_host_access (world);
  guint64 pace = MAX (sum_sizes (swarm) / PACE_S, 1000);

  *access = plan->lines ? draw_access (swarm) : (FtFakeAccess){ .latency_us = 2000 };
  if (plan->max_troubles > 0 && (access->up_bytes_per_s == 0 || access->up_bytes_per_s > pace))
    access->up_bytes_per_s = pace;
}

static void
put_behind_nat (FtSimSwarm *swarm, FtSimEngine *engine)
{
  g_autofree char *ip = ft_sim_swarm_next_ip (swarm);
  FtNatKind kind = (FtNatKind) ft_sim_swarm_draw (swarm, FT_NAT_SYMMETRIC + 1);

  ft_fake_nat_add_host (ft_fake_net_add_nat (swarm->sim->net, ip, kind), engine->node->world);
}

/* Those who take part. */

static BtConfig *
draw_config (FtSimSwarm *swarm)
{
  BtConfig *config = bt_config_new ();

  /* Below the node's own folder. */
  if (ft_sim_swarm_draw (swarm, 3) == 0)
    config->incomplete_dir = g_strdup ("incomplete");
  if (swarm->shares->len > 1)
    {
      config->max_active_downloads = ft_sim_swarm_draw (swarm, FT_SIM_MAX_TORRENTS);
      config->max_active_seeds = ft_sim_swarm_draw (swarm, FT_SIM_MAX_TORRENTS);
    }
  config->upload_slots_per_torrent = 1 + ft_sim_swarm_draw (swarm, 8);
  config->listen_port = (guint16) (1024 + ft_sim_swarm_draw (swarm, 60000));
  config->dht = ft_sim_swarm_draw (swarm, 4) == 0;
  config->pex = ft_sim_swarm_draw (swarm, 4) != 0;
  config->lsd = FALSE;
  config->port_mapping = FALSE;
  g_strfreev (config->dht_routers);
  config->dht_routers = g_new0 (char *, 1);
  return config;
}

static void
take_part (FtSimSwarm *swarm, const FtSimPlan *plan, FtSimEngine *engine, guint number, gboolean is_seed, guint trackers)
{
  FtSimMember *member = ft_sim_swarm_add (swarm, engine, g_ptr_array_index (swarm->shares, number), is_seed);

  member->by_link = plan->links && !is_seed && ft_sim_swarm_draw (swarm, 2) == 0;
  ft_sim_swarm_give (swarm, member, trackers);
}

/* Of each of the other torrents it has all, or wants all, or does not know it. Of those that nobody has yet the
 * first has all. */
static void
take_part_in_some (FtSimSwarm *swarm, const FtSimPlan *plan, FtSimEngine *engine, gboolean is_seed, guint trackers)
{
  guint first = ft_sim_swarm_draw (swarm, swarm->shares->len);
  gboolean has_all = swarm->engines->len == 1;

  for (guint i = 0; i < swarm->shares->len; i++)
    {
      guint choice = ft_sim_swarm_draw (swarm, 4);

      if (i == first || has_all)
        take_part (swarm, plan, engine, i, is_seed, trackers);
      else if (choice > 0)
        take_part (swarm, plan, engine, i, choice == 1, trackers);
    }
}

static void
add_engines (FtSimSwarm *swarm, const FtSimPlan *plan, gboolean is_seed, guint n, guint trackers)
{
  for (; n > 0; n--)
    {
      FtSimEngine *engine = ft_sim_swarm_add_engine (swarm, draw_config (swarm));

      connect_line (swarm, plan, engine->node->world);
      if (plan->nats && !is_seed && ft_sim_swarm_draw (swarm, 2) == 0)
        put_behind_nat (swarm, engine);
      take_part_in_some (swarm, plan, engine, is_seed, trackers);
    }
}

static void
add_bad (FtSimSwarm *swarm, const FtSimPlan *plan)
{
  guint n = plan->max_bad > 0 ? 1 + ft_sim_swarm_draw (swarm, plan->max_bad) : 0;

  for (; n > 0; n--)
    {
      FtSimTorrent *share = g_ptr_array_index (swarm->shares, ft_sim_swarm_draw (swarm, swarm->shares->len));
      FtBadKind kind = (FtBadKind) draw_bit (swarm, plan->bad);

      connect_line (swarm, plan, ft_sim_swarm_add_bad (swarm, share, kind)->world);
    }
}

/* Bad ones go to others as well, also to those who do not know their torrent. */
static void
let_bad_call (FtSimSwarm *swarm)
{
  for (guint i = 0; i < swarm->bad->len; i++)
    {
      FtSimEngine *engine = g_ptr_array_index (swarm->engines, ft_sim_swarm_draw (swarm, swarm->engines->len));
      BtEndpoint endpoint = ft_fake_host_get_outer (engine->node->world);

      endpoint.port = engine->node->port;
      ft_bad_peer_connect (g_ptr_array_index (swarm->bad, i), &endpoint);
    }
}

static void
add_torrents (FtSimSwarm *swarm, const FtSimPlan *plan, guint64 size)
{
  guint n = ft_sim_swarm_draw (swarm, 2) == 0 ? 1 : 1 + ft_sim_swarm_draw (swarm, plan->max_torrents);

  for (guint i = 0; i < n; i++)
    ft_sim_swarm_add_torrent (swarm, size / n, plan->max_piece);
}

static void
add_all (FtSimSwarm *swarm, const FtSimPlan *plan)
{
  guint trackers = draw_bits (swarm, plan->trackers);
  guint n_leechers = plan->n_leechers;

  if (n_leechers == 0)
    n_leechers = 1 + ft_sim_swarm_draw (swarm, plan->max_leechers);
  if (plan->trackers == FT_SIM_HONEST_TRACKERS && trackers == 0)
    trackers = plan->trackers;
  add_bad (swarm, plan);
  add_engines (swarm, plan, TRUE, 1 + ft_sim_swarm_draw (swarm, plan->max_seeds), trackers);
  add_engines (swarm, plan, FALSE, n_leechers, trackers);
  let_bad_call (swarm);
}

/* What happens. */

static void
run_troubles (FtSimSwarm *swarm, const FtSimPlan *plan)
{
  guint n = plan->max_troubles > 0 ? 1 + ft_sim_swarm_draw (swarm, plan->max_troubles) : 0;

  for (guint i = 0; i < n; i++)
    {
      ft_sim_run_for (swarm->sim, ft_sim_swarm_draw (swarm, 20 * G_USEC_PER_SEC));
      ft_sim_swarm_check (swarm, i % 4 == 0);
      ft_sim_trouble (swarm, (FtTrouble) draw_bit (swarm, plan->troubles));
      ft_sim_swarm_check (swarm, FALSE);
      if (ft_sim_swarm_draw (swarm, 4) == 0)
        let_bad_call (swarm);
    }
}

static void
tell_who_waits (FtSimSwarm *swarm)
{
  for (guint i = 0; i < swarm->members->len; i++)
    {
      FtSimMember *member = g_ptr_array_index (swarm->members, i);
      BtTorrent *torrent = ft_sim_swarm_torrent (member);

      if (torrent == NULL || member->is_seed)
        continue;
      g_printerr ("# %s, to be %s%s: phase %d, state %d, intent %d, %u peers, %u pieces missing, %u begun, problem: %s\n",
                  torrent->data_path, torrent->save_path, torrent->relocating ? ", on the way" : "", torrent->phase, bt_torrent_state (torrent), torrent->intent, torrent->peers->len,
                  torrent->picker != NULL ? bt_picker_n_wanted_missing (torrent->picker) : 0,
                  torrent->picker != NULL ? bt_picker_n_open (torrent->picker) : 0,
                  torrent->problem != NULL ? torrent->problem->message : "none");
    }
}

/* With a look at everything now and then. */
static void
wait_for_all (FtSimSwarm *swarm, const FtSimPlan *plan)
{
  gint64 end = ft_fake_net_now (swarm->sim->net) + plan->patience_s * FT_SIM_SECOND;

  for (guint i = 0; !ft_sim_swarm_is_complete (swarm); i++)
    {
      if (ft_fake_net_now (swarm->sim->net) >= end)
        {
          tell_who_waits (swarm);
          g_error ("Not all are complete after %u s", plan->patience_s);
        }
      ft_sim_run_for (swarm->sim, FT_SIM_SECOND);
      ft_sim_swarm_check (swarm, i % 16 == 0);
      if (i % 64 == 63)
        ft_sim_tend (swarm);
    }
}

guint64
ft_sim_play (const FtSimPlan *plan, guint64 seed)
{
  FtSimSwarm *swarm = ft_sim_swarm_new (seed);
  guint64 digest;

  ft_file_calls_set_room (ROOM);
  add_torrents (swarm, plan, plan->max_size / 4 + seed * 7919 % (plan->max_size * 3 / 4));
  add_all (swarm, plan);
  run_troubles (swarm, plan);
  ft_sim_heal (swarm, plan->trackers);
  wait_for_all (swarm, plan);
  ft_sim_swarm_check_end (swarm);
  digest = ft_fake_net_digest (swarm->sim->net);
  ft_sim_swarm_free (swarm);
  return digest;
}
