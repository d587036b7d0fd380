/* bt-core-goals.c: torrents that have seeded enough are stopped or removed, outside of any round over them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

static void
removed_cb (BtTorrent *torrent, const GError *error, gpointer data)
{
  BtCore *core = data;

  bt_core_forget (core, torrent);
  bt_state_db_remove (core->db, &bt_torrent_get_metainfo (torrent)->info_hash, NULL, NULL);
}

/* One that is removed may be gone at once, and the array with it. */
static void
reach_goals (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  g_autoptr(GPtrArray) due = g_ptr_array_new ();

  for (guint i = 0; i < core->torrents->len; i++)
    if (bt_torrent_goal_is_due (g_ptr_array_index (core->torrents, i)))
      g_ptr_array_add (due, g_ptr_array_index (core->torrents, i));
  for (guint i = 0; i < due->len; i++)
    if (bt_torrent_reach_goal (due->pdata[i]) == BT_GOAL_REMOVE)
      bt_torrent_close (due->pdata[i], TRUE, FALSE, removed_cb, core);
}

void
bt_core_goal_due (BtCore *core)
{
  if (core->running && !bt_timer_is_running (&core->goal_timer))
    bt_timer_start (&core->goal_timer, bt_core_now (core));
}

void
bt_core_init_goals (BtCore *core)
{
  bt_timer_init (&core->goal_timer, core->timers, reach_goals, core);
}

void
bt_core_stop_goals (BtCore *core)
{
  bt_timer_stop (&core->goal_timer);
}
