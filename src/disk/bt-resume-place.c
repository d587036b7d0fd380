/* bt-resume-place.c: where the files of a torrent are and are to be, and those with other names, as bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-resume-private.h"

#include "bt-limits.h"
#include "bt-path.h"

#include <limits.h>

#define MAX_FILES BT_LIMIT_TORRENT_TOKENS

void
bt_renamed_free (BtRenamed *renamed)
{
  if (renamed == NULL)
    return;
  g_free (renamed->path);
  g_free (renamed);
}

/* Writing. */

void
bt_resume_write_path (BtBencodeWriter *writer, const char *key, const char *path)
{
  if (path == NULL)
    return;
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_string (writer, path);
}

void
bt_resume_write_renamed (BtBencodeWriter *writer, const BtResume *resume)
{
  if (resume->renamed != NULL && resume->renamed->len > 0)
    {
      bt_bencode_writer_key (writer, "renamed");
      bt_bencode_writer_begin_list (writer);
      for (guint i = 0; i < resume->renamed->len; i++)
        {
          const BtRenamed *renamed = resume->renamed->pdata[i];

          bt_bencode_writer_begin_list (writer);
          bt_bencode_writer_int (writer, renamed->file);
          bt_bencode_writer_string (writer, renamed->path);
          bt_bencode_writer_end (writer);
        }
      bt_bencode_writer_end (writer);
    }
  if (resume->rename_from == NULL || resume->rename_to == NULL)
    return;
  bt_bencode_writer_key (writer, "renaming");
  bt_bencode_writer_begin_list (writer);
  bt_bencode_writer_string (writer, resume->rename_from);
  bt_bencode_writer_string (writer, resume->rename_to);
  bt_bencode_writer_end (writer);
}

/* Reading. */

static char *
copy_text (BtNode node)
{
  const char *text;
  gsize length;

  if (!bt_node_string (node, &text, &length) || length == 0 || length >= PATH_MAX
      || memchr (text, '\0', length) != NULL)
    return NULL;
  return g_strndup (text, length);
}

/* A folder is taken as it is: where somebody keeps his files is his to say. */
gboolean
bt_resume_read_path (BtNode dict, const char *key, char **out)
{
  BtNode node = bt_node_get (dict, key);
  g_autofree char *path = copy_text (node);

  if (bt_node_type (node) == BT_BENCODE_NONE)
    return TRUE;
  if (path == NULL || path[0] != '/')
    return FALSE;
  *out = g_steal_pointer (&path);
  return TRUE;
}

/* Below the folder: every component as the parser of torrents would let it be. */
static char *
copy_safe_path (BtNode node)
{
  g_autofree char *path = copy_text (node);
  g_auto (GStrv) components = NULL;

  if (path == NULL)
    return NULL;
  components = g_strsplit (path, "/", -1);
  for (guint i = 0; components[i] != NULL; i++)
    if (!bt_path_is_safe (components[i]))
      return NULL;
  return g_steal_pointer (&path);
}

static gboolean
read_one (BtNode item, GPtrArray *list)
{
  g_autofree char *path = NULL;
  BtNodeIter iter;
  BtNode file, name;
  BtRenamed *renamed;
  gint64 index;

  bt_node_iter_init (&iter, item);
  if (bt_node_type (item) != BT_BENCODE_LIST || !bt_node_iter_next (&iter, &file)
      || !bt_node_iter_next (&iter, &name) || !bt_node_int (file, &index) || index < 0 || index >= MAX_FILES
      || (path = copy_safe_path (name)) == NULL)
    return FALSE;
  renamed = g_new0 (BtRenamed, 1);
  renamed->file = (guint32) index;
  renamed->path = g_steal_pointer (&path);
  g_ptr_array_add (list, renamed);
  return TRUE;
}

static gboolean
read_renaming (BtNode dict, BtResume *resume)
{
  BtNode list = bt_node_get (dict, "renaming");
  BtNode from, to;
  BtNodeIter iter;

  if (bt_node_type (list) == BT_BENCODE_NONE)
    return TRUE;
  if (bt_node_type (list) != BT_BENCODE_LIST)
    return FALSE;
  bt_node_iter_init (&iter, list);
  if (!bt_node_iter_next (&iter, &from) || !bt_node_iter_next (&iter, &to))
    return FALSE;
  resume->rename_from = copy_safe_path (from);
  resume->rename_to = copy_safe_path (to);
  return resume->rename_from != NULL && resume->rename_to != NULL;
}

gboolean
bt_resume_read_renamed (BtNode dict, BtResume *resume)
{
  BtNode list = bt_node_get (dict, "renamed");
  BtNodeIter iter;
  BtNode item;

  if (!read_renaming (dict, resume))
    return FALSE;
  if (bt_node_type (list) == BT_BENCODE_NONE)
    return TRUE;
  if (bt_node_type (list) != BT_BENCODE_LIST)
    return FALSE;
  resume->renamed = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_renamed_free);
  bt_node_iter_init (&iter, list);
  while (bt_node_iter_next (&iter, &item))
    if (!read_one (item, resume->renamed))
      return FALSE;
  return TRUE;
}
