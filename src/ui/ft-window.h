/* ft-window.h: the window with the list of torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_WINDOW (ft_window_get_type ())
G_DECLARE_FINAL_TYPE (FtWindow, ft_window, FT, WINDOW, AdwApplicationWindow)

/* @settings: where size and place are kept */
FtWindow *ft_window_new (GtkApplication *application, FtSession *session, GSettings *settings);

/* Adds .torrent files, at once or when the session runs. What cannot be added is said in a toast. */
void ft_window_add_files (FtWindow *window, GFile **files, guint n_files);

/* Selects a torrent and scrolls to it. */
void ft_window_show_torrent (FtWindow *window, BtTorrentId id);

/* What went wrong, in a toast. */
void ft_window_show_error (FtWindow *window, const GError *error);

G_END_DECLS
