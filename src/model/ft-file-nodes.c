/* ft-file-nodes.c: the tree that the paths of a torrent's files make, in any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-tree-private.h"

#include <stdlib.h>
#include <string.h>

/* A folder that the path before was in as well needs no look into the table. */
typedef struct
{
  guint32 node;
  gsize end; /* of its part of the path, without the slash */
} Open;

typedef struct
{
  FtFileNodes *nodes;
  GHashTable *folders; /* path of a folder → node */
  GArray *open;        /* of Open: from the root's child down */
  const char *path;    /* the one before */
} Build;

static void
clear_file (gpointer data)
{
  g_ref_string_release (((BtFileStatus *) data)->path);
}

/* With references of its own to the paths. */
static GArray *
copy_files (const BtFileList *files)
{
  guint n_files = bt_file_list_length (files);
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof (BtFileStatus), n_files);

  g_array_set_clear_func (copy, clear_file);
  for (guint i = 0; i < n_files; i++)
    {
      BtFileStatus file = *bt_file_list_get (files, i);

      g_ref_string_acquire (file.path);
      g_array_append_val (copy, file);
    }
  return copy;
}

/* What is the same folded costs no memory. */
static const char *
fold (Build *build, const char *name)
{
  g_autofree char *folded = NULL;
  const char *c;

  for (c = name; *c != '\0' && !g_ascii_isupper (*c) && (guchar) *c < 0x80; c++)
    ;
  if (*c == '\0')
    return name;
  folded = g_utf8_casefold (name, -1);
  return g_string_chunk_insert (build->nodes->names, folded);
}

static guint32
append_node (Build *build, const char *name, guint32 parent, guint32 file)
{
  FtFileNode node = { .name = name, .parent = parent, .file = file };

  node.folded = fold (build, name);
  g_array_append_val (build->nodes->nodes, node);
  if (parent != FT_NO_NODE)
    ft_file_nodes_get (build->nodes, parent)->n_children++;
  return build->nodes->nodes->len - 1;
}

/* The folder that is the first @end bytes of a path; @begin is where its name begins. */
static guint32
open_folder (Build *build, const char *path, gsize begin, gsize end, guint32 parent)
{
  char *key = g_strndup (path, end);
  gpointer found;
  guint32 node;

  if (g_hash_table_lookup_extended (build->folders, key, NULL, &found))
    node = GPOINTER_TO_UINT (found);
  else
    {
      node = append_node (build, g_string_chunk_insert (build->nodes->names, key + begin), parent, FT_NO_NODE);
      g_hash_table_insert (build->folders, g_strdup (key), GUINT_TO_POINTER (node));
    }
  g_free (key);
  return node;
}

/* Leaves those open that @path is in as well. */
static void
close_folders (Build *build, const char *path)
{
  guint n;

  for (n = 0; n < build->open->len; n++)
    {
      gsize end = g_array_index (build->open, Open, n).end;

      if (strncmp (build->path, path, end + 1) != 0)
        break;
    }
  g_array_set_size (build->open, n);
}

static void
add_file (Build *build, guint32 file)
{
  const char *path = g_array_index (build->nodes->files, BtFileStatus, file).path;
  guint32 parent = FT_ROOT_NODE;
  gsize begin = 0;
  const char *slash;

  close_folders (build, path);
  if (build->open->len > 0)
    {
      Open *last = &g_array_index (build->open, Open, build->open->len - 1);

      parent = last->node;
      begin = last->end + 1;
    }
  while ((slash = strchr (path + begin, '/')) != NULL)
    {
      Open next = { .end = (gsize) (slash - path) };

      next.node = parent = open_folder (build, path, begin, next.end, parent);
      g_array_append_val (build->open, next);
      begin = next.end + 1;
    }
  build->path = path;
  build->nodes->of_file[file] = append_node (build, path + begin, parent, file);
}

static void
sum_up (FtFileNodes *nodes)
{
  for (guint32 id = nodes->nodes->len; id-- > 0;)
    {
      FtFileNode *node = ft_file_nodes_get (nodes, id);
      FtFileNode *parent;

      if (node->file != FT_NO_NODE)
        {
          const BtFileStatus *file = &g_array_index (nodes->files, BtFileStatus, node->file);

          node->length = file->length;
          node->done = file->done;
          node->wanted_length = file->priority != FT_PRIORITY_SKIP ? file->length : 0;
          node->n_of[ft_priority_to_level (file->priority)] = 1;
        }
      if (node->parent == FT_NO_NODE)
        continue;
      parent = ft_file_nodes_get (nodes, node->parent);
      parent->length += node->length;
      parent->done += node->done;
      parent->wanted_length += node->wanted_length;
      for (guint level = 0; level < FT_N_LEVELS; level++)
        parent->n_of[level] += node->n_of[level];
    }
}

/* What the order of a folder's rows is made of. */
typedef struct
{
  char *key;
  guint32 id;
  gboolean is_file;
} Place;

static int
compare_places (const void *a, const void *b)
{
  const Place *place_a = a;
  const Place *place_b = b;

  if (place_a->is_file != place_b->is_file)
    return place_a->is_file ? 1 : -1;
  return strcmp (place_a->key, place_b->key);
}

int
ft_file_nodes_compare (const FtFileNode *a, const FtFileNode *b)
{
  g_autofree char *key_a = g_utf8_collate_key_for_filename (a->name, -1);
  g_autofree char *key_b = g_utf8_collate_key_for_filename (b->name, -1);
  Place place_a = { .key = key_a, .is_file = a->file != FT_NO_NODE };
  Place place_b = { .key = key_b, .is_file = b->file != FT_NO_NODE };

  return compare_places (&place_a, &place_b);
}

static void
sort_folder (FtFileNodes *nodes, const FtFileNode *folder, Place *places)
{
  for (guint i = 0; i < folder->n_children; i++)
    {
      Place *place = &places[i];
      FtFileNode *child;

      place->id = nodes->order[folder->first_child + i];
      child = ft_file_nodes_get (nodes, place->id);
      place->is_file = child->file != FT_NO_NODE;
      place->key = g_utf8_collate_key_for_filename (child->name, -1);
    }
  qsort (places, folder->n_children, sizeof *places, compare_places);
  for (guint i = 0; i < folder->n_children; i++)
    {
      nodes->order[folder->first_child + i] = places[i].id;
      g_free (places[i].key);
    }
}

/* All nodes but the root stand in the order once, those of one folder together. */
static void
put_in_order (FtFileNodes *nodes)
{
  guint32 n_nodes = nodes->nodes->len;
  g_autofree guint32 *n_placed = g_new0 (guint32, n_nodes);
  g_autofree Place *places = g_new (Place, n_nodes);
  guint32 next = 0;

  nodes->order = g_new (guint32, n_nodes);
  for (guint32 id = 0; id < n_nodes; id++)
    {
      ft_file_nodes_get (nodes, id)->first_child = next;
      next += ft_file_nodes_get (nodes, id)->n_children;
    }
  for (guint32 id = 1; id < n_nodes; id++)
    {
      guint32 parent = ft_file_nodes_get (nodes, id)->parent;

      nodes->order[ft_file_nodes_get (nodes, parent)->first_child + n_placed[parent]++] = id;
    }
  for (guint32 id = 0; id < n_nodes; id++)
    if (ft_file_nodes_get (nodes, id)->n_children > 1)
      sort_folder (nodes, ft_file_nodes_get (nodes, id), places);
}

FtFileNodes *
ft_file_nodes_build (const BtFileList *files)
{
  FtFileNodes *nodes = g_new0 (FtFileNodes, 1);
  Build build = { .nodes = nodes };

  g_ref_count_init (&nodes->refs);
  nodes->files = copy_files (files);
  nodes->nodes = g_array_sized_new (FALSE, FALSE, sizeof (FtFileNode), nodes->files->len + 1);
  nodes->of_file = g_new (guint32, nodes->files->len);
  nodes->names = g_string_chunk_new (4096);
  nodes->held = g_hash_table_new (NULL, NULL);
  nodes->touched = g_ptr_array_new_with_free_func (g_object_unref);
  nodes->renamed = g_array_new (FALSE, FALSE, sizeof (guint32));
  nodes->lists = g_ptr_array_new ();
  build.folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  build.open = g_array_new (FALSE, FALSE, sizeof (Open));
  append_node (&build, "", FT_NO_NODE, FT_NO_NODE);
  for (guint32 i = 0; i < nodes->files->len; i++)
    add_file (&build, i);
  sum_up (nodes);
  put_in_order (nodes);
  g_hash_table_unref (build.folders);
  g_array_unref (build.open);
  return nodes;
}

FtFileNodes *
ft_file_nodes_ref (FtFileNodes *nodes)
{
  g_ref_count_inc (&nodes->refs);
  return nodes;
}

void
ft_file_nodes_unref (FtFileNodes *nodes)
{
  if (!g_ref_count_dec (&nodes->refs))
    return;
  g_array_unref (nodes->files);
  g_array_unref (nodes->nodes);
  g_free (nodes->order);
  g_free (nodes->of_file);
  g_string_chunk_free (nodes->names);
  g_hash_table_unref (nodes->held);
  g_ptr_array_unref (nodes->touched);
  g_array_unref (nodes->renamed);
  g_ptr_array_unref (nodes->lists);
  g_clear_pointer (&nodes->pieces, g_bytes_unref);
  g_free (nodes);
}
