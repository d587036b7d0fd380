/* ft-torrent-table.h: torrents as a table whose columns are chosen, moved, resized and sorted by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_TORRENT_TABLE (ft_torrent_table_get_type ())
G_DECLARE_FINAL_TYPE (FtTorrentTable, ft_torrent_table, FT, TORRENT_TABLE, AdwBin)

/**
 * FtTorrentTable:
 *
 * Columns and the column that is sorted by are kept in the settings "columns", "sort-column" and
 * "sort-descending"; the model is sorted by its owner.
 *
 * FtTorrentTable::activate:
 * @table: the table
 *
 * A row was activated.
 */

void ft_torrent_table_set_up (FtTorrentTable *table, GSettings *settings);

/* @selection: (nullable): without, it keeps no rows */
void ft_torrent_table_set_model (FtTorrentTable *table, GtkSelectionModel *selection);

/* Makes the group's actions and the menu's items that show and hide columns; it is the menu of the header too. */
void ft_torrent_table_fill_menu (FtTorrentTable *table, GMenu *menu, GSimpleActionGroup *group);

/* Returns: (transfer none): the #GtkColumnView within */
GtkWidget *ft_torrent_table_get_view (FtTorrentTable *table);

/* Returns: (transfer none): the #GtkListView within that, which has the rows and scrolls */
GtkWidget *ft_torrent_table_get_list (FtTorrentTable *table);

G_END_DECLS
