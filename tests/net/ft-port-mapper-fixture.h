/* ft-port-mapper-fixture.h: a port mapper beside a router, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-port-mapper.h"
#include "ft-fake-router.h"
#include "ft-test.h"

#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE
#define HOUR G_TIME_SPAN_HOUR
#define PORT 51413

typedef struct
{
  FtFakeNet *net;
  BtWorld *host;
  FtFakeRouter *router;
  BtPortMapper *mapper;
  guint n_changed, n_learned, n_retired;
  BtEndpoint learned;
  BtMapping mappings[BT_N_MAPPERS];
} Fixture;

static inline void
changed_cb (gpointer owner)
{
  ((Fixture *) owner)->n_changed++;
}

static inline void
learned_cb (const BtEndpoint *router, const BtEndpoint *external, gpointer owner)
{
  Fixture *f = owner;

  g_assert_true (bt_endpoint_is_local (router));
  f->n_learned++;
  f->learned = *external;
}

static inline void
retired_cb (gpointer owner)
{
  ((Fixture *) owner)->n_retired++;
}

static const BtPortMapperOps ops = { .changed = changed_cb, .learned = learned_cb, .retired = retired_cb };

static inline void
set_up_at (Fixture *f, const char *ip, const char *router_ip, const char *external_ip)
{
  f->net = ft_fake_net_new (3);
  ft_fake_net_line (f->net)->latency_us = 1000;
  f->host = ft_fake_net_add_host (f->net, ip);
  f->router = ft_fake_router_new (f->net, router_ip, external_ip);
  f->mapper = bt_port_mapper_new (f->host, ft_fake_host_timers (f->host), &ops, f);
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  set_up_at (f, "10.0.0.5", "10.0.0.254", "5.6.7.8");
}

static inline void
set_up_ipv6 (Fixture *f, gconstpointer data)
{
  set_up_at (f, "2a01::5", "fe80::fe%2", "2a01::5");
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  bt_port_mapper_free (f->mapper);
  ft_fake_router_free (f->router);
  ft_fake_net_free (f->net);
}

static inline void
run (Fixture *f, gint64 us)
{
  ft_fake_net_run_for (f->net, us);
  bt_port_mapper_get (f->mapper, f->mappings);
}

static inline void
start (Fixture *f)
{
  bt_port_mapper_start (f->mapper, PORT);
  run (f, SECOND);
}

/* @nonce: (nullable) */
static inline void
assert_open (Fixture *f, BtIpProtocol protocol, guint16 external_port)
{
  const FtFakeHole *hole = ft_fake_router_find (f->router, protocol, PORT);

  g_assert_nonnull (hole);
  g_assert_cmpuint (hole->external_port, ==, external_port);
}

static inline void
assert_states (Fixture *f, BtMappingState pcp, BtMappingState nat_pmp)
{
  g_assert_cmpint (f->mappings[BT_MAPPER_PCP].state, ==, pcp);
  g_assert_cmpint (f->mappings[BT_MAPPER_NAT_PMP].state, ==, nat_pmp);
  g_assert_cmpint (f->mappings[BT_MAPPER_PCP6].state, ==, BT_MAPPING_OFF);
}
