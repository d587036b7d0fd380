/* bt-ssdp.h: a search for UPnP devices in the local network, and waited for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-world.h"

G_BEGIN_DECLS

/**
 * bt_ssdp_search:
 * @world: bound to @source
 * @context: that of @world, which is iterated for a second or so
 * @source: of IPv4
 * @types: of the devices that shall answer, then NULL
 * @enough: (nullable): as soon as it has answered, nobody else is waited for
 * @urls: (element-type utf8): where descriptions are; those that are new are added
 *
 * Anybody can answer. Only URLs are taken that lead to the very address that the answer came from, and not more than
 * a few in all.
 */
void bt_ssdp_search (BtWorld *world,
                     GMainContext *context,
                     const BtEndpoint *source,
                     const char *const *types,
                     const BtEndpoint *enough,
                     GPtrArray *urls);

/* Where an answer, of @from, says that the description is; (nullable) (transfer full): not there, or elsewhere. */
char *bt_ssdp_read (const BtEndpoint *from, const void *bytes, gsize length);

G_END_DECLS
