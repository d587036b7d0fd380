/* test-sidebar-model.c: groups come and go, and their counts are right.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-update.h"
#include "ft-sidebar-model.h"

typedef struct
{
  GSettings *settings;
  FtTags *tags;
  FtTorrentList *torrents;
  FtSidebarModel *model;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->settings = g_settings_new (APP_ID);
  g_settings_reset (fixture->settings, FT_SETTING_TAGS);
  fixture->tags = ft_tags_new (fixture->settings);
  fixture->torrents = ft_torrent_list_new ();
  fixture->model = ft_sidebar_model_new (fixture->torrents, fixture->tags);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->model);
  g_assert_finalize_object (fixture->torrents);
  g_assert_finalize_object (fixture->tags);
  g_settings_reset (fixture->settings, FT_SETTING_TAGS);
  g_object_unref (fixture->settings);
}

static FtTag *
add_tag (Fixture *fixture, const char *name)
{
  g_autoptr (FtTag) draft = ft_tag_new (name, NULL);

  return ft_tags_add (fixture->tags, draft, NULL);
}

/* Adds or changes a torrent. @tags: separated by commas */
static void
put (Fixture *fixture, BtTorrentId id, BtState state, const char *tags, const char *tracker)
{
  BtUpdate *update = ft_fake_update_new ();
  BtTorrentStatus *status = ft_fake_update_add (update, id, BT_CHANGED_ALL, "name");

  status->state = state;
  g_strfreev (status->options->tags);
  status->options->tags = g_strsplit (tags, ",", -1);
  status->tracker = tracker != NULL ? g_ref_string_new (tracker) : NULL;
  ft_torrent_list_apply (fixture->torrents, update);
  bt_update_unref (update);
}

static void
take_off (Fixture *fixture, BtTorrentId id)
{
  BtUpdate *update = ft_fake_update_new ();

  ft_fake_update_remove (update, id);
  ft_torrent_list_apply (fixture->torrents, update);
  bt_update_unref (update);
}

/* From @start on: "title:count" joined. */
static void
check (Fixture *fixture, guint start, const char *expected)
{
  GListModel *model = G_LIST_MODEL (fixture->model);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = start; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (FtSidebarItem) item = g_list_model_get_item (model, i);

      g_string_append_printf (text, "%s%s:%u", text->len > 0 ? " " : "", ft_sidebar_item_get_title (item),
                              ft_sidebar_item_get_count (item));
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_categories (Fixture *fixture, gconstpointer data)
{
  check (fixture, 0, "All:0 Downloading:0 Seeding:0 Waiting:0 Paused:0 Checking:0 Problems:0");
  put (fixture, 1, BT_STATE_DOWNLOADING, "", NULL);
  put (fixture, 2, BT_STATE_SEEDING, "", NULL);
  put (fixture, 3, BT_STATE_SEEDING, "", NULL);
  check (fixture, 0, "All:3 Downloading:1 Seeding:2 Waiting:0 Paused:0 Checking:0 Problems:0");
  put (fixture, 1, BT_STATE_ERROR, "", NULL);
  take_off (fixture, 2);
  check (fixture, 0, "All:2 Downloading:0 Seeding:1 Waiting:0 Paused:0 Checking:0 Problems:1");
  ft_torrent_list_hide (fixture->torrents, (const BtTorrentId[]){ 3 }, 1);
  check (fixture, 0, "All:1 Downloading:0 Seeding:0 Waiting:0 Paused:0 Checking:0 Problems:1");
  ft_torrent_list_show (fixture->torrents, (const BtTorrentId[]){ 3 }, 1);
  check (fixture, 0, "All:2 Downloading:0 Seeding:1 Waiting:0 Paused:0 Checking:0 Problems:1");
  ft_torrent_list_clear (fixture->torrents);
  check (fixture, 0, "All:0 Downloading:0 Seeding:0 Waiting:0 Paused:0 Checking:0 Problems:0");
}

static void
test_tags (Fixture *fixture, gconstpointer data)
{
  FtTag *films, *music;
  g_autoptr (FtTag) draft = ft_tag_new ("Cinema", NULL);

  films = add_tag (fixture, "Films");
  check (fixture, FT_N_CATEGORIES, "Films:0");
  put (fixture, 1, BT_STATE_SEEDING, "", NULL);
  put (fixture, 2, BT_STATE_SEEDING, "films,Music", NULL);
  music = add_tag (fixture, "Music");
  check (fixture, FT_N_CATEGORIES, "Films:1 Music:1 Untagged:1");
  put (fixture, 1, BT_STATE_SEEDING, "Music", NULL);
  check (fixture, FT_N_CATEGORIES, "Films:1 Music:2 Untagged:0");
  ft_tags_move (fixture->tags, music, 0);
  check (fixture, FT_N_CATEGORIES, "Music:2 Films:1 Untagged:0");
  g_assert_true (ft_tags_edit (fixture->tags, films, draft, NULL));
  put (fixture, 2, BT_STATE_SEEDING, "Cinema", NULL);
  check (fixture, FT_N_CATEGORIES, "Music:1 Cinema:1 Untagged:0");
  ft_tags_remove (fixture->tags, music);
  put (fixture, 1, BT_STATE_SEEDING, "", NULL);
  check (fixture, FT_N_CATEGORIES, "Cinema:1 Untagged:1");
  take_off (fixture, 2);
  check (fixture, FT_N_CATEGORIES, "Cinema:0");
}

static void
test_trackers (Fixture *fixture, gconstpointer data)
{
  put (fixture, 1, BT_STATE_SEEDING, "", NULL);
  check (fixture, FT_N_CATEGORIES, "");
  put (fixture, 2, BT_STATE_SEEDING, "", "b.example");
  put (fixture, 3, BT_STATE_SEEDING, "", "a.example");
  put (fixture, 4, BT_STATE_SEEDING, "", "a.example");
  check (fixture, FT_N_CATEGORIES, "a.example:2 b.example:1 No Tracker:1");
  put (fixture, 2, BT_STATE_SEEDING, "", "a.example");
  check (fixture, FT_N_CATEGORIES, "a.example:3 No Tracker:1");
  take_off (fixture, 2);
  take_off (fixture, 3);
  take_off (fixture, 4);
  check (fixture, FT_N_CATEGORIES, "");
}

static guint
count_items (FtTorrentList *torrents, FtQuery *query)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (torrents)); i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (torrents), i);

      n += ft_query_matches (query, torrent);
    }
  return n;
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  guint *n_items = user_data;

  g_assert_cmpuint (position + removed, <=, *n_items);
  *n_items = *n_items - removed + added;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, *n_items);
}

/* Each count is what a person would find who chose the group. */
static void
test_random (Fixture *fixture, gconstpointer data)
{
  const char *tags[] = { "", "red", "blue", "red,blue", "Red" };
  const char *trackers[] = { NULL, "a", "b", "c" };
  GListModel *model = G_LIST_MODEL (fixture->model);
  guint n_items = g_list_model_get_n_items (model);
  g_autoptr (FtQuery) query = ft_query_new ();

  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), &n_items);
  add_tag (fixture, "red");
  add_tag (fixture, "blue");
  for (guint step = 0; step < 500; step++)
    {
      BtTorrentId id = (BtTorrentId) g_test_rand_int_range (1, 12);

      if (g_test_rand_bit ())
        put (fixture, id, (BtState) g_test_rand_int_range (0, BT_STATE_ERROR + 1),
             tags[g_test_rand_int_range (0, G_N_ELEMENTS (tags))],
             trackers[g_test_rand_int_range (0, G_N_ELEMENTS (trackers))]);
      else
        take_off (fixture, id);
      for (guint i = 0; i < n_items; i++)
        {
          g_autoptr (FtSidebarItem) item = g_list_model_get_item (model, i);

          ft_sidebar_item_apply (item, query);
          g_assert_cmpuint (ft_sidebar_item_get_count (item), ==, count_items (fixture->torrents, query));
        }
    }
}

static void
add_test (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/model/sidebar-model/categories", test_categories);
  add_test ("/model/sidebar-model/tags", test_tags);
  add_test ("/model/sidebar-model/trackers", test_trackers);
  add_test ("/model/sidebar-model/random", test_random);
  return g_test_run ();
}
