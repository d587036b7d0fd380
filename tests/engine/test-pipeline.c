/* test-pipeline.c: requests to simulated peers of given rate and delay, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "bt-pipeline.h"

#include "ft-test.h"

#define BLOCK BT_LIMIT_BLOCK
#define SECOND ((gint64) G_USEC_PER_SEC)
#define STEP_US 10000

static BtBlock
make_block (guint n)
{
  return (BtBlock){ n / 16, n % 16 * BLOCK, BLOCK };
}

/* A peer that answers after @delay_us and then at @rate. */
typedef struct
{
  BtPipeline *pipeline;
  gint64 now;
  guint64 rate;       /* bytes a second */
  gint64 delay_us;
  guint n_sent, n_received;
  gint64 sent_at[100000];
  guint64 credit;     /* bytes that it may deliver, times a million */
  gint64 next_tick;
  guint n_snubs;
  guint most;         /* requests outstanding at most */
} Peer;

static Peer *
peer_new (guint64 rate, gint64 delay_us)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->now = 1000 * SECOND;
  peer->pipeline = bt_pipeline_new (peer->now);
  peer->rate = rate;
  peer->delay_us = delay_us;
  peer->next_tick = peer->now + SECOND;
  return peer;
}

static void
peer_free (Peer *peer)
{
  bt_pipeline_free (peer->pipeline);
  g_free (peer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)

static void
ask (Peer *peer)
{
  while (bt_pipeline_room (peer->pipeline) > 0)
    {
      BtBlock block = make_block (peer->n_sent);

      peer->sent_at[peer->n_sent++] = peer->now;
      bt_pipeline_sent (peer->pipeline, &block, peer->now);
    }
  peer->most = MAX (peer->most, bt_pipeline_length (peer->pipeline));
}

static void
deliver (Peer *peer)
{
  peer->credit = MIN (peer->credit + peer->rate * STEP_US, (guint64) BLOCK * G_USEC_PER_SEC
                                                           + peer->rate * STEP_US);
  while (peer->n_received < peer->n_sent && peer->credit >= (guint64) BLOCK * G_USEC_PER_SEC
         && peer->now - peer->sent_at[peer->n_received] >= peer->delay_us)
    {
      BtBlock block = make_block (peer->n_received++);

      peer->credit -= (guint64) BLOCK * G_USEC_PER_SEC;
      bt_pipeline_progress (peer->pipeline, BLOCK, peer->now);
      g_assert_true (bt_pipeline_received (peer->pipeline, &block, peer->now));
    }
}

static void
run (Peer *peer, gint64 seconds)
{
  gint64 end = peer->now + seconds * SECOND;

  for (; peer->now < end; peer->now += STEP_US)
    {
      deliver (peer);
      if (peer->now >= peer->next_tick)
        {
          peer->n_snubs += bt_pipeline_tick (peer->pipeline, peer->now);
          peer->next_tick += SECOND;
        }
      ask (peer);
    }
}

static void
test_ring (void)
{
  g_autoptr (BtPipeline) pipeline = bt_pipeline_new (0);
  BtBlock block;
  gint64 age;

  g_assert_false (bt_pipeline_oldest (pipeline, 0, &block, &age));
  block = make_block (0);
  g_assert_false (bt_pipeline_contains (pipeline, &block));
  g_assert_false (bt_pipeline_remove (pipeline, &block));
  for (guint i = 0; i < 100; i++)
    {
      block = make_block (i);
      bt_pipeline_sent (pipeline, &block, i);
    }
  g_assert_cmpuint (bt_pipeline_length (pipeline), ==, 100);
  g_assert_cmpuint (bt_pipeline_room (pipeline), ==, 0);
  /* Out of the middle, the front and the back; the others stay, in order. */
  for (guint i = 50; i < 60; i++)
    {
      block = make_block (i);
      g_assert_true (bt_pipeline_remove (pipeline, &block));
      g_assert_false (bt_pipeline_remove (pipeline, &block));
    }
  block = make_block (99);
  g_assert_true (bt_pipeline_received (pipeline, &block, 200));
  for (guint i = 0; i < 99; i++)
    {
      BtBlock oldest;

      block = make_block (i);
      g_assert_cmpint (bt_pipeline_contains (pipeline, &block), ==, i < 50 || i >= 60);
      if (i >= 50 && i < 60)
        continue;
      g_assert_true (bt_pipeline_oldest (pipeline, 1000, &oldest, &age));
      g_assert_cmpuint (oldest.piece, ==, block.piece);
      g_assert_cmpuint (oldest.begin, ==, block.begin);
      g_assert_cmpint (age, ==, 1000 - i);
      g_assert_true (bt_pipeline_received (pipeline, &block, 1000));
    }
  g_assert_cmpuint (bt_pipeline_length (pipeline), ==, 0);
}

/* Another length or place is another block. */
static void
test_exact (void)
{
  g_autoptr (BtPipeline) pipeline = bt_pipeline_new (0);
  BtBlock block = { 5, BLOCK, 100 };
  BtBlock others[] = { { 5, BLOCK, 101 }, { 5, 0, 100 }, { 6, BLOCK, 100 } };

  bt_pipeline_sent (pipeline, &block, 0);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_false (bt_pipeline_contains (pipeline, &others[i]));
      g_assert_false (bt_pipeline_received (pipeline, &others[i], 0));
    }
  g_assert_true (bt_pipeline_contains (pipeline, &block));
}

static void
count_cb (const BtBlock *block, gpointer data)
{
  guint *n = data;

  g_assert_cmpuint (block->piece * 16 + block->begin / BLOCK, ==, *n);
  (*n)++;
}

static void
test_clear (void)
{
  g_autoptr (BtPipeline) pipeline = bt_pipeline_new (0);
  guint n = 0;

  for (guint i = 0; i < 40; i++)
    {
      BtBlock block = make_block (i);

      bt_pipeline_sent (pipeline, &block, 0);
    }
  bt_pipeline_clear (pipeline, count_cb, &n);
  g_assert_cmpuint (n, ==, 40);
  g_assert_cmpuint (bt_pipeline_length (pipeline), ==, 0);
  bt_pipeline_clear (pipeline, NULL, NULL);
  g_assert_cmpuint (bt_pipeline_room (pipeline), ==, 2);
}

/* Each block that comes allows one more, so the queue doubles with each round trip. */
static void
test_slow_start (void)
{
  g_autoptr (BtPipeline) pipeline = bt_pipeline_new (0);
  guint n_sent = 0, n_received = 0;

  for (guint round = 1; round <= 6; round++)
    {
      while (bt_pipeline_room (pipeline) > 0)
        {
          BtBlock block = make_block (n_sent++);

          bt_pipeline_sent (pipeline, &block, round * 1000);
        }
      g_assert_cmpuint (bt_pipeline_length (pipeline), ==, 1u << round);
      while (n_received < n_sent)
        {
          BtBlock block = make_block (n_received++);

          bt_pipeline_received (pipeline, &block, round * 1000 + 500);
        }
    }
}

/* In the long run requests for three seconds are out, whatever the delay; the rate is used up. */
static void
test_rate_times_delay (void)
{
  static const struct
  {
    guint64 rate;
    gint64 delay_ms;
    guint least, most;
  } cases[] = {
    { 4 * 1024, 50, 2, 2 },          /* never fewer than two */
    { 20 * 1024, 100, 3, 6 },
    { 160 * 1024, 10, 25, 35 },
    { 160 * 1024, 1000, 25, 35 },
    { 1600 * 1024, 200, 270, 330 },
    { 16000 * 1024, 20, 500, 500 },  /* would be 3000: the peer did not say that it takes more */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Peer) peer = peer_new (cases[i].rate, cases[i].delay_ms * 1000);
      guint before;

      run (peer, 30);
      g_assert_cmpuint (bt_pipeline_length (peer->pipeline), >=, cases[i].least);
      g_assert_cmpuint (bt_pipeline_length (peer->pipeline), <=, cases[i].most);
      g_assert_cmpuint (bt_pipeline_rate (peer->pipeline) + 6000, >, cases[i].rate * 8 / 10);
      g_assert_cmpuint (bt_pipeline_rate (peer->pipeline), <, cases[i].rate * 12 / 10 + 6000);
      before = peer->n_received;
      run (peer, 10);
      g_assert_cmpuint ((guint64) (peer->n_received - before + 1) * BLOCK, >=,
                        cases[i].rate * 95 / 10);
      g_assert_cmpuint (peer->n_snubs, ==, 0);
    }
}

/* When the peer becomes faster the queue follows. */
static void
test_follows_rate (void)
{
  g_autoptr (Peer) peer = peer_new (100 * 1024, 50000);

  run (peer, 20);
  g_assert_cmpuint (bt_pipeline_length (peer->pipeline), <, 30);
  peer->rate = 2000 * 1024;
  run (peer, 20);
  g_assert_cmpuint (bt_pipeline_length (peer->pipeline), >, 300);
  peer->rate = 50 * 1024;
  run (peer, 200); /* so long take those that are out */
  g_assert_cmpuint (bt_pipeline_length (peer->pipeline), <, 20);
}

static void
test_limit (void)
{
  static const struct
  {
    guint reqq, most;
  } cases[] = { { 0, 1 }, { 1, 1 }, { 2, 2 }, { 3, 2 }, { 50, 49 }, { 500, 499 }, { 1000000, 500 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Peer) peer = peer_new (20000 * 1024, 20000);

      bt_pipeline_set_limit (peer->pipeline, cases[i].reqq);
      run (peer, 15);
      g_assert_cmpuint (peer->most, ==, cases[i].most);
    }
}

/* Nothing at all for 20 s. */
static void
test_snub (void)
{
  g_autoptr (Peer) peer = peer_new (0, 0);
  BtBlock block;

  run (peer, 19);
  g_assert_false (bt_pipeline_is_snubbed (peer->pipeline));
  g_assert_cmpuint (bt_pipeline_length (peer->pipeline), ==, 2);
  run (peer, 2);
  g_assert_true (bt_pipeline_is_snubbed (peer->pipeline));
  g_assert_cmpuint (peer->n_snubs, ==, 1);
  run (peer, 60);
  g_assert_cmpuint (peer->n_snubs, ==, 1);

  /* Now one at a time. */
  g_assert_cmpuint (bt_pipeline_room (peer->pipeline), ==, 0);
  bt_pipeline_clear (peer->pipeline, NULL, NULL);
  g_assert_true (bt_pipeline_is_snubbed (peer->pipeline));
  g_assert_cmpuint (bt_pipeline_room (peer->pipeline), ==, 1);

  /* A block ends it, even one that was given up. */
  block = make_block (0);
  g_assert_false (bt_pipeline_received (peer->pipeline, &block, peer->now));
  g_assert_false (bt_pipeline_is_snubbed (peer->pipeline));
  g_assert_cmpuint (bt_pipeline_room (peer->pipeline), ==, 2);
}

static void
test_no_snub_without_requests (void)
{
  g_autoptr (BtPipeline) pipeline = bt_pipeline_new (0);
  BtBlock block = make_block (0);

  for (gint64 i = 1; i < 100; i++)
    g_assert_false (bt_pipeline_tick (pipeline, i * SECOND));
  /* And the 20 s begin with the first one. */
  bt_pipeline_sent (pipeline, &block, 100 * SECOND);
  for (gint64 i = 101; i < 120; i++)
    g_assert_false (bt_pipeline_tick (pipeline, i * SECOND));
  g_assert_true (bt_pipeline_tick (pipeline, 120 * SECOND));
}

/* Parts of a block keep a slow peer from being snubbed. */
static void
test_progress (void)
{
  g_autoptr (BtPipeline) pipeline = bt_pipeline_new (0);
  BtBlock block = make_block (0);

  bt_pipeline_sent (pipeline, &block, 0);
  for (gint64 i = 1; i < 200; i++)
    {
      if (i % 10 == 0)
        bt_pipeline_progress (pipeline, 100, i * SECOND);
      g_assert_false (bt_pipeline_tick (pipeline, i * SECOND));
    }
}

/* Of a peer that is known to answer fast, silence is soon remarkable; but never under 2 s. */
static void
test_adaptive_snub (void)
{
  g_autoptr (Peer) peer = peer_new (4000 * 1024, 20000);
  g_autoptr (Peer) slow = peer_new (8 * 1024, 100000);

  run (peer, 30);
  peer->rate = 0;
  run (peer, 2);
  g_assert_cmpuint (peer->n_snubs, ==, 0);
  run (peer, 6);
  g_assert_cmpuint (peer->n_snubs, ==, 1);
  peer->rate = 4000 * 1024;
  run (peer, 10);
  g_assert_false (bt_pipeline_is_snubbed (peer->pipeline));
  g_assert_cmpuint (bt_pipeline_rate (peer->pipeline), >, 3000 * 1024);

  /* A block in 2 s is its way. */
  run (slow, 120);
  g_assert_cmpuint (slow->n_snubs, ==, 0);
  slow->rate = 0;
  run (slow, 21);
  g_assert_cmpuint (slow->n_snubs, ==, 1);
}

/* To the second: 20 answers in 10 ms each, then none. */
static void
test_least_patience (void)
{
  g_autoptr (BtPipeline) pipeline = bt_pipeline_new (0);
  gint64 now = 0;
  BtBlock block;

  for (guint i = 0; i < 20; i++)
    {
      block = make_block (i);
      bt_pipeline_sent (pipeline, &block, now);
      now += 10000;
      g_assert_true (bt_pipeline_received (pipeline, &block, now));
    }
  block = make_block (20);
  bt_pipeline_sent (pipeline, &block, now);
  g_assert_false (bt_pipeline_tick (pipeline, now + SECOND));
  g_assert_false (bt_pipeline_tick (pipeline, now + 2 * SECOND - 1));
  g_assert_true (bt_pipeline_tick (pipeline, now + 2 * SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/pipeline/ring", test_ring);
  g_test_add_func ("/engine/pipeline/exact", test_exact);
  g_test_add_func ("/engine/pipeline/clear", test_clear);
  g_test_add_func ("/engine/pipeline/slow-start", test_slow_start);
  g_test_add_func ("/engine/pipeline/rate-times-delay", test_rate_times_delay);
  g_test_add_func ("/engine/pipeline/follows-rate", test_follows_rate);
  g_test_add_func ("/engine/pipeline/limit", test_limit);
  g_test_add_func ("/engine/pipeline/snub", test_snub);
  g_test_add_func ("/engine/pipeline/no-snub-without-requests", test_no_snub_without_requests);
  g_test_add_func ("/engine/pipeline/progress", test_progress);
  g_test_add_func ("/engine/pipeline/adaptive-snub", test_adaptive_snub);
  g_test_add_func ("/engine/pipeline/least-patience", test_least_patience);
  return g_test_run ();
}
