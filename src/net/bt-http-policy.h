/* bt-http-policy.h: which HTTP requests we let strangers make us send; no network here.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-world.h"

G_BEGIN_DECLS

/* URLs come from torrents, magnet links and redirecting servers. Without these rules each of them
 * could have us send requests to the router, or to a service that only this machine can reach. */

/* A URL with the parameters of an announce; BT_LIMIT_URL_BYTES is for what is stored. */
#define BT_HTTP_MAX_URL_BYTES 8192
#define BT_HTTP_MAX_REDIRECTS 5

/* Where an address is, seen from the Internet. */
typedef enum
{
  BT_HTTP_GLOBAL,
  BT_HTTP_LOCAL_NETWORK,
  BT_HTTP_LOOPBACK,
} BtHttpPlace;

/**
 * bt_http_policy_parse:
 * @url: http or https
 *
 * The query is kept as it is written, escapes included: an info-hash is no text. Credentials are
 * kept in the result; they never are part of a request line.
 */
GUri *bt_http_policy_parse (const char *url, GError **error);

/* Where a redirection leads: RFC 3986 section 5.2, then the same rules as for the first URL. From
 * https there is no way back to http. */
GUri *bt_http_policy_follow (GUri *from, const char *location, GError **error);

/* RFC 6454: scheme, host and port, the default port being the same as none. */
gboolean bt_http_policy_same_origin (GUri *a, GUri *b);

/* (transfer full) (nullable): the Authorization for @hop: the credentials of the URL that was asked
 * for, if @hop has its origin. Credentials in a redirection are not used. */
char *bt_http_policy_authorization (GUri *asked, GUri *hop);

BtHttpPlace bt_http_policy_place (const BtEndpoint *address);
/* Where it goes through a proxy, which looks the name up where we cannot see it: only what the URL itself says is
 * known. */
BtHttpPlace bt_http_policy_place_by_name (GUri *uri);
/* Whether @uri says by its number that it leads to @address. */
gboolean bt_http_policy_is_named (GUri *uri, const BtEndpoint *address);

/**
 * bt_http_policy_allows:
 * @uri: what is about to be requested
 * @place: where the server is, by the address that is connected to
 * @was_global: whether the redirection that led here came from a server in the Internet
 */
gboolean bt_http_policy_allows (BtFetchPurpose purpose,
                                GUri *uri,
                                BtHttpPlace place,
                                gboolean was_global,
                                GError **error);

G_END_DECLS
