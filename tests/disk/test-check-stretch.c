/* test-check-stretch.c: many pieces checked in one job, which gives way to others.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <glib/gstdio.h>

#define KIB 1024u
#define PIECE (32 * KIB)
#define N_PIECES 64u

static const BtDraftFile files[] = {
  { "a", 10 * PIECE + 100 },
  { "_____padding_file_0_", PIECE - 100 },
  { "b", 49 * PIECE },
  { "c", 4 * PIECE - 100 },
};

/* What came back. */
typedef struct
{
  gboolean ok[N_PIECES];
  guint n_pieces;
  guint n_errors;
  GString *order;
} Results;

static Results *
results_new (void)
{
  Results *self = g_new0 (Results, 1);

  self->order = g_string_new (NULL);
  return self;
}

static void
results_free (Results *self)
{
  g_string_free (self->order, TRUE);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Results, results_free)

static void
stretch_cb (guint32 first, guint32 n_pieces, const gboolean *ok, const GError *error, gpointer owner)
{
  Results *self = owner;

  g_assert_true ((ok == NULL) == (error != NULL));
  g_string_append_c (self->order, 's');
  self->n_errors += error != NULL ? 1 : 0;
  self->n_pieces += n_pieces;
  for (guint32 i = 0; ok != NULL && i < n_pieces; i++)
    self->ok[first + i] = ok[i];
}

static void
read_cb (const GError *error, gpointer owner)
{
  Results *self = owner;

  g_assert_no_error (error);
  g_string_append_c (self->order, 'r');
}

static void
check (FtDisk *disk, guint32 first, guint32 n_pieces, Results *results)
{
  disk->disk->ops->check_stretch (disk->disk, disk->storage, first, n_pieces, stretch_cb, results);
}

/* In stretches of @width pieces: alone, and abreast. */
static void
test_results (gconstpointer data)
{
  guint32 width = GPOINTER_TO_UINT (data);
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (Results) results = results_new ();
  g_autofree char *c = ft_disk_path (disk, "root/t/c");
  BtFileStamp stamps[G_N_ELEMENTS (files)];
  guint8 wrong;

  ft_disk_write_all (disk);
  wrong = disk->content[5 * PIECE + 7] ^ 1;
  ft_assert_no_disk_error (ft_disk_write (disk, 5 * PIECE + 7, &wrong, 1));
  g_assert_cmpint (g_unlink (c), ==, 0);
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  g_assert_cmpuint (disk->storage->device.id, !=, 0);
  for (guint32 first = 0; first < N_PIECES; first += width)
    check (disk, first, MIN (width, N_PIECES - first), results);
  g_assert_cmpuint (results->n_pieces, ==, 0);
  ft_test_iterate (NULL, results->n_pieces == N_PIECES, FT_WAIT_S);
  g_assert_cmpuint (results->n_errors, ==, 0);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    g_assert_cmpint (results->ok[piece], ==, piece != 5 && piece < 60);
}

static void
test_outside (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (Results) results = results_new ();

  check (disk, N_PIECES, 1, results);
  check (disk, 1, N_PIECES, results);
  check (disk, G_MAXUINT32, 2, results);
  ft_test_iterate (NULL, results->order->len == 3, FT_WAIT_S);
  g_assert_cmpuint (results->n_errors, ==, 3);
}

/* Holds the only worker until it is opened. */
static void
run_gate_in_disk (BtDiskJob *job, BtWorker *worker)
{
  pthread_mutex_t *gate = job->owner;

  pthread_mutex_lock (gate);
  pthread_mutex_unlock (gate);
}

static const BtDiskJobClass gate_class = {
  .size = sizeof (BtDiskJob),
  .order = BT_ORDER_LANE,
  .run_in_disk = run_gate_in_disk,
};

/* Whoever waits for bytes has them before a check goes on, though it came later. */
static void
test_gives_way (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  BtDisk *narrow = bt_disk_new (disk->mailbox, 1);
  const BtStorageConfig config = { .root = disk->root };
  BtStorage *storage = narrow->ops->storage_new (narrow, disk->metainfo, &config);
  g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (disk->pool, PIECE);
  g_autoptr (Results) results = results_new ();
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

  ft_disk_write_all (disk);
  pthread_mutex_lock (&gate);
  bt_disk_submit (narrow, bt_disk_job_new (&gate_class, storage, &gate), NULL);
  for (guint32 first = 0; first < 40; first += 10)
    narrow->ops->check_stretch (narrow, storage, first, 10, stretch_cb, results);
  for (guint i = 0; i < 3; i++)
    narrow->ops->read (narrow, storage, 0, buffer, 0, PIECE, read_cb, results);
  pthread_mutex_unlock (&gate);
  ft_test_iterate (NULL, results->order->len == 7, FT_WAIT_S);
  g_assert_cmpstr (results->order->str, ==, "rrrssss");
  g_assert_cmpuint (results->n_errors, ==, 0);
  narrow->ops->storage_free (narrow, storage);
  narrow->ops->free (narrow);
}

/* Between the steps of a check something else is checked by the same hashes. */
typedef struct
{
  BtPieceHashes *hashes;
  BtFileStore *store;
  guint n_pauses;
} Meanwhile;

static void
pause_cb (gpointer data)
{
  Meanwhile *self = data;
  gboolean ok;

  self->n_pauses++;
  g_assert_true (bt_piece_hashes_check_in_disk (self->hashes, self->store, 40, &ok, NULL));
  g_assert_true (ok);
}

static void
test_pauses (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  BtFileSet *set = bt_file_set_new (10);
  const BtStorageConfig config = { .root = disk->root };
  Meanwhile meanwhile = { .hashes = bt_piece_hashes_new (),
                          .store = bt_file_store_new (disk->metainfo, &config, set, 1) };
  gboolean ok[20] = { FALSE };
  guint n_pauses;

  ft_disk_write_all (disk);
  g_assert_true (bt_piece_hashes_check_stretch_in_disk (meanwhile.hashes, meanwhile.store, 3, G_N_ELEMENTS (ok),
                                                        pause_cb, &meanwhile, ok, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (ok); i++)
    g_assert_true (ok[i]);
  /* Abreast all have their step before there is a pause. */
  g_assert_cmpuint (meanwhile.n_pauses, >=, 2);
  g_assert_cmpuint (meanwhile.n_pauses, <=, G_N_ELEMENTS (ok));
  n_pauses = meanwhile.n_pauses;
  pause_cb (&meanwhile);
  g_assert_cmpuint (meanwhile.n_pauses, ==, n_pauses + 1);
  bt_piece_hashes_free (meanwhile.hashes);
  bt_file_store_close_in_disk (meanwhile.store);
  bt_file_store_free (meanwhile.store);
  bt_file_set_free (set);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_data_func ("/disk/check-stretch/results/3", GUINT_TO_POINTER (3), test_results);
  g_test_add_data_func ("/disk/check-stretch/results/16", GUINT_TO_POINTER (16), test_results);
  g_test_add_data_func ("/disk/check-stretch/results/all", GUINT_TO_POINTER (N_PIECES), test_results);
  g_test_add_func ("/disk/check-stretch/outside", test_outside);
  g_test_add_func ("/disk/check-stretch/gives-way", test_gives_way);
  g_test_add_func ("/disk/check-stretch/pauses", test_pauses);
  return ft_disk_test_run ();
}
