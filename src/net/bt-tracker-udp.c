/* bt-tracker-udp.c: calls to trackers over UDP: names, sockets, both families at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-private.h"

#include "bt-error.h"
#include "bt-limits.h"

static gboolean
is_running (const BtTrackerRoute *route)
{
  return route->exchange != NULL;
}

static void
end_exchange (BtTrackerRoute *route)
{
  g_clear_pointer (&route->exchange, bt_udp_exchange_free);
  bt_timer_stop (&route->timer);
}

/* Keeps what the exchange brought. */
static void
take_result (BtTrackerRoute *route)
{
  g_clear_error (&route->error);
  if (route->call->is_scrape)
    route->answered = bt_udp_exchange_take_scrape (route->exchange, &route->scrape, &route->error);
  else
    {
      route->reply = bt_udp_exchange_take_announce (route->exchange);
      route->answered = route->reply != NULL;
      if (!route->answered)
        g_set_error_literal (&route->error, BT_ERROR, BT_ERROR_TIMED_OUT,
                             "The tracker does not answer");
    }
  end_exchange (route);
}

/* Sends what the exchange wants to say now. FALSE if it could not leave. */
static gboolean
poll_exchange (BtTrackerRoute *route)
{
  BtTrackerClient *client = route->call->client;
  const BtEndpoint *tracker = &g_array_index (route->addresses, BtEndpoint, route->next - 1);
  BtUdp *udp = bt_endpoint_is_ipv4 (tracker) ? client->udp4 : client->udp6;
  guint8 packet[BT_UDP_TRACKER_MAX_PACKET];
  gsize length = bt_udp_exchange_poll (route->exchange, bt_world_now (client->world), packet);

  if (bt_udp_exchange_state (route->exchange) != BT_UDP_EXCHANGE_WAITING)
    {
      take_result (route);
      return TRUE;
    }
  bt_timer_start (&route->timer, bt_udp_exchange_deadline (route->exchange));
  return length == 0 || client->world->ops->udp_send (client->world, udp, tracker, packet, length);
}

gboolean
bt_tracker_udp_is_running (BtTrackerCall *call)
{
  return is_running (&call->routes[0]) || is_running (&call->routes[1]);
}

BtAnnounceReply **
bt_tracker_udp_reply (BtTrackerCall *call, guint family)
{
  return &call->routes[family].reply;
}

GError *
bt_tracker_udp_take_error (BtTrackerCall *call)
{
  for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
    {
      if (!is_running (&call->routes[i]) && call->routes[i].error != NULL)
        return g_steal_pointer (&call->routes[i].error);
    }
  return g_error_new_literal (BT_ERROR, BT_ERROR_TIMED_OUT, "The tracker does not answer");
}

/* Answers when there is nothing more to wait for; the call may be gone afterwards. */
static void
settle (BtTrackerCall *call)
{
  if (!call->is_scrape)
    bt_tracker_call_settle (call);
  else if (call->routes[0].answered)
    bt_tracker_call_scraped (call, &call->routes[0].scrape, NULL);
  else if (!bt_tracker_udp_is_running (call))
    bt_tracker_call_failed (call, bt_tracker_udp_take_error (call));
}

/* TRUE: it was for one of @calls. */
static gboolean
receive (GQueue *calls, gint64 now, const BtEndpoint *from, const void *bytes, gsize length)
{
  for (GList *link = calls->head; link != NULL; link = link->next)
    {
      BtTrackerCall *call = link->data;

      for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
        {
          BtTrackerRoute *route = &call->routes[i];

          if (!is_running (route)
              || !bt_udp_exchange_receive (route->exchange, now, from, bytes, length))
            continue;
          poll_exchange (route);
          settle (call);
          return TRUE;
        }
    }
  return FALSE;
}

static void
datagram_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  BtTrackerClient *client = owner;
  gint64 now = bt_world_now (client->world);

  if (!receive (bt_tracker_places_running (client->places), now, from, bytes, length))
    receive (&client->late_calls, now, from, bytes, length);
}

static gboolean
open_socket (BtTrackerClient *client, gboolean is_ipv4, GError **error)
{
  static const guint8 any[16] = { 0 };
  BtUdp **udp = is_ipv4 ? &client->udp4 : &client->udp6;
  BtEndpoint local;

  if (*udp != NULL)
    return TRUE;
  if (is_ipv4)
    bt_endpoint_set_ipv4 (&local, any, 0);
  else
    bt_endpoint_set_ipv6 (&local, any, 0);
  *udp = client->world->ops->udp_open (client->world, &local, datagram_cb, client, error);
  return *udp != NULL;
}

static BtUdpExchange *
new_exchange (BtTrackerCall *call, const BtEndpoint *tracker)
{
  BtTrackerClient *client = call->client;
  BtRandom secret;
  guint64 seed;

  client->world->ops->random (client->world, &seed, sizeof seed);
  bt_random_seed (&secret, seed);
  if (call->is_scrape)
    return bt_udp_exchange_new_scrape (client->connections, tracker, &call->request.info_hash,
                                       &secret);
  return bt_udp_exchange_new_announce (client->connections, tracker, &call->request, call->url_path,
                                       &secret);
}

/* Turns to the first address that a packet can be sent to, or leaves the route with an error. */
static void
advance (BtTrackerRoute *route)
{
  BtTrackerClient *client = route->call->client;

  while (route->next < route->addresses->len)
    {
      const BtEndpoint *tracker = &g_array_index (route->addresses, BtEndpoint, route->next++);
      g_autoptr (GError) error = NULL;

      g_clear_error (&route->error);
      if (!open_socket (client, bt_endpoint_is_ipv4 (tracker), &error))
        {
          g_set_error (&route->error, BT_ERROR, BT_ERROR_NETWORK, "%s", error->message);
          continue;
        }
      route->exchange = new_exchange (route->call, tracker);
      if (poll_exchange (route))
        return;
      end_exchange (route);
      g_set_error_literal (&route->error, BT_ERROR, BT_ERROR_NETWORK,
                           "The tracker's address cannot be reached");
    }
}

/* While there are other addresses, each has the first 15 seconds; the last is asked again as BEP 15 says, as long as
 * the call lasts. */
static void
route_timer_cb (gpointer owner, gint64 now)
{
  BtTrackerRoute *route = owner;

  if (route->next < route->addresses->len)
    {
      end_exchange (route);
      advance (route);
    }
  else
    poll_exchange (route);
  settle (route->call);
}

/* A name may lead anywhere: a datagram to a group or to "this host" is never wanted. */
static void
add_address (BtTrackerCall *call, const BtEndpoint *address)
{
  gboolean second = !call->is_scrape && !bt_endpoint_is_ipv4 (address);
  GArray *addresses = call->routes[second ? 1 : 0].addresses;

  if (bt_endpoint_is_multicast (address) || bt_endpoint_is_unspecified (address))
    return;
  if (addresses->len < BT_LIMIT_TRACKER_ADDRESSES)
    g_array_append_val (addresses, *address);
}

static void
looked_up_cb (GArray *endpoints, const GError *error, gpointer owner)
{
  BtTrackerCall *call = owner;

  call->lookup = NULL;
  if (endpoints == NULL)
    {
      bt_tracker_call_failed (call,
                              g_error_new_literal (BT_ERROR, BT_ERROR_NETWORK, error->message));
      return;
    }
  for (guint i = 0; i < endpoints->len; i++)
    add_address (call, &g_array_index (endpoints, BtEndpoint, i));
  if (call->routes[0].addresses->len + call->routes[1].addresses->len == 0)
    {
      bt_tracker_call_failed (call, g_error_new (BT_ERROR, BT_ERROR_NETWORK,
                                                 "The tracker's name leads to no address"));
      return;
    }
  for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
    advance (&call->routes[i]);
  settle (call);
}

/* Path and query, for BEP 41; NULL when there are none. */
static char *
make_url_path (const char *path, const char *query)
{
  if (query != NULL)
    return g_strconcat (path, "?", query, NULL);
  return *path != '\0' ? g_strdup (path) : NULL;
}

static void
begin_lookup (BtTrackerCall *call, const char *host, guint16 port)
{
  BtWorld *world = call->client->world;

  for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
    {
      BtTrackerRoute *route = &call->routes[i];

      route->call = call;
      route->addresses = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
      bt_timer_init (&route->timer, call->client->timers, route_timer_cb, route);
    }
  call->lookup = world->ops->lookup (world, host, port, looked_up_cb, call);
}

void
bt_tracker_udp_begin (BtTrackerCall *call)
{
  g_autofree char *host = NULL, *path = NULL, *query = NULL;
  g_autoptr (GError) error = NULL;
  int port = -1;

  if (!g_uri_split (call->url, G_URI_FLAGS_ENCODED, NULL, NULL, &host, &port, &path, &query, NULL,
                    &error))
    bt_tracker_call_fail_later (call, g_error_new_literal (BT_ERROR, BT_ERROR_MALFORMED,
                                                           error->message));
  else if (host == NULL || *host == '\0' || port < 1 || port > G_MAXUINT16)
    bt_tracker_call_fail_later (call, g_error_new (BT_ERROR, BT_ERROR_MALFORMED,
                                                   "A UDP tracker needs a host and a port"));
  else
    {
      call->url_path = make_url_path (path, query);
      begin_lookup (call, host, (guint16) port);
    }
}

void
bt_tracker_udp_end (BtTrackerCall *call)
{
  BtWorld *world = call->client->world;

  if (call->lookup != NULL)
    world->ops->lookup_cancel (world, call->lookup);
  for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
    {
      BtTrackerRoute *route = &call->routes[i];

      if (route->addresses == NULL)
        continue;
      end_exchange (route);
      g_array_unref (route->addresses);
      g_clear_pointer (&route->reply, bt_announce_reply_free);
      g_clear_error (&route->error);
    }
  g_free (call->url_path);
}

void
bt_tracker_udp_close_sockets (BtTrackerClient *client)
{
  BtWorld *world = client->world;

  if (client->udp4 != NULL)
    world->ops->udp_free (world, g_steal_pointer (&client->udp4));
  if (client->udp6 != NULL)
    world->ops->udp_free (world, g_steal_pointer (&client->udp6));
}
