/* test-slow-disk.c: a disk that does not answer is said not to, and is not taken for one that failed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine-private.h"
#include "ft-swarm.h"
#include "ft-test.h"

#include <string.h>

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

/* With a torrent that is complete, at a disk that does not answer. */
typedef struct
{
  FtSample *sample;
  char *state;
  Seen seen;
  BtEngine *engine;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  FtNode *node;

  f->sample = ft_sample_new (files, PIECE, 3);
  f->state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  node = ft_node_new (f->state, BT_MODE_ALL);
  ft_node_add (node, f->sample->torrent, f->sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (node, 1, BT_STATE_SEEDING));
  ft_node_free (node);
  f->engine = start (f->state, &f->seen);
  ft_wait_until (f->seen.reason == BT_REASON_DISK_SLOW);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->engine);
  g_clear_pointer (&mailbox, bt_mailbox_unref);
  ft_remove_tree (f->state);
  g_free (f->state);
  ft_sample_free (f->sample);
}

static void
test_says_so (Fixture *f, gconstpointer data)
{
  gboolean stopped = FALSE;

  g_assert_cmpint (f->seen.state, ==, BT_STATE_LOADING);
  ft_wait_until (f->seen.said_slow);
  g_assert_false (f->seen.said_well);
  bt_mailbox_post (mailbox, let_go, NULL, NULL);
  ft_wait_until (f->seen.state == BT_STATE_SEEDING);
  g_assert_cmpint (f->seen.reason, !=, BT_REASON_DISK_SLOW);
  ft_wait_until (f->seen.said_well);
  bt_engine_stop_async (f->engine, NULL, stopped_cb, &stopped);
  ft_wait_until (stopped);
}

/* Whether a torrent would be held to have ended the program, if it ended now. */
static gboolean
is_blamed (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->state, "under-way", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && strchr (text, '*') != NULL;
}

/* Programs do not wait for ever: if they leave, the torrents were not why. */
static void
test_not_blamed (Fixture *f, gconstpointer data)
{
  gboolean stopped = FALSE;

  g_assert_true (is_blamed (f));
  bt_engine_stop_async (f->engine, NULL, stopped_cb, &stopped);
  ft_wait_until (!is_blamed (f));
  g_assert_false (stopped);
  bt_mailbox_post (mailbox, let_go, NULL, NULL);
  ft_wait_until (stopped);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/engine/slow-disk/says-so", Fixture, NULL, set_up, test_says_so, tear_down);
  g_test_add ("/engine/slow-disk/not-blamed", Fixture, NULL, set_up, test_not_blamed, tear_down);
  return g_test_run ();
}
