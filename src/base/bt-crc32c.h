/* bt-crc32c.h: the checksum of Castagnoli, which BEP 40 and BEP 42 use to spread addresses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 3720: of "123456789" it is 0xe3069283. For a few bytes: two lookups each. */
guint32 bt_crc32c (const void *data, gsize length);

G_END_DECLS
