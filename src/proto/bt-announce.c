/* bt-announce.c: the life of a tracker's answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-announce.h"

BtAnnounceReply *
bt_announce_reply_new (void)
{
  BtAnnounceReply *reply = g_new0 (BtAnnounceReply, 1);

  reply->peers = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  reply->interval_s = -1;
  reply->min_interval_s = -1;
  reply->retry_in_s = -1;
  reply->n_seeds = -1;
  reply->n_leechers = -1;
  reply->n_downloaded = -1;
  return reply;
}

void
bt_announce_reply_free (BtAnnounceReply *reply)
{
  g_array_unref (reply->peers);
  g_free (reply->warning);
  g_free (reply->failure);
  g_free (reply->tracker_id);
  g_free (reply);
}
