/* ft-ban-row.h: one banned address, and the button that lifts the ban.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_BAN_ROW (ft_ban_row_get_type ())
G_DECLARE_FINAL_TYPE (FtBanRow, ft_ban_row, FT, BAN_ROW, AdwBin)

/**
 * FtBanRow:
 *
 * Properties: address (string). Its button activates the action "bans.unban" with it.
 */

G_END_DECLS
