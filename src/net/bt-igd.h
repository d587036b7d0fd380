/* bt-igd.h: one UPnP router: every call waits, so it is for a thread of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-world.h"

#include <stdatomic.h>

G_BEGIN_DECLS

/* Belongs to one thread, and remembers the router it found. */
typedef struct _BtIgd BtIgd;

/* @user_agent: for HTTP
 * @unwanted: (nullable): as soon as it is not 0, it sends nothing more than it must to come to an end */
BtIgd *bt_igd_new (const char *user_agent, const atomic_int *unwanted);
void bt_igd_free (BtIgd *igd);

typedef struct
{
  guint round_ms; /* of a search; there are two, twice */
  guint answer_s; /* of one answer */
  guint whole_s;  /* of all that is done at a time */
} BtIgdPatience;

/* Tests have less than the usual one. */
void bt_igd_set_patience (BtIgd *igd, const BtIgdPatience *patience);

/* Does what is asked and fills @reply in; up to some ten seconds, or thirty of devices that are slow. */
void bt_igd_do (BtIgd *igd, const BtUpnpRequest *request, BtUpnpReply *reply);

/* Whether a router may be where a device that answered says: at a private address of the network of @request, named
 * as a number, over HTTP. At loopback only for who searches there, as tests do. Puts it in @host (out). */
gboolean bt_igd_accepts_url (const BtUpnpRequest *request, const char *url, BtEndpoint *host);

G_END_DECLS
