/* ft-sim-trouble.c: what happens to the engines of a swarm while it is at work.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-trouble.h"

#include <errno.h>

#include "ft-file-calls.h"

#define HOUR_US (3600 * FT_SIM_SECOND)

static BtCommand *
make_command (FtSimMember *member, void (*run) (BtCore *core, BtCommand *command))
{
  BtCommand *command = bt_command_new (run);

  command->id = member->id;
  return command;
}

static void
set_intent (FtSimMember *member, BtIntent intent)
{
  BtCommand *command = make_command (member, bt_core_set_intent);

  command->intent = intent;
  ft_sim_node_run (member->engine->node, command);
}

static void
change_intent (FtSimSwarm *self, FtSimMember *member)
{
  static const BtIntent intents[] = { BT_INTENT_RUN, BT_INTENT_PAUSE, BT_INTENT_STOP };

  set_intent (member, intents[ft_sim_swarm_draw (self, G_N_ELEMENTS (intents))]);
}

static void
verify (FtSimSwarm *self, FtSimMember *member)
{
  if (ft_sim_swarm_torrent (member)->metainfo->magnet != NULL)
    return;
  ft_sim_node_run (member->engine->node, make_command (member, bt_core_verify));
}

/* The trackers that it had are asked no more: it is introduced to the seeds. */
static void
add_again (FtSimSwarm *self, FtSimMember *member)
{
  member->share->forgot = TRUE;
  ft_sim_swarm_give (self, member, 1u << FT_TRACKER_HONEST);
  if (ft_sim_swarm_draw (self, 2) == 0)
    ft_sim_swarm_introduce (self, member);
}

static void
remove_torrent (FtSimSwarm *self, FtSimMember *member)
{
  BtCommand *command = make_command (member, bt_core_remove);

  command->flag = !member->is_seed && self->faulty != member->engine && ft_sim_swarm_draw (self, 2) == 0;
  ft_sim_node_run (member->engine->node, command);
  add_again (self, member);
}

static void
restart (FtSimSwarm *self, FtSimEngine *engine)
{
  ft_sim_node_restart (engine->node);
  ft_sim_meter_restart (&engine->meter);
  for (guint i = 0; i < self->members->len; i++)
    {
      FtSimMember *member = g_ptr_array_index (self->members, i);

      if (member->engine == engine)
        add_again (self, member);
    }
}

/* It may be refused: another move is under way, or the disk has faults. */
static void
move (FtSimSwarm *self, FtSimMember *member)
{
  BtCommand *command = make_command (member, bt_core_move);
  g_autoptr(GError) error = NULL;
  BtTorrentId id;

  command->path = g_strdup_printf ("%s/place-%u", member->engine->node->dir, ft_sim_swarm_draw (self, 3));
  command->flag = ft_sim_swarm_draw (self, 4) != 0;
  error = ft_sim_node_try (member->engine->node, command, &id);
}

static BtRoute
make_route (const BtEndpoint *source)
{
  BtRoute route = { .interface_index = 2, .gateway = *source, .source = *source };

  route.gateway.ip[15] = 254;
  return route;
}

/* What it says of itself changes; it is reached where it was. */
static void
change_network (FtSimSwarm *self, FtSimMember *member)
{
  BtEndpoint endpoint = ft_sim_node_endpoint (member->engine->node);
  BtLocalAddress address = { .endpoint = endpoint, .prefix_length = 24, .interface_index = 2, .interface = "eth0" };
  BtRoute route = make_route (&endpoint);

  address.endpoint.port = 0;
  address.flags = BT_ADDRESS_UP | BT_ADDRESS_RUNNING | BT_ADDRESS_GLOBAL;
  if (ft_sim_swarm_draw (self, 2) == 0)
    route.gateway.ip[15] = (guint8) (1 + ft_sim_swarm_draw (self, 250));
  ft_fake_host_set_network (member->engine->node->world, &address, 1, ft_sim_swarm_draw (self, 3) == 0 ? NULL : &route, NULL);
}

static void
restore_network (FtSimEngine *engine)
{
  BtEndpoint endpoint = ft_sim_node_endpoint (engine->node);
  BtLocalAddress address = { .endpoint = endpoint, .prefix_length = 24, .interface_index = 2, .interface = "eth0" };
  BtRoute route = make_route (&endpoint);

  address.endpoint.port = 0;
  address.flags = BT_ADDRESS_UP | BT_ADDRESS_RUNNING | BT_ADDRESS_GLOBAL;
  ft_fake_host_set_network (engine->node->world, &address, 1, &route, NULL);
}

static void
set_clock (FtSimSwarm *self, FtSimMember *member)
{
  static const gint64 jumps[] = { -HOUR_US, HOUR_US, 24 * 365 * HOUR_US, -24 * 365 * HOUR_US, 1, -50 * 24 * 365 * HOUR_US };

  ft_fake_host_set_clock (member->engine->node->world, jumps[ft_sim_swarm_draw (self, G_N_ELEMENTS (jumps))]);
}

static void
stop_faults (FtSimSwarm *self)
{
  if (self->faulty != NULL)
    ft_file_calls_watch (NULL);
  self->faulty = NULL;
}

static void
begin_faults (FtSimSwarm *self, FtSimMember *member)
{
  static const int errors[] = { ENOSPC, EIO, EROFS, EMFILE, EACCES, ESTALE };
  static const FtCalls kinds[] = { FT_CALL_WRITE, FT_CALL_SYNC, FT_CALL_OPEN | FT_CALL_MAKE, FT_CALL_READ, FT_CALL_ALL };
  guint n = 1u << ft_sim_swarm_draw (self, 12);

  stop_faults (self);
  if (member->is_seed)
    return;
  self->faulty = member->engine;
  ft_file_calls_watch (member->engine->node->dir);
  ft_file_calls_fail (kinds[ft_sim_swarm_draw (self, G_N_ELEMENTS (kinds))], member->engine->node->dir,
                      ft_sim_swarm_draw (self, 20), n, errors[ft_sim_swarm_draw (self, G_N_ELEMENTS (errors))]);
}

static void
configure (FtSimEngine *engine, BtConfig *config)
{
  BtCommand *command = bt_command_new (bt_core_set_config);

  command->config = config;
  ft_sim_node_run (engine->node, command);
  ft_sim_meter_restart (&engine->meter);
}

static guint64
draw_limit (FtSimSwarm *self)
{
  return ft_sim_swarm_draw (self, 2) * ((1000u << ft_sim_swarm_draw (self, 9)) + ft_sim_swarm_draw (self, 1000));
}

static void
set_limits (FtSimSwarm *self, FtSimEngine *engine)
{
  BtConfig *config = bt_config_copy (engine->node->core->config);

  config->limit_down_bytes_per_s = draw_limit (self);
  config->limit_up_bytes_per_s = draw_limit (self);
  config->max_peers = ft_sim_swarm_draw (self, 2) == 0 ? 500 : 2 + ft_sim_swarm_draw (self, 20);
  config->max_peers_per_torrent = MIN (config->max_peers, 100);
  config->mode = ft_sim_swarm_draw (self, 4) == 0 ? BT_MODE_SEEDING : BT_MODE_ALL;
  configure (engine, config);
}

/* Those of how many may be active stay: all get their turn. */
static void
lift_limits (FtSimEngine *engine)
{
  BtConfig *config = bt_config_copy (engine->node->core->config);

  config->limit_down_bytes_per_s = 0;
  config->limit_up_bytes_per_s = 0;
  config->max_peers = 500;
  config->max_peers_per_torrent = 100;
  config->mode = BT_MODE_ALL;
  configure (engine, config);
}

/* @options: (transfer full) */
static void
set_options (FtSimMember *member, BtTorrentOptions *options, BtOptionMask mask)
{
  BtCommand *command = make_command (member, bt_core_set_options);

  command->options = options;
  command->option_mask = mask;
  ft_sim_node_run (member->engine->node, command);
  ft_sim_meter_restart (&member->meter);
}

static void
change_options (FtSimSwarm *self, FtSimMember *member)
{
  BtTorrentOptions *options = bt_torrent_options_new ();

  options->limit_down_bytes_per_s = draw_limit (self);
  options->limit_up_bytes_per_s = draw_limit (self);
  options->sequential = ft_sim_swarm_draw (self, 2) == 0;
  set_options (member, options, BT_OPTION_LIMITS | BT_OPTION_SEQUENTIAL);
}

static void
lift_own_limits (FtSimMember *member)
{
  set_options (member, bt_torrent_options_new (), BT_OPTION_LIMITS);
}

static void
set_numbers (FtSimSwarm *self, FtSimEngine *engine)
{
  BtConfig *config = bt_config_copy (engine->node->core->config);

  config->max_active_downloads = ft_sim_swarm_draw (self, FT_SIM_MAX_TORRENTS);
  config->max_active_seeds = ft_sim_swarm_draw (self, FT_SIM_MAX_TORRENTS);
  configure (engine, config);
}

static void
change_queue (FtSimSwarm *self, FtSimMember *member)
{
  BtTorrentOptions *options;
  BtCommand *command;

  switch (ft_sim_swarm_draw (self, 4))
    {
    case 0:
      options = bt_torrent_options_new ();
      options->ignores_queue = ft_sim_swarm_draw (self, 2) == 0;
      set_options (member, options, BT_OPTION_QUEUE);
      break;
    case 1:
      command = make_command (member, bt_core_move_in_queue);
      command->queue_move = (BtQueueMove) ft_sim_swarm_draw (self, BT_QUEUE_BOTTOM + 1);
      ft_sim_node_run (member->engine->node, command);
      break;
    default:
      set_numbers (self, member->engine);
    }
}

/* What would have the same files is refused, whatever is being done with them. */
static void
add_rival (FtSimMember *member)
{
  BtTorrent *torrent = ft_sim_swarm_torrent (member);
  BtCommand *command;
  g_autoptr(GError) error = NULL;
  BtTorrentId id;

  if (torrent->metainfo->magnet != NULL)
    return;
  command = bt_command_new (bt_core_add);
  command->bytes = ft_sim_torrent_make_rival (member->share);
  command->path = g_strdup (torrent->data_path);
  error = ft_sim_node_try (member->engine->node, command, &id);
  g_assert_error (error, BT_ERROR, BT_ERROR_TAKEN);
}

static void
set_priorities (FtSimMember *member, guint8 (*choose) (FtSimSwarm *self), FtSimSwarm *self)
{
  BtTorrent *torrent = ft_sim_swarm_torrent (member);
  guint32 n_files = torrent->n_listed; /* all, for none is padding; known of a folded one, too */
  BtCommand *command;
  guint8 *priorities;

  if (torrent->metainfo->magnet != NULL)
    return;
  command = make_command (member, bt_core_set_priorities);
  priorities = g_malloc (n_files);

  for (guint32 i = 0; i < n_files; i++)
    priorities[i] = choose (self);
  command->priorities = g_bytes_new_take (priorities, n_files);
  ft_sim_node_run (member->engine->node, command);
}

static guint8
choose_some (FtSimSwarm *self)
{
  static const guint8 choices[] = { BT_PRIORITY_SKIP, BT_PRIORITY_LOW, BT_PRIORITY_NORMAL, BT_PRIORITY_HIGH };

  return choices[ft_sim_swarm_draw (self, G_N_ELEMENTS (choices))];
}

static guint8
choose_normal (FtSimSwarm *self)
{
  return BT_PRIORITY_NORMAL;
}

void
ft_sim_trouble (FtSimSwarm *self, FtTrouble trouble)
{
  FtSimMember *member = g_ptr_array_index (self->members, ft_sim_swarm_draw (self, self->members->len));
  BtWorld *world = member->engine->node->world;

  switch (trouble)
    {
    case FT_TROUBLE_PAUSE:
      change_intent (self, member);
      break;
    case FT_TROUBLE_VERIFY:
      verify (self, member);
      if (ft_sim_swarm_draw (self, 4) == 0)
        ft_sim_node_run (member->engine->node, make_command (member, bt_core_cancel_verify));
      break;
    case FT_TROUBLE_REMOVE:
      remove_torrent (self, member);
      break;
    case FT_TROUBLE_RESTART:
      restart (self, member->engine);
      break;
    case FT_TROUBLE_DARK:
      ft_fake_host_set_dark (world, ft_sim_swarm_draw (self, 2) == 0);
      break;
    case FT_TROUBLE_NETWORK:
      change_network (self, member);
      break;
    case FT_TROUBLE_CLOCK:
      set_clock (self, member);
      break;
    case FT_TROUBLE_SLEEP:
      ft_fake_host_sleep (world, (1 + ft_sim_swarm_draw (self, 100)) * 600 * FT_SIM_SECOND);
      break;
    case FT_TROUBLE_LIMITS:
      set_limits (self, member->engine);
      break;
    case FT_TROUBLE_FILES:
      if (!member->is_seed)
        set_priorities (member, choose_some, self);
      break;
    case FT_TROUBLE_MOVE:
      if (!member->is_seed)
        move (self, member);
      break;
    case FT_TROUBLE_QUEUE:
      change_queue (self, member);
      break;
    case FT_TROUBLE_OPTIONS:
      change_options (self, member);
      if (ft_sim_swarm_draw (self, 2) == 0)
        set_limits (self, member->engine);
      break;
    case FT_TROUBLE_RIVAL:
      add_rival (member);
      break;
    case FT_TROUBLE_DISK:
      ft_virtual_disks_set_latency (self->sim->disks, ft_sim_swarm_draw (self, 2) * ft_sim_swarm_draw (self, 500000));
      break;
    case FT_TROUBLE_FAULTS:
      begin_faults (self, member);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
ft_sim_tend (FtSimSwarm *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      FtSimMember *member = g_ptr_array_index (self->members, i);

      if (g_error_matches (ft_sim_swarm_torrent (member)->problem, BT_ERROR, BT_ERROR_DISK_MISSING))
        verify (self, member);
    }
}

void
ft_sim_heal (FtSimSwarm *self, guint trackers)
{
  ft_virtual_disks_set_latency (self->sim->disks, 0);
  stop_faults (self);
  for (guint i = 0; i < self->engines->len; i++)
    {
      FtSimEngine *engine = g_ptr_array_index (self->engines, i);

      ft_fake_host_set_dark (engine->node->world, FALSE);
      restore_network (engine);
      lift_limits (engine);
    }
  for (guint i = 0; i < self->members->len; i++)
    {
      FtSimMember *member = g_ptr_array_index (self->members, i);

      lift_own_limits (member);
      set_priorities (member, choose_normal, self);
      set_intent (member, BT_INTENT_RUN);
    }
  for (guint i = 0; i < self->members->len; i++)
    ft_sim_swarm_introduce (self, g_ptr_array_index (self->members, i));
}
