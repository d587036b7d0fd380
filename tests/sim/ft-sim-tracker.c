/* ft-sim-tracker.c: the trackers of a simulation, whose manners a test chooses; here those over HTTP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-tracker.h"

#include <string.h>

#include "bt-error.h"
#include "ft-sim-udp-tracker.h"

#define MAX_PEERS 50
#define N_LIES 1000

char *
ft_sim_tracker_url (FtTrackerManner manner)
{
  if (manner >= FT_TRACKER_UDP)
    return ft_sim_udp_tracker_url (manner);
  return g_strdup_printf ("http://t%d.test/announce", manner);
}

static gboolean
is_https (const char *url)
{
  return g_str_has_prefix (url, "https:");
}

static FtTrackerManner
read_manner (const char *url)
{
  const char *host = strstr (url, "://t");
  guint64 manner;

  g_assert_nonnull (host);
  manner = g_ascii_strtoull (host + strlen ("://t"), NULL, 10);
  g_assert_cmpuint (manner, <, FT_TRACKER_UDP);
  return (FtTrackerManner) manner;
}

/* They are named with "http:"; some can be asked by HTTPS as well. */
static gboolean
speaks_https (FtTrackerManner manner)
{
  return manner == FT_TRACKER_HURRIES || manner == FT_TRACKER_LIES || manner == FT_TRACKER_RUBBISH
         || manner == FT_TRACKER_HANGS;
}

static guint16
read_port (const char *url)
{
  const char *port = strstr (url, "&port=");

  return port != NULL ? (guint16) g_ascii_strtoull (port + strlen ("&port="), NULL, 10) : 0;
}

static int
read_digit (char c)
{
  int digit = g_ascii_xdigit_value (c);

  g_assert_cmpint (digit, >=, 0);
  return digit;
}

/* Bytes that are no letters are written as %xx. */
static BtSha1
read_info_hash (const char *url)
{
  const char *at = strstr (url, "info_hash=");
  BtSha1 hash;

  g_assert_nonnull (at);
  at += strlen ("info_hash=");
  for (guint i = 0; i < sizeof hash.bytes; i++, at++)
    {
      hash.bytes[i] = (guint8) *at;
      if (*at != '%')
        continue;
      hash.bytes[i] = (guint8) (read_digit (at[1]) << 4 | read_digit (at[2]));
      at += 2;
    }
  g_assert_cmpint (*at, ==, '&');
  return hash;
}

/* Who is there. */

GArray *
ft_sim_trackers_list (FtSimTrackers *self, const BtSha1 *info_hash)
{
  GArray *peers = g_hash_table_lookup (self->peers, info_hash);

  if (peers == NULL)
    {
      peers = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
      g_hash_table_insert (self->peers, g_memdup2 (info_hash, sizeof *info_hash), peers);
    }
  return peers;
}

void
ft_sim_trackers_remove (FtSimTrackers *self, const BtSha1 *info_hash, const BtEndpoint *peer)
{
  GArray *peers = ft_sim_trackers_list (self, info_hash);

  for (guint i = 0; i < peers->len; i++)
    if (bt_endpoint_equal (&g_array_index (peers, BtEndpoint, i), peer))
      {
        g_array_remove_index (peers, i);
        return;
      }
}

void
ft_sim_trackers_add (FtSimTrackers *self, const BtSha1 *info_hash, const BtEndpoint *peer)
{
  ft_sim_trackers_remove (self, info_hash, peer);
  g_array_append_val (ft_sim_trackers_list (self, info_hash), *peer);
}

/* Answers. */

static void
append_peer (GString *out, const BtEndpoint *peer)
{
  guint16 port = GUINT16_TO_BE (peer->port);

  g_string_append_len (out, (const char *) peer->ip + 12, 4);
  g_string_append_len (out, (const char *) &port, 2);
}

static GString *
begin_reply (guint interval_s, guint n_peers)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "d8:intervali%ue5:peers%u:", interval_s, n_peers * 6);
  return out;
}

/* Some of those it knows, as they come round. */
static GString *
make_reply (FtSimTrackers *self, const GArray *peers, guint interval_s)
{
  guint n = MIN (peers->len, MAX_PEERS);
  guint first = peers->len > 0 ? bt_random_below (ft_fake_net_random (self->net), peers->len) : 0;
  GString *out = begin_reply (interval_s, n);

  for (guint i = 0; i < n; i++)
    append_peer (out, &g_array_index (peers, BtEndpoint, (first + i) % peers->len));
  return g_string_append_c (out, 'e');
}

static GString *
make_lies (FtSimTrackers *self)
{
  GString *out = begin_reply (1800, N_LIES);

  for (guint i = 0; i < N_LIES; i++)
    {
      BtEndpoint peer;
      const guint8 ip[4] = { 99, (guint8) (i >> 8), (guint8) i, 7 };

      bt_endpoint_set_ipv4 (&peer, ip, (guint16) (1024 + i));
      append_peer (out, &peer);
    }
  return g_string_append_c (out, 'e');
}

static GString *
make_rubbish (FtSimTrackers *self)
{
  BtRandom *random = ft_fake_net_random (self->net);
  GString *out = g_string_new (NULL);

  g_string_set_size (out, bt_random_below (random, 5000));
  bt_random_fill (random, out->str, out->len);
  return out;
}

static GString *
make_broken (FtSimTrackers *self, const GArray *peers)
{
  BtRandom *random = ft_fake_net_random (self->net);
  GString *out = make_reply (self, peers, 1800);

  for (guint i = 1 + bt_random_below (random, 4); i > 0; i--)
    out->str[bt_random_below (random, (guint32) out->len)] = (char) bt_random_u32 (random);
  return out;
}

/* Returns: (nullable): NULL: none */
static GString *
make_answer (FtSimTrackers *self, FtTrackerManner manner, const GArray *peers, guint *status, GError **error)
{
  switch (manner)
    {
    case FT_TRACKER_HONEST:
      return make_reply (self, peers, 600);
    case FT_TRACKER_HURRIES:
      return make_reply (self, peers, 0);
    case FT_TRACKER_SLEEPS:
      return make_reply (self, peers, 1000000000);
    case FT_TRACKER_LIES:
      return make_lies (self);
    case FT_TRACKER_RUBBISH:
      return make_rubbish (self);
    case FT_TRACKER_BROKEN:
      return make_broken (self, peers);
    case FT_TRACKER_FAILS:
      return g_string_new ("d14:failure reason9:not todaye");
    case FT_TRACKER_ERROR:
      *status = 500;
      return g_string_new ("<html>no</html>");
    case FT_TRACKER_REFUSES:
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK, "Connection refused");
      return NULL;
    default:
      return NULL;
    }
}

static gboolean
is_scrape (const char *url)
{
  return strstr (url, "/scrape") != NULL;
}

static GBytes *
fetch_cb (BtWorld *host, const BtFetchRequest *request, guint *status, GError **error, gpointer data)
{
  FtSimTrackers *self = data;
  FtTrackerManner manner = read_manner (request->url);
  BtEndpoint peer = ft_fake_host_get_outer (host);
  BtSha1 hash;
  GString *answer;

  peer.port = read_port (request->url);
  if (is_https (request->url) && !speaks_https (manner))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK, "Connection refused");
      return NULL;
    }
  if (is_scrape (request->url))
    {
      *status = 404;
      return g_bytes_new_static ("", 0);
    }
  self->n_announces[manner]++;
  hash = read_info_hash (request->url);
  answer = make_answer (self, manner, ft_sim_trackers_list (self, &hash), status, error);
  if (strstr (request->url, "event=stopped") != NULL)
    ft_sim_trackers_remove (self, &hash, &peer);
  else if (peer.port != 0 && manner != FT_TRACKER_REFUSES)
    ft_sim_trackers_add (self, &hash, &peer);
  return answer != NULL ? g_string_free_to_bytes (answer) : NULL;
}

FtSimTrackers *
ft_sim_trackers_new (FtFakeNet *net)
{
  FtSimTrackers *self = g_new0 (FtSimTrackers, 1);

  self->net = net;
  self->peers = g_hash_table_new_full (bt_sha1_hash, bt_sha1_equal, g_free, (GDestroyNotify) g_array_unref);
  self->udp = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_sim_udp_tracker_free);
  for (guint manner = FT_TRACKER_UDP; manner < FT_N_TRACKERS; manner++)
    g_ptr_array_add (self->udp, ft_sim_udp_tracker_new (self, (FtTrackerManner) manner));
  ft_fake_net_set_fetch (net, fetch_cb, self);
  return self;
}

void
ft_sim_trackers_close (FtSimTrackers *self)
{
  g_ptr_array_set_size (self->udp, 0);
}

void
ft_sim_trackers_free (FtSimTrackers *self)
{
  g_ptr_array_unref (self->udp);
  g_hash_table_unref (self->peers);
  g_free (self);
}
