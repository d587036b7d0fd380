/* ft-preferences-adding.h: the page about where downloads go and how torrents are added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_PREFERENCES_ADDING (ft_preferences_adding_get_type ())
G_DECLARE_FINAL_TYPE (FtPreferencesAdding, ft_preferences_adding, FT, PREFERENCES_ADDING, AdwPreferencesPage)

/* Once. */
void ft_preferences_adding_bind (FtPreferencesAdding *page, GSettings *settings);

G_END_DECLS
