/* ft-http-fixture.h: a world that fetches, and servers beside it in the same main context.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-gio-world.h"

#include "bt-error.h"
#include "ft-test.h"

#include <libsoup/soup.h>

#define HTTP_SECONDS 30
#define HTTP_USER_AGENT "FriendTest/1.2"

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  SoupServer *server;  /* (nullable) until http_serve() */
  guint16 port;        /* of @server */
  GSocketService *raw; /* (nullable) until http_serve_raw() */
  guint16 raw_port;    /* of @raw */
  GPtrArray *requests; /* of char: path and query of what @server was asked */
  char *authorization; /* (nullable): of the last request */
  char *user_agent;    /* (nullable): of the last request */
  char *client;        /* (nullable): address that the last request came from */
  int client_port;
  SoupHTTPVersion version; /* of the last request */
  GString *raw_request;    /* what @raw was sent */
  GBytes *raw_answer;      /* (nullable): what @raw says; NULL: nothing, and stays open */
  GPtrArray *raw_streams;  /* of GIOStream */
  GCancellable *raw_end;   /* of what @raw reads */

  BtFetchFamily family; /* of what is fetched next, as the two below */
  guint connect_s;
  guint answer_s;
  BtFetch *fetch;
  int n_calls;
  guint status;
  GBytes *body;
  GError *error;
} HttpFixture;

static inline void
http_set_up (HttpFixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->world = bt_gio_world_new (fixture->context, NULL, HTTP_USER_AGENT);
  fixture->requests = g_ptr_array_new_with_free_func (g_free);
  fixture->raw_request = g_string_new (NULL);
  fixture->raw_streams = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->raw_end = g_cancellable_new ();
}

/* Lets go what was called off, so that the end leaks nothing. */
static inline void
http_settle (HttpFixture *fixture)
{
  for (int i = 0; i < 200; i++)
    if (!g_main_context_iteration (fixture->context, FALSE))
      g_usleep (100);
}

static inline void
http_tear_down (HttpFixture *fixture, gconstpointer data)
{
  if (fixture->world != NULL)
    fixture->world->ops->free (fixture->world);
  if (fixture->server != NULL)
    soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->server);
  if (fixture->raw != NULL)
    {
      g_socket_service_stop (fixture->raw);
      g_socket_listener_close (G_SOCKET_LISTENER (fixture->raw));
    }
  g_clear_object (&fixture->raw);
  g_cancellable_cancel (fixture->raw_end);
  http_settle (fixture);
  g_object_unref (fixture->raw_end);
  g_ptr_array_unref (fixture->raw_streams);
  g_ptr_array_unref (fixture->requests);
  g_free (fixture->authorization);
  g_free (fixture->user_agent);
  g_free (fixture->client);
  g_string_free (fixture->raw_request, TRUE);
  g_clear_pointer (&fixture->raw_answer, g_bytes_unref);
  g_clear_pointer (&fixture->body, g_bytes_unref);
  g_clear_error (&fixture->error);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
}

/* To be called first by every handler. */
static inline void
http_note_request (HttpFixture *fixture, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GUri *uri = soup_server_message_get_uri (message);
  const char *query = g_uri_get_query (uri);

  g_ptr_array_add (fixture->requests,
                   g_strconcat (g_uri_get_path (uri), query != NULL ? "?" : NULL, query, NULL));
  g_free (fixture->authorization);
  fixture->authorization = g_strdup (soup_message_headers_get_one (headers, "Authorization"));
  g_free (fixture->user_agent);
  fixture->user_agent = g_strdup (soup_message_headers_get_one (headers, "User-Agent"));
  g_free (fixture->client);
  fixture->client = g_strdup (soup_server_message_get_remote_host (message));
  fixture->version = soup_server_message_get_http_version (message);
  fixture->client_port = g_inet_socket_address_get_port (
    G_INET_SOCKET_ADDRESS (soup_server_message_get_remote_address (message)));
}

static inline void
http_serve (HttpFixture *fixture, SoupServerCallback handler, GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  fixture->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (fixture->server, NULL, handler, fixture, NULL);
  soup_server_listen_local (
    fixture->server, 0,
    SOUP_SERVER_LISTEN_IPV4_ONLY | (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0), &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static inline void
http_raw_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  HttpFixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GIOStream *stream;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) /* the fixture may be gone */
    return;

  if (bytes != NULL)
    g_string_append_len (fixture->raw_request, g_bytes_get_data (bytes, NULL),
                         (gssize) g_bytes_get_size (bytes));
  if (fixture->raw_answer == NULL)
    return;
  stream = g_object_get_data (source, "connection");
  g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                             g_bytes_get_data (fixture->raw_answer, NULL),
                             g_bytes_get_size (fixture->raw_answer), NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

static inline gboolean
http_raw_incoming_cb (GSocketService *service,
                      GSocketConnection *connection,
                      GObject *source_object,
                      HttpFixture *fixture)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  g_ptr_array_add (fixture->raw_streams, g_object_ref (connection));
  g_object_set_data (G_OBJECT (in), "connection", connection);
  g_input_stream_read_bytes_async (in, 65536, G_PRIORITY_DEFAULT, fixture->raw_end,
                                   http_raw_read_cb, fixture);
  return TRUE;
}

/* A server that says @answer, whatever it is asked; NULL: it never says anything. */
static inline void
http_serve_raw (HttpFixture *fixture, const void *answer, gsize length)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (ip, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  fixture->raw_answer = answer != NULL ? g_bytes_new (answer, length) : NULL;
  fixture->raw = g_socket_service_new ();
  g_signal_connect (fixture->raw, "incoming", G_CALLBACK (http_raw_incoming_cb), fixture);
  g_socket_listener_add_address (G_SOCKET_LISTENER (fixture->raw), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  fixture->raw_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_socket_service_start (fixture->raw);
}

static inline void
http_answer_cb (guint status, GBytes *body, const GError *error, gpointer owner)
{
  HttpFixture *fixture = owner;

  g_assert_true ((body == NULL) == (error != NULL));
  fixture->n_calls++;
  fixture->fetch = NULL;
  fixture->status = status;
  fixture->body = body != NULL ? g_bytes_ref (body) : NULL;
  fixture->error = error != NULL ? g_error_copy (error) : NULL;
}

static inline void
http_start (HttpFixture *fixture,
            BtFetchPurpose purpose,
            gsize max_bytes,
            guint timeout_s,
            const char *url)
{
  BtFetchRequest request = { .url = url, .purpose = purpose, .max_bytes = max_bytes, .timeout_s = timeout_s,
                             .connect_s = fixture->connect_s, .answer_s = fixture->answer_s,
                             .family = fixture->family };

  fixture->n_calls = 0;
  fixture->status = 0;
  g_clear_pointer (&fixture->body, g_bytes_unref);
  g_clear_error (&fixture->error);
  fixture->fetch = fixture->world->ops->fetch (fixture->world, &request, http_answer_cb, fixture);
  g_assert_nonnull (fixture->fetch);
  g_assert_cmpint (fixture->n_calls, ==, 0);
}

static inline void
http_run (HttpFixture *fixture, BtFetchPurpose purpose, gsize max_bytes, const char *url)
{
  http_start (fixture, purpose, max_bytes, HTTP_SECONDS, url);
  ft_test_iterate (fixture->context, fixture->n_calls == 1, 2 * HTTP_SECONDS);
}

/* From @server, by its address. */
static inline void
http_get (HttpFixture *fixture, BtFetchPurpose purpose, const char *path)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, path);

  http_run (fixture, purpose, 100000, url);
}

#define http_assert_body(fixture, text)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_no_error ((fixture)->error);                                                          \
    g_assert_cmpmem (g_bytes_get_data ((fixture)->body, NULL), g_bytes_get_size ((fixture)->body), \
                     text, strlen (text));                                                         \
  }                                                                                                \
  G_STMT_END
