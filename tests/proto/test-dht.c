/* test-dht.c: one DHT node, and what it says to datagrams made by hand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht.h"

#include "bt-dht-item.h"
#include "bt-dht-table.h"
#include "bt-limits.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

typedef struct
{
  BtEndpoint to;
  GBytes *bytes;
} Sent;

typedef struct
{
  BtDht *dht;
  gint64 now;
  BtRandom random;
  GArray *sent; /* of Sent */
} Fixture;

static void
send_cb (gpointer owner, const BtEndpoint *to, const void *bytes, gsize length)
{
  Fixture *f = owner;
  Sent sent = { *to, g_bytes_new (bytes, length) };

  g_array_append_val (f->sent, sent);
}

static void
random_cb (gpointer owner, void *out, gsize length)
{
  bt_random_fill (&((Fixture *) owner)->random, out, length);
}

static const BtDhtOps ops = { .send = send_cb, .random = random_cb };

static void
clear_sent (gpointer data)
{
  g_bytes_unref (((Sent *) data)->bytes);
}

static BtDht *
make_dht (Fixture *f, gboolean is_ipv6)
{
  BtNodeId id;

  memcpy (id.bytes, "mnopqrstuvwxyz123456", BT_NODE_ID_SIZE);
  return bt_dht_new (&ops, f, &(BtDhtConfig){ .is_ipv6 = is_ipv6, .id = &id }, &f->random, f->now);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  bt_random_seed (&f->random, 1);
  f->now = 1000 * SECOND;
  f->sent = g_array_new (FALSE, FALSE, sizeof (Sent));
  g_array_set_clear_func (f->sent, clear_sent);
  f->dht = make_dht (f, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  bt_dht_free (f->dht);
  g_array_unref (f->sent);
}

static BtEndpoint
at (const char *text)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  return endpoint;
}

static void
input (Fixture *f, const char *from, const void *bytes, gsize length)
{
  BtEndpoint endpoint = at (from);

  bt_dht_input (f->dht, &endpoint, bytes, length, f->now);
}

static void
run (Fixture *f, gint64 us)
{
  gint64 end = f->now + us;

  while (bt_dht_deadline (f->dht) <= end)
    {
      f->now = MAX (f->now, bt_dht_deadline (f->dht));
      bt_dht_tick (f->dht, f->now);
    }
  f->now = end;
}

/* The last datagram that was sent, decoded; the array keeps it. */
static void
read_last (Fixture *f, BtKrpcMessage *out)
{
  const BtEndpoint from = at ("99.9.9.9:9");
  const Sent *last;
  gsize length;
  const void *bytes;

  g_assert_cmpuint (f->sent->len, >, 0);
  last = &g_array_index (f->sent, Sent, f->sent->len - 1);
  bytes = g_bytes_get_data (last->bytes, &length);
  g_assert_true (bt_krpc_decode (bytes, length, &from, out));
}

/* What it answers to @query; checks that it does, to whom, and to what. */
static void
ask (Fixture *f, const char *from, const char *query, BtKrpcMessage *out)
{
  BtEndpoint endpoint = at (from);
  guint n_sent = f->sent->len;

  input (f, from, query, strlen (query));
  g_assert_cmpuint (f->sent->len, ==, n_sent + 1);
  g_assert_true (bt_endpoint_equal (&g_array_index (f->sent, Sent, n_sent).to, &endpoint));
  read_last (f, out);
  g_assert_cmpmem (out->transaction.data, out->transaction.length, "aa", 2);
  g_assert_true (out->has_ip);
  g_assert_true (bt_endpoint_equal (&out->ip, &endpoint));
}

static void
assert_error (Fixture *f, const char *query, int code)
{
  BtKrpcMessage answer;

  ask (f, "20.1.1.1:6881", query, &answer);
  g_assert_cmpint (answer.type, ==, BT_KRPC_ERROR);
  g_assert_cmpint (answer.code, ==, code);
}

/* The packets of BEP 5. */
static void
test_vectors (Fixture *f, gconstpointer data)
{
  BtKrpcMessage answer;

  ask (f, "20.1.1.1:6881", "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe", &answer);
  g_assert_cmpint (answer.type, ==, BT_KRPC_REPLY);
  g_assert_cmpmem (answer.id.bytes, BT_NODE_ID_SIZE, "mnopqrstuvwxyz123456", 20);

  ask (f, "20.1.1.1:6881",
       "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
       &answer);
  g_assert_cmpint (answer.type, ==, BT_KRPC_REPLY);
  g_assert_true (answer.has_nodes);
  g_assert_false (answer.has_nodes6);

  ask (f, "20.1.1.1:6881",
       "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
       &answer);
  g_assert_cmpint (answer.type, ==, BT_KRPC_REPLY);
  g_assert_true (answer.has_nodes);
  g_assert_cmpuint (answer.token.length, ==, 8);
  g_assert_cmpuint (answer.n_values, ==, 0);

  assert_error (f,
                "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz123456"
                "4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
                BT_KRPC_ERROR_PROTOCOL);
}

static GString *
begin_query (const char *arguments)
{
  GString *query = g_string_new ("d1:ad2:id20:abcdefghij0123456789");

  g_string_append (query, arguments);
  return query;
}

static void
append_token (GString *query, BtKrpcSpan token)
{
  g_string_append_printf (query, "5:token%" G_GSIZE_FORMAT ":", token.length);
  g_string_append_len (query, (const char *) token.data, (gssize) token.length);
}

/* For queries in which a token may have any bytes. */
static void
ask_bytes (Fixture *f, const char *from, const GString *query, BtKrpcMessage *out)
{
  guint n_sent = f->sent->len;

  input (f, from, query->str, query->len);
  g_assert_cmpuint (f->sent->len, ==, n_sent + 1);
  read_last (f, out);
}

static void
get_token (Fixture *f, const char *from, BtKrpcMessage *out)
{
  ask (f, from,
       "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
       out);
}

static int
announce (Fixture *f, const char *from, const char *port, BtKrpcSpan token)
{
  g_autoptr (GString) query = begin_query ("");
  BtKrpcMessage answer;

  g_string_append_printf (query, "%s9:info_hash20:mnopqrstuvwxyz1234564:porti7000e", port);
  append_token (query, token);
  g_string_append (query, "e1:q13:announce_peer1:t2:aa1:y1:qe");
  ask_bytes (f, from, query, &answer);
  return answer.type == BT_KRPC_REPLY ? 0 : (int) answer.code;
}

static void
test_announce (Fixture *f, gconstpointer data)
{
  BtKrpcMessage answer;
  guint8 token[8];
  BtKrpcSpan span = { token, sizeof token };
  BtEndpoint peer;

  get_token (f, "20.1.1.1:6881", &answer);
  memcpy (token, answer.token.data, sizeof token);
  g_assert_cmpint (announce (f, "20.1.1.1:6881", "", span), ==, 0);
  g_assert_cmpint (announce (f, "20.1.1.2:6881", "", span), ==, BT_KRPC_ERROR_PROTOCOL); /* not his */
  get_token (f, "20.1.1.9:1025", &answer);
  g_assert_cmpuint (answer.n_values, ==, 1);
  peer = at ("20.1.1.1:7000");
  g_assert_true (bt_endpoint_equal (&answer.values[0], &peer));
  /* Again, at the port that the datagram comes from. */
  g_assert_cmpint (announce (f, "20.1.1.1:6881", "12:implied_porti1e", span), ==, 0);
  get_token (f, "20.1.1.9:1025", &answer);
  g_assert_cmpuint (answer.n_values, ==, 1);
  peer = at ("20.1.1.1:6881");
  g_assert_true (bt_endpoint_equal (&answer.values[0], &peer));
  /* A token is good for five minutes at least, for ten at most. */
  run (f, 5 * MINUTE);
  g_assert_cmpint (announce (f, "20.1.1.1:6881", "", span), ==, 0);
  run (f, 5 * MINUTE);
  g_assert_cmpint (announce (f, "20.1.1.1:6881", "", span), ==, BT_KRPC_ERROR_PROTOCOL);
}

static void
test_methods (Fixture *f, gconstpointer data)
{
  BtKrpcMessage answer;

  ask (f, "20.1.1.1:6881",
       "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q6:levels1:t2:aa1:y1:qe",
       &answer);
  g_assert_true (answer.has_nodes);
  assert_error (f, "d1:ad2:id20:abcdefghij0123456789e1:q6:levels1:t2:aa1:y1:qe", BT_KRPC_ERROR_METHOD);
  assert_error (f, "d1:ad2:id20:abcdefghij0123456789e1:q9:get_peers1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL);
  assert_error (f, "d1:ad2:id3:abce1:q4:ping1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL);
  ask (f, "20.1.1.1:6881",
       "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q17:sample_infohashes1:t2:aa1:y1:qe",
       &answer);
  g_assert_true (answer.has_samples);
  g_assert_cmpint (answer.n_stored, ==, 0);
}

/* What is no bencoding, no message, of the wrong family, or from nowhere, is not answered. */
static void
test_silence (Fixture *f, gconstpointer data)
{
  static const char ping[] = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe";
  static const char ours[] = "d1:ad2:id20:mnopqrstuvwxyz123456e1:q4:ping1:t2:aa1:y1:qe";

  input (f, "20.1.1.1:6881", "d", 1);
  input (f, "20.1.1.1:6881", "de", 2);
  input (f, "20.1.1.1:6881", "d1:t2:aa1:y1:xe", 15);
  input (f, "[2a00::1]:6881", ping, strlen (ping));
  input (f, "20.1.1.1:0", ping, strlen (ping));
  input (f, "224.1.1.1:5000", ping, strlen (ping));
  input (f, "20.1.1.1:6881", ours, strlen (ours));
  g_assert_cmpuint (f->sent->len, ==, 0);
  bt_dht_set_read_only (f->dht, TRUE);
  input (f, "20.1.1.1:6881", ping, strlen (ping));
  g_assert_cmpuint (f->sent->len, ==, 0);
}

/* Answers to what we did not ask, or from elsewhere, teach us nothing. */
static void
test_unasked (Fixture *f, gconstpointer data)
{
  static const char reply[]
    = "d1:rd2:id20:0123456789abcdefghij5:nodes26:zzzzzzzzzzzzzzzzzzzz\x14\x02\x02\x02\x1a\xe1"
      "e1:t4:aaaa1:y1:re";
  g_autoptr (GByteArray) forged = g_byte_array_new ();
  BtEndpoint asked = at ("20.3.3.3:6881");
  BtDhtStatus status;
  const guint8 *bytes;
  gsize length;

  input (f, "20.1.1.1:6881", reply, sizeof reply - 1);
  bt_dht_add_address (f->dht, &asked, f->now);
  run (f, SECOND / 10);
  g_assert_cmpuint (f->sent->len, ==, 1);
  input (f, "20.3.3.3:6881", reply, sizeof reply - 1); /* another transaction */
  g_byte_array_append (forged, (const guint8 *) reply, sizeof reply - 1);
  bytes = g_bytes_get_data (g_array_index (f->sent, Sent, 0).bytes, &length);
  for (gsize i = 0; i + 7 < length; i++)
    if (memcmp (bytes + i, "1:t4:", 5) == 0)
      memcpy (forged->data + forged->len - 4 - 7, bytes + i + 5, 4);
  input (f, "20.3.3.3:6882", forged->data, forged->len); /* another port */
  input (f, "20.3.3.4:6881", forged->data, forged->len); /* another address */
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpuint (status.n_nodes, ==, 0);
  input (f, "20.3.3.3:6881", forged->data, forged->len);
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpuint (status.n_nodes, ==, 1);
  g_assert_cmpint (status.state, ==, BT_DHT_WORKING);
}

static void
test_state (Fixture *f, gconstpointer data)
{
  BtEndpoint router = at ("20.5.5.5:6881");
  BtDhtStatus status;

  run (f, MINUTE);
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_IDLE);
  g_assert_cmpuint (f->sent->len, ==, 0);
  bt_dht_add_router (f->dht, &router, f->now);
  run (f, SECOND / 2);
  g_assert_cmpuint (f->sent->len, ==, 1);
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_STARTING);
  run (f, MINUTE);
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_NO_ANSWER);
  /* It is asked ever less often: 2 s, 4 s … 5 min, twice each time. */
  g_array_set_size (f->sent, 0);
  run (f, 60 * MINUTE);
  g_assert_cmpuint (f->sent->len, <=, 40);
  g_assert_cmpuint (f->sent->len, >=, 20);
}

/* Saved nodes have two seconds before routers are troubled. */
static void
test_routers_last (Fixture *f, gconstpointer data)
{
  BtEndpoint router = at ("20.5.5.5:6881");
  BtKrpcNode nodes[20];
  guint n_to_router = 0;

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      g_autofree char *address = g_strdup_printf ("30.1.%u.1:6881", i);

      nodes[i].id = bt_node_id_random (&f->random);
      nodes[i].endpoint = at (address);
    }
  bt_dht_add_router (f->dht, &router, f->now);
  bt_dht_add_saved (f->dht, nodes, G_N_ELEMENTS (nodes), f->now);
  run (f, SECOND);
  for (guint i = 0; i < f->sent->len; i++)
    n_to_router += bt_endpoint_equal (&g_array_index (f->sent, Sent, i).to, &router);
  g_assert_cmpuint (f->sent->len, >=, 4);
  g_assert_cmpuint (n_to_router, ==, 0);
  run (f, 20 * SECOND);
  for (guint i = 0; i < f->sent->len; i++)
    n_to_router += bt_endpoint_equal (&g_array_index (f->sent, Sent, i).to, &router);
  g_assert_cmpuint (n_to_router, >=, 1);
}

/* One who asks too much is not answered any more, and all together get no more than so many bytes. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  static const char query[]
    = "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe";
  gsize n_bytes = 0;
  BtDhtStatus status;

  for (guint i = 0; i < 1000; i++)
    input (f, "20.1.1.1:6881", query, sizeof query - 1);
  g_assert_cmpuint (f->sent->len, <=, BT_LIMIT_DHT_MESSAGES_PER_SOURCE);
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *from = g_strdup_printf ("30.%u.%u.1:6881", i / 250, i % 250);

      input (f, from, query, sizeof query - 1);
      f->now += SECOND / 1000;
    }
  for (guint i = 0; i < f->sent->len; i++)
    n_bytes += g_bytes_get_size (g_array_index (f->sent, Sent, i).bytes);
  g_assert_cmpuint (n_bytes, <=, 8 * BT_LIMIT_DHT_REPLY_BYTES_PER_S); /* five seconds, and a burst */
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpuint (status.n_received, ==, 6000);
  g_assert_cmpuint (status.n_refused + f->sent->len, ==, 6000);
}

static void
count_peers_cb (gpointer data, const BtEndpoint *peers, guint n_peers)
{
  g_assert_not_reached ();
}

static void
note_done_cb (gpointer data, const BtDhtPeersResult *result)
{
  g_assert_cmpuint (result->n_answers, ==, 0);
  ++*(guint *) data;
}

static void
count_done_cb (gpointer data, const BtDhtPeersResult *result)
{
  g_assert_cmpuint (result->n_announced, ==, 1);
  ++*(guint *) data;
}

/* Where nobody is known a search waits a minute for somebody; a cancelled one says nothing. */
static void
test_nobody_known (Fixture *f, gconstpointer data)
{
  BtDhtPeersQuery query = { 0 };
  guint n_done = 0;
  BtDhtSearchId other;
  BtDhtStatus status;

  bt_dht_find_peers (f->dht, &query, count_peers_cb, note_done_cb, &n_done, f->now);
  other = bt_dht_find_peers (f->dht, &query, count_peers_cb, note_done_cb, &n_done, f->now);
  run (f, 50 * SECOND);
  g_assert_cmpuint (n_done, ==, 0);
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpuint (status.n_searches, ==, 2);
  bt_dht_cancel (f->dht, other);
  bt_dht_cancel (f->dht, other);
  run (f, 20 * SECOND);
  g_assert_cmpuint (n_done, ==, 1);
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpuint (status.n_searches, ==, 0);
}

/* Nodes of libtorrent give counts instead of peers when they are asked for them (BEP 33): not while peers
 * are looked for. */
static void
test_peers_before_counts (Fixture *f, gconstpointer data)
{
  static const char reply[] = "d1:rd2:id20:0123456789abcdefghij5:token3:abce1:t4:";
  BtEndpoint asked = at ("20.3.3.3:6881");
  BtDhtPeersQuery query = { .announce = TRUE, .port = 7000, .scrape = TRUE };
  BtKrpcMethod methods[2] = { BT_KRPC_UNKNOWN };
  BtKrpcMessage message;
  guint n_done = 0;

  bt_dht_find_peers (f->dht, &query, count_peers_cb, count_done_cb, &n_done, f->now);
  bt_dht_add_address (f->dht, &asked, f->now);
  run (f, SECOND / 10);
  for (guint i = 0; i < f->sent->len; i++)
    {
      g_autoptr (GString) answer = g_string_new (reply);
      gsize length;
      const void *bytes = g_bytes_get_data (g_array_index (f->sent, Sent, i).bytes, &length);

      g_assert_true (bt_krpc_decode (bytes, length, &asked, &message));
      if (i < 2) /* our own place, and peers */
        g_assert_false (message.scrape);
      else if (i < 4)
        methods[i - 2] = message.method;
      g_string_append_len (answer, (const char *) message.transaction.data, 4);
      g_string_append (answer, "1:y1:re");
      input (f, "20.3.3.3:6881", answer->str, answer->len);
    }
  g_assert_cmpuint (n_done, ==, 1);
  g_assert_cmpint (methods[0], ==, BT_KRPC_ANNOUNCE_PEER);
  g_assert_cmpint (methods[1], ==, BT_KRPC_GET_PEERS);
  g_assert_true (message.scrape);
}

/* In each family it names nodes of the other when that is wanted. */
static void
test_want (Fixture *f, gconstpointer data)
{
  BtDht *ipv6 = make_dht (f, TRUE);
  BtKrpcMessage answer;

  bt_dht_set_sibling (f->dht, ipv6);
  bt_dht_set_sibling (ipv6, f->dht);
  ask (f, "20.1.1.1:6881",
       "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz1234564:wantl2:n42:n6ee1:q9:find_node"
       "1:t2:aa1:y1:qe",
       &answer);
  g_assert_true (answer.has_nodes && answer.has_nodes6);
  ask (f, "20.1.1.1:6881",
       "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz1234564:wantl2:n6ee1:q9:find_node"
       "1:t2:aa1:y1:qe",
       &answer);
  g_assert_true (!answer.has_nodes && answer.has_nodes6);
  bt_dht_set_sibling (f->dht, NULL);
  bt_dht_free (ipv6);
}

/* A token that leaves no room for the item is his own loss. */
static void
test_long_token (Fixture *f, gconstpointer data)
{
  g_autofree char *value = g_strnfill (990, 'x');
  g_autofree char *encoded = g_strdup_printf ("990:%s", value);
  guint8 seed[BT_DHT_SEED_SIZE] = { 7 }, key[BT_KRPC_KEY_SIZE], signature[BT_KRPC_SIGNATURE_SIZE];
  BtKrpcItem item = { .value = { (const guint8 *) encoded, 994 }, .key = key, .signature = signature,
                      .salt = { (const guint8 *) value, 64 }, .has_sequence = TRUE, .sequence = 1 };
  BtEndpoint asked = at ("20.3.3.3:6881");
  BtKrpcMessage query;

  g_assert_true (bt_dht_item_make_key (seed, key));
  g_assert_true (bt_dht_item_sign (&item, seed, signature));
  bt_dht_put_item (f->dht, &item, FALSE, NULL, NULL, f->now);
  bt_dht_add_address (f->dht, &asked, f->now);
  run (f, SECOND / 10);
  for (guint i = 0; i < f->sent->len; i++)
    {
      g_autoptr (GString) reply = g_string_new ("d1:rd2:id20:0123456789abcdefghij");
      gsize length;
      const void *bytes = g_bytes_get_data (g_array_index (f->sent, Sent, i).bytes, &length);

      g_assert_true (bt_krpc_decode (bytes, length, &asked, &query));
      append_token (reply, (BtKrpcSpan){ (const guint8 *) value, 255 });
      g_string_append (reply, "e1:t4:");
      g_string_append_len (reply, (const char *) query.transaction.data, 4);
      g_string_append (reply, "1:y1:re");
      input (f, "20.3.3.3:6881", reply->str, reply->len);
    }
  run (f, SECOND);
  BtDhtStatus status;
  bt_dht_get_status (f->dht, f->now, &status);
  g_assert_cmpuint (status.n_searches, ==, 0); /* it ended, without a copy */
}

static guint
count_sent_to (Fixture *f, const char *address)
{
  BtEndpoint to = at (address);
  guint n = 0;

  for (guint i = 0; i < f->sent->len; i++)
    n += bt_endpoint_equal (&g_array_index (f->sent, Sent, i).to, &to);
  return n;
}

/* Behind low ports are services that know nothing of the DHT: they are neither answered nor asked, whoever names them. */
static void
test_low_ports (Fixture *f, gconstpointer data)
{
  static const char ping[] = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe";
  BtEndpoint named = at ("20.6.6.6:53"), asked = at ("20.3.3.3:6881");
  g_autoptr (GString) reply = g_string_new (NULL);
  BtKrpcMessage answer, query;

  input (f, "20.1.1.1:53", ping, strlen (ping));
  input (f, "20.1.1.1:1023", ping, strlen (ping));
  g_assert_cmpuint (f->sent->len, ==, 0);
  ask (f, "20.1.1.1:1024", ping, &answer);

  bt_dht_add_address (f->dht, &named, f->now);
  bt_dht_add_address (f->dht, &asked, f->now);
  run (f, SECOND / 10);
  g_assert_cmpuint (count_sent_to (f, "20.3.3.3:6881"), >, 0);
  read_last (f, &query);
  g_string_append (reply, "d1:rd2:id20:0123456789abcdefghij5:nodes52:");
  g_string_append_len (reply, "zzzzzzzzzzzzzzzzzzzz\x14\4\4\4\0\x35", 26); /* port 53 */
  g_string_append_len (reply, "yyyyyyyyyyyyyyyyyyyy\x14\5\5\5\4\0", 26);    /* port 1024 */
  g_string_append (reply, "e1:t4:");
  g_string_append_len (reply, (const char *) query.transaction.data, 4);
  g_string_append (reply, "1:y1:re");
  input (f, "20.3.3.3:6881", reply->str, reply->len);
  run (f, 60 * SECOND);
  g_assert_cmpuint (count_sent_to (f, "20.5.5.5:1024"), >, 0);
  g_assert_cmpuint (count_sent_to (f, "20.4.4.4:53") + count_sent_to (f, "20.6.6.6:53"), ==, 0);
}

/* Anything may come: nothing of it may hurt. */
static void
test_fuzz (Fixture *f, gconstpointer data)
{
  static const char *const samples[] = {
    "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234566:scrapei1ee1:q9:get_peers1:t2:aa1:y1:qe",
    "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e"
    "5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
    "d1:ad2:id20:abcdefghij01234567893:seqi1e6:target20:mnopqrstuvwxyz123456e1:q3:get1:t2:aa1:y1:qe",
    "d1:ad3:casi1e2:id20:abcdefghij01234567895:token8:aoeusnth1:v12:Hello World!e1:q3:put1:t2:aa1:y1:qe",
    "d2:ip6:abcdef1:rd2:id20:0123456789abcdefghij5:nodes26:zzzzzzzzzzzzzzzzzzzzabcdef5:token8:aoeusnth"
    "6:valuesl6:axje.u6:idhtnmee1:t4:aaaa1:y1:re",
    "d1:eli201e23:A Generic Error Ocurrede1:t4:aaaa1:y1:ee",
  };
  BtEndpoint asked = at ("20.3.3.3:6881");

  bt_dht_add_address (f->dht, &asked, f->now);
  for (guint round = 0; round < 3000; round++)
    {
      const char *sample = samples[bt_random_below (&f->random, G_N_ELEMENTS (samples))];
      gsize length = strlen (sample);
      g_autofree guint8 *bytes = g_memdup2 (sample, length);

      for (guint i = bt_random_below (&f->random, 4); i > 0; i--)
        bytes[bt_random_below (&f->random, (guint32) length)] = (guint8) bt_random_u32 (&f->random);
      input (f, round % 2 == 0 ? "20.3.3.3:6881" : "127.0.0.1:5000", bytes,
             length - bt_random_below (&f->random, 3));
      run (f, SECOND / 20);
    }
  g_assert_cmpuint (bt_dht_deadline (f->dht), <, G_MAXINT64);
}

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/dht/vectors", test_vectors);
  ADD ("/dht/announce", test_announce);
  ADD ("/dht/methods", test_methods);
  ADD ("/dht/silence", test_silence);
  ADD ("/dht/unasked", test_unasked);
  ADD ("/dht/state", test_state);
  ADD ("/dht/routers-last", test_routers_last);
  ADD ("/dht/flood", test_flood);
  ADD ("/dht/nobody-known", test_nobody_known);
  ADD ("/dht/peers-before-counts", test_peers_before_counts);
  ADD ("/dht/want", test_want);
  ADD ("/dht/long-token", test_long_token);
  ADD ("/dht/low-ports", test_low_ports);
  ADD ("/dht/fuzz", test_fuzz);
  return g_test_run ();
}
