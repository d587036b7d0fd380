/* bt-turns.c: in which order the addresses of a torrent are tried, in O(log n) a turn.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-turns.h"

#include "bt-compare.h"

void
bt_turns_clear (BtTurns *turns)
{
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&turns->waiting[i], g_sequence_free);
      g_clear_pointer (&turns->due[i], g_sequence_free);
    }
}

guint
bt_turns_source_rank (const BtCandidate *candidate)
{
  static const BtSource ranks[] = { BT_SOURCE_MANUAL, BT_SOURCE_LSD, BT_SOURCE_INCOMING,
                                    BT_SOURCE_TRACKER, BT_SOURCE_DHT, BT_SOURCE_PEX,
                                    BT_SOURCE_RESUME };
  guint rank = 0;

  while (rank < G_N_ELEMENTS (ranks) && (candidate->sources & ranks[rank]) == 0)
    rank++;
  return rank;
}

static int
compare_time_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const BtCandidate *first = a, *second = b;

  return BT_COMPARE (first->next_try, second->next_try);
}

/* Below 0: @a first. */
static int
compare_hope_cb (gconstpointer first, gconstpointer second, gpointer data)
{
  const BtCandidate *a = first, *b = second;
  int order = BT_COMPARE (a->fails, b->fails);

  if (order == 0)
    order = BT_COMPARE (b->last_useful != 0, a->last_useful != 0);
  if (order == 0)
    order = BT_COMPARE (a->last_try, b->last_try);
  if (order == 0)
    order = BT_COMPARE (bt_turns_source_rank (a), bt_turns_source_rank (b));
  if (order == 0)
    order = BT_COMPARE (b->priority, a->priority);
  if (order == 0)
    order = BT_COMPARE (a->chance, b->chance);
  return order;
}

static void
enter (GSequence **list, BtCandidate *candidate, GCompareDataFunc compare)
{
  if (*list == NULL)
    *list = g_sequence_new (NULL);
  candidate->turn = g_sequence_insert_sorted (*list, candidate, compare, NULL);
}

void
bt_turns_leave (BtCandidate *candidate)
{
  g_clear_pointer (&candidate->turn, g_sequence_remove);
}

void
bt_turns_file (BtTurns *turns, BtCandidate *candidate)
{
  bt_turns_leave (candidate);
  if (!candidate->connected && !candidate->banned)
    enter (&turns->waiting[candidate->is_seed ? 1 : 0], candidate, compare_time_cb);
}

static BtCandidate *
get_first (GSequence *list)
{
  return list != NULL && !g_sequence_is_empty (list) ? g_sequence_get (g_sequence_get_begin_iter (list)) : NULL;
}

/* Those whose time has come. Among equals each has the same chance. */
static void
call_up (BtTurns *turns, guint kind, gint64 now)
{
  BtCandidate *first;

  while ((first = get_first (turns->waiting[kind])) != NULL && first->next_try <= now)
    {
      bt_turns_leave (first);
      first->chance = bt_random_below (turns->random, G_MAXUINT32);
      enter (&turns->due[kind], first, compare_hope_cb);
    }
}

BtCandidate *
bt_turns_best (BtTurns *turns, gboolean want_leechers, gint64 now)
{
  BtCandidate *leecher, *seed;

  turns->now = now;
  for (guint kind = 0; kind < 2; kind++)
    call_up (turns, kind, now);
  leecher = get_first (turns->due[0]);
  seed = want_leechers ? NULL : get_first (turns->due[1]);
  if (leecher == NULL || seed == NULL)
    return leecher != NULL ? leecher : seed;
  return compare_hope_cb (leecher, seed, NULL) <= 0 ? leecher : seed;
}

gint64
bt_turns_next (const BtTurns *turns, gboolean want_leechers)
{
  gint64 next = G_MAXINT64;

  for (guint kind = 0; kind < (want_leechers ? 1 : 2); kind++)
    {
      const BtCandidate *first = get_first (turns->waiting[kind]);

      if (get_first (turns->due[kind]) != NULL)
        next = MIN (next, turns->now);
      if (first != NULL)
        next = MIN (next, first->next_try);
    }
  return next;
}
