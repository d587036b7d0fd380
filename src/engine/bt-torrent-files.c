/* bt-torrent-files.c: the files of a torrent as they are told of.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-layout.h"

/* A torrent may have 200,000 files, and somebody may look at them twice a second. So while they are
 * looked at, the bytes done of each are kept up to date piece by piece, and only files with a change
 * are told of anew. */
struct _BtFileWatch
{
  BtFileList *list;    /* as it was told last */
  guint64 *done;       /* (array length=n_files): as it is now */
  guint32 *places;     /* (array length=n_files): in the list; padding has that of what follows */
  BtBitfield *changed; /* files to be told of anew */
};

void
bt_torrent_init_files (BtTorrent *torrent)
{
  const BtMetainfo *metainfo = torrent->metainfo;

  torrent->n_listed = 0;
  for (guint32 i = 0; i < metainfo->n_files; i++)
    torrent->n_listed += (metainfo->files[i].flags & BT_FILE_PAD) == 0;
}

const char *
bt_torrent_file_path (BtTorrent *torrent, guint32 file)
{
  if (torrent->names != NULL && torrent->names[file] != NULL)
    return torrent->names[file];
  return torrent->metainfo->files[file].path;
}

/* Bytes done. */

static void
add_range (BtTorrent *torrent, guint64 offset, guint64 length, int sign)
{
  BtFileWatch *watch = torrent->file_watch;
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, torrent->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    {
      watch->done[span.file] += sign > 0 ? span.length : -span.length;
      if (!span.pad)
        bt_bitfield_set (watch->changed, span.file);
    }
}

void
bt_torrent_count_in_files (BtTorrent *torrent, guint32 piece, int sign)
{
  if (torrent->file_watch != NULL)
    add_range (torrent, bt_metainfo_piece_offset (torrent->metainfo, piece),
               bt_metainfo_piece_size (torrent->metainfo, piece), sign);
}

/* Runs of pieces, so that it is done in the time of one walk over pieces and files. */
static void
count_all (BtTorrent *torrent)
{
  const BtMetainfo *metainfo = torrent->metainfo;
  const BtBitfield *have = bt_picker_have (torrent->picker);
  guint32 first = bt_bitfield_next_set (have, 0);

  while (first < metainfo->n_pieces)
    {
      guint32 end = bt_bitfield_next_clear (have, first);
      guint64 from = bt_metainfo_piece_offset (metainfo, first);
      guint64 until = MIN (bt_metainfo_piece_offset (metainfo, end), metainfo->total_size);

      add_range (torrent, from, until - from, 1);
      first = bt_bitfield_next_set (have, end);
    }
}

/* The list. */

static void
fill_file (BtTorrent *torrent, guint32 index, BtFileStatus *status)
{
  const BtFile *file = &torrent->metainfo->files[index];

  status->index = index;
  status->offset = file->offset;
  status->length = file->length;
  status->done = torrent->file_watch->done[index];
  status->priority = torrent->priorities[index];
  status->flags = file->flags;
}

static BtFileList *
make_list (BtTorrent *torrent)
{
  BtFileWatch *watch = torrent->file_watch;
  g_autofree BtFileStatus *files = g_new0 (BtFileStatus, MAX (torrent->n_listed, 1));
  guint32 place = 0;

  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    {
      watch->places[i] = place;
      if ((torrent->metainfo->files[i].flags & BT_FILE_PAD) != 0)
        continue;
      fill_file (torrent, i, &files[place]);
      files[place].path = g_ref_string_new (bt_torrent_file_path (torrent, i));
      place++;
    }
  return bt_file_list_new (files, place);
}

static void
watch_files (BtTorrent *torrent)
{
  guint32 n = torrent->metainfo->n_files;
  BtFileWatch *watch = g_new0 (BtFileWatch, 1);

  torrent->file_watch = watch;
  watch->done = g_new0 (guint64, n);
  watch->places = g_new (guint32, n);
  watch->changed = bt_bitfield_new (n);
  count_all (torrent);
  watch->list = make_list (torrent);
}

static GRefString *
make_path (BtTorrent *torrent, guint32 file, GRefString *before)
{
  const char *path = bt_torrent_file_path (torrent, file);

  return g_str_equal (path, before) ? g_ref_string_acquire (before) : g_ref_string_new (path);
}

static void
renew_list (BtTorrent *torrent)
{
  BtFileWatch *watch = torrent->file_watch;
  guint32 n = watch->changed->n_set, n_files = torrent->metainfo->n_files;
  g_autofree guint *places = g_new (guint, n);
  g_autofree BtFileStatus *files = g_new (BtFileStatus, n);
  BtFileList *list;
  guint at = 0;

  for (guint32 i = bt_bitfield_next_set (watch->changed, 0); i < n_files;
       i = bt_bitfield_next_set (watch->changed, i + 1))
    {
      places[at] = watch->places[i];
      fill_file (torrent, i, &files[at]);
      files[at].path = make_path (torrent, i, bt_file_list_get (watch->list, places[at])->path);
      at++;
    }
  list = bt_file_list_copy_with (watch->list, places, files, n);
  bt_file_list_unref (watch->list);
  watch->list = list;
}

BtFileList *
bt_torrent_list_files (BtTorrent *torrent)
{
  if (torrent->file_watch == NULL)
    watch_files (torrent);
  else if (torrent->file_watch->changed->n_set > 0)
    renew_list (torrent);
  if (torrent->file_watch->changed->n_set > 0)
    bt_bitfield_clear_all (torrent->file_watch->changed);
  return bt_file_list_ref (torrent->file_watch->list);
}

void
bt_torrent_prioritised_files (BtTorrent *torrent)
{
  BtFileWatch *watch = torrent->file_watch;

  if (watch == NULL)
    return;
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if ((torrent->metainfo->files[i].flags & BT_FILE_PAD) == 0
        && bt_file_list_get (watch->list, watch->places[i])->priority != torrent->priorities[i])
      bt_bitfield_set (watch->changed, i);
}

void
bt_torrent_changed_file (BtTorrent *torrent, guint32 file)
{
  if (torrent->file_watch != NULL)
    bt_bitfield_set (torrent->file_watch->changed, file);
}

void
bt_torrent_forget_files (BtTorrent *torrent)
{
  BtFileWatch *watch = g_steal_pointer (&torrent->file_watch);

  if (watch == NULL)
    return;
  bt_file_list_unref (watch->list);
  bt_bitfield_free (watch->changed);
  g_free (watch->places);
  g_free (watch->done);
  g_free (watch);
}
