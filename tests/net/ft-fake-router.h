/* ft-fake-router.h: a router on a network in memory that opens ports by PCP and NAT-PMP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-pcp.h"
#include "ft-fake-world.h"

G_BEGIN_DECLS

typedef struct
{
  BtEndpoint client;
  guint8 nonce[BT_PCP_NONCE_SIZE]; /* zeros of NAT-PMP */
  BtIpProtocol protocol;
  guint16 internal_port, external_port;
  guint32 lifetime_s;
  gint64 until;
} FtFakeHole;

typedef struct
{
  /* How it is: to be set at any time. */
  gboolean knows_pcp, knows_nat_pmp; /* what it does not know, it says */
  gboolean silent;
  guint silent_for; /* so many requests */
  guint refusal;    /* not 0: the code that it answers with */
  guint udp_refusal; /* likewise, of UDP alone */
  guint n_odd;      /* so many times it gives UDP a port of its own choice */
  guint taken_port; /* that it gives nobody */
  guint32 max_lifetime_s;
  BtEndpoint external;
  /* What became of it. */
  guint n_requests;
  GArray *holes; /* of FtFakeHole, those whose time is over too */

  BtWorld *world;
  BtUdp *udp;
  gint64 started;
} FtFakeRouter;

/* Knows both, and gives an hour. */
FtFakeRouter *ft_fake_router_new (FtFakeNet *net, const char *ip, const char *external_ip);
void ft_fake_router_free (FtFakeRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtFakeRouter, ft_fake_router_free)

/* Forgets everything, and may tell everybody. */
void ft_fake_router_announce (FtFakeRouter *router);
void ft_fake_router_restart (FtFakeRouter *router);
/* What is open to @internal_port now. Returns: (nullable) */
const FtFakeHole *ft_fake_router_find (FtFakeRouter *router, BtIpProtocol protocol, guint16 internal_port);
guint ft_fake_router_n_open (FtFakeRouter *router);

G_END_DECLS
