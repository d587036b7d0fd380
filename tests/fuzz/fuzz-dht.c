/* fuzz-dht.c: a node of the DHT among strangers who send what they like, when they like.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-dht.h"
#include "bt-dht-memory.h"
#include "bt-limits.h"
#include "ft-fuzz-record.h"

#include <string.h>

/* The number of a record is who sends, how long it takes, or what is looked for. */
enum
{
  RAW,    /* a datagram as it is */
  REPLY,  /* what stands in "r" of an answer to what we asked last */
  ERROR,  /* what stands in "e" of one */
  WAIT,   /* time passes */
  SEARCH, /* we look for the peers of a torrent, and announce ourselves */
  SAVE,   /* and it is known again */
  N_KINDS,
};

typedef struct
{
  BtDht *dht;
  gint64 now;
  BtRandom random;
  BtEndpoint asked; /* the last datagram that we sent went there */
  guint8 transaction[8];
  gsize transaction_length;
} Stage;

static void
send_cb (gpointer owner, const BtEndpoint *to, const void *bytes, gsize length)
{
  Stage *stage = owner;
  BtKrpcMessage message;

  g_assert_cmpuint (length, <=, BT_KRPC_MAX_ITEM_BYTES);
  g_assert_true (bt_krpc_decode (bytes, length, to, &message));
  if (message.type != BT_KRPC_QUERY)
    return;
  g_assert_cmpuint (message.transaction.length, <=, sizeof stage->transaction);
  stage->asked = *to;
  stage->transaction_length = message.transaction.length;
  memcpy (stage->transaction, message.transaction.data, message.transaction.length);
}

static void
random_cb (gpointer owner, void *out, gsize length)
{
  Stage *stage = owner;

  bt_random_fill (&stage->random, out, length);
}

static const BtDhtOps ops = { .send = send_cb, .random = random_cb };

static BtEndpoint
get_sender (guint8 number)
{
  g_autofree char *ip = g_strdup_printf ("20.%u.0.1", number);
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 6881));
  return endpoint;
}

static void
answer (Stage *stage, const char *before, const FtFuzzRecord *record, const char *after)
{
  g_autoptr(GByteArray) datagram = g_byte_array_new ();
  g_autofree char *key = g_strdup_printf ("e1:t%u:", (guint) stage->transaction_length);

  if (stage->transaction_length == 0)
    return;
  g_byte_array_append (datagram, (const guint8 *) before, (guint) strlen (before));
  g_byte_array_append (datagram, record->bytes, (guint) record->length);
  g_byte_array_append (datagram, (const guint8 *) key, (guint) strlen (key));
  g_byte_array_append (datagram, stage->transaction, (guint) stage->transaction_length);
  g_byte_array_append (datagram, (const guint8 *) after, (guint) strlen (after));
  bt_dht_input (stage->dht, &stage->asked, datagram->data, datagram->len, stage->now);
}

static void
wait (Stage *stage, guint seconds)
{
  gint64 end = stage->now + (gint64) seconds * G_USEC_PER_SEC;

  for (guint i = 0; i < 1000 && bt_dht_deadline (stage->dht) <= end; i++)
    {
      stage->now = MAX (stage->now, bt_dht_deadline (stage->dht));
      bt_dht_tick (stage->dht, stage->now);
    }
  stage->now = MAX (stage->now, end);
}

static void
peers_cb (gpointer data, const BtEndpoint *peers, guint n_peers)
{
  for (guint i = 0; i < n_peers; i++)
    g_assert_true (bt_endpoint_is_usable_peer (&peers[i]));
}

static void
done_cb (gpointer data, const BtDhtPeersResult *result)
{
}

static void
search (Stage *stage, guint8 number)
{
  BtDhtPeersQuery query = { .announce = number % 2 == 1, .port = 7000, .scrape = number % 3 == 0 };

  memset (&query.info_hash, number, sizeof query.info_hash);
  bt_dht_find_peers (stage->dht, &query, peers_cb, done_cb, NULL, stage->now);
}

/* What it remembers of all this can be read again. */
static void
save (Stage *stage)
{
  g_auto(BtDhtMemory) memory = { *bt_dht_id (stage->dht), 1, bt_dht_save (stage->dht, 50, stage->now) };
  g_auto(BtDhtMemory) back = { 0 };
  g_autofree char *text = bt_dht_memory_format (&memory, FALSE);

  g_assert_cmpuint (memory.nodes->len, <=, 50);
  g_assert_true (bt_dht_memory_parse (text, FALSE, &back));
  g_assert_cmpuint (back.nodes->len, ==, memory.nodes->len);
  bt_dht_add_saved (stage->dht, (const BtKrpcNode *) (gpointer) back.nodes->data, back.nodes->len, stage->now);
}

static void
play (Stage *stage, const FtFuzzRecord *record)
{
  BtEndpoint sender = get_sender (record->number);

  switch (record->kind % N_KINDS)
    {
    case RAW:
      bt_dht_input (stage->dht, &sender, record->bytes, record->length, stage->now);
      break;
    case REPLY:
      answer (stage, "d1:rd", record, "1:y1:re");
      break;
    case ERROR:
      answer (stage, "d1:el", record, "1:y1:ee");
      break;
    case WAIT:
      wait (stage, record->number);
      break;
    case SEARCH:
      search (stage, record->number);
      break;
    default:
      save (stage);
      break;
    }
}

static void
check (Stage *stage)
{
  BtDhtStatus status;

  bt_dht_get_status (stage->dht, stage->now, &status);
  g_assert_cmpuint (status.n_good, <=, status.n_nodes);
  g_assert_cmpuint (status.n_stored_torrents, <=, BT_LIMIT_DHT_SWARMS);
  g_assert_cmpuint (status.n_stored_items, <=, BT_LIMIT_DHT_ITEMS);
  g_assert_cmpint (bt_dht_deadline (stage->dht), <, G_MAXINT64);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtReader reader = bt_reader (data, size);
  Stage stage = { .now = G_USEC_PER_SEC };
  BtDhtConfig config = { 0 };
  BtEndpoint router = get_sender (255);
  FtFuzzRecord record;

  bt_random_seed (&stage.random, 1);
  stage.dht = bt_dht_new (&ops, &stage, &config, &stage.random, stage.now);
  bt_dht_add_address (stage.dht, &router, stage.now);
  wait (&stage, 1);
  while (ft_fuzz_next_record (&reader, &record))
    {
      play (&stage, &record);
      check (&stage);
    }
  bt_dht_free (stage.dht);
  return 0;
}
