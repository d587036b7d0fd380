/* fuzz-magnet.c: a link that was read says the same when it is written and read again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-magnet.h"
#include "bt-limits.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr(BtMagnet) magnet = bt_magnet_parse (text, NULL);
  g_autoptr(BtMagnet) again = NULL;
  g_autofree char *link = NULL;
  g_autofree char *link_again = NULL;
  gboolean wanted[100];

  if (magnet == NULL)
    return 0;
  g_assert_cmpuint (magnet->tiers->len, <=, BT_LIMIT_TRACKERS);
  bt_magnet_select (magnet, wanted, G_N_ELEMENTS (wanted));
  link = bt_magnet_format (magnet);
  again = bt_magnet_parse (link, NULL);
  g_assert_nonnull (again);
  link_again = bt_magnet_format (again);
  g_assert_cmpstr (link_again, ==, link);
  return 0;
}
