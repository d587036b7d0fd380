/* fuzz-pex.c: messages of peer exchange: bounded, nobody twice, and the same when said again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-limits.h"
#include "bt-pex.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(BtPexMessage) message = bt_pex_decode (data, size, NULL);
  g_autoptr(BtPexMessage) again = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (message == NULL)
    return 0;
  g_assert_cmpuint (message->added->len, <=, BT_LIMIT_PEX_ENTRIES);
  g_assert_cmpuint (message->dropped->len, <=, BT_LIMIT_PEX_ENTRIES);
  bytes = bt_pex_encode (message);
  again = bt_pex_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->added->len, ==, message->added->len);
  g_assert_cmpuint (again->dropped->len, ==, message->dropped->len);
  return 0;
}
