/* bt-metainfo-builder.c: the bytes of a new .torrent file (BEP 3).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo-builder.h"

#include "bt-bencode.h"

static void
write_announce_list (BtBencodeWriter *writer, const char *const *trackers)
{
  bt_bencode_writer_key (writer, "announce-list");
  bt_bencode_writer_begin_list (writer);
  for (gsize i = 0; trackers[i] != NULL; i++)
    {
      bt_bencode_writer_begin_list (writer);
      bt_bencode_writer_string (writer, trackers[i]);
      bt_bencode_writer_end (writer);
    }
  bt_bencode_writer_end (writer);
}

static void
write_path (BtBencodeWriter *writer, const char *path)
{
  g_auto (GStrv) components = g_strsplit (path, "/", -1);

  bt_bencode_writer_key (writer, "path");
  bt_bencode_writer_begin_list (writer);
  for (gsize i = 0; components[i] != NULL; i++)
    bt_bencode_writer_string (writer, components[i]);
  bt_bencode_writer_end (writer);
}

static void
write_files (BtBencodeWriter *writer, const BtDraftFile *files, guint n_files)
{
  bt_bencode_writer_key (writer, "files");
  bt_bencode_writer_begin_list (writer);
  for (guint i = 0; i < n_files; i++)
    {
      bt_bencode_writer_begin_dict (writer);
      bt_bencode_writer_key (writer, "length");
      bt_bencode_writer_int (writer, (gint64) files[i].length);
      write_path (writer, files[i].path);
      bt_bencode_writer_end (writer);
    }
  bt_bencode_writer_end (writer);
}

static void
write_info (BtBencodeWriter *writer,
            const BtMetainfoDraft *draft,
            const BtDraftFile *files,
            guint n_files,
            const guint8 *hashes,
            gsize hashes_length)
{
  bt_bencode_writer_key (writer, "info");
  bt_bencode_writer_begin_dict (writer);
  if (draft->multi_file)
    write_files (writer, files, n_files);
  else
    {
      bt_bencode_writer_key (writer, "length");
      bt_bencode_writer_int (writer, (gint64) files[0].length);
    }
  bt_bencode_writer_key (writer, "name");
  bt_bencode_writer_string (writer, draft->name);
  bt_bencode_writer_key (writer, "piece length");
  bt_bencode_writer_int (writer, draft->piece_length);
  bt_bencode_writer_key (writer, "pieces");
  bt_bencode_writer_bytes (writer, hashes, hashes_length);
  if (draft->is_private)
    {
      bt_bencode_writer_key (writer, "private");
      bt_bencode_writer_int (writer, 1);
    }
  bt_bencode_writer_end (writer);
}

static void
write_text (BtBencodeWriter *writer, const char *key, const char *text)
{
  if (text == NULL || text[0] == '\0')
    return;
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_string (writer, text);
}

GBytes *
bt_metainfo_build (const BtMetainfoDraft *draft,
                   const BtDraftFile *files,
                   guint n_files,
                   const guint8 *hashes,
                   gsize hashes_length)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  const char *const *trackers = draft->trackers;

  g_assert (n_files > 0 && (draft->multi_file || n_files == 1));
  g_assert (hashes_length % BT_SHA1_SIZE == 0);

  bt_bencode_writer_begin_dict (writer);
  if (trackers != NULL && trackers[0] != NULL)
    {
      write_text (writer, "announce", trackers[0]);
      if (trackers[1] != NULL)
        write_announce_list (writer, trackers);
    }
  write_text (writer, "comment", draft->comment);
  write_text (writer, "created by", draft->created_by);
  if (draft->creation_date != 0)
    {
      bt_bencode_writer_key (writer, "creation date");
      bt_bencode_writer_int (writer, draft->creation_date);
    }
  write_info (writer, draft, files, n_files, hashes, hashes_length);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}

guint32
bt_metainfo_choose_piece_length (guint64 total_size)
{
  /* The largest total for 16 KiB, 32 KiB …; metainfo-v1 "Creating torrents". */
  static const guint64 up_to[] = {
    G_GUINT64_CONSTANT (2684355),      G_GUINT64_CONSTANT (10737418),
    G_GUINT64_CONSTANT (42949673),     G_GUINT64_CONSTANT (171798692),
    G_GUINT64_CONSTANT (687194767),    G_GUINT64_CONSTANT (2748779069),
    G_GUINT64_CONSTANT (10995116278),  G_GUINT64_CONSTANT (43980465111),
    G_GUINT64_CONSTANT (175921860444), G_GUINT64_CONSTANT (703687441777),
  };
  gsize i = 0;

  while (i < G_N_ELEMENTS (up_to) && total_size > up_to[i])
    i++;
  return 16384u << i;
}
