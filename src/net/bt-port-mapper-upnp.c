/* bt-port-mapper-upnp.c: keeps a port open at a router that knows UPnP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-port-mapper-private.h"

/* Searches go by multicast, which Wi-Fi loses easily. */
static const gint64 pauses[] = { 30 * G_USEC_PER_SEC, 2 * G_TIME_SPAN_MINUTE, 10 * G_TIME_SPAN_MINUTE };
/* A mapping without an end is lost when the router starts anew. */
#define LOOK_US G_TIME_SPAN_HOUR

struct _BtUpnpMapper
{
  BtPortMapper *mapper;
  BtEndpoint source; /* ours towards the router */
  guint prefix_length;
  BtEndpoint gateway;
  BtUpnpCall *call;  /* (nullable) */
  BtTimer timer;     /* to the next call */
  guint n_silent;

  gboolean removing;
  BtMapping mapping; /* @until on the monotonic clock */
};

static BtUpnpRequest
make_request (BtUpnpMapper *upnp)
{
  BtUpnpRequest request = {
    .anew = upnp->n_silent > 0 || !bt_mapping_is_mapped (&upnp->mapping),
    .source = upnp->source,
    .prefix_length = upnp->prefix_length,
    .gateway = upnp->gateway,
    .internal_port = upnp->mapper->port,
    .external_port = bt_mapping_is_mapped (&upnp->mapping) ? upnp->mapping.port : upnp->mapper->port,
    .lifetime_s = BT_PORT_MAPPER_LIFETIME_S,
  };

  for (guint i = 0; i < G_N_ELEMENTS (request.other_ports); i++)
    request.other_ports[i] = bt_port_mapper_other_port (upnp->mapper);
  return request;
}

static void
rest (BtUpnpMapper *upnp, BtMappingState state, gint64 until)
{
  upnp->mapping.state = state;
  if (until != G_MAXINT64)
    bt_timer_start (&upnp->timer, until);
  upnp->mapper->ops->changed (upnp->mapper->owner);
}

static void
take_done (BtUpnpMapper *upnp, const BtUpnpReply *reply, gint64 now)
{
  upnp->n_silent = 0;
  upnp->mapping.port = reply->external_port;
  upnp->mapping.address = reply->external;
  upnp->mapping.until = reply->lifetime_s != 0 ? now + (gint64) reply->lifetime_s * G_USEC_PER_SEC : 0;
  rest (upnp, bt_port_mapper_judge (&reply->external),
        reply->lifetime_s != 0 ? bt_port_mapper_renewal (now, reply->lifetime_s) : now + LOOK_US);
  if (!bt_endpoint_is_unspecified (&reply->external))
    upnp->mapper->ops->learned (&reply->router, &reply->external, upnp->mapper->owner);
}

/* What is mapped stays so until its end, and is tried again before it. */
static void
take_silence (BtUpnpMapper *upnp, gint64 now)
{
  gint64 pause = upnp->n_silent < G_N_ELEMENTS (pauses) ? pauses[upnp->n_silent] : BT_PORT_MAPPER_PAUSE_US;

  upnp->n_silent++;
  if (bt_mapping_is_mapped (&upnp->mapping) && upnp->mapping.until > now)
    {
      rest (upnp, upnp->mapping.state, MIN (now + pause, upnp->mapping.until));
      return;
    }
  rest (upnp, BT_MAPPING_NO_ANSWER, now + pause);
}

static void
answered_cb (const BtUpnpReply *reply, gpointer owner)
{
  BtUpnpMapper *upnp = owner;
  gint64 now = bt_world_now (upnp->mapper->world);

  upnp->call = NULL;
  switch (reply->result)
    {
    case BT_UPNP_DONE:
      take_done (upnp, reply, now);
      break;
    case BT_UPNP_REFUSED:
      upnp->mapping.code = reply->code;
      rest (upnp, BT_MAPPING_REFUSED, now + BT_PORT_MAPPER_PAUSE_US);
      break;
    case BT_UPNP_NO_ANSWER:
      take_silence (upnp, now);
      break;
    case BT_UPNP_BOUND:
      rest (upnp, BT_MAPPING_BOUND, G_MAXINT64); /* until the binding is another one */
      break;
    }
}

static void
timer_cb (gpointer owner, gint64 now)
{
  BtUpnpMapper *upnp = owner;
  BtWorld *world = upnp->mapper->world;
  BtUpnpRequest request = make_request (upnp);

  if (!bt_mapping_is_mapped (&upnp->mapping))
    upnp->mapping.state = BT_MAPPING_ASKING;
  upnp->call = world->ops->upnp (world, &request, answered_cb, upnp);
}

/* What is asked for at this moment may yet be done: it is taken away as well. */
static gboolean
may_be_mapped (const BtUpnpMapper *upnp)
{
  return bt_mapping_is_mapped (&upnp->mapping) || upnp->call != NULL;
}

static BtUpnpCall *
remove_mapping (BtUpnpMapper *upnp, BtUpnpFunc func)
{
  BtWorld *world = upnp->mapper->world;
  BtUpnpRequest request = make_request (upnp);

  request.remove = TRUE;
  request.anew = FALSE;
  return world->ops->upnp (world, &request, func, upnp);
}

static void
removed_cb (const BtUpnpReply *reply, gpointer owner)
{
  BtUpnpMapper *upnp = owner;

  upnp->call = NULL;
  bt_port_mapper_part_retired (upnp->mapper);
}

static void
end_call (BtUpnpMapper *upnp)
{
  BtWorld *world = upnp->mapper->world;

  bt_timer_stop (&upnp->timer);
  if (upnp->call != NULL)
    world->ops->upnp_cancel (world, g_steal_pointer (&upnp->call));
}

void
bt_upnp_mapper_stop (BtUpnpMapper *upnp)
{
  gboolean removes = !upnp->removing && may_be_mapped (upnp);

  end_call (upnp);
  if (removes)
    remove_mapping (upnp, NULL);
  upnp->mapping = (BtMapping){ 0 };
}

void
bt_upnp_mapper_retire (BtUpnpMapper *upnp)
{
  if (upnp->removing)
    return;
  if (!may_be_mapped (upnp))
    {
      bt_upnp_mapper_stop (upnp);
      return;
    }
  end_call (upnp);
  upnp->removing = TRUE;
  upnp->call = remove_mapping (upnp, removed_cb);
  upnp->mapping = (BtMapping){ 0 };
}

gboolean
bt_upnp_mapper_is_retired (const BtUpnpMapper *upnp)
{
  return upnp->call == NULL;
}

/* Where it has no network around it with a router, there is nobody to ask. */
static gboolean
find_network (BtUpnpMapper *upnp)
{
  BtWorld *world = upnp->mapper->world;
  g_autoptr (GArray) addresses = world->ops->list_addresses (world);

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      const BtLocalAddress *address = &g_array_index (addresses, BtLocalAddress, i);

      if (!bt_endpoint_same_ip (&address->endpoint, &upnp->source))
        continue;
      upnp->prefix_length = address->prefix_length;
      return (address->flags & BT_ADDRESS_MULTICAST) != 0 && (address->flags & BT_ADDRESS_LOOPBACK) == 0;
    }
  return FALSE;
}

void
bt_upnp_mapper_start (BtUpnpMapper *upnp, const BtRoute *route)
{
  upnp->source = route->source;
  upnp->gateway = route->gateway;
  upnp->removing = FALSE;
  upnp->n_silent = 0;
  /* With an address of the Internet there is no translation to ask for, and strangers all around. */
  if (!bt_endpoint_is_private (&upnp->source) || !find_network (upnp))
    return;
  upnp->mapping.state = BT_MAPPING_ASKING;
  bt_timer_start (&upnp->timer, bt_world_now (upnp->mapper->world));
}

void
bt_upnp_mapper_get (BtUpnpMapper *upnp, BtMapping *out)
{
  *out = upnp->mapping;
  out->until = bt_port_mapper_to_unix (upnp->mapper, upnp->mapping.until);
}

BtUpnpMapper *
bt_upnp_mapper_new (BtPortMapper *mapper)
{
  BtUpnpMapper *upnp = g_new0 (BtUpnpMapper, 1);

  upnp->mapper = mapper;
  bt_timer_init (&upnp->timer, mapper->timers, timer_cb, upnp);
  return upnp;
}

void
bt_upnp_mapper_free (BtUpnpMapper *upnp)
{
  bt_upnp_mapper_stop (upnp);
  g_free (upnp);
}
