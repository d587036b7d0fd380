/* test-candidates.c: who is known, when tried again, and when forgotten.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-candidates-fixture.h"

static void
test_add (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint no_port = parse ("20.0.0.1:0");
  BtEndpoint everybody = parse ("224.0.0.1:6881");
  BtEndpoint nobody = parse ("0.0.0.0:6881");
  BtCandidate *candidate;

  fixture_init (&f, 1);
  g_assert_null (bt_candidates_add (f.all, &no_port, BT_SOURCE_PEX, f.now));
  g_assert_null (bt_candidates_add (f.all, &everybody, BT_SOURCE_PEX, f.now));
  g_assert_null (bt_candidates_add (f.all, &nobody, BT_SOURCE_PEX, f.now));
  g_assert_cmpuint (bt_candidates_count (f.all), ==, 0);
  g_assert_null (best (&f));
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, G_MAXINT64);

  candidate = add (&f, 1, BT_SOURCE_PEX);
  g_assert_nonnull (candidate);
  g_assert_true (add (&f, 1, BT_SOURCE_DHT) == candidate);
  g_assert_cmpint (candidate->sources, ==, BT_SOURCE_PEX | BT_SOURCE_DHT);
  g_assert_cmpuint (bt_candidates_count (f.all), ==, 1);
  g_assert_true (bt_candidates_iter (f.all, 0) == candidate);
  g_assert_true (find (&f, 1) == candidate);
  g_assert_null (find (&f, 2));
  g_assert_true (best (&f) == candidate);
}

/* Others tell each other of us, and us too. */
static void
test_us (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint us = parse ("123.213.32.10:51413"), behind_our_router = parse ("123.213.32.10:6881");

  fixture_init (&f, 1);
  set_us (&f, "123.213.32.10:51413");
  g_assert_null (bt_candidates_add (f.all, &us, BT_SOURCE_PEX, f.now));
  g_assert_nonnull (bt_candidates_add (f.all, &behind_our_router, BT_SOURCE_PEX, f.now));
}

/* Soon at first, then more and more rarely; what gives data is tried again within 2 s. */
static void
test_retry (void)
{
  static const gint64 after_s[] = { 5, 10, 60, 300, 900, 1800, 3600, 3600, 3600 };
  g_auto (Fixture) f = { 0 };
  BtCandidate *candidate;

  fixture_init (&f, 1);
  candidate = add (&f, 1, BT_SOURCE_TRACKER);
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (after_s); i++)
        {
          g_assert_true (best (&f) == candidate);
          bt_candidates_trying (f.all, candidate, f.now);
          g_assert_null (best (&f));
          g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, G_MAXINT64);
          f.now += 3 * SECOND;
          bt_candidates_ended (f.all, candidate, BT_CLOSE_CONNECT_FAILED, 0, f.now);
          g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now + after_s[i] * SECOND);
          f.now += after_s[i] * SECOND - 1;
          g_assert_null (best (&f));
          f.now += 1;
        }
      bt_candidates_trying (f.all, candidate, f.now);
      bt_candidates_ended (f.all, candidate, BT_CLOSE_REMOTE, 2 * 1024 * 1024, f.now);
      g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now + 2 * SECOND);
      g_assert_cmpuint (candidate->last_reason, ==, BT_CLOSE_REMOTE);
      f.now += 2 * SECOND;
    }
}

/* It gives 2 MiB and closes, again and again, as some do: it is always back within 2 s. */
static void
test_retry_useful (void)
{
  g_auto (Fixture) f = { 0 };
  BtCandidate *candidate;

  fixture_init (&f, 1);
  candidate = add (&f, 1, BT_SOURCE_TRACKER);
  for (guint i = 0; i < 50; i++)
    {
      g_assert_true (best (&f) == candidate);
      bt_candidates_trying (f.all, candidate, f.now);
      f.now += 10 * SECOND;
      bt_candidates_ended (f.all, candidate, BT_CLOSE_REMOTE, 2 * 1024 * 1024, f.now);
      f.now += 2 * SECOND;
    }
}

static void
test_retry_by_reason (void)
{
  static const struct
  {
    BtCloseReason reason;
    guint64 useful;
    guint fails;
    gint64 after_s;
  } cases[] = {
    { BT_CLOSE_TIMED_OUT, 0, 1, 5 },
    { BT_CLOSE_REMOTE, 0, 1, 5 },
    { BT_CLOSE_USELESS, 0, 1, 5 },
    { BT_CLOSE_STOPPED, 0, 0, 0 },
    { BT_CLOSE_STOPPED, 5, 0, 0 },
    { BT_CLOSE_TOO_MANY, 0, 0, 60 },
    { BT_CLOSE_NOT_BITTORRENT, 0, 4, 300 },
    { BT_CLOSE_WRONG_TORRENT, 0, 4, 300 },
    { BT_CLOSE_FLOOD, 100000, 4, 300 },
    { BT_CLOSE_SILENT, 100000, 0, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Fixture) f = { 0 };
      BtCandidate *candidate;

      fixture_init (&f, 1);
      candidate = add (&f, 1, BT_SOURCE_TRACKER);
      bt_candidates_trying (f.all, candidate, f.now);
      bt_candidates_ended (f.all, candidate, cases[i].reason, cases[i].useful, f.now);
      g_assert_cmpuint (candidate->fails, ==, cases[i].fails);
      g_assert_cmpint (candidate->next_try, ==, f.now + cases[i].after_s * SECOND);
    }
}

/* Whom only PEX or the DHT name, and nobody ever reached, is tried every fifteen minutes at most. */
static void
test_retry_hearsay (void)
{
  static const struct
  {
    BtSource source;
    gboolean connectable;
    gint64 after_s[3];
  } cases[] = {
    { BT_SOURCE_PEX, FALSE, { 900, 900, 900 } },
    { BT_SOURCE_DHT, FALSE, { 900, 900, 900 } },
    { BT_SOURCE_PEX, TRUE, { 5, 10, 60 } },
    { BT_SOURCE_TRACKER, FALSE, { 5, 10, 60 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Fixture) f = { 0 };
      BtCandidate *candidate;

      fixture_init (&f, 1);
      candidate = add (&f, 1, cases[i].source);
      candidate->connectable = cases[i].connectable;
      for (guint k = 0; k < G_N_ELEMENTS (cases[i].after_s); k++)
        {
          bt_candidates_trying (f.all, candidate, f.now);
          bt_candidates_ended (f.all, candidate, BT_CLOSE_CONNECT_FAILED, 0, f.now);
          /* Being named once more changes nothing. */
          g_assert_true (add (&f, 1, cases[i].source) == candidate);
          g_assert_cmpint (candidate->next_try, ==, f.now + cases[i].after_s[k] * SECOND);
          f.now = candidate->next_try;
        }
    }
}

static void
test_forgive (void)
{
  g_auto (Fixture) f = { 0 };
  BtCandidate *candidate;

  fixture_init (&f, 1);
  candidate = add (&f, 1, BT_SOURCE_TRACKER);
  for (guint i = 0; i < 6; i++)
    bt_candidates_ended (f.all, candidate, BT_CLOSE_CONNECT_FAILED, 0, f.now);
  g_assert_null (best (&f));
  bt_candidates_forgive (f.all, f.now);
  g_assert_true (best (&f) == candidate);
  bt_candidates_ended (f.all, candidate, BT_CLOSE_CONNECT_FAILED, 0, f.now);
  g_assert_cmpint (candidate->next_try, ==, f.now + 10 * SECOND);
}

/* Those that were of use before, however often they refused us since. */
static void
test_forgive_useful (void)
{
  g_auto (Fixture) f = { 0 };
  BtCandidate *useful, *other;

  fixture_init (&f, 1);
  useful = add (&f, 1, BT_SOURCE_TRACKER);
  other = add (&f, 2, BT_SOURCE_TRACKER);
  bt_candidates_ended (f.all, useful, BT_CLOSE_NETWORK, 1000, f.now);
  for (guint i = 0; i < 6; i++)
    {
      bt_candidates_ended (f.all, useful, BT_CLOSE_REMOTE, 0, f.now);
      bt_candidates_ended (f.all, other, BT_CLOSE_REMOTE, 0, f.now);
    }
  g_assert_null (best (&f));
  bt_candidates_forgive_useful (f.all, f.now);
  g_assert_true (best (&f) == useful);
  g_assert_cmpint (other->next_try, >, f.now);
}

/* A peer that left the tracker is forgotten, unless there is a reason to keep it. */
static void
test_announces (void)
{
  g_auto (Fixture) f = { 0 };

  fixture_init (&f, 1);
  announce (&f, "a", 0, 10);
  g_assert_cmpuint (bt_candidates_count (f.all), ==, 10);
  bt_candidates_trying (f.all, find (&f, 0), f.now);
  add (&f, 1, BT_SOURCE_PEX);
  bt_candidates_trying (f.all, find (&f, 2), f.now);
  bt_candidates_ended (f.all, find (&f, 2), BT_CLOSE_REMOTE, 1, f.now);
  bt_candidates_trying (f.all, find (&f, 3), f.now);
  bt_candidates_ended (f.all, find (&f, 3), BT_CLOSE_CONNECT_FAILED, 0, f.now);
  f.now += 60 * SECOND;

  announce (&f, "a", 8, 4);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpint (find (&f, i) != NULL, ==, i < 3 || i >= 8);
  /* That it was useful is long ago; the connected one is gone. */
  f.now += 3600 * SECOND;
  bt_candidates_ended (f.all, find (&f, 0), BT_CLOSE_REMOTE, 0, f.now);
  announce (&f, "a", 8, 4);
  g_assert_nonnull (find (&f, 1));
  announce (&f, "a", 8, 0);
  g_assert_cmpuint (bt_candidates_count (f.all), ==, 3);
}

/* What one tracker names is not forgotten because another does not. */
static void
test_several_trackers (void)
{
  g_auto (Fixture) f = { 0 };

  fixture_init (&f, 1);
  announce (&f, "a", 0, 10);
  announce (&f, "b", 5, 10);
  g_assert_cmpuint (bt_candidates_count (f.all), ==, 15);
  announce (&f, "b", 20, 1);
  for (guint i = 0; i < 15; i++)
    g_assert_cmpint (find (&f, i) != NULL, ==, i < 10);
  announce (&f, "a", 21, 1);
  g_assert_cmpuint (bt_candidates_count (f.all), ==, 2);
}

/* However many trackers there are, what they name now is known. */
static void
test_many_trackers (void)
{
  g_auto (Fixture) f = { 0 };
  static const char trackers[100] = { 0 };

  fixture_init (&f, 1);
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < 100; i++)
      {
        announce (&f, &trackers[i], 10 * i, 10);
        for (guint k = 0; k < 10; k++)
          g_assert_nonnull (find (&f, 10 * i + k));
      }
}

static void
test_cap (void)
{
  g_auto (Fixture) f = { 0 };
  BtCandidate *candidate;

  fixture_init (&f, 1);
  for (guint i = 0; i < BT_LIMIT_CANDIDATES; i++)
    g_assert_nonnull (add (&f, i, BT_SOURCE_TRACKER));
  bt_candidates_trying (f.all, find (&f, 100), f.now);
  find (&f, 100)->fails = 7; /* the worst, but connected */
  find (&f, 200)->fails = 3;
  find (&f, 300)->fails = 2;
  find (&f, 400)->fails = 2;
  find (&f, 400)->last_useful = f.now;
  for (guint i = 0; i < BT_LIMIT_CANDIDATES; i++)
    find (&f, i)->connectable = i != 500;

  /* Strangers push the failing ones out, the worst first. */
  g_assert_nonnull (add (&f, 5000, BT_SOURCE_PEX));
  g_assert_null (find (&f, 200));
  g_assert_nonnull (find (&f, 300));
  g_assert_nonnull (add (&f, 5001, BT_SOURCE_PEX));
  g_assert_null (find (&f, 300));
  g_assert_nonnull (add (&f, 5002, BT_SOURCE_PEX));
  g_assert_null (find (&f, 400));
  /* Then those that never answered. One that a tracker named is better than one of a stranger. */
  for (guint i = 5000; i <= 5002; i++)
    find (&f, i)->connectable = TRUE;
  g_assert_null (add (&f, 5003, BT_SOURCE_PEX));
  g_assert_nonnull (add (&f, 5004, BT_SOURCE_TRACKER));
  g_assert_null (find (&f, 500));
  find (&f, 5004)->connectable = TRUE;
  for (guint i = 5000; i <= 5002; i++)
    find (&f, i)->connectable = FALSE;
  /* Now a flood of them only turns over itself. */
  for (guint i = 0; i < 5000; i++)
    g_assert_nonnull (add (&f, 6000 + i, BT_SOURCE_PEX));
  g_assert_cmpuint (bt_candidates_count (f.all), ==, BT_LIMIT_CANDIDATES);
  for (guint i = 0; i < BT_LIMIT_CANDIDATES; i++)
    g_assert_cmpint (find (&f, i) != NULL, ==,
                     i != 200 && i != 300 && i != 400 && i != 500);
  g_assert_nonnull (find (&f, 100));
  /* Somebody better comes in; somebody worse than all does not. */
  candidate = add (&f, 20000, BT_SOURCE_MANUAL);
  g_assert_nonnull (candidate);
  for (guint i = 0; i < bt_candidates_count (f.all); i++)
    {
      candidate = bt_candidates_iter (f.all, i);
      candidate->last_useful = f.now;
    }
  g_assert_null (add (&f, 20001, BT_SOURCE_MANUAL));
}

/* A torrent that stops keeps the best, and whoever is still connected. */
static void
test_fewer (void)
{
  g_auto(Fixture) f = { 0 };

  fixture_init (&f, 1);
  for (guint i = 0; i < BT_LIMIT_CANDIDATES; i++)
    g_assert_nonnull (add (&f, i, BT_SOURCE_TRACKER));
  for (guint i = 0; i < BT_LIMIT_CANDIDATES_AT_REST; i++)
    find (&f, 3 * i)->last_useful = f.now;
  bt_candidates_trying (f.all, find (&f, 100), f.now);
  bt_candidates_set_most (f.all, BT_LIMIT_CANDIDATES_AT_REST);
  g_assert_cmpuint (bt_candidates_count (f.all), ==, BT_LIMIT_CANDIDATES_AT_REST);
  g_assert_nonnull (find (&f, 100));
  for (guint i = 0; i < BT_LIMIT_CANDIDATES_AT_REST; i++)
    g_assert_null (find (&f, 3 * i + 2));
  /* It stays so, and what is left can be tried. */
  g_assert_null (add (&f, 5000, BT_SOURCE_PEX));
  g_assert_cmpuint (bt_candidates_count (f.all), ==, BT_LIMIT_CANDIDATES_AT_REST);
  g_assert_cmpint (best (&f)->last_useful, !=, 0);
  bt_candidates_set_most (f.all, BT_LIMIT_CANDIDATES);
  g_assert_nonnull (add (&f, 5000, BT_SOURCE_PEX));
  g_assert_cmpuint (bt_candidates_count (f.all), ==, BT_LIMIT_CANDIDATES_AT_REST + 1);
}

/* Many random steps: the counts hold, nobody connected is lost, nobody banned is offered. */
static void
test_random (void)
{
  for (guint64 seed = 0; seed < 20; seed++)
    {
      g_auto (Fixture) f = { 0 };
      GPtrArray *connected = g_ptr_array_new ();

      fixture_init (&f, seed);
      for (guint n = 0; n < 5000; n++)
        {
          guint who = bt_random_below (&f.random, 200);
          BtCandidate *candidate;

          f.now += bt_random_below (&f.random, 5 * G_USEC_PER_SEC);
          switch (bt_random_below (&f.random, 6))
            {
            case 0:
              add (&f, who, 1u << bt_random_below (&f.random, 7));
              break;
            case 1:
              announce (&f, who % 2 ? "a" : "b", who, bt_random_below (&f.random, 20));
              break;
            case 2:
            case 3:
              candidate = best (&f);
              if (candidate == NULL)
                break;
              g_assert_false (candidate->connected || candidate->banned);
              g_assert_cmpint (candidate->next_try, <=, f.now);
              bt_candidates_trying (f.all, candidate, f.now);
              g_ptr_array_add (connected, candidate);
              break;
            case 4:
              if (connected->len == 0)
                break;
              candidate = g_ptr_array_steal_index_fast (connected, who % connected->len);
              g_assert_true (bt_candidates_find (f.all, &candidate->endpoint) == candidate);
              bt_candidates_ended (f.all, candidate, who % BT_CLOSE_N_REASONS, who % 3, f.now);
              break;
            default:
              if (who == 0)
                {
                  BtEndpoint endpoint = peer (n % 200);

                  bt_candidates_ban (f.all, &endpoint);
                }
            }
          g_assert_cmpuint (bt_candidates_n_idle (f.all) + connected->len, <=,
                            bt_candidates_count (f.all));
        }
      g_ptr_array_unref (connected);
    }
}

/* It is no fail, and it is over soon. */
static void
test_postpone (void)
{
  g_auto (Fixture) f = { 0 };
  BtCandidate *candidate;

  fixture_init (&f, 1);
  candidate = add (&f, 1, BT_SOURCE_TRACKER);
  bt_candidates_postpone (f.all, candidate, f.now);
  g_assert_null (best (&f));
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), >, f.now);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), <, f.now + SECOND);
  g_assert_cmpuint (candidate->fails, ==, 0);
  f.now = bt_candidates_next (f.all, FALSE);
  g_assert_true (best (&f) == candidate);
}

/* When somebody can be tried is remembered between the questions: each change shows. */
static void
test_next_follows (void)
{
  g_auto(Fixture) f = { 0 };
  BtEndpoint second = peer (2);
  BtCandidate *first;

  fixture_init (&f, 1);
  first = add (&f, 1, BT_SOURCE_TRACKER);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now);
  bt_candidates_trying (f.all, first, f.now);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, G_MAXINT64);
  bt_candidates_ended (f.all, first, BT_CLOSE_REMOTE, 0, f.now);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now + 5 * SECOND);
  bt_candidates_forgive (f.all, f.now + 1);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now + 1);
  g_assert_cmpint (bt_candidates_next (f.all, TRUE), ==, f.now + 1);
  bt_candidates_set_seed (f.all, first, TRUE);
  g_assert_cmpint (bt_candidates_next (f.all, TRUE), ==, G_MAXINT64);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now + 1);
  add (&f, 2, BT_SOURCE_TRACKER);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now);
  bt_candidates_ban (f.all, &second);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now + 1);
  bt_candidates_unban (f.all, &second);
  bt_candidates_add_self (f.all, &second);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now + 1);
  bt_candidates_keep (f.all, BT_SOURCE_MANUAL);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, G_MAXINT64);
}

/* A torrent turns out private: whom the DHT and others named is forgotten, unless somebody else named him too. */
static void
test_keep (void)
{
  g_auto(Fixture) f = { 0 };
  BtCandidate *connected;
  BtEndpoint both = peer (2), banned = peer (4);

  fixture_init (&f, 1);
  add (&f, 1, BT_SOURCE_DHT);
  add (&f, 2, BT_SOURCE_PEX);
  add (&f, 2, BT_SOURCE_TRACKER);
  add (&f, 3, BT_SOURCE_MANUAL);
  add (&f, 4, BT_SOURCE_LSD);
  add (&f, 5, BT_SOURCE_INCOMING);
  connected = add (&f, 6, BT_SOURCE_RESUME);
  bt_candidates_trying (f.all, connected, f.now);
  bt_candidates_ban (f.all, &banned);
  bt_candidates_keep (f.all, BT_SOURCES_OF_PRIVATE);
  g_assert_cmpuint (bt_candidates_count (f.all), ==, 4);
  g_assert_cmpuint (bt_candidates_find (f.all, &both)->sources, ==, BT_SOURCE_TRACKER);
  g_assert_true (bt_candidates_is_banned (f.all, &banned));
  g_assert_true (connected->connected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/candidates/add", test_add);
  g_test_add_func ("/engine/candidates/us", test_us);
  g_test_add_func ("/engine/candidates/retry", test_retry);
  g_test_add_func ("/engine/candidates/retry-useful", test_retry_useful);
  g_test_add_func ("/engine/candidates/retry-by-reason", test_retry_by_reason);
  g_test_add_func ("/engine/candidates/retry-hearsay", test_retry_hearsay);
  g_test_add_func ("/engine/candidates/postpone", test_postpone);
  g_test_add_func ("/engine/candidates/forgive", test_forgive);
  g_test_add_func ("/engine/candidates/forgive-useful", test_forgive_useful);
  g_test_add_func ("/engine/candidates/announces", test_announces);
  g_test_add_func ("/engine/candidates/several-trackers", test_several_trackers);
  g_test_add_func ("/engine/candidates/many-trackers", test_many_trackers);
  g_test_add_func ("/engine/candidates/cap", test_cap);
  g_test_add_func ("/engine/candidates/fewer", test_fewer);
  g_test_add_func ("/engine/candidates/keep", test_keep);
  g_test_add_func ("/engine/candidates/next-follows", test_next_follows);
  g_test_add_func ("/engine/candidates/random", test_random);
  return g_test_run ();
}
