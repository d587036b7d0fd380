/* test-column.c: every column has words and a total order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-column.h"
#include "ft-fake-update.h"

static FtTorrent *
make_torrent (BtTorrentId id, const char *name, void (*fill) (BtTorrentStatus *status))
{
  BtUpdate *update = ft_fake_update_new ();
  BtTorrentStatus *status = ft_fake_update_add (update, id, BT_CHANGED_ALL, name);
  FtTorrent *torrent;

  status->swarm_seeds = -1;
  status->swarm_leechers = -1;
  if (fill != NULL)
    fill (status);
  torrent = ft_torrent_new (status);
  bt_update_unref (update);
  return torrent;
}

static void
set_tags (BtTorrentStatus *status, const char *const *tags)
{
  g_strfreev (status->options->tags);
  status->options->tags = g_strdupv ((char **) tags);
}

static void
fill_busy (BtTorrentStatus *status)
{
  const char *tags[] = { "Films", "Later", NULL };

  status->total_size = 2000000;
  status->wanted = 2000000;
  status->done = 500000;
  status->state = BT_STATE_DOWNLOADING;
  status->rate_down = 100000;
  status->rate_up = 2000;
  status->eta_s = 90;
  status->n_peers = 7;
  status->n_seeds = 3;
  status->n_sending = 2;
  status->swarm_seeds = 12;
  status->downloaded = 500000;
  status->uploaded = 250000;
  status->availability = 3.257;
  status->queue_position = 2;
  status->tracker = g_ref_string_new ("tracker.example.org");
  set_tags (status, tags);
}

static void
check_text (FtTorrent *torrent, const char *id, const char *expected)
{
  g_autofree char *text = ft_column_lookup (id)->dup_text (torrent);
  /* GLib's sizes have a space that does not break. */
  g_auto (GStrv) words = g_strsplit (text, "\xc2\xa0", -1);
  g_autofree char *plain = g_strjoinv (" ", words);

  g_assert_cmpstr (plain, ==, expected);
}

static void
test_busy (void)
{
  g_autoptr (FtTorrent) torrent = make_torrent (1, "One", fill_busy);

  check_text (torrent, "name", "One");
  check_text (torrent, "size", "2.0 MB");
  check_text (torrent, "progress", "25 %");
  check_text (torrent, "state", "Downloading from 2 of 7 peers");
  check_text (torrent, "seeds", "3 (12)");
  check_text (torrent, "peers", "4");
  check_text (torrent, "down", "100.0 kB/s");
  check_text (torrent, "up", "2.0 kB/s");
  check_text (torrent, "eta", "1 minute");
  check_text (torrent, "ratio", "0.50");
  check_text (torrent, "tags", "Films, Later");
  check_text (torrent, "added", "");
  check_text (torrent, "completed", "");
  check_text (torrent, "tracker", "tracker.example.org");
  check_text (torrent, "path", "/downloads");
  check_text (torrent, "availability", "3.26");
  check_text (torrent, "queue", "2");
}

static void
fill_bare (BtTorrentStatus *status)
{
  status->is_magnet = TRUE;
  status->state = BT_STATE_PAUSED;
}

static void
test_bare (void)
{
  g_autoptr (FtTorrent) torrent = make_torrent (1, "One", fill_bare);

  check_text (torrent, "size", "");
  check_text (torrent, "progress", "0 %");
  check_text (torrent, "state", "Paused: its details are not known yet");
  check_text (torrent, "down", "");
  check_text (torrent, "eta", "");
  check_text (torrent, "ratio", "0.00");
  check_text (torrent, "tags", "");
  check_text (torrent, "tracker", "");
  check_text (torrent, "availability", "");
  check_text (torrent, "queue", "");
}

static int
sign (int value)
{
  return (value > 0) - (value < 0);
}

/* Whatever two torrents are: the order is strict, and reversed when they are. */
static void
test_total_order (void)
{
  g_autoptr (GPtrArray) torrents = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_columns;
  const FtColumn *columns = ft_column_get_all (&n_columns);

  g_ptr_array_add (torrents, make_torrent (1, "same", fill_busy));
  g_ptr_array_add (torrents, make_torrent (2, "same", fill_busy));
  g_ptr_array_add (torrents, make_torrent (3, "other", fill_bare));
  g_ptr_array_add (torrents, make_torrent (4, "Ärger", NULL));
  g_assert_cmpuint (n_columns, ==, 17);
  for (guint c = 0; c < n_columns; c++)
    for (guint i = 0; i < torrents->len; i++)
      for (guint j = 0; j < torrents->len; j++)
        {
          int forth = ft_column_compare (&columns[c], torrents->pdata[i], torrents->pdata[j]);
          int back = ft_column_compare (&columns[c], torrents->pdata[j], torrents->pdata[i]);

          g_test_message ("%s: %u and %u", columns[c].id, i, j);
          g_assert_cmpint (forth == 0, ==, i == j);
          g_assert_cmpint (sign (forth), ==, -sign (back));
        }
}

static void
check_before (const char *id, FtTorrent *first, FtTorrent *second)
{
  g_assert_cmpint (ft_column_compare (ft_column_lookup (id), first, second), <, 0);
}

static void
test_order (void)
{
  g_autoptr (FtTorrent) busy = make_torrent (1, "File 10", fill_busy);
  g_autoptr (FtTorrent) bare = make_torrent (2, "file 9", fill_bare);

  check_before ("name", bare, busy);
  check_before ("size", bare, busy);
  check_before ("progress", bare, busy);
  check_before ("state", busy, bare);
  check_before ("down", bare, busy);
  /* What is not known comes last. */
  check_before ("eta", busy, bare);
  check_before ("tags", busy, bare);
  check_before ("tracker", busy, bare);
  check_before ("queue", busy, bare);
}

static void
test_lookup (void)
{
  guint n_columns;
  const FtColumn *columns = ft_column_get_all (&n_columns);

  for (guint i = 0; i < n_columns; i++)
    {
      g_assert_true (ft_column_lookup (columns[i].id) == &columns[i]);
      g_assert_nonnull (ft_column_get_title (&columns[i]));
      g_assert_cmpint (columns[i].facts, !=, 0);
    }
  g_assert_null (ft_column_lookup ("nonsense"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/column/busy", test_busy);
  g_test_add_func ("/model/column/bare", test_bare);
  g_test_add_func ("/model/column/total-order", test_total_order);
  g_test_add_func ("/model/column/order", test_order);
  g_test_add_func ("/model/column/lookup", test_lookup);
  return g_test_run ();
}
