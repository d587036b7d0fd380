/* bt-igd.c: one UPnP router: every call waits, so it is for a thread of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-igd.h"

#include "bt-gio-world.h"
#include "bt-soap.h"
#include "bt-ssdp.h"
#include "bt-upnp-xml.h"

#include <string.h>

static const char *const routers[] = {
  "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
  "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
  NULL,
};
/* Some routers answer to this alone, as everything does. */
static const char *const devices[] = { "upnp:rootdevice", NULL };

/* A device of the same network that takes longer for an answer is of no use. */
static const BtIgdPatience usual_patience = { .round_ms = 600, .answer_s = 5, .whole_s = 30 };

#define DESCRIPTION "FriendTorrent"

#define ERROR_ACTION_FAILED 501
#define ERROR_CONFLICT 718
#define ERROR_NOT_SAME_PORT 724
#define ERROR_PERMANENT_ONLY 725

struct _BtIgd
{
  char *user_agent;
  const atomic_int *unwanted; /* (nullable) */
  GMainContext *context;
  BtIgdPatience patience;
  BtWorld *world;  /* (nullable): while something is asked */
  gint64 deadline; /* of that; the time of one more answer is kept for what has to come to an end */

  gboolean found; /* then the following */
  BtUpnpDescription description;
  guint way; /* of its ways out */
  BtEndpoint router; /* port 0 */
  BtEndpoint source; /* ours towards it */
  gboolean permanent; /* it knows no lifetimes */
};

BtIgd *
bt_igd_new (const char *user_agent, const atomic_int *unwanted)
{
  BtIgd *igd = g_new0 (BtIgd, 1);

  igd->user_agent = g_strdup (user_agent);
  igd->unwanted = unwanted;
  igd->patience = usual_patience;
  igd->context = g_main_context_new ();
  return igd;
}

void
bt_igd_set_patience (BtIgd *igd, const BtIgdPatience *patience)
{
  igd->patience = *patience;
}

/* How long an answer may take; 0: nothing is asked any more. */
static guint
get_time_left (BtIgd *igd)
{
  gint64 left_s = (igd->deadline - g_get_monotonic_time ()) / G_TIME_SPAN_SECOND;

  if (igd->unwanted != NULL && atomic_load (igd->unwanted) != 0)
    return 0;
  return (guint) CLAMP (left_s, 0, igd->patience.answer_s);
}

static gboolean
may_go_on (BtIgd *igd)
{
  return get_time_left (igd) > 0;
}

static void
forget (BtIgd *igd)
{
  if (igd->found)
    bt_upnp_description_clear (&igd->description);
  igd->found = FALSE;
  igd->permanent = FALSE;
}

void
bt_igd_free (BtIgd *igd)
{
  forget (igd);
  g_main_context_unref (igd->context);
  g_free (igd->user_agent);
  g_free (igd);
}

/* A world of its own for each time: between them it holds no descriptor. */
static void
begin (BtIgd *igd, const BtEndpoint *source)
{
  igd->deadline = g_get_monotonic_time ()
                  + (igd->patience.whole_s - igd->patience.answer_s) * G_TIME_SPAN_SECOND;
  g_main_context_push_thread_default (igd->context);
  igd->world = bt_gio_world_new (igd->context, source, igd->user_agent);
}

static void
end (BtIgd *igd)
{
  BtWorld *world = g_steal_pointer (&igd->world);

  world->ops->free (world);
  while (g_main_context_iteration (igd->context, FALSE))
    ; /* what was called off is let go */
  g_main_context_pop_thread_default (igd->context);
}

/* Finding it. */

/* Strangers answer searches too: they must not make us ask whom they like (other machines, services of this one,
 * the Internet). */
gboolean
bt_igd_accepts_url (const BtUpnpRequest *request, const char *url, BtEndpoint *host)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "http") != 0 || g_uri_get_userinfo (uri) != NULL
      || g_uri_get_host (uri) == NULL || !bt_endpoint_parse_ip (host, g_uri_get_host (uri), 0))
    return FALSE;
  return bt_endpoint_is_in_network (host, &request->source, request->prefix_length)
         && (bt_endpoint_is_private (host)
             || (bt_endpoint_is_loopback (host) && bt_endpoint_is_loopback (&request->source)));
}

/* What is put into requests as it is. */
static gboolean
is_plain (const char *service)
{
  for (const char *p = service; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (":-_.", *p) == NULL)
      return FALSE;
  return *service != '\0';
}

static const BtUpnpService *
get_way (const BtIgd *igd)
{
  return &igd->description.ways[igd->way];
}

/* The description, from @url, may lead elsewhere as well. */
static gboolean
stays_at_home (const BtUpnpRequest *request, BtIgd *igd, const char *url)
{
  BtEndpoint control;

  return is_plain (get_way (igd)->type) && bt_igd_accepts_url (request, url, &igd->router)
         && bt_igd_accepts_url (request, get_way (igd)->control, &control)
         && bt_endpoint_same_ip (&control, &igd->router);
}

static int
call (BtIgd *igd, guint timeout_s, const char *action, const char *const *arguments, const char *wanted, char *value)
{
  BtSoap soap = { igd->world, igd->context, get_way (igd)->control, timeout_s, get_way (igd)->type };

  return bt_soap_call (&soap, action, arguments, wanted, value);
}

static void
ask_address (BtIgd *igd, BtEndpoint *out)
{
  char text[BT_SOAP_VALUE_SIZE];

  if (call (igd, get_time_left (igd), "GetExternalIPAddress", NULL, "NewExternalIPAddress", text) != BT_SOAP_DONE
      || !bt_endpoint_parse_ip (out, text, 0))
    memset (out, 0, sizeof *out);
}

static gboolean
leads_out (BtIgd *igd)
{
  char status[BT_SOAP_VALUE_SIZE];
  BtEndpoint external;

  if (call (igd, get_time_left (igd), "GetStatusInfo", NULL, "NewConnectionStatus", status) != BT_SOAP_DONE
      || (strcmp (status, "Connected") != 0 && strcmp (status, "Up") != 0))
    return FALSE;
  ask_address (igd, &external);
  return !bt_endpoint_is_unspecified (&external) && !bt_endpoint_is_local (&external);
}

/* Of those that may be asked the one that leads to the Internet, else the first. FALSE: there is none. */
static gboolean
choose_way (BtIgd *igd, const BtUpnpRequest *request, const char *url)
{
  guint first = BT_UPNP_WAYS;

  for (igd->way = 0; igd->way < igd->description.n_ways; igd->way++)
    {
      if (!stays_at_home (request, igd, url))
        continue;
      first = MIN (first, igd->way);
      if (igd->description.n_ways == 1 || leads_out (igd))
        return TRUE;
    }
  igd->way = first;
  return first < BT_UPNP_WAYS;
}

static void
try_device (BtIgd *igd, const BtUpnpRequest *request, const char *url)
{
  BtSoap soap = { igd->world, igd->context, url, get_time_left (igd), NULL };
  g_autoptr (GBytes) description = NULL;
  BtEndpoint host;

  if (!bt_igd_accepts_url (request, url, &host))
    {
      g_debug ("A device that is elsewhere is not asked: %s", url);
      return;
    }
  description = bt_soap_get (&soap);
  if (description == NULL)
    return;
  bt_upnp_description_read (&igd->description, g_bytes_get_data (description, NULL), g_bytes_get_size (description),
                            url);
  igd->found = TRUE;
  igd->source = request->source;
  if (!igd->description.is_router || !choose_way (igd, request, url))
    forget (igd);
}

/* Adds those that answer to @finds and asks them. */
static void
search (BtIgd *igd, const BtUpnpRequest *request, const char *const *types, gboolean whole, BtSsdpFinds *finds)
{
  const char *url;

  bt_ssdp_search (igd->world, igd->context, &request->source, types, whole, igd->patience.round_ms, finds);
  while (!igd->found && may_go_on (igd) && (url = bt_ssdp_finds_take (finds)) != NULL)
    try_device (igd, request, url);
}

static gboolean
find (BtIgd *igd, const BtUpnpRequest *request)
{
  g_autoptr (BtSsdpFinds) finds = bt_ssdp_finds_new (&request->gateway);

  forget (igd);
  search (igd, request, routers, FALSE, finds);
  if (!igd->found && may_go_on (igd))
    search (igd, request, devices, TRUE, finds);
  return igd->found && may_go_on (igd);
}

/* Asking it. */

static int
add_one (BtIgd *igd, const BtUpnpRequest *request, guint16 external_port, const char *protocol, guint32 lifetime_s)
{
  char source[BT_ENDPOINT_TEXT_SIZE], external[8], internal[8], lease[12];
  const char *arguments[] = {
    "NewRemoteHost", "", "NewExternalPort", external, "NewProtocol", protocol, "NewInternalPort", internal,
    "NewInternalClient", source, "NewEnabled", "1", "NewPortMappingDescription", DESCRIPTION,
    "NewLeaseDuration", lease, NULL,
  };

  bt_endpoint_format_ip (&igd->source, source);
  g_snprintf (external, sizeof external, "%u", external_port);
  g_snprintf (internal, sizeof internal, "%u", request->internal_port);
  g_snprintf (lease, sizeof lease, "%u", lifetime_s);
  return call (igd, get_time_left (igd), "AddPortMapping", arguments, NULL, NULL);
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

/* Whatever the time, and whether it is wanted or not. FALSE: nobody heard it. */
static gboolean
remove_one (BtIgd *igd, guint16 external_port, const char *protocol)
{
  char external[8];
  const char *arguments[] = { "NewRemoteHost", "", "NewExternalPort", external, "NewProtocol", protocol, NULL };

  g_snprintf (external, sizeof external, "%u", external_port);
  return call (igd, igd->patience.answer_s, "DeletePortMapping", arguments, NULL, NULL) != BT_SOAP_NO_ANSWER;
}

/* Both protocols or none. */
static int
add_both (BtIgd *igd, const BtUpnpRequest *request, guint16 external_port)
{
  int error = add_lasting (igd, request, external_port, "TCP");

  if (error != BT_SOAP_DONE)
    return error;
  error = add_lasting (igd, request, external_port, "UDP");
  if (error != BT_SOAP_DONE)
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
  for (guint i = 0; i < G_N_ELEMENTS (request->other_ports) && is_about_the_port (error) && may_go_on (igd);
       i++)
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

  if (error == BT_SOAP_DONE)
    {
      reply->result = BT_UPNP_DONE;
      reply->lifetime_s = igd->permanent ? 0 : request->lifetime_s;
      reply->router = igd->router;
      ask_address (igd, &reply->external);
      return;
    }
  /* Without an answer the router may be another one meanwhile. */
  reply->result = error == BT_SOAP_NO_ANSWER ? BT_UPNP_NO_ANSWER : BT_UPNP_REFUSED;
  reply->code = error == BT_SOAP_NO_ANSWER ? 0 : (guint) error;
}

/* One that is not known any more has nothing of ours. */
static void
unmap (BtIgd *igd, const BtUpnpRequest *request)
{
  if (!igd->found)
    return;
  begin (igd, &igd->source);
  if (remove_one (igd, request->external_port, "TCP"))
    remove_one (igd, request->external_port, "UDP");
  end (igd);
}

void
bt_igd_do (BtIgd *igd, const BtUpnpRequest *request, BtUpnpReply *reply)
{
  *reply = (BtUpnpReply){ .result = BT_UPNP_NO_ANSWER };
  if (request->remove)
    {
      unmap (igd, request);
      reply->result = BT_UPNP_DONE;
      return;
    }
  begin (igd, &request->source);
  if ((!request->anew && igd->found && bt_endpoint_same_ip (&igd->source, &request->source)) || find (igd, request))
    map (igd, request, reply);
  if (reply->result == BT_UPNP_NO_ANSWER)
    forget (igd);
  end (igd);
}
