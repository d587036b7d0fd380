/* test-candidates.c: whom to try next, when again, whom to forget and whom to shut out.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-candidates.h"
#include "bt-limits.h"
#include "bt-link.h"

#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define START (1000 * SECOND)

typedef struct
{
  BtRandom random;
  BtCandidates *all;
  gint64 now;
} Fixture;

static void
fixture_init (Fixture *f, guint64 seed)
{
  bt_random_seed (&f->random, seed);
  f->all = bt_candidates_new (&f->random);
  f->now = START;
}

static void
fixture_clear (Fixture *f)
{
  g_clear_pointer (&f->all, bt_candidates_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* The n-th peer: each in a network of its own. */
static BtEndpoint
peer (guint n)
{
  const guint8 ip[4] = { 20, (guint8) (n >> 8), (guint8) n, 7 };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

static BtEndpoint
parse (const char *text)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  return endpoint;
}

static BtCandidate *
add (Fixture *f, guint n, BtSource source)
{
  BtEndpoint endpoint = peer (n);

  return bt_candidates_add (f->all, &endpoint, source, f->now);
}

static BtCandidate *
find (Fixture *f, guint n)
{
  BtEndpoint endpoint = peer (n);

  return bt_candidates_find (f->all, &endpoint);
}

static BtCandidate *
best (Fixture *f)
{
  return bt_candidates_best (f->all, FALSE, f->now);
}

static void
announce (Fixture *f, const char *tracker, guint first, guint count)
{
  bt_candidates_begin_announce (f->all, tracker);
  for (guint i = 0; i < count; i++)
    add (f, first + i, BT_SOURCE_TRACKER);
  bt_candidates_end_announce (f->all, f->now);
}

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

/* Fewest fails, useful before, not tried longest, source, chance. */
static void
test_order (void)
{
  g_auto (Fixture) f = { 0 };
  static const guint expected[] = { 5, 4, 1, 0, 2, 3 };
  BtCandidate *c[6];

  fixture_init (&f, 1);
  for (guint i = 0; i < 6; i++)
    c[i] = add (&f, i, i == 1 ? BT_SOURCE_TRACKER : BT_SOURCE_PEX);
  c[2]->last_try = 5 * SECOND;
  c[3]->fails = 1;
  c[4]->last_useful = 5 * SECOND;
  c[4]->last_try = 7 * SECOND;
  c[5]->last_useful = 5 * SECOND;
  c[5]->last_try = 6 * SECOND;
  for (guint i = 0; i < 6; i++)
    {
      BtCandidate *next = best (&f);

      g_assert_true (next == c[expected[i]]);
      bt_candidates_trying (f.all, next, f.now);
    }
  g_assert_null (best (&f));
}

static void
test_sources_order (void)
{
  static const BtSource sources[] = { BT_SOURCE_RESUME, BT_SOURCE_PEX, BT_SOURCE_DHT,
                                      BT_SOURCE_TRACKER, BT_SOURCE_INCOMING, BT_SOURCE_LSD,
                                      BT_SOURCE_MANUAL };
  g_auto (Fixture) f = { 0 };

  fixture_init (&f, 1);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    add (&f, i, sources[i]);
  for (guint i = G_N_ELEMENTS (sources); i > 0; i--)
    {
      BtCandidate *next = best (&f);

      g_assert_true (next == find (&f, i - 1));
      bt_candidates_trying (f.all, next, f.now);
    }
}

/* Among equals each has the same chance. */
static void
test_chance (void)
{
  guint n_first[10] = { 0 };

  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_auto (Fixture) f = { 0 };

      fixture_init (&f, seed);
      for (guint i = 0; i < 10; i++)
        add (&f, i, BT_SOURCE_TRACKER);
      n_first[best (&f)->endpoint.ip[14]]++;
    }
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (ABS ((int) n_first[i] - 100), <, 50);
}

static void
set_us (Fixture *f, const char *text)
{
  BtEndpoint us = parse (text);

  bt_candidates_set_us (f->all, !bt_endpoint_is_ipv4 (&us), &us);
}

/* Once it is known where we are, the order among equals is that of BEP 40. */
static void
test_priority (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint near = parse ("192.168.1.7:6881");
  guint32 last = G_MAXUINT32;

  fixture_init (&f, 1);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (add (&f, i, BT_SOURCE_TRACKER)->priority, ==, 0);
  set_us (&f, "123.213.32.10:51413");
  for (guint i = 10; i < 20; i++)
    g_assert_cmpuint (add (&f, i, BT_SOURCE_TRACKER)->priority, !=, 0);
  bt_candidates_add (f.all, &near, BT_SOURCE_TRACKER, f.now);
  for (guint i = 0; i < 21; i++)
    {
      BtCandidate *next = best (&f);

      g_assert_cmpuint (next->priority, ==, bt_candidates_priority (f.all, &next->endpoint));
      g_assert_cmpuint (next->priority, <=, last);
      g_assert_true (bt_endpoint_equal (&next->endpoint, &near) == (i == 0));
      last = next->priority;
      bt_candidates_trying (f.all, next, f.now);
    }
  bt_candidates_set_us (f.all, FALSE, NULL);
  g_assert_cmpuint (find (&f, 3)->priority, ==, 0);
}

/* BEP 40's example; and what of the other family is known says nothing. */
static void
test_priority_by_address (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint a = parse ("98.76.54.32:6881"), b = parse ("[2a02::1]:6881");

  fixture_init (&f, 1);
  set_us (&f, "123.213.32.10:51413");
  g_assert_cmphex (bt_candidates_priority (f.all, &a), ==, 0xec2d7224);
  g_assert_cmphex (bt_candidates_priority (f.all, &b), ==, 0);
  set_us (&f, "[2a02:7::1]:51413");
  g_assert_cmphex (bt_candidates_priority (f.all, &b), !=, 0);
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

static void
test_leechers_only (void)
{
  g_auto (Fixture) f = { 0 };

  fixture_init (&f, 1);
  bt_candidates_set_seed (f.all, add (&f, 1, BT_SOURCE_TRACKER), TRUE);
  add (&f, 2, BT_SOURCE_PEX);
  g_assert_true (best (&f) == find (&f, 1));
  g_assert_true (bt_candidates_best (f.all, TRUE, f.now) == find (&f, 2));
  bt_candidates_set_seed (f.all, find (&f, 2), TRUE);
  g_assert_null (bt_candidates_best (f.all, TRUE, f.now));
  g_assert_cmpint (bt_candidates_next (f.all, TRUE), ==, G_MAXINT64);
  g_assert_cmpint (bt_candidates_next (f.all, FALSE), ==, f.now);
}

static guint
get_rank (const BtCandidate *c)
{
  return (c->sources & BT_SOURCE_MANUAL) != 0 ? 0 : (c->sources & BT_SOURCE_TRACKER) != 0 ? 1 : 2;
}

static gboolean
is_better (const BtCandidate *a, const BtCandidate *b)
{
  if (a->fails != b->fails)
    return a->fails < b->fails;
  if ((a->last_useful != 0) != (b->last_useful != 0))
    return a->last_useful != 0;
  if (a->last_try != b->last_try)
    return a->last_try < b->last_try;
  if (get_rank (a) != get_rank (b))
    return get_rank (a) < get_rank (b);
  return a->priority > b->priority;
}

/* Whoever is chosen, nobody who may be tried is better. */
static BtCandidate *
check_best (Fixture *f, gboolean want_leechers)
{
  gint64 next = bt_candidates_next (f->all, want_leechers), expected = G_MAXINT64;
  BtCandidate *best = bt_candidates_best (f->all, want_leechers, f->now);

  for (guint i = 0; i < bt_candidates_count (f->all); i++)
    {
      const BtCandidate *c = bt_candidates_iter (f->all, i);

      if (c->connected || c->banned || (want_leechers && c->is_seed))
        {
          g_assert_true (c != best);
          continue;
        }
      expected = MIN (expected, c->next_try);
      if (c->next_try <= f->now)
        g_assert_true (best != NULL && !is_better (c, best));
      else
        g_assert_true (c != best);
    }
  if (expected > f->now)
    g_assert_cmpint (next, ==, expected);
  else
    g_assert_cmpint (next, <=, f->now);
  return best;
}

static void
do_anything (Fixture *f, BtRandom *random, BtCandidate *best)
{
  static const BtSource sources[] = { BT_SOURCE_MANUAL, BT_SOURCE_TRACKER, BT_SOURCE_PEX };
  guint n = bt_random_below (random, 60);
  BtCandidate *any = find (f, n);

  switch (bt_random_below (random, 12))
    {
    case 0:
    case 1:
      add (f, n, sources[bt_random_below (random, 3)]);
      break;
    case 2:
      set_us (f, n % 2 == 0 ? "123.213.32.10:51413" : "98.76.54.32:51413");
      break;
    case 3:
      bt_candidates_forgive_useful (f->all, f->now);
      break;
    case 4:
      if (any != NULL && n % 8 == 0)
        bt_candidates_ban (f->all, &any->endpoint);
      break;
    case 5:
      if (n % 4 == 0)
        bt_candidates_keep (f->all, n % 8 == 0 ? BT_SOURCE_TRACKER : BT_SOURCES_OF_PRIVATE);
      break;
    case 6:
      if (any != NULL)
        bt_candidates_set_seed (f->all, any, !any->is_seed);
      break;
    case 7:
      if (best != NULL)
        bt_candidates_postpone (f->all, best, f->now);
      break;
    case 8:
    case 9:
      if (any != NULL && any->connected)
        bt_candidates_ended (f->all, any, n % 3 == 0 ? BT_CLOSE_TOO_MANY : BT_CLOSE_REMOTE, n % 2, f->now);
      break;
    default:
      if (best != NULL)
        bt_candidates_trying (f->all, best, f->now);
    }
}

static void
test_order_random (void)
{
  for (guint64 seed = 0; seed < 40; seed++)
    {
      g_auto (Fixture) f = { 0 };
      BtRandom random;

      fixture_init (&f, seed);
      bt_random_seed (&random, seed);
      for (guint i = 0; i < 500; i++)
        {
          do_anything (&f, &random, check_best (&f, bt_random_below (&random, 2) == 0));
          f.now += bt_random_below (&random, 4) == 0 ? bt_random_below (&random, 20) * SECOND : 1;
        }
    }
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

static void
test_ban (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint bad = parse ("20.0.1.7:1234"), again = parse ("20.0.1.7:4321");
  BtEndpoint next = parse ("20.0.1.8:1234");
  g_autoptr (GPtrArray) list = NULL;

  fixture_init (&f, 1);
  add (&f, 1, BT_SOURCE_TRACKER); /* 20.0.1.7:6881 */
  add (&f, 2, BT_SOURCE_TRACKER);
  g_assert_cmpuint (bt_candidates_n_idle (f.all), ==, 2);
  bt_candidates_ban (f.all, &bad);
  g_assert_cmpuint (bt_candidates_n_idle (f.all), ==, 1);
  g_assert_true (find (&f, 1)->banned);
  g_assert_true (best (&f) == find (&f, 2));
  g_assert_true (bt_candidates_is_banned (f.all, &again));
  g_assert_false (bt_candidates_is_banned (f.all, &next));
  g_assert_null (bt_candidates_add (f.all, &again, BT_SOURCE_INCOMING, f.now));
  g_assert_null (add (&f, 1, BT_SOURCE_TRACKER));
  bt_candidates_forgive (f.all, f.now);
  g_assert_true (best (&f) == find (&f, 2));

  bt_candidates_ban (f.all, &again);
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (list, 0), ==, "20.0.1.7");
}

/* Lifted again, and a network with its last liar but two. */
static void
test_unban (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint all_ports = parse ("127.0.0.1:1"), near = parse ("127.0.0.1:7777"), own = parse ("20.0.2.7:6881");
  g_autoptr (GPtrArray) list = NULL;

  fixture_init (&f, 1);
  add (&f, 1, BT_SOURCE_TRACKER); /* 20.0.1.7:6881 */
  add (&f, 2, BT_SOURCE_TRACKER);
  bt_candidates_add_self (f.all, &own);
  g_assert_false (bt_candidates_unban (f.all, &near));
  for (guint i = 7; i < 10; i++)
    {
      g_autofree char *ip = g_strdup_printf ("20.0.1.%u", i);

      bt_candidates_ban_ip (f.all, ip);
    }
  bt_candidates_ban (f.all, &own);
  g_assert_cmpuint (bt_candidates_n_idle (f.all), ==, 0);
  g_assert_true (bt_candidates_unban (f.all, &own));
  g_assert_true (find (&f, 1)->banned);
  g_assert_true (find (&f, 2)->banned); /* it is us */
  g_assert_true (bt_candidates_unban (f.all, &find (&f, 1)->endpoint));
  g_assert_false (find (&f, 1)->banned);

  all_ports.port = 0;
  bt_candidates_ban (f.all, &all_ports);
  g_assert_true (bt_candidates_is_banned (f.all, &near));
  g_assert_true (bt_candidates_unban (f.all, &near));
  g_assert_false (bt_candidates_is_banned (f.all, &near));
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 2);
}

/* The list goes into the resume data and back; nonsense in it is passed over. */
static void
test_ban_list (void)
{
  static const char *const ips[] = { "20.0.0.1", "2a00:db8::5", "20.0.3.1" };
  g_auto (Fixture) f = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  BtEndpoint six = parse ("[2a00:db8::5]:99");

  fixture_init (&f, 1);
  for (guint i = 0; i < G_N_ELEMENTS (ips); i++)
    bt_candidates_ban_ip (f.all, ips[i]);
  bt_candidates_ban_ip (f.all, "");
  bt_candidates_ban_ip (f.all, "example.org");
  bt_candidates_ban_ip (f.all, "1.2.3.4.5");
  g_assert_true (bt_candidates_is_banned (f.all, &six));
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (g_ptr_array_index (list, i), ==, ips[i]);
}

/* Three liars of one network, and it is out. */
static void
test_ban_network (void)
{
  static const struct
  {
    const char *liars[3], *neighbour, *stranger;
  } cases[] = {
    { { "20.1.2.3:1", "20.1.2.4:1", "20.1.2.250:1" }, "20.1.2.77:6881", "20.1.3.3:1" },
    { { "[2a00:db8::1]:1", "[2a00:db8::2]:1", "[2a00:db8::ff00:3]:1" }, "[2a00:db8::4]:6881",
      "[2a00:db8:0:1::1]:1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Fixture) f = { 0 };
      BtEndpoint neighbour = parse (cases[i].neighbour), stranger = parse (cases[i].stranger);

      fixture_init (&f, 1);
      bt_candidates_add (f.all, &neighbour, BT_SOURCE_PEX, f.now);
      for (guint k = 0; k < 3; k++)
        {
          BtEndpoint liar = parse (cases[i].liars[k]);

          g_assert_false (bt_candidates_is_banned (f.all, &neighbour));
          bt_candidates_ban (f.all, &liar);
          liar.port++; /* the same once more counts once */
          bt_candidates_ban (f.all, &liar);
        }
      g_assert_true (bt_candidates_is_banned (f.all, &neighbour));
      g_assert_true (bt_candidates_find (f.all, &neighbour)->banned);
      g_assert_false (bt_candidates_is_banned (f.all, &stranger));
    }
}

/* Near us an address is many: only that port, and never the network. */
static void
test_ban_local (void)
{
  static const char *const liars[] = { "127.0.0.1:1001", "127.0.0.1:1002", "127.0.0.2:1",
                                       "127.0.0.3:1", "192.168.1.5:1", "192.168.1.6:1",
                                       "192.168.1.7:1" };
  static const char *const others[] = { "127.0.0.1:1003", "127.0.0.9:1", "192.168.1.5:2",
                                        "192.168.1.1:1" };
  g_auto (Fixture) f = { 0 };
  g_autoptr (GPtrArray) list = NULL;

  fixture_init (&f, 1);
  for (guint i = 0; i < G_N_ELEMENTS (liars); i++)
    {
      BtEndpoint liar = parse (liars[i]);

      bt_candidates_ban (f.all, &liar);
      g_assert_true (bt_candidates_is_banned (f.all, &liar));
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      BtEndpoint other = parse (others[i]);

      g_assert_false (bt_candidates_is_banned (f.all, &other));
    }
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 0);
  /* Unless somebody said so by hand. */
  {
    BtEndpoint other = parse ("192.168.1.5:2");

    bt_candidates_ban_ip (f.all, "192.168.1.5");
    g_assert_true (bt_candidates_is_banned (f.all, &other));
  }
}

/* Strangers cannot make it grow without end; the newest bans count. */
static void
test_ban_cap (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  BtEndpoint first = peer (0), last = peer (4999);

  fixture_init (&f, 1);
  for (guint i = 0; i < 5000; i++)
    {
      BtEndpoint endpoint = peer (i);

      bt_candidates_ban (f.all, &endpoint);
    }
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 4096);
  g_assert_false (bt_candidates_is_banned (f.all, &first));
  g_assert_true (bt_candidates_is_banned (f.all, &last));
  /* Those that went do not count against their network any more. */
  for (guint i = 1; i <= 2; i++)
    {
      BtEndpoint neighbour = peer (0);

      neighbour.ip[15] = (guint8) (100 + i);
      bt_candidates_ban (f.all, &neighbour);
    }
  g_assert_false (bt_candidates_is_banned (f.all, &first));
}

/* Who answers below 1,024 is some service that strangers want us to call; a tracker is told by the peers themselves. */
static void
test_low_ports (void)
{
  static const BtSource sources[] = { BT_SOURCE_PEX, BT_SOURCE_DHT, BT_SOURCE_TRACKER };
  g_auto (Fixture) f = { 0 };

  fixture_init (&f, 1);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      BtEndpoint mail = peer (10 * i + 1), last = peer (10 * i + 2), first = peer (10 * i + 3);

      mail.port = 25;
      last.port = 1023;
      first.port = 1024;
      g_assert_cmpint (bt_candidates_add (f.all, &mail, sources[i], f.now) != NULL, ==, i == 2);
      g_assert_cmpint (bt_candidates_add (f.all, &last, sources[i], f.now) != NULL, ==, i == 2);
      g_assert_nonnull (bt_candidates_add (f.all, &first, sources[i], f.now));
    }
}

static void
test_self (void)
{
  g_auto (Fixture) f = { 0 };
  BtCandidate *candidate;
  BtEndpoint own = peer (1), other_port = peer (1);

  fixture_init (&f, 1);
  candidate = add (&f, 1, BT_SOURCE_TRACKER);
  bt_candidates_trying (f.all, candidate, f.now);
  bt_candidates_add_self (f.all, &own);
  g_assert_true (find (&f, 1) == candidate); /* still connected */
  bt_candidates_ended (f.all, candidate, BT_CLOSE_SELF, 0, f.now);
  f.now += 100000 * SECOND;
  bt_candidates_forgive (f.all, f.now);
  g_assert_null (best (&f));
  g_assert_null (add (&f, 1, BT_SOURCE_PEX));
  /* Another port of our address is somebody else. */
  other_port.port = 7000;
  g_assert_nonnull (bt_candidates_add (f.all, &other_port, BT_SOURCE_PEX, f.now));
  for (guint i = 0; i < 1000; i++)
    {
      BtEndpoint endpoint = peer (100 + i);

      bt_candidates_add_self (f.all, &endpoint);
    }
  g_assert_null (add (&f, 1099, BT_SOURCE_PEX));
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
  g_test_add_func ("/engine/candidates/order", test_order);
  g_test_add_func ("/engine/candidates/order-random", test_order_random);
  g_test_add_func ("/engine/candidates/sources-order", test_sources_order);
  g_test_add_func ("/engine/candidates/chance", test_chance);
  g_test_add_func ("/engine/candidates/priority", test_priority);
  g_test_add_func ("/engine/candidates/priority-by-address", test_priority_by_address);
  g_test_add_func ("/engine/candidates/us", test_us);
  g_test_add_func ("/engine/candidates/leechers-only", test_leechers_only);
  g_test_add_func ("/engine/candidates/retry", test_retry);
  g_test_add_func ("/engine/candidates/retry-useful", test_retry_useful);
  g_test_add_func ("/engine/candidates/retry-by-reason", test_retry_by_reason);
  g_test_add_func ("/engine/candidates/postpone", test_postpone);
  g_test_add_func ("/engine/candidates/forgive", test_forgive);
  g_test_add_func ("/engine/candidates/forgive-useful", test_forgive_useful);
  g_test_add_func ("/engine/candidates/announces", test_announces);
  g_test_add_func ("/engine/candidates/several-trackers", test_several_trackers);
  g_test_add_func ("/engine/candidates/many-trackers", test_many_trackers);
  g_test_add_func ("/engine/candidates/cap", test_cap);
  g_test_add_func ("/engine/candidates/ban", test_ban);
  g_test_add_func ("/engine/candidates/unban", test_unban);
  g_test_add_func ("/engine/candidates/ban-list", test_ban_list);
  g_test_add_func ("/engine/candidates/ban-network", test_ban_network);
  g_test_add_func ("/engine/candidates/ban-local", test_ban_local);
  g_test_add_func ("/engine/candidates/ban-cap", test_ban_cap);
  g_test_add_func ("/engine/candidates/low-ports", test_low_ports);
  g_test_add_func ("/engine/candidates/self", test_self);
  g_test_add_func ("/engine/candidates/keep", test_keep);
  g_test_add_func ("/engine/candidates/next-follows", test_next_follows);
  g_test_add_func ("/engine/candidates/random", test_random);
  return g_test_run ();
}
