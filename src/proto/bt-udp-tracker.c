/* bt-udp-tracker.c: one exchange with a UDP tracker, without the socket.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-udp-tracker.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-reader.h"
#include "bt-text.h"
#include "bt-writer.h"

/* How an exchange goes (BEP 15):
 *
 *   poll ──► connect ──► (connection id) ──► request ──► reply: done
 *              │ 15·2^n s without answer        │ the same; when the id is over 60 s old by then, or
 *              └── again                        └── was not given to this exchange, connect again first
 *
 * n counts what went unanswered. The first connection id starts it anew, for the tracker is alive;
 * later ones do not, so that a tracker that answers connects alone cannot keep us for ever. */

#define PROTOCOL_ID G_GUINT64_CONSTANT (0x41727101980)
#define CONNECTION_LIFETIME_US ((gint64) 60 * G_USEC_PER_SEC)
#define FIRST_WAIT_US ((gint64) 15 * G_USEC_PER_SEC)
#define MAX_RETRANSMISSIONS 8

#define HEAD_SIZE 16 /* of a request */
#define COMPACT4_SIZE 6
#define COMPACT6_SIZE 18

#define OPTION_URL_DATA 2 /* BEP 41 */
#define OPTION_MAX_DATA 255

typedef enum
{
  ACTION_CONNECT = 0,
  ACTION_ANNOUNCE = 1,
  ACTION_SCRAPE = 2,
  ACTION_ERROR = 3,
  ACTION_NONE, /* never on the wire: nothing is awaited */
} Action;

struct _BtUdpConnections
{
  GHashTable *by_tracker; /* BtEndpoint → Connection */
};

typedef struct
{
  BtEndpoint tracker;
  guint64 id;
  gint64 received; /* monotonic µs */
} Connection;

struct _BtUdpExchange
{
  BtUdpConnections *connections; /* not owned */
  BtEndpoint tracker;
  BtRandom secret;
  BtUdpExchangeState state;
  Action request; /* announce or scrape */
  guint8 *body; /* (array length=body_size): the request behind its head of 16 bytes */
  gsize body_size;

  Action sent; /* what waits for an answer */
  guint32 transaction;
  guint n;            /* transmissions without an answer */
  gboolean requested; /* the request itself went out at least once */
  gboolean fresh;     /* the connection id was given to this exchange, not shared with it */
  gint64 deadline;

  BtAnnounceReply *reply; /* (nullable) */
  BtScrapeReply scrape;
  char *failure;          /* (nullable): of a scrape */
};

BtUdpConnections *
bt_udp_connections_new (void)
{
  BtUdpConnections *connections = g_new0 (BtUdpConnections, 1);

  connections->by_tracker
    = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, NULL, g_free);
  return connections;
}

void
bt_udp_connections_free (BtUdpConnections *connections)
{
  g_hash_table_unref (connections->by_tracker);
  g_free (connections);
}

static gboolean
is_expired (gpointer key, gpointer value, gpointer now)
{
  const Connection *connection = value;

  return *(const gint64 *) now - connection->received >= CONNECTION_LIFETIME_US;
}

/* Expired ones leave here, so that the table holds the trackers of the last minute. */
static void
remember_connection (BtUdpConnections *connections,
                     const BtEndpoint *tracker,
                     guint64 id,
                     gint64 now)
{
  Connection *connection = g_new0 (Connection, 1);

  g_hash_table_foreach_remove (connections->by_tracker, is_expired, &now);
  connection->tracker = *tracker;
  connection->id = id;
  connection->received = now;
  g_hash_table_replace (connections->by_tracker, &connection->tracker, connection);
}

static gboolean
find_connection (BtUdpConnections *connections, const BtEndpoint *tracker, gint64 now, guint64 *id)
{
  Connection *connection = g_hash_table_lookup (connections->by_tracker, tracker);

  if (connection == NULL || is_expired (NULL, connection, &now))
    return FALSE;
  *id = connection->id;
  return TRUE;
}

static BtUdpExchange *
new_exchange (BtUdpConnections *connections,
              const BtEndpoint *tracker,
              Action request,
              BtRandom *secret)
{
  BtUdpExchange *exchange = g_new0 (BtUdpExchange, 1);

  exchange->connections = connections;
  exchange->tracker = *tracker;
  bt_random_seed (&exchange->secret, bt_random_u64 (secret));
  exchange->state = BT_UDP_EXCHANGE_WAITING;
  exchange->request = request;
  exchange->sent = ACTION_NONE;
  return exchange;
}

/* BEP 41. A path that cannot fit is left out whole: half of it would name something else. */
static void
write_url_data (BtWriter *writer, const char *url_path)
{
  gsize left = strlen (url_path);
  gsize n_chunks = MAX (1, (left + OPTION_MAX_DATA - 1) / OPTION_MAX_DATA);

  if (left > BT_LIMIT_URL_BYTES || left + 2 * n_chunks > writer->size - writer->used)
    return;
  for (gsize i = 0; i < n_chunks; i++)
    {
      gsize size = MIN (left, OPTION_MAX_DATA);

      bt_writer_u8 (writer, OPTION_URL_DATA);
      bt_writer_u8 (writer, (guint8) size);
      bt_writer_bytes (writer, url_path, size);
      url_path += size;
      left -= size;
    }
}

BtUdpExchange *
bt_udp_exchange_new_announce (BtUdpConnections *connections,
                              const BtEndpoint *tracker,
                              const BtAnnounceRequest *request,
                              const char *url_path,
                              BtRandom *secret)
{
  BtUdpExchange *exchange = new_exchange (connections, tracker, ACTION_ANNOUNCE, secret);
  guint8 body[BT_UDP_TRACKER_MAX_PACKET - HEAD_SIZE];
  BtWriter writer = bt_writer (body, sizeof body);
  gint num_want = request->event == BT_ANNOUNCE_STOPPED ? 0 : MAX (request->num_want, -1);

  bt_writer_bytes (&writer, request->info_hash.bytes, sizeof request->info_hash.bytes);
  bt_writer_bytes (&writer, request->peer_id, sizeof request->peer_id);
  bt_writer_u64 (&writer, request->downloaded);
  bt_writer_u64 (&writer, request->left);
  bt_writer_u64 (&writer, request->uploaded);
  bt_writer_u32 (&writer, (guint32) request->event);
  bt_writer_u32 (&writer, 0); /* our address: the one the packet comes from */
  bt_writer_u32 (&writer, request->key);
  bt_writer_u32 (&writer, (guint32) num_want);
  bt_writer_u16 (&writer, request->port);
  if (url_path != NULL)
    write_url_data (&writer, url_path);
  exchange->body = g_memdup2 (body, writer.used);
  exchange->body_size = writer.used;
  return exchange;
}

BtUdpExchange *
bt_udp_exchange_new_scrape (BtUdpConnections *connections,
                            const BtEndpoint *tracker,
                            const BtSha1 *info_hash,
                            BtRandom *secret)
{
  BtUdpExchange *exchange = new_exchange (connections, tracker, ACTION_SCRAPE, secret);

  exchange->body = g_memdup2 (info_hash->bytes, sizeof info_hash->bytes);
  exchange->body_size = sizeof info_hash->bytes;
  return exchange;
}

void
bt_udp_exchange_free (BtUdpExchange *exchange)
{
  g_clear_pointer (&exchange->reply, bt_announce_reply_free);
  g_free (exchange->failure);
  g_free (exchange->body);
  g_free (exchange);
}

static void
finish (BtUdpExchange *exchange, BtUdpExchangeState state)
{
  exchange->state = state;
  exchange->deadline = G_MAXINT64;
}

/* A transaction id belongs to one action: a late answer to another is not for us any more.
 * Retransmissions of the same keep theirs, so that a slow answer still counts. */
static void
turn_to (BtUdpExchange *exchange, Action action)
{
  if (exchange->sent == action)
    return;
  exchange->sent = action;
  exchange->transaction = bt_random_u32 (&exchange->secret);
  if (action != ACTION_CONNECT && !exchange->requested)
    {
      exchange->requested = TRUE;
      exchange->n = 0;
    }
}

gsize
bt_udp_exchange_poll (BtUdpExchange *exchange, gint64 now, guint8 out[BT_UDP_TRACKER_MAX_PACKET])
{
  BtWriter writer = bt_writer (out, BT_UDP_TRACKER_MAX_PACKET);
  guint64 id;
  gboolean connected;

  if (exchange->state != BT_UDP_EXCHANGE_WAITING || now < exchange->deadline)
    return 0;
  /* A tracker that has forgotten an id may drop what comes with it: the next time we bring one of our own. */
  if (exchange->sent == exchange->request && !exchange->fresh)
    g_hash_table_remove (exchange->connections->by_tracker, &exchange->tracker);
  connected = find_connection (exchange->connections, &exchange->tracker, now, &id);
  turn_to (exchange, connected ? exchange->request : ACTION_CONNECT);
  if (exchange->n > MAX_RETRANSMISSIONS)
    {
      finish (exchange, BT_UDP_EXCHANGE_FAILED);
      return 0;
    }

  bt_writer_u64 (&writer, connected ? id : PROTOCOL_ID);
  bt_writer_u32 (&writer, exchange->sent);
  bt_writer_u32 (&writer, exchange->transaction);
  if (connected)
    bt_writer_bytes (&writer, exchange->body, exchange->body_size);
  exchange->deadline = now + (FIRST_WAIT_US << exchange->n);
  exchange->n++;
  return writer.used;
}

gint64
bt_udp_exchange_deadline (const BtUdpExchange *exchange)
{
  return exchange->deadline;
}

/* The next poll sends something else; until then no datagram is awaited. */
static void
proceed (BtUdpExchange *exchange, gint64 now)
{
  exchange->sent = ACTION_NONE;
  exchange->deadline = now;
}

static void
receive_connect (BtUdpExchange *exchange, gint64 now, BtReader *packet)
{
  guint64 id;

  if (!bt_reader_u64 (packet, &id))
    return;
  remember_connection (exchange->connections, &exchange->tracker, id, now);
  exchange->fresh = TRUE;
  exchange->n--;
  proceed (exchange, now);
}

static void
read_peers (BtUdpExchange *exchange, BtReader *packet, GArray *peers)
{
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (&exchange->tracker);
  const guint8 *bytes;

  while (peers->len < BT_LIMIT_TRACKER_PEERS
         && bt_reader_take (packet, is_ipv4 ? COMPACT4_SIZE : COMPACT6_SIZE, &bytes))
    {
      BtEndpoint peer;

      if (is_ipv4)
        bt_endpoint_from_compact4 (&peer, bytes);
      else
        bt_endpoint_from_compact6 (&peer, bytes);
      if (bt_endpoint_is_usable_peer (&peer))
        g_array_append_val (peers, peer);
    }
}

static void
receive_announce (BtUdpExchange *exchange, BtReader *packet)
{
  guint32 interval, leechers, seeds;

  if (!bt_reader_u32 (packet, &interval) || !bt_reader_u32 (packet, &leechers)
      || !bt_reader_u32 (packet, &seeds))
    return;
  exchange->reply = bt_announce_reply_new ();
  exchange->reply->interval_s = interval;
  exchange->reply->n_leechers = leechers;
  exchange->reply->n_seeds = seeds;
  read_peers (exchange, packet, exchange->reply->peers);
  finish (exchange, BT_UDP_EXCHANGE_DONE);
}

static void
receive_scrape (BtUdpExchange *exchange, BtReader *packet)
{
  guint32 seeds, completed, leechers;

  if (!bt_reader_u32 (packet, &seeds) || !bt_reader_u32 (packet, &completed)
      || !bt_reader_u32 (packet, &leechers))
    return;
  exchange->scrape.n_seeds = seeds;
  exchange->scrape.n_downloaded = completed;
  exchange->scrape.n_leechers = leechers;
  finish (exchange, BT_UDP_EXCHANGE_DONE);
}

/* A request with a connection id that another exchange got may be refused only because the tracker
 * has forgotten it (it restarted, or our address changed): then we connect ourselves. */
static void
receive_error (BtUdpExchange *exchange, gint64 now, BtReader *packet)
{
  g_autofree char *text = NULL;

  if (exchange->sent != ACTION_CONNECT && !exchange->fresh)
    {
      g_hash_table_remove (exchange->connections->by_tracker, &exchange->tracker);
      proceed (exchange, now);
      return;
    }
  if (packet->left > 0)
    text = bt_text_for_display (packet->data, packet->left, BT_LIMIT_TEXT_TRACKER);
  if (text == NULL || *text == '\0')
    {
      g_free (text);
      text = g_strdup ("The tracker refused without a reason");
    }
  if (exchange->request == ACTION_SCRAPE)
    exchange->failure = g_steal_pointer (&text);
  else
    {
      exchange->reply = bt_announce_reply_new ();
      exchange->reply->failure = g_steal_pointer (&text);
    }
  finish (exchange, BT_UDP_EXCHANGE_DONE);
}

gboolean
bt_udp_exchange_receive (BtUdpExchange *exchange,
                         gint64 now,
                         const BtEndpoint *from,
                         const void *packet,
                         gsize length)
{
  BtReader reader = bt_reader (packet, length);
  guint32 action, transaction;

  if (exchange->state != BT_UDP_EXCHANGE_WAITING || exchange->sent == ACTION_NONE)
    return FALSE;
  if (!bt_endpoint_equal (from, &exchange->tracker))
    return FALSE;
  if (!bt_reader_u32 (&reader, &action) || !bt_reader_u32 (&reader, &transaction)
      || transaction != exchange->transaction)
    return FALSE;

  /* Too short for what it is, or an answer to something else: no answer at all. */
  if (action == ACTION_ERROR)
    receive_error (exchange, now, &reader);
  else if (action != exchange->sent)
    return TRUE;
  else if (action == ACTION_CONNECT)
    receive_connect (exchange, now, &reader);
  else if (action == ACTION_ANNOUNCE)
    receive_announce (exchange, &reader);
  else
    receive_scrape (exchange, &reader);
  return TRUE;
}

BtUdpExchangeState
bt_udp_exchange_state (const BtUdpExchange *exchange)
{
  return exchange->state;
}

BtAnnounceReply *
bt_udp_exchange_take_announce (BtUdpExchange *exchange)
{
  return g_steal_pointer (&exchange->reply);
}

gboolean
bt_udp_exchange_take_scrape (BtUdpExchange *exchange, BtScrapeReply *out, GError **error)
{
  if (exchange->state != BT_UDP_EXCHANGE_DONE)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_TIMED_OUT, "The tracker does not answer");
      return FALSE;
    }
  if (exchange->failure != NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_REMOTE, exchange->failure);
      return FALSE;
    }
  *out = exchange->scrape;
  return TRUE;
}
