/* bt-candidates.c: the addresses known for one torrent: whom to try next, whom to leave alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-candidates.h"

#include "bt-attempts.h"
#include "bt-bans-private.h"
#include "bt-compare.h"
#include "bt-limits.h"
#include "bt-link.h"
#include "bt-peer-priority.h"
#include "bt-turns.h"

#define MAX_SELVES 64
#define MAX_TRACKERS 64 /* bits of named_by; any more share them */
#define AFTER_USEFUL_US (2 * G_USEC_PER_SEC)
#define POSTPONED_US (G_USEC_PER_SEC / 10)
#define AFTER_TOO_MANY_US (60 * G_USEC_PER_SEC)
#define USEFUL_LATELY_US (30 * 60 * (gint64) G_USEC_PER_SEC)
/* Where the row of fails begins for somebody who talked nonsense. */
#define FAILS_OF_NONSENSE 4

static const gint64 retry_after_s[] = { 5, 10, 60, 300, 900, 1800, 3600 };

typedef struct
{
  BtCandidate candidate; /* first: what the caller holds */
  guint index;           /* in candidates->entries */
  guint32 announce;      /* number of the last announce that named it */
} Entry;

struct _BtCandidates
{
  GPtrArray *entries;      /* of Entry, owned */
  GHashTable *by_endpoint; /* BtEndpoint inside -> Entry */
  guint most;
  BtBans *bans;
  GArray *selves;          /* of BtEndpoint */
  BtEndpoint us[2];        /* IPv4, IPv6: as the Internet sees us; port 0 while not known */
  GArray *trackers;        /* of guint, hashes of URLs: the place gives the bit in named_by */
  guint64 tracker_bit;     /* of the announce that is being taken in, else 0 */
  guint32 n_announces;
  BtTurns turns;
};

BtCandidates *
bt_candidates_new (BtRandom *random)
{
  BtCandidates *candidates = g_new0 (BtCandidates, 1);

  candidates->turns.random = random;
  candidates->entries = g_ptr_array_new_with_free_func (g_free);
  candidates->by_endpoint = g_hash_table_new (bt_endpoint_hash, bt_endpoint_equal);
  candidates->most = BT_LIMIT_CANDIDATES;
  candidates->bans = bt_bans_new ();
  candidates->selves = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  candidates->trackers = g_array_new (FALSE, FALSE, sizeof (guint));
  return candidates;
}

void
bt_candidates_free (BtCandidates *candidates)
{
  bt_turns_clear (&candidates->turns);
  g_hash_table_unref (candidates->by_endpoint);
  g_ptr_array_unref (candidates->entries);
  bt_bans_free (candidates->bans);
  g_array_unref (candidates->selves);
  g_array_unref (candidates->trackers);
  g_free (candidates);
}

static Entry *
get_entry (const BtCandidates *candidates, guint index)
{
  return g_ptr_array_index (candidates->entries, index);
}

/* Whom may be tried, or when, is another now. All leave first: those that stayed would not be sorted by what they are. */
static void
file_all (BtCandidates *candidates)
{
  for (guint i = 0; i < candidates->entries->len; i++)
    bt_turns_leave (&get_entry (candidates, i)->candidate);
  for (guint i = 0; i < candidates->entries->len; i++)
    bt_turns_file (&candidates->turns, &get_entry (candidates, i)->candidate);
}

static void
remove_entry (BtCandidates *candidates, Entry *entry)
{
  guint index = entry->index;

  bt_turns_leave (&entry->candidate);
  g_hash_table_remove (candidates->by_endpoint, &entry->candidate.endpoint);
  g_ptr_array_remove_index_fast (candidates->entries, index);
  if (index < candidates->entries->len)
    get_entry (candidates, index)->index = index;
}

static void
insert_entry (BtCandidates *candidates, Entry *entry)
{
  bt_turns_file (&candidates->turns, &entry->candidate);
  entry->index = candidates->entries->len;
  g_ptr_array_add (candidates->entries, entry);
  g_hash_table_insert (candidates->by_endpoint, &entry->candidate.endpoint, entry);
}

static const BtEndpoint *
get_us (const BtCandidates *candidates, const BtEndpoint *for_peer)
{
  return &candidates->us[bt_endpoint_is_ipv4 (for_peer) ? 0 : 1];
}

static gboolean
is_self (const BtCandidates *candidates, const BtEndpoint *endpoint)
{
  if (bt_endpoint_equal (get_us (candidates, endpoint), endpoint))
    return TRUE;
  for (guint i = 0; i < candidates->selves->len; i++)
    if (bt_endpoint_equal (&g_array_index (candidates->selves, BtEndpoint, i), endpoint))
      return TRUE;
  return FALSE;
}

/* Whom to lose first when there is no room; below 0: @a. */
static int
compare_worth (const BtCandidate *a, const BtCandidate *b)
{
  int order = BT_COMPARE (b->banned, a->banned);

  if (order == 0)
    order = BT_COMPARE (b->fails, a->fails);
  if (order == 0)
    order = BT_COMPARE (a->last_useful != 0, b->last_useful != 0);
  if (order == 0)
    order = BT_COMPARE (a->connectable, b->connectable);
  if (order == 0)
    order = BT_COMPARE (bt_turns_source_rank (b), bt_turns_source_rank (a));
  if (order == 0)
    order = BT_COMPARE (a->priority, b->priority);
  return order;
}

/* FALSE if everybody is connected or better than @newcomer. */
static gboolean
make_room (BtCandidates *candidates, const BtCandidate *newcomer)
{
  Entry *worst = NULL;

  if (candidates->entries->len < candidates->most)
    return TRUE;
  for (guint i = 0; i < candidates->entries->len; i++)
    {
      Entry *entry = get_entry (candidates, i);

      if (!entry->candidate.connected
          && (worst == NULL || compare_worth (&entry->candidate, &worst->candidate) < 0))
        worst = entry;
    }
  if (worst == NULL || compare_worth (newcomer, &worst->candidate) < 0)
    return FALSE;
  remove_entry (candidates, worst);
  return TRUE;
}

static int
compare_worth_cb (gconstpointer first, gconstpointer second)
{
  return compare_worth (*(const BtCandidate *const *) first, *(const BtCandidate *const *) second);
}

void
bt_candidates_set_most (BtCandidates *candidates, guint most)
{
  g_autoptr(GPtrArray) idle = NULL;
  guint excess;

  candidates->most = most;
  if (candidates->entries->len <= most)
    return;
  excess = candidates->entries->len - most;
  idle = g_ptr_array_new ();
  for (guint i = 0; i < candidates->entries->len; i++)
    if (!get_entry (candidates, i)->candidate.connected)
      g_ptr_array_add (idle, get_entry (candidates, i));
  g_ptr_array_sort (idle, compare_worth_cb);
  for (guint i = 0; i < MIN (excess, idle->len); i++)
    remove_entry (candidates, g_ptr_array_index (idle, i));
}

guint32
bt_candidates_priority (const BtCandidates *candidates, const BtEndpoint *endpoint)
{
  const BtEndpoint *us = get_us (candidates, endpoint);

  if (bt_endpoint_is_local (endpoint))
    return G_MAXUINT32;
  return us->port != 0 ? bt_peer_priority (us, endpoint) : 0;
}

static Entry *
find_entry (const BtCandidates *candidates, const BtEndpoint *endpoint)
{
  return g_hash_table_lookup (candidates->by_endpoint, endpoint);
}

static Entry *
add_entry (BtCandidates *candidates, const BtEndpoint *endpoint, BtSource source, gint64 now)
{
  g_autofree Entry *entry = g_new0 (Entry, 1);

  entry->candidate.endpoint = *endpoint;
  entry->candidate.sources = source;
  entry->candidate.next_try = now;
  entry->candidate.priority = bt_candidates_priority (candidates, endpoint);
  if (!make_room (candidates, &entry->candidate))
    return NULL;
  insert_entry (candidates, entry);
  return g_steal_pointer (&entry);
}

/* Anybody can name a mail server to PEX or the DHT, and have all of a swarm connect to it. */
static gboolean
is_trusted_port (const BtEndpoint *endpoint, BtSource source)
{
  return (source != BT_SOURCE_DHT && source != BT_SOURCE_PEX) || endpoint->port >= BT_LIMIT_LOWEST_PORT;
}

BtCandidate *
bt_candidates_add (BtCandidates *candidates,
                   const BtEndpoint *endpoint,
                   BtSource source,
                   gint64 now)
{
  Entry *entry = find_entry (candidates, endpoint);

  if (!bt_endpoint_is_usable_peer (endpoint) || !is_trusted_port (endpoint, source) || is_self (candidates, endpoint)
      || bt_bans_contain (candidates->bans, endpoint))
    return NULL;
  if (entry == NULL)
    entry = add_entry (candidates, endpoint, source, now);
  if (entry == NULL)
    return NULL;
  if ((entry->candidate.sources & source) == 0)
    {
      entry->candidate.sources |= source;
      bt_turns_file (&candidates->turns, &entry->candidate);
    }
  if (source == BT_SOURCE_TRACKER)
    {
      entry->candidate.named_by |= candidates->tracker_bit;
      entry->announce = candidates->n_announces;
    }
  return &entry->candidate;
}

BtCandidate *
bt_candidates_find (BtCandidates *candidates, const BtEndpoint *endpoint)
{
  Entry *entry = find_entry (candidates, endpoint);

  return entry != NULL ? &entry->candidate : NULL;
}

guint
bt_candidates_count (const BtCandidates *candidates)
{
  return candidates->entries->len;
}

guint
bt_candidates_n_idle (const BtCandidates *candidates)
{
  guint n = 0;

  for (guint i = 0; i < candidates->entries->len; i++)
    {
      const BtCandidate *candidate = &get_entry (candidates, i)->candidate;

      n += !candidate->connected && !candidate->banned;
    }
  return n;
}

gpointer
bt_candidates_iter (BtCandidates *candidates, guint index)
{
  g_return_val_if_fail (index < candidates->entries->len, NULL);

  return &get_entry (candidates, index)->candidate;
}

void
bt_candidates_set_us (BtCandidates *candidates, gboolean ipv6, const BtEndpoint *us)
{
  candidates->us[ipv6 ? 1 : 0] = us != NULL ? *us : (BtEndpoint){ 0 };
  for (guint i = 0; i < candidates->entries->len; i++)
    {
      BtCandidate *candidate = &get_entry (candidates, i)->candidate;

      candidate->priority = bt_candidates_priority (candidates, &candidate->endpoint);
    }
  file_all (candidates);
}

/* Announces */

static guint64
get_tracker_bit (BtCandidates *candidates, const char *url)
{
  guint hash = g_str_hash (url);
  guint index = 0;

  while (index < candidates->trackers->len && g_array_index (candidates->trackers, guint, index) != hash)
    index++;
  if (index == MAX_TRACKERS)
    index = hash % MAX_TRACKERS;
  else if (index == candidates->trackers->len)
    g_array_append_val (candidates->trackers, hash);
  return G_GUINT64_CONSTANT (1) << index;
}

void
bt_candidates_begin_announce (BtCandidates *candidates, const char *url)
{
  candidates->n_announces++;
  candidates->tracker_bit = get_tracker_bit (candidates, url);
}

static gboolean
is_forgettable (const BtCandidate *candidate, gint64 now)
{
  gboolean useful = candidate->last_useful != 0
                    && now - candidate->last_useful < USEFUL_LATELY_US;

  return candidate->sources == BT_SOURCE_TRACKER && candidate->named_by == 0
         && !candidate->connected && !useful;
}

void
bt_candidates_end_announce (BtCandidates *candidates, gint64 now)
{
  /* Downwards: the last takes the place of one that goes. */
  for (guint i = candidates->entries->len; i > 0; i--)
    {
      Entry *entry = get_entry (candidates, i - 1);

      if ((entry->candidate.named_by & candidates->tracker_bit) == 0)
        continue;
      if (entry->announce != candidates->n_announces)
        entry->candidate.named_by &= ~candidates->tracker_bit;
      if (is_forgettable (&entry->candidate, now))
        remove_entry (candidates, entry);
    }
  candidates->tracker_bit = 0;
}

void
bt_candidates_keep (BtCandidates *candidates, BtSource sources)
{
  for (guint i = candidates->entries->len; i > 0; i--)
    {
      Entry *entry = get_entry (candidates, i - 1);

      entry->candidate.sources &= sources;
      if (entry->candidate.sources == 0 && !entry->candidate.connected && !entry->candidate.banned)
        remove_entry (candidates, entry);
    }
  file_all (candidates);
}

/* Trying */

BtCandidate *
bt_candidates_best (BtCandidates *candidates, gboolean want_leechers, gint64 now)
{
  return bt_turns_best (&candidates->turns, want_leechers, now);
}

gint64
bt_candidates_next (BtCandidates *candidates, gboolean want_leechers)
{
  return bt_turns_next (&candidates->turns, want_leechers);
}

void
bt_candidates_trying (BtCandidates *candidates, BtCandidate *candidate, gint64 now)
{
  candidate->connected = TRUE;
  candidate->last_try = now;
  bt_turns_file (&candidates->turns, candidate);
}

void
bt_candidates_postpone (BtCandidates *candidates, BtCandidate *candidate, gint64 now)
{
  candidate->next_try = now + POSTPONED_US;
  bt_turns_file (&candidates->turns, candidate);
}

void
bt_candidates_hold (BtCandidates *candidates, BtCandidate *candidate, gint64 until)
{
  candidate->next_try = until;
  bt_turns_file (&candidates->turns, candidate);
}

void
bt_candidates_set_seed (BtCandidates *candidates, BtCandidate *candidate, gboolean is_seed)
{
  if (candidate->is_seed == is_seed)
    return;
  candidate->is_seed = is_seed;
  bt_turns_file (&candidates->turns, candidate);
}

static gboolean
is_nonsense (guint reason)
{
  switch (reason)
    {
    case BT_CLOSE_NOT_BITTORRENT:
    case BT_CLOSE_WRONG_TORRENT:
    case BT_CLOSE_OVERSIZED:
    case BT_CLOSE_BAD_LENGTH:
    case BT_CLOSE_BAD_BITFIELD:
    case BT_CLOSE_BAD_PIECE:
    case BT_CLOSE_BAD_REQUEST:
    case BT_CLOSE_PROTOCOL:
    case BT_CLOSE_FLOOD:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Nobody was ever found there, and only others say that somebody is. */
static gboolean
is_named_only_by (const BtCandidate *candidate, BtSource sources)
{
  return (candidate->sources & ~sources) == 0 && !candidate->connectable && !bt_endpoint_is_local (&candidate->endpoint);
}

gboolean
bt_candidate_is_unproven (const BtCandidate *candidate)
{
  return is_named_only_by (candidate, BT_SOURCE_TRACKER | BT_SOURCE_PEX | BT_SOURCE_DHT);
}

/* It may be a machine that all of a swarm is to knock at. */
gboolean
bt_candidate_is_hearsay (const BtCandidate *candidate)
{
  return is_named_only_by (candidate, BT_SOURCE_PEX | BT_SOURCE_DHT);
}

gint64
bt_candidate_get_pause (guint fails)
{
  return retry_after_s[CLAMP (fails, 1, G_N_ELEMENTS (retry_after_s)) - 1] * G_USEC_PER_SEC;
}

static void
count_fail (BtCandidate *candidate, guint reason, gint64 now)
{
  gint64 wait_us;

  candidate->fails++;
  if (is_nonsense (reason))
    candidate->fails = MAX (candidate->fails, FAILS_OF_NONSENSE);
  candidate->fails = MIN (candidate->fails, G_N_ELEMENTS (retry_after_s));
  wait_us = bt_candidate_get_pause (candidate->fails);
  if (bt_candidate_is_hearsay (candidate))
    wait_us = MAX (wait_us, BT_ATTEMPTS_PAUSE_US);
  candidate->next_try = now + wait_us;
}

void
bt_candidates_ended (BtCandidates *candidates,
                     BtCandidate *candidate,
                     guint reason,
                     guint64 useful_bytes,
                     gint64 now)
{
  candidate->connected = FALSE;
  candidate->last_reason = reason;
  if (reason == BT_CLOSE_SELF)
    bt_candidates_add_self (candidates, &candidate->endpoint);
  if (useful_bytes > 0)
    candidate->last_useful = now;

  /* What we ended ourselves says nothing about the peer. */
  if (reason == BT_CLOSE_STOPPED || reason == BT_CLOSE_DISK)
    candidate->next_try = now;
  else if (reason == BT_CLOSE_TOO_MANY)
    candidate->next_try = now + AFTER_TOO_MANY_US;
  else if (useful_bytes == 0 || is_nonsense (reason))
    count_fail (candidate, reason, now);
  else
    {
      candidate->fails = 0;
      candidate->next_try = now + AFTER_USEFUL_US;
    }
  bt_turns_file (&candidates->turns, candidate);
}

/* Bans */

static void
mark_banned (BtCandidates *candidates)
{
  for (guint i = 0; i < candidates->entries->len; i++)
    {
      BtCandidate *candidate = &get_entry (candidates, i)->candidate;

      candidate->banned = is_self (candidates, &candidate->endpoint)
                          || bt_bans_contain (candidates->bans, &candidate->endpoint);
    }
  file_all (candidates);
}

void
bt_candidates_ban (BtCandidates *candidates, const BtEndpoint *endpoint)
{
  if (bt_bans_add (candidates->bans, endpoint, FALSE))
    mark_banned (candidates);
}

void
bt_candidates_ban_port (BtCandidates *candidates, const BtEndpoint *endpoint)
{
  if (bt_bans_add (candidates->bans, endpoint, TRUE))
    mark_banned (candidates);
}

gboolean
bt_candidates_unban (BtCandidates *candidates, const BtEndpoint *endpoint)
{
  if (!bt_bans_remove (candidates->bans, endpoint))
    return FALSE;
  mark_banned (candidates);
  return TRUE;
}

gboolean
bt_candidates_is_banned (BtCandidates *candidates, const BtEndpoint *endpoint)
{
  return bt_bans_contain (candidates->bans, endpoint);
}

void
bt_candidates_add_self (BtCandidates *candidates, const BtEndpoint *endpoint)
{
  Entry *entry = find_entry (candidates, endpoint);

  /* It may be connected still, so it stays; but it is never tried again. */
  if (entry != NULL)
    {
      entry->candidate.banned = TRUE;
      bt_turns_file (&candidates->turns, &entry->candidate);
    }
  if (is_self (candidates, endpoint))
    return;
  if (candidates->selves->len == MAX_SELVES)
    g_array_remove_index (candidates->selves, 0);
  g_array_append_val (candidates->selves, *endpoint);
}

GPtrArray *
bt_candidates_banned_ips (BtCandidates *candidates)
{
  return bt_bans_list (candidates->bans);
}

void
bt_candidates_ban_ip (BtCandidates *candidates, const char *ip)
{
  BtEndpoint endpoint;

  if (bt_endpoint_parse_ip (&endpoint, ip, 0))
    bt_candidates_ban (candidates, &endpoint);
}

static void
forgive_candidate (BtCandidate *candidate, gint64 now)
{
  candidate->next_try = MIN (candidate->next_try, now);
  candidate->fails = MIN (candidate->fails, 1);
}

gboolean
bt_candidates_forgive_one (BtCandidates *candidates, const BtEndpoint *endpoint, gint64 now)
{
  Entry *entry = find_entry (candidates, endpoint);

  if (entry == NULL)
    return FALSE;
  forgive_candidate (&entry->candidate, now);
  bt_turns_file (&candidates->turns, &entry->candidate);
  return TRUE;
}

static void
forgive (BtCandidates *candidates, gboolean only_useful, gint64 now)
{
  for (guint i = 0; i < candidates->entries->len; i++)
    {
      BtCandidate *candidate = &get_entry (candidates, i)->candidate;

      if (only_useful && candidate->last_useful == 0)
        continue;
      forgive_candidate (candidate, now);
    }
  file_all (candidates);
}

void
bt_candidates_forgive (BtCandidates *candidates, gint64 now)
{
  forgive (candidates, FALSE, now);
}

void
bt_candidates_forgive_useful (BtCandidates *candidates, gint64 now)
{
  forgive (candidates, TRUE, now);
}
