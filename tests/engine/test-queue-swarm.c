/* test-queue-swarm.c: torrents that take turns, are held back, and stop when they have seeded enough.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-swarm.h"
#include "ft-test.h"

#define N 3

static const FtSampleFile files[] = { { "data.bin", 300000 }, { NULL, 0 } };

/* Three torrents that one node seeds and another downloads. */
typedef struct
{
  FtSample *samples[N];
  FtNode *seed, *leecher;
  BtTorrentId theirs[N], ids[N];
} Swarm;

static void
swarm_init (Swarm *swarm, const char *state_dir, void (*setup) (BtConfig *config))
{
  swarm->seed = ft_node_new (NULL, BT_MODE_ALL);
  swarm->leecher = ft_node_new_full (state_dir, NULL, setup);
  for (guint i = 0; i < N; i++)
    {
      swarm->samples[i] = ft_sample_new (files, 32768, i + 1);
      swarm->theirs[i] = ft_node_add (swarm->seed, swarm->samples[i]->torrent, swarm->samples[i]->dir, TRUE);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *dir = g_strdup_printf ("%s/%u", swarm->leecher->dir, i);

      ft_wait_until (ft_node_in_state (swarm->seed, swarm->theirs[i], BT_STATE_SEEDING));
      swarm->ids[i] = ft_node_add (swarm->leecher, swarm->samples[i]->torrent, dir, FALSE);
    }
}

static void
swarm_clear (Swarm *swarm)
{
  ft_node_free (swarm->leecher);
  ft_node_free (swarm->seed);
  for (guint i = 0; i < N; i++)
    ft_sample_free (swarm->samples[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Swarm, swarm_clear)

static void
connect_all (Swarm *swarm)
{
  for (guint i = 0; i < N; i++)
    ft_node_connect (swarm->leecher, swarm->ids[i], swarm->seed->port);
}

static gboolean
has_reason (FtNode *node, BtTorrentId id, BtReason reason)
{
  const BtTorrentStatus *status = ft_node_status (node, id);

  return status != NULL && status->reason == reason;
}

static gboolean
waits (Swarm *swarm, guint i)
{
  const BtTorrentStatus *status = ft_node_status (swarm->leecher, swarm->ids[i]);

  return status->state == BT_STATE_DOWNLOADING && status->reason == BT_REASON_QUEUED;
}

static guint
position (Swarm *swarm, guint i)
{
  return ft_node_status (swarm->leecher, swarm->ids[i])->queue_position;
}

static gboolean
is_ready (Swarm *swarm, guint i)
{
  return ft_node_in_state (swarm->leecher, swarm->ids[i], BT_STATE_DOWNLOADING);
}

static void
allow_one (BtConfig *config)
{
  config->max_active_downloads = 1;
}

static void
test_one_after_the_other (void)
{
  g_auto(Swarm) swarm = { 0 };

  swarm_init (&swarm, NULL, allow_one);
  ft_wait_until (is_ready (&swarm, 0) && !waits (&swarm, 0) && waits (&swarm, 1) && waits (&swarm, 2));
  g_assert_cmpuint (ft_node_status (swarm.leecher, swarm.ids[1])->reason_count, ==, 1);
  ft_wait_until (position (&swarm, 0) == 1 && position (&swarm, 1) == 2 && position (&swarm, 2) == 3);
  connect_all (&swarm);
  for (guint i = 0; i < N; i++)
    {
      for (guint later = i + 1; later < N; later++)
        g_assert_cmpuint (ft_node_status (swarm.leecher, swarm.ids[later])->downloaded, ==, 0);
      ft_wait_until (ft_node_is_complete (swarm.leecher, swarm.ids[i]));
    }
  ft_wait_until (position (&swarm, 2) == 0);
}

static void
test_order (void)
{
  g_auto(Swarm) swarm = { 0 };

  swarm_init (&swarm, NULL, allow_one);
  ft_wait_until (waits (&swarm, 1) && waits (&swarm, 2) && is_ready (&swarm, 0) && !waits (&swarm, 0));
  ft_node_move_in_queue (swarm.leecher, swarm.ids[2], BT_QUEUE_TOP);
  ft_wait_until (waits (&swarm, 0) && waits (&swarm, 1) && !waits (&swarm, 2));
  g_assert_cmpuint (position (&swarm, 2), ==, 1);
  ft_node_move_in_queue (swarm.leecher, swarm.ids[0], BT_QUEUE_UP);
  ft_wait_until (!waits (&swarm, 0) && waits (&swarm, 2) && position (&swarm, 0) == 1);
  ft_node_move_in_queue (swarm.leecher, swarm.ids[0], BT_QUEUE_DOWN);
  ft_wait_until (waits (&swarm, 0) && !waits (&swarm, 2) && position (&swarm, 0) == 2);
  ft_node_move_in_queue (swarm.leecher, swarm.ids[2], BT_QUEUE_BOTTOM);
  ft_wait_until (!waits (&swarm, 0) && position (&swarm, 2) == 3 && position (&swarm, 1) == 2);
  /* One that is stopped is in no queue, and gives its place up. */
  ft_node_set_intent (swarm.leecher, swarm.ids[0], BT_INTENT_STOP);
  ft_wait_until (!waits (&swarm, 1) && position (&swarm, 0) == 0 && position (&swarm, 1) == 1);
}

static void
test_order_survives (void)
{
  g_autofree char *state_dir = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  g_autofree char *dir = NULL;
  g_auto(Swarm) swarm = { 0 };

  swarm_init (&swarm, state_dir, allow_one);
  ft_wait_until (waits (&swarm, 1) && waits (&swarm, 2));
  ft_node_move_in_queue (swarm.leecher, swarm.ids[0], BT_QUEUE_BOTTOM);
  ft_node_move_in_queue (swarm.leecher, swarm.ids[2], BT_QUEUE_TOP);
  dir = g_strdup (swarm.leecher->dir);
  swarm.leecher->owns_dir = FALSE;
  ft_node_free (swarm.leecher);
  swarm.leecher = ft_node_new_full (state_dir, dir, allow_one);
  ft_wait_until (g_hash_table_size (swarm.leecher->statuses) == N);
  ft_wait_until (position (&swarm, 2) == 1 && position (&swarm, 1) == 2 && position (&swarm, 0) == 3);
  ft_wait_until (!waits (&swarm, 2) && is_ready (&swarm, 2) && waits (&swarm, 1) && waits (&swarm, 0));
  ft_node_stop (swarm.leecher);
  ft_remove_tree (state_dir);
  ft_remove_tree (dir);
}

static void
test_limits_change (void)
{
  g_auto(Swarm) swarm = { 0 };
  g_autoptr(BtTorrentOptions) forced = bt_torrent_options_new ();

  forced->ignores_queue = TRUE;
  swarm_init (&swarm, NULL, NULL);
  ft_wait_until (is_ready (&swarm, 0) && is_ready (&swarm, 1) && is_ready (&swarm, 2));
  for (guint i = 0; i < N; i++)
    g_assert_false (waits (&swarm, i));
  swarm.leecher->config->max_active_downloads = 1;
  ft_node_configure (swarm.leecher);
  ft_wait_until (!waits (&swarm, 0) && waits (&swarm, 1) && waits (&swarm, 2));
  ft_node_set_options (swarm.leecher, swarm.ids[2], forced, BT_OPTION_QUEUE);
  ft_wait_until (!waits (&swarm, 0) && waits (&swarm, 1) && !waits (&swarm, 2));
  swarm.leecher->config->max_active_downloads = 0;
  ft_node_configure (swarm.leecher);
  ft_wait_until (!waits (&swarm, 1));
}

static void
allow_one_seed (BtConfig *config)
{
  config->max_active_seeds = 1;
}

static void
test_seeds (void)
{
  g_autoptr(FtSample) one = ft_sample_new (files, 32768, 1);
  g_autoptr(FtSample) other = ft_sample_new (files, 32768, 2);
  g_autoptr(FtNode) node = ft_node_new_full (NULL, NULL, allow_one_seed);
  BtTorrentId a = ft_node_add (node, one->torrent, one->dir, TRUE);
  BtTorrentId b = ft_node_add (node, other->torrent, other->dir, TRUE);

  ft_wait_until (ft_node_in_state (node, a, BT_STATE_SEEDING) && ft_node_in_state (node, b, BT_STATE_SEEDING));
  ft_wait_until (has_reason (node, b, BT_REASON_QUEUED));
  ft_wait_until (ft_node_status (node, b)->queue_position == 1 && ft_node_status (node, a)->queue_position == 0);
  g_assert_false (has_reason (node, a, BT_REASON_QUEUED));
  ft_node_set_intent (node, a, BT_INTENT_PAUSE);
  ft_wait_until (!has_reason (node, b, BT_REASON_QUEUED));
}

static void
test_suspend (void)
{
  g_auto(Swarm) swarm = { 0 };
  const BtTorrentStatus *status;

  swarm_init (&swarm, NULL, NULL);
  swarm.leecher->config->suspend = BT_SUSPEND_METERED;
  ft_node_configure (swarm.leecher);
  ft_node_set_intent (swarm.leecher, swarm.ids[1], BT_INTENT_PAUSE);
  connect_all (&swarm);
  ft_wait_until (has_reason (swarm.leecher, swarm.ids[0], BT_REASON_SUSPENDED));
  status = ft_node_status (swarm.leecher, swarm.ids[0]);
  g_assert_cmpint (status->state, ==, BT_STATE_DOWNLOADING);
  g_assert_cmpint (status->intent, ==, BT_INTENT_RUN);
  g_assert_cmpuint (status->reason_count, ==, BT_SUSPEND_METERED);
  swarm.leecher->config->suspend = BT_SUSPEND_NONE;
  ft_node_configure (swarm.leecher);
  ft_wait_until (ft_node_is_complete (swarm.leecher, swarm.ids[0])
                 && ft_node_is_complete (swarm.leecher, swarm.ids[2]));
  ft_wait_until (ft_node_in_state (swarm.leecher, swarm.ids[1], BT_STATE_PAUSED));
  g_assert_cmpuint (ft_node_status (swarm.leecher, swarm.ids[1])->downloaded, ==, 0);
}

/* Goals. */

static void
stop_at_ratio (BtConfig *config)
{
  config->goals = (BtGoals){ .ratio = 0.5, .action = BT_GOAL_STOP };
}

static void
give_away (FtNode *seed, BtTorrentId id, FtSample *sample)
{
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId other = ft_node_add (leecher, sample->torrent, NULL, FALSE);

  ft_node_connect (leecher, other, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, other));
}

/* It stops, stays so over a restart, is left alone when all are started, and seeds as much again when it
 * is started by itself. */
static void
test_ratio (void)
{
  g_autofree char *state_dir = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  FtNode *seed = ft_node_new_full (state_dir, NULL, stop_at_ratio);
  g_autoptr(FtNode) again = NULL;
  BtTorrentId id = ft_node_add (seed, sample->torrent, sample->dir, TRUE);

  ft_wait_until (ft_node_in_state (seed, id, BT_STATE_SEEDING));
  give_away (seed, id, sample);
  ft_wait_until (ft_node_in_state (seed, id, BT_STATE_PAUSED));
  g_assert_true (has_reason (seed, id, BT_REASON_GOAL));
  g_assert_true (ft_node_said (seed, "the ratio of 0.50 is reached: paused"));
  ft_node_free (seed);

  again = ft_node_new_full (state_dir, NULL, stop_at_ratio);
  ft_wait_until (has_reason (again, 1, BT_REASON_GOAL));
  ft_node_set_intent (again, 0, BT_INTENT_RUN);
  ft_node_verify (again, 1); /* something that is told of afterwards */
  ft_wait_until (ft_node_said (again, "Checked"));
  g_assert_true (ft_node_in_state (again, 1, BT_STATE_PAUSED) && has_reason (again, 1, BT_REASON_GOAL));
  ft_node_set_intent (again, 1, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (again, 1, BT_STATE_SEEDING));
  give_away (again, 1, sample);
  ft_wait_until (has_reason (again, 1, BT_REASON_GOAL));
  ft_node_stop (again);
  ft_remove_tree (state_dir);
}

static guint
count_said (FtNode *node, const char *part)
{
  guint n = 0;

  for (guint i = 0; i < node->events->len; i++)
    n += strstr (g_ptr_array_index (node->events, i), part) != NULL;
  return n;
}

/* Its own goals count in place of the configured ones; what was only told of is told of once. */
static void
test_own_goals (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autoptr(FtNode) seed = ft_node_new_full (NULL, NULL, stop_at_ratio);
  g_autoptr(BtTorrentOptions) told = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) removed = bt_torrent_options_new ();
  BtTorrentId id = ft_node_add (seed, sample->torrent, sample->dir, TRUE);

  told->own_goals = TRUE;
  told->goals = (BtGoals){ .seeding_s = 1, .action = BT_GOAL_NOTHING };
  removed->own_goals = TRUE;
  removed->goals = (BtGoals){ .idle_s = 1, .action = BT_GOAL_REMOVE };
  ft_node_set_options (seed, id, told, BT_OPTION_GOALS);
  ft_wait_until (ft_node_said (seed, "Seeded enough"));
  ft_wait_until (ft_node_status (seed, id)->seeding_s >= 1);
  give_away (seed, id, sample);
  g_assert_true (ft_node_in_state (seed, id, BT_STATE_SEEDING));
  g_assert_cmpuint (count_said (seed, "Seeded enough"), ==, 1);
  ft_node_set_options (seed, id, removed, BT_OPTION_GOALS);
  ft_wait_until (ft_node_status (seed, id) == NULL);
  g_assert_true (ft_node_said (seed, "removed from the list, the data stays"));
  ft_sample_assert_equal (sample, sample->dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/queue-swarm/one-after-the-other", test_one_after_the_other);
  g_test_add_func ("/engine/queue-swarm/order", test_order);
  g_test_add_func ("/engine/queue-swarm/order-survives", test_order_survives);
  g_test_add_func ("/engine/queue-swarm/limits-change", test_limits_change);
  g_test_add_func ("/engine/queue-swarm/seeds", test_seeds);
  g_test_add_func ("/engine/queue-swarm/suspend", test_suspend);
  g_test_add_func ("/engine/queue-swarm/ratio", test_ratio);
  g_test_add_func ("/engine/queue-swarm/own-goals", test_own_goals);
  return g_test_run ();
}
