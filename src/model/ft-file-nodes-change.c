/* ft-file-nodes-change.c: changes of the tree's files, carried up to their folders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-tree-private.h"

#include <string.h>

static BtFileStatus *
get_file (FtFileNodes *nodes, guint32 file)
{
  return &g_array_index (nodes->files, BtFileStatus, file);
}

/* Only rows that somebody holds are told, each once. */
void
ft_file_nodes_touch (FtFileNodes *self, FtFileNode *node, FtFileChanged changed)
{
  if (node->item == NULL)
    return;
  if (node->touched == 0)
    g_ptr_array_add (self->touched, g_object_ref (node->item));
  node->touched |= changed;
}

void
ft_file_nodes_notify (FtFileNodes *self)
{
  g_autoptr (GPtrArray) touched = g_steal_pointer (&self->touched);

  self->touched = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < touched->len; i++)
    {
      FtFileItem *item = touched->pdata[i];
      FtFileNode *node = ft_file_nodes_get (ft_file_item_get_nodes (item), ft_file_item_get_node (item));
      FtFileChanged changed = node->touched;

      node->touched = 0;
      ft_file_item_notify (item, changed);
    }
}

void
ft_file_nodes_change_done (FtFileNodes *self, guint32 file, guint64 done)
{
  BtFileStatus *status = get_file (self, file);
  guint64 difference = done - status->done; /* wraps, and so do the sums */

  status->done = done;
  for (guint32 id = self->of_file[file]; id != FT_NO_NODE; id = ft_file_nodes_get (self, id)->parent)
    {
      FtFileNode *node = ft_file_nodes_get (self, id);

      node->done += difference;
      ft_file_nodes_touch (self, node, FT_FILE_DONE);
    }
}

void
ft_file_nodes_change_priority (FtFileNodes *self, guint32 file, guint8 priority)
{
  BtFileStatus *status = get_file (self, file);
  FtLevel old_level = ft_priority_to_level (status->priority);
  FtLevel new_level = ft_priority_to_level (priority);

  status->priority = priority;
  if (old_level == new_level)
    return;
  for (guint32 id = self->of_file[file]; id != FT_NO_NODE; id = ft_file_nodes_get (self, id)->parent)
    {
      FtFileNode *node = ft_file_nodes_get (self, id);

      node->n_of[old_level]--;
      node->n_of[new_level]++;
      if (old_level == FT_LEVEL_SKIP)
        node->wanted_length += status->length;
      else if (new_level == FT_LEVEL_SKIP)
        node->wanted_length -= status->length;
      ft_file_nodes_touch (self, node, FT_FILE_PRIORITY);
    }
}

/* @part: of a path, not ended */
static void
change_name (FtFileNodes *self, FtFileNode *node, const char *part, gsize length)
{
  g_autofree char *folded = NULL;

  if (strncmp (node->name, part, length) == 0 && node->name[length] == '\0')
    return;
  folded = g_utf8_casefold (part, (gssize) length);
  node->name = g_string_chunk_insert_len (self->names, part, (gssize) length);
  node->folded = g_string_chunk_insert (self->names, folded);
  ft_file_nodes_touch (self, node, FT_FILE_NAME);
}

/* The file, and folders on its way that are called otherwise now. */
void
ft_file_nodes_change_path (FtFileNodes *self, guint32 file, GRefString *path)
{
  BtFileStatus *status = get_file (self, file);
  FtFileNode *node = ft_file_nodes_get (self, self->of_file[file]);
  const char *end = path + strlen (path);

  /* The names of files lie in their paths. */
  node->folded = g_string_chunk_insert (self->names, node->folded);
  node->name = g_string_chunk_insert (self->names, node->name);
  g_ref_string_release (status->path);
  status->path = g_ref_string_acquire (path);
  for (; node->parent != FT_NO_NODE; node = ft_file_nodes_get (self, node->parent))
    {
      const char *begin = end;

      while (begin > path && begin[-1] != '/')
        begin--;
      change_name (self, node, begin, (gsize) (end - begin));
      end = begin > path ? begin - 1 : path;
    }
}
