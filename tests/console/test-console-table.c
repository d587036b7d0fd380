/* test-console-table.c: the live table at several widths.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-table.h"
#include "ft-test-status.h"
#include "ft-text.h"

static void
put_state (FtRoster *roster, BtTorrentId id, const char *name, BtState state, BtReason reason)
{
  BtTorrentStatus status = ft_test_status (id, name);

  status.state = state;
  status.reason = reason;
  status.rate_down = 0;
  status.eta_s = -1;
  ft_roster_put (roster, &status);
  bt_torrent_status_clear (&status);
}

static const char *
get_line (GPtrArray *lines, guint index)
{
  g_assert_cmpuint (index, <, lines->len);
  return g_ptr_array_index (lines, index);
}

static void
assert_widths (GPtrArray *lines, guint width)
{
  for (guint i = 0; i < lines->len; i++)
    g_assert_cmpuint (ft_text_width (get_line (lines, i)), ==, width);
}

static void
test_wide (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  g_autoptr (GPtrArray) lines = NULL;

  ft_test_put (roster, 1, "Debian 13");
  lines = ft_table_render (roster, 80, 20, 0);
  assert_widths (lines, 80);
  g_assert_cmpuint (lines->len, ==, 4);
  g_assert_cmpstr (
    get_line (lines, 0), ==,
    "Name                           Progress                   Down         Up   Left");
  g_assert_cmpstr (
    get_line (lines, 1), ==,
    "Debian 13                      ███████░░░░░░░  50 %   1.2 MB/s             3m20s");
  g_assert_cmpstr (
    get_line (lines, 2), ==,
    "  Downloading from 3 of 4 peers                                                 ");
  g_assert_true (g_str_has_prefix (get_line (lines, 3), "1 torrent  ↓ 0 bytes/s"));
}

static void
test_narrow (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  g_autoptr (GPtrArray) lines = NULL;

  ft_test_put (roster, 1, "A name that is longer than forty columns of a terminal");
  lines = ft_table_render (roster, 40, 20, 0);
  assert_widths (lines, 40);
  g_assert_cmpuint (lines->len, ==, 4);
  g_assert_cmpstr (get_line (lines, 0), ==, "A name that is longer than forty …  50 %");
  g_assert_cmpstr (get_line (lines, 1), ==, "  ███░░░░   ↓1.2 MB/s              3m20s");
  g_assert_cmpstr (get_line (lines, 2), ==, "  Downloading from 3 of 4 peers         ");
}

/* Whatever the width and the names, no line is longer or shorter than it. */
static void
test_every_width (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();

  ft_test_put (roster, 1, "別の世界 and \033[2J evil");
  put_state (roster, 2, "two", BT_STATE_ERROR, BT_REASON_DISK_FULL);
  put_state (roster, 3, "", BT_STATE_CHECKING, BT_REASON_NONE);
  for (guint width = 20; width <= 200; width++)
    {
      g_autoptr (GPtrArray) lines = ft_table_render (roster, width, 30, 0);

      assert_widths (lines, width);
      for (guint i = 0; i < lines->len; i++)
        g_assert_null (strchr (get_line (lines, i), '\033'));
    }
}

/* Too many: those that need an eye are shown, in the order of the list. */
static void
test_room (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  g_autoptr (GPtrArray) lines = NULL;

  put_state (roster, 1, "paused", BT_STATE_PAUSED, BT_REASON_NONE);
  put_state (roster, 2, "loading", BT_STATE_DOWNLOADING, BT_REASON_NO_PEERS);
  put_state (roster, 3, "seeding", BT_STATE_SEEDING, BT_REASON_NO_INTEREST);
  put_state (roster, 4, "broken", BT_STATE_ERROR, BT_REASON_DISK_FULL);
  lines = ft_table_render (roster, 80, 6, 0);
  g_assert_cmpuint (lines->len, ==, 6);
  g_assert_true (g_str_has_prefix (get_line (lines, 1), "loading "));
  g_assert_true (g_str_has_prefix (get_line (lines, 3), "broken "));
  g_assert_true (g_str_has_prefix (get_line (lines, 5), "4 torrents (2 not shown)"));
}

static void
test_empty (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  g_autoptr (GPtrArray) lines = ft_table_render (roster, 80, 10, 0);

  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_true (g_str_has_prefix (get_line (lines, 0), "0 torrents"));
}

static void
test_times (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } cases[] = {
    { -1, "" },          { 0, "0s" },
    { 59, "59s" },       { 60, "1m00s" },
    { 3599, "59m59s" },  { 3600, "1h00m" },
    { 86399, "23h59m" }, { 86400, "1d00h" },
    { 99 * 86400, "99d00h" }, { G_MAXINT64, ">100d" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = ft_table_format_time (cases[i].seconds);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/table/wide", test_wide);
  g_test_add_func ("/console/table/narrow", test_narrow);
  g_test_add_func ("/console/table/every-width", test_every_width);
  g_test_add_func ("/console/table/room", test_room);
  g_test_add_func ("/console/table/empty", test_empty);
  g_test_add_func ("/console/table/times", test_times);
  return g_test_run ();
}
