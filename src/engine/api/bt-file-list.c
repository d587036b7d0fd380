/* bt-file-list.c: the files of one torrent, immutable, and cheap to make anew when a few change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-file-list.h"

/* Files are kept in leaves of so many. A new list holds the leaves of the old one by reference, and
 * only those with a change are copied: 200,000 files are 782 leaves of 14 KB each. */
#define LEAF_FILES 256

typedef struct
{
  gatomicrefcount refs;
  guint n;
  BtFileStatus files[LEAF_FILES];
} Leaf;

struct _BtFileList
{
  gatomicrefcount refs;
  guint n;
  guint n_leaves;
  Leaf *leaves[];
};

static Leaf *
leaf_new (const BtFileStatus *files, guint n)
{
  Leaf *leaf = g_malloc (G_STRUCT_OFFSET (Leaf, files) + n * sizeof *files);

  g_atomic_ref_count_init (&leaf->refs);
  leaf->n = n;
  memcpy (leaf->files, files, n * sizeof *files);
  return leaf;
}

static Leaf *
leaf_ref (Leaf *leaf)
{
  g_atomic_ref_count_inc (&leaf->refs);
  return leaf;
}

static void
leaf_unref (Leaf *leaf)
{
  if (!g_atomic_ref_count_dec (&leaf->refs))
    return;
  for (guint i = 0; i < leaf->n; i++)
    g_ref_string_release (leaf->files[i].path);
  g_free (leaf);
}

static Leaf *
leaf_copy (const Leaf *leaf)
{
  for (guint i = 0; i < leaf->n; i++)
    g_ref_string_acquire (leaf->files[i].path);
  return leaf_new (leaf->files, leaf->n);
}

static BtFileList *
list_new (guint n)
{
  guint n_leaves = n / LEAF_FILES + (n % LEAF_FILES != 0);
  BtFileList *list = g_malloc (G_STRUCT_OFFSET (BtFileList, leaves) + n_leaves * sizeof (Leaf *));

  g_atomic_ref_count_init (&list->refs);
  list->n = n;
  list->n_leaves = n_leaves;
  return list;
}

BtFileList *
bt_file_list_new (const BtFileStatus *files, guint n)
{
  BtFileList *list = list_new (n);

  for (guint i = 0; i < list->n_leaves; i++)
    list->leaves[i] = leaf_new (files + i * LEAF_FILES, MIN (LEAF_FILES, n - i * LEAF_FILES));
  return list;
}

BtFileList *
bt_file_list_copy_with (const BtFileList *list, const guint *places, const BtFileStatus *files, guint n_places)
{
  BtFileList *copy = list_new (list->n);
  guint next = 0;

  for (guint i = 0; i < list->n_leaves; i++)
    {
      guint end = (i + 1) * LEAF_FILES;

      if (next >= n_places || places[next] >= end)
        {
          copy->leaves[i] = leaf_ref (list->leaves[i]);
          continue;
        }
      copy->leaves[i] = leaf_copy (list->leaves[i]);
      for (; next < n_places && places[next] < end; next++)
        {
          BtFileStatus *file = &copy->leaves[i]->files[places[next] % LEAF_FILES];

          g_ref_string_release (file->path);
          *file = files[next];
        }
    }
  g_assert (next == n_places);
  return copy;
}

BtFileList *
bt_file_list_ref (BtFileList *list)
{
  g_atomic_ref_count_inc (&list->refs);
  return list;
}

void
bt_file_list_unref (BtFileList *list)
{
  if (!g_atomic_ref_count_dec (&list->refs))
    return;
  for (guint i = 0; i < list->n_leaves; i++)
    leaf_unref (list->leaves[i]);
  g_free (list);
}

guint
bt_file_list_length (const BtFileList *list)
{
  return list->n;
}

const BtFileStatus *
bt_file_list_get (const BtFileList *list, guint place)
{
  g_return_val_if_fail (place < list->n, NULL);
  return &list->leaves[place / LEAF_FILES]->files[place % LEAF_FILES];
}

static gboolean
is_same (const BtFileStatus *a, const BtFileStatus *b)
{
  return a->done == b->done && a->priority == b->priority && a->flags == b->flags && a->length == b->length
         && (a->path == b->path || g_str_equal (a->path, b->path));
}

guint
bt_file_list_next_change (const BtFileList *list, const BtFileList *last, guint from)
{
  if (list == last)
    return list->n;
  if (last == NULL || last->n != list->n)
    return MIN (from, list->n);
  while (from < list->n)
    {
      const Leaf *ours = list->leaves[from / LEAF_FILES], *theirs = last->leaves[from / LEAF_FILES];

      if (ours == theirs)
        from = (from / LEAF_FILES + 1) * LEAF_FILES;
      else if (is_same (&ours->files[from % LEAF_FILES], &theirs->files[from % LEAF_FILES]))
        from++;
      else
        return from;
    }
  return list->n;
}
