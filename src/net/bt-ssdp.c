/* bt-ssdp.c: a search for UPnP devices in the local network, and waited for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-ssdp.h"

#include <string.h>

#define GROUP "239.255.255.250"
#define PORT 1900
/* Datagrams get lost. Devices put their answers off for up to MX seconds. */
#define ROUNDS 2
#define LOCATION "location:"

/* Televisions and printers answer as well, and each is asked what it is. However many there are, the gateway and
 * those that say they are routers have places of their own. */
#define MAX_OTHERS 8
#define MAX_ROUTERS 8
#define MAX_PER_ADDRESS 2

/* Whom to ask first: the lower the sooner. */
#define SAYS_NO_ROUTER 1
#define NO_GATEWAY 2

typedef struct
{
  char *url;
  BtEndpoint from;
  guint rank;
  gboolean taken;
} Find;

struct _BtSsdpFinds
{
  GArray *finds;
  BtEndpoint gateway;
  gboolean gateway_answered;
};

typedef struct
{
  BtSsdpFinds *finds;
  gboolean whole;
  gboolean over; /* a round */
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

/* Finds. */

static void
clear_find (gpointer data)
{
  g_free (((Find *) data)->url);
}

BtSsdpFinds *
bt_ssdp_finds_new (const BtEndpoint *gateway)
{
  BtSsdpFinds *self = g_new0 (BtSsdpFinds, 1);

  self->gateway = *gateway;
  self->finds = g_array_new (FALSE, FALSE, sizeof (Find));
  g_array_set_clear_func (self->finds, clear_find);
  return self;
}

void
bt_ssdp_finds_free (BtSsdpFinds *self)
{
  g_array_unref (self->finds);
  g_free (self);
}

/* Which kind of device answers is said in ST or USN. */
static gboolean
says_router (const void *bytes, gsize length)
{
  static const char *const kinds[] = { ":InternetGatewayDevice:", ":WANIPConnection:", ":WANPPPConnection:" };
  g_autofree char *text = g_strndup (bytes, length);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strstr (text, kinds[i]) != NULL)
      return TRUE;
  return FALSE;
}

static Find *
find_url (BtSsdpFinds *self, const char *url)
{
  for (guint i = 0; i < self->finds->len; i++)
    {
      Find *find = &g_array_index (self->finds, Find, i);

      if (g_str_equal (find->url, url))
        return find;
    }
  return NULL;
}

static guint
count_rank (BtSsdpFinds *self, guint rank)
{
  guint n = 0;

  for (guint i = 0; i < self->finds->len; i++)
    n += g_array_index (self->finds, Find, i).rank == rank;
  return n;
}

/* Whether there is room for one of this rank; what is worse at the same address gives way. */
static gboolean
make_room (BtSsdpFinds *self, const BtEndpoint *from, guint rank)
{
  guint n_same = 0, worse = G_MAXUINT;

  for (guint i = 0; i < self->finds->len; i++)
    {
      const Find *find = &g_array_index (self->finds, Find, i);

      if (!bt_endpoint_same_ip (&find->from, from))
        continue;
      n_same++;
      if (find->rank > rank && !find->taken)
        worse = i;
    }
  if (n_same >= MAX_PER_ADDRESS && worse == G_MAXUINT)
    return FALSE;
  if (rank >= NO_GATEWAY && count_rank (self, rank) >= (rank == NO_GATEWAY ? MAX_ROUTERS : MAX_OTHERS))
    return FALSE;
  if (n_same >= MAX_PER_ADDRESS)
    g_array_remove_index (self->finds, worse);
  return TRUE;
}

void
bt_ssdp_finds_hear (BtSsdpFinds *self, const BtEndpoint *from, const void *bytes, gsize length)
{
  g_autofree char *url = bt_ssdp_read (from, bytes, length);
  gboolean is_gateway = bt_endpoint_same_ip (from, &self->gateway);
  Find find = { .from = *from };
  Find *known;

  if (url == NULL)
    return;
  self->gateway_answered |= is_gateway;
  find.rank = (is_gateway ? 0 : NO_GATEWAY) + (says_router (bytes, length) ? 0 : SAYS_NO_ROUTER);
  known = find_url (self, url);
  if (known != NULL)
    known->rank = MIN (known->rank, find.rank);
  else if (make_room (self, from, find.rank))
    {
      find.url = g_steal_pointer (&url);
      g_array_append_val (self->finds, find);
    }
}

const char *
bt_ssdp_finds_take (BtSsdpFinds *self)
{
  Find *best = NULL;

  for (guint i = 0; i < self->finds->len; i++)
    {
      Find *find = &g_array_index (self->finds, Find, i);

      if (!find->taken && (best == NULL || find->rank < best->rank))
        best = find;
    }
  if (best == NULL)
    return NULL;
  best->taken = TRUE;
  return best->url;
}

/* The search. */

static void
heard_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  bt_ssdp_finds_hear (((Search *) owner)->finds, from, bytes, length);
}

static gboolean
is_enough (const Search *search)
{
  return !search->whole && search->finds->gateway_answered;
}

static gboolean
over_cb (gpointer data)
{
  ((Search *) data)->over = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
wait_a_round (Search *search, GMainContext *context, guint round_ms)
{
  g_autoptr (GSource) timeout = g_timeout_source_new (round_ms);

  search->over = FALSE;
  g_source_set_callback (timeout, over_cb, search, NULL);
  g_source_attach (timeout, context);
  while (!search->over && !is_enough (search))
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
                gboolean whole,
                guint round_ms,
                BtSsdpFinds *finds)
{
  Search search = { .finds = finds, .whole = whole };
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
  for (guint i = 0; i < ROUNDS && !is_enough (&search); i++)
    {
      for (const char *const *type = types; *type != NULL; type++)
        send_search (world, udp, *type);
      wait_a_round (&search, context, round_ms);
    }
  world->ops->udp_free (world, udp);
}
