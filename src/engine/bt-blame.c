/* bt-blame.c: who sent bad data: sole senders at once, shared blame by trust and by block hashes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-blame.h"

#include "bt-host-private.h"

#define MAX_HOSTS 4096
#define MAX_RECORDS 64
#define MAX_SAMPLES 65536 /* in all records */
#define TRUST_MOST 8
#define TRUST_LEAST -7 /* banned */
#define TRUST_LOST 2
#define NO_SAMPLE G_MAXUINT32

typedef struct
{
  BtEndpoint host;
  int trust;
  gboolean on_parole;
  GList link; /* in blame->hosts_by_use */
} Host;

/* What somebody sent as a block of a piece that failed. */
typedef struct
{
  BtEndpoint sender;
  BtSha1 hash;
  guint32 next; /* of the same block, or NO_SAMPLE */
} Sample;

/* A piece that failed and did not pass since. */
typedef struct
{
  guint32 piece;
  guint n_blocks;
  guint32 *first;  /* sample of each block, or NO_SAMPLE */
  GArray *samples; /* of Sample */
  GList link;      /* in blame->records_by_age */
} Record;

struct _BtBlame
{
  GHashTable *hosts;    /* BtEndpoint inside -> Host, owned */
  GQueue hosts_by_use;  /* longest unused first */
  GHashTable *records;  /* piece -> Record, owned */
  GQueue records_by_age;
  guint n_samples;
  BtEndpoint us[2];     /* IPv4, IPv6; unspecified: not known */
};

static void
free_record (gpointer data)
{
  Record *record = data;

  g_free (record->first);
  g_array_unref (record->samples);
  g_free (record);
}

BtBlame *
bt_blame_new (void)
{
  BtBlame *blame = g_new0 (BtBlame, 1);

  blame->hosts = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, NULL, g_free);
  blame->records = g_hash_table_new_full (NULL, NULL, NULL, free_record);
  g_queue_init (&blame->hosts_by_use);
  g_queue_init (&blame->records_by_age);
  return blame;
}

void
bt_blame_free (BtBlame *blame)
{
  g_hash_table_unref (blame->hosts);
  g_hash_table_unref (blame->records);
  g_free (blame);
}

/* Hosts and their trust. */

void
bt_blame_set_us (BtBlame *blame, gboolean ipv6, const BtEndpoint *us)
{
  blame->us[ipv6 ? 1 : 0] = us != NULL ? *us : (BtEndpoint){ 0 };
}

static BtEndpoint
get_host (const BtBlame *blame, const BtEndpoint *peer)
{
  const BtEndpoint *us = &blame->us[bt_endpoint_is_ipv4 (peer) ? 0 : 1];

  return bt_host_of (peer, bt_endpoint_same_ip (us, peer));
}

static Host *
find_host (const BtBlame *blame, const BtEndpoint *peer)
{
  BtEndpoint key = get_host (blame, peer);

  return g_hash_table_lookup (blame->hosts, &key);
}

static void
forget_oldest_host (BtBlame *blame)
{
  GList *link = g_queue_pop_head_link (&blame->hosts_by_use);
  Host *host = link->data;

  g_hash_table_remove (blame->hosts, &host->host);
}

static Host *
use_host (BtBlame *blame, const BtEndpoint *peer)
{
  Host *host = find_host (blame, peer);

  if (host != NULL)
    g_queue_unlink (&blame->hosts_by_use, &host->link);
  else
    {
      if (g_hash_table_size (blame->hosts) == MAX_HOSTS)
        forget_oldest_host (blame);
      host = g_new0 (Host, 1);
      host->host = get_host (blame, peer);
      host->link.data = host;
      g_hash_table_insert (blame->hosts, &host->host, host);
    }
  g_queue_push_tail_link (&blame->hosts_by_use, &host->link);
  return host;
}

static gboolean
is_known (const BtEndpoint *sender)
{
  return !bt_endpoint_is_unspecified (sender);
}

/* A set of peers, one for each host. */
static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, g_free);
}

static void
add_to_set (const BtBlame *blame, GHashTable *set, const BtEndpoint *peer)
{
  BtEndpoint host = get_host (blame, peer);

  if (!g_hash_table_contains (set, &host))
    g_hash_table_insert (set, g_memdup2 (&host, sizeof host), g_memdup2 (peer, sizeof *peer));
}

/* @alone: (out): one known sender of all blocks. */
static GHashTable *
collect_senders (const BtBlame *blame, const BtEndpoint *senders, guint n_blocks, gboolean *alone)
{
  GHashTable *set = new_set ();
  gboolean all_known = TRUE;

  for (guint i = 0; i < n_blocks; i++)
    if (is_known (&senders[i]))
      add_to_set (blame, set, &senders[i]);
    else
      all_known = FALSE;
  *alone = all_known && g_hash_table_size (set) == 1;
  return set;
}

static BtVerdict
judge (BtBlame *blame, const BtEndpoint *peer, gboolean alone)
{
  Host *host = use_host (blame, peer);

  /* In company nobody is banned: whoever shared many pieces with a liar would go with it. A liar is
   * alone soon enough, on parole, or its blocks tell. */
  host->trust = alone ? TRUST_LEAST : MAX (host->trust - TRUST_LOST, MIN (host->trust, TRUST_LEAST + 1));
  host->on_parole = TRUE;
  return host->trust == TRUST_LEAST ? BT_VERDICT_BAN : BT_VERDICT_PAROLE;
}

void
bt_blame_failed (BtBlame *blame,
                 guint32 piece,
                 const BtEndpoint *senders,
                 guint n_blocks,
                 BtVerdictFunc func,
                 gpointer data)
{
  gboolean alone;
  g_autoptr (GHashTable) set = collect_senders (blame, senders, n_blocks, &alone);
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    func (peer, judge (blame, peer, alone), data);
}

void
bt_blame_passed (BtBlame *blame, guint32 piece, const BtEndpoint *senders, guint n_blocks)
{
  gboolean alone;
  g_autoptr (GHashTable) set = collect_senders (blame, senders, n_blocks, &alone);
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    {
      Host *host = use_host (blame, peer);

      host->trust = MIN (host->trust + 1, TRUST_MOST);
      /* Only what it sent alone shows that it can be trusted alone. */
      if (alone)
        host->on_parole = FALSE;
    }
}

gboolean
bt_blame_on_parole (const BtBlame *blame, const BtEndpoint *peer)
{
  Host *host = find_host (blame, peer);

  return host != NULL && host->on_parole;
}

int
bt_blame_trust (const BtBlame *blame, const BtEndpoint *peer)
{
  Host *host = find_host (blame, peer);

  return host != NULL ? host->trust : 0;
}

/* Hashes of blocks. */

static Record *
find_record (const BtBlame *blame, guint32 piece)
{
  return g_hash_table_lookup (blame->records, GUINT_TO_POINTER (piece));
}

static void
forget_record (BtBlame *blame, Record *record)
{
  blame->n_samples -= record->samples->len;
  g_queue_unlink (&blame->records_by_age, &record->link);
  g_hash_table_remove (blame->records, GUINT_TO_POINTER (record->piece));
}

static Record *
add_record (BtBlame *blame, guint32 piece, guint n_blocks)
{
  Record *record = g_new0 (Record, 1);

  if (blame->records_by_age.length == MAX_RECORDS)
    forget_record (blame, blame->records_by_age.head->data);
  record->piece = piece;
  record->n_blocks = n_blocks;
  record->first = g_new (guint32, n_blocks);
  for (guint i = 0; i < n_blocks; i++)
    record->first[i] = NO_SAMPLE;
  record->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  record->link.data = record;
  g_hash_table_insert (blame->records, GUINT_TO_POINTER (piece), record);
  g_queue_push_tail_link (&blame->records_by_age, &record->link);
  return record;
}

/* Older records make room; when this one is all there is, it is full. */
static gboolean
make_room (BtBlame *blame, const Record *record)
{
  while (blame->n_samples >= MAX_SAMPLES)
    {
      Record *oldest = blame->records_by_age.head->data;

      if (oldest == record)
        return FALSE;
      forget_record (blame, oldest);
    }
  return TRUE;
}

static Sample *
find_sample (const BtBlame *blame, Record *record, guint block, const BtEndpoint *sender)
{
  BtEndpoint host = get_host (blame, sender);

  for (guint32 i = record->first[block]; i != NO_SAMPLE;)
    {
      Sample *sample = &g_array_index (record->samples, Sample, i);
      BtEndpoint other = get_host (blame, &sample->sender);

      if (bt_endpoint_equal (&other, &host))
        return sample;
      i = sample->next;
    }
  return NULL;
}

static void
add_sample (BtBlame *blame,
            Record *record,
            guint block,
            const BtEndpoint *sender,
            const BtSha1 *hash)
{
  Sample sample = { *sender, *hash, record->first[block] };

  if (!make_room (blame, record))
    return;
  record->first[block] = record->samples->len;
  g_array_append_val (record->samples, sample);
  blame->n_samples++;
}

static void
ban_all (BtBlame *blame, GHashTable *liars, BtVerdictFunc func, gpointer data)
{
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, liars);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    func (peer, judge (blame, peer, TRUE), data);
}

void
bt_blame_hashes (BtBlame *blame,
                 guint32 piece,
                 const BtEndpoint *senders,
                 const BtSha1 *hashes,
                 guint n_blocks,
                 BtVerdictFunc func,
                 gpointer data)
{
  Record *record = find_record (blame, piece);
  g_autoptr (GHashTable) liars = new_set ();

  if (record != NULL && record->n_blocks != n_blocks)
    {
      forget_record (blame, record);
      record = NULL;
    }
  if (record == NULL)
    record = add_record (blame, piece, n_blocks);
  for (guint i = 0; i < n_blocks; i++)
    {
      const Sample *sample;

      if (!is_known (&senders[i]))
        continue;
      sample = find_sample (blame, record, i, &senders[i]);
      if (sample == NULL)
        add_sample (blame, record, i, &senders[i], &hashes[i]);
      else if (!bt_sha1_equal (&sample->hash, &hashes[i]))
        add_to_set (blame, liars, &senders[i]);
    }
  ban_all (blame, liars, func, data);
}

gboolean
bt_blame_wants_truth (const BtBlame *blame, guint32 piece)
{
  return find_record (blame, piece) != NULL;
}

void
bt_blame_truth (BtBlame *blame,
                guint32 piece,
                const BtSha1 *hashes,
                guint n_blocks,
                BtVerdictFunc func,
                gpointer data)
{
  Record *record = find_record (blame, piece);
  g_autoptr (GHashTable) liars = new_set ();

  if (record == NULL)
    return;
  for (guint i = 0; i < MIN (n_blocks, record->n_blocks); i++)
    for (guint32 j = record->first[i]; j != NO_SAMPLE;)
      {
        const Sample *sample = &g_array_index (record->samples, Sample, j);

        if (!bt_sha1_equal (&sample->hash, &hashes[i]))
          add_to_set (blame, liars, &sample->sender);
        j = sample->next;
      }
  forget_record (blame, record);
  ban_all (blame, liars, func, data);
}
