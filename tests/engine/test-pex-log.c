/* test-pex-log.c: who came and who left, and how much of it each peer has been told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-pex-log.h"
#include "bt-random.h"

#include "ft-test.h"

#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define START (1000 * MINUTE)
#define N_PEERS 2000

/* The n-th peer is a pointer into this. */
static const BtPexFlags all[N_PEERS];

static BtPexFlags
get_flags (gconstpointer peer)
{
  return (const BtPexFlags *) peer == &all[1] ? BT_PEX_UPLOAD_ONLY : BT_PEX_REACHABLE;
}

static BtEndpoint
address (guint n)
{
  const guint8 ip[4] = { 20, (guint8) (n >> 8), (guint8) n, 7 };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

static void
join (BtPexLog *log, guint n)
{
  BtEndpoint endpoint = address (n);

  bt_pex_log_join (log, &endpoint, &all[n]);
}

static void
leave (BtPexLog *log, guint n)
{
  bt_pex_log_leave (log, &all[n], TRUE, START);
}

/* To a peer that is not one of them. */
static BtPexMessage *
tell (BtPexLog *log, BtPexCursor *cursor)
{
  BtEndpoint to;

  g_assert_true (bt_endpoint_parse (&to, "30.0.0.1:6881"));
  return bt_pex_log_tell (log, cursor, &to, START);
}

static void
assert_told (BtPexLog *log, BtPexCursor *cursor, const char *expected)
{
  g_autoptr (BtPexMessage) message = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpint (bt_pex_log_has_news (log, cursor) || *expected == '\0', ==, TRUE);
  message = tell (log, cursor);
  for (guint i = 0; message != NULL && i < message->added->len; i++)
    g_string_append_printf (text, "+%u", g_array_index (message->added, BtPexPeer, i).endpoint.ip[14]);
  for (guint i = 0; message != NULL && i < message->dropped->len; i++)
    g_string_append_printf (text, "-%u", g_array_index (message->dropped, BtEndpoint, i).ip[14]);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_comings_and_goings (void)
{
  g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
  BtPexCursor cursor = { 0 };

  g_assert_false (bt_pex_log_has_news (log, &cursor));
  assert_told (log, &cursor, "");
  join (log, 1);
  join (log, 2);
  assert_told (log, &cursor, "+1+2");
  g_assert_false (bt_pex_log_has_news (log, &cursor));
  assert_told (log, &cursor, "");
  join (log, 3);
  leave (log, 1);
  assert_told (log, &cursor, "+3-1");
  /* Who came and left in between is nobody's business; who left and came back is still there. */
  join (log, 4);
  leave (log, 4);
  assert_told (log, &cursor, "");
  leave (log, 2);
  join (log, 2);
  assert_told (log, &cursor, "+2");
  leave (log, 2);
  leave (log, 3);
  leave (log, 9);
  assert_told (log, &cursor, "-2-3");
  g_assert_false (bt_pex_log_has_news (log, &cursor));
  bt_pex_cursor_clear (&cursor);
}

static void
test_flags (void)
{
  g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
  g_autoptr (BtPexMessage) message = NULL;
  BtPexCursor cursor = { 0 };

  join (log, 1);
  join (log, 2);
  message = tell (log, &cursor);
  g_assert_cmpuint (g_array_index (message->added, BtPexPeer, 0).flags, ==, BT_PEX_UPLOAD_ONLY);
  g_assert_cmpuint (g_array_index (message->added, BtPexPeer, 1).flags, ==, BT_PEX_REACHABLE);
}

/* A newcomer hears of a hundred at once, then of fifty at a time. */
static void
test_pace (void)
{
  g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
  BtPexCursor cursor = { 0 };
  static const guint added[] = { 100, 50, 50, 20 }, dropped[] = { 50, 50, 50, 50, 20 };

  for (guint i = 0; i < 220; i++)
    join (log, i);
  for (guint i = 0; i < G_N_ELEMENTS (added); i++)
    {
      g_autoptr (BtPexMessage) message = tell (log, &cursor);

      g_assert_cmpuint (message->added->len, ==, added[i]);
      g_assert_cmpuint (message->dropped->len, ==, 0);
    }
  for (guint i = 0; i < 220; i++)
    leave (log, i);
  join (log, 500);
  for (guint i = 0; i < G_N_ELEMENTS (dropped); i++)
    {
      g_autoptr (BtPexMessage) message = tell (log, &cursor);

      g_assert_cmpuint (message->dropped->len, ==, dropped[i]);
      g_assert_cmpuint (message->added->len, ==, i + 1 == G_N_ELEMENTS (dropped));
    }
  g_assert_false (bt_pex_log_has_news (log, &cursor));
}

static void
test_not_of_itself (void)
{
  g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
  g_autoptr (BtPexMessage) message = NULL;
  BtEndpoint to = address (2);
  BtPexCursor cursor = { 0 };

  join (log, 2);
  g_assert_null (bt_pex_log_tell (log, &cursor, &to, START));
  join (log, 3);
  message = bt_pex_log_tell (log, &cursor, &to, START);
  g_assert_cmpuint (message->added->len, ==, 1);
}

static void
test_neighbours (void)
{
  static const struct
  {
    const char *peer, *to;
    gboolean told;
  } cases[] = {
    { "192.168.1.7:1000", "192.168.1.8:1000", TRUE }, { "192.168.1.7:1000", "5.6.7.8:1000", FALSE },
    { "127.0.0.1:1000", "192.168.1.8:1000", FALSE },  { "127.0.0.1:1000", "127.0.0.1:1001", TRUE },
    { "[fe80::1]:1000", "[fe80::2]:1000", FALSE },    { "5.6.7.8:1000", "192.168.1.8:1000", TRUE },
    { "[fd00::1]:1000", "[2a02::1]:1000", FALSE },    { "100.64.0.1:1000", "5.6.7.8:1000", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
      g_autoptr (BtPexMessage) first = NULL;
      g_autoptr (BtPexMessage) second = NULL;
      BtPexCursor cursor = { 0 };
      BtEndpoint peer, to;

      g_assert_true (bt_endpoint_parse (&peer, cases[i].peer));
      g_assert_true (bt_endpoint_parse (&to, cases[i].to));
      bt_pex_log_join (log, &peer, &all[0]);
      first = bt_pex_log_tell (log, &cursor, &to, START);
      g_assert_cmpint (first != NULL, ==, cases[i].told);
      leave (log, 0);
      second = bt_pex_log_tell (log, &cursor, &to, START);
      g_assert_cmpint (second != NULL, ==, cases[i].told);
      bt_pex_cursor_clear (&cursor);
    }
}

/* BEP 11: while there are few, those who left lately are listed once, and taken back with the next message. */
static void
test_lately (void)
{
  g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
  BtPexCursor cursor = { 0 };

  join (log, 1);
  join (log, 2);
  join (log, 3);
  leave (log, 2);
  bt_pex_log_leave (log, &all[3], FALSE, START);
  assert_told (log, &cursor, "+1+2");
  join (log, 4);
  assert_told (log, &cursor, "+4-2");
  assert_told (log, &cursor, "");
  bt_pex_cursor_clear (&cursor);
}

static void
test_not_so_lately (void)
{
  g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
  BtPexCursor cursor = { 0 };

  join (log, 1);
  join (log, 2);
  bt_pex_log_leave (log, &all[2], TRUE, START - 11 * MINUTE);
  assert_told (log, &cursor, "+1");
}

static void
test_enough_without_them (void)
{
  g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
  g_autoptr (BtPexMessage) message = NULL;
  BtPexCursor cursor = { 0 };

  for (guint i = 0; i < 60; i++)
    join (log, i);
  for (guint i = 0; i < 40; i++)
    leave (log, i);
  message = tell (log, &cursor);
  g_assert_cmpuint (message->added->len, ==, 25);
  bt_pex_cursor_clear (&cursor);
}

/* However they come and go: whatever was added is dropped in the end, nothing is dropped that was not added, and
 * nobody is in both lists. */
static void
test_matching (void)
{
  BtRandom random;

  bt_random_seed (&random, 3);
  for (guint round = 0; round < 50; round++)
    {
      g_autoptr (BtPexLog) log = bt_pex_log_new (get_flags);
      g_autofree gboolean *there = g_new0 (gboolean, N_PEERS);
      g_autofree guint *told = g_new0 (guint, N_PEERS);
      BtPexCursor cursor = { 0 };
      guint calm = 0;

      for (guint step = 0; calm < 10; step++)
        {
          g_autoptr (BtPexMessage) message = NULL;

          for (guint i = bt_random_below (&random, 70); i > 0 && step < 40; i--)
            {
              guint n = bt_random_below (&random, 200);

              if (there[n])
                leave (log, n);
              else
                join (log, n);
              there[n] = !there[n];
            }
          message = tell (log, &cursor);
          calm = message == NULL ? calm + 1 : 0;
          if (message == NULL)
            continue;
          g_assert_cmpuint (message->added->len, <=, 150);
          g_assert_cmpuint (message->dropped->len, <=, 50);
          for (guint i = 0; i < message->added->len; i++)
            told[g_array_index (message->added, BtPexPeer, i).endpoint.ip[14]] = 1 + step * 2;
          for (guint i = 0; i < message->dropped->len; i++)
            {
              guint n = g_array_index (message->dropped, BtEndpoint, i).ip[14];

              g_assert_cmpuint (told[n], !=, 0);
              g_assert_cmpuint (told[n], !=, 1 + step * 2);
              told[n] = 0;
            }
        }
      for (guint n = 0; n < 200; n++)
        g_assert_cmpint (told[n] != 0, ==, there[n]);
      bt_pex_cursor_clear (&cursor);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/pex-log/comings-and-goings", test_comings_and_goings);
  g_test_add_func ("/engine/pex-log/flags", test_flags);
  g_test_add_func ("/engine/pex-log/pace", test_pace);
  g_test_add_func ("/engine/pex-log/not-of-itself", test_not_of_itself);
  g_test_add_func ("/engine/pex-log/neighbours", test_neighbours);
  g_test_add_func ("/engine/pex-log/lately", test_lately);
  g_test_add_func ("/engine/pex-log/not-so-lately", test_not_so_lately);
  g_test_add_func ("/engine/pex-log/enough-without-them", test_enough_without_them);
  g_test_add_func ("/engine/pex-log/matching", test_matching);
  return g_test_run ();
}
