/* ft-watcher.h: adds what comes into the watched folders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-adder.h"
#include "ft-watch-folders.h"

G_BEGIN_DECLS

#define FT_TYPE_WATCHER (ft_watcher_get_type ())
G_DECLARE_FINAL_TYPE (FtWatcher, ft_watcher, FT, WATCHER, GObject)

/**
 * FtWatcher:
 *
 * Follows the settings. How it went is told by the adder's signals; such additions are quiet. A file
 * that cannot be added is tried again only when it was changed, and stays where it is.
 *
 * FtWatcher::folder-failed:
 * @watcher: the watcher
 * @path: a watched folder
 * @error: why it cannot be read
 */

/* @settle_ms: as ft_folder_watch_new() */
FtWatcher *ft_watcher_new (FtWatchFolders *folders, FtAdder *adder, guint settle_ms);

G_END_DECLS
