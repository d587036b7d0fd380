/* bt-goals.h: whether a torrent has seeded enough.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-options.h"

G_BEGIN_DECLS

typedef enum
{
  BT_GOAL_NONE, /* there is more to do */
  BT_GOAL_RATIO,
  BT_GOAL_SEEDING,
  BT_GOAL_IDLE,
} BtGoal;

/* What counts: since the torrent was added, or since the person started it although it had seeded enough
 * by then. For from such a start on goals count anew: it seeds as much again, rather than stopping at
 * once. */
typedef struct
{
  guint64 uploaded;
  guint64 wanted;   /* bytes that were to be had */
  gint64 seeding_s;
  gint64 idle_s;
} BtGoalCount;

/* The first that is reached, in the order of BtGoal. */
BtGoal bt_goals_reached (const BtGoals *goals, const BtGoalCount *count);

G_END_DECLS
