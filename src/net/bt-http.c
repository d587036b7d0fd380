/* bt-http.c: HTTP of the real world: one request with a limit on its size, time and redirections.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include "bt-error.h"
#include "bt-http-policy.h"
#include "bt-text.h"

#include <string.h>

#define CHUNK_SIZE (32u * 1024)
/* Whatever the caller allows: a body is one array. */
#define MAX_BODY_BYTES (1024u * 1024 * 1024)

/* A fetch is a chain of hops: each is one message, sent (send_hop) and answered (sent_cb) by a
 * redirection, which starts the next hop, or by a body, which is read in chunks (read_cb).
 * At most one asynchronous call runs at a time. A fetch that ends before that call returned is left
 * to it: with @func NULL, its callback does nothing but free it. */
struct _BtFetch
{
  BtGioWorld *world;
  GList link; /* in world->fetches */
  BtFetchPurpose purpose;
  BtFetchFamily family;
  gsize max_bytes;
  char *url;
  char *soap_action;     /* (nullable) */
  GBytes *soap_envelope; /* (nullable) */
  BtFetchFunc func; /* NULL: nobody waits any more */
  gpointer owner;

  GSource *start; /* (nullable): until the first hop */
  GSource *timeout;
  guint connect_s, answer_s;
  GSource *phase; /* (nullable): of this hop: to connect, then to begin to answer */
  GCancellable *cancellable;
  gboolean pending; /* an asynchronous call will come back */

  GUri *asked; /* @url */
  GUri *uri;   /* of this hop */
  guint n_redirects;
  gboolean was_global; /* the hop before was to a server in the Internet */
  BtHttpPlace place;   /* of this hop */
  SoupMessage *message;
  GError *refusal; /* (nullable): why we cancelled the hop ourselves */
  GInputStream *stream;
  GByteArray *body; /* decoded; as long as the chunk that is read may make it */
  guint received;   /* bytes of it that have come */
};

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Gives up what was not read of a body, and the connection with it. Cancelled, since closing must
 * not wait for a server. */
static void
close_stream (BtFetch *fetch)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  if (fetch->stream == NULL)
    return;
  g_cancellable_cancel (cancelled);
  g_input_stream_close (fetch->stream, cancelled, NULL);
  g_clear_object (&fetch->stream);
}

static void
end_hop (BtFetch *fetch)
{
  close_stream (fetch);
  if (fetch->message != NULL)
    g_signal_handlers_disconnect_by_data (fetch->message, fetch);
  g_clear_object (&fetch->message);
}

static void
free_fetch (BtFetch *fetch)
{
  end_hop (fetch);
  clear_source (&fetch->start);
  clear_source (&fetch->timeout);
  clear_source (&fetch->phase);
  g_clear_object (&fetch->cancellable);
  g_clear_pointer (&fetch->asked, g_uri_unref);
  g_clear_pointer (&fetch->uri, g_uri_unref);
  g_clear_error (&fetch->refusal);
  g_clear_pointer (&fetch->body, g_byte_array_unref);
  g_clear_pointer (&fetch->soap_envelope, g_bytes_unref);
  g_free (fetch->soap_action);
  g_free (fetch->url);
  g_free (fetch);
}

/* Nobody waits for @fetch any more. It may be gone when this returns. */
static void
drop_fetch (BtFetch *fetch)
{
  g_autoptr (GCancellable) cancellable = g_object_ref (fetch->cancellable);

  g_queue_unlink (&fetch->world->fetches, &fetch->link);
  fetch->world = NULL;
  fetch->func = NULL;
  clear_source (&fetch->start);
  clear_source (&fetch->timeout);
  clear_source (&fetch->phase);
  if (!fetch->pending)
    free_fetch (fetch);
  /* The call that is pending may come back from inside this. */
  g_cancellable_cancel (cancellable);
}

static void
finish (BtFetch *fetch)
{
  BtFetchFunc func = fetch->func;
  gpointer owner = fetch->owner;
  guint status = soup_message_get_status (fetch->message);
  g_autoptr (GBytes) body = g_byte_array_free_to_bytes (g_steal_pointer (&fetch->body));

  /* All was read, so this waits for nothing, and the connection can be used again. */
  g_input_stream_close (fetch->stream, NULL, NULL);
  g_clear_object (&fetch->stream);
  drop_fetch (fetch);
  func (status, body, NULL, owner);
}

static void
fail (BtFetch *fetch, const GError *error)
{
  BtFetchFunc func = fetch->func;
  gpointer owner = fetch->owner;
  guint status = fetch->message != NULL ? soup_message_get_status (fetch->message) : 0;
  g_autofree char *url = bt_text_redact_url (fetch->url);
  g_autoptr (GError) named = NULL;

  named = g_error_new (error->domain, error->code, "%s: %s", url, error->message);
  drop_fetch (fetch);
  func (status, NULL, named, owner);
}

static void
fail_literal (BtFetch *fetch, BtError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (BT_ERROR, code, message);

  fail (fetch, error);
}

static gboolean
timeout_cb (gpointer data)
{
  fail_literal (data, BT_ERROR_TIMED_OUT, "There was no answer in time");
  return G_SOURCE_REMOVE;
}

/* @seconds: 0: as long as all of it may take */
static void
start_phase (BtFetch *fetch, guint seconds)
{
  clear_source (&fetch->phase);
  if (seconds != 0)
    fetch->phase = bt_gio_world_start_timer (fetch->world, seconds * 1000, timeout_cb, fetch);
}

static BtError
translate_code (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return BT_ERROR_TIMED_OUT;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA)
      || g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING)
      || g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_ENCODING))
    return BT_ERROR_MALFORMED;
  return BT_ERROR_NETWORK;
}

/* What went wrong with a hop: our own refusal if we called it off, else what the libraries say. */
static void
fail_hop (BtFetch *fetch, const GError *error)
{
  g_autoptr (GError) translated = NULL;

  if (fetch->refusal != NULL)
    translated = g_steal_pointer (&fetch->refusal);
  else if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    translated = g_error_new (BT_ERROR, BT_ERROR_NETWORK, "The certificate of %s is not trusted",
                              g_uri_get_host (fetch->uri));
  else
    translated = g_error_new_literal (BT_ERROR, translate_code (error), error->message);
  fail (fetch, translated);
}

/* Calls the hop off from inside a signal of its message; fail_hop() tells why. @fetch may be gone
 * when this returns. */
static void
refuse_hop (BtFetch *fetch, GError *error)
{
  g_autoptr (GCancellable) cancellable = g_object_ref (fetch->cancellable);

  if (fetch->refusal == NULL)
    fetch->refusal = error;
  else
    g_error_free (error);
  g_cancellable_cancel (cancellable);
}

static gboolean
get_endpoint (GSocketAddress *address, BtEndpoint *out)
{
  GInetAddress *inet;

  memset (out, 0, sizeof *out);
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4)
    bt_endpoint_set_ipv4 (out, g_inet_address_to_bytes (inet), 0);
  else
    bt_endpoint_set_ipv6 (out, g_inet_address_to_bytes (inet), 0);
  return TRUE;
}

/* Whether the hop may go to @remote, the address really connected to: a name may have answered
 * differently a moment ago. */
static gboolean
check_remote (BtFetch *fetch, GSocketAddress *remote, GError **error)
{
  BtEndpoint endpoint;

  if (fetch->purpose == BT_FETCH_ROUTER
      && (G_IS_PROXY_ADDRESS (remote) || !get_endpoint (remote, &endpoint) || !bt_http_policy_is_named (fetch->uri, &endpoint)))
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "%s is no router of this network", g_uri_get_host (fetch->uri));
      return FALSE;
    }
  if (G_IS_PROXY_ADDRESS (remote))
    {
      fetch->place = bt_http_policy_place_by_name (fetch->uri);
    }
  else if (get_endpoint (remote, &endpoint))
    {
      fetch->place = bt_http_policy_place (&endpoint);
    }
  else
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "The address of %s is not known",
                   g_uri_get_host (fetch->uri));
      return FALSE;
    }
  return bt_http_policy_allows (fetch->purpose, fetch->uri, fetch->place, fetch->was_global, error);
}

/* That the session was given the address is not enough: what the kernel used counts. */
static gboolean
check_local (BtFetch *fetch, GSocketConnection *connection, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  BtEndpoint local;

  if (!bt_gio_world_is_confined (fetch->world, g_socket_get_fd (g_socket_connection_get_socket (connection))))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK,
                           "The connection does not go by the interface that may be used");
      return FALSE;
    }
  if (!fetch->world->bound)
    return TRUE;
  address = g_socket_connection_get_local_address (connection, NULL);
  if (address != NULL && get_endpoint (address, &local)
      && bt_endpoint_same_ip (&local, &fetch->world->bind_address))
    return TRUE;
  g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK,
                       "The connection does not come from the local address that may be used");
  return FALSE;
}

/* A socket was made, and nothing was sent yet. One that cannot be bound to the interface is closed at
 * once: calling the hop off would come too late for its first packet. */
static void
confine_connection (BtFetch *fetch, GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  gboolean is_ipv4 = g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV4;
  GError *error = NULL;

  if (fetch->func == NULL)
    {
      g_socket_close (socket, NULL); /* called off */
      return;
    }
  if (bt_gio_world_confine (fetch->world, g_socket_get_fd (socket), is_ipv4, &error))
    return;
  g_socket_close (socket, NULL);
  refuse_hop (fetch, error);
}

/* Connected, and nothing sent yet: neither a request nor TLS's hello. */
static void
network_event_cb (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, BtFetch *fetch)
{
  g_autoptr (GSocketAddress) remote = NULL;
  GError *error = NULL;

  /* Until then it waited for its turn. */
  if (event == G_SOCKET_CLIENT_RESOLVING && fetch->func != NULL)
    start_phase (fetch, fetch->connect_s);
  if (event == G_SOCKET_CLIENT_CONNECTING)
    confine_connection (fetch, G_SOCKET_CONNECTION (connection));
  if (event != G_SOCKET_CLIENT_CONNECTED || fetch->func == NULL)
    return;

  remote = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
  if (!check_remote (fetch, remote, &error)
      || !check_local (fetch, G_SOCKET_CONNECTION (connection), &error))
    refuse_hop (fetch, error);
}

/* On a kept HTTP/2 connection libsoup writes even what is called off at the last moment: then it is
 * a request that asks for nothing. */
static void
empty_request (SoupMessage *message)
{
  GUri *uri = soup_message_get_uri (message);
  g_autoptr (GUri) root = g_uri_build (g_uri_get_flags (uri), g_uri_get_scheme (uri), NULL,
                                       g_uri_get_host (uri), g_uri_get_port (uri), "/", NULL, NULL);

  soup_message_headers_clear (soup_message_get_request_headers (message));
  soup_message_set_method (message, SOUP_METHOD_HEAD);
  soup_message_set_uri (message, root);
}

/* Right before the request is written. A connection that was kept open has had no network event for
 * this message, and what was allowed to the one before may not be to this one. */
static void
starting_cb (SoupMessage *message, BtFetch *fetch)
{
  GError *error = NULL;

  if (fetch->func == NULL)
    return;
  start_phase (fetch, fetch->answer_s);
  if (check_remote (fetch, soup_message_get_remote_address (message), &error))
    return;

  empty_request (message);
  refuse_hop (fetch, error);
}

/* Of a misdirected request libsoup reads the whole body of the answer into memory by itself, however large. */
static void
got_headers_cb (SoupMessage *message, BtFetch *fetch)
{
  clear_source (&fetch->phase);
  if (fetch->func != NULL && soup_message_get_status (message) == SOUP_STATUS_MISDIRECTED_REQUEST)
    refuse_hop (fetch, g_error_new_literal (BT_ERROR, BT_ERROR_NETWORK,
                                            "The server says that it is not this host"));
}

/* What goes into the request: without credentials and fragment. */
static GUri *
strip_uri (GUri *uri)
{
  return g_uri_build (g_uri_get_flags (uri), g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                      g_uri_get_port (uri), g_uri_get_path (uri), g_uri_get_query (uri), NULL);
}

/* Routers are old and simple: one connection for each request, as they are used to. */
static void
add_soap (BtFetch *fetch)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (fetch->message);

  soup_message_headers_replace (headers, "Connection", "close");
  if (fetch->soap_envelope == NULL)
    return;
  soup_message_set_method (fetch->message, SOUP_METHOD_POST);
  soup_message_headers_replace (headers, "SOAPAction", fetch->soap_action);
  soup_message_set_request_body_from_bytes (fetch->message, "text/xml; charset=\"utf-8\"", fetch->soap_envelope);
}

static void
send_hop (BtFetch *fetch, GAsyncReadyCallback sent)
{
  g_autoptr (GUri) bare = strip_uri (fetch->uri);
  g_autofree char *authorization = bt_http_policy_authorization (fetch->asked, fetch->uri);

  fetch->message = soup_message_new_from_uri (SOUP_METHOD_GET, bare);
  soup_message_add_flags (fetch->message, SOUP_MESSAGE_NO_REDIRECT);
  /* Nobody is asked for a password. Without the feature in the session libsoup would read the whole
   * body of a 401 into memory, so it is there and disabled. */
  soup_message_disable_feature (fetch->message, SOUP_TYPE_AUTH_MANAGER);
  if (authorization != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (fetch->message),
                                  "Authorization", authorization);
  if (fetch->purpose == BT_FETCH_ROUTER)
    add_soap (fetch);
  g_signal_connect (fetch->message, "network-event", G_CALLBACK (network_event_cb), fetch);
  g_signal_connect (fetch->message, "starting", G_CALLBACK (starting_cb), fetch);
  g_signal_connect (fetch->message, "got-headers", G_CALLBACK (got_headers_cb), fetch);

  fetch->pending = TRUE;
  soup_session_send_async (bt_gio_world_get_session (fetch->world, fetch->family), fetch->message, G_PRIORITY_DEFAULT,
                           fetch->cancellable, sent, fetch);
}

/* (nullable): where the answer redirects to. */
static const char *
get_location (SoupMessage *message)
{
  switch (soup_message_get_status (message))
    {
    case SOUP_STATUS_MOVED_PERMANENTLY:
    case SOUP_STATUS_FOUND:
    case SOUP_STATUS_SEE_OTHER:
    case SOUP_STATUS_TEMPORARY_REDIRECT:
    case SOUP_STATUS_PERMANENT_REDIRECT:
      return soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
    default:
      return NULL;
    }
}

static gboolean
prepare_redirect (BtFetch *fetch, const char *location, GError **error)
{
  g_autoptr (GUri) to = NULL;

  /* A router has no reason to send us elsewhere. */
  if (fetch->n_redirects == (fetch->purpose == BT_FETCH_ROUTER ? 0 : BT_HTTP_MAX_REDIRECTS))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_REMOTE, "Too many redirections");
      return FALSE;
    }
  to = bt_http_policy_follow (fetch->uri, location, error);
  if (to == NULL)
    return FALSE;

  end_hop (fetch);
  g_uri_unref (fetch->uri);
  fetch->uri = g_steal_pointer (&to);
  fetch->was_global = fetch->place == BT_HTTP_GLOBAL;
  fetch->n_redirects++;
  return TRUE;
}

/* Receives straight into the body, which is at most a chunk too long before it is measured. Chunks
 * are not made smaller near the limit: libsoup reads the end of a chunked body through our buffer
 * and needs some room. */
static void
read_chunk (BtFetch *fetch, GAsyncReadyCallback have_read)
{
  fetch->received = fetch->body->len;
  g_byte_array_set_size (fetch->body, fetch->received + CHUNK_SIZE);
  fetch->pending = TRUE;
  g_input_stream_read_async (fetch->stream, fetch->body->data + fetch->received, CHUNK_SIZE,
                             G_PRIORITY_DEFAULT, fetch->cancellable, have_read, fetch);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  BtFetch *fetch = data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  fetch->pending = FALSE;
  if (fetch->func == NULL)
    {
      free_fetch (fetch);
      return;
    }
  if (n < 0 || fetch->refusal != NULL)
    {
      fail_hop (fetch, error);
      return;
    }
  g_byte_array_set_size (fetch->body, fetch->received + (guint) n);
  if (fetch->body->len > fetch->max_bytes)
    fail_literal (fetch, BT_ERROR_LIMIT, "The answer is too large");
  else if (n > 0)
    read_chunk (fetch, read_cb);
  else
    finish (fetch);
}

/* What is encoded says nothing of its length before it is decoded. */
static gboolean
is_too_large (BtFetch *fetch)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (fetch->message);

  return soup_message_headers_get_one (headers, "Content-Encoding") == NULL
         && soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
         && soup_message_headers_get_content_length (headers) > (goffset) fetch->max_bytes;
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  BtFetch *fetch = data;
  g_autoptr (GError) error = NULL;
  const char *location;

  fetch->pending = FALSE;
  fetch->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (fetch->func == NULL)
    {
      free_fetch (fetch);
      return;
    }
  if (fetch->stream == NULL || fetch->refusal != NULL)
    {
      fail_hop (fetch, error);
      return;
    }

  location = get_location (fetch->message);
  if (location == NULL && is_too_large (fetch))
    fail_literal (fetch, BT_ERROR_LIMIT, "The answer is too large");
  else if (location == NULL)
    read_chunk (fetch, read_cb);
  else if (prepare_redirect (fetch, location, &error))
    send_hop (fetch, sent_cb);
  else
    fail (fetch, error);
}

static gboolean
check_family (BtFetch *fetch, GError **error)
{
  BtEndpoint local = { 0 };

  if (fetch->family == BT_FETCH_ANY)
    return TRUE;
  if (fetch->family == BT_FETCH_IPV4)
    bt_endpoint_set_ipv4 (&local, (const guint8[4]){ 0 }, 0);
  return bt_gio_world_restrict (fetch->world, &local, error);
}

static gboolean
start_cb (gpointer data)
{
  BtFetch *fetch = data;
  g_autoptr (GError) error = NULL;

  clear_source (&fetch->start);
  if (check_family (fetch, &error))
    fetch->asked = bt_http_policy_parse (fetch->url, &error);
  if (fetch->asked == NULL)
    {
      fail (fetch, error);
      return G_SOURCE_REMOVE;
    }
  fetch->uri = g_uri_ref (fetch->asked);
  send_hop (fetch, sent_cb);
  return G_SOURCE_REMOVE;
}

BtFetch *
bt_gio_fetch (BtWorld *base, const BtFetchRequest *request, BtFetchFunc func, gpointer owner)
{
  BtGioWorld *world = (BtGioWorld *) base;
  BtFetch *fetch = g_new0 (BtFetch, 1);

  fetch->world = world;
  fetch->link.data = fetch;
  fetch->purpose = request->purpose;
  fetch->family = request->family;
  fetch->connect_s = request->connect_s;
  fetch->answer_s = request->answer_s;
  fetch->max_bytes = MIN (request->max_bytes, MAX_BODY_BYTES);
  fetch->url = g_strdup (request->url);
  fetch->soap_action = g_strdup (request->soap_action);
  fetch->soap_envelope = request->soap_envelope != NULL ? g_bytes_ref (request->soap_envelope) : NULL;
  fetch->func = func;
  fetch->owner = owner;
  fetch->cancellable = g_cancellable_new ();
  fetch->body = g_byte_array_new ();
  /* What is wrong with the URL is told later as well. */
  fetch->start = bt_gio_world_start_timer (world, 0, start_cb, fetch);
  fetch->timeout = bt_gio_world_start_timer (
    world, MIN (request->timeout_s, G_MAXUINT / 1000) * 1000, timeout_cb, fetch);
  g_queue_push_tail_link (&world->fetches, &fetch->link);
  return fetch;
}

void
bt_gio_fetch_cancel (BtWorld *base, BtFetch *fetch)
{
  drop_fetch (fetch);
}
