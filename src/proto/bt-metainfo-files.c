/* bt-metainfo-files.c: the list of files in an info dictionary (BEP 3, 47).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo-private.h"

#include <string.h>

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-path.h"

/* BitComet's padding, from before there was an attribute for it. */
#define LEGACY_PAD "_____padding_file_"

/* Messages about a field of a file begin with '.', and the caller puts the file before it. */
static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, why);
  return FALSE;
}

/* Letters that are not known are passed over (BEP 47). */
static BtFileFlags
read_flags (BtNode entry)
{
  const char *attr;
  gsize length;
  BtFileFlags flags = 0;

  if (!bt_node_get_string (entry, "attr", &attr, &length))
    return 0;
  for (gsize i = 0; i < length; i++)
    switch (attr[i])
      {
      case 'p':
        flags |= BT_FILE_PAD;
        break;
      case 'x':
        flags |= BT_FILE_EXECUTABLE;
        break;
      case 'h':
        flags |= BT_FILE_HIDDEN;
        break;
      case 'l':
        flags |= BT_FILE_SYMLINK;
        break;
      default:
        break;
      }
  return flags;
}

static gboolean
read_length (BtFile *file, BtNode entry, GError **error)
{
  gint64 length;

  /* A link has no content, whatever else is said. */
  if (file->flags & BT_FILE_SYMLINK)
    return TRUE;
  if (!bt_node_get_int (entry, "length", &length))
    return refuse (error, ".length: it is missing or not an integer");
  if (length < 0)
    return refuse (error, ".length: it is negative");
  if ((guint64) length > BT_LIMIT_TOTAL_SIZE)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_LIMIT, ".length: it is too large");
      return FALSE;
    }
  file->length = (guint64) length;
  return TRUE;
}

/* Appends the safe form of each component. @field is for the error. */
static gboolean
append_components (GString *path, BtNode list, const char *field, GError **error)
{
  BtNodeIter iter;
  BtNode component;

  if (bt_node_length (list) > BT_LIMIT_PATH_DEPTH)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, "%s: it has more than %d components", field,
                   BT_LIMIT_PATH_DEPTH);
      return FALSE;
    }
  bt_node_iter_init (&iter, list);
  while (bt_node_iter_next (&iter, &component))
    {
      g_autofree char *safe = NULL;
      const char *bytes;
      gsize length;

      if (!bt_node_string (component, &bytes, &length))
        {
          g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED, "%s: a component is not a string",
                       field);
          return FALSE;
        }
      safe = bt_path_sanitize (bytes, length);
      g_string_append_c (path, '/');
      g_string_append (path, safe);
    }
  return TRUE;
}

static gboolean
read_path (BtFile *file, const char *folder, BtNode entry, GError **error)
{
  g_autoptr (GString) path = g_string_new (folder);
  BtNode list = bt_node_get_list (entry, "path.utf-8");

  if (bt_node_length (list) == 0)
    list = bt_node_get_list (entry, "path");
  if (bt_node_length (list) > 0)
    {
      if (!append_components (path, list, ".path", error))
        return FALSE;
    }
  else if (file->flags & BT_FILE_PAD)
    g_string_append_printf (path, "/.pad/%" G_GUINT64_FORMAT, file->length);
  else
    return refuse (error, ".path: it is missing, empty or not a list");

  /* Not the string itself, which has room to grow: there may be millions of them. */
  file->path = g_strndup (path->str, path->len);
  if (g_str_has_prefix (strrchr (file->path, '/') + 1, LEGACY_PAD))
    file->flags |= BT_FILE_PAD;
  return TRUE;
}

/* Links are shown and never made, so a target that is nowhere in the torrent does no harm. */
static gboolean
read_target (BtFile *file, const char *folder, BtNode entry, GError **error)
{
  g_autoptr (GString) target = NULL;
  BtNode list = bt_node_get_list (entry, "symlink path");

  if (!(file->flags & BT_FILE_SYMLINK) || bt_node_length (list) == 0)
    return TRUE;
  target = g_string_new (folder);
  if (!append_components (target, list, ".symlink path", error))
    return FALSE;
  file->target = g_string_free (g_steal_pointer (&target), FALSE);
  return TRUE;
}

static gboolean
read_entry (BtFile *file, const char *folder, BtNode entry, GError **error)
{
  if (bt_node_type (entry) != BT_BENCODE_DICT)
    return refuse (error, ": it is not a dictionary");
  file->flags = read_flags (entry);
  return read_length (file, entry, error) && read_path (file, folder, entry, error)
         && read_target (file, folder, entry, error);
}

static gboolean
read_list (BtMetainfo *metainfo, BtNode list, GError **error)
{
  BtNodeIter iter;
  BtNode entry;

  if (bt_node_type (list) != BT_BENCODE_LIST)
    return refuse (error, "info.files: it is not a list");
  if (bt_node_length (list) == 0)
    return refuse (error, "info.files: it is empty");

  metainfo->multi_file = TRUE;
  metainfo->n_files = bt_node_length (list);
  metainfo->files = g_new0 (BtFile, metainfo->n_files);
  bt_node_iter_init (&iter, list);
  for (guint32 i = 0; bt_node_iter_next (&iter, &entry); i++)
    if (!read_entry (&metainfo->files[i], metainfo->name, entry, error))
      {
        g_prefix_error (error, "info.files[%u]", i);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_single (BtMetainfo *metainfo, BtNode info, GError **error)
{
  BtFile *file = g_new0 (BtFile, 1);

  metainfo->n_files = 1;
  metainfo->files = file;
  file->path = g_strdup (metainfo->name);
  /* The one file is what the torrent is for: neither padding nor a link. */
  file->flags = read_flags (info) & (BT_FILE_EXECUTABLE | BT_FILE_HIDDEN);
  if (!read_length (file, info, error))
    {
      g_prefix_error (error, "info");
      return FALSE;
    }
  return TRUE;
}

/* Lays the files one after another. No sum overflows: each length is under the cap, and so was
 * the sum before. */
static gboolean
lay_out (BtMetainfo *metainfo, GError **error)
{
  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      BtFile *file = &metainfo->files[i];

      file->offset = metainfo->total_size;
      metainfo->total_size += file->length;
      if (metainfo->total_size > BT_LIMIT_TOTAL_SIZE)
        {
          g_set_error_literal (error, BT_ERROR, BT_ERROR_LIMIT,
                               "info.files: their total size is too large");
          return FALSE;
        }
      if (!(file->flags & BT_FILE_PAD))
        metainfo->payload_size += file->length;
    }
  if (metainfo->payload_size == 0)
    return refuse (error, metainfo->multi_file ? "info.files: their total size is zero"
                                               : "info.length: it is zero");
  return TRUE;
}

gboolean
bt_metainfo_read_files (BtMetainfo *metainfo, BtNode info, GError **error)
{
  BtNode files = bt_node_get (info, "files");
  BtNode length = bt_node_get (info, "length");
  gboolean has_files = bt_node_type (files) != BT_BENCODE_NONE;
  gboolean has_length = bt_node_type (length) != BT_BENCODE_NONE;

  if (has_files && has_length)
    return refuse (error, "info: it has both files and length");
  if (!has_files && !has_length)
    return refuse (error, "info: it has neither files nor length");
  if (!(has_files ? read_list (metainfo, files, error) : read_single (metainfo, info, error)))
    return FALSE;
  return lay_out (metainfo, error);
}
