/* bt-choker.c: who may download from us: by rate, with optimistic slots, round robin when seeding.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-choker.h"

#include "bt-compare.h"

/* A turn of a seed's round robin: so much, and so long. */
#define TURN_PIECES 20
#define TURN_US (60 * G_USEC_PER_SEC)
#define NEWCOMER_WEIGHT 3

/* Where a peer stands among those that want a regular slot, best first. */
typedef enum
{
  STAND_KEPT,   /* in one, and changed less than 10 s ago */
  STAND_IN,     /* in one */
  STAND_OUT,    /* waiting for one; an optimistic slot is no shortcut */
  STAND_LEAVES, /* in one, and had its turn */
} Stand;

typedef struct
{
  BtChokePeer *peer;
  gboolean fixed; /* changed less than 10 s ago: stays as it is */
  Stand stand;
  guint32 chance;
} Entry;

/* One run. */
typedef struct
{
  BtChoker *choker;
  const BtChokeConfig *config;
  gint64 now;
  guint n_slots;
  guint n_given;
  Entry *entries; /* of the peers that want a slot */
  guint n_entries;
} Round;

void
bt_choker_init (BtChoker *choker, BtRandom *random)
{
  choker->random = random;
  choker->optimistic_since = 0;
}

static gboolean
wants_slot (const BtChokePeer *peer)
{
  return peer->interested && !peer->is_seed;
}

static gboolean
is_fixed (const BtChokePeer *peer, gint64 now)
{
  return peer->changed_at != 0 && now - peer->changed_at < BT_CHOKER_INTERVAL_US;
}

/* A peer that takes nothing in its minute gives the slot up as well. */
static gboolean
had_turn (const Round *round, const BtChokePeer *peer)
{
  guint64 turn = (guint64) TURN_PIECES * round->config->piece_length;

  return round->now - peer->unchoked_at >= TURN_US
         && (peer->given_since_unchoke > turn || peer->rate_from_us == 0);
}

static Stand
get_stand (const Round *round, const BtChokePeer *peer, gboolean fixed)
{
  if (!peer->unchoked || peer->optimistic)
    return STAND_OUT;
  if (fixed)
    return STAND_KEPT;
  return had_turn (round, peer) ? STAND_LEAVES : STAND_IN;
}

static void
collect (Round *round, BtChokePeer *peers, guint n_peers)
{
  for (guint i = 0; i < n_peers; i++)
    {
      BtChokePeer *peer = &peers[i];
      gboolean fixed = is_fixed (peer, round->now);
      Entry *entry;

      peer->optimistic = peer->optimistic && peer->unchoked && wants_slot (peer);
      /* Without interest it uses no slot: it can as well stay as it is until the 10 s are over. */
      peer->unchoke = fixed && peer->unchoked && !peer->interested && !peer->is_seed;
      if (!wants_slot (peer))
        continue;
      entry = &round->entries[round->n_entries++];
      entry->peer = peer;
      entry->fixed = fixed;
      entry->stand = get_stand (round, peer, fixed);
      entry->chance = bt_random_u32 (round->choker->random);
    }
}

/* Round robin. */
static int
compare_turns (const Entry *a, const Entry *b)
{
  int order = BT_COMPARE (a->stand, b->stand);

  if (order == 0 && a->stand <= STAND_IN)
    order = BT_COMPARE (b->peer->rate_from_us, a->peer->rate_from_us);
  if (order == 0)
    order = BT_COMPARE (a->peer->unchoked_at, b->peer->unchoked_at);
  return order != 0 ? order : BT_COMPARE (a->chance, b->chance);
}

static int
compare_entries_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const Entry *x = a, *y = b;
  const Round *round = data;
  int order = BT_COMPARE (y->stand == STAND_KEPT, x->stand == STAND_KEPT);

  if (order == 0 && !round->config->seeding)
    order = BT_COMPARE (x->peer->snubs_us, y->peer->snubs_us);
  if (order == 0 && !round->config->seeding)
    order = BT_COMPARE (y->peer->rate_to_us, x->peer->rate_to_us);
  return order != 0 ? order : compare_turns (x, y);
}

static void
give (Round *round, BtChokePeer *peer, gboolean optimistic)
{
  peer->unchoke = TRUE;
  peer->optimistic = optimistic;
  round->n_given++;
}

static gboolean
may_change (const Entry *entry)
{
  return !entry->peer->unchoke && !(entry->fixed && !entry->peer->unchoked);
}

static void
give_regular (Round *round, guint n_regular)
{
  for (guint i = 0; i < round->n_entries; i++)
    {
      const Entry *entry = &round->entries[i];

      if (entry->stand == STAND_KEPT || (may_change (entry) && round->n_given < n_regular))
        give (round, entry->peer, FALSE);
    }
}

/* An optimistic peer stays until the next rotation, and 10 s in any case. Returns how many stay. */
static guint
keep_optimistic (Round *round, guint n_optimistic, gboolean due)
{
  guint n = 0;

  for (guint i = 0; i < round->n_entries; i++)
    {
      const Entry *entry = &round->entries[i];

      if (entry->peer->unchoke || !entry->peer->optimistic)
        continue;
      if (entry->fixed || (!due && n < n_optimistic && round->n_given < round->n_slots))
        {
          give (round, entry->peer, TRUE);
          n++;
        }
    }
  return n;
}

/* How long it has waited for an optimistic slot. That of a newcomer counts three times, so that it
 * gets one three times as often; whoever just had one comes last. */
static gint64
get_wait (const Round *round, const BtChokePeer *peer)
{
  if (peer->optimistic)
    return -1;
  if (peer->optimistic_at == 0)
    return NEWCOMER_WEIGHT * (round->now - peer->connected_at);
  return round->now - peer->optimistic_at;
}

static Entry *
find_longest_waiting (const Round *round)
{
  Entry *best = NULL;

  for (guint i = 0; i < round->n_entries; i++)
    {
      Entry *entry = &round->entries[i];
      gint64 wait = get_wait (round, entry->peer);

      if (!may_change (entry))
        continue;
      if (best == NULL || wait > get_wait (round, best->peer)
          || (wait == get_wait (round, best->peer) && entry->chance < best->chance))
        best = entry;
    }
  return best;
}

static void
give_optimistic (Round *round, guint n_optimistic)
{
  BtChoker *choker = round->choker;
  gboolean due = choker->optimistic_since == 0
                 || round->now - choker->optimistic_since >= BT_CHOKER_OPTIMISTIC_US;
  guint n = keep_optimistic (round, n_optimistic, due);

  while (n < n_optimistic && round->n_given < round->n_slots)
    {
      Entry *entry = find_longest_waiting (round);

      if (entry == NULL)
        break;
      give (round, entry->peer, TRUE);
      entry->peer->optimistic_at = round->now;
      n++;
    }
  if (due)
    choker->optimistic_since = round->now;
}

/* Slots that nobody earned: also for those that give us nothing. */
static void
give_rest (Round *round)
{
  for (guint i = 0; i < round->n_entries; i++)
    {
      const Entry *entry = &round->entries[i];

      if (may_change (entry) && round->n_given < round->n_slots)
        give (round, entry->peer, FALSE);
      if (!entry->peer->unchoke)
        entry->peer->optimistic = FALSE;
    }
}

void
bt_choker_run (BtChoker *choker,
               const BtChokeConfig *config,
               BtChokePeer *peers,
               guint n_peers,
               gint64 now)
{
  g_autofree Entry *entries = g_new (Entry, n_peers + 1);
  guint n_slots = MAX (config->n_slots, 1);
  Round round = { choker, config, now, n_slots, 0, entries, 0 };
  guint n_optimistic = MAX (n_slots / 5, 1);

  collect (&round, peers, n_peers);
  g_qsort_with_data (entries, (int) round.n_entries, sizeof *entries, compare_entries_cb, &round);
  give_regular (&round, n_slots - n_optimistic);
  give_optimistic (&round, n_optimistic);
  give_rest (&round);
}

gboolean
bt_choker_has_free_slot (const BtChokeConfig *config, const BtChokePeer *peers, guint n_peers)
{
  guint n_used = 0;

  for (guint i = 0; i < n_peers; i++)
    n_used += peers[i].unchoked && wants_slot (&peers[i]);
  return n_used < config->n_slots;
}
