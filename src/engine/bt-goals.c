/* bt-goals.c: whether a torrent has seeded enough.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-goals.h"

/* Of nothing there is no ratio. */
static gboolean
has_ratio (const BtGoals *goals, const BtGoalCount *count)
{
  return goals->ratio > 0 && count->wanted > 0
         && (double) count->uploaded >= goals->ratio * (double) count->wanted;
}

BtGoal
bt_goals_reached (const BtGoals *goals, const BtGoalCount *count)
{
  if (has_ratio (goals, count))
    return BT_GOAL_RATIO;
  if (goals->seeding_s > 0 && count->seeding_s >= goals->seeding_s)
    return BT_GOAL_SEEDING;
  if (goals->idle_s > 0 && count->idle_s >= goals->idle_s)
    return BT_GOAL_IDLE;
  return BT_GOAL_NONE;
}
