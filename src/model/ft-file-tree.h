/* ft-file-tree.h: the files of a torrent as a tree for lists, built once and changed in place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-file-list.h"
#include "ft-file-item.h"

G_BEGIN_DECLS

#define FT_TYPE_FILE_TREE (ft_file_tree_get_type ())
G_DECLARE_FINAL_TYPE (FtFileTree, ft_file_tree, FT, FILE_TREE, GObject)

/**
 * FtFileTree:
 *
 * Before a torrent exists (bt_file_list_new() of BtTorrentFile.files) as well as for one that is watched
 * (BtDetail.files): give it the files, show it in an FtFileView or in any list, and take the choice out with ft_file_tree_dup_priorities().
 *
 * It is made for 200,000 files: built in a thread when they are many, row objects only for rows that somebody
 * holds, lists that grow in steps, and an update touches only files that differ, and their folders by what differs.
 *
 * Properties, all read-only: ready (whether it is built), total-size, wanted-size (bytes), n-files, n-wanted.
 *
 * FtFileTree::priorities-changed:
 * @tree: the tree
 *
 * A person changed them, by a function below; not when files were given.
 *
 * FtFileTree::moving, FtFileTree::moved:
 * @tree: the tree
 * @item: a row that is called otherwise, and is about to get another place in its folder, or has got it
 * @index: (of moved only): the place
 */

FtFileTree *ft_file_tree_new (void);

/**
 * ft_file_tree_set_files:
 * @files: kept by reference
 * @n_all: how many there are with pads; 0: not known, and the last one is no pad
 *
 * A list that was made from the last one changes the tree in place, and costs what differs. Other files are built
 * anew: at once, or in a thread when there are many.
 */
void ft_file_tree_set_files (FtFileTree *tree, BtFileList *files, guint n_all);
/* No files. */
void ft_file_tree_clear (FtFileTree *tree);
/* @pieces: (nullable): BT_PIECE_*, one byte each */
void ft_file_tree_set_pieces (FtFileTree *tree, GBytes *pieces, guint32 piece_length);
/* Priorities that come with files are not taken over for now: what a person chose is on its way. */
void ft_file_tree_hold_priorities (FtFileTree *tree);
/* Once for each hold. @done: it has arrived. Otherwise those that the files had are back. */
void ft_file_tree_release_priorities (FtFileTree *tree, gboolean done);

/* Returns: (transfer none): #FtFileItem; the same list for good. Folders first, then by name. */
GListModel *ft_file_tree_get_root (FtFileTree *tree);
/* Returns: (transfer full) (nullable): what is in a folder; %NULL for a file */
GListModel *ft_file_tree_open_folder (FtFileTree *tree, FtFileItem *folder);
/* Returns: (transfer full): the files whose name, or a folder's that they are in, contains @text */
GListModel *ft_file_tree_search (FtFileTree *tree, const char *text);

/* @items: (element-type FtFileItem): with all that is in them. @priority: as BtFileStatus has it */
void ft_file_tree_set_priority (FtFileTree *tree, GPtrArray *items, guint8 priority);
void ft_file_tree_set_all_priorities (FtFileTree *tree, guint8 priority);
/* Returns: (transfer full): one byte a file in torrent order, pads included */
GBytes *ft_file_tree_dup_priorities (FtFileTree *tree);

gboolean ft_file_tree_is_ready (FtFileTree *tree);
guint64 ft_file_tree_get_wanted_size (FtFileTree *tree);
guint64 ft_file_tree_get_total_size (FtFileTree *tree);
guint ft_file_tree_get_n_files (FtFileTree *tree);
guint ft_file_tree_get_n_wanted (FtFileTree *tree);

G_END_DECLS
