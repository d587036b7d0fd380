/* bt-torrent-file.c: a .torrent file described for a face, without an engine.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine.h"
#include "bt-metainfo.h"

#define PRIORITY_NORMAL 4

static void
clear_file (gpointer data)
{
  BtFileStatus *file = data;

  g_ref_string_release (file->path);
}

static void
describe_files (BtTorrentFile *description, const BtMetainfo *metainfo)
{
  description->files = g_array_new (FALSE, TRUE, sizeof (BtFileStatus));
  g_array_set_clear_func (description->files, clear_file);
  description->symlinks = g_ptr_array_new_with_free_func (g_free);

  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      const BtFile *file = &metainfo->files[i];
      BtFileStatus status = {
        .index = i,
        .offset = file->offset,
        .length = file->length,
        .priority = PRIORITY_NORMAL,
      };

      if (file->flags & BT_FILE_PAD)
        continue;
      status.path = g_ref_string_new (file->path);
      status.flags = file->flags;
      g_array_append_val (description->files, status);
      g_ptr_array_add (description->symlinks, g_strdup (file->target));
    }
}

static GPtrArray *
copy_tiers (const GPtrArray *tiers)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < tiers->len; i++)
    g_ptr_array_add (copy, g_strdupv (tiers->pdata[i]));
  return copy;
}

BtTorrentFile *
bt_torrent_file_describe (GBytes *torrent, GError **error)
{
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (torrent, error);
  BtTorrentFile *description;

  if (metainfo == NULL)
    return NULL;
  description = g_new0 (BtTorrentFile, 1);
  description->name = g_strdup (metainfo->name);
  description->info_hash = metainfo->info_hash;
  description->total_size = metainfo->payload_size;
  description->piece_length = metainfo->piece_length;
  description->n_pieces = metainfo->n_pieces;
  description->is_private = metainfo->is_private;
  description->is_hybrid = metainfo->is_hybrid;
  description->multi_file = metainfo->multi_file;
  description->n_files = metainfo->n_files;
  describe_files (description, metainfo);
  description->tiers = copy_tiers (metainfo->tiers);
  description->web_seeds = g_strdupv (metainfo->web_seeds);
  description->comment = g_strdup (metainfo->comment);
  description->created_by = g_strdup (metainfo->created_by);
  description->source = g_strdup (metainfo->source);
  description->creation_date = metainfo->creation_date;
  return description;
}

void
bt_torrent_file_free (BtTorrentFile *file)
{
  g_free (file->name);
  g_array_unref (file->files);
  g_ptr_array_unref (file->symlinks);
  g_ptr_array_unref (file->tiers);
  g_strfreev (file->web_seeds);
  g_free (file->comment);
  g_free (file->created_by);
  g_free (file->source);
  g_free (file);
}
