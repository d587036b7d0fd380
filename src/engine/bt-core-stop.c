/* bt-core-stop.c: the end of the engine: save, say goodbye for a bounded time, close.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

static void
finish_stop (BtCore *core)
{
  BtCommand *command = g_steal_pointer (&core->stop_command);

  if (core->timers != NULL)
    {
      bt_timer_stop (&core->stop_timer);
      bt_timer_stop (&core->disk_look);
    }
  if (core->db != NULL)
    bt_state_db_close (g_steal_pointer (&core->db), TRUE);
  bt_command_reply (command, NULL);
}

void
bt_core_check_stopped (BtCore *core)
{
  if (core->stop_command != NULL && core->torrents->len == 0 && core->n_reading == 0
      && !core->mapping_ends)
    finish_stop (core);
}

static void
torrent_closed_cb (BtTorrent *torrent, const GError *error, gpointer data)
{
  BtCore *core = data;

  bt_core_forget (core, torrent);
}

/* Trackers and routers that do not answer are not waited for any longer. The disk is: its jobs end. */
static void
stop_timed_out (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  g_autoptr(GPtrArray) torrents = g_ptr_array_copy (core->torrents, NULL, NULL);

  for (guint i = 0; i < torrents->len; i++)
    bt_torrent_abandon_announces (g_ptr_array_index (torrents, i));
  bt_core_stop_mapping (core);
  bt_core_check_stopped (core);
}

void
bt_core_leave (BtCore *core, BtCommand *command)
{
  if (core->db != NULL)
    bt_quarantine_leave (bt_state_db_get_quarantine (core->db));
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_absolve (g_ptr_array_index (core->torrents, i));
  bt_command_reply (command, NULL);
}

void
bt_core_stop (BtCore *core, BtCommand *command)
{
  g_autoptr(GPtrArray) torrents = g_ptr_array_copy (core->torrents, NULL, NULL);

  core->stop_command = command;
  if (core->world == NULL)
    {
      finish_stop (core);
      return;
    }
  core->running = FALSE;
  bt_core_stop_queue (core);
  bt_core_stop_goals (core);
  bt_core_stop_folding (core);
  bt_core_cancel_fetches (core);
  bt_core_close_network (core);
  bt_core_retire_mapping (core);
  bt_timer_init (&core->stop_timer, core->timers, stop_timed_out, core);
  bt_timer_start (&core->stop_timer, bt_core_now (core) + core->config->stop_timeout_ms * 1000);
  /* A disk that hangs may not let the program come to its end. */
  for (guint i = 0; i < torrents->len; i++)
    bt_torrent_absolve (g_ptr_array_index (torrents, i));
  /* What goes already is waited for as well. */
  for (guint i = 0; i < torrents->len; i++)
    bt_torrent_close (g_ptr_array_index (torrents, i), FALSE, FALSE, torrent_closed_cb, core);
  bt_core_check_stopped (core);
}
