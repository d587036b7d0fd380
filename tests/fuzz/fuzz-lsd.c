/* fuzz-lsd.c: announcements on the local network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-lsd.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtLsdMessage message;

  if (!bt_lsd_read (data, size, &message))
    return 0;
  g_assert_cmpuint (message.port, !=, 0);
  g_assert_cmpuint (message.n_hashes, >, 0);
  g_assert_cmpuint (message.n_hashes, <=, BT_LSD_MAX_HASHES);
  g_assert_nonnull (memchr (message.cookie, '\0', sizeof message.cookie));
  return 0;
}
