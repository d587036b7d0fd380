/* ft-fetch-bar.h: says that a .torrent file is being fetched from a server, and lets it be called off.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-adder.h"

G_BEGIN_DECLS

#define FT_TYPE_FETCH_BAR (ft_fetch_bar_get_type ())
G_DECLARE_FINAL_TYPE (FtFetchBar, ft_fetch_bar, FT, FETCH_BAR, AdwBin)

/**
 * FtFetchBar:
 *
 * Hidden while there is nothing to wait for; a server that answers at once is not spoken of.
 */

void ft_fetch_bar_set_adder (FtFetchBar *bar, FtAdder *adder);

G_END_DECLS
