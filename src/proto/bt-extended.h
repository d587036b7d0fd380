/* bt-extended.h: the extension handshake (BEP 9, 10, 11, 21, 54).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

/* The ids that we assign; 0 is the handshake itself. */
typedef enum
{
  BT_EXTENDED_HANDSHAKE = 0,
  BT_EXTENDED_PEX = 1,
  BT_EXTENDED_METADATA = 2,
  BT_EXTENDED_UPLOAD_ONLY = 3,
  BT_EXTENDED_DONT_HAVE = 7,
  BT_EXTENDED_N,
} BtExtendedId;

/* What one side says of itself. Fields not sent are 0, NULL or -1 where noted. */
typedef struct
{
  char *client;           /* (nullable) "v", fit for display */
  guint16 listen_port;    /* "p" */
  gint reqq;              /* requests it will queue; -1: not said */
  gint upload_only;       /* -1: not said, else 0 or 1 */
  gint64 metadata_size;   /* 0: not said */
  gboolean prefers_encryption;
  gboolean has_your_ip;
  BtEndpoint your_ip;     /* "yourip": how it sees us; port 0 */
  BtEndpoint ipv4, ipv6;  /* addresses of the sender; port 0; unspecified: not said */
  guint8 ids[BT_EXTENDED_N]; /* "m": by what we call them, what the sender does; 0: not supported */
  guint off;              /* to encode: 1 << BtExtendedId of those whose 0 is said, as they were on before */
} BtExtendedHandshake;

void bt_extended_handshake_init (BtExtendedHandshake *handshake);
void bt_extended_handshake_clear (BtExtendedHandshake *handshake);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtExtendedHandshake, bt_extended_handshake_clear)
/* FALSE with BT_ERROR_MALFORMED when it is no dictionary; odd fields are passed over. "m" is
 * additive, so decoding a later one into the same struct updates it. */
gboolean bt_extended_handshake_decode (const void *bytes,
                                       gsize length,
                                       BtExtendedHandshake *out,
                                       GError **error);
GBytes *bt_extended_handshake_encode (const BtExtendedHandshake *handshake);

G_END_DECLS
