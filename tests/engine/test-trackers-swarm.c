/* test-trackers-swarm.c: trackers that a person edits are asked, left and kept; peers that are banned stay away.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <libsoup/soup.h>

#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile files[] = { { "data.bin", 400000 }, { NULL, 0 } };

/* Several trackers: each path is one. They know nobody, and write down who is asked what. */
typedef struct
{
  SoupServer *server;
  guint port;
  GString *log; /* "name event " */
} Trackers;

static void
announce_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  static const char reply[] = "d8:intervali1800e12:min intervali1800e5:peers0:e";
  Trackers *trackers = user_data;
  const char *raw = g_uri_get_query (soup_server_message_get_uri (message));
  const char *event = strstr (raw, "event=");
  gsize length;

  event = event != NULL ? event + strlen ("event=") : "regular";
  length = strcspn (event, "&");
  g_string_append_printf (trackers->log, "%s %.*s,", path + strlen ("/announce/"), (int) length, event);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, reply, sizeof reply - 1);
}

static void
trackers_init (Trackers *trackers)
{
  g_autoptr(GError) error = NULL;
  GSList *uris;

  trackers->log = g_string_new (NULL);
  trackers->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (trackers->server, "/announce", announce_cb, trackers, NULL);
  soup_server_listen_local (trackers->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (trackers->server);
  trackers->port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
trackers_clear (Trackers *trackers)
{
  g_clear_object (&trackers->server);
  g_string_free (trackers->log, TRUE);
}

static char *
make_url (Trackers *trackers, const char *name)
{
  return g_strdup_printf ("http://127.0.0.1:%u/announce/%s", trackers->port, name);
}

/* "a b|c": tiers of trackers by their names */
static GPtrArray *
make_tiers (Trackers *trackers, const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "|", -1);
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      GStrv names = g_strsplit (parts[i], " ", -1);

      for (guint j = 0; names[j] != NULL; j++)
        {
          char *url = make_url (trackers, names[j]);

          g_free (names[j]);
          names[j] = url;
        }
      g_ptr_array_add (tiers, names);
    }
  return tiers;
}

/* The other way round. */
static char *
describe (FtNode *node, BtTorrentId id)
{
  g_autoptr(BtDetail) detail = ft_node_detail (node, id, BT_DETAIL_TRACKERS);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < detail->trackers->len; i++)
    {
      const BtTrackerStatus *now = &g_array_index (detail->trackers, BtTrackerStatus, i);

      if (i > 0)
        g_string_append_c (text, now->tier == (now - 1)->tier ? ' ' : '|');
      g_string_append (text, strrchr (now->url, '/') + 1);
    }
  return g_string_free (text, FALSE);
}

/* What a tracker has heard is known to us only when its answer has come. */
static gboolean
all_work (FtNode *node, BtTorrentId id)
{
  g_autoptr(BtDetail) detail = ft_node_detail (node, id, BT_DETAIL_TRACKERS);
  gboolean all = TRUE;

  for (guint i = 0; i < detail->trackers->len; i++)
    all &= g_array_index (detail->trackers, BtTrackerStatus, i).state == BT_TRACKER_STATUS_WORKING;
  return all;
}

static void
assert_trackers (FtNode *node, BtTorrentId id, const char *expected)
{
  g_autofree char *text = describe (node, id);

  g_assert_cmpstr (text, ==, expected);
}

static BtTorrentId
add (FtNode *node, FtSample *sample, GPtrArray *tiers)
{
  BtAddRequest request = { .torrent = sample->torrent, .tiers = tiers };

  return ft_node_add_request (node, &request);
}

static BtTorrentId
only_id (FtNode *node)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, node->statuses);
  g_assert_true (g_hash_table_iter_next (&iter, &id, NULL));
  return GPOINTER_TO_UINT (id);
}

typedef void (*TiersFunc) (BtEngine *engine, BtTorrentId id, GPtrArray *tiers, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static gboolean
finish (FtNode *node, GAsyncResult **result, GError **error)
{
  g_autoptr(GAsyncResult) kept = NULL;

  ft_wait_until (*result != NULL);
  kept = g_steal_pointer (result);
  return bt_engine_finish (node->engine, kept, error);
}

static void
give_tiers (FtNode *node, TiersFunc func, BtTorrentId id, Trackers *trackers, const char *text)
{
  g_autoptr(GPtrArray) tiers = make_tiers (trackers, text);
  g_autoptr(GError) error = NULL;
  GAsyncResult *result = NULL;

  func (node->engine, id, tiers, NULL, called_cb, &result);
  finish (node, &result, &error);
  g_assert_no_error (error);
}

static void
announce_to (FtNode *node, BtTorrentId id, const char *url, GError **error)
{
  GAsyncResult *result = NULL;

  bt_engine_announce_to_async (node->engine, id, url, NULL, called_cb, &result);
  finish (node, &result, error);
}

/* A new one is told that we are here, one that goes that we leave, one that stays nothing. */
static void
test_edit (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  Trackers trackers;
  g_autoptr(FtNode) node = NULL;
  g_autoptr(GPtrArray) tiers = NULL;
  BtTorrentId id;

  trackers_init (&trackers);
  tiers = make_tiers (&trackers, "a|b");
  node = ft_node_new (NULL, BT_MODE_ALL);
  id = add (node, sample, tiers);
  ft_wait_until (strstr (trackers.log->str, "a started") != NULL && strstr (trackers.log->str, "b started") != NULL);
  assert_trackers (node, id, "a|b");
  ft_wait_until (all_work (node, id));

  give_tiers (node, bt_engine_set_trackers_async, id, &trackers, "c|b");
  ft_wait_until (strstr (trackers.log->str, "a stopped") != NULL && strstr (trackers.log->str, "c started") != NULL);
  assert_trackers (node, id, "c|b");

  /* Those that are there already are not added again. */
  give_tiers (node, bt_engine_add_trackers_async, id, &trackers, "b|d c|b");
  ft_wait_until (strstr (trackers.log->str, "d started") != NULL);
  assert_trackers (node, id, "c|b|d");
  ft_wait_until (all_work (node, id));
  give_tiers (node, bt_engine_set_trackers_async, id, &trackers, "");
  ft_wait_until (strstr (trackers.log->str, "b stopped") != NULL && strstr (trackers.log->str, "c stopped") != NULL
                 && strstr (trackers.log->str, "d stopped") != NULL);
  assert_trackers (node, id, "");
  g_assert_cmpuint (trackers.log->len, ==, strlen ("x started,x stopped,") * 4);
  ft_node_stop (node);
  g_assert_cmpuint (trackers.log->len, ==, strlen ("x started,x stopped,") * 4);
  trackers_clear (&trackers);
}

/* Of two that share a tier one is asked; the other by hand. As often as they allow: here never again. */
static void
test_announce_to (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  Trackers trackers;
  g_autoptr(FtNode) node = NULL;
  g_autoptr(GPtrArray) tiers = NULL;
  g_autoptr(GError) error = NULL;
  BtTorrentId id;

  trackers_init (&trackers);
  tiers = make_tiers (&trackers, "a b");
  node = ft_node_new (NULL, BT_MODE_ALL);
  id = add (node, sample, tiers);
  ft_wait_until (strlen (trackers.log->str) > 0);
  for (guint i = 0; i < 2; i++)
    for (const char *name = "a\0b\0"; *name != '\0'; name += 2)
      {
        g_autofree char *url = make_url (&trackers, name);

        announce_to (node, id, url, &error);
        g_assert_no_error (error);
      }
  ft_wait_until (strstr (trackers.log->str, "a started") != NULL && strstr (trackers.log->str, "b started") != NULL);
  announce_to (node, id, "http://nowhere/", &error);
  g_assert_error (error, BT_ERROR, BT_ERROR_NOT_FOUND);
  ft_node_stop (node);
  g_assert_cmpuint (trackers.log->len, ==, strlen ("x started,x stopped,") * 2);
  trackers_clear (&trackers);
}

static void
assert_refused (FtNode *node, TiersFunc func, BtTorrentId id, const char *url, int code, const char *says)
{
  g_autoptr(GPtrArray) tiers = g_ptr_array_new ();
  const char *tier[] = { url, NULL };
  g_autoptr(GError) error = NULL;
  GAsyncResult *result = NULL;

  g_ptr_array_add (tiers, tier);
  func (node->engine, id, tiers, NULL, called_cb, &result);
  g_assert_false (finish (node, &result, &error));
  g_assert_error (error, BT_ERROR, code);
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_refused (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = add (node, sample, NULL);

  assert_refused (node, bt_engine_set_trackers_async, id, "ftp://x/", BT_ERROR_MALFORMED, "ftp://x/");
  assert_refused (node, bt_engine_add_trackers_async, id, "tracker", BT_ERROR_MALFORMED, "tracker");
  assert_refused (node, bt_engine_set_trackers_async, id + 1, "http://x/", BT_ERROR_NOT_FOUND, "torrent");
  assert_refused (node, bt_engine_add_trackers_async, 0, "http://x/", BT_ERROR_NOT_FOUND, "torrent");
  assert_trackers (node, id, "");
}

static char *
make_state_dir (void)
{
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp ("ft-state-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static void
ban (FtNode *node, BtTorrentId id, guint16 port)
{
  g_autoptr(GError) error = NULL;
  GAsyncResult *result = NULL;
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, "127.0.0.1", port));
  bt_engine_ban_peer_async (node->engine, id, &endpoint, NULL, called_cb, &result);
  finish (node, &result, &error);
  g_assert_no_error (error);
}

static void
unban (FtNode *node, BtTorrentId id, guint16 port)
{
  g_autoptr(GError) error = NULL;
  GAsyncResult *result = NULL;
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, "127.0.0.1", port));
  bt_engine_unban_peer_async (node->engine, id, &endpoint, NULL, called_cb, &result);
  finish (node, &result, &error);
  g_assert_no_error (error);
}

/* @ip: (nullable): none */
static void
assert_bans (FtNode *node, BtTorrentId id, const char *ip)
{
  g_autoptr(BtDetail) detail = ft_node_detail (node, id, BT_DETAIL_BANS);

  g_assert_cmpuint (detail->bans->len, ==, ip != NULL ? 1 : 0);
  if (ip != NULL)
    g_assert_cmpstr (detail->bans->pdata[0], ==, ip);
}

static guint
count_peers (FtNode *node, BtTorrentId id)
{
  return ft_node_status (node, id)->n_peers;
}

static void
limit_speed (BtConfig *config)
{
  config->limit_up_bytes_per_s = 20000;
}

/* Trackers and bans survive a restart. */
static void
test_survive_restart (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *state_dir = make_state_dir ();
  g_autoptr(FtNode) seed = ft_node_new_full (NULL, NULL, limit_speed);
  g_autoptr(FtNode) before = ft_node_new (state_dir, BT_MODE_ALL);
  g_autoptr(FtNode) after = NULL;
  Trackers trackers;
  BtTorrentId id, seed_id;

  trackers_init (&trackers);
  seed_id = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  id = add (before, sample, NULL);
  ft_node_connect (before, id, seed->port);
  ft_wait_until (count_peers (before, id) == 1);
  ban (before, id, seed->port);
  ft_wait_until (count_peers (before, id) == 0);
  g_assert_true (ft_node_said (before, "127.0.0.1 is banned"));
  give_tiers (before, bt_engine_set_trackers_async, id, &trackers, "a b|c");
  ft_node_stop (before);

  after = ft_node_new (state_dir, BT_MODE_ALL);
  ft_wait_until (g_hash_table_size (after->statuses) == 1);
  id = only_id (after);
  ft_wait_until (strstr (trackers.log->str, "c started") != NULL);
  /* Neither we to it nor it to us. */
  ft_node_connect (after, id, seed->port);
  ft_node_connect (seed, seed_id, after->port);
  ft_wait_until (ft_node_status (seed, seed_id)->n_known > 0);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(BtDetail) detail = ft_node_detail (after, id, BT_DETAIL_PEERS | BT_DETAIL_TRACKERS);

      g_assert_cmpuint (detail->peers->len, ==, 0);
      g_assert_cmpuint (detail->trackers->len, ==, 3);
    }
  g_assert_cmpuint (ft_node_status (after, id)->n_known, ==, 0);

  assert_bans (after, id, "127.0.0.1");
  unban (after, id, seed->port);
  assert_bans (after, id, NULL);
  ft_node_connect (after, id, seed->port);
  ft_wait_until (count_peers (after, id) == 1);
  ft_node_stop (after);
  ft_remove_tree (state_dir);
  trackers_clear (&trackers);
}

/* The same bytes come back, for "save as" and for undo. */
static void
test_get_torrent (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = add (node, sample, NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  GAsyncResult *result = NULL;

  bt_engine_get_torrent_async (node->engine, id, NULL, called_cb, &result);
  ft_wait_until (result != NULL);
  bytes = bt_engine_get_torrent_finish (node->engine, result, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bytes, sample->torrent));
  g_clear_object (&result);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/trackers/edit", test_edit);
  g_test_add_func ("/engine/trackers/announce-to", test_announce_to);
  g_test_add_func ("/engine/trackers/refused", test_refused);
  g_test_add_func ("/engine/trackers/survive-restart", test_survive_restart);
  g_test_add_func ("/engine/trackers/get-torrent", test_get_torrent);
  return g_test_run ();
}
