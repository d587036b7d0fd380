/* test-fetch.c: .torrent files that an engine gets from web servers, and what it refuses there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "ft-swarm.h"
#include "ft-test.h"

#include <libsoup/soup.h>
#include <string.h>

static const FtSampleFile files[] = { { "a.bin", 100000 }, { NULL, 0 } };

typedef struct
{
  FtSample *sample;
  FtNode *node;
  SoupServer *server;
  char *base;            /* its address */
  char *cookie;          /* (nullable): that came with a request */
  guint n_requests;
  SoupServerMessage *held; /* (nullable): a request that is not answered */
} Fixture;

static void
redirect (SoupServerMessage *message, const char *to)
{
  soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, to);
}

static void
answer (SoupServerMessage *message, const char *type, const void *bytes, gsize length)
{
  soup_message_headers_append (soup_server_message_get_response_headers (message), "Set-Cookie", "key=1");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, bytes, length);
}

static void
answer_huge (SoupServerMessage *message)
{
  gsize length = BT_LIMIT_USUAL_TORRENT_BYTES + 1;
  char *bytes = g_malloc (length);

  memset (bytes, 'd', length);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/x-bittorrent", SOUP_MEMORY_TAKE, bytes, length);
}

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Fixture *fixture = data;
  const char *cookie = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Cookie");

  fixture->n_requests++;
  g_free (fixture->cookie);
  fixture->cookie = g_strdup (cookie);
  if (g_str_equal (path, "/a.torrent"))
    answer (message, "application/x-bittorrent", g_bytes_get_data (fixture->sample->torrent, NULL),
            g_bytes_get_size (fixture->sample->torrent));
  else if (g_str_equal (path, "/page"))
    answer (message, "text/html", "<html>", 6);
  else if (g_str_equal (path, "/moved"))
    redirect (message, "/a.torrent?key=%41");
  else if (g_str_equal (path, "/loop"))
    redirect (message, "/loop");
  else if (g_str_equal (path, "/to-file"))
    redirect (message, "file:///etc/passwd");
  else if (g_str_equal (path, "/huge"))
    answer_huge (message);
  else if (g_str_equal (path, "/held"))
    soup_server_message_pause (fixture->held = g_object_ref (message));
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoslist(GUri) uris = NULL;

  fixture->sample = ft_sample_new (files, 32768, 1);
  fixture->node = ft_node_new (NULL, BT_MODE_ALL);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, request_cb, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->base = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ft_node_free (fixture->node);
  g_clear_object (&fixture->held);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  ft_sample_free (fixture->sample);
  g_free (fixture->base);
  g_free (fixture->cookie);
}

static void
fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static GBytes *
fetch (Fixture *fixture, const char *path, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *url = *path == '/' ? g_strconcat (fixture->base, path, NULL) : g_strdup (path);

  bt_engine_fetch_torrent_async (fixture->node->engine, url, NULL, fetched_cb, &result);
  ft_wait_until (result != NULL);
  return bt_engine_fetch_torrent_finish (fixture->node->engine, result, error);
}

static void
assert_torrent (Fixture *fixture, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = fetch (fixture, path, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bytes, fixture->sample->torrent));
  g_assert_null (fixture->cookie);
}

/* As it is, with a key, and where it was moved to; nothing is remembered in between. */
static void
test_torrent (Fixture *fixture, gconstpointer data)
{
  assert_torrent (fixture, "/a.torrent");
  assert_torrent (fixture, "/a.torrent?passkey=1");
  assert_torrent (fixture, "/moved");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    int code;
  } rows[] = {
    { "/page", BT_ERROR_MALFORMED },
    { "/nothing", BT_ERROR_REMOTE },
    { "/loop", BT_ERROR_REMOTE },
    { "/to-file", BT_ERROR_MALFORMED },
    { "/huge", BT_ERROR_LIMIT },
    { "file:///etc/passwd", BT_ERROR_MALFORMED },
    { "ftp://127.0.0.1/a.torrent", BT_ERROR_MALFORMED },
    { "http://", BT_ERROR_MALFORMED },
    { "http://127.0.0.1:9/a.torrent", BT_ERROR_NETWORK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = fetch (fixture, rows[i].path, &error);

      g_test_message ("%s", rows[i].path);
      g_assert_null (bytes);
      g_assert_error (error, BT_ERROR, rows[i].code);
    }
}

/* The engine stops while a server is silent. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *url = g_strconcat (fixture->base, "/held", NULL);
  g_autoptr(BtEngine) engine = g_object_ref (fixture->node->engine);

  bt_engine_fetch_torrent_async (engine, url, NULL, fetched_cb, &result);
  ft_wait_until (fixture->held != NULL);
  ft_node_stop (fixture->node);
  ft_wait_until (result != NULL);
  g_assert_null (bt_engine_fetch_torrent_finish (engine, result, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_CANCELLED);
}

/* Whoever asked for it has closed the connection. */
static gboolean
has_left (SoupServerMessage *message)
{
  char byte;

  return g_socket_receive_with_blocking (soup_server_message_get_socket (message), &byte, 1, FALSE, NULL, NULL) == 0;
}

/* Who has left keeps no server waiting, and others are not disturbed. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) at_once = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) early = NULL;
  g_autofree char *url = g_strconcat (fixture->base, "/held", NULL);
  guint n;

  bt_engine_fetch_torrent_async (fixture->node->engine, url, cancellable, fetched_cb, &result);
  ft_wait_until (fixture->held != NULL);
  assert_torrent (fixture, "/a.torrent");
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  ft_wait_until (result != NULL && has_left (fixture->held));
  g_assert_null (bt_engine_fetch_torrent_finish (fixture->node->engine, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* Before it has begun. */
  n = fixture->n_requests;
  bt_engine_fetch_torrent_async (fixture->node->engine, url, cancellable, fetched_cb, &at_once);
  ft_wait_until (at_once != NULL);
  g_assert_null (bt_engine_fetch_torrent_finish (fixture->node->engine, at_once, &early));
  g_assert_error (early, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_torrent (fixture, "/a.torrent");
  g_assert_cmpuint (fixture->n_requests, ==, n + 1);
}

/* Nothing goes by another way than the one that was asked for. */
static void
test_interface (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) later = NULL;
  g_autofree char *url = g_strconcat (fixture->base, "/held", NULL);
  guint n;

  bt_engine_fetch_torrent_async (fixture->node->engine, url, NULL, fetched_cb, &result);
  ft_wait_until (fixture->held != NULL);
  n = fixture->n_requests;
  fixture->node->config->bind_interface = g_strdup ("ft-none0");
  ft_node_configure (fixture->node);
  ft_wait_until (result != NULL);
  g_assert_null (bt_engine_fetch_torrent_finish (fixture->node->engine, result, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_CANCELLED);
  g_assert_null (fetch (fixture, "/a.torrent", &later));
  g_assert_error (later, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_cmpuint (fixture->n_requests, ==, n);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/engine/fetch/torrent", Fixture, NULL, set_up, test_torrent, tear_down);
  g_test_add ("/engine/fetch/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/engine/fetch/stop", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add ("/engine/fetch/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/engine/fetch/interface", Fixture, NULL, set_up, test_interface, tear_down);
  return g_test_run ();
}
