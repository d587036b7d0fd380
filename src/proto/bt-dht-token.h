/* bt-dht-token.h: the tokens that prove that somebody asked from the address he announces (BEP 5).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-hash.h"

G_BEGIN_DECLS

#define BT_DHT_TOKEN_SIZE 8
#define BT_DHT_SECRET_SIZE 20

/* No state but the secret: which five minutes it is goes into the token. */
typedef struct
{
  guint8 secret[BT_DHT_SECRET_SIZE]; /* from the system's generator, known to nobody else */
} BtDhtTokens;

/* A token for an address that asked about @target; good for five to ten minutes. */
void bt_dht_tokens_make (const BtDhtTokens *tokens,
                         gint64 now,
                         const BtEndpoint *endpoint,
                         const BtSha1 *target,
                         guint8 out[BT_DHT_TOKEN_SIZE]);
gboolean bt_dht_tokens_check (const BtDhtTokens *tokens,
                              gint64 now,
                              const BtEndpoint *endpoint,
                              const BtSha1 *target,
                              const void *token,
                              gsize length);

G_END_DECLS
