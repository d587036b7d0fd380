/* ft-window.h: the window with the list of torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-adder.h"
#include "ft-session.h"
#include "ft-tags.h"

G_BEGIN_DECLS

#define FT_TYPE_WINDOW (ft_window_get_type ())
G_DECLARE_FINAL_TYPE (FtWindow, ft_window, FT, WINDOW, AdwApplicationWindow)

/* @settings: where size and place are kept */
FtWindow *ft_window_new (GtkApplication *application, FtSession *session, GSettings *settings);

/* Once, before anything is added: what was added, and what was not, is shown. */
void ft_window_set_adder (FtWindow *window, FtAdder *adder);

/* Asks how, or adds them as it was chosen last. A file may stand for a link. */
void ft_window_add_files (FtWindow *window, GFile **files, guint n_files);

/* Selects a torrent and scrolls to it. */
void ft_window_show_torrent (FtWindow *window, BtTorrentId id);

/* Returns: (transfer none): made when first asked for */
FtTags *ft_window_get_tags (FtWindow *window);

/* In a toast. The text is not markup. */
void ft_window_show_toast (FtWindow *window, const char *text);
void ft_window_show_error (FtWindow *window, const GError *error);
/* Likewise, with the reason a click away. */
void ft_window_show_problem (FtWindow *window, const char *title, const GError *error);

G_END_DECLS
