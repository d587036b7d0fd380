/* bt-error.h: the errors that the engine reports.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define BT_ERROR (bt_error_quark ())

/**
 * BtError:
 * @BT_ERROR_MALFORMED: the bytes are not what the format says; the message names the field
 * @BT_ERROR_UNSUPPORTED: well-formed, but a version or feature that is not built
 * @BT_ERROR_LIMIT: over a cap of bt-limits.h
 * @BT_ERROR_EXISTS: the torrent is there already
 * @BT_ERROR_NOT_FOUND: no such torrent, file or address
 * @BT_ERROR_BUSY: another instance holds the state directory
 * @BT_ERROR_NETWORK: connection, name or protocol failure of the network
 * @BT_ERROR_REMOTE: the other side answered with a failure; the message is its text
 * @BT_ERROR_TIMED_OUT: no answer in time
 * @BT_ERROR_CANCELLED: called off
 * @BT_ERROR_DISK: reading or writing failed
 * @BT_ERROR_DISK_FULL: no space left
 * @BT_ERROR_DISK_MISSING: the folder or all data that was there is gone
 * @BT_ERROR_DISK_READ_ONLY: permission denied or a read-only file system
 * @BT_ERROR_CHANGED: a file is not what it was when it was last written or checked
 * @BT_ERROR_STATE: the state database cannot be used
 * @BT_ERROR_NO_METADATA: only a magnet link is known of the torrent, so this cannot be done yet
 * @BT_ERROR_TAKEN: the files would be those of another torrent, or the program's own
 * @BT_ERROR_HELD: the program ended while it was at this torrent, again and again: it waits for a person
 *
 * Codes of #BT_ERROR. Messages are complete sentences without a full stop, in
 * English, fit for a log; faces translate by code.
 */
typedef enum
{
  BT_ERROR_MALFORMED,
  BT_ERROR_UNSUPPORTED,
  BT_ERROR_LIMIT,
  BT_ERROR_EXISTS,
  BT_ERROR_NOT_FOUND,
  BT_ERROR_BUSY,
  BT_ERROR_NETWORK,
  BT_ERROR_REMOTE,
  BT_ERROR_TIMED_OUT,
  BT_ERROR_CANCELLED,
  BT_ERROR_DISK,
  BT_ERROR_DISK_FULL,
  BT_ERROR_DISK_MISSING,
  BT_ERROR_DISK_READ_ONLY,
  BT_ERROR_CHANGED,
  BT_ERROR_STATE,
  BT_ERROR_NO_METADATA,
  BT_ERROR_TAKEN,
  BT_ERROR_HELD,
} BtError;

GQuark bt_error_quark (void);
