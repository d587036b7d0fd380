/* fuzz-extended.c: an extension handshake that was read can be said again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-extended.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto(BtExtendedHandshake) first;
  g_auto(BtExtendedHandshake) second;
  g_autoptr(GBytes) bytes = NULL;

  bt_extended_handshake_init (&first);
  bt_extended_handshake_init (&second);
  if (!bt_extended_handshake_decode (data, size, &first, NULL))
    return 0;
  g_assert_true (first.client == NULL || g_utf8_validate (first.client, -1, NULL));
  bytes = bt_extended_handshake_encode (&first);
  g_assert_true (bt_extended_handshake_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &second, NULL));
  g_assert_cmpstr (second.client, ==, first.client);
  g_assert_cmpuint (second.listen_port, ==, first.listen_port);
  g_assert_cmpint (second.metadata_size, ==, first.metadata_size);
  g_assert_cmpmem (second.ids, sizeof second.ids, first.ids, sizeof first.ids);
  return 0;
}
