/* bt-storage-io.c: bytes of a torrent to and from its files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-error.h"
#include "bt-layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Finds where a span lies: *@file and *@offset are changed when that is the parts file. */
static gboolean
locate (BtFileStore *store, guint32 *file, guint64 *offset, GError **error)
{
  switch (bt_file_store_place_in_disk (store, *file, error))
    {
    case BT_PLACE_FILE:
      return TRUE;
    case BT_PLACE_PARTS:
      *offset += store->metainfo->files[*file].offset;
      *file = store->metainfo->n_files;
      return TRUE;
    case BT_PLACE_UNKNOWN:
    default:
      return FALSE;
    }
}

static BtOpenFile *
acquire (BtFileStore *store, const BtSpan *span, BtOpenMode mode, guint64 *offset, GError **error)
{
  guint32 file = span->file;

  *offset = span->offset;
  if (!locate (store, &file, offset, error))
    return NULL;
  return bt_file_set_acquire_in_disk (store->set, store, file, mode, error);
}

gboolean
bt_open_file_write_in_disk (BtOpenFile *open,
                            guint64 offset,
                            const guint8 *data,
                            gsize length,
                            GError **error)
{
  const char *path = bt_file_store_path (open->store, open->file);

  /* Before the write: who sees the time of the file change then knows that it was us. */
  atomic_store (&open->store->files[open->file].written, TRUE);
  while (length > 0)
    {
      gssize n = pwrite (open->fd, data, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          bt_file_store_set_error (open->store, path, "write", n < 0 ? errno : EIO, error);
          return FALSE;
        }
      data += n;
      offset += (gsize) n;
      length -= (gsize) n;
    }
  return TRUE;
}

gboolean
bt_open_file_read_in_disk (BtOpenFile *open,
                           guint64 offset,
                           guint8 *data,
                           gsize length,
                           GError **error)
{
  const char *path = bt_file_store_path (open->store, open->file);

  while (length > 0)
    {
      gssize n = pread (open->fd, data, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          bt_file_store_set_error (open->store, path, "read", errno, error);
          return FALSE;
        }
      if (n == 0)
        {
          g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "“%s/%s” is too short", open->store->root,
                       path);
          return FALSE;
        }
      data += n;
      offset += (gsize) n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
write_span (BtFileStore *store, const BtSpan *span, const guint8 *data, GError **error)
{
  guint64 offset;
  BtOpenFile *open = acquire (store, span, BT_OPEN_WRITE, &offset, error);
  gboolean ok;

  if (open == NULL)
    return FALSE;
  ok = bt_open_file_write_in_disk (open, offset, data, span->length, error);
  /* After the write: a sync that clears it in between then comes again. */
  atomic_store (&store->files[open->file].dirty, TRUE);
  bt_file_set_release_in_disk (store->set, open);
  return ok;
}

/* Looked at after the bytes were read: then they are from before any change. */
gboolean
bt_open_file_is_as_stamped_in_disk (BtOpenFile *open, GError **error)
{
  BtFileStore *store = open->store;
  struct stat info;

  if (!store->stamped || open->file == store->metainfo->n_files || fstat (open->fd, &info) < 0
      || bt_file_stamp_is_of (&store->stamps[open->file], &info)
      || atomic_load (&store->files[open->file].written))
    return TRUE;
  g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "“%s/%s” was changed by another program", store->root,
               bt_file_store_path (store, open->file));
  return FALSE;
}

static gboolean
read_span (BtFileStore *store, const BtSpan *span, guint8 *data, gboolean as_is, GError **error)
{
  guint64 offset;
  BtOpenFile *open = acquire (store, span, BT_OPEN_READ, &offset, error);
  gboolean ok;

  if (open == NULL)
    return FALSE;
  ok = bt_open_file_read_in_disk (open, offset, data, span->length, error)
       && (as_is || bt_open_file_is_as_stamped_in_disk (open, error));
  bt_file_set_release_in_disk (store->set, open);
  return ok;
}

gboolean
bt_file_store_write_in_disk (BtFileStore *store,
                             guint64 offset,
                             const guint8 *data,
                             guint32 length,
                             GError **error)
{
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    {
      if (!span.pad && !write_span (store, &span, data, error))
        return FALSE;
      data += span.length;
    }
  return TRUE;
}

gboolean
bt_file_store_read_in_disk (BtFileStore *store,
                            guint64 offset,
                            guint8 *data,
                            guint32 length,
                            gboolean as_is,
                            GError **error)
{
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    {
      if (span.pad)
        memset (data, 0, span.length);
      else if (!read_span (store, &span, data, as_is, error))
        return FALSE;
      data += span.length;
    }
  return TRUE;
}

void
bt_file_store_read_ahead_in_disk (BtFileStore *store, guint64 offset, guint64 length)
{
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    {
      guint64 at;
      BtOpenFile *open = span.pad ? NULL : acquire (store, &span, BT_OPEN_READ, &at, NULL);

      if (open == NULL)
        continue;
      posix_fadvise (open->fd, (off_t) at, (off_t) span.length, POSIX_FADV_WILLNEED);
      bt_file_set_release_in_disk (store->set, open);
    }
}

static gboolean
has_span (BtFileStore *store, const BtSpan *span, GError **error)
{
  guint64 offset;
  BtOpenFile *open = acquire (store, span, BT_OPEN_READ, &offset, error);
  struct stat info;
  gboolean ok;

  if (open == NULL)
    return FALSE;
  ok = fstat (open->fd, &info) == 0;
  if (!ok)
    bt_file_store_set_error (store, bt_file_store_path (store, open->file), "read", errno, error);
  else if (info.st_size < 0 || (guint64) info.st_size < offset + span->length)
    {
      ok = FALSE;
      g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "“%s/%s” is too short", store->root,
                   bt_file_store_path (store, open->file));
    }
  if (ok)
    posix_fadvise (open->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  bt_file_set_release_in_disk (store->set, open);
  return ok;
}

gboolean
bt_file_store_has_range_in_disk (BtFileStore *store, guint64 offset, guint64 length, GError **error)
{
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    if (!span.pad && !has_span (store, &span, error))
      return FALSE;
  return TRUE;
}
