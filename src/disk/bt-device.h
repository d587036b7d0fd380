/* bt-device.h: what kind of device a folder is on, and so how its files are best read through.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 id;        /* the same for all folders on one disk; 0: not known */
  gboolean in_order; /* it is fast only when one reads it from front to back */
} BtDevice;

/* Of an open folder. What cannot be found out is taken for fast: wrong, that costs time only. */
void bt_device_find_in_disk (int fd, BtDevice *out);

/* How many pieces of a check one worker does at a stretch, and how many such stretches are under way. */
guint32 bt_device_get_stretch_pieces (const BtDevice *device, guint32 piece_length);
guint bt_device_get_stretches_at_once (const BtDevice *device);

/* The parts, for tests. */

/* @magic: of statfs(). Whether what it names is on another machine, or in another program. */
gboolean bt_device_is_remote (guint64 magic);
/* @sys: "/sys/dev/block", where each device has a link by its number. Returns: FALSE if it is not there. */
gboolean bt_device_look_up_in_disk (const char *sys, dev_t number, BtDevice *out);

G_END_DECLS
