/* ft-small-router.c: a UPnP router on loopback, in a thread of its own, that answers as a test wants.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-small-router.h"

#include <gio/gio.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define ADDRESS "127.0.0.1"
#define GROUP "239.255.255.250"
#define SSDP_PORT 1900
#define LOOK_MS 50
#define SLOW_US (100 * G_TIME_SPAN_MILLISECOND)
#define LINE "line: of a head that does not end, in the hope that somebody keeps it\r\n"
#define WAN_SERVICE "<service><serviceType>%s</serviceType><controlURL>%s</controlURL><eventSubURL>/e</eventSubURL>" \
                    "<SCPDURL>/s.xml</SCPDURL></service>"

struct _FtSmallRouter
{
  BtEndpoint client;
  FtRouterManner manner;
  GSocket *http;
  guint16 port; /* of @http */
  int ssdp;
  GThread *thread;
  int stop;        /* atomic */
  GMutex mutex;
  GPtrArray *asked; /* of char */
};

typedef struct
{
  FtSmallRouter *router;
  GInputStream *in;
  GOutputStream *out;
  GString *request;
} Visit;

static gboolean
is_stopped (FtSmallRouter *router)
{
  return g_atomic_int_get (&router->stop) != 0;
}

G_GNUC_PRINTF (2, 3) static void
note (FtSmallRouter *router, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_mutex_lock (&router->mutex);
  g_ptr_array_add (router->asked, g_strdup_vprintf (format, args));
  g_mutex_unlock (&router->mutex);
  va_end (args);
}

/* Searches. */

static void
answer_search (FtSmallRouter *router, const struct sockaddr_in *to)
{
  const char *sender = router->manner.sender != NULL ? router->manner.sender : ADDRESS;
  struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr (sender) };
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nEXT:\r\n"
                                           "Location:  http://" ADDRESS ":%u/root.xml \r\n\r\n", router->port);
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (bind (fd, (struct sockaddr *) &from, sizeof from) == 0)
    sendto (fd, text, strlen (text), MSG_NOSIGNAL, (const struct sockaddr *) to, sizeof *to);
  close (fd);
}

static void
hear_search (FtSmallRouter *router)
{
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  char bytes[2048];

  if (recvfrom (router->ssdp, bytes, sizeof bytes, 0, (struct sockaddr *) &from, &length) > 0
      && memcmp (&from.sin_addr, router->client.ip + 12, 4) == 0)
    answer_search (router, &from);
}

static gboolean
open_searches (FtSmallRouter *router)
{
  struct sockaddr_in group = { .sin_family = AF_INET, .sin_port = htons (SSDP_PORT),
                               .sin_addr.s_addr = inet_addr (GROUP) };
  struct ip_mreqn membership = { .imr_multiaddr = group.sin_addr, .imr_address.s_addr = inet_addr (ADDRESS) };
  int on = 1;

  router->ssdp = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return router->ssdp >= 0 && setsockopt (router->ssdp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
         && bind (router->ssdp, (struct sockaddr *) &group, sizeof group) == 0
         && setsockopt (router->ssdp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) == 0;
}

/* Answers. */

static gboolean
say (Visit *visit, const void *bytes, gsize length)
{
  return g_output_stream_write_all (visit->out, bytes, length, NULL, NULL, NULL);
}

static void
say_body (Visit *visit, guint status, const char *body)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %u Whatever\r\nContent-Type: text/xml\r\nContent-Length: %" G_GSIZE_FORMAT
                                           "\r\nConnection: close\r\n\r\n%s", status, strlen (body), body);

  say (visit, text, strlen (text));
}

static void
say_without_end (Visit *visit, const char *head, const char *more)
{
  g_autofree char *block = NULL;
  GString *repeated = g_string_new (NULL);

  while (repeated->len < 65536)
    g_string_append (repeated, more);
  block = g_string_free (repeated, FALSE);
  if (say (visit, head, strlen (head)))
    while (!is_stopped (visit->router) && say (visit, block, strlen (block)))
      ;
}

static void
say_slowly (Visit *visit)
{
  static const char text[] = "HTTP/1.1 200 OK\r\n\r\n<root>";

  for (gsize i = 0; !is_stopped (visit->router) && say (visit, &text[MIN (i, sizeof text - 2)], 1); i++)
    g_usleep (SLOW_US);
}

/* FALSE: the visitor is to be answered well. */
static gboolean
answer_badly (Visit *visit, FtAnswer answer)
{
  static const char elsewhere[] = "HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
  char byte;

  switch (answer)
    {
    case FT_ANSWER_WITHOUT_END:
      say_without_end (visit, "HTTP/1.1 200 OK\r\n\r\n<root>", "<a>aaaaaaaa</a>");
      return TRUE;
    case FT_ANSWER_LONG:
      say_without_end (visit, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", "<a>aaaaaaaa</a>");
      return TRUE;
    case FT_ANSWER_HEAD_WITHOUT_END:
      say_without_end (visit, "HTTP/1.1 200 OK\r\n", LINE);
      return TRUE;
    case FT_ANSWER_ONE_BYTE_A_TIME:
      say_slowly (visit);
      return TRUE;
    case FT_ANSWER_NOTHING:
      g_input_stream_read (visit->in, &byte, 1, NULL, NULL); /* until it gives up */
      return TRUE;
    case FT_ANSWER_GARBAGE:
      say_body (visit, 200, "\xff<<<a b='><></a></></");
      return TRUE;
    case FT_ANSWER_ELSEWHERE:
      say (visit, elsewhere, strlen (elsewhere));
      return TRUE;
    default:
      return FALSE;
    }
}

static void
describe (Visit *visit)
{
  FtRouterManner *manner = &visit->router->manner;
  g_autofree char *first = g_strdup_printf (WAN_SERVICE, manner->service, "/first");
  g_autofree char *second = manner->second != NULL ? g_strdup_printf (WAN_SERVICE, manner->second, "/second") : NULL;
  g_autofree char *common = g_strdup_printf (WAN_SERVICE, "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1", "/c");
  g_autofree char *text = g_strconcat ("<?xml version=\"1.0\"?><root><device><deviceList><device><serviceList>", common,
                                       "</serviceList><deviceList><device><serviceList>", first, second,
                                       "</serviceList></device></deviceList></device></deviceList></device></root>", NULL);

  say_body (visit, 200, text);
}

static char *
find_field (Visit *visit, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("<%s>([^<]*)</%s>", name, name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, visit->request->str, 0, &match) ? g_match_info_fetch (match, 1) : g_strdup ("");
}

static guint
judge_mapping (FtRouterManner *manner, const char *external, const char *internal, const char *lease)
{
  if (manner->refuse != 0)
    return manner->refuse;
  if (manner->permanent && strcmp (lease, "0") != 0)
    return 725;
  if (manner->same_port && strcmp (external, internal) != 0)
    return 724;
  return manner->taken != 0 && (guint) atoi (external) == manner->taken ? 718 : 0;
}

static void
act (Visit *visit, const char *action)
{
  FtRouterManner *manner = &visit->router->manner;
  g_autofree char *external = find_field (visit, "NewExternalPort");
  g_autofree char *internal = find_field (visit, "NewInternalPort");
  g_autofree char *client = find_field (visit, "NewInternalClient");
  g_autofree char *protocol = find_field (visit, "NewProtocol");
  g_autofree char *lease = find_field (visit, "NewLeaseDuration");
  gboolean is_first = g_str_has_prefix (visit->request->str, "POST /first ");
  g_autofree char *body = NULL;
  guint code = 0;

  note (visit->router, "%s %s %s %s %s %s", action, protocol, external, internal, client, lease);
  g_usleep (manner->delay_ms * G_TIME_SPAN_MILLISECOND);
  if (strcmp (action, "AddPortMapping") == 0 && manner->unwanted != NULL)
    atomic_store (manner->unwanted, 1);
  if (strcmp (action, "AddPortMapping") == 0)
    code = judge_mapping (manner, external, internal, lease);
  body = code != 0 ? g_strdup_printf ("<e><errorCode>%u</errorCode></e>", code)
                   : g_strdup_printf ("<r><NewConnectionStatus>%s</NewConnectionStatus>"
                                      "<NewExternalIPAddress>%s</NewExternalIPAddress></r>",
                                      is_first && manner->second != NULL ? "Disconnected" : "Connected", manner->external);
  say_body (visit, code != 0 ? 500 : 200, body);
}

/* Head and body; FALSE: the visitor left before. */
static gboolean
read_request (Visit *visit)
{
  for (;;)
    {
      const char *end = strstr (visit->request->str, "\r\n\r\n");
      const char *length = strstr (visit->request->str, "Content-Length: ");
      char bytes[4096];
      gssize n;

      if (end != NULL && visit->request->len >= (gsize) (end + 4 - visit->request->str)
                                                  + (length != NULL ? (gsize) atoi (length + 16) : 0))
        return TRUE;
      n = g_input_stream_read (visit->in, bytes, sizeof bytes, NULL, NULL);
      if (n <= 0)
        return FALSE;
      g_string_append_len (visit->request, bytes, n);
    }
}

static void
answer (Visit *visit)
{
  FtRouterManner *manner = &visit->router->manner;
  g_autoptr (GRegex) regex = g_regex_new ("SOAPAction: \"[^#]*#(\\w+)\"\r\n", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *action = NULL;

  if (strstr (visit->request->str, " /there ") != NULL)
    note (visit->router, "redirected");
  else if (g_str_has_prefix (visit->request->str, "GET /"))
    {
      note (visit->router, "description");
      if (!answer_badly (visit, manner->description))
        describe (visit);
    }
  else if (g_regex_match (regex, visit->request->str, 0, &match) && !answer_badly (visit, manner->soap))
    {
      action = g_match_info_fetch (match, 1);
      act (visit, action);
    }
}

static void
receive_visit (FtSmallRouter *router)
{
  g_autoptr (GSocket) socket = g_socket_accept (router->http, NULL, NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  Visit visit = { .router = router, .request = g_string_new (NULL) };

  g_assert_nonnull (socket);
  connection = g_socket_connection_factory_create_connection (socket);
  visit.in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  visit.out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  if (read_request (&visit))
    answer (&visit);
  g_string_free (visit.request, TRUE);
}

/* One after another, as we ask. */
static gpointer
serve (gpointer data)
{
  FtSmallRouter *router = data;
  GPollFD polls[] = { { .fd = router->ssdp, .events = G_IO_IN },
                      { .fd = g_socket_get_fd (router->http), .events = G_IO_IN } };

  while (!is_stopped (router))
    {
      if (g_poll (polls, G_N_ELEMENTS (polls), LOOK_MS) <= 0)
        continue;
      if (polls[0].revents != 0)
        hear_search (router);
      if (polls[1].revents != 0)
        receive_visit (router);
    }
  return NULL;
}

static void
open_http (FtSmallRouter *router)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (ADDRESS, 0);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GError) error = NULL;

  router->http = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_bind (router->http, any, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (router->http, &error);
  g_assert_no_error (error);
  local = g_socket_get_local_address (router->http, NULL);
  router->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
}

FtSmallRouter *
ft_small_router_new (const BtEndpoint *client)
{
  FtSmallRouter *router = g_new0 (FtSmallRouter, 1);

  router->client = *client;
  router->manner.service = "urn:schemas-upnp-org:service:WANIPConnection:1";
  router->manner.external = "5.77.0.5";
  router->asked = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&router->mutex);
  open_http (router);
  if (open_searches (router))
    router->thread = g_thread_new ("small-router", serve, router);
  else
    g_clear_pointer (&router, ft_small_router_free);
  return router;
}

void
ft_small_router_free (FtSmallRouter *router)
{
  g_atomic_int_set (&router->stop, 1);
  if (router->thread != NULL)
    g_thread_join (router->thread);
  if (router->ssdp >= 0)
    close (router->ssdp);
  g_object_unref (router->http);
  g_ptr_array_unref (router->asked);
  g_mutex_clear (&router->mutex);
  g_free (router);
}

FtRouterManner *
ft_small_router_manner (FtSmallRouter *router)
{
  return &router->manner;
}

void
ft_small_router_get_address (FtSmallRouter *router, BtEndpoint *out)
{
  g_assert_true (bt_endpoint_parse_ip (out, ADDRESS, 0));
}

guint
ft_small_router_count (FtSmallRouter *router, const char *what)
{
  guint n = 0;

  g_mutex_lock (&router->mutex);
  for (guint i = 0; i < router->asked->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (router->asked, i), what);
  g_mutex_unlock (&router->mutex);
  return n;
}
