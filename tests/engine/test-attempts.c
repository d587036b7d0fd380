/* test-attempts.c: an address where nobody was found is tried by all torrents together once in a while.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-attempts.h"

#include "bt-limits.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define START (1000 * SECOND)
#define PAUSE BT_ATTEMPTS_PAUSE_US
#define DAY (24 * 3600 * SECOND)

static BtEndpoint
get_address (guint n)
{
  const guint8 ip[4] = { 60, (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

/* Whoever alone tries it does so when he likes; others wait, and so do all once several tried. */
static void
test_several (void)
{
  g_autoptr(BtAttempts) attempts = bt_attempts_new ();
  BtEndpoint address = get_address (1), other_port = get_address (1);
  gint64 now = START;

  g_assert_cmpint (bt_attempts_when (attempts, &address, 1, now), ==, now);
  g_assert_cmpuint (bt_attempts_count (attempts), ==, 0);
  bt_attempts_failed (attempts, &address, 1, TRUE, now);
  other_port.port++;
  g_assert_cmpint (bt_attempts_when (attempts, &other_port, 2, now), ==, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 1, now), ==, now);
  for (BtTorrentId id = 2; id < 1000; id++)
    g_assert_cmpint (bt_attempts_when (attempts, &address, id, now), ==, START + PAUSE);
  now += 60 * SECOND;
  bt_attempts_failed (attempts, &address, 1, TRUE, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 2, START + PAUSE), ==, now + PAUSE);
  /* By hand, say. */
  bt_attempts_failed (attempts, &address, 2, FALSE, now);
  for (BtTorrentId id = 1; id < 1000; id++)
    g_assert_cmpint (bt_attempts_when (attempts, &address, id, now), ==, now + PAUSE);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now + PAUSE - 1), ==, now + PAUSE);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now + PAUSE), ==, now + PAUSE);
  g_assert_cmpuint (bt_attempts_count (attempts), ==, 0);
}

/* Who answered once may refuse a torrent that he does not have; who is gone is not there for any. */
static void
test_reached (void)
{
  g_autoptr(BtAttempts) attempts = bt_attempts_new ();
  BtEndpoint address = get_address (1);
  gint64 now = START;

  bt_attempts_failed (attempts, &address, 1, TRUE, now);
  g_assert_false (bt_attempts_reached (attempts, &address, now));
  bt_attempts_failed (attempts, &address, 2, FALSE, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now), ==, now);
  bt_attempts_failed (attempts, &address, 2, TRUE, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 2, now), ==, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now), ==, now + PAUSE);
  /* It was waited for, which is said once. */
  g_assert_true (bt_attempts_reached (attempts, &address, now));
  g_assert_false (bt_attempts_reached (attempts, &address, now));
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now), ==, now);
  /* The network did that, and not they. */
  bt_attempts_failed (attempts, &address, 1, TRUE, now);
  bt_attempts_forget_failed (attempts);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now), ==, now);
  /* A day later nobody knows who is there. */
  bt_attempts_reached (attempts, &address, now);
  bt_attempts_failed (attempts, &address, 1, FALSE, now + DAY - 1);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now + DAY - 1), ==, now + DAY - 1);
  bt_attempts_failed (attempts, &address, 1, FALSE, now + DAY);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, now + DAY), ==, now + DAY + PAUSE);
}

/* As many as can be tried in the time are known, and no more. */
static void
test_bounds (void)
{
  g_autoptr(BtAttempts) attempts = bt_attempts_new ();
  BtEndpoint first = get_address (0), second = get_address (1), last = get_address (2 * BT_LIMIT_ATTEMPTS);

  for (guint i = 0; i < BT_LIMIT_ATTEMPTS; i++)
    {
      BtEndpoint address = get_address (i);

      bt_attempts_failed (attempts, &address, 1, TRUE, START + i);
    }
  g_assert_cmpuint (bt_attempts_count (attempts), ==, BT_LIMIT_ATTEMPTS);
  g_assert_cmpint (bt_attempts_when (attempts, &first, 2, START + SECOND), >, START + SECOND);
  bt_attempts_failed (attempts, &last, 1, TRUE, START + SECOND);
  g_assert_cmpuint (bt_attempts_count (attempts), ==, BT_LIMIT_ATTEMPTS);
  g_assert_cmpint (bt_attempts_when (attempts, &first, 2, START + SECOND), ==, START + SECOND);
  g_assert_cmpint (bt_attempts_when (attempts, &second, 2, START + SECOND), >, START + SECOND);
  for (guint i = 0; i < 2 * BT_LIMIT_ATTEMPTS; i++)
    {
      BtEndpoint address = get_address (3 * BT_LIMIT_ATTEMPTS + i);

      bt_attempts_reached (attempts, &address, START + SECOND);
    }
  g_assert_cmpuint (bt_attempts_count (attempts), ==, 2 * BT_LIMIT_ATTEMPTS);
  /* What is old goes by itself. */
  g_assert_cmpint (bt_attempts_when (attempts, &second, 2, START + 2 * DAY), ==, START + 2 * DAY);
  g_assert_cmpuint (bt_attempts_count (attempts), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/attempts/several", test_several);
  g_test_add_func ("/engine/attempts/reached", test_reached);
  g_test_add_func ("/engine/attempts/bounds", test_bounds);
  return g_test_run ();
}
