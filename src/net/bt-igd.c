/* bt-igd.c: one UPnP router, by miniupnpc: every call waits, so it is for a thread of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-igd.h"

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>
#include <string.h>

/* One after another, since a search cannot be called off. */
static const char *const searches[] = {
  "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
  "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
  "upnp:rootdevice",
};

#define SEARCH_MS 1000
#define SEARCH_TTL 2
#define MAX_DEVICES 8 /* televisions and printers answer as well; each is asked what it is */
#define DESCRIPTION "FriendTorrent"
#define WAN "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:" /* what only a router has */

#define ERROR_ACTION_FAILED 501
#define ERROR_CONFLICT 718
#define ERROR_NOT_SAME_PORT 724
#define ERROR_PERMANENT_ONLY 725

struct _BtIgd
{
  const atomic_int *unwanted; /* (nullable) */
  gboolean found;
  struct UPNPUrls urls;
  struct IGDdatas data;
  BtEndpoint router; /* port 0 */
  BtEndpoint source; /* ours towards it */
  gboolean permanent; /* it knows no lifetimes */
};

BtIgd *
bt_igd_new (const atomic_int *unwanted)
{
  BtIgd *igd = g_new0 (BtIgd, 1);

  igd->unwanted = unwanted;
  return igd;
}

static gboolean
is_unwanted (BtIgd *igd)
{
  return igd->unwanted != NULL && atomic_load (igd->unwanted) != 0;
}

static void
forget (BtIgd *igd)
{
  const atomic_int *unwanted = igd->unwanted;

  if (igd->found)
    FreeUPNPUrls (&igd->urls);
  memset (igd, 0, sizeof *igd);
  igd->unwanted = unwanted;
}

void
bt_igd_free (BtIgd *igd)
{
  forget (igd);
  g_free (igd);
}

/* Finding it. */

static gboolean
is_in_network (const BtUpnpRequest *request, const BtEndpoint *host)
{
  return bt_endpoint_is_in_network (host, &request->source, request->prefix_length);
}

/* Strangers answer searches too: they must not make us ask whom they like (other machines, services of this one,
 * the Internet). */
gboolean
bt_igd_accepts_url (const BtUpnpRequest *request, const char *url, BtEndpoint *host)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "http") != 0 || g_uri_get_userinfo (uri) != NULL
      || g_uri_get_host (uri) == NULL || !bt_endpoint_parse_ip (host, g_uri_get_host (uri), 0))
    return FALSE;
  return is_in_network (request, host) && bt_endpoint_is_local (host) && !bt_endpoint_is_loopback (host);
}

/* Moves those that may be asked, the gateway before others, into @out, a list of the same kind that borrows. */
static guint
choose_devices (const BtUpnpRequest *request, const struct UPNPDev *devices, GPtrArray *out)
{
  for (const struct UPNPDev *device = devices; device != NULL && out->len < MAX_DEVICES; device = device->pNext)
    {
      BtEndpoint host;

      if (!bt_igd_accepts_url (request, device->descURL, &host))
        g_debug ("A device that is elsewhere is not asked: %s", device->descURL);
      else if (bt_endpoint_same_ip (&host, &request->gateway))
        g_ptr_array_insert (out, 0, (gpointer) device);
      else
        g_ptr_array_add (out, (gpointer) device);
    }
  return out->len;
}

/* The description may lead elsewhere as well. */
static gboolean
stays_at_home (const BtUpnpRequest *request, BtIgd *igd)
{
  BtEndpoint control;

  return igd->urls.controlURL != NULL && bt_igd_accepts_url (request, igd->urls.rootdescURL, &igd->router)
         && bt_igd_accepts_url (request, igd->urls.controlURL, &control)
         && bt_endpoint_same_ip (&control, &igd->router);
}

/* IP and PPP may each have a way out of their own. */
static void
take_other_service (BtIgd *igd, const char *url)
{
  struct IGDdatas_service first = igd->data.first;

  igd->data.first = igd->data.second;
  igd->data.second = first;
  FreeUPNPUrls (&igd->urls);
  GetUPNPUrls (&igd->urls, &igd->data, url, 0);
}

static void
ask_address (BtIgd *igd, BtEndpoint *out)
{
  char text[BT_ENDPOINT_TEXT_SIZE] = "";

  if (UPNP_GetExternalIPAddress (igd->urls.controlURL, igd->data.first.servicetype, text) != UPNPCOMMAND_SUCCESS
      || !bt_endpoint_parse_ip (out, text, 0))
    memset (out, 0, sizeof *out);
}

static gboolean
leads_out (BtIgd *igd)
{
  BtEndpoint external;

  if (!UPNPIGD_IsConnected (&igd->urls, &igd->data))
    return FALSE;
  ask_address (igd, &external);
  return !bt_endpoint_is_unspecified (&external) && !bt_endpoint_is_local (&external);
}

/* Of two the one that leads to the Internet, else the first. FALSE: nothing may be asked. */
static gboolean
choose_service (BtIgd *igd, const BtUpnpRequest *request, const char *url)
{
  if (!stays_at_home (request, igd))
    return FALSE;
  if (igd->data.second.servicetype[0] == '\0' || leads_out (igd))
    return TRUE;
  take_other_service (igd, url);
  if (!stays_at_home (request, igd) || !leads_out (igd))
    take_other_service (igd, url);
  return TRUE;
}

/* UPNP_GetValidIGD() would ask before anybody could look whom. */
static void
try_device (BtIgd *igd, const BtUpnpRequest *request, const char *url)
{
  char lan[BT_ENDPOINT_TEXT_SIZE] = "";

  igd->found = UPNP_GetIGDFromUrl (url, &igd->urls, &igd->data, lan, sizeof lan) != 0;
  if (!igd->found)
    return;
  if (!g_str_has_prefix (igd->data.CIF.servicetype, WAN) || !bt_endpoint_parse_ip (&igd->source, lan, 0)
      || !is_in_network (request, &igd->source) || !choose_service (igd, request, url))
    forget (igd);
}

static void
search (BtIgd *igd, const BtUpnpRequest *request, const char *type)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  char source[BT_ENDPOINT_TEXT_SIZE];
  struct UPNPDev *devices;
  int error = 0;

  bt_endpoint_format_ip (&request->source, source);
  /* The empty name keeps it from a daemon that knows what was there before. */
  devices = upnpDiscoverDevice (type, SEARCH_MS, source, "", UPNP_LOCAL_PORT_ANY, FALSE, SEARCH_TTL, &error);
  choose_devices (request, devices, chosen);
  for (guint i = 0; i < chosen->len && !igd->found && !is_unwanted (igd); i++)
    try_device (igd, request, ((const struct UPNPDev *) g_ptr_array_index (chosen, i))->descURL);
  freeUPNPDevlist (devices);
}

static gboolean
find (BtIgd *igd, const BtUpnpRequest *request)
{
  forget (igd);
  for (guint i = 0; i < G_N_ELEMENTS (searches) && !igd->found && !is_unwanted (igd); i++)
    search (igd, request, searches[i]);
  return igd->found && !is_unwanted (igd);
}

/* Asking it. */

static int
add_one (BtIgd *igd, const BtUpnpRequest *request, guint16 external_port, const char *protocol, guint32 lifetime_s)
{
  char source[BT_ENDPOINT_TEXT_SIZE], external[8], internal[8], lease[12];

  bt_endpoint_format_ip (&igd->source, source);
  g_snprintf (external, sizeof external, "%u", external_port);
  g_snprintf (internal, sizeof internal, "%u", request->internal_port);
  g_snprintf (lease, sizeof lease, "%u", lifetime_s);
  return UPNP_AddPortMapping (igd->urls.controlURL, igd->data.first.servicetype, external, internal, source,
                              DESCRIPTION, protocol, NULL, lease);
}

static int
add_lasting (BtIgd *igd, const BtUpnpRequest *request, guint16 external_port, const char *protocol)
{
  int error = igd->permanent ? ERROR_PERMANENT_ONLY
                             : add_one (igd, request, external_port, protocol, request->lifetime_s);

  if (error != ERROR_PERMANENT_ONLY)
    return error;
  igd->permanent = TRUE;
  return add_one (igd, request, external_port, protocol, 0);
}

/* What is not of UPnP is of the way there: the router may be another one meanwhile. */
static gboolean
is_of_upnp (int error)
{
  return error >= 400;
}

/* FALSE: nobody heard it. */
static gboolean
remove_one (BtIgd *igd, guint16 external_port, const char *protocol)
{
  char external[8];
  int error;

  g_snprintf (external, sizeof external, "%u", external_port);
  error = UPNP_DeletePortMapping (igd->urls.controlURL, igd->data.first.servicetype, external, protocol, NULL);
  return error == UPNPCOMMAND_SUCCESS || is_of_upnp (error);
}

/* Both protocols or none. */
static int
add_both (BtIgd *igd, const BtUpnpRequest *request, guint16 external_port)
{
  int error = add_lasting (igd, request, external_port, "TCP");

  if (error != UPNPCOMMAND_SUCCESS)
    return error;
  error = add_lasting (igd, request, external_port, "UDP");
  if (error != UPNPCOMMAND_SUCCESS)
    remove_one (igd, external_port, "TCP");
  return error;
}

static gboolean
is_about_the_port (int error)
{
  return error == ERROR_CONFLICT || error == ERROR_ACTION_FAILED;
}

static int
add (BtIgd *igd, const BtUpnpRequest *request, guint16 *external_port)
{
  int error = add_both (igd, request, request->external_port);

  *external_port = request->external_port;
  if (error == ERROR_NOT_SAME_PORT && request->external_port != request->internal_port)
    {
      *external_port = request->internal_port;
      error = add_both (igd, request, *external_port);
    }
  for (guint i = 0; i < G_N_ELEMENTS (request->other_ports) && is_about_the_port (error); i++)
    {
      *external_port = request->other_ports[i];
      error = add_both (igd, request, *external_port);
    }
  return error;
}

static void
map (BtIgd *igd, const BtUpnpRequest *request, BtUpnpReply *reply)
{
  int error = add (igd, request, &reply->external_port);

  if (error == UPNPCOMMAND_SUCCESS)
    {
      reply->result = BT_UPNP_DONE;
      reply->lifetime_s = igd->permanent ? 0 : request->lifetime_s;
      reply->router = igd->router;
      ask_address (igd, &reply->external);
      return;
    }
  g_debug ("UPnP: %s", strupnperror (error) != NULL ? strupnperror (error) : "an error that has no name");
  reply->result = is_of_upnp (error) ? BT_UPNP_REFUSED : BT_UPNP_NO_ANSWER;
  reply->code = is_of_upnp (error) ? (guint) error : 0;
}

void
bt_igd_do (BtIgd *igd, const BtUpnpRequest *request, BtUpnpReply *reply)
{
  *reply = (BtUpnpReply){ .result = BT_UPNP_NO_ANSWER };
  if (request->remove)
    {
      /* One that is not known any more has nothing of ours. */
      if (igd->found && remove_one (igd, request->external_port, "TCP"))
        remove_one (igd, request->external_port, "UDP");
      reply->result = BT_UPNP_DONE;
      return;
    }
  if ((request->anew || !igd->found || !bt_endpoint_same_ip (&igd->source, &request->source)) && !find (igd, request))
    return;
  map (igd, request, reply);
  if (reply->result == BT_UPNP_NO_ANSWER)
    forget (igd);
}
