/* ft-sim.c: whole engines on the network in memory and its clock: hours of a swarm in a moment.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"

#include <gio/gio.h>

#include "ft-swarm.h"

/* Nobody has so much to do at one moment. */
#define MAX_TURNS 1000000

FtSim *
ft_sim_new (guint64 seed)
{
  FtSim *sim = g_new0 (FtSim, 1);

  sim->net = ft_fake_net_new (seed);
  sim->disks = ft_virtual_disks_new (sim->net);
  sim->nodes = g_ptr_array_new ();
  return sim;
}

/* Running. */

static gboolean
run_once (FtSim *sim)
{
  gboolean any = FALSE;

  while (g_main_context_iteration (NULL, FALSE))
    any = TRUE;
  while (ft_virtual_disks_turn (sim->disks))
    any = TRUE;
  while (ft_fake_net_turn (sim->net))
    any = TRUE;
  for (guint i = 0; i < sim->nodes->len; i++)
    {
      FtSimNode *node = g_ptr_array_index (sim->nodes, i);

      if (node->told)
        bt_core_acknowledge (node->core);
      node->told = FALSE;
    }
  return any;
}

void
ft_sim_settle (FtSim *sim)
{
  for (guint turn = 0; run_once (sim); turn++)
    if (turn == MAX_TURNS)
      g_error ("Something runs in circles: %d turns at one moment", MAX_TURNS);
}

gboolean
ft_sim_step (FtSim *sim, gint64 end)
{
  gboolean any = ft_fake_net_step (sim->net, end);

  ft_sim_settle (sim);
  return any;
}

void
ft_sim_run_for (FtSim *sim, gint64 us)
{
  gint64 end = ft_fake_net_now (sim->net) + us;

  ft_sim_settle (sim);
  while (ft_sim_step (sim, end))
    ;
}

/* Commands: each is waited for. */

typedef struct
{
  gboolean done;
  BtTorrentId id;
  GError *error;
} Answer;

static void
called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->id = (BtTorrentId) g_task_propagate_int (G_TASK (result), &answer->error);
  answer->done = TRUE;
}

static void
return_id (BtCommand *command)
{
  if (command->error != NULL)
    g_task_return_error (command->task, g_steal_pointer (&command->error));
  else
    g_task_return_int (command->task, command->result_id);
}

GError *
ft_sim_node_try (FtSimNode *node, BtCommand *command, BtTorrentId *id)
{
  Answer answer = { 0 };

  command->core = node->core;
  command->reply_box = bt_mailbox_ref (node->mailbox);
  command->reply = return_id;
  command->task = g_task_new (NULL, NULL, called_cb, &answer);
  command->run (node->core, command);
  while (!answer.done)
    if (!run_once (node->sim))
      g_assert_true (ft_fake_net_step (node->sim->net, G_MAXINT64));
  *id = answer.id;
  return answer.error;
}

BtTorrentId
ft_sim_node_run (FtSimNode *node, BtCommand *command)
{
  BtTorrentId id;
  g_autoptr(GError) error = ft_sim_node_try (node, command, &id);

  g_assert_no_error (error);
  return id;
}

/* Nodes. */

static BtWorld *
make_world (GMainContext *context, const BtConfig *config, gpointer data, GError **error)
{
  FtSimNode *node = data;

  return node->world;
}

static BtDisk *
make_disk (BtMailbox *mailbox, gpointer data)
{
  FtSimNode *node = data;

  return ft_virtual_disks_make (node->sim->disks);
}

static void
note_events (FtSimNode *node, const BtUpdate *update)
{
  for (guint i = 0; i < update->events->len; i++)
    {
      const BtEvent *event = &g_array_index (update->events, BtEvent, i);
      gsize length = event->text != NULL ? strlen (event->text) : 0; /* it may name a folder, which is another each time */

      ft_fake_net_note (node->sim->net, &event->kind, sizeof event->kind);
      ft_fake_net_note (node->sim->net, &length, sizeof length);
      node->n_failed_pieces += event->kind == BT_EVENT_PIECE_FAILED;
    }
}

static void
update_cb (BtUpdate *update, gpointer data)
{
  FtSimNode *node = data;

  node->told = TRUE;
  node->n_came_on += !node->core->running && update->progress > node->progress;
  node->progress = update->progress;
  note_events (node, update);
  bt_update_unref (update);
}

static void
start (FtSimNode *node, const BtConfig *config)
{
  BtOutside outside = bt_outside_real;

  outside.make_world = make_world;
  outside.make_disk = make_disk;
  outside.one_thread = TRUE;
  outside.data = node;
  node->mailbox = bt_mailbox_new (NULL);
  node->core = bt_core_new (config, &outside, g_main_context_default (), node->mailbox, update_cb, node);
  bt_core_open (node->core);
  g_ptr_array_add (node->sim->nodes, node);
  ft_sim_node_run (node, bt_command_new (bt_core_start));
  node->port = node->core->listen_port;
}

static void
stop (FtSimNode *node)
{
  ft_sim_node_run (node, bt_command_new (bt_core_stop));
  g_ptr_array_remove (node->sim->nodes, node);
  bt_core_free (node->core);
  bt_mailbox_close (node->mailbox);
  bt_mailbox_unref (node->mailbox);
}

static FtSimNode *
make_node (FtSim *sim, const char *ip, BtConfig *config)
{
  FtSimNode *node = g_new0 (FtSimNode, 1);
  g_autoptr(GError) error = NULL;

  node->sim = sim;
  node->world = ft_fake_net_add_host (sim->net, ip);
  node->dir = g_dir_make_tmp ("ft-sim-XXXXXX", &error);
  g_assert_no_error (error);
  g_free (config->download_dir);
  config->download_dir = g_strdup (node->dir);
  if (config->incomplete_dir != NULL && !g_path_is_absolute (config->incomplete_dir))
    {
      g_autofree char *name = g_steal_pointer (&config->incomplete_dir);

      config->incomplete_dir = g_build_filename (node->dir, name, NULL);
    }
  g_clear_pointer (&config->state_dir, g_free);
  return node;
}

FtSimNode *
ft_sim_add_node_with (FtSim *sim, const char *ip, BtConfig *config)
{
  FtSimNode *node = make_node (sim, ip, config);

  start (node, config);
  return node;
}

FtSimNode *
ft_sim_add_node (FtSim *sim, const char *ip, void (*setup) (BtConfig *config))
{
  g_autoptr(BtConfig) config = bt_config_new ();
  FtSimNode *node = make_node (sim, ip, config);

  if (setup != NULL)
    setup (config);
  start (node, config);
  return node;
}

void
ft_sim_node_restart (FtSimNode *node)
{
  g_autoptr(BtConfig) config = bt_config_copy (node->core->config);
  FtFakeAccess access = *ft_fake_host_access (node->world);
  FtFakeNat *nat = ft_fake_host_get_nat (node->world);
  BtEndpoint endpoint = ft_sim_node_endpoint (node);
  char ip[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format_ip (&endpoint, ip);
  stop (node);
  node->world = ft_fake_net_add_host (node->sim->net, ip);
  *ft_fake_host_access (node->world) = access;
  if (nat != NULL)
    ft_fake_nat_add_host (nat, node->world);
  start (node, config);
}

BtTorrent *
ft_sim_node_add (FtSimNode *node, GBytes *torrent, const char *save_path)
{
  BtCommand *command = bt_command_new (bt_core_add);
  BtTorrent *added;

  command->bytes = g_bytes_ref (torrent);
  command->path = g_strdup (save_path);
  added = bt_core_find (node->core, ft_sim_node_run (node, command));
  ft_sim_wait (node->sim, added->active, 10);
  return added;
}

BtTorrent *
ft_sim_node_add_link (FtSimNode *node, const char *link)
{
  BtCommand *command = bt_command_new (bt_core_add);

  command->text = g_strdup (link);
  return bt_core_find (node->core, ft_sim_node_run (node, command));
}

void
ft_sim_node_connect (FtSimNode *node, BtTorrent *torrent, const BtEndpoint *endpoint)
{
  BtCommand *command = bt_command_new (bt_core_add_peer);

  command->id = torrent->id;
  command->endpoint = *endpoint;
  ft_sim_node_run (node, command);
}

BtEndpoint
ft_sim_node_endpoint (FtSimNode *node)
{
  GArray *addresses = node->world->ops->list_addresses (node->world);
  BtEndpoint endpoint = g_array_index (addresses, BtLocalAddress, 0).endpoint;

  endpoint.port = node->port;
  g_array_unref (addresses);
  return endpoint;
}

void
ft_sim_node_configure (FtSimNode *node, void (*change) (BtConfig *config))
{
  BtCommand *command = bt_command_new (bt_core_set_config);

  command->config = bt_config_copy (node->core->config);
  change (command->config);
  ft_sim_node_run (node, command);
}

BtPeer *
ft_sim_find_peer (BtTorrent *torrent, const char *ip)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 0));
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      if (peer->ready && bt_endpoint_same_ip (&peer->endpoint, &endpoint))
        return peer;
    }
  return NULL;
}

static void
free_node (FtSimNode *node)
{
  stop (node);
  ft_remove_tree (node->dir);
  g_free (node->dir);
  g_free (node);
}

void
ft_sim_free (FtSim *sim)
{
  while (sim->nodes->len > 0)
    free_node (g_ptr_array_index (sim->nodes, sim->nodes->len - 1));
  g_ptr_array_unref (sim->nodes);
  ft_virtual_disks_free (sim->disks);
  ft_fake_net_free (sim->net);
  g_free (sim);
}
