/* bt-folders.h: which folders are in use, and what they are called within those above them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Absolute paths, compared by their names. Each is there as long as it is used. */
typedef struct _BtFolders BtFolders;

BtFolders *bt_folders_new (void);
void bt_folders_free (BtFolders *folders);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtFolders, bt_folders_free)

/* Once more, and once less. */
void bt_folders_use (BtFolders *folders, const char *folder);
void bt_folders_leave (BtFolders *folders, const char *folder);
/* Whether one of them is below @folder, and the first part of the way down to it is of @key. O(1) */
gboolean bt_folders_lead_below (const BtFolders *folders, const char *folder, const char *key);

/* Returns: (transfer full): what is equal of @path, whole or a part, and those that differ in case only. It need not be
 * UTF-8. */
char *bt_folders_make_key (const char *path);

G_END_DECLS
