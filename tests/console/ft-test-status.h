/* ft-test-status.h: torrents as an engine would tell of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"
#include "ft-roster.h"

#include <string.h>

/* Half done, downloading. The info-hash is all of one byte, which is @id. */
static inline BtTorrentStatus
ft_test_status (BtTorrentId id, const char *name)
{
  BtTorrentStatus status = {
    .id = id,
    .changed = BT_CHANGED_ALL,
    .name = g_ref_string_new (name),
    .save_path = g_ref_string_new ("/downloads"),
    .total_size = 2000000,
    .wanted = 2000000,
    .done = 1000000,
    .state = BT_STATE_DOWNLOADING,
    .n_peers = 4,
    .n_sending = 3,
    .rate_down = 1200000,
    .eta_s = 200,
    .swarm_seeds = -1,
    .swarm_leechers = -1,
  };

  memset (status.info_hash.bytes, (int) id, BT_SHA1_SIZE);
  return status;
}

/* Puts one into a roster. */
static inline void
ft_test_put (FtRoster *roster, BtTorrentId id, const char *name)
{
  BtTorrentStatus status = ft_test_status (id, name);

  ft_roster_put (roster, &status);
  bt_torrent_status_clear (&status);
}
