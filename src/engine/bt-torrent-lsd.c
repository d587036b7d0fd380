/* bt-torrent-lsd.c: when the local network is told of a torrent, and who there has it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#define INTERVAL_US (5 * G_TIME_SPAN_MINUTE) /* BEP 14 */
#define MIN_INTERVAL_US (1 * G_TIME_SPAN_MINUTE)

/* Somebody new hears of us before our turn; a crowd that comes at once hears one answer. */
#define ANSWER_US (2 * G_TIME_SPAN_SECOND)

gint64
bt_torrent_lsd_due (BtTorrent *torrent)
{
  return torrent->active && bt_torrent_may_share (torrent) ? torrent->lsd_due : G_MAXINT64;
}

void
bt_torrent_lsd_soon (BtTorrent *torrent, gint64 now)
{
  torrent->lsd_due = now;
}

void
bt_torrent_lsd_said (BtTorrent *torrent, gint64 now)
{
  torrent->lsd_said = now;
  torrent->lsd_due = now + INTERVAL_US;
}

/* What is paused and started again and again is not told of each time. */
void
bt_torrent_start_lsd (BtTorrent *torrent)
{
  gint64 now = bt_core_now (torrent->core);

  torrent->lsd_due = torrent->lsd_said != 0 ? MAX (now, torrent->lsd_said + MIN_INTERVAL_US) : now;
  bt_core_lsd_due (torrent->core, bt_torrent_lsd_due (torrent));
}

void
bt_torrent_lsd_heard (BtTorrent *torrent, const BtEndpoint *endpoint)
{
  gint64 now = bt_core_now (torrent->core);
  gboolean is_new = bt_candidates_find (torrent->candidates, endpoint) == NULL;

  if (!torrent->active || !bt_torrent_may_share (torrent)
      || bt_candidates_add (torrent->candidates, endpoint, BT_SOURCE_LSD, now) == NULL || !is_new)
    return;
  torrent->lsd_due = MIN (torrent->lsd_due, MAX (now + ANSWER_US, torrent->lsd_said + MIN_INTERVAL_US));
  bt_core_lsd_due (torrent->core, bt_torrent_lsd_due (torrent));
  bt_torrent_touch (torrent, BT_CHANGED_PEERS);
  bt_core_seek_peers (torrent->core, torrent);
}
