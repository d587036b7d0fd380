/* bt-types.h: the few words that every layer up to the faces shares.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Names a torrent inside one engine; never reused, 0 is none. */
typedef guint32 BtTorrentId;

/* What the person wants of a torrent. */
typedef enum
{
  BT_INTENT_RUN,   /* started */
  BT_INTENT_PAUSE, /* on hold until things are started again */
  BT_INTENT_STOP,  /* out of the queue until it is named again */
  /* Of a magnet link: its details are fetched and nothing else, then it is on hold until somebody decides; no byte
   * of its data flows. An order to all leaves it alone. */
  BT_INTENT_DETAILS,
} BtIntent;

/* What the engine does at all. */
typedef enum
{
  BT_MODE_ALL,         /* download and seed */
  BT_MODE_DOWNLOADING, /* a torrent that is complete stops */
  BT_MODE_SEEDING,     /* nothing is requested */
} BtMode;

/* Why nothing is transferred, though torrents are meant to run. */
typedef enum
{
  BT_SUSPEND_NONE,
  BT_SUSPEND_SCHEDULE, /* the week's plan says off */
  BT_SUSPEND_METERED,  /* the network costs money */
} BtSuspend;

/* Where in the queue a torrent goes. */
typedef enum
{
  BT_QUEUE_TOP,
  BT_QUEUE_UP,
  BT_QUEUE_DOWN,
  BT_QUEUE_BOTTOM,
} BtQueueMove;

/* What a torrent says of a file (BEP 47). */
typedef enum
{
  BT_FILE_PAD = 1 << 0,        /* zeros that are never written */
  BT_FILE_EXECUTABLE = 1 << 1, /* shown; never applied */
  BT_FILE_HIDDEN = 1 << 2,
  BT_FILE_SYMLINK = 1 << 3, /* never created; shown with its target */
} BtFileFlags;
