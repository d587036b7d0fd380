/* ft-preferences-speed.h: the page about limits and the plan of the week.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_PREFERENCES_SPEED (ft_preferences_speed_get_type ())
G_DECLARE_FINAL_TYPE (FtPreferencesSpeed, ft_preferences_speed, FT, PREFERENCES_SPEED, AdwPreferencesPage)

/* Once. */
void ft_preferences_speed_bind (FtPreferencesSpeed *page, GSettings *settings);

G_END_DECLS
