/* bt-core-disk-wait.c: which torrents wait for a disk that does not answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* A file server that is gone and a drive that is failing answer nothing, not even an error. Looked at now and then,
 * as long as anybody waits at all: jobs come and go by the thousand, and must not cost a timer each. */
#define LOOKS_IN_TIME 2

static void
set_stuck (BtTorrent *torrent, BtDiskWait *wait, gboolean stuck)
{
  wait->stuck = stuck;
  bt_torrent_note_stuck (torrent);
}

static void
look (gpointer owner, gint64 now)
{
  BtCore *core = owner;

  for (GList *link = core->waiting_for_disk.head; link != NULL; link = link->next)
    {
      BtDiskWait *wait = bt_torrent_get_disk_wait (link->data);

      if (wait->n_seen != wait->n_ended || wait->since == 0)
        {
          wait->n_seen = wait->n_ended;
          wait->since = now;
        }
      else if (!wait->stuck && now - wait->since >= core->outside.disk_patience_us)
        set_stuck (link->data, wait, TRUE);
    }
  if (core->waiting_for_disk.head != NULL)
    bt_timer_start (&core->disk_look, now + core->outside.disk_patience_us / LOOKS_IN_TIME);
}

void
bt_core_waits_for_disk (BtCore *core, BtTorrent *torrent)
{
  BtDiskWait *wait = bt_torrent_get_disk_wait (torrent);

  wait->link.data = torrent;
  wait->since = 0;
  g_queue_push_tail_link (&core->waiting_for_disk, &wait->link);
  if (!bt_timer_is_running (&core->disk_look))
    bt_timer_start (&core->disk_look, bt_core_now (core) + core->outside.disk_patience_us / LOOKS_IN_TIME);
}

void
bt_core_disk_answered (BtCore *core, BtTorrent *torrent, gboolean all)
{
  BtDiskWait *wait = bt_torrent_get_disk_wait (torrent);

  bt_core_came_on (core);
  wait->n_ended++;
  if (all)
    g_queue_unlink (&core->waiting_for_disk, &wait->link);
  if (wait->stuck)
    set_stuck (torrent, wait, FALSE);
}

void
bt_core_init_disk_wait (BtCore *core)
{
  g_queue_init (&core->waiting_for_disk);
  bt_timer_init (&core->disk_look, core->timers, look, core);
}
