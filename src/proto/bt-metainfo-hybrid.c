/* bt-metainfo-hybrid.c: whether the two halves of a hybrid torrent agree (BEP 52).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo-private.h"

#include <string.h>

#include "bt-error.h"
#include "bt-limits.h"

/* Outline: the file tree is walked depth first, beside the list of files. Each leaf must be the
 * next file that is not padding: same name, same length, on a piece boundary. The roots that were
 * met are kept, sorted, for the piece layers. Only one half is used, yet a torrent whose halves
 * differ is two torrents under one name, and whoever reads the other half gets other data. */

#define ROOT_SIZE 32
#define MIN_PIECE_LENGTH 16384

typedef struct
{
  const guint8 *bytes;
  guint64 length; /* of the file */
} Root;

/* A directory that is being walked. */
typedef struct
{
  BtNodeIter iter;
  const char *name; /* of the entry that was entered last */
  gsize name_length;
} Level;

typedef struct
{
  const BtMetainfo *metainfo;
  BtNode info;
  BtNodeIter entries; /* of info.files */
  guint32 file;       /* the next to compare */
  GArray *levels;     /* of Level */
  GArray *roots;      /* of Root */
} Walk;

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, why);
  return FALSE;
}

/* Steps over padding. Returns: FALSE at the end; @entry is NONE in a single-file torrent. */
static gboolean
next_file (Walk *walk, const BtFile **file, BtNode *entry)
{
  while (walk->file < walk->metainfo->n_files)
    {
      *file = &walk->metainfo->files[walk->file++];
      if (!bt_node_iter_next (&walk->entries, entry))
        *entry = (BtNode){ 0 };
      if (!((*file)->flags & BT_FILE_PAD))
        return TRUE;
    }
  return FALSE;
}

static gboolean
string_is (BtNode node, const Level *level)
{
  const char *text;
  gsize length;

  return bt_node_string (node, &text, &length) && length == level->name_length
         && memcmp (text, level->name, length) == 0;
}

/* Compares the bytes of the torrent: what they are made into for the disk follows from them. */
static gboolean
path_is (BtNode list, const GArray *levels)
{
  BtNodeIter iter;
  BtNode component;

  if (bt_node_length (list) != levels->len)
    return FALSE;
  bt_node_iter_init (&iter, list);
  for (guint i = 0; bt_node_iter_next (&iter, &component); i++)
    if (!string_is (component, &g_array_index (levels, Level, i)))
      return FALSE;
  return TRUE;
}

static gboolean
name_matches (const Walk *walk, BtNode entry)
{
  if (walk->metainfo->multi_file)
    return path_is (bt_node_get_list (entry, "path.utf-8"), walk->levels)
           || path_is (bt_node_get_list (entry, "path"), walk->levels);
  return walk->levels->len == 1
         && (string_is (bt_node_get (walk->info, "name.utf-8"),
                        &g_array_index (walk->levels, Level, 0))
             || string_is (bt_node_get (walk->info, "name"),
                           &g_array_index (walk->levels, Level, 0)));
}

static gboolean
read_root (Walk *walk, BtNode leaf, guint64 length, GError **error)
{
  static const guint8 zeros[ROOT_SIZE];
  const char *bytes;
  gsize size;

  if (!bt_node_get_string (leaf, "pieces root", &bytes, &size) || size != ROOT_SIZE)
    return refuse (error, "info.file tree: a pieces root is missing or not of 32 bytes");
  if (memcmp (bytes, zeros, ROOT_SIZE) == 0)
    return refuse (error, "info.file tree: a pieces root is all zeros");
  Root root = { (const guint8 *) bytes, length };
  g_array_append_val (walk->roots, root);
  return TRUE;
}

static gboolean
check_leaf (Walk *walk, BtNode leaf, GError **error)
{
  const BtFile *file;
  BtNode entry;
  const char *attr;
  gsize attr_length;
  gint64 length = 0;

  if (bt_node_get_string (leaf, "attr", &attr, &attr_length)
      && memchr (attr, 'p', attr_length) != NULL)
    return refuse (error, "info.file tree: padding has no place in it");
  if (!next_file (walk, &file, &entry))
    return refuse (error, "info.file tree: it has more files than version 1 knows");
  if (!(file->flags & BT_FILE_SYMLINK)
      && (!bt_node_get_int (leaf, "length", &length) || (guint64) length != file->length))
    return refuse (error, "info.file tree: a length is missing or differs from version 1");
  if (!name_matches (walk, entry))
    return refuse (error, "info.file tree: a name or the order differs from version 1");
  if (file->length == 0)
    return TRUE;
  if (file->offset % walk->metainfo->piece_length != 0)
    return refuse (error, "info.files: a file of a hybrid does not begin with a piece");
  return read_root (walk, leaf, file->length, error);
}

static void
enter (Walk *walk, BtNode directory)
{
  Level level = { .name = NULL };

  bt_node_iter_init (&level.iter, directory);
  g_array_append_val (walk->levels, level);
}

/* @node: what stands under a name: a directory, or a dictionary whose only key is empty and whose
 * value describes a file. */
static gboolean
visit (Walk *walk, BtNode node, GError **error)
{
  BtNode leaf = bt_node_get (node, "");

  if (bt_node_type (node) != BT_BENCODE_DICT || bt_node_length (node) == 0)
    return refuse (error, "info.file tree: an entry is not a dictionary or empty");
  if (bt_node_type (leaf) == BT_BENCODE_NONE)
    {
      if (walk->levels->len == BT_LIMIT_PATH_DEPTH)
        return refuse (error, "info.file tree: it is too deep");
      enter (walk, node);
      return TRUE;
    }
  if (bt_node_type (leaf) != BT_BENCODE_DICT || bt_node_length (node) != 1)
    return refuse (error, "info.file tree: a file has siblings or is not a dictionary");
  return check_leaf (walk, leaf, error);
}

static gboolean
walk_tree (Walk *walk, GError **error)
{
  BtNode tree = bt_node_get_dict (walk->info, "file tree");
  const BtFile *file;
  BtNode node;

  if (bt_node_length (tree) == 0 || bt_node_type (bt_node_get (tree, "")) != BT_BENCODE_NONE)
    return refuse (error, "info.file tree: it is missing, empty or not a tree");
  enter (walk, tree);
  while (walk->levels->len > 0)
    {
      Level *level = &g_array_index (walk->levels, Level, walk->levels->len - 1);

      if (!bt_node_iter_next_entry (&level->iter, &level->name, &level->name_length, &node))
        g_array_set_size (walk->levels, walk->levels->len - 1);
      else if (!visit (walk, node, error))
        return FALSE;
    }
  if (next_file (walk, &file, &node))
    return refuse (error, "info.file tree: it has fewer files than version 1 knows");
  return TRUE;
}

static int
compare_roots (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Root *) a)->bytes, ((const Root *) b)->bytes, ROOT_SIZE);
}

/* One hash for each piece of a file that has more than one (BEP 52, "piece layers"). */
static gboolean
check_layer (const Walk *walk, const Root *key, gsize size, GError **error)
{
  guint32 piece_length = walk->metainfo->piece_length;
  guint index;
  guint64 n_pieces;

  if (!g_array_binary_search (walk->roots, key, compare_roots, &index))
    return refuse (error, "piece layers: an entry belongs to no file");
  n_pieces = (g_array_index (walk->roots, Root, index).length + piece_length - 1) / piece_length;
  if (n_pieces < 2 || size != n_pieces * ROOT_SIZE)
    return refuse (error, "piece layers: an entry has not one hash for each piece");
  return TRUE;
}

/* A layer that is absent does no harm: its hashes can be had from peers. */
static gboolean
check_layers (const Walk *walk, BtNode root, GError **error)
{
  BtNode layers = bt_node_get (root, "piece layers");
  BtNodeIter iter;
  BtNode value;
  const char *key, *hashes;
  gsize key_length, size;

  if (bt_node_type (layers) == BT_BENCODE_NONE)
    return TRUE;
  if (bt_node_type (layers) != BT_BENCODE_DICT)
    return refuse (error, "piece layers: it is not a dictionary");
  g_array_sort (walk->roots, compare_roots);
  bt_node_iter_init (&iter, layers);
  while (bt_node_iter_next_entry (&iter, &key, &key_length, &value))
    {
      Root wanted = { .bytes = (const guint8 *) key };

      if (key_length != ROOT_SIZE || !bt_node_string (value, &hashes, &size))
        return refuse (error, "piece layers: an entry is not a root and a string");
      if (!check_layer (walk, &wanted, size, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
bt_metainfo_check_hybrid (const BtMetainfo *metainfo, BtNode root, BtNode info, GError **error)
{
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_autoptr (GArray) roots = g_array_new (FALSE, FALSE, sizeof (Root));
  Walk walk = { .metainfo = metainfo, .info = info, .levels = levels, .roots = roots };

  if (metainfo->piece_length < MIN_PIECE_LENGTH
      || (metainfo->piece_length & (metainfo->piece_length - 1)) != 0)
    return refuse (error, "info.piece length: version 2 wants a power of two from 16384");
  bt_node_iter_init (&walk.entries, bt_node_get_list (info, "files"));
  return walk_tree (&walk, error) && check_layers (&walk, root, error);
}
