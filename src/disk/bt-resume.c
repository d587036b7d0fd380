/* bt-resume.c: what is saved of a torrent, as a value.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-db.h"

BtResume *
bt_resume_new (void)
{
  return g_new0 (BtResume, 1);
}
