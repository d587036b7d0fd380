/* bt-lsd.h: announcements to the local network (BEP 14).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"

G_BEGIN_DECLS

#define BT_LSD_PORT 6771
#define BT_LSD_GROUP4 "239.192.152.143"
#define BT_LSD_GROUP6 "ff15::efc0:988f"
#define BT_LSD_MAX_SIZE 1400 /* of a datagram */
#define BT_LSD_MAX_COOKIE 64

/**
 * bt_lsd_write:
 * @port: where we listen
 * @hashes: (array length=n_hashes): at least one
 * @cookie: (nullable): short, by which we know what is ours
 * @out: (array length=BT_LSD_MAX_SIZE)
 * @n_written: (out): how many of @hashes are in it: as many as fit, one at least
 *
 * Returns: the size
 */
gsize bt_lsd_write (gboolean ipv6,
                    guint16 port,
                    const BtSha1 *const *hashes,
                    guint n_hashes,
                    const char *cookie,
                    char out[BT_LSD_MAX_SIZE],
                    guint *n_written);

#define BT_LSD_MAX_HASHES 32 /* as many as fit in a datagram of the size above, and some */

typedef struct
{
  guint16 port;
  guint n_hashes;
  BtSha1 hashes[BT_LSD_MAX_HASHES];
  char cookie[BT_LSD_MAX_COOKIE + 1]; /* empty: none, or longer than any of ours */
} BtLsdMessage;

/* FALSE if it is no announcement: no port, or no hash. Lines that are not known, or wrong, are passed over. */
gboolean bt_lsd_read (const void *bytes, gsize length, BtLsdMessage *out);

G_END_DECLS
