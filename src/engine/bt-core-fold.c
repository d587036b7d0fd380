/* bt-core-fold.c: who waits for the content of folded torrents, and whose turn it is to be unfolded.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* After a start all that run are looked at. Their content is not in memory all at once, and what somebody waits for
 * is not behind them: it does not wait for a turn. A disk that hangs holds up the others this long. */
#define UNFOLDING_MAX 8
#define PATIENCE_US (10 * G_USEC_PER_SEC)

typedef struct
{
  BtTorrentId id;
  BtLink *link; /* among core->arrivals; it does not read */
  BtHandshake handshake;
} Caller;

/* Turns. */

void
bt_core_want_unfolding (BtCore *core, BtTorrent *torrent)
{
  GList *link = bt_torrent_get_unfold_link (torrent);

  if (link->data != NULL)
    return;
  link->data = torrent;
  g_queue_push_tail_link (&core->folding.turns, link);
  if (!bt_timer_is_running (&core->folding.timer))
    bt_timer_start (&core->folding.timer, bt_core_now (core));
}

void
bt_core_leave_unfolding (BtCore *core, BtTorrent *torrent)
{
  GList *link = bt_torrent_get_unfold_link (torrent);

  if (link->data == NULL)
    return;
  g_queue_unlink (&core->folding.turns, link);
  link->data = NULL;
}

/* One that was being started when the program ended is started alone: should it end again, it is known which of
 * several it was. */
static gboolean
may_begin (BtFolding *folding, BtTorrent *torrent)
{
  if (folding->n_turns == 0)
    folding->alone = bt_torrent_is_suspect (torrent);
  else if (folding->alone || bt_torrent_is_suspect (torrent))
    return FALSE;
  return folding->n_turns < UNFOLDING_MAX;
}

static void
give_turns (BtCore *core, gint64 now)
{
  BtFolding *folding = &core->folding;

  if (now - folding->turn_at >= PATIENCE_US)
    folding->n_turns = 0;
  while (!g_queue_is_empty (&folding->turns) && may_begin (folding, g_queue_peek_head (&folding->turns)))
    {
      BtTorrent *torrent = g_queue_peek_head (&folding->turns);

      bt_core_leave_unfolding (core, torrent);
      if (!bt_torrent_take_unfold_turn (torrent))
        continue;
      folding->n_turns++;
      folding->turn_at = now;
    }
  if (!g_queue_is_empty (&folding->turns))
    bt_timer_start (&folding->timer, folding->turn_at + PATIENCE_US);
  else if (folding->n_turns == 0)
    bt_core_give_memory_back_soon (core);
}

/* Commands. */

gboolean
bt_core_wait_for (BtCore *core, BtCommand *command, BtTorrentId id)
{
  BtTorrent *torrent = bt_core_find (core, id);
  const GError *problem;

  if (torrent == NULL || !core->running || !bt_torrent_needs_unfolding (torrent))
    return FALSE;
  problem = bt_torrent_get_fold_problem (torrent);
  if (problem != NULL)
    {
      bt_command_reply (command, g_error_copy (problem));
      return TRUE;
    }
  command->waits_for = id;
  g_ptr_array_add (core->folding.commands, command);
  bt_torrent_unfold (torrent);
  return TRUE;
}

gboolean
bt_core_unfold_for (BtCore *core, BtCommand *command)
{
  return bt_core_wait_for (core, command, command->id);
}

/* Those that need not wait any more run in the order they came. */
static void
run_commands (BtCore *core)
{
  GPtrArray *commands = core->folding.commands;
  g_autoptr(GPtrArray) ready = g_ptr_array_new ();

  for (guint i = 0; i < commands->len;)
    {
      BtCommand *command = g_ptr_array_index (commands, i);
      BtTorrent *torrent = bt_core_find (core, command->waits_for);

      if (torrent == NULL || !core->running || bt_torrent_is_unfolded (torrent))
        g_ptr_array_add (ready, g_ptr_array_steal_index (commands, i));
      else
        i++;
    }
  for (guint i = 0; i < ready->len; i++)
    {
      BtCommand *command = g_ptr_array_index (ready, i);

      command->run (core, command);
    }
}

/* Links. */

void
bt_core_unfold_for_link (BtCore *core, BtTorrent *torrent, BtLink *link, const BtHandshake *handshake)
{
  Caller caller = { .id = bt_torrent_get_id (torrent), .link = link, .handshake = *handshake };

  g_array_append_val (core->folding.callers, caller);
  bt_link_set_reading (link, FALSE);
  bt_torrent_unfold (torrent);
}

void
bt_core_forget_caller (BtCore *core, BtLink *link)
{
  GArray *callers = core->folding.callers;

  for (guint i = callers->len; i > 0; i--)
    if (g_array_index (callers, Caller, i - 1).link == link)
      g_array_remove_index_fast (callers, i - 1);
}

static void
take_callers (BtCore *core)
{
  GArray *callers = core->folding.callers;

  for (guint i = callers->len; i > 0; i = MIN (i - 1, callers->len))
    {
      Caller caller = g_array_index (callers, Caller, i - 1);
      BtTorrent *torrent = bt_core_find (core, caller.id);

      if (torrent != NULL && !bt_torrent_is_unfolded (torrent))
        continue;
      g_array_remove_index_fast (callers, i - 1);
      bt_link_set_reading (caller.link, core->reading);
      bt_core_hand_over (core, torrent, caller.link, &caller.handshake);
    }
}

/* Rounds. */

static void
run_round (gpointer owner, gint64 now)
{
  BtCore *core = owner;

  take_callers (core);
  run_commands (core);
  if (core->running)
    give_turns (core, now);
}

void
bt_core_unfolded (BtCore *core, gboolean had_turn)
{
  BtFolding *folding = &core->folding;

  if (had_turn && folding->n_turns > 0)
    folding->n_turns--;
  bt_timer_start (&folding->timer, bt_core_now (core));
}

void
bt_core_init_folding (BtCore *core)
{
  g_queue_init (&core->folding.turns);
  core->folding.commands = g_ptr_array_new ();
  core->folding.callers = g_array_new (FALSE, FALSE, sizeof (Caller));
  bt_timer_init (&core->folding.timer, core->timers, run_round, core);
}

void
bt_core_stop_folding (BtCore *core)
{
  bt_timer_stop (&core->folding.timer);
  run_commands (core);
}

void
bt_core_end_folding (BtCore *core)
{
  bt_timer_stop (&core->folding.timer);
  g_ptr_array_unref (core->folding.commands);
  g_array_unref (core->folding.callers);
}
