/* test-slow-disk.c: a disk that does not answer is said not to, and is not taken for one that failed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine-private.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 16384u

static const FtSampleFile files[] = { { "a.bin", 3 * PIECE }, { NULL, 0 } };

/* A disk that looks at no files before it is told to. */

typedef struct
{
  BtDisk *disk;
  BtStorage *storage;
  BtDiskStampsFunc done;
  gpointer owner;
} Look;

static const BtDiskOps *real_ops;
static BtDiskOps slow_ops;
static BtMailbox *mailbox;       /* of the engine's thread */
static GPtrArray *looks;         /* of Look; NULL: nothing is held back. Of the engine's thread */

static void
hold_look (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner)
{
  const Look look = { disk, storage, done, owner };

  if (looks != NULL)
    g_ptr_array_add (looks, g_memdup2 (&look, sizeof look));
  else
    real_ops->stat (disk, storage, done, owner);
}

static void
let_go (gpointer data)
{
  g_autoptr (GPtrArray) held = g_steal_pointer (&looks);

  for (guint i = 0; i < held->len; i++)
    {
      const Look *look = g_ptr_array_index (held, i);

      real_ops->stat (look->disk, look->storage, look->done, look->owner);
    }
}

static BtDisk *
make_slow_disk (BtMailbox *engine_mailbox, gpointer data)
{
  BtDisk *disk = bt_outside_real.make_disk (engine_mailbox, NULL);

  real_ops = disk->ops;
  slow_ops = *real_ops;
  slow_ops.stat = hold_look;
  disk->ops = &slow_ops;
  mailbox = bt_mailbox_ref (engine_mailbox);
  looks = g_ptr_array_new_with_free_func (g_free);
  return disk;
}

/* What the only torrent says. */

typedef struct
{
  BtState state;
  BtReason reason;
  gboolean said_slow, said_well;
} Seen;

static void
update_cb (BtEngine *engine, BtUpdate *update, gpointer data)
{
  Seen *seen = data;

  for (guint i = 0; i < update->torrents->len; i++)
    {
      const BtTorrentStatus *status = &g_array_index (update->torrents, BtTorrentStatus, i);

      seen->state = status->state;
      seen->reason = status->reason;
    }
  for (guint i = 0; i < update->events->len; i++)
    {
      const char *text = g_array_index (update->events, BtEvent, i).text;

      seen->said_slow |= g_strcmp0 (text, "The disk does not answer") == 0;
      seen->said_well |= g_strcmp0 (text, "The disk answers again") == 0;
    }
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static BtEngine *
start (const char *state, Seen *seen)
{
  g_autoptr (BtConfig) config = bt_config_new ();
  BtOutside outside = bt_outside_real;
  BtEngine *engine;

  outside.make_disk = make_slow_disk;
  outside.disk_patience_us = G_USEC_PER_SEC / 5;
  config->state_dir = g_strdup (state);
  config->bind_address = g_strdup ("127.0.0.1");
  config->dht = FALSE;
  config->update_interval_ms = 20;
  engine = bt_engine_new_with_outside (config, &outside);
  g_signal_connect (engine, "update", G_CALLBACK (update_cb), seen);
  bt_engine_start_async (engine, NULL, NULL, NULL);
  return engine;
}

static void
test_says_so (void)
{
  g_autoptr (FtSample) sample = ft_sample_new (files, PIECE, 3);
  g_autofree char *state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  FtNode *node = ft_node_new (state, BT_MODE_ALL);
  Seen seen = { 0 };
  gboolean stopped = FALSE;
  BtEngine *engine;

  ft_node_add (node, sample->torrent, sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (node, 1, BT_STATE_SEEDING));
  ft_node_free (node);
  engine = start (state, &seen);
  ft_wait_until (seen.reason == BT_REASON_DISK_SLOW);
  g_assert_cmpint (seen.state, ==, BT_STATE_LOADING);
  ft_wait_until (seen.said_slow);
  g_assert_false (seen.said_well);
  bt_mailbox_post (mailbox, let_go, NULL, NULL);
  ft_wait_until (seen.state == BT_STATE_SEEDING);
  g_assert_cmpint (seen.reason, !=, BT_REASON_DISK_SLOW);
  ft_wait_until (seen.said_well);
  bt_engine_stop_async (engine, NULL, stopped_cb, &stopped);
  ft_wait_until (stopped);
  g_object_unref (engine);
  g_clear_pointer (&mailbox, bt_mailbox_unref);
  ft_remove_tree (state);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/slow-disk/says-so", test_says_so);
  return g_test_run ();
}
