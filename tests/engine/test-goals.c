/* test-goals.c: when a torrent has seeded enough.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-goals.h"

#include "ft-test.h"

#include <math.h>

static BtGoal
reached (double ratio, gint64 seeding_s, gint64 idle_s, BtGoalCount count)
{
  BtGoals goals = { ratio, seeding_s, idle_s, BT_GOAL_STOP };

  return bt_goals_reached (&goals, &count);
}

static void
test_none (void)
{
  g_assert_cmpint (reached (0, 0, 0, (BtGoalCount){ 1000, 1, 1000, 1000 }), ==, BT_GOAL_NONE);
  g_assert_cmpint (reached (-1, -1, -1, (BtGoalCount){ 1000, 1, 1000, 1000 }), ==, BT_GOAL_NONE);
  g_assert_cmpint (reached (NAN, 0, 0, (BtGoalCount){ 1000, 1, 0, 0 }), ==, BT_GOAL_NONE);
}

static void
test_ratio (void)
{
  g_assert_cmpint (reached (1.5, 0, 0, (BtGoalCount){ 149, 100, 0, 0 }), ==, BT_GOAL_NONE);
  g_assert_cmpint (reached (1.5, 0, 0, (BtGoalCount){ 150, 100, 0, 0 }), ==, BT_GOAL_RATIO);
  g_assert_cmpint (reached (0.001, 0, 0, (BtGoalCount){ 0, 100, 0, 0 }), ==, BT_GOAL_NONE);
  /* Nothing was wanted: there is no ratio. */
  g_assert_cmpint (reached (1, 0, 0, (BtGoalCount){ 5, 0, 0, 0 }), ==, BT_GOAL_NONE);
  /* Sizes beyond what a double holds exactly. */
  g_assert_cmpint (reached (2, 0, 0, (BtGoalCount){ G_MAXUINT64, G_MAXUINT64 / 4, 0, 0 }), ==, BT_GOAL_RATIO);
}

static void
test_times (void)
{
  g_assert_cmpint (reached (0, 60, 0, (BtGoalCount){ 0, 100, 59, 59 }), ==, BT_GOAL_NONE);
  g_assert_cmpint (reached (0, 60, 0, (BtGoalCount){ 0, 100, 60, 0 }), ==, BT_GOAL_SEEDING);
  g_assert_cmpint (reached (0, 0, 60, (BtGoalCount){ 0, 100, 600, 59 }), ==, BT_GOAL_NONE);
  g_assert_cmpint (reached (0, 0, 60, (BtGoalCount){ 0, 100, 600, 60 }), ==, BT_GOAL_IDLE);
}

static void
test_first_counts (void)
{
  g_assert_cmpint (reached (1, 60, 60, (BtGoalCount){ 0, 100, 60, 60 }), ==, BT_GOAL_SEEDING);
  g_assert_cmpint (reached (1, 60, 60, (BtGoalCount){ 100, 100, 60, 60 }), ==, BT_GOAL_RATIO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/goals/none", test_none);
  g_test_add_func ("/engine/goals/ratio", test_ratio);
  g_test_add_func ("/engine/goals/times", test_times);
  g_test_add_func ("/engine/goals/first-counts", test_first_counts);
  return g_test_run ();
}
