/* ft-folder-watch.h: tells of .torrent files that come into a folder, once each has been written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FT_TYPE_FOLDER_WATCH (ft_folder_watch_get_type ())
G_DECLARE_FINAL_TYPE (FtFolderWatch, ft_folder_watch, FT, FOLDER_WATCH, GObject)

/**
 * FtFolderWatch:
 *
 * Looks when the system tells of a change, and now and then besides: drives of a network tell
 * nothing. A file is told of when it was the same in two looks, so one that is still being written
 * is waited for, and only once until it changes.
 *
 * FtFolderWatch::found:
 * @watch: the watch
 * @file: a regular file whose name ends in ".torrent"
 *
 * FtFolderWatch::failed:
 * @watch: the watch
 * @error: why the folder cannot be read; told once until it could be read again
 */

/* @settle_ms: how long a file must stay as it is; 0: the usual */
FtFolderWatch *ft_folder_watch_new (GFile *folder, guint settle_ms);

G_END_DECLS
