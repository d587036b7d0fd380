/* bt-hash.c: SHA-1 and SHA-256 digests by GnuTLS.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-hash.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

struct _BtHasher
{
  gnutls_hash_hd_t handle;
};

/* A digest that the library refuses to compute leaves nothing that could be done: no torrent can
 * be named or checked. */
static void
check_result (int result)
{
  if (result < 0)
    g_error ("Hashing is not possible: %s", gnutls_strerror (result));
}

BtHasher *
bt_hasher_new (BtHashType type)
{
  BtHasher *hasher = g_new (BtHasher, 1);

  check_result (
    gnutls_hash_init (&hasher->handle, type == BT_HASH_SHA1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256));
  return hasher;
}

void
bt_hasher_free (BtHasher *hasher)
{
  gnutls_hash_deinit (hasher->handle, NULL);
  g_free (hasher);
}

void
bt_hasher_update (BtHasher *hasher, const void *data, gsize length)
{
  if (length > 0)
    check_result (gnutls_hash (hasher->handle, data, length));
}

void
bt_hasher_finish (BtHasher *hasher, guint8 *out)
{
  /* This also resets the state, so that the handle serves the next piece. */
  gnutls_hash_output (hasher->handle, out);
}

BtSha1
bt_sha1 (const void *data, gsize length)
{
  BtSha1 digest;

  check_result (gnutls_hash_fast (GNUTLS_DIG_SHA1, length > 0 ? data : "", length, digest.bytes));
  return digest;
}

void
bt_sha1_to_hex (const BtSha1 *digest, char hex[BT_SHA1_HEX_SIZE])
{
  static const char digits[] = "0123456789abcdef";

  for (guint i = 0; i < BT_SHA1_SIZE; i++)
    {
      hex[2 * i] = digits[digest->bytes[i] >> 4];
      hex[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
  hex[BT_SHA1_HEX_SIZE - 1] = '\0';
}

gboolean
bt_sha1_from_hex (const char *hex, BtSha1 *out)
{
  BtSha1 digest;

  for (guint i = 0; i < BT_SHA1_SIZE; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = high >= 0 ? g_ascii_xdigit_value (hex[2 * i + 1]) : -1;

      if (low < 0)
        return FALSE;
      digest.bytes[i] = (guint8) (high << 4 | low);
    }
  if (hex[BT_SHA1_HEX_SIZE - 1] != '\0')
    return FALSE;
  *out = digest;
  return TRUE;
}

guint
bt_sha1_hash (gconstpointer digest)
{
  guint hash;

  /* Any part of a digest is as good as another. */
  memcpy (&hash, digest, sizeof hash);
  return hash;
}

gboolean
bt_sha1_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, BT_SHA1_SIZE) == 0;
}
