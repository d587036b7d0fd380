/* test-options-swarm.c: what a person sets for a torrent takes effect, is told and survives.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile files[] = { { "data.bin", 400000 }, { NULL, 0 } };

static char *
make_state_dir (void)
{
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp ("ft-state-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static BtTorrentOptions *
make_options (const char *name, const char *tags)
{
  BtTorrentOptions *options = bt_torrent_options_new ();

  options->name = g_strdup (name);
  g_strfreev (options->tags);
  options->tags = g_strsplit (tags, ",", -1);
  options->limit_down_bytes_per_s = 123456;
  options->sequential = TRUE;
  options->own_goals = TRUE;
  options->goals = (BtGoals){ 1.5, 3600, 60, BT_GOAL_NOTHING };
  return options;
}

static BtTorrentId
add (FtNode *node, FtSample *sample, BtTorrentOptions *options)
{
  BtAddRequest request = { .torrent = sample->torrent, .options = options };

  return ft_node_add_request (node, &request);
}

/* A second one, whose files have the same names. */
static BtTorrentId
add_other (FtNode *node, FtSample *sample, BtTorrentOptions *options)
{
  g_autofree char *folder = g_build_filename (node->dir, "other", NULL);
  BtAddRequest request = { .torrent = sample->torrent, .save_path = folder, .options = options };

  return ft_node_add_request (node, &request);
}

static gboolean
has_tags (FtNode *node, BtTorrentId id, const char *tags)
{
  const BtTorrentStatus *status = ft_node_status (node, id);
  g_autofree char *joined = g_strjoinv (",", status->options->tags);

  return strcmp (joined, tags) == 0;
}

static BtTorrentId
only_id (FtNode *node)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, node->statuses);
  g_assert_true (g_hash_table_iter_next (&iter, &id, NULL));
  return GPOINTER_TO_UINT (id);
}

/* Also while it is only added, paused, and its data was never looked through. */
static void
test_survive_restart (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *state_dir = make_state_dir ();
  g_autoptr(BtTorrentOptions) first = make_options ("First", "a");
  g_autoptr(BtTorrentOptions) second = make_options ("Second\nname", "b,c");
  g_autoptr(FtNode) before = ft_node_new (state_dir, BT_MODE_ALL);
  g_autoptr(FtNode) after = NULL;
  BtAddRequest request = {
    .torrent = sample->torrent,
    .save_path = sample->dir,
    .intent = BT_INTENT_PAUSE,
    .options = first,
  };
  BtTorrentId id = ft_node_add_request (before, &request);

  g_assert_cmpstr (ft_node_status (before, id)->name, ==, "First");
  ft_node_set_options (before, id, second, BT_OPTION_ALL);
  ft_wait_until (strcmp (ft_node_status (before, id)->name, "Second name") == 0);
  ft_node_set_intent (before, id, BT_INTENT_STOP);
  ft_node_stop (before);

  after = ft_node_new (state_dir, BT_MODE_ALL);
  ft_wait_until (g_hash_table_size (after->statuses) == 1);
  id = only_id (after);
  g_assert_cmpstr (ft_node_status (after, id)->name, ==, "Second name");
  g_assert_true (has_tags (after, id, "b,c"));
  g_assert_true (ft_node_status (after, id)->options->sequential);
  g_assert_cmpuint (ft_node_status (after, id)->options->limit_down_bytes_per_s, ==, 123456);
  g_assert_cmpfloat (ft_node_status (after, id)->options->goals.ratio, ==, 1.5);
  g_assert_cmpint (ft_node_status (after, id)->intent, ==, BT_INTENT_STOP);
  ft_node_set_intent (after, id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (after, id, BT_STATE_SEEDING));
  ft_node_stop (after);
  ft_remove_tree (state_dir);
}

static void
test_only_what_is_named (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(BtTorrentOptions) first = make_options ("First", "a");
  g_autoptr(BtTorrentOptions) none = bt_torrent_options_new ();
  BtTorrentId id = add (node, sample, first);

  ft_node_set_options (node, id, none, BT_OPTION_NAME | BT_OPTION_SEQUENTIAL);
  ft_wait_until (strcmp (ft_node_status (node, id)->name, "sample") == 0);
  g_assert_null (ft_node_status (node, id)->options->name);
  g_assert_false (ft_node_status (node, id)->options->sequential);
  g_assert_true (has_tags (node, id, "a"));
  g_assert_cmpuint (ft_node_status (node, id)->options->limit_down_bytes_per_s, ==, 123456);
}

static void
test_rename_tag (void)
{
  g_autoptr(FtSample) one = ft_sample_new (files, 32768, 1);
  g_autoptr(FtSample) other = ft_sample_new (files, 32768, 2);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(BtTorrentOptions) abc = make_options (NULL, "a,b,c");
  g_autoptr(BtTorrentOptions) cb = make_options (NULL, "c,b");
  BtTorrentId first = add (node, one, abc);
  BtTorrentId second = add_other (node, other, cb);

  ft_node_rename_tag (node, "a", "z");
  ft_wait_until (has_tags (node, first, "z,b,c"));
  g_assert_true (has_tags (node, second, "c,b"));
  ft_node_rename_tag (node, "b", "c"); /* which is there already */
  ft_wait_until (has_tags (node, first, "z,c") && has_tags (node, second, "c"));
  ft_node_rename_tag (node, "c", NULL);
  ft_wait_until (has_tags (node, first, "z") && has_tags (node, second, ""));
}

/* Pieces come in order however many are on the way at once, and all of them come. */
static void
test_sequential (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 1);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(BtTorrentOptions) options = make_options (NULL, "");
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b;

  options->limit_down_bytes_per_s = 0;
  b = add (leecher, sample, options);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
}

/* Limits. What may have come by now is bounded by what the limit grants in the time that has gone by,
 * however long that was. */

#define LIMIT 50000

static const FtSampleFile large[] = { { "data.bin", 12 * 1024 * 1024 }, { NULL, 0 } };

static void
assert_within (guint64 bytes, gint64 since)
{
  gint64 elapsed = g_get_monotonic_time () - since;

  /* A bucket holds a second's worth, and a read may go one block beyond it. */
  g_assert_cmpuint (bytes, <=, (guint64) (LIMIT + 16384 + LIMIT * elapsed / G_USEC_PER_SEC));
}

static guint64
downloaded (FtNode *node, BtTorrentId id)
{
  return ft_node_status (node, id)->downloaded;
}

static void
test_limit_of_torrent (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (large, 65536, 1);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(BtTorrentOptions) options = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) none = bt_torrent_options_new ();
  gint64 since = g_get_monotonic_time ();
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b;

  options->limit_down_bytes_per_s = LIMIT;
  b = add (leecher, sample, options);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (downloaded (leecher, b) > LIMIT);
  assert_within (downloaded (leecher, b), since);
  /* Under the limit this would take minutes. */
  ft_node_set_options (leecher, b, none, BT_OPTION_LIMITS);
  ft_wait_until (ft_node_is_complete (leecher, b));
}

static void
set_tag_limit (BtConfig *config)
{
  bt_config_add_tag_limit (config, "slow", LIMIT, 0);
}

/* Both together get what one would, the second by a tag that it is given while it runs. */
static void
test_limit_of_tag (void)
{
  g_autoptr(FtSample) one = ft_sample_new (large, 65536, 1);
  g_autoptr(FtSample) other = ft_sample_new (large, 65536, 2);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new_full (NULL, NULL, set_tag_limit);
  g_autoptr(BtTorrentOptions) slow = bt_torrent_options_new ();
  gint64 since = g_get_monotonic_time ();
  BtTorrentId a = ft_node_add (seed, one->torrent, one->dir, TRUE);
  BtTorrentId b = ft_node_add (seed, other->torrent, other->dir, TRUE);
  BtTorrentId c, d;

  g_strfreev (slow->tags);
  slow->tags = g_strsplit ("quick,slow", ",", -1);
  c = add (leecher, one, slow);
  d = add_other (leecher, other, NULL);
  ft_node_set_options (leecher, d, slow, BT_OPTION_TAGS);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING) && ft_node_in_state (seed, b, BT_STATE_SEEDING));
  ft_node_connect (leecher, c, seed->port);
  ft_node_connect (leecher, d, seed->port);
  ft_wait_until (downloaded (leecher, c) + downloaded (leecher, d) > LIMIT);
  assert_within (downloaded (leecher, c) + downloaded (leecher, d), since);
  g_ptr_array_set_size (leecher->config->tag_limits, 0);
  ft_node_configure (leecher);
  ft_wait_until (ft_node_is_complete (leecher, c) && ft_node_is_complete (leecher, d));
}

static guint
count_peers (FtNode *node, BtTorrentId id)
{
  return ft_node_status (node, id)->n_peers;
}

/* Peers that are too many go at once; and what we let them have is said as it is. */
static void
test_peers (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (large, 65536, 1);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) one = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) other = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(BtTorrentOptions) slow = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) alone = bt_torrent_options_new ();
  g_autoptr(BtDetail) theirs = NULL;
  g_autoptr(BtDetail) ours = NULL;
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b, c;

  slow->limit_down_bytes_per_s = LIMIT;
  alone->max_peers = 1;
  b = add (one, sample, slow);
  c = add (other, sample, slow);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (one, b, seed->port);
  ft_node_connect (other, c, seed->port);
  ft_wait_until (count_peers (seed, a) == 2 && downloaded (one, b) > 0 && downloaded (other, c) > 0);
  ours = ft_node_detail (seed, a, BT_DETAIL_PEERS);
  g_assert_cmpint (g_array_index (ours->peers, BtPeerStatus, 0).choke_reason, ==, BT_CHOKE_NONE);
  theirs = ft_node_detail (one, b, BT_DETAIL_PEERS);
  g_assert_cmpint (g_array_index (theirs->peers, BtPeerStatus, 0).choke_reason, ==, BT_CHOKE_NO_INTEREST);
  g_assert_null (ft_node_status (one, b)->tracker);
  ft_node_set_options (seed, a, alone, BT_OPTION_MAX_PEERS);
  ft_wait_until (count_peers (seed, a) == 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/options-swarm/survive-restart", test_survive_restart);
  g_test_add_func ("/engine/options-swarm/only-what-is-named", test_only_what_is_named);
  g_test_add_func ("/engine/options-swarm/rename-tag", test_rename_tag);
  g_test_add_func ("/engine/options-swarm/sequential", test_sequential);
  g_test_add_func ("/engine/options-swarm/limit-of-torrent", test_limit_of_torrent);
  g_test_add_func ("/engine/options-swarm/limit-of-tag", test_limit_of_tag);
  g_test_add_func ("/engine/options-swarm/peers", test_peers);
  return g_test_run ();
}
