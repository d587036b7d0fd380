/* ft-selection-summary.h: what several torrents come to together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_SELECTION_SUMMARY (ft_selection_summary_get_type ())
G_DECLARE_FINAL_TYPE (FtSelectionSummary, ft_selection_summary, FT, SELECTION_SUMMARY, AdwBin)

/* @torrents: (element-type FtTorrent): at least one */
void ft_selection_summary_update (FtSelectionSummary *summary, GPtrArray *torrents);

G_END_DECLS
