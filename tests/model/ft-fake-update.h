/* ft-fake-update.h: updates as the engine sends them, made by hand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"

static inline BtUpdate *
ft_fake_update_new (void)
{
  BtUpdate *update = g_new0 (BtUpdate, 1);

  g_atomic_ref_count_init (&update->refs);
  update->torrents = g_array_new (FALSE, TRUE, sizeof (BtTorrentStatus));
  update->removed = g_array_new (FALSE, TRUE, sizeof (BtTorrentId));
  update->events = g_array_new (FALSE, TRUE, sizeof (BtEvent));
  update->free_bytes = -1;
  return update;
}

/* Returns: (transfer none): to be filled in further */
static inline BtTorrentStatus *
ft_fake_update_add (BtUpdate *update, BtTorrentId id, BtChanged changed, const char *name)
{
  BtTorrentStatus status = { .id = id, .changed = changed, .eta_s = -1 };

  status.name = g_ref_string_new (name);
  status.options = bt_torrent_options_new ();
  status.data_path = g_ref_string_new ("/downloads");
  status.save_path = g_ref_string_new ("/downloads");
  g_array_append_val (update->torrents, status);
  return &g_array_index (update->torrents, BtTorrentStatus, update->torrents->len - 1);
}

static inline void
ft_fake_update_remove (BtUpdate *update, BtTorrentId id)
{
  g_array_append_val (update->removed, id);
}
