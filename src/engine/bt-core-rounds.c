/* bt-core-rounds.c: the round of each second over the torrents with which anything can happen.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* Seeds that are folded have nobody, and only their time to be counted. Thousands of them are common. */
#define REST_ROUNDS 10u

void
bt_core_leave_rounds (BtCore *core, BtRounds *rounds)
{
  if (rounds->link.data == NULL)
    return;
  g_queue_unlink (rounds->rests ? &core->resting : &core->awake, &rounds->link);
  rounds->link.data = NULL;
}

static void
enter (BtCore *core, BtTorrent *torrent, gboolean rests)
{
  BtRounds *rounds = bt_torrent_get_rounds (torrent);

  bt_core_leave_rounds (core, rounds);
  rounds->link.data = torrent;
  rounds->rests = rests;
  g_queue_push_tail_link (rests ? &core->resting : &core->awake, &rounds->link);
}

void
bt_core_wake (BtCore *core, BtTorrent *torrent)
{
  BtRounds *rounds = bt_torrent_get_rounds (torrent);

  if (rounds->link.data == NULL || rounds->rests)
    enter (core, torrent, FALSE);
}

static void
give_second (BtCore *core, BtTorrent *torrent, gint64 now)
{
  BtRounds *rounds = bt_torrent_get_rounds (torrent);

  if (bt_torrent_is_active (torrent))
    {
      bt_torrent_second (torrent, now);
      bt_core_seek_peers (core, torrent);
    }
  bt_torrent_fold_if_idle (torrent, now);
  if (!bt_torrent_rests (torrent))
    return;
  if (bt_torrent_is_active (torrent))
    enter (core, torrent, TRUE);
  else
    bt_core_leave_rounds (core, rounds);
}

static void
every_second (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  guint n_resting = (core->resting.length + REST_ROUNDS - 1) / REST_ROUNDS;
  GList *following;

  bt_core_look_for_sleep (core);
  for (GList *link = core->awake.head; link != NULL; link = following)
    {
      following = link->next;
      give_second (core, link->data, now);
    }
  for (; n_resting > 0 && core->resting.head != NULL; n_resting--)
    give_second (core, core->resting.head->data, now);
  bt_timer_start (&core->second, now + G_USEC_PER_SEC);
}

void
bt_core_init_rounds (BtCore *core)
{
  bt_timer_init (&core->second, core->timers, every_second, core);
  bt_timer_start (&core->second, bt_core_now (core) + G_USEC_PER_SEC);
}
