/* bt-file-list.h: the files of one torrent, immutable, and cheap to make anew when a few change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GRefString *path;
  guint64 length;
  guint64 done;     /* bytes in verified pieces */
  guint8 priority;  /* 0: skipped, 1 low, 4 normal, 7 high */
  guint flags;      /* BtFileFlags: pads are not listed */
  guint index;      /* of the file in the torrent, pads counted: as priorities are given */
  guint64 offset;   /* of its first byte in the torrent: its pieces are those of offset … offset + length */
} BtFileStatus;

/**
 * BtFileList:
 *
 * In torrent order, without padding. Atomically reference-counted and never changed once it is
 * shared. As long as nothing changed, updates hold the very same list, so a face compares pointers.
 * A list that was made from another shares with it all parts that did not change (paths too), and
 * bt_file_list_next_change() passes over those without looking into them. The files of a torrent
 * keep their places: only paths, priorities and bytes done ever change.
 */
typedef struct _BtFileList BtFileList;

/**
 * bt_file_list_new:
 * @files: (array length=n): copied; takes over a reference to each path
 */
BtFileList *bt_file_list_new (const BtFileStatus *files, guint n);
/**
 * bt_file_list_copy_with:
 * @places: (array length=n_places): where it differs, rising
 * @files: (array length=n_places): what is there; copied, takes over a reference to each path
 *
 * Returns: (transfer full): a list like @list but for some places
 */
BtFileList *bt_file_list_copy_with (const BtFileList *list, const guint *places, const BtFileStatus *files,
                                    guint n_places);
BtFileList *bt_file_list_ref (BtFileList *list);
void bt_file_list_unref (BtFileList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtFileList, bt_file_list_unref)

guint bt_file_list_length (const BtFileList *list);
/* Returns: (transfer none): good as long as the list */
const BtFileStatus *bt_file_list_get (const BtFileList *list, guint place);
/**
 * bt_file_list_next_change:
 * @last: (nullable): an earlier list of the same torrent; %NULL: everything is a change
 * @from: the first place to look at
 *
 * Returns: the first place at which the two differ, or the length
 */
guint bt_file_list_next_change (const BtFileList *list, const BtFileList *last, guint from);

G_END_DECLS
