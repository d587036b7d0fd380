/* test-disk-jobs.c: jobs keep the order they must, and nothing comes when nobody waits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <glib/gstdio.h>

#define KIB 1024u
#define PIECE (32 * KIB)
#define BLOCK (16 * KIB)
#define N_PIECES 64u

static const BtDraftFile files[] = {
  { "a", 10 * PIECE + 100 },
  { "b", 50 * PIECE },
  { "c", 4 * PIECE - 100 },
};

/* What came back, in order. */
typedef struct
{
  GString *order;
  guint n;
  guint n_ok;
  guint n_errors;
} Log;

static Log *
log_new (void)
{
  Log *self = g_new0 (Log, 1);

  self->order = g_string_new (NULL);
  return self;
}

static void
log_free (Log *self)
{
  g_string_free (self->order, TRUE);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Log, log_free)

/* One job and the letter it leaves. */
typedef struct
{
  Log *log;
  char letter;
} Entry;

static void
note (gpointer owner, const GError *error)
{
  Entry *entry = owner;

  g_string_append_c (entry->log->order, entry->letter);
  entry->log->n++;
  entry->log->n_errors += error != NULL ? 1 : 0;
  g_free (entry);
}

static Entry *
entry (Log *log, char letter)
{
  Entry *self = g_new (Entry, 1);

  self->log = log;
  self->letter = letter;
  return self;
}

static void
done_cb (const GError *error, gpointer owner)
{
  note (owner, error);
}

static void
stamps_cb (const BtFileStamp *stamps, const GError *error, gpointer owner)
{
  note (owner, error);
}

static void
checked_cb (guint32 piece, gboolean ok, const GError *error, gpointer owner)
{
  ((Entry *) owner)->log->n_ok += ok ? 1 : 0;
  note (owner, error);
}

static void
hashes_cb (guint32 piece, const BtSha1 *hashes, guint n, const GError *error, gpointer owner)
{
  note (owner, error);
}

static BtBuffer *
content_buffer (FtDisk *disk)
{
  BtBuffer *buffer = bt_buffer_pool_get (disk->pool, disk->metainfo->total_size);

  memcpy (buffer->data, disk->content, disk->metainfo->total_size);
  return buffer;
}

static void
push_write (FtDisk *disk, BtBuffer *buffer, guint64 offset, guint32 length, Entry *owner)
{
  disk->disk->ops->write (disk->disk, disk->storage, offset, buffer, (guint32) offset, length,
                          done_cb, owner);
}

static void
push_check (FtDisk *disk, guint32 piece, Entry *owner)
{
  disk->disk->ops->check_piece (disk->disk, disk->storage, piece, checked_cb, owner);
}

/* Many pieces at once over all workers, each: its blocks, then its check, without waiting between.
 */
static void
test_many_pieces (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBuffer) buffer = content_buffer (disk);
  g_autoptr (Log) log = log_new ();

  g_assert_cmpuint (disk->metainfo->n_pieces, ==, N_PIECES);
  for (guint round = 0; round < 5; round++)
    {
      for (guint32 begin = 0; begin < PIECE; begin += BLOCK)
        for (guint32 piece = 0; piece < N_PIECES; piece++)
          push_write (disk, buffer, piece * PIECE + begin, BLOCK, entry (log, 'w'));
      for (guint32 piece = 0; piece < N_PIECES; piece++)
        push_check (disk, piece, entry (log, 'c'));
    }
  g_assert_cmpuint (log->n, ==, 0);
  g_assert_cmpuint (disk->disk->ops->backlog (disk->disk), ==, 5 * N_PIECES * PIECE);
  ft_test_iterate (NULL, log->n == 5 * 3 * N_PIECES, FT_WAIT_S);
  g_assert_cmpuint (log->n_ok, ==, 5 * N_PIECES);
  g_assert_cmpuint (log->n_errors, ==, 0);
  g_assert_cmpuint (disk->disk->ops->backlog (disk->disk), ==, 0);
}

/* Of one piece: what is read is what was written last before. */
static void
test_order_in_piece (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (Log) log = log_new ();
  BtBuffer *in[100], *out[100];

  for (guint i = 0; i < 100; i++)
    {
      in[i] = bt_buffer_pool_get (disk->pool, BLOCK);
      out[i] = bt_buffer_pool_get (disk->pool, BLOCK);
      memset (in[i]->data, (int) i, BLOCK);
      memset (out[i]->data, 0xff, BLOCK);
    }
  for (guint i = 0; i < 100; i++)
    {
      disk->disk->ops->write (disk->disk, disk->storage, 3 * PIECE + 7, in[i], 0, BLOCK, done_cb,
                              entry (log, 'w'));
      disk->disk->ops->read (disk->disk, disk->storage, 3 * PIECE + 7, out[i], 0, BLOCK, done_cb,
                             entry (log, 'r'));
    }
  ft_test_iterate (NULL, log->n == 200, FT_WAIT_S);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_cmpmem (out[i]->data, BLOCK, in[i]->data, BLOCK);
      g_assert_cmpint (log->order->str[2 * i], ==, 'w');
      g_assert_cmpint (log->order->str[2 * i + 1], ==, 'r');
      bt_buffer_unref (in[i]);
      bt_buffer_unref (out[i]);
    }
}

/* Barriers: all before is done, nothing after is begun. */
static void
test_barriers (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBuffer) buffer = content_buffer (disk);
  g_autoptr (Log) log = log_new ();
  const guint8 priorities[] = { 1, 1, 1 };

  for (guint32 piece = 0; piece < N_PIECES; piece++)
    push_write (disk, buffer, piece * PIECE, PIECE, entry (log, 'w'));
  disk->disk->ops->stat (disk->disk, disk->storage, stamps_cb, entry (log, 'S'));
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    push_check (disk, piece, entry (log, 'c'));
  disk->disk->ops->remove_files (disk->disk, disk->storage, NULL, done_cb, entry (log, 'R'));
  disk->disk->ops->make_files (disk->disk, disk->storage, done_cb, entry (log, 'M'));
  disk->disk->ops->set_priorities (disk->disk, disk->storage, priorities, NULL, done_cb,
                                   entry (log, 'P'));
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    push_check (disk, piece, entry (log, 'n'));
  disk->disk->ops->sync (disk->disk, disk->storage, stamps_cb, entry (log, 'Y'));
  ft_test_iterate (NULL, log->n == 3 * N_PIECES + 5, FT_WAIT_S);
  g_assert_cmpuint (log->n_errors, ==, 0);
  g_assert_cmpuint (log->n_ok, ==, N_PIECES); /* the first ones, none after the removal */
  for (guint i = 0; i < N_PIECES; i++)
    {
      g_assert_cmpint (log->order->str[i], ==, 'w');
      g_assert_cmpint (log->order->str[N_PIECES + 1 + i], ==, 'c');
      g_assert_cmpint (log->order->str[2 * N_PIECES + 4 + i], ==, 'n');
    }
  g_assert_cmpint (log->order->str[N_PIECES], ==, 'S');
  g_assert_cmpint (strncmp (log->order->str + 2 * N_PIECES + 1, "RMP", 3), ==, 0);
}

/* Jobs of the test's own: any order is kept under any schedule. */

typedef struct
{
  gint64 begun; /* a number that only grows */
  gint64 ended;
} Span;

typedef struct
{
  BtDiskJob job;
  Span *span;
  atomic_llong *clock;
} SpanJob;

static void
run_span_in_disk (BtDiskJob *job, BtWorker *worker)
{
  SpanJob *self = (SpanJob *) job;

  self->span->begun = atomic_fetch_add (self->clock, 1);
  if (self->span->begun % 3 == 0)
    g_usleep (50);
  self->span->ended = atomic_fetch_add (self->clock, 1);
}

static void
deliver_span (BtDiskJob *job)
{
  (*(guint *) job->owner)++;
}

static const BtDiskJobClass span_classes[] = {
  [BT_ORDER_LANE] = { sizeof (SpanJob), BT_ORDER_LANE, FALSE, run_span_in_disk, deliver_span,
                      NULL },
  [BT_ORDER_FENCE] = { sizeof (SpanJob), BT_ORDER_FENCE, FALSE, run_span_in_disk, deliver_span,
                       NULL },
  [BT_ORDER_BARRIER] = { sizeof (SpanJob), BT_ORDER_BARRIER, FALSE, run_span_in_disk, deliver_span,
                         NULL },
};

static void
assert_order (const Span *spans, const BtOrder *orders, const guint *lanes, guint n)
{
  for (guint later = 0; later < n; later++)
    for (guint earlier = 0; earlier < later; earlier++)
      if (orders[later] != BT_ORDER_LANE || orders[earlier] == BT_ORDER_BARRIER
          || (orders[earlier] == BT_ORDER_LANE && lanes[earlier] == lanes[later]))
        g_assert_cmpint (spans[earlier].ended, <, spans[later].begun);
}

static void
test_orders (void)
{
  enum
  {
    N = 400
  };
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  for (guint round = 0; round < 20; round++)
    {
      static Span spans[N];
      BtOrder orders[N];
      guint lanes[N], n_done = 0;
      atomic_llong clock = 1;

      for (guint i = 0; i < N; i++)
        {
          guint dice = (guint) g_test_rand_int_range (0, 20);
          SpanJob *job;

          orders[i] = dice == 0 ? BT_ORDER_BARRIER : dice == 1 ? BT_ORDER_FENCE : BT_ORDER_LANE;
          lanes[i] = (guint) g_test_rand_int_range (0, 10);
          job = bt_disk_job_new (&span_classes[orders[i]], disk->storage, &n_done);
          job->job.lane = lanes[i];
          job->span = &spans[i];
          job->clock = &clock;
          bt_disk_submit (disk->disk, &job->job, NULL);
          if (dice == 2)
            g_main_context_iteration (NULL, FALSE);
        }
      ft_test_iterate (NULL, n_done == N, FT_WAIT_S);
      assert_order (spans, orders, lanes, N);
    }
}

/* Holds one worker until the gate is opened. */
typedef struct
{
  pthread_mutex_t lock;
  pthread_cond_t wake;
  gboolean open;
} Gate;

static void
run_gate_in_disk (BtDiskJob *job, BtWorker *worker)
{
  Gate *gate = job->owner;

  pthread_mutex_lock (&gate->lock);
  while (!gate->open)
    pthread_cond_wait (&gate->wake, &gate->lock);
  pthread_mutex_unlock (&gate->lock);
}

static const BtDiskJobClass gate_class = {
  .size = sizeof (BtDiskJob),
  .order = BT_ORDER_LANE,
  .run_in_disk = run_gate_in_disk,
};

static void
open_gate (Gate *gate)
{
  pthread_mutex_lock (&gate->lock);
  gate->open = TRUE;
  pthread_cond_signal (&gate->wake);
  pthread_mutex_unlock (&gate->lock);
}

/* Nothing is answered that was done beside the end of a sync: so what is had when a sync is
 * answered is on the platter. The worker that is to do the end is held up through another storage.
 */
static void
test_sync_ends_alone (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBuffer) buffer = content_buffer (disk);
  g_autoptr (Log) log = log_new ();
  BtFileStorage *storage = (BtFileStorage *) disk->storage;
  const BtStorageConfig config = { disk->root, NULL };
  BtStorage *other = disk->disk->ops->storage_new (disk->disk, disk->metainfo, &config);
  Gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, FALSE };
  BtDiskJob *hold = bt_disk_job_new (&gate_class, other, &gate);
  g_autoptr (BtBuffer) byte = bt_buffer_pool_get (disk->pool, 1);

  push_write (disk, buffer, 0, PIECE, entry (log, 'a'));
  ft_test_iterate (NULL, log->n == 1, FT_WAIT_S);
  disk->disk->ops->sync (disk->disk, disk->storage, stamps_cb, entry (log, 'Y'));
  hold->lane = storage->store->id; /* the worker of the sync, behind its first part */
  bt_disk_submit (disk->disk, hold, NULL);
  ft_test_iterate (NULL, storage->n_barriers == 1, FT_WAIT_S);

  /* On the next worker: a write, and behind it a read of the other storage, which comes back. */
  push_write (disk, buffer, PIECE, PIECE, entry (log, 'b'));
  disk->disk->ops->read (disk->disk, other, 0, byte, 0, 1, done_cb, entry (log, 'r'));
  ft_test_iterate (NULL, log->n == 2, FT_WAIT_S);
  g_assert_cmpstr (log->order->str, ==, "ar");
  open_gate (&gate);
  ft_test_iterate (NULL, log->n == 4, FT_WAIT_S);
  g_assert_cmpstr (log->order->str, ==, "arYb");
  g_assert_cmpuint (log->n_errors, ==, 0);
  disk->disk->ops->storage_free (disk->disk, other);
}

/* The long part of it holds nobody up. */
static void
test_sync_begins_beside (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBuffer) buffer = content_buffer (disk);
  g_autoptr (Log) log = log_new ();
  BtFileStorage *storage = (BtFileStorage *) disk->storage;
  const BtStorageConfig config = { disk->root, NULL };
  BtStorage *other = disk->disk->ops->storage_new (disk->disk, disk->metainfo, &config);
  Gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, FALSE };
  BtDiskJob *hold = bt_disk_job_new (&gate_class, other, &gate);

  hold->lane = storage->store->id;
  bt_disk_submit (disk->disk, hold, NULL);
  disk->disk->ops->sync (disk->disk, disk->storage, stamps_cb, entry (log, 'Y'));
  push_write (disk, buffer, PIECE, PIECE, entry (log, 'b'));
  ft_test_iterate (NULL, log->n == 1, FT_WAIT_S);
  open_gate (&gate);
  ft_test_iterate (NULL, log->n == 2, FT_WAIT_S);
  g_assert_cmpstr (log->order->str, ==, "bY");
  disk->disk->ops->storage_free (disk->disk, other);
}

/* A range of several pieces goes alone and is not mixed up with their running hashes. */
static void
test_wide_ranges (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBuffer) good = content_buffer (disk);
  g_autoptr (BtBuffer) bad = bt_buffer_pool_get (disk->pool, good->size);
  g_autoptr (Log) log = log_new ();

  memset (bad->data, 0x11, bad->size);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    push_write (disk, good, piece * PIECE, PIECE, entry (log, 'w'));
  push_write (disk, bad, 0, N_PIECES * PIECE, entry (log, 'W'));
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    push_check (disk, piece, entry (log, 'c'));
  ft_test_iterate (NULL, log->n == 2 * N_PIECES + 1, FT_WAIT_S);
  g_assert_cmpuint (log->n_ok, ==, 0);
  push_write (disk, good, 0, N_PIECES * PIECE, entry (log, 'W'));
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    push_check (disk, piece, entry (log, 'c'));
  ft_test_iterate (NULL, log->n == 3 * N_PIECES + 2, FT_WAIT_S);
  g_assert_cmpuint (log->n_ok, ==, N_PIECES);
}

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* Writes are finished, looks are not, and nobody is called. */
static void
test_storage_freed (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBuffer) buffer = content_buffer (disk);
  g_autoptr (Log) log = log_new ();
  g_autofree Entry *shared = entry (log, '!');

  for (guint round = 0; round < 20; round++)
    {
      for (guint32 piece = 0; piece < N_PIECES; piece++)
        {
          push_write (disk, buffer, piece * PIECE, PIECE, shared);
          push_check (disk, piece, shared);
          disk->disk->ops->hash_blocks (disk->disk, disk->storage, piece, hashes_cb, shared);
        }
      disk->disk->ops->stat (disk->disk, disk->storage, stamps_cb, shared);
      for (guint32 piece = 0; piece < N_PIECES; piece++)
        push_check (disk, piece, shared);
      disk->disk->ops->sync (disk->disk, disk->storage, stamps_cb, shared);
      disk->disk->ops->close_files (disk->disk, disk->storage);
      if (round % 3 == 1)
        g_usleep (100 * round);
      if (round % 3 == 2)
        {
          BtFileStamp stamps[G_N_ELEMENTS (files)];
          BtStorage *storage = disk->storage;

          /* While another one works in the same folder. */
          disk->storage = NULL;
          ft_disk_open (disk, NULL);
          disk->disk->ops->storage_free (disk->disk, storage);
          ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
        }
      else
        ft_disk_open (disk, NULL);
    }
  ft_disk_close (disk);
  ft_test_iterate (NULL, disk->disk->ops->backlog (disk->disk) == 0, FT_WAIT_S);
  drain ();
  g_assert_cmpuint (log->n, ==, 0);
  ft_disk_open (disk, NULL);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, N_PIECES);
}

/* The end of the disk waits for what has to be done, held back or not, and calls nobody. */
static void
test_disk_freed (void)
{
  for (guint round = 0; round < 10; round++)
    {
      FtDisk *disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
      g_autoptr (Log) log = log_new ();
      g_autofree Entry *shared = entry (log, '!');
      BtBuffer *buffer = content_buffer (disk);
      g_autofree char *a = NULL;

      for (guint32 piece = 0; piece < N_PIECES; piece++)
        {
          push_write (disk, buffer, piece * PIECE, PIECE, shared);
          if (piece % 16 == 0)
            disk->disk->ops->stat (disk->disk, disk->storage, stamps_cb, shared);
        }
      bt_buffer_unref (buffer);
      if (round % 2 == 0)
        bt_mailbox_close (disk->mailbox);
      ft_disk_close (disk);
      disk->disk->ops->free (disk->disk);
      g_assert_cmpuint (bt_buffer_pool_bytes_out (disk->pool), ==, 0);
      ft_disk_assert_file (disk, "root/t/a", disk->content, 10 * PIECE + 100);
      drain ();
      g_assert_cmpuint (log->n, ==, 0);
      disk->disk = bt_disk_new (disk->mailbox, 0);
      ft_disk_free (disk);
    }
}

/* Freed from inside a callback, with others waiting to be called. */

typedef struct
{
  FtDisk *disk;
  guint n;
  gboolean all;
} Suicide;

static void
suicide_cb (const GError *error, gpointer owner)
{
  Suicide *self = owner;

  self->n++;
  ft_disk_close (self->disk);
  if (self->all)
    {
      self->disk->disk->ops->free (self->disk->disk);
      self->disk->disk = NULL;
    }
}

static void
test_freed_in_callback (void)
{
  for (guint round = 0; round < 10; round++)
    {
      FtDisk *disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
      Suicide suicide = { disk, 0, round % 2 == 1 };
      BtBuffer *buffer = content_buffer (disk);

      for (guint32 piece = 0; piece < N_PIECES; piece++)
        disk->disk->ops->write (disk->disk, disk->storage, piece * PIECE, buffer, piece * PIECE,
                                PIECE, suicide_cb, &suicide);
      bt_buffer_unref (buffer);
      ft_test_iterate (NULL, suicide.n > 0, FT_WAIT_S);
      drain ();
      g_assert_cmpuint (suicide.n, ==, 1);
      if (disk->disk == NULL)
        disk->disk = bt_disk_new (disk->mailbox, 0);
      ft_disk_free (disk);
    }
}

/* More folders than have threads of their own. */
static void
test_many_folders (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBuffer) buffer = content_buffer (disk);
  g_autoptr (Log) log = log_new ();
  BtStorage *storages[12];
  g_autoptr (GPtrArray) roots = g_ptr_array_new_with_free_func (g_free);

  for (guint round = 0; round < 3; round++)
    {
      log->n = 0;
      for (guint i = 0; i < G_N_ELEMENTS (storages); i++)
        {
          char *root = g_strdup_printf ("%s/root-%u-%u", disk->folder, round, i);
          const BtStorageConfig config = { root, NULL };

          g_ptr_array_add (roots, root);
          storages[i] = disk->disk->ops->storage_new (disk->disk, disk->metainfo, &config);
          for (guint32 piece = 0; piece < 4; piece++)
            disk->disk->ops->write (disk->disk, storages[i], piece * PIECE, buffer, piece * PIECE,
                                    PIECE, done_cb, entry (log, 'w'));
        }
      ft_test_iterate (NULL, log->n == 4 * G_N_ELEMENTS (storages), FT_WAIT_S);
      for (guint i = 0; i < G_N_ELEMENTS (storages); i++)
        disk->disk->ops->storage_free (disk->disk, storages[i]);
    }
  g_assert_cmpuint (log->n_errors, ==, 0);
  for (guint i = 0; i < roots->len; i++)
    {
      g_autofree char *path = g_build_filename (roots->pdata[i], "t", "a", NULL);

      g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
    }
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);

  g_test_add_func ("/disk/jobs/many-pieces", test_many_pieces);
  g_test_add_func ("/disk/jobs/order-in-piece", test_order_in_piece);
  g_test_add_func ("/disk/jobs/barriers", test_barriers);
  g_test_add_func ("/disk/jobs/orders", test_orders);
  g_test_add_func ("/disk/jobs/sync-ends-alone", test_sync_ends_alone);
  g_test_add_func ("/disk/jobs/sync-begins-beside", test_sync_begins_beside);
  g_test_add_func ("/disk/jobs/wide-ranges", test_wide_ranges);
  g_test_add_func ("/disk/jobs/storage-freed", test_storage_freed);
  g_test_add_func ("/disk/jobs/disk-freed", test_disk_freed);
  g_test_add_func ("/disk/jobs/freed-in-callback", test_freed_in_callback);
  g_test_add_func ("/disk/jobs/many-folders", test_many_folders);
  return ft_disk_test_run ();
}
