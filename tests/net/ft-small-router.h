/* ft-small-router.h: a UPnP router on loopback, in a thread of its own, that answers as a test wants.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct _FtSmallRouter FtSmallRouter;

typedef enum
{
  FT_ANSWER_WELL,
  FT_ANSWER_WITHOUT_END,    /* a body of no length that never ends */
  FT_ANSWER_LONG,           /* a body whose length, 1 GiB, is said */
  FT_ANSWER_HEAD_WITHOUT_END,
  FT_ANSWER_ONE_BYTE_A_TIME, /* and ten a second */
  FT_ANSWER_NOTHING,
  FT_ANSWER_ELSEWHERE,      /* a redirection to itself, where it would answer well */
  FT_ANSWER_GARBAGE,
} FtAnswer;

/* What a test may change before it asks: strings are borrowed. */
typedef struct
{
  FtAnswer description;
  FtAnswer soap;
  const char *sender;   /* (nullable): the address that searches are answered from, else the router's */
  const char *service;  /* of the way out */
  const char *second;   /* (nullable): service of a second way out; then the first is not connected */
  const char *external; /* its address */
  guint16 taken;        /* a port that others have */
  gboolean permanent;   /* it knows no lifetimes */
  gboolean same_port;   /* it wants the outer port to be the inner one */
  guint refuse;         /* (nullable): code for all mappings */
  guint delay_ms;       /* of answers to actions */
  atomic_int *unwanted; /* (nullable): set as soon as the first mapping is made */
} FtRouterManner;

/* Returns: (transfer full) (nullable): NULL when multicast does not work here
 * @client: the only address whose searches are answered, since other tests search beside this one */
FtSmallRouter *ft_small_router_new (const BtEndpoint *client);
void ft_small_router_free (FtSmallRouter *router);

FtRouterManner *ft_small_router_manner (FtSmallRouter *router);
void ft_small_router_get_address (FtSmallRouter *router, BtEndpoint *out);
/* How often it was asked for what starts with @what: "description", "redirected", an action and its arguments. */
guint ft_small_router_count (FtSmallRouter *router, const char *what);

G_END_DECLS
