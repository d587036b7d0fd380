/* ft-addition-pane.h: one torrent that is about to be added: its name, its folder, its files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-addition.h"

G_BEGIN_DECLS

#define FT_TYPE_ADDITION_PANE (ft_addition_pane_get_type ())
G_DECLARE_FINAL_TYPE (FtAdditionPane, ft_addition_pane, FT, ADDITION_PANE, AdwBin)

/**
 * FtAdditionPane:
 *
 * FtAdditionPane::merge:
 * @pane: the pane
 * @addition: whose trackers are to be added to the torrent that is there
 *
 * FtAdditionPane::discard:
 * @pane: the pane
 * @addition: a link that is not wanted after all
 *
 * FtAdditionPane::show-existing:
 * @pane: the pane
 * @addition: whose like is to be shown in the list
 */

/* Once. */
void ft_addition_pane_set_settings (FtAdditionPane *pane, GSettings *settings);
/* @addition: (nullable); @one_of_many: it may go to a folder of its own */
void ft_addition_pane_show (FtAdditionPane *pane, FtAddition *addition, gboolean one_of_many);

G_END_DECLS
