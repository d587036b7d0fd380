/* bt-core-config.c: a new configuration takes effect while the engine runs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

static void
reconfigure_torrents (BtCore *core, gboolean reconsider, gboolean pex_switched)
{
  for (guint i = 0; i < core->torrents->len; i++)
    {
      BtTorrent *torrent = g_ptr_array_index (core->torrents, i);

      bt_torrent_trim_peers (torrent);
      if (pex_switched)
        bt_torrent_pex_switched (torrent);
      if (reconsider)
        bt_torrent_reconsider (torrent);
    }
  bt_core_trim_peers (core);
}

/* Whether torrents may have to start or stop for it: each that is asked is told of anew. */
static gboolean
changes_rules (const BtConfig *before, const BtConfig *after)
{
  return before->mode != after->mode || before->suspend != after->suspend;
}

static gboolean
changes_goals (const BtConfig *before, const BtConfig *after)
{
  return memcmp (&before->goals, &after->goals, sizeof before->goals) != 0;
}

static gboolean
changes_queue (const BtConfig *before, const BtConfig *after)
{
  return before->max_active_downloads != after->max_active_downloads
         || before->max_active_seeds != after->max_active_seeds;
}

static gboolean
needs_other_sockets (const BtConfig *before, const BtConfig *after)
{
  return before->listen_port != after->listen_port || g_strcmp0 (before->bind_address, after->bind_address) != 0
         || g_strcmp0 (before->bind_interface, after->bind_interface) != 0;
}

void
bt_core_set_config (BtCore *core, BtCommand *command)
{
  gboolean reopen = needs_other_sockets (core->config, command->config);
  gboolean reconsider = changes_rules (core->config, command->config);
  gboolean regoal = changes_goals (core->config, command->config);
  gboolean relsd = !core->config->lsd != !command->config->lsd;
  gboolean remap = !core->config->port_mapping != !command->config->port_mapping;
  gboolean requeue = reconsider || changes_queue (core->config, command->config);
  gboolean pex_switched = !core->config->pex != !command->config->pex;
  BtEndpoint bind_address;
  gboolean is_bound;
  GError *error = NULL;

  if (!bt_core_get_bind_address (command->config, &bind_address, &is_bound, &error))
    {
      bt_command_reply (command, error);
      return;
    }
  g_free (command->config->state_dir);
  command->config->state_dir = g_strdup (core->config->state_dir);
  bt_config_free (core->config);
  core->config = g_steal_pointer (&command->config);
  if (core->running)
    {
      bt_core_apply_limits (core);
      if (reopen)
        bt_core_rebind (core);
      else if (remap)
        bt_core_renew_mapping (core);
      if (!reopen && relsd)
        bt_core_renew_lsd (core);
      bt_core_apply_dht (core);
      reconfigure_torrents (core, reconsider, pex_switched);
      if (requeue)
        bt_core_queue_changed (core, TRUE);
      if (regoal)
        bt_core_goal_due (core);
      bt_core_want_connections (core);
      core->changed = TRUE;
      bt_core_touch (core);
    }
  bt_command_reply (command, NULL);
}
