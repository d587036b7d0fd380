/* bench-growth.c: what one decision costs as that grows of which there is more and more.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-candidates.h"
#include "bt-choker.h"
#include "bt-limits.h"
#include "bt-link.h"
#include "bt-picker.h"
#include "bt-tiers.h"
#include "bt-timers.h"

#include <linux/perf_event.h>
#include <malloc.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Each line: what, of how many, nanoseconds and instructions (0: cannot be counted here) a decision, bytes for each of
 * the many (0: not measured). Time grows with what does not fit the caches any more; instructions are the work. */

#define MIN_NS (100 * G_GINT64_CONSTANT (1000000)) /* shorter is noise */
#define ROUND_US (10 * G_USEC_PER_SEC)

static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

typedef struct
{
  int counter;    /* of instructions; -1: none */
  gint64 began_ns;
} Meter;

static void
meter_begin (Meter *self)
{
  struct perf_event_attr what = { .type = PERF_TYPE_HARDWARE, .size = sizeof what,
                                  .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1 };

  self->counter = (int) syscall (SYS_perf_event_open, &what, 0, -1, -1, 0);
  self->began_ns = cpu_ns ();
}

static gint64
meter_ns (const Meter *self)
{
  return cpu_ns () - self->began_ns;
}

static void
meter_end (Meter *self, const char *what, guint n, guint64 n_decisions, gsize bytes)
{
  gint64 ns = meter_ns (self);
  guint64 instructions = 0;

  if (self->counter >= 0 && read (self->counter, &instructions, sizeof instructions) != sizeof instructions)
    instructions = 0;
  if (self->counter >= 0)
    close (self->counter);
  n_decisions = MAX (n_decisions, 1);
  g_print ("%s\t%u\t%.1f\t%.1f\t%.1f\n", what, n, (double) ns / (double) n_decisions,
           (double) instructions / (double) n_decisions, (double) bytes / n);
}

static gsize
used_bytes (void)
{
  return mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
}

/* Announces: each torrent has a timer to its next; the first that is due is asked and waits for the next half hour. */

typedef struct
{
  BtTimer timer;
  BtTiers *tiers;
  const BtAnnounceReply *reply;
  guint64 *n_done;
} Announcer;

static void
announce_cb (gpointer owner, gint64 now)
{
  Announcer *self = owner;
  BtTracker *tracker = bt_tiers_due (self->tiers, now);

  if (tracker != NULL)
    {
      bt_tiers_asking (self->tiers, tracker, now);
      bt_tiers_succeeded (self->tiers, tracker, BT_ANNOUNCE_NONE, self->reply, now);
      (*self->n_done)++;
    }
  bt_timer_start (&self->timer, MAX (bt_tiers_next (self->tiers), now + 1));
}

static void
ignore_wake (gint64 deadline, gpointer data)
{
}

static void
measure_announces (const char *what, guint n)
{
  BtRandom random;
  g_autoptr(BtTimers) timers = bt_timers_new (ignore_wake, NULL);
  g_autofree Announcer *all = g_new0 (Announcer, n);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr(BtAnnounceReply) reply = bt_announce_reply_new ();
  guint64 n_done = 0;
  gsize before = used_bytes ();
  gint64 now = 1;
  Meter meter;

  reply->interval_s = 1800;
  bt_random_seed (&random, n);
  g_ptr_array_add (list, g_strsplit ("http://tracker.example/announce", " ", 1));
  for (guint i = 0; i < n; i++)
    {
      all[i].tiers = bt_tiers_new (list, FALSE, &random);
      all[i].reply = reply;
      all[i].n_done = &n_done;
      bt_timer_init (&all[i].timer, timers, announce_cb, &all[i]);
      bt_tiers_start (all[i].tiers, now, (gint64) n * G_USEC_PER_SEC / 10);
      bt_timer_start (&all[i].timer, bt_tiers_next (all[i].tiers));
    }
  before = used_bytes () - before;
  meter_begin (&meter);
  while (meter_ns (&meter) < MIN_NS)
    {
      now = MAX (now + 1, bt_timers_next (timers));
      bt_timers_run (timers, now);
    }
  meter_end (&meter, what, n, n_done, before);
  for (guint i = 0; i < n; i++)
    {
      bt_timer_stop (&all[i].timer);
      bt_tiers_free (all[i].tiers);
    }
}

/* Choking: a round looks at every peer. */

static void
measure_choker (const char *what, guint n)
{
  BtRandom random;
  BtChoker choker;
  BtChokeConfig config = { .n_slots = 8, .piece_length = 1 << 18 };
  g_autofree BtChokePeer *peers = g_new0 (BtChokePeer, n);
  guint64 n_rounds = 0;
  gint64 now = G_USEC_PER_SEC;
  Meter meter;

  bt_random_seed (&random, n);
  bt_choker_init (&choker, &random);
  for (guint i = 0; i < n; i++)
    peers[i] = (BtChokePeer){ .interested = i % 3 != 0, .rate_to_us = bt_random_below (&random, 100000), .peer = peers };
  meter_begin (&meter);
  for (; meter_ns (&meter) < MIN_NS; n_rounds++, now += ROUND_US)
    {
      bt_choker_run (&choker, &config, peers, n, now);
      for (guint i = 0; i < n; i++)
        peers[i].unchoked = peers[i].unchoke;
    }
  meter_end (&meter, what, n, n_rounds, 0);
}

/* Whom to connect to: one is chosen, tried, and goes again. */

static void
measure_candidates (const char *what, guint n)
{
  BtRandom random;
  gsize before = used_bytes ();
  BtCandidates *candidates;
  guint64 n_chosen = 0;
  gint64 now = G_USEC_PER_SEC;
  Meter meter;

  bt_random_seed (&random, n);
  candidates = bt_candidates_new (&random);
  for (guint i = 0; i < n; i++)
    {
      guint8 ip[4] = { 93, (guint8) (i >> 16), (guint8) (i >> 8), (guint8) i };
      BtEndpoint endpoint;

      bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
      bt_candidates_add (candidates, &endpoint, BT_SOURCE_TRACKER, now);
    }
  before = used_bytes () - before;
  meter_begin (&meter);
  for (; meter_ns (&meter) < MIN_NS; now += 3600 * (gint64) G_USEC_PER_SEC, n_chosen++)
    {
      BtCandidate *candidate = bt_candidates_best (candidates, FALSE, now);

      bt_candidates_trying (candidates, candidate, now);
      bt_candidates_ended (candidates, candidate, BT_CLOSE_REMOTE, 1, now);
    }
  meter_end (&meter, what, n, n_chosen, before);
  bt_candidates_free (candidates);
}

/* Picking: peers in turn ask for a block and deliver it, until all is there. */

#define N_BITFIELDS 20 /* shared: 2000 of a million pieces would be nothing but memory */
#define MAX_BLOCKS 2000000u

static void
fill_bits (BtBitfield *bits, guint which, BtRandom *random)
{
  for (guint32 i = 0; i < bits->n_bits; i++)
    if (which == N_BITFIELDS - 1 || bt_random_below (random, N_BITFIELDS) <= which)
      bt_bitfield_set (bits, i);
}

/* Returns: TRUE if the peer got something to do. */
static gboolean
fetch_block (BtPicker *picker, BtPeerId peer, const BtBitfield *has)
{
  BtPickRequest request = { .peer = peer, .has = has, .contiguous_pieces = 1 };
  BtPeerId others[8];
  BtBlock block;
  guint n_others;

  if (bt_picker_pick (picker, &request, &block, 1) == 0)
    return FALSE;
  if (bt_picker_received (picker, peer, &block, others, &n_others) == BT_BLOCK_PIECE_COMPLETE)
    bt_picker_passed (picker, block.piece);
  return TRUE;
}

/* Returns: how often somebody asked; nearly each time there was something. */
static guint64
fetch_all (BtPicker *picker, guint n_peers, BtBitfield **bits)
{
  guint64 n_asked = 0, n_blocks = 0;

  for (; !bt_picker_is_complete (picker) && n_blocks < MAX_BLOCKS; n_asked++)
    {
      guint peer = (guint) (n_asked % n_peers);

      n_blocks += fetch_block (picker, 1 + peer, bits[peer % N_BITFIELDS]);
    }
  return n_asked;
}

static void
measure_picker (const char *what, guint32 n_pieces, guint n_peers, gboolean in_order, guint n_told)
{
  guint32 piece_length = 4 * BT_LIMIT_BLOCK;
  BtRandom random;
  BtBitfield *bits[N_BITFIELDS];
  gsize before = used_bytes ();
  BtPicker *picker;
  guint64 n_asked;
  Meter meter;

  bt_random_seed (&random, n_pieces + n_peers);
  picker = bt_picker_new (n_pieces, piece_length, (guint64) n_pieces * piece_length, &random);
  bt_picker_set_sequential (picker, in_order);
  before = used_bytes () - before;
  for (guint i = 0; i < N_BITFIELDS; i++)
    {
      bits[i] = bt_bitfield_new (n_pieces);
      fill_bits (bits[i], i, &random);
    }
  for (guint i = 0; i < n_peers; i++)
    bt_picker_peer_bits (picker, bits[i % N_BITFIELDS], 1);
  meter_begin (&meter);
  n_asked = fetch_all (picker, n_peers, bits);
  meter_end (&meter, what, n_told, n_asked, n_told == n_pieces ? before : 0);
  bt_picker_free (picker);
  for (guint i = 0; i < N_BITFIELDS; i++)
    bt_bitfield_free (bits[i]);
}

static void
measure_picker_by_peers (const char *what, guint n)
{
  measure_picker (what, 10000, MAX (n, N_BITFIELDS), FALSE, n);
}

static void
measure_picker_by_pieces (const char *what, guint n)
{
  measure_picker (what, n, 50, FALSE, n);
}

static void
measure_picker_in_order (const char *what, guint n)
{
  measure_picker (what, n, 50, TRUE, n);
}

typedef struct
{
  const char *what;
  void (*measure) (const char *what, guint n);
  const guint *numbers; /* up to 0 */
} Kind;

static const guint torrents[] = { 100, 1000, 10000, 0 };
static const guint peers[] = { 10, 100, 1000, 2000, 0 };
static const guint pieces[] = { 1000, 10000, 100000, 1000000, 0 };

static const Kind kinds[] = {
  { "announce", measure_announces, torrents },
  { "choke", measure_choker, peers },
  { "candidate", measure_candidates, peers },
  { "pick-by-peers", measure_picker_by_peers, peers },
  { "pick-by-pieces", measure_picker_by_pieces, pieces },
  { "pick-in-order", measure_picker_in_order, pieces },
};

/* All, or those that are named. */
int
main (int argc, char *argv[])
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (const guint *n = kinds[i].numbers; *n != 0; n++)
      if (argc < 2 || g_strv_contains ((const char * const *) argv + 1, kinds[i].what))
        kinds[i].measure (kinds[i].what, *n);
  return 0;
}
