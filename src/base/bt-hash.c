/* bt-hash.c: SHA-1 and SHA-256 digests by Nettle, which GnuTLS brings along.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-hash.h"

#include "bt-sha1-lanes.h"

#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/version.h>
#include <string.h>

/* Nettle 4 knows only digests of full length. */
#if NETTLE_VERSION_MAJOR >= 4
#define FULL(size)
#else
#define FULL(size) (size),
#endif

struct _BtHasher
{
  BtHashType type;
  union
  {
    struct sha1_ctx sha1;
    struct sha256_ctx sha256;
  };
};

BtHasher *
bt_hasher_new (BtHashType type)
{
  BtHasher *hasher = g_new (BtHasher, 1);

  hasher->type = type;
  if (type == BT_HASH_SHA1)
    sha1_init (&hasher->sha1);
  else
    sha256_init (&hasher->sha256);
  return hasher;
}

void
bt_hasher_free (BtHasher *hasher)
{
  g_free (hasher);
}

void
bt_hasher_update (BtHasher *hasher, const void *data, gsize length)
{
  if (length == 0)
    return;
  if (hasher->type == BT_HASH_SHA1)
    sha1_update (&hasher->sha1, length, data);
  else
    sha256_update (&hasher->sha256, length, data);
}

guint
bt_hasher_worth_many (void)
{
  G_STATIC_ASSERT (BT_HASH_MANY == BT_SHA1_LANES);
  return bt_sha1_lanes_worth ();
}

void
bt_hasher_update_many (const BtHashPart *parts, guint n)
{
  g_autofree BtSha1Stream *streams = g_new (BtSha1Stream, n);
  guint n_streams = 0;

  for (guint i = 0; i < n; i++)
    {
      BtHasher *hasher = parts[i].hasher;
      gsize n_blocks = parts[i].length / BT_SHA1_BLOCK;

      g_assert (hasher->type == BT_HASH_SHA1);
      /* In the middle of a block there is nothing to go on from. */
      if (hasher->sha1.index != 0)
        continue;
      streams[n_streams++] = (BtSha1Stream){ hasher->sha1.state, parts[i].data, n_blocks };
      hasher->sha1.count += n_blocks;
    }
  bt_sha1_lanes_compress (streams, n_streams);
  for (guint i = 0; i < n; i++)
    {
      gsize done = parts[i].hasher->sha1.index == 0 ? parts[i].length / BT_SHA1_BLOCK * BT_SHA1_BLOCK : 0;

      bt_hasher_update (parts[i].hasher, (const guint8 *) parts[i].data + done, parts[i].length - done);
    }
}

void
bt_hasher_finish (BtHasher *hasher, guint8 *out)
{
  /* This also resets the state, so that the hasher serves the next piece. */
  if (hasher->type == BT_HASH_SHA1)
    sha1_digest (&hasher->sha1, FULL (SHA1_DIGEST_SIZE) out);
  else
    sha256_digest (&hasher->sha256, FULL (SHA256_DIGEST_SIZE) out);
}

BtSha1
bt_sha1 (const void *data, gsize length)
{
  struct sha1_ctx context;
  BtSha1 digest;

  sha1_init (&context);
  if (length > 0)
    sha1_update (&context, length, data);
  sha1_digest (&context, FULL (SHA1_DIGEST_SIZE) digest.bytes);
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
