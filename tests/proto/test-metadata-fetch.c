/* test-metadata-fetch.c: whom the details are asked of, with peers that lie, hang and leave.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "bt-metadata-fetch.h"
#include "bt-metadata.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define BLOCK BT_LIMIT_BLOCK

typedef struct
{
  BtMetadataBudget budget;
  BtRandom random;
  BtMetadataFetch *fetch;
  gint64 now;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->budget.limit = BT_LIMIT_METADATA_TOTAL;
  bt_random_seed (&fixture->random, 3);
  fixture->fetch = bt_metadata_fetch_new (&fixture->budget, &fixture->random);
  fixture->now = 1000 * SECOND;
}

/* Whatever happened, nothing is left. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_metadata_fetch_free (fixture->fetch);
  g_assert_cmpuint (fixture->budget.used, ==, 0);
}

/* Each on a machine of its own. */
static BtEndpoint
endpoint_of (guint32 peer)
{
  guint8 ip[4] = { 20, 0, (guint8) (peer >> 8), (guint8) peer };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

static void
join (Fixture *fixture, guint32 peer, gint64 size)
{
  BtEndpoint endpoint = endpoint_of (peer);

  bt_metadata_fetch_set_peer (fixture->fetch, peer, &endpoint, size);
}

static guint32
assert_asks (Fixture *fixture, guint32 peer)
{
  guint32 block = G_MAXUINT32;

  g_assert_true (bt_metadata_fetch_next (fixture->fetch, peer, fixture->now, &block));
  return block;
}

static void
assert_leaves (Fixture *fixture, guint32 peer)
{
  guint32 block;

  g_assert_false (bt_metadata_fetch_next (fixture->fetch, peer, fixture->now, &block));
}

/* A block of bytes that tell who gave it. */
static BtMetadataResult
give (Fixture *fixture, guint32 peer, guint32 block, guint32 size)
{
  gsize length = bt_metadata_block_size (size, block);
  g_autofree guint8 *data = g_malloc0 (length + 1);

  memset (data, (int) peer, length);
  return bt_metadata_fetch_take (fixture->fetch, peer, block, size, data, length, fixture->now);
}

static void
assert_progress (Fixture *fixture, guint32 done, guint32 size, guint n_peers)
{
  BtMetadataProgress progress;

  bt_metadata_fetch_get_progress (fixture->fetch, &progress);
  g_assert_cmpuint (progress.done, ==, done);
  g_assert_cmpuint (progress.size, ==, size);
  g_assert_cmpuint (progress.n_peers, ==, n_peers);
}

static void
assert_complete (Fixture *fixture, guint32 size)
{
  guint32 complete = 0;
  g_autoptr (GBytes) details = bt_metadata_fetch_get_complete (fixture->fetch, &complete);

  g_assert_nonnull (details);
  g_assert_cmpuint (complete, ==, size);
  g_assert_cmpuint (g_bytes_get_size (details), ==, size);
  g_assert_null (bt_metadata_fetch_get_complete (fixture->fetch, &complete));
}

/* Two blocks of each, no block of two. */
static void
test_share (Fixture *fixture, gconstpointer data)
{
  guint32 size = 4 * BLOCK + 1;

  assert_progress (fixture, 0, 0, 0);
  join (fixture, 1, size);
  join (fixture, 2, size);
  assert_progress (fixture, 0, size, 0);
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 0);
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 1);
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 2);
  assert_leaves (fixture, 1);
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 3);
  assert_leaves (fixture, 2);
  g_assert_cmpint (give (fixture, 1, 0, size), ==, BT_METADATA_TAKEN);
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 4);
  assert_leaves (fixture, 1);
  assert_progress (fixture, BLOCK, size, 2);
  g_assert_cmpint (give (fixture, 2, 1, size), ==, BT_METADATA_TAKEN);
  g_assert_cmpint (give (fixture, 1, 2, size), ==, BT_METADATA_TAKEN);
  g_assert_cmpint (give (fixture, 2, 3, size), ==, BT_METADATA_TAKEN);
  g_assert_cmpint (give (fixture, 1, 4, size), ==, BT_METADATA_COMPLETE);
  assert_progress (fixture, size, size, 2);
  assert_complete (fixture, size);
  assert_leaves (fixture, 1);
}

/* Who hangs does not hold up the rest: what he was asked for is asked of others a second later, and of himself not
 * before three. */
static void
test_slow (Fixture *fixture, gconstpointer data)
{
  guint32 size = BLOCK;

  join (fixture, 1, size);
  join (fixture, 2, size);
  join (fixture, 3, size);
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 0);
  assert_leaves (fixture, 1);
  assert_leaves (fixture, 2);
  fixture->now += SECOND;
  assert_leaves (fixture, 1);
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 0);
  assert_leaves (fixture, 3);
  fixture->now += SECOND;
  g_assert_cmpuint (assert_asks (fixture, 3), ==, 0);
  assert_leaves (fixture, 1);
  /* His answer counts when it comes. */
  g_assert_cmpint (give (fixture, 1, 0, size), ==, BT_METADATA_COMPLETE);
  g_assert_cmpint (give (fixture, 2, 0, size), ==, BT_METADATA_IGNORED);
}

/* A request that got lost is asked for anew, though there is nobody else. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  join (fixture, 1, BLOCK);
  assert_asks (fixture, 1);
  fixture->now += 29 * SECOND;
  assert_leaves (fixture, 1);
  fixture->now += 1 * SECOND;
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 0);
}

static void
test_leave (Fixture *fixture, gconstpointer data)
{
  guint32 size = 2 * BLOCK;

  join (fixture, 1, size);
  join (fixture, 2, size);
  assert_asks (fixture, 1);
  assert_asks (fixture, 1);
  assert_leaves (fixture, 2);
  g_assert_cmpint (give (fixture, 1, 0, size), ==, BT_METADATA_TAKEN);
  bt_metadata_fetch_remove_peer (fixture->fetch, 1);
  bt_metadata_fetch_remove_peer (fixture->fetch, 1);
  /* At once of the next; what he gave stays. */
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 1);
  g_assert_cmpint (give (fixture, 2, 1, size), ==, BT_METADATA_COMPLETE);
}

static void
test_reject (Fixture *fixture, gconstpointer data)
{
  join (fixture, 1, 2 * BLOCK);
  join (fixture, 2, 2 * BLOCK);
  assert_asks (fixture, 1);
  assert_asks (fixture, 1);
  g_assert_cmpint (bt_metadata_fetch_rejected (fixture->fetch, 1, 0, fixture->now), ==, BT_METADATA_IGNORED);
  assert_leaves (fixture, 1);
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 0);
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 1);
  bt_metadata_fetch_remove_peer (fixture->fetch, 2);
  fixture->now += 59 * SECOND;
  assert_leaves (fixture, 1);
  /* Not under another connection either. */
  bt_metadata_fetch_remove_peer (fixture->fetch, 1);
  join (fixture, 1, 2 * BLOCK);
  assert_leaves (fixture, 1);
  fixture->now += SECOND;
  assert_asks (fixture, 1);
}

/* A lie about the size is asked for, for nobody knows; but it does not disturb those who say the truth. */
static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  join (fixture, 1, BT_LIMIT_METADATA);
  join (fixture, 2, 100);
  join (fixture, 3, 0);
  join (fixture, 4, -1);
  join (fixture, 5, BT_LIMIT_METADATA + 1);
  join (fixture, 6, G_MAXINT64);
  for (guint32 peer = 3; peer <= 6; peer++)
    assert_leaves (fixture, peer);
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 0);
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 1);
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 0);
  /* Memory comes with blocks, not with claims. */
  g_assert_cmpuint (fixture->budget.used, <, 100 * 1024);
  g_assert_cmpint (give (fixture, 1, 0, BT_LIMIT_METADATA), ==, BT_METADATA_TAKEN);
  g_assert_cmpint (give (fixture, 2, 0, 100), ==, BT_METADATA_COMPLETE);
  assert_complete (fixture, 100);
}

/* Another size in the block than in the handshake, or a block that is too short: left alone. */
static void
test_wrong_block (Fixture *fixture, gconstpointer data)
{
  guint8 bytes[200] = { 0 };

  join (fixture, 1, 200);
  assert_asks (fixture, 1);
  g_assert_cmpint (bt_metadata_fetch_take (fixture->fetch, 1, 0, 201, bytes, 200, fixture->now), ==,
                   BT_METADATA_IGNORED);
  assert_leaves (fixture, 1);
  fixture->now += 60 * SECOND;
  assert_asks (fixture, 1);
  g_assert_cmpint (bt_metadata_fetch_take (fixture->fetch, 1, 0, 200, bytes, 199, fixture->now), ==,
                   BT_METADATA_IGNORED);
  assert_leaves (fixture, 1);
}

static void
test_flood (Fixture *fixture, gconstpointer data)
{
  join (fixture, 1, 4 * BLOCK);
  assert_asks (fixture, 1);
  for (guint i = 0; i < BT_LIMIT_METADATA_UNASKED; i++)
    if (i % 2 == 0)
      g_assert_cmpint (give (fixture, 1, 3, 4 * BLOCK), ==, BT_METADATA_IGNORED);
    else
      g_assert_cmpint (bt_metadata_fetch_rejected (fixture->fetch, 1, 2, fixture->now), ==, BT_METADATA_IGNORED);
  g_assert_cmpint (give (fixture, 1, 3, 4 * BLOCK), ==, BT_METADATA_FLOOD);
  /* Nobody knows who that is. */
  g_assert_cmpint (give (fixture, 9, 3, 4 * BLOCK), ==, BT_METADATA_IGNORED);
  g_assert_cmpint (bt_metadata_fetch_rejected (fixture->fetch, 9, 3, fixture->now), ==, BT_METADATA_IGNORED);
}

/* One who changes his mind is heard a few times. */
static void
test_claims (Fixture *fixture, gconstpointer data)
{
  for (guint i = 1; i < 100; i++)
    join (fixture, 1, i * 100);
  assert_progress (fixture, 0, 800, 0);
  join (fixture, 1, 0);
  assert_progress (fixture, 0, 800, 0);
}

/* Who gave all of it and lied is known. */
static void
test_sole_liar (Fixture *fixture, gconstpointer data)
{
  guint32 size = 2 * BLOCK;
  BtEndpoint culprit, expected = endpoint_of (1);

  join (fixture, 1, size);
  assert_asks (fixture, 1);
  assert_asks (fixture, 1);
  give (fixture, 1, 0, size);
  g_assert_cmpint (give (fixture, 1, 1, size), ==, BT_METADATA_COMPLETE);
  assert_complete (fixture, size);
  /* Though he has gone. */
  bt_metadata_fetch_remove_peer (fixture->fetch, 1);
  g_assert_true (bt_metadata_fetch_failed (fixture->fetch, size, fixture->now, &culprit));
  g_assert_true (bt_endpoint_equal (&culprit, &expected));
  g_assert_cmpuint (fixture->budget.used, ==, 0);
  g_assert_false (bt_metadata_fetch_failed (fixture->fetch, size, fixture->now, &culprit));
  join (fixture, 2, size);
  assert_asks (fixture, 2);
}

/* Of several nobody knows who lied: all rest, then one alone is asked at a time, until one is caught. */
static void
test_mixed_liars (Fixture *fixture, gconstpointer data)
{
  guint32 size = 2 * BLOCK;
  BtEndpoint culprit;
  guint32 sole, block;
  gint64 begin = fixture->now;

  join (fixture, 1, size);
  join (fixture, 2, size);
  give (fixture, 1, assert_asks (fixture, 1), size);
  g_assert_cmpint (give (fixture, 2, assert_asks (fixture, 2), size), ==, BT_METADATA_COMPLETE);
  assert_complete (fixture, size);
  g_assert_false (bt_metadata_fetch_failed (fixture->fetch, size, fixture->now, &culprit));
  assert_progress (fixture, 0, size, 0);
  for (sole = 0; sole == 0; fixture->now += SECOND)
    for (guint32 peer = 1; peer <= 2 && sole == 0; peer++)
      if (bt_metadata_fetch_next (fixture->fetch, peer, fixture->now, &block))
        sole = peer;
  g_assert_cmpint (fixture->now - begin, >=, 20 * SECOND);
  g_assert_cmpint (fixture->now - begin, <=, 72 * SECOND);
  fixture->now = begin + 75 * SECOND;
  assert_leaves (fixture, 3 - sole);
  give (fixture, sole, block, size);
  assert_leaves (fixture, 3 - sole);
  g_assert_cmpint (give (fixture, sole, assert_asks (fixture, sole), size), ==, BT_METADATA_COMPLETE);
  assert_complete (fixture, size);
  g_assert_true (bt_metadata_fetch_failed (fixture->fetch, size, fixture->now, &culprit));
  g_assert_cmpint (culprit.ip[15], ==, sole);
  /* The other has his turn. */
  assert_asks (fixture, 3 - sole);
}

/* The only one that is asked hangs, or leaves: the next begins anew. */
static void
test_sole_hangs (Fixture *fixture, gconstpointer data)
{
  guint32 size = 2 * BLOCK;
  BtEndpoint culprit;

  test_sole_liar (fixture, NULL);
  join (fixture, 3, size);
  g_assert_cmpint (give (fixture, 2, 0, size), ==, BT_METADATA_TAKEN);
  fixture->now += 9 * SECOND;
  bt_metadata_fetch_tick (fixture->fetch, fixture->now);
  assert_leaves (fixture, 3);
  fixture->now += 1 * SECOND;
  bt_metadata_fetch_tick (fixture->fetch, fixture->now);
  assert_leaves (fixture, 2);
  assert_progress (fixture, 0, size, 0);
  g_assert_cmpuint (assert_asks (fixture, 3), ==, 0);
  g_assert_cmpuint (assert_asks (fixture, 3), ==, 1);
  give (fixture, 3, 1, size);
  bt_metadata_fetch_remove_peer (fixture->fetch, 3);
  assert_progress (fixture, 0, size, 0);
  fixture->now += 71 * SECOND;
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 0);
  g_assert_cmpuint (assert_asks (fixture, 2), ==, 1);
  give (fixture, 2, 0, size);
  g_assert_cmpint (give (fixture, 2, 1, size), ==, BT_METADATA_COMPLETE);
  assert_complete (fixture, size);
  /* It may go while it is looked at. */
  bt_metadata_fetch_remove_peer (fixture->fetch, 2);
  g_assert_true (bt_metadata_fetch_failed (fixture->fetch, size, fixture->now, &culprit));
}

/* Two programs of one machine are one source, unless it is a machine near us. */
static void
test_one_machine (Fixture *fixture, gconstpointer data)
{
  guint32 size = 2 * BLOCK;
  BtEndpoint far[2], near[2], culprit;

  for (guint i = 0; i < 2; i++)
    {
      far[i] = endpoint_of (1);
      far[i].port = (guint16) (1000 + i);
      g_assert_true (bt_endpoint_parse (&near[i], i == 0 ? "127.0.0.1:1000" : "127.0.0.1:1001"));
      bt_metadata_fetch_set_peer (fixture->fetch, 1 + i, &far[i], size);
    }
  give (fixture, 1, assert_asks (fixture, 1), size);
  give (fixture, 2, assert_asks (fixture, 2), size);
  assert_complete (fixture, size);
  g_assert_true (bt_metadata_fetch_failed (fixture->fetch, size, fixture->now, &culprit));
  for (guint i = 0; i < 2; i++)
    bt_metadata_fetch_set_peer (fixture->fetch, 3 + i, &near[i], size + 1);
  give (fixture, 3, assert_asks (fixture, 3), size + 1);
  give (fixture, 4, assert_asks (fixture, 4), size + 1);
  give (fixture, 3, assert_asks (fixture, 3), size + 1);
  assert_complete (fixture, size + 1);
  g_assert_false (bt_metadata_fetch_failed (fixture->fetch, size + 1, fixture->now, &culprit));
}

/* Nothing is asked for that there would be no room for; what does not move makes room. */
static void
test_budget (Fixture *fixture, gconstpointer data)
{
  guint32 size = 4 * BLOCK;

  fixture->budget.limit = 2 * BLOCK + 1000;
  join (fixture, 1, size);
  give (fixture, 1, assert_asks (fixture, 1), size);
  give (fixture, 1, assert_asks (fixture, 1), size);
  assert_leaves (fixture, 1);
  g_assert_cmpuint (fixture->budget.used, <=, fixture->budget.limit);
  fixture->now += 119 * SECOND;
  bt_metadata_fetch_tick (fixture->fetch, fixture->now);
  assert_leaves (fixture, 1);
  fixture->now += SECOND;
  bt_metadata_fetch_tick (fixture->fetch, fixture->now);
  g_assert_cmpuint (assert_asks (fixture, 1), ==, 0);
  /* Even the list of blocks may be too much. */
  join (fixture, 2, BT_LIMIT_METADATA);
  fixture->budget.limit = 100;
  assert_leaves (fixture, 2);
}

/* Everybody, in every mood, for a long time: it ends with what the honest one gave. */

typedef struct
{
  guint32 size;  /* it claims */
  guint lies;    /* of 100 blocks */
  guint silence; /* of 100 requests */
  guint rejects;
} Character;

static gboolean
check_whole (GBytes *details)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (details, &length);

  for (gsize at = 0; at < length; at += BLOCK)
    if (bytes[at] != 1)
      return FALSE;
  return TRUE;
}

static gboolean
answer (Fixture *fixture, guint32 peer, const Character *is, guint32 block)
{
  g_autofree guint8 *data = g_malloc0 (BLOCK);
  guint mood = bt_random_below (&fixture->random, 100);
  gsize length = bt_metadata_block_size (is->size, block);
  BtMetadataResult result;

  if (mood < is->silence)
    return FALSE;
  if (mood < is->silence + is->rejects)
    {
      bt_metadata_fetch_rejected (fixture->fetch, peer, block + bt_random_below (&fixture->random, 2), fixture->now);
      return FALSE;
    }
  data[0] = bt_random_below (&fixture->random, 100) >= is->lies;
  if (!data[0] && bt_random_below (&fixture->random, 4) == 0)
    length = bt_random_below (&fixture->random, BLOCK);
  result = bt_metadata_fetch_take (fixture->fetch, peer, block, is->size, data, length, fixture->now);
  return result == BT_METADATA_COMPLETE;
}

static gboolean
play (Fixture *fixture, const Character *cast, guint n, guint64 *banned)
{
  for (guint32 peer = 0; peer < n; peer++)
    {
      guint32 block, size;
      BtEndpoint culprit;

      if ((*banned & (1u << peer)) != 0)
        continue;
      while (bt_metadata_fetch_next (fixture->fetch, peer, fixture->now, &block))
        if (answer (fixture, peer, &cast[peer], block))
          {
            g_autoptr (GBytes) details = bt_metadata_fetch_get_complete (fixture->fetch, &size);

            g_assert_nonnull (details);
            if (check_whole (details))
              return TRUE;
            if (bt_metadata_fetch_failed (fixture->fetch, size, fixture->now, &culprit))
              {
                *banned |= 1u << culprit.ip[15];
                bt_metadata_fetch_remove_peer (fixture->fetch, culprit.ip[15]);
              }
          }
      if (bt_random_below (&fixture->random, 50) == 0)
        {
          bt_metadata_fetch_remove_peer (fixture->fetch, peer);
          join (fixture, peer, cast[peer].size);
        }
    }
  return FALSE;
}

static void
test_theatre (Fixture *fixture, gconstpointer data)
{
  guint32 size = 5 * BLOCK + 7;
  const Character cast[] = {
    { size, 0, 10, 5 },                   /* honest, if tired */
    { size, 30, 10, 0 },
    { size, 100, 0, 0 },
    { size, 5, 90, 0 },
    { size + BLOCK, 100, 0, 0 },
    { BT_LIMIT_METADATA, 100, 0, 0 },
    { 3, 100, 0, 0 },
    { size, 0, 100, 0 },
    { size, 0, 0, 100 },
  };

  for (guint round = 0; round < 100; round++)
    {
      guint64 banned = 0;
      gint64 begin = fixture->now;

      for (guint32 peer = 0; peer < G_N_ELEMENTS (cast); peer++)
        join (fixture, peer, cast[peer].size);
      while (!play (fixture, cast, G_N_ELEMENTS (cast), &banned))
        {
          fixture->now += SECOND / 2;
          bt_metadata_fetch_tick (fixture->fetch, fixture->now);
          g_assert_cmpuint (fixture->budget.used, <=, fixture->budget.limit);
          g_assert_cmpint (fixture->now - begin, <, 3600 * SECOND);
        }
      g_assert_cmpuint (banned & 1, ==, 0);
      bt_metadata_fetch_free (fixture->fetch);
      g_assert_cmpuint (fixture->budget.used, ==, 0);
      fixture->fetch = bt_metadata_fetch_new (&fixture->budget, &fixture->random);
    }
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/proto/metadata-fetch/share", test_share },
    { "/proto/metadata-fetch/slow", test_slow },
    { "/proto/metadata-fetch/lost", test_lost },
    { "/proto/metadata-fetch/leave", test_leave },
    { "/proto/metadata-fetch/reject", test_reject },
    { "/proto/metadata-fetch/sizes", test_sizes },
    { "/proto/metadata-fetch/wrong-block", test_wrong_block },
    { "/proto/metadata-fetch/flood", test_flood },
    { "/proto/metadata-fetch/claims", test_claims },
    { "/proto/metadata-fetch/sole-liar", test_sole_liar },
    { "/proto/metadata-fetch/mixed-liars", test_mixed_liars },
    { "/proto/metadata-fetch/sole-hangs", test_sole_hangs },
    { "/proto/metadata-fetch/one-machine", test_one_machine },
    { "/proto/metadata-fetch/budget", test_budget },
    { "/proto/metadata-fetch/theatre", test_theatre },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
