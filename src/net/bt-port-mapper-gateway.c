/* bt-port-mapper-gateway.c: keeps a port open at one router that is asked by datagrams.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-port-mapper-private.h"

#include <string.h>

/* A round asks one thing after another, each until it is answered:
 *
 *   TCP ──► UDP ──► (address) ──► at rest until three quarters of the lifetime have passed
 *    │        └── another port than that of TCP: both are given back and asked for anew under a third
 *    ├── does not know PCP: the same in NAT-PMP
 *    └── refused, or no answer: nothing for two hours
 *
 * Since each renewal asks for both, a router that forgot everything is told all of it; only when it forgets
 * between two questions the round is repeated. */

/* RFC 6886, 3.1. */
#define TRY_US (250 * G_TIME_SPAN_MILLISECOND)
#define MAX_TRIES 9
/* A mapping that is not renewed still lives: it is tried again at half of what is left. */
#define MIN_RETRY_US G_TIME_SPAN_MINUTE
/* Not everybody at once asks a router that has just started (RFC 6887, 14.1.3). */
#define MAX_DELAY_US (5 * G_TIME_SPAN_SECOND)
/* The router's way out is down: it passes by itself. */
#define NETWORK_FAILURE_PAUSE_US (5 * G_TIME_SPAN_MINUTE)
#define MAX_AGAIN 2

static void
send_step (BtGateway *gateway, BtGatewayStep step, guint32 lifetime_s)
{
  BtWorld *world = gateway->mapper->world;
  guint8 bytes[BT_GATEWAY_MAX_REQUEST];
  gsize size = gateway->dialect->write (gateway, step, lifetime_s, bytes);

  world->ops->udp_send (world, gateway->udp, &gateway->router, bytes, size);
}

static void
ask (BtGateway *gateway, gint64 now)
{
  gateway->n_sent++;
  send_step (gateway, gateway->step, gateway->removing ? 0 : BT_PORT_MAPPER_LIFETIME_S);
  bt_timer_start (&gateway->timer, now + gateway->n_sent * TRY_US);
}

static void
begin_step (BtGateway *gateway, BtGatewayStep step, gint64 now)
{
  gateway->asking = TRUE;
  gateway->step = step;
  gateway->n_sent = 0;
  ask (gateway, now);
}

static void
rest (BtGateway *gateway, BtMappingState state, gint64 until)
{
  gateway->asking = FALSE;
  gateway->state = state;
  bt_timer_start (&gateway->timer, until);
  gateway->mapper->ops->changed (gateway->mapper->owner);
}

static void
forget_holes (BtGateway *gateway)
{
  for (guint i = 0; i < G_N_ELEMENTS (gateway->holes); i++)
    gateway->holes[i].until = 0;
}

/* New mappings, of which earlier answers tell nothing. */
static void
init_holes (BtGateway *gateway, guint16 port)
{
  BtWorld *world = gateway->mapper->world;

  for (guint i = 0; i < G_N_ELEMENTS (gateway->holes); i++)
    {
      BtGatewayHole *hole = &gateway->holes[i];

      world->ops->random (world, hole->nonce, sizeof hole->nonce);
      hole->port = port;
      hole->until = 0;
    }
}

static void
begin_round (BtGateway *gateway, gint64 now)
{
  if (gateway->holes[0].until <= now)
    {
      forget_holes (gateway);
      gateway->state = BT_MAPPING_ASKING;
    }
  gateway->forgot = FALSE;
  gateway->renew_at = G_MAXINT64;
  begin_step (gateway, BT_GATEWAY_TCP, now);
}

/* Removing. */

gboolean
bt_gateway_is_retired (const BtGateway *gateway)
{
  return !gateway->asking && gateway->holes[0].until == 0 && gateway->holes[1].until == 0;
}

static void
remove_next (BtGateway *gateway, gint64 now)
{
  for (BtGatewayStep step = BT_GATEWAY_TCP; step <= BT_GATEWAY_UDP; step++)
    if (gateway->holes[step].until != 0)
      {
        begin_step (gateway, step, now);
        return;
      }
  bt_timer_stop (&gateway->timer);
  gateway->asking = FALSE;
  gateway->state = BT_MAPPING_OFF;
  bt_port_mapper_part_retired (gateway->mapper);
}

/* Gives back what there is, and what may have been given: who cares for the answer is not here any more. */
static void
send_removals (BtGateway *gateway)
{
  if (gateway->udp == NULL)
    return;
  for (BtGatewayStep step = BT_GATEWAY_TCP; step <= BT_GATEWAY_UDP; step++)
    if (gateway->holes[step].until != 0 || (gateway->asking && gateway->step == step))
      send_step (gateway, step, 0);
}

void
bt_gateway_drop (BtGateway *gateway)
{
  BtWorld *world = gateway->mapper->world;

  send_removals (gateway);
  forget_holes (gateway);
  bt_timer_stop (&gateway->timer);
  gateway->asking = FALSE;
  gateway->state = BT_MAPPING_OFF;
  if (gateway->udp != NULL)
    world->ops->udp_free (world, g_steal_pointer (&gateway->udp));
}

void
bt_gateway_retire (BtGateway *gateway)
{
  if (gateway->removing)
    return;
  if (gateway->holes[0].until == 0 && gateway->holes[1].until == 0)
    {
      bt_gateway_drop (gateway);
      return;
    }
  if (gateway->asking && gateway->step <= BT_GATEWAY_UDP && gateway->holes[gateway->step].until == 0)
    send_step (gateway, gateway->step, 0);
  gateway->removing = TRUE;
  remove_next (gateway, bt_world_now (gateway->mapper->world));
}

/* Answers. */

static void
finish_round (BtGateway *gateway, gint64 now)
{
  const BtPortMapperOps *ops = gateway->mapper->ops;

  if (gateway->forgot && gateway->n_again < MAX_AGAIN)
    {
      gateway->n_again++;
      begin_round (gateway, now);
      return;
    }
  gateway->n_again = 0;
  rest (gateway, bt_port_mapper_judge (&gateway->external), gateway->renew_at);
  if (bt_endpoint_is_ipv4 (&gateway->local) && !bt_endpoint_is_unspecified (&gateway->external))
    ops->learned (&gateway->router, &gateway->external, gateway->mapper->owner);
}

static void
go_on (BtGateway *gateway, gint64 now)
{
  if (gateway->step < gateway->dialect->last)
    begin_step (gateway, gateway->step + 1, now);
  else
    finish_round (gateway, now);
}

/* One port for both, since what is told to others is one. */
static gboolean
try_other_port (BtGateway *gateway, gint64 now)
{
  if (gateway->holes[0].port == gateway->holes[1].port || gateway->n_other_ports >= BT_PORT_MAPPER_OTHER_TRIES)
    return FALSE;
  gateway->n_other_ports++;
  send_removals (gateway);
  init_holes (gateway, bt_port_mapper_other_port (gateway->mapper));
  begin_round (gateway, now);
  return TRUE;
}

static void
take_hole (BtGateway *gateway, const BtGatewayAnswer *answer, gint64 now)
{
  BtGatewayHole *hole = &gateway->holes[gateway->step];

  hole->port = answer->port;
  hole->until = now + (gint64) answer->lifetime_s * G_USEC_PER_SEC;
  gateway->renew_at = MIN (gateway->renew_at, bt_port_mapper_renewal (now, answer->lifetime_s));
  /* UDP is asked for under the port that TCP was given. */
  if (gateway->step == BT_GATEWAY_TCP && gateway->holes[1].until == 0)
    gateway->holes[1].port = answer->port;
}

static void
take_given (BtGateway *gateway, const BtGatewayAnswer *answer, gint64 now)
{
  if (!bt_endpoint_is_unspecified (&answer->external))
    gateway->external = answer->external;
  if (gateway->step <= BT_GATEWAY_UDP)
    take_hole (gateway, answer, now);
  if (gateway->step == BT_GATEWAY_UDP && try_other_port (gateway, now))
    return;
  go_on (gateway, now);
}

static void
take_refusal (BtGateway *gateway, const BtGatewayAnswer *answer, gint64 now)
{
  gint64 pause = answer->code == gateway->dialect->network_failure ? NETWORK_FAILURE_PAUSE_US : BT_PORT_MAPPER_PAUSE_US;

  /* TCP alone is better than nothing, and so is a port without an address. */
  if (gateway->step != BT_GATEWAY_TCP)
    {
      go_on (gateway, now);
      return;
    }
  forget_holes (gateway);
  gateway->code = answer->code;
  rest (gateway, BT_MAPPING_REFUSED, now + pause);
}

static void
take_unsupported (BtGateway *gateway, gint64 now)
{
  if (gateway->dialect == &bt_gateway_pcp && bt_endpoint_is_ipv4 (&gateway->local))
    {
      gateway->dialect = &bt_gateway_nat_pmp;
      begin_round (gateway, now);
      return;
    }
  forget_holes (gateway);
  rest (gateway, BT_MAPPING_UNSUPPORTED, now + BT_PORT_MAPPER_PAUSE_US);
}

static gboolean
remembers (BtGateway *gateway, guint32 epoch_s, gint64 now)
{
  return gateway->has_epoch
         && bt_pcp_epoch_goes_on (gateway->epoch_s, epoch_s, (now - gateway->epoch_at) / G_USEC_PER_SEC);
}

/* What was given before in this round is lost when the router forgot everything since. */
static void
look_at_epoch (BtGateway *gateway, const BtGatewayAnswer *answer, gint64 now)
{
  if (!answer->has_epoch)
    return;
  if (gateway->step != BT_GATEWAY_TCP && gateway->has_epoch && !remembers (gateway, answer->epoch_s, now))
    gateway->forgot = TRUE;
  gateway->has_epoch = TRUE;
  gateway->epoch_s = answer->epoch_s;
  gateway->epoch_at = now;
}

static void
received_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  BtGateway *gateway = owner;
  gint64 now = bt_world_now (gateway->mapper->world);
  BtGatewayAnswer answer;

  /* Anybody else could open our port to himself, or close it. */
  if (!bt_endpoint_equal (from, &gateway->router) || !gateway->asking
      || !gateway->dialect->read (gateway, gateway->step, bytes, length, &answer))
    return;
  if (gateway->removing)
    {
      gateway->holes[gateway->step].until = 0;
      remove_next (gateway, now);
      return;
    }
  look_at_epoch (gateway, &answer, now);
  switch (answer.verdict)
    {
    case BT_GATEWAY_GIVEN:
      take_given (gateway, &answer, now);
      break;
    case BT_GATEWAY_REFUSED:
      take_refusal (gateway, &answer, now);
      break;
    case BT_GATEWAY_UNSUPPORTED:
      take_unsupported (gateway, now);
      break;
    }
}

void
bt_gateway_hear (BtGateway *gateway, const BtEndpoint *from, guint32 epoch_s)
{
  BtWorld *world = gateway->mapper->world;
  gint64 now = bt_world_now (world);
  guint32 number;

  if (gateway->udp == NULL || gateway->asking || !bt_endpoint_same_ip (from, &gateway->router)
      || remembers (gateway, epoch_s, now) || gateway->timer.deadline <= now + (gint64) MAX_DELAY_US)
    return;
  world->ops->random (world, &number, sizeof number);
  bt_timer_start (&gateway->timer, now + number % (guint32) MAX_DELAY_US);
}

/* No answer. */

static void
give_up (BtGateway *gateway, gint64 now)
{
  gint64 left = gateway->holes[0].until - now;

  if (gateway->removing)
    {
      forget_holes (gateway);
      remove_next (gateway, now);
    }
  else if (gateway->step != BT_GATEWAY_TCP)
    go_on (gateway, now);
  else if (left > 0)
    rest (gateway, gateway->state, now + (left > 2 * MIN_RETRY_US ? left / 2 : left));
  else
    rest (gateway, BT_MAPPING_NO_ANSWER, now + BT_PORT_MAPPER_PAUSE_US);
}

static void
timer_cb (gpointer owner, gint64 now)
{
  BtGateway *gateway = owner;

  if (!gateway->asking)
    begin_round (gateway, now);
  else if (gateway->n_sent < MAX_TRIES)
    ask (gateway, now);
  else
    give_up (gateway, now);
}

BtGateway *
bt_gateway_new (BtPortMapper *mapper, const BtRoute *route, const BtEndpoint *local)
{
  BtGateway *gateway = g_new0 (BtGateway, 1);

  gateway->mapper = mapper;
  gateway->dialect = &bt_gateway_pcp;
  gateway->router = route->gateway;
  gateway->router.port = BT_PCP_PORT;
  gateway->local = *local;
  gateway->local.port = 0;
  bt_timer_init (&gateway->timer, mapper->timers, timer_cb, gateway);
  return gateway;
}

void
bt_gateway_free (BtGateway *gateway)
{
  bt_gateway_drop (gateway);
  g_free (gateway);
}

void
bt_gateway_start (BtGateway *gateway)
{
  BtWorld *world = gateway->mapper->world;
  g_autoptr (GError) error = NULL;
  BtEndpoint local = gateway->local;

  gateway->udp = world->ops->udp_open (world, &local, received_cb, gateway, &error);
  if (gateway->udp == NULL)
    {
      g_debug ("The router is not asked: %s", error->message);
      return;
    }
  init_holes (gateway, gateway->mapper->port);
  begin_round (gateway, bt_world_now (world));
}

void
bt_gateway_get (BtGateway *gateway, BtMapping out[BT_N_MAPPERS])
{
  BtMapper mapper = bt_endpoint_is_ipv4 (&gateway->local) ? gateway->dialect->mapper : BT_MAPPER_PCP6;
  BtMapping *mapping = &out[mapper];

  if (gateway->dialect == &bt_gateway_nat_pmp)
    out[BT_MAPPER_PCP].state = BT_MAPPING_UNSUPPORTED;
  /* Of several IPv6 addresses one will do. */
  if (bt_mapping_is_mapped (mapping))
    return;
  mapping->state = gateway->state;
  mapping->code = gateway->code;
  if (!bt_mapping_is_mapped (mapping))
    return;
  mapping->port = gateway->holes[0].port;
  mapping->address = gateway->external;
  mapping->until = bt_port_mapper_to_unix (gateway->mapper, gateway->holes[0].until);
}
