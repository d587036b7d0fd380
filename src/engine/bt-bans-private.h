/* bt-bans-private.h: the addresses that sent bad data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

/* At most 4096, the oldest go first. */
typedef struct _BtBans BtBans;

BtBans *bt_bans_new (void);
void bt_bans_free (BtBans *bans);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBans, bt_bans_free)

/* TRUE when it is new. With port 0 all ports, also near us. @is_ours: it is our own IP */
gboolean bt_bans_add (BtBans *bans, const BtEndpoint *endpoint, gboolean is_ours);
gboolean bt_bans_contain (const BtBans *bans, const BtEndpoint *endpoint);
/* The IP, whatever its ports. FALSE when nothing of it was banned. */
gboolean bt_bans_remove (BtBans *bans, const BtEndpoint *endpoint);
/* Of char*, without those that are banned with a port. Returns: (transfer full). */
GPtrArray *bt_bans_list (const BtBans *bans);

G_END_DECLS
