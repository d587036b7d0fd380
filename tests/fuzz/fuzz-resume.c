/* fuzz-resume.c: what was saved of a torrent, after a disk has had it: what is read is written and read again the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-state-db.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr(BtResume) resume = bt_resume_decode (bytes, NULL);
  g_autoptr(BtResume) again = NULL;
  g_autoptr(GBytes) first = NULL, second = NULL;

  if (resume == NULL)
    return 0;
  first = bt_resume_encode (resume);
  again = bt_resume_decode (first, NULL);
  g_assert_nonnull (again);
  second = bt_resume_encode (again);
  g_assert_true (g_bytes_equal (first, second));
  return 0;
}
