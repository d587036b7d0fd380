/* bt-http-tracker.h: announce and scrape over HTTP, as texts and bytes (BEP 3, 7, 23, 24, 31, 48).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-announce.h"

G_BEGIN_DECLS

/* The URL to get. Appends to a query that is there. */
char *bt_http_tracker_announce_url (const char *announce, const BtAnnounceRequest *request);
/* (nullable): NULL when the last path segment does not start with "announce": no scrape. */
char *bt_http_tracker_scrape_url (const char *announce, const BtSha1 *info_hash);

/* Compact and dictionary peers, IPv6; entries that cannot be peers are passed over; a compact
 * string of odd length gives its whole entries. A failure is a reply, not an error. */
BtAnnounceReply *bt_http_tracker_parse_announce (const void *body, gsize length, GError **error);
gboolean bt_http_tracker_parse_scrape (const void *body,
                                       gsize length,
                                       const BtSha1 *info_hash,
                                       BtScrapeReply *out,
                                       GError **error);

G_END_DECLS
