/* bt-ssdp.h: a search for UPnP devices in the local network, and waited for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-world.h"

G_BEGIN_DECLS

/* Who answered. Anybody can: only URLs are taken that lead to the very address that the answer came from, two of each
 * address, and not more than a few in all. The gateway and those that say they are routers have places that others
 * do not take, however late they come. */
typedef struct _BtSsdpFinds BtSsdpFinds;

BtSsdpFinds *bt_ssdp_finds_new (const BtEndpoint *gateway);
void bt_ssdp_finds_free (BtSsdpFinds *finds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtSsdpFinds, bt_ssdp_finds_free)
void bt_ssdp_finds_hear (BtSsdpFinds *finds, const BtEndpoint *from, const void *bytes, gsize length);
/* (nullable): where a description is that was not taken yet: the gateway's first, then those of routers. */
const char *bt_ssdp_finds_take (BtSsdpFinds *finds);

/**
 * bt_ssdp_search:
 * @world: bound to @source
 * @context: that of @world, which is iterated for two rounds
 * @source: of IPv4
 * @types: of the devices that shall answer, then NULL
 * @whole: others are waited for after the gateway has answered
 * @finds: those that answer are added
 */
void bt_ssdp_search (BtWorld *world,
                     GMainContext *context,
                     const BtEndpoint *source,
                     const char *const *types,
                     gboolean whole,
                     guint round_ms,
                     BtSsdpFinds *finds);

/* Where an answer, of @from, says that the description is; (nullable) (transfer full): not there, or elsewhere. */
char *bt_ssdp_read (const BtEndpoint *from, const void *bytes, gsize length);

G_END_DECLS
