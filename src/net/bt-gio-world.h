/* bt-gio-world.h: the real world: GIO, one epoll descriptor for all peers, libsoup.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-world.h"

G_BEGIN_DECLS

/**
 * bt_gio_world_new:
 * @context: (nullable): the engine's main context; everything calls back there. It is the
 *   thread-default one while it runs, as GIO and libsoup want it
 * @bind_address: (nullable): the only local address that may be used, for every socket there is
 * @user_agent: for HTTP
 *
 * Before it is freed, its streams, listeners and UDP sockets are closed. Lookups and fetches that
 * run are called off; what they hold is let go in the next turns of @context.
 */
BtWorld *bt_gio_world_new (GMainContext *context,
                           const BtEndpoint *bind_address,
                           const char *user_agent);

G_END_DECLS
