/* test-choker.c: swarms in virtual time: who gets a slot, for how long, and whether all get a turn.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-choker.h"

#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MAX_PEERS 64
#define PIECE 65536u

/* What is known of a peer over time; the choker sees it through a BtChokePeer. */
typedef struct
{
  gboolean here;
  gboolean interested;
  gboolean is_seed;
  gboolean snubs_us;
  guint64 gives, takes; /* bytes a second: always; while unchoked */
  gint64 connected_at, unchoked_at, changed_at, optimistic_at;
  gboolean unchoked, optimistic;
  guint64 given;
  gint64 time_unchoked, time_optimistic;
  guint n_unchokes, n_optimistic;
} SimPeer;

typedef struct
{
  BtRandom random;
  BtChoker choker;
  BtChokeConfig config;
  gint64 now;
  SimPeer peers[MAX_PEERS];
} Sim;

static void
sim_init (Sim *sim, guint n_slots, gboolean seeding, guint64 seed)
{
  memset (sim, 0, sizeof *sim);
  bt_random_seed (&sim->random, seed);
  bt_choker_init (&sim->choker, &sim->random);
  sim->config = (BtChokeConfig){ n_slots, seeding, PIECE };
  sim->now = 5000 * SECOND;
}

static void
come (Sim *sim, guint i, guint64 gives, guint64 takes)
{
  sim->peers[i] = (SimPeer){ .here = TRUE, .interested = TRUE, .gives = gives, .takes = takes,
                             .connected_at = sim->now };
}

static BtChokePeer
see (const Sim *sim, const SimPeer *peer)
{
  return (BtChokePeer){
    .peer = (gpointer) peer,
    .interested = peer->interested,
    .is_seed = peer->is_seed,
    .snubs_us = peer->snubs_us,
    .unchoked = peer->unchoked,
    .optimistic = peer->optimistic,
    .unchoked_at = peer->unchoked_at,
    .changed_at = peer->changed_at,
    .optimistic_at = peer->optimistic_at,
    .connected_at = peer->connected_at,
    .rate_to_us = peer->gives,
    .rate_from_us = peer->unchoked ? peer->takes : 0,
    .given_since_unchoke = peer->given,
  };
}

static void
apply (Sim *sim, SimPeer *peer, const BtChokePeer *seen)
{
  g_assert_false (seen->optimistic && !seen->unchoke);
  if (seen->optimistic && !peer->optimistic)
    {
      peer->n_optimistic++;
      g_assert_cmpint (seen->optimistic_at, ==, sim->now);
    }
  peer->optimistic = seen->optimistic;
  peer->optimistic_at = seen->optimistic_at;
  if (seen->unchoke == peer->unchoked)
    return;
  /* Nobody is changed twice in 10 s, except that a seed is choked at once. */
  if (peer->changed_at != 0 && !peer->is_seed)
    g_assert_cmpint (sim->now - peer->changed_at, >=, BT_CHOKER_INTERVAL_US);
  peer->unchoked = seen->unchoke;
  peer->changed_at = sim->now;
  if (peer->unchoked)
    {
      peer->unchoked_at = sim->now;
      peer->given = 0;
      peer->n_unchokes++;
    }
}

/* Returns how many use a slot. */
static guint
rechoke (Sim *sim)
{
  BtChokePeer seen[MAX_PEERS];
  guint n = 0, n_used = 0;

  for (guint i = 0; i < MAX_PEERS; i++)
    if (sim->peers[i].here)
      seen[n++] = see (sim, &sim->peers[i]);
  bt_choker_run (&sim->choker, &sim->config, seen, n, sim->now);
  for (guint i = 0; i < n; i++)
    {
      SimPeer *peer = seen[i].peer;

      apply (sim, peer, &seen[i]);
      n_used += peer->unchoked && peer->interested;
    }
  return n_used;
}

static void
pass_time (Sim *sim, gint64 us)
{
  sim->now += us;
  for (guint i = 0; i < MAX_PEERS; i++)
    {
      SimPeer *peer = &sim->peers[i];

      if (!peer->here || !peer->unchoked)
        continue;
      peer->given += peer->takes * (guint64) us / G_USEC_PER_SEC;
      peer->time_unchoked += us;
      if (peer->optimistic)
        peer->time_optimistic += us;
    }
}

static void
run (Sim *sim, gint64 seconds)
{
  for (gint64 t = 0; t < seconds; t += 10)
    {
      g_assert_cmpuint (rechoke (sim), <=, sim->config.n_slots);
      pass_time (sim, 10 * SECOND);
    }
}

static guint
count (const Sim *sim, gboolean optimistic)
{
  guint n = 0;

  for (guint i = 0; i < MAX_PEERS; i++)
    n += sim->peers[i].here && sim->peers[i].unchoked && sim->peers[i].optimistic == optimistic;
  return n;
}

/* The best givers hold the regular slots. */
static void
test_by_rate (void)
{
  static const guint slots[] = { 1, 2, 4, 5, 8, 10, 20 };

  for (guint k = 0; k < G_N_ELEMENTS (slots); k++)
    {
      guint n_optimistic = MAX (slots[k] / 5, 1);
      Sim sim;

      sim_init (&sim, slots[k], FALSE, k);
      for (guint i = 0; i < 40; i++)
        come (&sim, i, 1000 + i * 100, 1000);
      run (&sim, 100);
      for (guint i = 0; i < 40; i++)
        if (i >= 40 - (slots[k] - n_optimistic))
          g_assert_true (sim.peers[i].unchoked && !sim.peers[i].optimistic);
      g_assert_cmpuint (count (&sim, FALSE), ==, slots[k] - n_optimistic);
      g_assert_cmpuint (count (&sim, TRUE), ==, n_optimistic);
    }
}

/* A peer that begins to give gets a slot; who stops loses it. */
static void
test_rates_change (void)
{
  Sim sim;

  sim_init (&sim, 4, FALSE, 3);
  for (guint i = 0; i < 10; i++)
    come (&sim, i, i < 3 ? 5000 : 10, 1000);
  run (&sim, 60);
  for (guint i = 0; i < 3; i++)
    g_assert_true (sim.peers[i].unchoked && !sim.peers[i].optimistic);
  sim.peers[9].gives = 9000;
  sim.peers[0].gives = 0;
  run (&sim, 20);
  g_assert_true (sim.peers[9].unchoked && !sim.peers[9].optimistic);
  g_assert_false (sim.peers[0].unchoked && !sim.peers[0].optimistic);
}

/* Everybody who waits gets an optimistic slot, in turn, 30 s each. */
static void
test_optimistic_is_fair (void)
{
  Sim sim;
  gint64 least = G_MAXINT64, most = 0;

  sim_init (&sim, 4, FALSE, 5);
  for (guint i = 0; i < 3; i++)
    come (&sim, i, 100000, 1000);
  for (guint i = 3; i < 13; i++)
    come (&sim, i, 0, 1000);
  run (&sim, 300);
  /* Ten wait and each turn is 30 s: after 300 s all had theirs. */
  for (guint i = 3; i < 13; i++)
    g_assert_cmpuint (sim.peers[i].n_optimistic, ==, 1);
  run (&sim, 2700);
  for (guint i = 3; i < 13; i++)
    {
      least = MIN (least, sim.peers[i].time_optimistic);
      most = MAX (most, sim.peers[i].time_optimistic);
      g_assert_cmpint (sim.peers[i].time_unchoked, ==, sim.peers[i].time_optimistic);
    }
  g_assert_cmpint (least, ==, 300 * SECOND);
  g_assert_cmpint (most, ==, 300 * SECOND);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (sim.peers[i].n_unchokes, ==, 1);
}

/* A newcomer overtakes those that have waited less than three times as long. */
static void
test_newcomers (void)
{
  static const struct
  {
    gint64 old_wait, new_wait;
    guint first;
  } cases[] = {
    { 100, 30, 0 },
    { 100, 36, 1 },
    { 400, 100, 0 },
    { 400, 140, 1 },
  };

  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      Sim sim;

      sim_init (&sim, 1, FALSE, k);
      come (&sim, 0, 0, 1000);
      come (&sim, 1, 0, 1000);
      sim.peers[0].optimistic_at = sim.now - cases[k].old_wait * SECOND;
      sim.peers[1].connected_at = sim.now - cases[k].new_wait * SECOND;
      rechoke (&sim);
      g_assert_true (sim.peers[cases[k].first].optimistic);
      g_assert_false (sim.peers[1 - cases[k].first].unchoked);
    }
}

/* An optimistic peer that gives more than others keeps its slot as a regular one, and the next gets
 * the optimistic one at once. */
static void
test_promotion (void)
{
  Sim sim;
  guint lucky = MAX_PEERS;

  sim_init (&sim, 2, FALSE, 3);
  come (&sim, 0, 500, 1000);
  for (guint i = 1; i < 5; i++)
    come (&sim, i, 0, 1000);
  run (&sim, 10);
  g_assert_true (sim.peers[0].unchoked && !sim.peers[0].optimistic);
  for (guint i = 1; i < 5; i++)
    if (sim.peers[i].optimistic)
      lucky = i;
  g_assert_cmpuint (lucky, <, 5);
  sim.peers[lucky].gives = 1000;
  rechoke (&sim);
  g_assert_true (sim.peers[lucky].unchoked && !sim.peers[lucky].optimistic);
  g_assert_cmpuint (count (&sim, TRUE), ==, 1);
}

/* The rest go as well when nobody wants the slots, also to those that give nothing. */
static void
test_more_slots_than_peers (void)
{
  Sim sim;

  sim_init (&sim, 8, FALSE, 3);
  for (guint i = 0; i < 6; i++)
    come (&sim, i, i * 100, 1000);
  sim.peers[0].snubs_us = sim.peers[1].snubs_us = sim.peers[2].snubs_us = TRUE;
  run (&sim, 200);
  for (guint i = 0; i < 6; i++)
    {
      g_assert_true (sim.peers[i].unchoked);
      g_assert_cmpuint (sim.peers[i].n_unchokes, ==, 1);
    }
}

/* Who takes and does not give has no regular slot, only its optimistic turns. */
static void
test_snubbing (void)
{
  Sim sim;

  sim_init (&sim, 4, FALSE, 3);
  for (guint i = 0; i < 10; i++)
    come (&sim, i, i < 5 ? 90000 : 100, 1000);
  for (guint i = 0; i < 5; i++)
    sim.peers[i].snubs_us = TRUE;
  run (&sim, 600);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpint (sim.peers[i].time_unchoked, ==, sim.peers[i].time_optimistic);
      g_assert_cmpuint (sim.peers[i].n_optimistic, >=, 1);
    }
  g_assert_cmpuint (count (&sim, FALSE), ==, 3);
}

static void
test_uninterested (void)
{
  Sim sim;

  sim_init (&sim, 4, FALSE, 3);
  for (guint i = 0; i < 20; i++)
    {
      come (&sim, i, 1000 + i, 1000);
      sim.peers[i].interested = i < 4;
    }
  run (&sim, 60);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (sim.peers[i].unchoked, ==, i < 4);
  /* Interest lost: the slot goes to another, at once. */
  sim.peers[0].interested = FALSE;
  sim.peers[7].interested = TRUE;
  rechoke (&sim);
  g_assert_true (sim.peers[7].unchoked);
  g_assert_false (sim.peers[0].unchoked);
}

static void
test_seeds (void)
{
  for (guint seeding = 0; seeding < 2; seeding++)
    {
      Sim sim;

      sim_init (&sim, 4, seeding, 3);
      for (guint i = 0; i < 10; i++)
        {
          come (&sim, i, 1000 + i, 1000);
          sim.peers[i].is_seed = i >= 3;
        }
      run (&sim, 60);
      for (guint i = 0; i < 10; i++)
        g_assert_cmpint (sim.peers[i].unchoked, ==, i < 3);
      /* It is complete now. */
      sim.peers[0].is_seed = TRUE;
      rechoke (&sim);
      g_assert_false (sim.peers[0].unchoked);
    }
}

/* Peers come and go and rates jump: runs happen at any time, and still nobody flaps. */
static void
test_no_flapping (void)
{
  for (guint64 seed = 0; seed < 20; seed++)
    {
      Sim sim;

      sim_init (&sim, 5, seed % 2, seed);
      for (guint round = 0; round < 2000; round++)
        {
          guint i = bt_random_below (&sim.random, 40);
          SimPeer *peer = &sim.peers[i];

          if (!peer->here)
            come (&sim, i, 0, 0);
          else if (bt_random_below (&sim.random, 20) == 0)
            peer->here = FALSE;
          peer->gives = bt_random_below (&sim.random, 5) * 10000;
          peer->takes = bt_random_below (&sim.random, 5) * 10000;
          peer->interested = bt_random_below (&sim.random, 4) > 0;
          peer->snubs_us = bt_random_below (&sim.random, 4) == 0;
          rechoke (&sim); /* asserts */
          pass_time (&sim, 1 + bt_random_below (&sim.random, 4 * G_USEC_PER_SEC));
        }
    }
}

/* Slots that are always in use, however often runs happen. */
static void
test_slots_are_used (void)
{
  Sim sim;

  sim_init (&sim, 6, FALSE, 9);
  for (guint i = 0; i < 30; i++)
    come (&sim, i, i * 100, 1000);
  for (guint round = 0; round < 500; round++)
    {
      g_assert_cmpuint (rechoke (&sim), ==, 6);
      pass_time (&sim, 1 + bt_random_below (&sim.random, 10 * G_USEC_PER_SEC));
    }
}

static void
test_fewer_slots (void)
{
  Sim sim;

  sim_init (&sim, 10, FALSE, 9);
  for (guint i = 0; i < 30; i++)
    come (&sim, i, i * 100, 1000);
  run (&sim, 100);
  sim.config.n_slots = 3;
  rechoke (&sim);
  pass_time (&sim, 10 * SECOND);
  g_assert_cmpuint (rechoke (&sim), ==, 3);
}

/* Seeding: slots go round. Everybody gets the same, whatever it gives or how fast it takes. */
static void
test_seeding_round_robin (void)
{
  Sim sim;
  guint64 turn = 20 * PIECE;

  sim_init (&sim, 5, TRUE, 4);
  for (guint i = 0; i < 20; i++)
    come (&sim, i, i == 0 ? 1000000 : 0, turn / 100);
  run (&sim, 10);
  for (guint i = 0; i < 20; i++)
    sim.peers[i].n_unchokes = sim.peers[i].unchoked;
  /* A turn lasts until over 20 pieces are given: 100 s at this rate. */
  run (&sim, 90);
  g_assert_cmpuint (count (&sim, FALSE), ==, 4);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (sim.peers[i].n_unchokes, <=, 1);
  run (&sim, 1900);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpint (sim.peers[i].time_unchoked, >=, 400 * SECOND);
      g_assert_cmpint (sim.peers[i].time_unchoked, <=, 600 * SECOND);
    }
}

/* A fast peer keeps its slot for a minute at least; one that takes nothing no longer than that. */
static void
test_seeding_turns (void)
{
  static const struct
  {
    guint64 takes;
    gint64 least, most;
  } cases[] = {
    { 10 * 20 * PIECE, 60, 70 },  /* had its 20 pieces long ago */
    { 0, 60, 70 },
    { 20 * PIECE / 150, 150, 170 },
  };

  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      Sim sim;
      gint64 end = 0;

      sim_init (&sim, 2, TRUE, k);
      for (guint i = 0; i < 4; i++)
        come (&sim, i, 0, cases[k].takes);
      rechoke (&sim);
      for (guint i = 0; i < 4; i++)
        {
          SimPeer *peer = &sim.peers[i];

          if (!peer->unchoked || peer->optimistic)
            continue;
          while (peer->unchoked && !peer->optimistic && end < 1000)
            {
              pass_time (&sim, 10 * SECOND);
              end += 10;
              rechoke (&sim);
            }
          break;
        }
      g_assert_cmpint (end, >=, cases[k].least);
      g_assert_cmpint (end, <=, cases[k].most);
    }
}

static void
test_free_slot (void)
{
  BtChokeConfig config = { 2, FALSE, PIECE };
  BtChokePeer peers[4] = {
    { .interested = TRUE, .unchoked = TRUE },
    { .interested = FALSE, .unchoked = TRUE },
    { .interested = TRUE, .unchoked = TRUE, .is_seed = TRUE },
    { .interested = TRUE },
  };

  g_assert_true (bt_choker_has_free_slot (&config, peers, 4));
  peers[3].unchoked = TRUE;
  g_assert_false (bt_choker_has_free_slot (&config, peers, 4));
  g_assert_true (bt_choker_has_free_slot (&config, NULL, 0));
}

static void
test_nobody (void)
{
  Sim sim;

  sim_init (&sim, 4, FALSE, 1);
  g_assert_cmpuint (rechoke (&sim), ==, 0);
  come (&sim, 0, 0, 0);
  g_assert_cmpuint (rechoke (&sim), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/choker/by-rate", test_by_rate);
  g_test_add_func ("/engine/choker/rates-change", test_rates_change);
  g_test_add_func ("/engine/choker/optimistic-is-fair", test_optimistic_is_fair);
  g_test_add_func ("/engine/choker/newcomers", test_newcomers);
  g_test_add_func ("/engine/choker/promotion", test_promotion);
  g_test_add_func ("/engine/choker/more-slots-than-peers", test_more_slots_than_peers);
  g_test_add_func ("/engine/choker/snubbing", test_snubbing);
  g_test_add_func ("/engine/choker/uninterested", test_uninterested);
  g_test_add_func ("/engine/choker/seeds", test_seeds);
  g_test_add_func ("/engine/choker/no-flapping", test_no_flapping);
  g_test_add_func ("/engine/choker/slots-are-used", test_slots_are_used);
  g_test_add_func ("/engine/choker/fewer-slots", test_fewer_slots);
  g_test_add_func ("/engine/choker/seeding-round-robin", test_seeding_round_robin);
  g_test_add_func ("/engine/choker/seeding-turns", test_seeding_turns);
  g_test_add_func ("/engine/choker/free-slot", test_free_slot);
  g_test_add_func ("/engine/choker/nobody", test_nobody);
  return g_test_run ();
}
