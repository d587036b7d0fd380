/* test-piece-check.c: hashes that run while pieces are written, and checks that read the rest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIB 1024u
#define PIECE (64 * KIB)
#define BLOCK (16 * KIB)

/* What one worker has, in the test's own thread. */
typedef struct
{
  FtDisk *disk;
  BtFileSet *set;
  BtFileStore *store;
  BtPieceHashes *hashes;
  gboolean notes; /* what is written is noted, to be hashed with others */
} Bench;

/* Piece 1 ends with padding. */
static const BtDraftFile files[] = {
  { "a", 100 * KIB },
  { "_____padding_file_0_", 28 * KIB },
  { "b", PIECE * 100 },
  { "c", 5 * KIB + 1 },
};

static Bench *
bench_new (void)
{
  Bench *self = g_new0 (Bench, 1);
  BtStorageConfig config = { 0 };

  self->disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  self->set = bt_file_set_new (10);
  config.root = self->disk->root;
  self->store = bt_file_store_new (self->disk->metainfo, &config, self->set, 1);
  self->hashes = bt_piece_hashes_new ();
  return self;
}

static void
bench_free (Bench *self)
{
  bt_piece_hashes_free (self->hashes);
  bt_file_store_close_in_disk (self->store);
  bt_file_store_free (self->store);
  bt_file_set_free (self->set);
  ft_disk_free (self->disk);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

static void
bench_write (Bench *self, guint32 piece, guint32 begin, guint32 length)
{
  guint64 offset = (guint64) piece * PIECE + begin;
  const guint8 *data = self->disk->content + offset;

  g_assert_true (bt_file_store_write_in_disk (self->store, offset, data, length, NULL));
  bt_piece_hashes_wrote_in_disk (self->hashes, self->store, offset, data, length, self->notes);
}

static gboolean
bench_check (Bench *self, guint32 piece)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_assert_true (bt_piece_hashes_check_in_disk (self->hashes, self->store, piece, &ok, &error));
  g_assert_no_error (error);
  return ok;
}

static guint32
hashed (Bench *self, guint32 piece)
{
  return bt_piece_hashes_hashed (self->hashes, self->store, piece);
}

/* Changes a byte in the files behind the back of the running hash: so it shows what was read again.
 */
static void
spoil (Bench *self, guint32 piece, guint32 begin)
{
  guint64 offset = (guint64) piece * PIECE + begin;
  guint8 byte = self->disk->content[offset] ^ 1;

  g_assert_true (bt_file_store_write_in_disk (self->store, offset, &byte, 1, NULL));
}

static void
test_in_order (void)
{
  g_autoptr (Bench) bench = bench_new ();

  for (guint32 begin = 0; begin < PIECE; begin += BLOCK)
    {
      g_assert_cmpuint (hashed (bench, 3), ==, begin);
      bench_write (bench, 3, begin, BLOCK);
    }
  g_assert_cmpuint (hashed (bench, 3), ==, PIECE);
  spoil (bench, 3, 0);
  spoil (bench, 3, PIECE - 1);
  g_assert_true (bench_check (bench, 3));
  /* Once used it is gone, and the files are read. */
  g_assert_cmpuint (hashed (bench, 3), ==, 0);
  g_assert_false (bench_check (bench, 3));
}

/* Pieces of all kinds of lengths that were written, so that lanes run dry at different times. */
static void
write_noted (Bench *bench, guint32 first, guint32 n)
{
  for (guint32 begin = 0; begin < PIECE; begin += BLOCK)
    for (guint32 i = 0; i < n; i++)
      if (begin / BLOCK <= i % 4)
        bench_write (bench, first + i, begin, BLOCK);
}

static void
test_noted (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gboolean can_note = bt_hasher_worth_many () <= BT_HASH_MANY;

  bench->notes = TRUE;
  write_noted (bench, 3, 15);
  g_assert_cmpint (bt_piece_hashes_have_noted (bench->hashes), ==, can_note);
  g_assert_false (bt_piece_hashes_noted_enough (bench->hashes));
  bench_write (bench, 20, 0, BLOCK);
  g_assert_cmpint (bt_piece_hashes_noted_enough (bench->hashes), ==, can_note);
  bt_piece_hashes_settle_in_disk (bench->hashes);
  g_assert_false (bt_piece_hashes_have_noted (bench->hashes));
  /* What comes in addition is hashed at once, until it is settled again. */
  write_noted (bench, 30, 25);
  for (guint32 i = 0; i < 25; i++)
    {
      if (i % 4 < 3)
        bench_write (bench, 30 + i, (i % 4 + 1) * BLOCK, (3 - i % 4) * BLOCK);
      g_assert_cmpuint (hashed (bench, 30 + i), ==, PIECE);
      spoil (bench, 30 + i, i * 1000);
    }
  for (guint32 i = 0; i < 25; i++)
    g_assert_true (bench_check (bench, 30 + i));
}

static void
test_noted_and_rewritten (void)
{
  g_autoptr (Bench) bench = bench_new ();

  bench->notes = TRUE;
  bench_write (bench, 3, 0, BLOCK);
  bench_write (bench, 4, 0, PIECE);
  bench_write (bench, 3, 0, PIECE);
  g_assert_cmpuint (hashed (bench, 3), ==, PIECE);
  /* Padding is not noted, and comes after what was. */
  bench_write (bench, 1, 0, 2 * BLOCK);
  bench_write (bench, 1, 2 * BLOCK, 2 * BLOCK);
  bt_piece_hashes_forget_in_disk (bench->hashes, bench->store, 4 * PIECE);
  for (guint32 i = 1; i < 5; i++)
    g_assert_cmpint (bench_check (bench, i), ==, i != 2);
}

static void
test_rest_is_read (void)
{
  g_autoptr (Bench) bench = bench_new ();

  for (guint round = 0; round < 2; round++)
    {
      bench_write (bench, 3, 0, BLOCK);
      bench_write (bench, 3, 2 * BLOCK, 2 * BLOCK);
      bench_write (bench, 3, BLOCK, BLOCK);
      g_assert_cmpuint (hashed (bench, 3), ==, 2 * BLOCK);
      spoil (bench, 3, 2 * BLOCK - 1);
      if (round == 1)
        spoil (bench, 3, 2 * BLOCK);
      g_assert_cmpint (bench_check (bench, 3), ==, round == 0);
    }
}

static void
test_rewritten (void)
{
  g_autoptr (Bench) bench = bench_new ();

  bench_write (bench, 3, 0, 3 * BLOCK);
  bench_write (bench, 3, BLOCK, BLOCK);
  g_assert_cmpuint (hashed (bench, 3), ==, 0);
  bench_write (bench, 3, 3 * BLOCK, BLOCK);
  spoil (bench, 3, 5);
  g_assert_false (bench_check (bench, 3));

  bench_write (bench, 3, 0, 3 * BLOCK);
  bench_write (bench, 3, 0, BLOCK);
  g_assert_cmpuint (hashed (bench, 3), ==, BLOCK);
  bench_write (bench, 3, 3 * BLOCK, BLOCK);
  g_assert_true (bench_check (bench, 3));
}

static void
test_wrong_data (void)
{
  g_autoptr (Bench) bench = bench_new ();

  bench->disk->content[3 * PIECE + 17] ^= 0x80;
  bench_write (bench, 3, 0, PIECE);
  g_assert_cmpuint (hashed (bench, 3), ==, PIECE);
  g_assert_false (bench_check (bench, 3));
  bench->disk->content[3 * PIECE + 17] ^= 0x80;
  bench_write (bench, 3, 0, PIECE);
  g_assert_true (bench_check (bench, 3));
}

static void
test_padding (void)
{
  g_autoptr (Bench) bench = bench_new ();

  memset (bench->disk->content + 100 * KIB, 0xee, 28 * KIB);
  for (guint32 begin = 0; begin < PIECE; begin += BLOCK)
    bench_write (bench, 1, begin, BLOCK);
  g_assert_cmpuint (hashed (bench, 1), ==, PIECE);
  g_assert_true (bench_check (bench, 1));
  g_assert_true (bench_check (bench, 1));
}

static void
test_last_piece (void)
{
  g_autoptr (Bench) bench = bench_new ();
  guint32 last = bench->disk->metainfo->n_pieces - 1;

  g_assert_cmpuint (bt_metainfo_piece_size (bench->disk->metainfo, last), ==, 5 * KIB + 1);
  bench_write (bench, last, 0, 5 * KIB);
  g_assert_false (bench_check (bench, last));
  bench_write (bench, last, 0, 5 * KIB + 1);
  g_assert_true (bench_check (bench, last));
}

/* More pieces than there are running hashes: all are right, the oldest by reading. */
static void
test_bound (void)
{
  g_autoptr (Bench) bench = bench_new ();
  guint n_running = 0;

  for (guint32 piece = 2; piece < 102; piece++)
    bench_write (bench, piece, 0, BLOCK);
  for (guint32 piece = 2; piece < 102; piece++)
    n_running += hashed (bench, piece) > 0 ? 1 : 0;
  g_assert_cmpuint (n_running, ==, 64);
  g_assert_cmpuint (hashed (bench, 2), ==, 0);
  g_assert_cmpuint (hashed (bench, 101), ==, BLOCK);
  for (guint32 piece = 2; piece < 102; piece++)
    bench_write (bench, piece, BLOCK, 3 * BLOCK);
  for (guint32 piece = 2; piece < 102; piece++)
    g_assert_true (bench_check (bench, piece));
}

/* After a look at the files, or a removal, nothing that was hashed before counts. */
static void
test_forgotten (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autofree BtFileStamp *stamps = g_new (BtFileStamp, G_N_ELEMENTS (files));

  bench_write (bench, 3, 0, PIECE);
  g_assert_true (bt_file_store_stat_in_disk (bench->store, stamps, NULL));
  g_assert_cmpuint (hashed (bench, 3), ==, 0);

  bench_write (bench, 3, 0, PIECE);
  bt_piece_hashes_forget_in_disk (bench->hashes, bench->store, 3 * PIECE + 5);
  g_assert_cmpuint (hashed (bench, 3), ==, 0);

  bench_write (bench, 3, 0, PIECE);
  g_assert_true (bt_file_store_remove_in_disk (bench->store, NULL, NULL));
  g_assert_cmpuint (hashed (bench, 3), ==, 0);
  g_assert_false (bench_check (bench, 3));
}

/* Two stores of one torrent share nothing. */
static void
test_other_store (void)
{
  g_autoptr (Bench) bench = bench_new ();
  BtStorageConfig config = { bench->disk->root, NULL };
  BtFileStore *other = bt_file_store_new (bench->disk->metainfo, &config, bench->set, 2);

  bench_write (bench, 3, 0, PIECE);
  g_assert_cmpuint (bt_piece_hashes_hashed (bench->hashes, other, 3), ==, 0);
  g_assert_cmpuint (hashed (bench, 3), ==, PIECE);
  bt_file_store_free (other);
}

static void
test_missing_bytes (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autofree char *b = ft_disk_path (bench->disk, "root/t/b");

  g_assert_false (bench_check (bench, 3));
  bench_write (bench, 3, 0, PIECE);
  g_assert_cmpint (truncate (b, PIECE * 2 - 1), ==, 0); /* b begins with piece 2 */
  g_assert_false (bench_check (bench, 3));
  bench_write (bench, 3, 0, PIECE);
  g_assert_true (bench_check (bench, 3));
}

static void
test_something_else_there (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autofree char *folder = ft_disk_path (bench->disk, "root/t/b");
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_false (bt_piece_hashes_check_in_disk (bench->hashes, bench->store, 3, &ok, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_DISK);
  g_assert_false (ok);
}

static void
test_blocks (void)
{
  g_autoptr (Bench) bench = bench_new ();
  guint32 last = bench->disk->metainfo->n_pieces - 1;
  BtSha1 blocks[PIECE / BLOCK];
  g_autoptr (GError) error = NULL;

  bench_write (bench, 3, 0, PIECE);
  spoil (bench, 3, BLOCK + 5);
  g_assert_true (bt_piece_hash_blocks_in_disk (bench->hashes, bench->store, 3, blocks, NULL));
  for (guint i = 0; i < PIECE / BLOCK; i++)
    {
      BtSha1 expected = bt_sha1 (bench->disk->content + 3 * PIECE + i * BLOCK, BLOCK);

      g_assert_cmpint (bt_sha1_equal (&blocks[i], &expected), ==, i != 1);
    }
  bench_write (bench, last, 0, 5 * KIB + 1);
  g_assert_true (bt_piece_hash_blocks_in_disk (bench->hashes, bench->store, last, blocks, NULL));
  g_assert_false (bt_piece_hash_blocks_in_disk (bench->hashes, bench->store, 5, blocks, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_CHANGED);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);

  g_test_add_func ("/disk/piece-check/in-order", test_in_order);
  g_test_add_func ("/disk/piece-check/noted", test_noted);
  g_test_add_func ("/disk/piece-check/noted-and-rewritten", test_noted_and_rewritten);
  g_test_add_func ("/disk/piece-check/rest-is-read", test_rest_is_read);
  g_test_add_func ("/disk/piece-check/rewritten", test_rewritten);
  g_test_add_func ("/disk/piece-check/wrong-data", test_wrong_data);
  g_test_add_func ("/disk/piece-check/padding", test_padding);
  g_test_add_func ("/disk/piece-check/last-piece", test_last_piece);
  g_test_add_func ("/disk/piece-check/bound", test_bound);
  g_test_add_func ("/disk/piece-check/forgotten", test_forgotten);
  g_test_add_func ("/disk/piece-check/other-store", test_other_store);
  g_test_add_func ("/disk/piece-check/missing-bytes", test_missing_bytes);
  g_test_add_func ("/disk/piece-check/something-else-there", test_something_else_there);
  g_test_add_func ("/disk/piece-check/blocks", test_blocks);
  return ft_disk_test_run ();
}
