/* ft-watch-folder.h: a folder whose .torrent files are added by themselves, as a person set it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-settle-file.h"

G_BEGIN_DECLS

#define FT_TYPE_WATCH_FOLDER (ft_watch_folder_get_type ())
G_DECLARE_FINAL_TYPE (FtWatchFolder, ft_watch_folder, FT, WATCH_FOLDER, GObject)

/**
 * FtWatchFolder:
 *
 * Properties: path (absolute), folder (absolute path that its torrents go to, or empty: the configured
 * one), tags (#GStrv), start, after (#FT_TYPE_AFTER_ADDING); read-only, in words, never markup:
 * title (its path), subtitle (what is done).
 */

FtWatchFolder *ft_watch_folder_new (const char *path);

const char *ft_watch_folder_get_path (FtWatchFolder *folder);
const char *ft_watch_folder_get_folder (FtWatchFolder *folder); /* not NULL */
const char *const *ft_watch_folder_get_tags (FtWatchFolder *folder);
gboolean ft_watch_folder_get_start (FtWatchFolder *folder);
FtAfterAdding ft_watch_folder_get_after (FtWatchFolder *folder);

/* All values of @from but the path. */
void ft_watch_folder_assign (FtWatchFolder *folder, FtWatchFolder *from);

/* As the settings keep it. */
GVariant *ft_watch_folder_to_variant (FtWatchFolder *folder); /* (transfer floating): a{sv} */
/* Returns: (transfer full) (nullable): NULL if it has no path; what else is wrong in it has defaults. */
FtWatchFolder *ft_watch_folder_from_variant (GVariant *variant);

G_END_DECLS
