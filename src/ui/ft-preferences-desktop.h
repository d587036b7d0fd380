/* ft-preferences-desktop.h: the page about the desktop: background, notifications, power.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_PREFERENCES_DESKTOP (ft_preferences_desktop_get_type ())
G_DECLARE_FINAL_TYPE (FtPreferencesDesktop, ft_preferences_desktop, FT, PREFERENCES_DESKTOP, AdwPreferencesPage)

/* Once. */
void ft_preferences_desktop_bind (FtPreferencesDesktop *page, GSettings *settings);

G_END_DECLS
