/* test-quarantine-swarm.c: a torrent that ends the program at every start is put aside, and the others go on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "bt-engine-private.h"
#include "bt-quarantine.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 16384u
#define N 5
#define BAD 3 /* of 1 … N */
#define CHILD "--child"
#define READER "--reader"

static const FtSampleFile files[] = { { "a.bin", 3 * PIECE }, { NULL, 0 } };

/* The program that ends: this one, called with CHILD STATE-DIR FOLDER. Its disk ends it when the files of the torrent
 * of that folder are looked at. */

static const BtDiskOps *real_ops;
static BtDiskOps bad_ops;
static char *bad_root;
static BtStorage *bad_storage;

static BtStorage *
make_bad_storage (BtDisk *disk, BtMetainfo *metainfo, const BtStorageConfig *config)
{
  BtStorage *storage = real_ops->storage_new (disk, metainfo, config);

  if (strcmp (config->root, bad_root) == 0)
    bad_storage = storage;
  return storage;
}

static void
look_and_end (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner)
{
  if (storage == bad_storage)
    abort ();
  real_ops->stat (disk, storage, done, owner);
}

static BtDisk *
make_bad_disk (BtMailbox *mailbox, gpointer data)
{
  BtDisk *disk = bt_outside_real.make_disk (mailbox, NULL);

  real_ops = disk->ops;
  bad_ops = *real_ops;
  bad_ops.storage_new = make_bad_storage;
  bad_ops.stat = look_and_end;
  disk->ops = &bad_ops;
  return disk;
}

static void
note_states (BtEngine *engine, BtUpdate *update, gpointer data)
{
  BtState *states = data;

  for (guint i = 0; i < update->torrents->len; i++)
    {
      const BtTorrentStatus *status = &g_array_index (update->torrents, BtTorrentStatus, i);

      if (status->id <= N)
        states[status->id] = status->state;
    }
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
forbid_cores (void)
{
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_PDEATHSIG, SIGKILL); /* should the test fail */
}

/* Returns when all is as it is to be, if it comes so far. */
static int
run_child (char **args)
{
  g_autoptr(BtConfig) config = bt_config_new ();
  BtOutside outside = bt_outside_real;
  BtState states[N + 1] = { 0 };
  gboolean stopped = FALSE;
  BtEngine *engine;

  forbid_cores ();
  bad_root = args[1];
  outside.make_disk = make_bad_disk;
  config->state_dir = g_strdup (args[0]);
  config->bind_address = g_strdup ("127.0.0.1");
  engine = bt_engine_new_with_outside (config, &outside);
  g_signal_connect (engine, "update", G_CALLBACK (note_states), states);
  bt_engine_start_async (engine, NULL, NULL, NULL);
  for (guint i = 1; i <= N; i++)
    ft_wait_until (states[i] == (i == BAD ? BT_STATE_ERROR : BT_STATE_SEEDING));
  bt_engine_stop_async (engine, NULL, stopped_cb, &stopped);
  ft_wait_until (stopped);
  g_object_unref (engine);
  return 0;
}

/* READER STATE-DIR HASH: ends while a row is being read. */
static int
run_reader (char **args)
{
  BtQuarantine *quarantine = bt_quarantine_new (args[0]);
  BtSha1 hash;

  forbid_cores ();
  g_assert_true (bt_sha1_from_hex (args[1], &hash));
  bt_quarantine_read (quarantine, &hash);
  abort ();
}

/* The other side. */

typedef struct
{
  char *state;
  FtSample *samples[N + 1];
  FtNode *node;
  char hash[BT_SHA1_HEX_SIZE];
} Fixture;

static const BtTorrentStatus *
status_of (Fixture *self, guint i)
{
  return ft_node_status (self->node, i);
}

static void
begin (Fixture *self)
{
  self->node = ft_node_new (self->state, BT_MODE_ALL);
  ft_wait_until (g_hash_table_size (self->node->statuses) == N);
}

static void
end (Fixture *self)
{
  g_clear_pointer (&self->node, ft_node_free);
}

static void
wait_for_seeds (Fixture *self, gboolean bad_too)
{
  for (guint i = 1; i <= N; i++)
    if (i != BAD || bad_too)
      ft_wait_until (ft_node_in_state (self->node, i, BT_STATE_SEEDING));
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->state = g_dir_make_tmp ("ft-quarantine-XXXXXX", NULL);
  self->node = ft_node_new (self->state, BT_MODE_ALL);
  for (guint i = 1; i <= N; i++)
    {
      self->samples[i] = ft_sample_new (files, PIECE, 100 + i);
      g_assert_cmpuint (ft_node_add (self->node, self->samples[i]->torrent, self->samples[i]->dir, TRUE), ==, i);
    }
  wait_for_seeds (self, TRUE);
  bt_sha1_to_hex (&status_of (self, BAD)->info_hash, self->hash);
  end (self);
  return self;
}

static void
fixture_free (Fixture *self)
{
  end (self);
  for (guint i = 1; i <= N; i++)
    ft_sample_free (self->samples[i]);
  ft_remove_tree (self->state);
  g_free (self->state);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Returns: whether it was ended by its torrent */
static gboolean
run (Fixture *self, const char *mode, const char *argument)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "/proc/self/exe", mode, self->state,
                                                   argument, NULL);

  g_assert_no_error (error);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (child))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGABRT);
      return TRUE;
    }
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  return FALSE;
}

static void
assert_held (Fixture *self)
{
  ft_wait_until (ft_node_in_state (self->node, BAD, BT_STATE_ERROR));
  g_assert_cmpint (status_of (self, BAD)->reason, ==, BT_REASON_HELD);
  g_assert_cmpint (status_of (self, BAD)->intent, ==, BT_INTENT_STOP);
}

static void
test_starting (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  const char *folder = self->samples[BAD]->dir;

  /* All were being started; the second time it is found out which of them it was. */
  g_assert_true (run (self, CHILD, folder));
  g_assert_true (run (self, CHILD, folder));
  g_assert_false (run (self, CHILD, folder));
  /* An orderly end does not mean that it is good again. */
  g_assert_false (run (self, CHILD, folder));
  begin (self);
  wait_for_seeds (self, FALSE);
  assert_held (self);
  g_assert_cmpstr (status_of (self, BAD)->name, ==, "sample");
  g_assert_cmpuint (status_of (self, BAD)->done, ==, 3 * PIECE);
  /* An order to all does not concern it; one to it alone does. */
  ft_node_set_intent (self->node, 0, BT_INTENT_RUN);
  assert_held (self);
  ft_node_set_intent (self->node, BAD, BT_INTENT_RUN);
  wait_for_seeds (self, TRUE);
  end (self);
  begin (self);
  wait_for_seeds (self, TRUE);
}

/* Tried once more, and it is no better: that is enough. */
static void
test_again (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  const char *folder = self->samples[BAD]->dir;

  g_assert_true (run (self, CHILD, folder));
  g_assert_true (run (self, CHILD, folder));
  begin (self);
  assert_held (self);
  ft_node_set_intent (self->node, BAD, BT_INTENT_RUN);
  wait_for_seeds (self, TRUE);
  end (self);
  g_assert_true (run (self, CHILD, folder));
  g_assert_true (run (self, CHILD, folder));
  g_assert_false (run (self, CHILD, folder));
}

/* What cannot even be read is listed by its hash, and nothing that was saved is lost. */
static void
test_reading (void)
{
  g_autoptr(Fixture) self = fixture_new ();

  g_assert_true (run (self, READER, self->hash));
  g_assert_true (run (self, READER, self->hash));
  begin (self);
  assert_held (self);
  wait_for_seeds (self, FALSE);
  g_assert_cmpstr (status_of (self, BAD)->name, ==, self->hash);
  ft_node_verify (self->node, BAD);
  end (self);
  begin (self);
  assert_held (self);
  ft_node_set_intent (self->node, BAD, BT_INTENT_RUN);
  ft_wait_until (ft_node_said (self->node, "is tried again when the program is started"));
  g_assert_cmpint (status_of (self, BAD)->state, ==, BT_STATE_ERROR);
  end (self);
  begin (self);
  wait_for_seeds (self, TRUE);
  g_assert_cmpstr (status_of (self, BAD)->name, ==, "sample");
  g_assert_cmpuint (status_of (self, BAD)->done, ==, 3 * PIECE);
}

/* It is the person's to remove, and forgotten then. */
static void
test_removed (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  BtTorrentId id;

  g_assert_true (run (self, READER, self->hash));
  g_assert_true (run (self, READER, self->hash));
  begin (self);
  assert_held (self);
  ft_node_remove (self->node, BAD, FALSE);
  ft_wait_until (ft_node_status (self->node, BAD) == NULL);
  id = ft_node_add (self->node, self->samples[BAD]->torrent, self->samples[BAD]->dir, TRUE);
  ft_wait_until (ft_node_in_state (self->node, id, BT_STATE_SEEDING));
  end (self);
  begin (self);
  for (guint i = 1; i <= N; i++)
    ft_wait_until (ft_node_in_state (self->node, i, BT_STATE_SEEDING));
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], CHILD) == 0)
    return run_child (argv + 2);
  if (argc == 4 && strcmp (argv[1], READER) == 0)
    return run_reader (argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/quarantine/starting", test_starting);
  g_test_add_func ("/engine/quarantine/again", test_again);
  g_test_add_func ("/engine/quarantine/reading", test_reading);
  g_test_add_func ("/engine/quarantine/removed", test_removed);
  return g_test_run ();
}
