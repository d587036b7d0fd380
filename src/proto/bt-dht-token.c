/* bt-dht-token.c: the tokens that prove that somebody asked from the address he announces.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-token.h"

#include "bt-writer.h"

#include <gnutls/gnutls.h>

#define PERIOD_US ((gint64) 5 * 60 * G_USEC_PER_SEC)
/* A secret of 20 bytes in front and a length that never changes: nothing can be appended. */
#define INPUT_SIZE (BT_DHT_SECRET_SIZE + 8 + 16 + BT_SHA1_SIZE)

/* The port is left out: whoever is behind a router may have another the next time. */
static void
make_token (const BtDhtTokens *tokens,
            gint64 period,
            const BtEndpoint *endpoint,
            const BtSha1 *target,
            guint8 out[BT_DHT_TOKEN_SIZE])
{
  guint8 input[INPUT_SIZE];
  BtWriter writer = bt_writer (input, sizeof input);
  BtSha1 digest;

  bt_writer_bytes (&writer, tokens->secret, sizeof tokens->secret);
  bt_writer_u64 (&writer, (guint64) period);
  bt_writer_bytes (&writer, endpoint->ip, sizeof endpoint->ip);
  bt_writer_bytes (&writer, target->bytes, sizeof target->bytes);
  digest = bt_sha1 (input, writer.used);
  memcpy (out, digest.bytes, BT_DHT_TOKEN_SIZE);
}

void
bt_dht_tokens_make (const BtDhtTokens *tokens,
                    gint64 now,
                    const BtEndpoint *endpoint,
                    const BtSha1 *target,
                    guint8 out[BT_DHT_TOKEN_SIZE])
{
  make_token (tokens, now / PERIOD_US, endpoint, target, out);
}

/* The comparison takes as long whatever is wrong, so that nobody can guess byte by byte. */
gboolean
bt_dht_tokens_check (const BtDhtTokens *tokens,
                     gint64 now,
                     const BtEndpoint *endpoint,
                     const BtSha1 *target,
                     const void *token,
                     gsize length)
{
  guint8 expected[BT_DHT_TOKEN_SIZE];
  gboolean matches = FALSE;

  if (length != BT_DHT_TOKEN_SIZE)
    return FALSE;
  for (gint64 age = 0; age <= 1; age++)
    {
      make_token (tokens, now / PERIOD_US - age, endpoint, target, expected);
      matches |= gnutls_memcmp (expected, token, length) == 0;
    }
  return matches;
}
