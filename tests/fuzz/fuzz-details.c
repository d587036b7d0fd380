/* fuzz-details.c: the details of a link from peers who say and give what they like: memory and rules hold.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-limits.h"
#include "bt-metadata-fetch.h"
#include "bt-reader.h"

#define BUDGET (4 * 1024 * 1024)
#define BLOCK 16384

/* A record is a kind, a peer, and a number of two bytes. */
enum
{
  SAY_SIZE,
  SAY_ODD_SIZE,
  ASK,
  GIVE,     /* what it was asked for last, of the right length */
  GIVE_ODD, /* something else */
  REJECT,
  LEAVE,
  WAIT,
  JUDGE,
  N_KINDS,
};

typedef struct
{
  BtMetadataFetch *fetch;
  BtMetadataBudget budget;
  gint64 now;
  guint32 asked[256]; /* block, by peer */
  guint32 sizes[256]; /* that it said */
} Stage;

static const gint64 odd_sizes[] = { 0, -1, 1, G_MAXINT64, G_MININT64, (gint64) 1 << 40, G_MAXUINT32,
                                    BT_LIMIT_METADATA, (gint64) BT_LIMIT_METADATA + 1 };

static void
say (Stage *stage, guint8 peer, gint64 size)
{
  g_autofree char *ip = g_strdup_printf ("20.0.0.%u", peer);
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 6881));
  stage->sizes[peer] = size > 0 && size <= BT_LIMIT_METADATA ? (guint32) size : 0;
  bt_metadata_fetch_set_peer (stage->fetch, peer, &endpoint, size);
}

static void
give (Stage *stage, guint8 peer, guint32 block, guint32 total, gsize length)
{
  static const guint8 zeros[2 * BLOCK];

  (void) bt_metadata_fetch_take (stage->fetch, peer, block, total, zeros, MIN (length, sizeof zeros), stage->now);
}

static void
give_asked (Stage *stage, guint8 peer)
{
  guint32 size = stage->sizes[peer];
  guint64 offset = (guint64) stage->asked[peer] * BLOCK;

  if (offset < size)
    give (stage, peer, stage->asked[peer], size, (gsize) MIN (size - offset, BLOCK));
}

static void
judge (Stage *stage)
{
  BtEndpoint culprit;
  guint32 size;
  GBytes *whole;

  while ((whole = bt_metadata_fetch_get_complete (stage->fetch, &size)) != NULL)
    {
      g_assert_cmpuint (g_bytes_get_size (whole), ==, size);
      g_bytes_unref (whole);
      (void) bt_metadata_fetch_failed (stage->fetch, size, stage->now, &culprit);
    }
}

static void
play (Stage *stage, guint8 kind, guint8 peer, guint16 number)
{
  switch (kind % N_KINDS)
    {
    case SAY_SIZE:
      say (stage, peer, (gint64) number * 7);
      break;
    case SAY_ODD_SIZE:
      say (stage, peer, odd_sizes[number % G_N_ELEMENTS (odd_sizes)]);
      break;
    case ASK:
      if (bt_metadata_fetch_next (stage->fetch, peer, stage->now, &stage->asked[peer]))
        g_assert_cmpuint ((guint64) stage->asked[peer] * BLOCK, <, BT_LIMIT_METADATA);
      break;
    case GIVE:
      give_asked (stage, peer);
      break;
    case GIVE_ODD:
      give (stage, peer, number % 64, stage->sizes[peer] + number % 3, number);
      break;
    case REJECT:
      (void) bt_metadata_fetch_rejected (stage->fetch, peer, stage->asked[peer], stage->now);
      break;
    case LEAVE:
      bt_metadata_fetch_remove_peer (stage->fetch, peer);
      break;
    case WAIT:
      stage->now += (gint64) number * (G_USEC_PER_SEC / 100);
      bt_metadata_fetch_tick (stage->fetch, stage->now);
      break;
    default:
      judge (stage);
      break;
    }
}

static void
check (const Stage *stage)
{
  BtMetadataProgress progress;

  bt_metadata_fetch_get_progress (stage->fetch, &progress);
  g_assert_cmpuint (progress.done, <=, progress.size);
  g_assert_cmpuint (stage->budget.used, <=, stage->budget.limit);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree Stage *stage = g_new0 (Stage, 1);
  BtReader reader = bt_reader (data, size);
  BtRandom random;
  guint8 kind, peer;
  guint16 number;

  bt_random_seed (&random, 1);
  stage->budget.limit = BUDGET;
  stage->now = G_USEC_PER_SEC;
  stage->fetch = bt_metadata_fetch_new (&stage->budget, &random);
  while (bt_reader_u8 (&reader, &kind) && bt_reader_u8 (&reader, &peer) && bt_reader_u16 (&reader, &number))
    {
      play (stage, kind, peer, number);
      check (stage);
    }
  bt_metadata_fetch_free (stage->fetch);
  g_assert_cmpuint (stage->budget.used, ==, 0);
  return 0;
}
