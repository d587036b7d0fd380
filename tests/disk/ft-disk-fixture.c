/* ft-disk-fixture.c: a torrent, a folder and a disk, with calls that wait for their result.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"
#include "bt-random.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

static int
remove_entry (const char *path, const struct stat *info, int type, struct FTW *place)
{
  return remove (path);
}

void
ft_disk_remove_tree (const char *path)
{
  nftw (path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void
ft_disk_test_init (int *argc, char ***argv)
{
  g_autofree char *home = g_dir_make_tmp ("ft-home-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (argc, argv, NULL);
  umask (022);
}

int
ft_disk_test_run (void)
{
  int result = g_test_run ();

  ft_disk_remove_tree (g_getenv ("XDG_DATA_HOME"));
  return result;
}

static guint64
total_of (const BtDraftFile *files, guint n_files)
{
  guint64 total = 0;

  for (guint i = 0; i < n_files; i++)
    total += files[i].length;
  return total;
}

static void
fill_content (const BtDraftFile *files, guint n_files, guint8 *content)
{
  BtRandom random;

  bt_random_seed (&random, 1);
  for (guint i = 0; i < n_files; i++)
    {
      if (strstr (files[i].path, "_____padding_file") != NULL)
        memset (content, 0, files[i].length);
      else
        bt_random_fill (&random, content, files[i].length);
      content += files[i].length;
    }
}

BtMetainfo *
ft_disk_make_metainfo (const BtDraftFile *files,
                       guint n_files,
                       guint32 piece_length,
                       guint8 **content)
{
  const BtMetainfoDraft draft = { .name = "t", .multi_file = TRUE, .piece_length = piece_length };
  guint64 total = total_of (files, n_files);
  g_autofree guint8 *bytes = g_malloc (total);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  g_autoptr (GBytes) torrent = NULL;
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo;

  fill_content (files, n_files, bytes);
  for (guint64 at = 0; at < total; at += piece_length)
    {
      BtSha1 sha1 = bt_sha1 (bytes + at, MIN (piece_length, total - at));
      g_byte_array_append (hashes, sha1.bytes, sizeof sha1.bytes);
    }
  torrent = bt_metainfo_build (&draft, files, n_files, hashes->data, hashes->len);
  metainfo = bt_metainfo_parse (torrent, &error);
  g_assert_no_error (error);
  if (content != NULL)
    *content = g_steal_pointer (&bytes);
  return metainfo;
}

FtDisk *
ft_disk_new (const BtDraftFile *files, guint n_files, guint32 piece_length)
{
  FtDisk *self = g_new0 (FtDisk, 1);
  g_autoptr (GError) error = NULL;

  self->mailbox = bt_mailbox_new (NULL);
  self->disk = bt_disk_new (self->mailbox, 4);
  self->pool = bt_buffer_pool_new (1024 * 1024);
  self->folder = g_dir_make_tmp ("ft-disk-XXXXXX", &error);
  g_assert_no_error (error);
  self->root = g_build_filename (self->folder, "root", NULL);
  if (n_files > 0)
    {
      self->metainfo = ft_disk_make_metainfo (files, n_files, piece_length, &self->content);
      ft_disk_open (self, NULL);
    }
  return self;
}

void
ft_disk_free (FtDisk *self)
{
  ft_disk_close (self);
  self->disk->ops->free (self->disk);
  bt_mailbox_close (self->mailbox);
  bt_mailbox_unref (self->mailbox);
  bt_buffer_pool_free (self->pool);
  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  ft_disk_remove_tree (self->folder);
  g_free (self->content);
  g_free (self->folder);
  g_free (self->root);
  g_free (self);
}

void
ft_disk_close (FtDisk *self)
{
  if (self->storage != NULL)
    self->disk->ops->storage_free (self->disk, g_steal_pointer (&self->storage));
}

void
ft_disk_open (FtDisk *self, const guint8 *priorities)
{
  const BtStorageConfig config = { self->root, priorities };

  ft_disk_close (self);
  self->storage = self->disk->ops->storage_new (self->disk, self->metainfo, &config);
}

/* Waiting. */

typedef struct
{
  gboolean over;
  GError *error;
  gboolean ok;
  BtFileStamp *stamps;
  guint32 n_files;
} Result;

static void
take_error (Result *result, const GError *error)
{
  g_assert_false (result->over);
  result->over = TRUE;
  result->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
done_cb (const GError *error, gpointer owner)
{
  take_error (owner, error);
}

static void
stamps_cb (const BtFileStamp *stamps, const GError *error, gpointer owner)
{
  Result *result = owner;

  take_error (result, error);
  g_assert_true ((stamps == NULL) == (error != NULL));
  if (stamps != NULL && result->stamps != NULL)
    memcpy (result->stamps, stamps, result->n_files * sizeof *stamps);
}

static void
checked_cb (guint32 piece, gboolean ok, const GError *error, gpointer owner)
{
  Result *result = owner;

  take_error (result, error);
  result->ok = ok;
}

static GError *
wait_for (Result *result)
{
  g_assert_false (result->over); /* never from inside the call */
  ft_test_iterate (NULL, result->over, FT_WAIT_S);
  return result->error;
}

GError *
ft_disk_write (FtDisk *self, guint64 offset, const void *data, guint32 length)
{
  g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (self->pool, length);
  Result result = { 0 };

  memcpy (buffer->data, data, length);
  self->disk->ops->write (self->disk, self->storage, offset, buffer, 0, length, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_write_content (FtDisk *self, guint64 offset, guint32 length)
{
  return ft_disk_write (self, offset, self->content + offset, length);
}

GError *
ft_disk_read (FtDisk *self, guint64 offset, void *data, guint32 length)
{
  g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (self->pool, length);
  Result result = { 0 };

  memset (buffer->data, 0xaa, length);
  self->disk->ops->read (self->disk, self->storage, offset, buffer, 0, length, done_cb, &result);
  wait_for (&result);
  memcpy (data, buffer->data, length);
  return result.error;
}

GError *
ft_disk_check (FtDisk *self, guint32 piece, gboolean *ok)
{
  Result result = { 0 };

  self->disk->ops->check_piece (self->disk, self->storage, piece, checked_cb, &result);
  wait_for (&result);
  *ok = result.ok;
  return result.error;
}

GError *
ft_disk_stat (FtDisk *self, BtFileStamp *stamps)
{
  Result result = { .stamps = stamps, .n_files = self->metainfo->n_files };

  self->disk->ops->stat (self->disk, self->storage, stamps_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_sync (FtDisk *self, BtFileStamp *stamps)
{
  Result result = { .stamps = stamps, .n_files = self->metainfo->n_files };

  self->disk->ops->sync (self->disk, self->storage, stamps_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_make_files (FtDisk *self)
{
  Result result = { 0 };

  self->disk->ops->make_files (self->disk, self->storage, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_set_priorities (FtDisk *self, const guint8 *priorities, const BtBitfield *have)
{
  Result result = { 0 };

  self->disk->ops->set_priorities (self->disk, self->storage, priorities, have, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_remove (FtDisk *self, const gboolean *created)
{
  Result result = { 0 };

  self->disk->ops->remove_files (self->disk, self->storage, created, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_look_at_move (FtDisk *self, const char *folder)
{
  Result result = { 0 };

  self->disk->ops->look_at_move (self->disk, self->storage, folder, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_move (FtDisk *self, const char *folder, gboolean resuming)
{
  Result result = { 0 };

  self->disk->ops->move (self->disk, self->storage, folder, resuming, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_stopped_move (FtDisk *self, const char *folder)
{
  Result before = { 0 }, result = { 0 };

  /* It waits for this one, whose end is seen below only. */
  self->disk->ops->sync (self->disk, self->storage, stamps_cb, &before);
  self->disk->ops->move (self->disk, self->storage, folder, FALSE, done_cb, &result);
  self->disk->ops->stop_moving (self->storage);
  ft_test_iterate (NULL, before.over && result.over, FT_WAIT_S);
  g_assert_no_error (before.error);
  return result.error;
}

GError *
ft_disk_adopt (FtDisk *self, const char *folder)
{
  Result result = { 0 };

  self->disk->ops->adopt (self->disk, self->storage, folder, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_clean (FtDisk *self, const char *folder)
{
  Result result = { 0 };

  self->disk->ops->clean (self->disk, self->storage, folder, done_cb, &result);
  return wait_for (&result);
}

GError *
ft_disk_rename (FtDisk *self, const char *from, const char *to, const char *const *names)
{
  Result result = { 0 };

  self->disk->ops->rename (self->disk, self->storage, from, to, names, done_cb, &result);
  return wait_for (&result);
}

void
ft_disk_write_all (FtDisk *self)
{
  for (guint32 piece = 0; piece < self->metainfo->n_pieces; piece++)
    ft_assert_no_disk_error (
      ft_disk_write_content (self, bt_metainfo_piece_offset (self->metainfo, piece),
                             bt_metainfo_piece_size (self->metainfo, piece)));
}

gboolean
ft_disk_is_ok (FtDisk *self, guint32 piece)
{
  gboolean ok;

  ft_assert_no_disk_error (ft_disk_check (self, piece, &ok));
  return ok;
}

guint
ft_disk_count_ok (FtDisk *self)
{
  guint n = 0;

  for (guint32 piece = 0; piece < self->metainfo->n_pieces; piece++)
    n += ft_disk_is_ok (self, piece) ? 1 : 0;
  return n;
}

/* Files. */

char *
ft_disk_path (FtDisk *self, const char *path)
{
  return g_build_filename (self->folder, path, NULL);
}

gint64
ft_disk_size_of (FtDisk *self, const char *path)
{
  g_autofree char *full = ft_disk_path (self, path);
  struct stat info;

  return lstat (full, &info) == 0 ? info.st_size : -1;
}

void
ft_disk_put (FtDisk *self, const char *path, const void *data, gsize length)
{
  g_autofree char *full = ft_disk_path (self, path);
  g_autofree char *parent = g_path_get_dirname (full);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_file_set_contents (full, data, (gssize) length, &error);
  g_assert_no_error (error);
}

void
ft_disk_assert_file (FtDisk *self, const char *path, const void *data, gsize length)
{
  g_autofree char *full = ft_disk_path (self, path);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_file_get_contents (full, &contents, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (contents, n, data, length);
}
