/* bt-metainfo-names.c: no two files of a torrent may meet on disk.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo-private.h"

#include <string.h>

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-path.h"

/* Outline: the keys of all paths are sorted, with the separator below every other byte, so that
 * equal keys are neighbours and what is in a directory follows it. One pass finds the files that
 * must yield; each is given the first free number, looked up by binary search. Nothing is hashed,
 * so no choice of names makes it slow. */

#define SEPARATOR '\001' /* names hold no controls */

typedef struct
{
  char *key;
  guint32 file;
} Name;

typedef struct
{
  BtMetainfo *metainfo;
  gsize skip;     /* bytes of the folder that all paths begin with */
  GArray *names;  /* of Name, sorted by key, then file */
  GTree *renamed; /* keys given to files that yielded */
  guint tries;    /* numbers that were taken */
} Names;

static void
clear_name (gpointer data)
{
  Name *name = data;

  g_free (name->key);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const Name *x = a, *y = b;
  int order = strcmp (x->key, y->key);

  if (order != 0)
    return order;
  return x->file < y->file ? -1 : x->file > y->file;
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

static char *
make_key (const Names *names, const char *path)
{
  char *key = bt_path_collision_key (path + names->skip);

  return g_strdelimit (key, "/", SEPARATOR);
}

static void
collect (Names *names)
{
  const BtMetainfo *metainfo = names->metainfo;

  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      /* Never on disk. */
      if (metainfo->files[i].flags & BT_FILE_PAD)
        continue;
      Name name = { make_key (names, metainfo->files[i].path), i };
      g_array_append_val (names->names, name);
    }
  g_array_sort (names->names, compare_names);
}

/* Whether @path lies in the directory @key, or at it. */
static gboolean
is_at_or_below (const char *path, const char *key)
{
  gsize length = strlen (key);

  return strncmp (path, key, length) == 0 && (path[length] == '\0' || path[length] == SEPARATOR);
}

static gboolean
is_taken (const Names *names, const char *key)
{
  guint low = 0, high = names->names->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (g_array_index (names->names, Name, middle).key, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < names->names->len && is_at_or_below (g_array_index (names->names, Name, low).key, key))
    return TRUE;
  return g_tree_lookup (names->renamed, key) != NULL;
}

static gboolean
rename_file (Names *names, guint32 index, GError **error)
{
  BtFile *file = &names->metainfo->files[index];

  for (guint number = 1; names->tries <= BT_LIMIT_DUPLICATE_NAMES; number++, names->tries++)
    {
      g_autofree char *path = bt_path_numbered (file->path, number);
      g_autofree char *key = make_key (names, path);

      if (is_taken (names, key))
        continue;
      g_free (file->path);
      file->path = g_steal_pointer (&path);
      g_tree_insert (names->renamed, g_steal_pointer (&key), file);
      return TRUE;
    }
  g_set_error (error, BT_ERROR, BT_ERROR_LIMIT,
               "info.files[%u].path: too many files have the same name", index);
  return FALSE;
}

/* Returns: one byte a file, 1 for those that must yield. */
static guint8 *
find_collisions (const Names *names)
{
  const Name *sorted = (const Name *) names->names->data;
  guint n = names->names->len;
  guint8 *yields = g_new0 (guint8, names->metainfo->n_files);

  for (guint first = 0, end; first < n; first = end)
    {
      for (end = first + 1; end < n && strcmp (sorted[end].key, sorted[first].key) == 0; end++)
        yields[sorted[end].file] = 1;
      if (end < n && is_at_or_below (sorted[end].key, sorted[first].key))
        yields[sorted[first].file] = 1;
    }
  return yields;
}

gboolean
bt_metainfo_separate_names (BtMetainfo *metainfo, GError **error)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (Name));
  g_autoptr (GTree) renamed = g_tree_new_full (compare_keys, NULL, g_free, NULL);
  g_autofree guint8 *yields = NULL;
  Names names = {
    .metainfo = metainfo,
    .skip = metainfo->multi_file ? strlen (metainfo->name) + 1 : 0,
    .names = array,
    .renamed = renamed,
  };

  g_array_set_clear_func (array, clear_name);
  collect (&names);
  yields = find_collisions (&names);
  for (guint32 i = 0; i < metainfo->n_files; i++)
    if (yields[i] && !rename_file (&names, i, error))
      return FALSE;
  return TRUE;
}
