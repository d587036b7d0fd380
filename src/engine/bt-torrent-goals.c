/* bt-torrent-goals.c: how far a torrent is on the way to its goals, and what follows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-goals.h"

static const BtGoals *
get_goals (BtTorrent *torrent)
{
  return torrent->options->own_goals ? &torrent->options->goals : &torrent->core->config->goals;
}

static BtGoal
find_reached (BtTorrent *torrent)
{
  BtGoalCount count = {
    .uploaded = torrent->uploaded - MIN (torrent->goal_uploaded, torrent->uploaded),
    .wanted = torrent->wanted,
    .seeding_s = torrent->seeding_s - torrent->goal_seeding_s,
    .idle_s = torrent->idle_s,
  };

  if (!bt_torrent_is_complete (torrent))
    return BT_GOAL_NONE;
  return bt_goals_reached (get_goals (torrent), &count);
}

gboolean
bt_torrent_has_seeded_enough (BtTorrent *torrent)
{
  return get_goals (torrent)->action != BT_GOAL_NOTHING && find_reached (torrent) != BT_GOAL_NONE;
}

gboolean
bt_torrent_goal_is_due (BtTorrent *torrent)
{
  if ((torrent->phase != BT_PHASE_READY && torrent->phase != BT_PHASE_FOLDED) || torrent->intent != BT_INTENT_RUN || torrent->problem != NULL)
    return FALSE;
  if (get_goals (torrent)->action == BT_GOAL_NOTHING && torrent->goal_state == BT_GOAL_STATE_TOLD)
    return FALSE;
  return find_reached (torrent) != BT_GOAL_NONE;
}

gboolean
bt_torrent_rests_at_goal (BtTorrent *torrent)
{
  return torrent->goal_state == BT_GOAL_STATE_STOPPED;
}

void
bt_torrent_count_seeding (BtTorrent *torrent, gint64 seconds)
{
  torrent->seeding_s += seconds;
  torrent->idle_s = torrent->uploaded == torrent->idle_uploaded ? torrent->idle_s + seconds : 0;
  torrent->idle_uploaded = torrent->uploaded;
  if (bt_torrent_goal_is_due (torrent))
    bt_core_goal_due (torrent->core);
}

void
bt_torrent_started_by_hand (BtTorrent *torrent)
{
  torrent->goal_state = BT_GOAL_STATE_OPEN;
  if (find_reached (torrent) == BT_GOAL_NONE)
    return;
  torrent->goal_uploaded = torrent->uploaded;
  torrent->goal_seeding_s = torrent->seeding_s;
  torrent->idle_s = 0;
}

/* Reaching. */

static char *
describe (const BtGoals *goals, BtGoal goal)
{
  switch (goal)
    {
    case BT_GOAL_RATIO:
      return g_strdup_printf ("the ratio of %.2f is reached", goals->ratio);
    case BT_GOAL_SEEDING:
      return g_strdup_printf ("it has seeded for %" G_GINT64_FORMAT " minutes", (goals->seeding_s + 59) / 60);
    case BT_GOAL_IDLE:
    case BT_GOAL_NONE:
    default:
      return g_strdup_printf ("nobody has taken anything for %" G_GINT64_FORMAT " minutes",
                              (goals->idle_s + 59) / 60);
    }
}

static const char *
name_consequence (BtGoalAction action)
{
  switch (action)
    {
    case BT_GOAL_STOP:
      return ": paused";
    case BT_GOAL_REMOVE:
      return ": removed from the list, the data stays";
    case BT_GOAL_NOTHING:
    default:
      return "";
    }
}

BtGoalAction
bt_torrent_reach_goal (BtTorrent *torrent)
{
  const BtGoals *goals = get_goals (torrent);
  BtGoalAction action = goals->action;
  g_autofree char *what = describe (goals, find_reached (torrent));

  bt_core_event (torrent->core, torrent->id, BT_EVENT_GOAL, "Seeded enough, %s%s", what,
                 name_consequence (action));
  bt_torrent_touch (torrent, BT_CHANGED_TOTALS); /* what led to it */
  torrent->dirty = TRUE;
  if (action == BT_GOAL_STOP)
    {
      torrent->goal_state = BT_GOAL_STATE_STOPPED;
      torrent->intent = BT_INTENT_PAUSE;
      bt_torrent_reconsider (torrent);
      bt_torrent_save (torrent);
    }
  else if (action == BT_GOAL_NOTHING)
    {
      torrent->goal_state = BT_GOAL_STATE_TOLD;
      bt_torrent_save_soon (torrent);
    }
  return action;
}
