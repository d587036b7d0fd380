/* bt-state-reader.h: torrents read again from the state database, from any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"

G_BEGIN_DECLS

/* Outlives the database: reading fails then. */
typedef struct _BtStateReader BtStateReader;

BtStateReader *bt_state_reader_ref (BtStateReader *reader);
void bt_state_reader_unref (BtStateReader *reader);
/* Waits for the transaction that is being written. Returns: (transfer full): the bytes of a .torrent file
 * that was added, or %NULL with %BT_ERROR_STATE. */
GBytes *bt_state_reader_read_torrent (BtStateReader *reader, const BtSha1 *info_hash, GError **error);

G_END_DECLS
