/* bt-hash.h: SHA-1 and SHA-256 digests, at once or as bytes arrive.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BT_SHA1_SIZE 20
#define BT_SHA1_HEX_SIZE 41 /* with the NUL */

typedef struct
{
  guint8 bytes[BT_SHA1_SIZE];
} BtSha1;

typedef enum
{
  BT_HASH_SHA1,
  BT_HASH_SHA256,
} BtHashType;

typedef struct _BtHasher BtHasher;

BtHasher *bt_hasher_new (BtHashType type);
void bt_hasher_free (BtHasher *hasher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtHasher, bt_hasher_free)
void bt_hasher_update (BtHasher *hasher, const void *data, gsize length);

/* Bytes that are next for a hasher. */
typedef struct
{
  BtHasher *hasher;
  const void *data;
  gsize length;
} BtHashPart;

/* With so many hashers of SHA-1 at once each is cheaper than alone, best with up to BT_HASH_MANY; more than
 * that: never, on this processor. */
#define BT_HASH_MANY 16
guint bt_hasher_worth_many (void);
/* As bt_hasher_update() of each, of SHA-1; no hasher twice. */
void bt_hasher_update_many (const BtHashPart *parts, guint n);
/* Writes 20 or 32 bytes and starts anew. */
void bt_hasher_finish (BtHasher *hasher, guint8 *out);

BtSha1 bt_sha1 (const void *data, gsize length);

void bt_sha1_to_hex (const BtSha1 *digest, char hex[BT_SHA1_HEX_SIZE]);
/* FALSE unless @hex is 40 hex digits followed by NUL. */
gboolean bt_sha1_from_hex (const char *hex, BtSha1 *out);

/* For GHashTable with keys of type BtSha1*. */
guint bt_sha1_hash (gconstpointer digest);
gboolean bt_sha1_equal (gconstpointer a, gconstpointer b);

G_END_DECLS
