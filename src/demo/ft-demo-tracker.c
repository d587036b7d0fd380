/* ft-demo-tracker.c: a small HTTP tracker on loopback (BEP 3, 7, 23).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-demo-tracker.h"

#include "bt-bencode.h"
#include "bt-endpoint.h"
#include "bt-hash.h"

#include <libsoup/soup.h>
#include <string.h>

#define DEFAULT_INTERVAL_S 5
#define DEFAULT_NUM_WANT 50
#define MAX_NUM_WANT 200
#define PEER_ID_SIZE 20

/* Anybody on this machine can announce: what is kept has a bound. */
#define MAX_SWARMS 100
#define MAX_PEERS 1000

typedef struct
{
  guint8 peer_id[PEER_ID_SIZE];
  BtEndpoint endpoint;
  gboolean complete;
  gint64 seen_at; /* monotonic µs */
} Peer;

struct _FtDemoTracker
{
  SoupServer *server;
  GHashTable *swarms; /* BtSha1* -> GArray of Peer */
  guint interval_s;
  guint n_announces;
};

typedef struct
{
  BtSha1 info_hash;
  Peer peer;
  gboolean stopped;
  guint num_want;
} Announce;

/* A value of a raw query; info-hashes are bytes, so the form helpers, which want text, won't do. */
static GBytes *
find_parameter (const char *query, const char *name)
{
  gsize name_length = strlen (name);

  for (const char *p = query; p != NULL && *p != '\0';)
    {
      gsize length = strcspn (p, "&");

      if (length > name_length && p[name_length] == '=' && strncmp (p, name, name_length) == 0)
        return g_uri_unescape_bytes (p + name_length + 1, length - name_length - 1, NULL, NULL);
      p += length;
      p += strspn (p, "&");
    }
  return NULL;
}

static gboolean
read_bytes (const char *query, const char *name, guint8 *out, gsize size)
{
  g_autoptr (GBytes) value = find_parameter (query, name);

  if (value == NULL || g_bytes_get_size (value) != size)
    return FALSE;
  memcpy (out, g_bytes_get_data (value, NULL), size);
  return TRUE;
}

/* (nullable) */
static char *
read_text (const char *query, const char *name)
{
  g_autoptr (GBytes) value = find_parameter (query, name);
  gsize length;
  const char *text;

  if (value == NULL)
    return NULL;
  text = g_bytes_get_data (value, &length);
  return g_strndup (text, length);
}

static gboolean
read_number (const char *query, const char *name, guint64 max, guint64 *out)
{
  g_autofree char *text = read_text (query, name);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, max, out, NULL);
}

static gboolean
read_remote (SoupServerMessage *message, guint16 port, BtEndpoint *out)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);
  g_autofree char *ip = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  ip = g_inet_address_to_string (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return bt_endpoint_parse_ip (out, ip, port);
}

/* Returns: (nullable): NULL if all is well, or what the asker is told. */
static const char *
read_announce (SoupServerMessage *message, Announce *out)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_autofree char *event = NULL;
  guint64 port, left, num_want;

  if (query == NULL || !read_bytes (query, "info_hash", out->info_hash.bytes, BT_SHA1_SIZE))
    return "info_hash must be 20 bytes";
  if (!read_bytes (query, "peer_id", out->peer.peer_id, PEER_ID_SIZE))
    return "peer_id must be 20 bytes";
  if (!read_number (query, "port", G_MAXUINT16, &port))
    return "port must be a number up to 65535";
  if (!read_remote (message, (guint16) port, &out->peer.endpoint))
    return "no usable address";
  if (!read_number (query, "left", G_MAXUINT64, &left))
    left = 1;
  if (!read_number (query, "numwant", G_MAXUINT32, &num_want))
    num_want = DEFAULT_NUM_WANT;
  event = read_text (query, "event");
  out->stopped = g_strcmp0 (event, "stopped") == 0;
  out->peer.complete = left == 0;
  out->peer.seen_at = g_get_monotonic_time ();
  out->num_want = (guint) MIN (num_want, MAX_NUM_WANT);
  return NULL;
}

/* Those who went without a word are forgotten after three intervals. */
static void
forget_silent_peers (GArray *swarm, gint64 oldest)
{
  for (guint i = swarm->len; i > 0; i--)
    if (g_array_index (swarm, Peer, i - 1).seen_at < oldest)
      g_array_remove_index_fast (swarm, i - 1);
}

/* One peer may have an IPv4 and an IPv6 address: both are kept. */
static gboolean
is_same_peer (const Peer *a, const Peer *b)
{
  return memcmp (a->peer_id, b->peer_id, PEER_ID_SIZE) == 0
         && bt_endpoint_is_ipv4 (&a->endpoint) == bt_endpoint_is_ipv4 (&b->endpoint);
}

static gboolean
update_swarm (GArray *swarm, const Announce *announce)
{
  guint i = 0;

  while (i < swarm->len && !is_same_peer (&g_array_index (swarm, Peer, i), &announce->peer))
    i++;
  if (i < swarm->len)
    g_array_remove_index_fast (swarm, i);
  if (announce->stopped)
    return TRUE;
  if (swarm->len >= MAX_PEERS)
    return FALSE;
  g_array_append_val (swarm, announce->peer);
  return TRUE;
}

/* (nullable): NULL when there are too many. */
static GArray *
find_swarm (FtDemoTracker *self, const BtSha1 *info_hash)
{
  GArray *swarm = g_hash_table_lookup (self->swarms, info_hash);

  if (swarm != NULL || g_hash_table_size (self->swarms) >= MAX_SWARMS)
    return swarm;
  swarm = g_array_new (FALSE, FALSE, sizeof (Peer));
  g_hash_table_insert (self->swarms, g_memdup2 (info_hash, sizeof *info_hash), swarm);
  return swarm;
}

static void
append_compact (GByteArray *bytes, const BtEndpoint *endpoint)
{
  guint16 port = GUINT16_TO_BE (endpoint->port);

  /* An IPv4 address is the last four bytes of its mapped form. */
  if (bt_endpoint_is_ipv4 (endpoint))
    g_byte_array_append (bytes, endpoint->ip + 12, 4);
  else
    g_byte_array_append (bytes, endpoint->ip, 16);
  g_byte_array_append (bytes, (const guint8 *) &port, 2);
}

static GBytes *
build_reply (FtDemoTracker *self, GArray *swarm, const Announce *announce)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  g_autoptr (GByteArray) peers = g_byte_array_new ();
  g_autoptr (GByteArray) peers6 = g_byte_array_new ();
  guint n_complete = 0, n_given = 0;

  for (guint i = 0; i < swarm->len; i++)
    {
      const Peer *peer = &g_array_index (swarm, Peer, i);

      n_complete += peer->complete ? 1 : 0;
      if (n_given >= announce->num_want || peer->endpoint.port == 0
          || memcmp (peer->peer_id, announce->peer.peer_id, PEER_ID_SIZE) == 0)
        continue;
      append_compact (bt_endpoint_is_ipv4 (&peer->endpoint) ? peers : peers6, &peer->endpoint);
      n_given++;
    }
  bt_bencode_writer_begin_dict (writer);
  bt_bencode_writer_key (writer, "complete");
  bt_bencode_writer_int (writer, n_complete);
  bt_bencode_writer_key (writer, "incomplete");
  bt_bencode_writer_int (writer, swarm->len - n_complete);
  bt_bencode_writer_key (writer, "interval");
  bt_bencode_writer_int (writer, self->interval_s);
  bt_bencode_writer_key (writer, "peers");
  bt_bencode_writer_bytes (writer, peers->data, peers->len);
  bt_bencode_writer_key (writer, "peers6");
  bt_bencode_writer_bytes (writer, peers6->data, peers6->len);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}

static GBytes *
build_failure (const char *reason)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();

  bt_bencode_writer_begin_dict (writer);
  bt_bencode_writer_key (writer, "failure reason");
  bt_bencode_writer_string (writer, reason);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}

static GBytes *
answer_announce (FtDemoTracker *self, SoupServerMessage *message)
{
  Announce announce = { 0 };
  const char *failure = read_announce (message, &announce);
  gint64 oldest = g_get_monotonic_time () - 3 * (gint64) self->interval_s * G_USEC_PER_SEC;
  GArray *swarm;

  if (failure != NULL)
    return build_failure (failure);
  swarm = find_swarm (self, &announce.info_hash);
  if (swarm == NULL)
    return build_failure ("too many torrents");
  forget_silent_peers (swarm, oldest);
  if (!update_swarm (swarm, &announce))
    return build_failure ("too many peers");
  self->n_announces++;
  return build_reply (self, swarm, &announce);
}

static void
announce_cb (SoupServer *server,
             SoupServerMessage *message,
             const char *path,
             GHashTable *query,
             gpointer user_data)
{
  g_autoptr (GBytes) body = NULL;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (strcmp (soup_server_message_get_method (message), SOUP_METHOD_GET) != 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
      return;
    }
  body = answer_announce (user_data, message);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_content_type (headers, "text/plain", NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}

FtDemoTracker *
ft_demo_tracker_new (GError **error)
{
  g_autoptr (FtDemoTracker) self = g_new0 (FtDemoTracker, 1);

  self->interval_s = DEFAULT_INTERVAL_S;
  self->swarms = g_hash_table_new_full (bt_sha1_hash, bt_sha1_equal, g_free,
                                        (GDestroyNotify) g_array_unref);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, "/announce", announce_cb, self, NULL);
  /* With port 0 both families get the same port. */
  if (!soup_server_listen_local (self->server, 0, 0, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
ft_demo_tracker_free (FtDemoTracker *self)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_hash_table_unref (self->swarms);
  g_free (self);
}

char *
ft_demo_tracker_dup_url (FtDemoTracker *self, GSocketFamily family)
{
  GSList *uris = soup_server_get_uris (self->server);
  char *url = NULL;

  for (GSList *l = uris; l != NULL && url == NULL; l = l->next)
    {
      gboolean is_ipv6 = strchr (g_uri_get_host (l->data), ':') != NULL;
      const char *host = is_ipv6 ? "[::1]" : "127.0.0.1";

      if (is_ipv6 == (family == G_SOCKET_FAMILY_IPV6))
        url = g_strdup_printf ("http://%s:%d/announce", host, g_uri_get_port (l->data));
    }
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return url;
}

void
ft_demo_tracker_set_interval (FtDemoTracker *self, guint interval_s)
{
  g_return_if_fail (interval_s > 0);

  self->interval_s = interval_s;
}

guint
ft_demo_tracker_get_n_announces (FtDemoTracker *self)
{
  return self->n_announces;
}
