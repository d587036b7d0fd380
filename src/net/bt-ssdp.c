/* bt-ssdp.c: a search for UPnP devices in the local network, and waited for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-ssdp.h"

#include <string.h>

#define GROUP "239.255.255.250"
#define PORT 1900
/* Datagrams get lost. Devices put their answers off for up to MX seconds. */
#define ROUNDS 2
#define ROUND_MS 600
#define MAX_DEVICES 8 /* televisions and printers answer as well; each is asked what it is */
#define LOCATION "location:"

typedef struct
{
  GPtrArray *urls;
  const BtEndpoint *enough; /* (nullable) */
  gboolean answered;        /* by that */
  gboolean over;            /* a round */
} Search;

static gboolean
leads_to (const char *url, const BtEndpoint *from)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  BtEndpoint host;

  return uri != NULL && g_uri_get_host (uri) != NULL && bt_endpoint_parse_ip (&host, g_uri_get_host (uri), 0)
         && bt_endpoint_same_ip (&host, from);
}

char *
bt_ssdp_read (const BtEndpoint *from, const void *bytes, gsize length)
{
  g_autofree char *text = g_strndup (bytes, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (!g_str_has_prefix (text, "HTTP/1."))
    return NULL;
  for (char **line = lines; *line != NULL; line++)
    if (g_ascii_strncasecmp (*line, LOCATION, strlen (LOCATION)) == 0)
      {
        const char *url = g_strstrip (*line + strlen (LOCATION));

        if (leads_to (url, from))
          return g_strdup (url);
        g_debug ("A device that is elsewhere is not asked: %s", url);
        return NULL;
      }
  return NULL;
}

static void
heard_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Search *search = owner;
  char *url;

  if (search->urls->len >= MAX_DEVICES)
    return;
  url = bt_ssdp_read (from, bytes, length);
  if (url != NULL && search->enough != NULL && bt_endpoint_same_ip (from, search->enough))
    search->answered = TRUE;
  if (url == NULL || g_ptr_array_find_with_equal_func (search->urls, url, g_str_equal, NULL))
    g_free (url);
  else
    g_ptr_array_add (search->urls, url);
}

static gboolean
over_cb (gpointer data)
{
  ((Search *) data)->over = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
wait_a_round (Search *search, GMainContext *context)
{
  g_autoptr (GSource) timeout = g_timeout_source_new (ROUND_MS);

  search->over = FALSE;
  g_source_set_callback (timeout, over_cb, search, NULL);
  g_source_attach (timeout, context);
  while (!search->over && !search->answered)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timeout);
}

static void
send_search (BtWorld *world, BtUdp *udp, const char *type)
{
  g_autofree char *text = g_strdup_printf ("M-SEARCH * HTTP/1.1\r\nHOST: %s:%u\r\nST: %s\r\n"
                                           "MAN: \"ssdp:discover\"\r\nMX: 1\r\n\r\n",
                                           GROUP, PORT, type);
  BtEndpoint group;

  bt_endpoint_parse_ip (&group, GROUP, PORT);
  world->ops->udp_send (world, udp, &group, text, strlen (text));
}

void
bt_ssdp_search (BtWorld *world,
                GMainContext *context,
                const BtEndpoint *source,
                const char *const *types,
                const BtEndpoint *enough,
                GPtrArray *urls)
{
  Search search = { .urls = urls, .enough = enough };
  g_autoptr (GError) error = NULL;
  BtEndpoint local = *source;
  BtUdp *udp;

  local.port = 0;
  /* What has this address goes out by its interface, to a group as well. */
  udp = world->ops->udp_open (world, &local, heard_cb, &search, &error);
  if (udp == NULL)
    {
      g_debug ("UPnP: %s", error->message);
      return;
    }
  for (guint i = 0; i < ROUNDS && !search.answered; i++)
    {
      for (const char *const *type = types; *type != NULL; type++)
        send_search (world, udp, *type);
      wait_a_round (&search, context);
    }
  world->ops->udp_free (world, udp);
}
