/* test-torrent-list.c: the list follows the updates and never replaces an item.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-update.h"
#include "ft-torrent-list.h"

/* What a view would know of the list, kept from its signals alone. */
typedef struct
{
  GPtrArray *items;
  GString *log;
} Mirror;

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Mirror *mirror = user_data;

  g_string_append_printf (mirror->log, "%u-%u+%u ", position, removed, added);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, mirror->items->len - removed + added);
  if (removed > 0)
    g_ptr_array_remove_range (mirror->items, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror->items, (int) (position + i),
                        g_list_model_get_item (model, position + i));
}

static void
updated_cb (FtTorrentList *list, guint changed, gpointer user_data)
{
  Mirror *mirror = user_data;

  g_string_append_printf (mirror->log, "changed:%x ", changed);
}

static void
mirror_follow (Mirror *mirror, FtTorrentList *list)
{
  mirror->items = g_ptr_array_new_with_free_func (g_object_unref);
  mirror->log = g_string_new (NULL);
  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), mirror);
  g_signal_connect (list, "updated", G_CALLBACK (updated_cb), mirror);
}

static void
mirror_check (Mirror *mirror, FtTorrentList *list, const char *log)
{
  g_assert_cmpstr (mirror->log->str, ==, log);
  g_string_truncate (mirror->log, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, mirror->items->len);
  for (guint i = 0; i < mirror->items->len; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_assert_true (torrent == mirror->items->pdata[i]);
      g_assert_true (ft_torrent_list_lookup (list, ft_torrent_get_id (torrent)) == torrent);
    }
}

static void
mirror_clear (Mirror *mirror)
{
  g_ptr_array_unref (mirror->items);
  g_string_free (mirror->log, TRUE);
}

static void
apply (FtTorrentList *list, BtUpdate *update)
{
  ft_torrent_list_apply (list, update);
  bt_update_unref (update);
}

static void
apply_three (FtTorrentList *list)
{
  BtUpdate *update = ft_fake_update_new ();

  ft_fake_update_add (update, 1, BT_CHANGED_ALL, "one");
  ft_fake_update_add (update, 2, BT_CHANGED_ALL, "two");
  ft_fake_update_add (update, 3, BT_CHANGED_ALL, "three");
  apply (list, update);
}

static void
test_follows (void)
{
  g_autoptr (FtTorrentList) list = ft_torrent_list_new ();
  FtTorrent *second;
  BtUpdate *update;
  Mirror mirror;

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (list)) == FT_TYPE_TORRENT);
  mirror_follow (&mirror, list);
  apply_three (list);
  mirror_check (&mirror, list, "0-0+3 changed:ff ");

  /* One changes, one goes, one comes: the one that stays is the same object. */
  second = ft_torrent_list_lookup (list, 2);
  update = ft_fake_update_new ();
  ft_fake_update_add (update, 2, BT_CHANGED_SPEED, "two")->rate_down = 5;
  ft_fake_update_add (update, 4, BT_CHANGED_ALL, "four");
  ft_fake_update_remove (update, 1);
  apply (list, update);
  mirror_check (&mirror, list, "0-1+0 2-0+1 changed:ff ");
  g_assert_true (ft_torrent_list_lookup (list, 2) == second);
  g_assert_cmpuint (ft_torrent_get_status (second)->rate_down, ==, 5);
  g_assert_null (ft_torrent_list_lookup (list, 1));

  update = ft_fake_update_new ();
  ft_fake_update_add (update, 3, BT_CHANGED_SPEED, "three");
  ft_fake_update_add (update, 2, BT_CHANGED_PEERS, "two");
  apply (list, update);
  mirror_check (&mirror, list, "changed:14 ");

  /* Never seen, and nothing at all. */
  update = ft_fake_update_new ();
  ft_fake_update_remove (update, 99);
  apply (list, update);
  mirror_check (&mirror, list, "changed:0 ");
  apply (list, ft_fake_update_new ());
  mirror_check (&mirror, list, "");

  ft_torrent_list_clear (list);
  mirror_check (&mirror, list, "0-3+0 changed:0 ");
  ft_torrent_list_clear (list);
  mirror_check (&mirror, list, "");
  mirror_clear (&mirror);
}

static void
test_out_of_range (void)
{
  g_autoptr (FtTorrentList) list = ft_torrent_list_new ();

  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 0));
  apply_three (list);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 3));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), G_MAXUINT));
}

/* Random updates against an array that is kept beside. */
static void
test_random (void)
{
  g_autoptr (FtTorrentList) list = ft_torrent_list_new ();
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (BtTorrentId));
  BtTorrentId last = 0;
  Mirror mirror;

  mirror_follow (&mirror, list);
  for (guint round = 0; round < 300; round++)
    {
      BtUpdate *update = ft_fake_update_new ();
      guint n_gone = ids->len > 0 ? (guint) g_test_rand_int_range (0, 4) : 0;
      guint n_new = (guint) g_test_rand_int_range (0, 5);

      for (guint i = 0; i < n_gone && ids->len > 0; i++)
        {
          guint at = (guint) g_test_rand_int_range (0, (int) ids->len);

          ft_fake_update_remove (update, g_array_index (ids, BtTorrentId, at));
          g_array_remove_index (ids, at);
        }
      for (guint i = 0; i < ids->len; i += 3)
        ft_fake_update_add (update, g_array_index (ids, BtTorrentId, i), BT_CHANGED_SPEED, "x");
      for (guint i = 0; i < n_new; i++)
        {
          last++;
          ft_fake_update_add (update, last, BT_CHANGED_ALL, "x");
          g_array_append_val (ids, last);
        }
      apply (list, update);
      g_string_truncate (mirror.log, 0);
      mirror_check (&mirror, list, "");
      g_assert_cmpuint (mirror.items->len, ==, ids->len);
      for (guint i = 0; i < ids->len; i++)
        g_assert_cmpuint (ft_torrent_get_id (mirror.items->pdata[i]), ==,
                          g_array_index (ids, BtTorrentId, i));
    }
  g_assert_cmpuint (last, >, 100);
  mirror_clear (&mirror);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_countdown (void)
{
  g_autoptr (FtTorrentList) list = ft_torrent_list_new ();
  BtUpdate *update = ft_fake_update_new ();
  guint first = 0, second = 0;

  ft_fake_update_add (update, 1, BT_CHANGED_ALL, "one")->reason_until = 100;
  ft_fake_update_add (update, 2, BT_CHANGED_ALL, "two");
  apply (list, update);
  g_signal_connect_swapped (ft_torrent_list_lookup (list, 1), "notify::state-text",
                            G_CALLBACK (count_cb), &first);
  g_signal_connect_swapped (ft_torrent_list_lookup (list, 2), "notify::state-text",
                            G_CALLBACK (count_cb), &second);
  g_assert_true (ft_torrent_list_refresh_texts (list, 50));
  g_assert_false (ft_torrent_list_refresh_texts (list, 100));
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (second, ==, 0);
}

/* A torrent that is hidden is as good as removed, goes on with what it was told, and can come back. */
static void
test_hidden (void)
{
  g_autoptr (FtTorrentList) list = ft_torrent_list_new ();
  g_autoptr (FtTorrent) second = NULL;
  const BtTorrentId two = 2;
  g_autoptr (GArray) hidden = NULL;
  Mirror mirror;
  BtUpdate *update;

  mirror_follow (&mirror, list);
  apply_three (list);
  g_string_truncate (mirror.log, 0);
  second = g_object_ref (ft_torrent_list_lookup (list, 2));

  ft_torrent_list_hide (list, &two, 1);
  mirror_check (&mirror, list, "1-1+0 changed:0 ");
  g_assert_null (ft_torrent_list_lookup (list, 2));
  hidden = ft_torrent_list_dup_hidden (list);
  g_assert_cmpuint (hidden->len, ==, 1);
  g_assert_cmpuint (g_array_index (hidden, BtTorrentId, 0), ==, 2);

  update = ft_fake_update_new ();
  ft_fake_update_add (update, 2, BT_CHANGED_NAME, "renamed");
  apply (list, update);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
  g_string_truncate (mirror.log, 0);
  g_assert_cmpuint (ft_torrent_list_show (list, &two, 1), ==, 1);
  mirror_check (&mirror, list, "2-0+1 changed:0 ");
  g_assert_true (ft_torrent_list_lookup (list, 2) == second);
  g_assert_cmpstr (ft_torrent_get_status (second)->name, ==, "renamed");

  ft_torrent_list_hide (list, &two, 1);
  update = ft_fake_update_new ();
  ft_fake_update_remove (update, 2);
  apply (list, update);
  g_assert_cmpuint (ft_torrent_list_show (list, &two, 1), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
  mirror_clear (&mirror);
}

/* Neighbours go at once, from the end, so that what is left of a hole keeps its place meanwhile. */
static void
test_many_go (void)
{
  g_autoptr (FtTorrentList) list = ft_torrent_list_new ();
  const BtTorrentId back[] = { 9, 2, 77 };
  BtUpdate *update = ft_fake_update_new ();
  Mirror mirror;

  mirror_follow (&mirror, list);
  for (BtTorrentId id = 1; id <= 10; id++)
    ft_fake_update_add (update, id, BT_CHANGED_ALL, "torrent");
  apply (list, update);
  g_string_truncate (mirror.log, 0);

  ft_torrent_list_hide (list, (const BtTorrentId[]){ 9, 1, 2, 10, 5, 77 }, 6);
  mirror_check (&mirror, list, "8-2+0 4-1+0 0-2+0 changed:0 ");
  g_assert_cmpuint (ft_torrent_list_show (list, back, G_N_ELEMENTS (back)), ==, 2);
  mirror_check (&mirror, list, "5-0+2 changed:0 ");

  update = ft_fake_update_new ();
  for (BtTorrentId id = 1; id <= 10; id++)
    ft_fake_update_remove (update, id);
  apply (list, update);
  mirror_check (&mirror, list, "0-7+0 changed:0 ");
  g_assert_cmpuint (ft_torrent_list_show (list, (const BtTorrentId[]){ 1, 5, 10 }, 3), ==, 0);
  mirror_clear (&mirror);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/torrent-list/follows", test_follows);
  g_test_add_func ("/model/torrent-list/many-go", test_many_go);
  g_test_add_func ("/model/torrent-list/out-of-range", test_out_of_range);
  g_test_add_func ("/model/torrent-list/random", test_random);
  g_test_add_func ("/model/torrent-list/hidden", test_hidden);
  g_test_add_func ("/model/torrent-list/countdown", test_countdown);
  return g_test_run ();
}
