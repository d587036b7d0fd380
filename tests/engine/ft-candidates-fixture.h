/* ft-candidates-fixture.h: peers to choose from, for the tests of the candidates.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

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

static inline void
fixture_init (Fixture *f, guint64 seed)
{
  bt_random_seed (&f->random, seed);
  f->all = bt_candidates_new (&f->random);
  f->now = START;
}

static inline void
fixture_clear (Fixture *f)
{
  g_clear_pointer (&f->all, bt_candidates_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* The n-th peer: each in a network of its own. */
static inline BtEndpoint
peer (guint n)
{
  const guint8 ip[4] = { 20, (guint8) (n >> 8), (guint8) n, 7 };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

static inline BtEndpoint
parse (const char *text)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  return endpoint;
}

static inline BtCandidate *
add (Fixture *f, guint n, BtSource source)
{
  BtEndpoint endpoint = peer (n);

  return bt_candidates_add (f->all, &endpoint, source, f->now);
}

static inline BtCandidate *
find (Fixture *f, guint n)
{
  BtEndpoint endpoint = peer (n);

  return bt_candidates_find (f->all, &endpoint);
}

static inline BtCandidate *
best (Fixture *f)
{
  return bt_candidates_best (f->all, FALSE, f->now);
}

static inline void
announce (Fixture *f, const char *tracker, guint first, guint count)
{
  bt_candidates_begin_announce (f->all, tracker);
  for (guint i = 0; i < count; i++)
    add (f, first + i, BT_SOURCE_TRACKER);
  bt_candidates_end_announce (f->all, f->now);
}

static inline void
set_us (Fixture *f, const char *text)
{
  BtEndpoint us = parse (text);

  bt_candidates_set_us (f->all, !bt_endpoint_is_ipv4 (&us), &us);
}
