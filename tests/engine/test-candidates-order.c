/* test-candidates-order.c: whom to try first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-candidates-fixture.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/candidates/order", test_order);
  g_test_add_func ("/engine/candidates/order-random", test_order_random);
  g_test_add_func ("/engine/candidates/sources-order", test_sources_order);
  g_test_add_func ("/engine/candidates/chance", test_chance);
  g_test_add_func ("/engine/candidates/priority", test_priority);
  g_test_add_func ("/engine/candidates/priority-by-address", test_priority_by_address);
  g_test_add_func ("/engine/candidates/leechers-only", test_leechers_only);
  return g_test_run ();
}
