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
  guint32 id = (guint32) (node - ft_file_nodes_get (self, 0));
  g_autofree char *folded = NULL;

  if (strncmp (node->name, part, length) == 0 && node->name[length] == '\0')
    return;
  folded = g_utf8_casefold (part, (gssize) length);
  node->name = g_string_chunk_insert_len (self->names, part, (gssize) length);
  node->folded = g_string_chunk_insert (self->names, folded);
  ft_file_nodes_touch (self, node, FT_FILE_NAME);
  g_array_append_val (self->renamed, id);
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

static void
tell_lists (FtFileNodes *self, guint32 folder, void (*tell) (FtFileList *list, guint position), guint position)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_copy (self->lists, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (lists, g_object_unref);
  for (guint i = 0; i < lists->len; i++)
    if (ft_file_list_get_folder (lists->pdata[i]) == folder)
      tell (lists->pdata[i], position);
}

/* Among the first @n of @order. */
static guint
find_place (FtFileNodes *self, const guint32 *order, guint n, const FtFileNode *node)
{
  guint begin = 0;

  while (begin < n)
    {
      guint middle = begin + (n - begin) / 2;

      if (ft_file_nodes_compare (ft_file_nodes_get (self, order[middle]), node) < 0)
        begin = middle + 1;
      else
        n = middle;
    }
  return begin;
}

/* It is taken out and put in again, so that the rows between keep their selection and what they opened. */
guint
ft_file_nodes_put_in_place (FtFileNodes *self, guint32 id)
{
  FtFileNode *node = ft_file_nodes_get (self, id);
  FtFileNode *folder = ft_file_nodes_get (self, node->parent);
  guint32 *order = self->order + folder->first_child;
  guint last = folder->n_children - 1;
  guint from, to;

  for (from = 0; order[from] != id; from++)
    ;
  memmove (order + from, order + from + 1, (last - from) * sizeof *order);
  order[last] = id;
  to = find_place (self, order, last, node);
  if (to != from)
    tell_lists (self, node->parent, ft_file_list_take_out, from);
  memmove (order + to + 1, order + to, (last - to) * sizeof *order);
  order[to] = id;
  if (to != from)
    tell_lists (self, node->parent, ft_file_list_put_in, to);
  return to;
}
