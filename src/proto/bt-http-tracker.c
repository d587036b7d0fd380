/* bt-http-tracker.c: announce and scrape over HTTP, as texts and bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-http-tracker.h"

#include <string.h>

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-limits.h"
#include "bt-text.h"

#define DEFAULT_NUM_WANT 80
#define COMPACT4_SIZE 6
#define COMPACT6_SIZE 18

/* Copies an URL up to its fragment and opens its query, so that parameters can be appended. The URL
 * is never taken apart and put together again: what trackers put into it must stay as it is. */
static GString *
begin_query (const char *base)
{
  gsize length = strcspn (base, "#");
  GString *url = g_string_new_len (base, (gssize) length);

  if (strchr (url->str, '?') == NULL)
    g_string_append_c (url, '?');
  else if (url->str[url->len - 1] != '?' && url->str[url->len - 1] != '&')
    g_string_append_c (url, '&');
  return url;
}

static void
append_bytes (GString *url, const char *name, const void *bytes, gsize length)
{
  g_autofree char *encoded = bt_text_percent_encode (bytes, length);

  g_string_append_printf (url, "%s=%s", name, encoded);
}

char *
bt_http_tracker_announce_url (const char *announce, const BtAnnounceRequest *request)
{
  static const char *const events[] = {
    [BT_ANNOUNCE_NONE] = NULL,
    [BT_ANNOUNCE_COMPLETED] = "completed",
    [BT_ANNOUNCE_STARTED] = "started",
    [BT_ANNOUNCE_STOPPED] = "stopped",
  };
  GString *url = begin_query (announce);
  gint num_want = request->num_want < 0 ? DEFAULT_NUM_WANT : request->num_want;

  if (request->event == BT_ANNOUNCE_STOPPED)
    num_want = 0;
  append_bytes (url, "info_hash", request->info_hash.bytes, sizeof request->info_hash.bytes);
  append_bytes (url, "&peer_id", request->peer_id, sizeof request->peer_id);
  g_string_append_printf (url, "&port=%u", request->port);
  g_string_append_printf (url, "&uploaded=%" G_GUINT64_FORMAT, request->uploaded);
  g_string_append_printf (url, "&downloaded=%" G_GUINT64_FORMAT, request->downloaded);
  g_string_append_printf (url, "&left=%" G_GUINT64_FORMAT, request->left);
  g_string_append_printf (url, "&numwant=%d&key=%08X", num_want, request->key);
  g_string_append (url, "&compact=1&no_peer_id=1");
  if (events[request->event] != NULL)
    g_string_append_printf (url, "&event=%s", events[request->event]);
  if (request->tracker_id != NULL)
    append_bytes (url, "&trackerid", request->tracker_id, strlen (request->tracker_id));
  return g_string_free (url, FALSE);
}

char *
bt_http_tracker_scrape_url (const char *announce, const BtSha1 *info_hash)
{
  const char *authority = strstr (announce, "://");
  const char *path_end = announce + strcspn (announce, "?#");
  const char *segment;
  g_autofree char *base = NULL;
  GString *url;

  if (authority == NULL || authority > path_end)
    return NULL;
  authority += strlen ("://");
  segment = g_strrstr_len (authority, path_end - authority, "/");
  if (segment == NULL || !g_str_has_prefix (segment, "/announce"))
    return NULL;

  base = g_strdup_printf ("%.*s/scrape%s", (int) (segment - announce), announce,
                          segment + strlen ("/announce"));
  url = begin_query (base);
  append_bytes (url, "info_hash", info_hash->bytes, sizeof info_hash->bytes);
  return g_string_free (url, FALSE);
}

/* Keys out of order and bytes behind the value (a line break of a script) are common. */
static BtBencode *
decode_reply (const void *body, gsize length, GError **error)
{
  g_autoptr (BtBencode) doc = NULL;

  if (length > BT_LIMIT_TRACKER_REPLY)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_LIMIT,
                   "The tracker's reply of %" G_GSIZE_FORMAT " bytes is too long", length);
      return NULL;
    }
  doc = bt_bencode_decode (body, length, &bt_bencode_limits_tracker,
                           BT_BENCODE_UNSORTED | BT_BENCODE_TRAILING, NULL, error);
  if (doc == NULL)
    {
      g_prefix_error (error, "The tracker's reply cannot be read: ");
      return NULL;
    }
  if (bt_node_type (bt_bencode_root (doc)) != BT_BENCODE_DICT)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED,
                           "The tracker's reply is not a dictionary");
      return NULL;
    }
  return g_steal_pointer (&doc);
}

static char *
read_text (BtNode root, const char *key)
{
  const char *bytes;
  gsize length;

  if (!bt_node_get_string (root, key, &bytes, &length))
    return NULL;
  return bt_text_for_display (bytes, length, BT_LIMIT_TEXT_TRACKER);
}

/* A failure without a legible text is a failure all the same. */
static char *
read_failure (BtNode root)
{
  g_autofree char *text = NULL;

  if (bt_node_type (bt_node_get (root, "failure reason")) == BT_BENCODE_NONE)
    return NULL;
  text = read_text (root, "failure reason");
  if (text == NULL || *text == '\0')
    return g_strdup ("The tracker refused without a reason");
  return g_steal_pointer (&text);
}

/* BEP 31: minutes as a number or as its digits, or "never". Returns seconds. */
static gint64
read_retry_in (BtNode root)
{
  const char *bytes;
  gsize length;
  gint64 minutes;

  if (bt_node_get_string (root, "retry in", &bytes, &length))
    {
      g_autofree char *text = g_strndup (bytes, MIN (length, 32));
      guint64 number;

      if (strcmp (text, "never") == 0)
        return G_MAXINT64;
      if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &number, NULL))
        return -1;
      return (gint64) number * 60;
    }
  if (!bt_node_get_int (root, "retry in", &minutes) || minutes < 1)
    return -1;
  return MIN (minutes, G_MAXINT32) * 60;
}

static gint64
read_count (BtNode dict, const char *key)
{
  gint64 value;

  return bt_node_get_int (dict, key, &value) && value >= 0 ? value : -1;
}

/* Any bytes but NUL: it goes back percent-encoded. */
static char *
read_tracker_id (BtNode root)
{
  const char *bytes;
  gsize length;

  if (!bt_node_get_string (root, "tracker id", &bytes, &length))
    return NULL;
  if (length == 0 || length > BT_LIMIT_TEXT_TRACKER || memchr (bytes, '\0', length) != NULL)
    return NULL;
  return g_strndup (bytes, length);
}

static void
read_external_ip (BtNode root, BtEndpoint *out)
{
  const char *bytes;
  gsize length;

  if (!bt_node_get_string (root, "external ip", &bytes, &length))
    return;
  if (length == 4)
    bt_endpoint_set_ipv4 (out, (const guint8 *) bytes, 0);
  else if (length == 16)
    bt_endpoint_set_ipv6 (out, (const guint8 *) bytes, 0);
}

static void
add_peer (GArray *peers, const BtEndpoint *peer)
{
  if (peers->len < BT_LIMIT_TRACKER_PEERS && bt_endpoint_is_usable_peer (peer))
    g_array_append_val (peers, *peer);
}

static void
read_compact_peers (BtNode root, const char *key, gsize entry_size, GArray *peers)
{
  const char *bytes;
  gsize length;

  if (!bt_node_get_string (root, key, &bytes, &length))
    return;
  for (gsize at = 0; length - at >= entry_size; at += entry_size)
    {
      BtEndpoint peer;

      if (entry_size == COMPACT4_SIZE)
        bt_endpoint_from_compact4 (&peer, (const guint8 *) bytes + at);
      else
        bt_endpoint_from_compact6 (&peer, (const guint8 *) bytes + at);
      add_peer (peers, &peer);
    }
}

/* Names are passed over: looking them up would let a tracker make us ask for any name it likes. */
static gboolean
read_dict_peer (BtNode entry, BtEndpoint *out)
{
  char ip[BT_ENDPOINT_TEXT_SIZE];
  const char *bytes;
  gsize length;
  gint64 port;

  if (!bt_node_get_string (entry, "ip", &bytes, &length)
      || !bt_node_get_int (entry, "port", &port))
    return FALSE;
  if (length >= sizeof ip || memchr (bytes, '\0', length) != NULL || port < 1 || port > G_MAXUINT16)
    return FALSE;
  memcpy (ip, bytes, length);
  ip[length] = '\0';
  return bt_endpoint_parse_ip (out, ip, (guint16) port);
}

static void
read_peers (BtNode root, GArray *peers)
{
  BtNode entry;
  BtNodeIter iter;

  bt_node_iter_init (&iter, bt_node_get_list (root, "peers"));
  while (bt_node_iter_next (&iter, &entry))
    {
      BtEndpoint peer;

      if (read_dict_peer (entry, &peer))
        add_peer (peers, &peer);
    }
  read_compact_peers (root, "peers", COMPACT4_SIZE, peers);
  read_compact_peers (root, "peers6", COMPACT6_SIZE, peers);
}

BtAnnounceReply *
bt_http_tracker_parse_announce (const void *body, gsize length, GError **error)
{
  g_autoptr (BtBencode) doc = decode_reply (body, length, error);
  g_autoptr (BtAnnounceReply) reply = NULL;
  BtNode root;

  if (doc == NULL)
    return NULL;
  root = bt_bencode_root (doc);
  reply = bt_announce_reply_new ();
  reply->failure = read_failure (root);
  if (reply->failure != NULL)
    {
      reply->retry_in_s = read_retry_in (root);
      return g_steal_pointer (&reply);
    }

  reply->interval_s = read_count (root, "interval");
  reply->min_interval_s = read_count (root, "min interval");
  reply->n_seeds = read_count (root, "complete");
  reply->n_leechers = read_count (root, "incomplete");
  reply->n_downloaded = read_count (root, "downloaded");
  reply->warning = read_text (root, "warning message");
  reply->tracker_id = read_tracker_id (root);
  read_external_ip (root, &reply->external_ip);
  read_peers (root, reply->peers);
  return g_steal_pointer (&reply);
}

/* The keys of "files" are hashes, not names. */
static gboolean
find_file (BtNode files, const BtSha1 *info_hash, BtNode *out)
{
  BtNodeIter iter;
  const char *key;
  gsize length;

  bt_node_iter_init (&iter, files);
  while (bt_node_iter_next_entry (&iter, &key, &length, out))
    {
      if (length == sizeof info_hash->bytes && memcmp (key, info_hash->bytes, length) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
bt_http_tracker_parse_scrape (const void *body,
                              gsize length,
                              const BtSha1 *info_hash,
                              BtScrapeReply *out,
                              GError **error)
{
  g_autoptr (BtBencode) doc = decode_reply (body, length, error);
  g_autofree char *failure = NULL;
  BtNode root, file;

  if (doc == NULL)
    return FALSE;
  root = bt_bencode_root (doc);
  failure = read_failure (root);
  if (failure != NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_REMOTE, failure);
      return FALSE;
    }
  if (!find_file (bt_node_get_dict (root, "files"), info_hash, &file))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NOT_FOUND,
                           "The tracker does not know the torrent");
      return FALSE;
    }
  out->n_seeds = read_count (file, "complete");
  out->n_leechers = read_count (file, "incomplete");
  out->n_downloaded = read_count (file, "downloaded");
  return TRUE;
}
