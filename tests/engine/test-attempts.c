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

/* Whoever alone tries it does so when he likes; others wait as long as one alone would. Then it is their turn. */
static void
test_turns (void)
{
  static const gint64 pauses_s[] = { 5, 10, 60, 300, 900, 900, 900 };
  g_autoptr(BtAttempts) attempts = bt_attempts_new ();
  BtEndpoint address = get_address (1), other_port = get_address (1);
  gint64 now = START;

  g_assert_cmpint (bt_attempts_when (attempts, &address, 1, FALSE, now), ==, now);
  g_assert_cmpuint (bt_attempts_count (attempts), ==, 0);
  other_port.port++;
  for (guint i = 0; i < G_N_ELEMENTS (pauses_s); i++)
    {
      BtTorrentId own = 1 + i % 3;
      gint64 pause = pauses_s[i] * SECOND;

      bt_attempts_failed (attempts, &address, own, TRUE, now);
      g_assert_cmpint (bt_attempts_when (attempts, &other_port, 2, FALSE, now), ==, now);
      g_assert_cmpint (bt_attempts_when (attempts, &address, own, FALSE, now), ==, now);
      for (BtTorrentId id = 4; id < 1000; id++)
        g_assert_cmpint (bt_attempts_when (attempts, &address, id, FALSE, now), ==, now + pause);
      g_assert_cmpint (bt_attempts_when (attempts, &address, own, FALSE, now), ==, now + 2 * pause);
      g_assert_cmpint (bt_attempts_when (attempts, &address, 4, FALSE, now + pause - 1), ==, now + pause);
      now += pause;
      g_assert_cmpint (bt_attempts_when (attempts, &address, own, FALSE, now), ==, now + pause);
      g_assert_cmpint (bt_attempts_when (attempts, &address, 4, FALSE, now), ==, now);
    }
  /* If none of them comes, it goes on. */
  bt_attempts_failed (attempts, &address, 1, TRUE, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 2, FALSE, now), ==, now + PAUSE);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 1, FALSE, now + 2 * PAUSE), ==, now + 2 * PAUSE);
  bt_attempts_failed (attempts, &address, 1, TRUE, now + 2 * PAUSE);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 1, FALSE, now + 2 * PAUSE), ==, now + 2 * PAUSE);
}

/* What only strangers name is left alone for a quarter of an hour, whoever tried it. */
static void
test_hearsay (void)
{
  g_autoptr(BtAttempts) attempts = bt_attempts_new ();
  BtEndpoint address = get_address (1);
  gint64 now = START;

  bt_attempts_failed (attempts, &address, 1, FALSE, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 2, TRUE, now), ==, now + PAUSE);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, FALSE, now), ==, now + 5 * SECOND);
  now += PAUSE;
  g_assert_cmpint (bt_attempts_when (attempts, &address, 1, TRUE, now), ==, now + PAUSE);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 2, TRUE, now), ==, now);
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
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, TRUE, now), ==, now);
  bt_attempts_failed (attempts, &address, 2, TRUE, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 2, TRUE, now), ==, now);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, TRUE, now), ==, now + PAUSE);
  /* It was waited for, which is said once. */
  g_assert_true (bt_attempts_reached (attempts, &address, now));
  g_assert_false (bt_attempts_reached (attempts, &address, now));
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, TRUE, now), ==, now);
  /* The network did that, and not they. */
  bt_attempts_failed (attempts, &address, 1, TRUE, now);
  bt_attempts_forget_failed (attempts);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, TRUE, now), ==, now);
  /* A day later nobody knows who is there. */
  bt_attempts_reached (attempts, &address, now);
  bt_attempts_failed (attempts, &address, 1, FALSE, now + DAY - 1);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, TRUE, now + DAY - 1), ==, now + DAY - 1);
  bt_attempts_failed (attempts, &address, 1, FALSE, now + DAY);
  g_assert_cmpint (bt_attempts_when (attempts, &address, 3, TRUE, now + DAY), ==, now + DAY + PAUSE);
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
  g_assert_cmpint (bt_attempts_when (attempts, &first, 2, TRUE, START + SECOND), >, START + SECOND);
  bt_attempts_failed (attempts, &last, 1, TRUE, START + SECOND);
  g_assert_cmpuint (bt_attempts_count (attempts), ==, BT_LIMIT_ATTEMPTS);
  g_assert_cmpint (bt_attempts_when (attempts, &first, 2, TRUE, START + SECOND), ==, START + SECOND);
  g_assert_cmpint (bt_attempts_when (attempts, &second, 2, TRUE, START + SECOND), >, START + SECOND);
  for (guint i = 0; i < 2 * BT_LIMIT_ATTEMPTS; i++)
    {
      BtEndpoint address = get_address (3 * BT_LIMIT_ATTEMPTS + i);

      bt_attempts_reached (attempts, &address, START + SECOND);
    }
  g_assert_cmpuint (bt_attempts_count (attempts), ==, 2 * BT_LIMIT_ATTEMPTS);
  /* What is old goes by itself. */
  g_assert_cmpint (bt_attempts_when (attempts, &second, 2, TRUE, START + 2 * DAY), ==, START + 2 * DAY);
  g_assert_cmpuint (bt_attempts_count (attempts), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/attempts/turns", test_turns);
  g_test_add_func ("/engine/attempts/hearsay", test_hearsay);
  g_test_add_func ("/engine/attempts/reached", test_reached);
  g_test_add_func ("/engine/attempts/bounds", test_bounds);
  return g_test_run ();
}
