/* ft-folder-row.h: a row that shows a folder and lets a person choose another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_FOLDER_ROW (ft_folder_row_get_type ())
G_DECLARE_FINAL_TYPE (FtFolderRow, ft_folder_row, FT, FOLDER_ROW, AdwActionRow)

/**
 * FtFolderRow:
 *
 * Offers the folders chosen lately and a chooser for others. Whether the folder can be written to is
 * checked, and said when it cannot.
 *
 * Properties: folder (absolute path; empty: the default), default-text (what is shown for it, and
 * offered; %NULL: there is no default).
 *
 * FtFolderRow::checked:
 * @row: the row
 * @check: (type gpointer) (nullable): a #FtFolderCheck of the folder that is shown, valid during the call
 */

/* @settings: where recent folders are kept */
void ft_folder_row_set_settings (FtFolderRow *row, GSettings *settings);

const char *ft_folder_row_get_folder (FtFolderRow *row); /* not NULL */
void ft_folder_row_set_folder (FtFolderRow *row, const char *folder);
/* Whether it is known that the folder cannot take downloads. */
gboolean ft_folder_row_has_problem (FtFolderRow *row);

G_END_DECLS
