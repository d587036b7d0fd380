/* ft-preferences.h: the window of settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_PREFERENCES (ft_preferences_get_type ())
G_DECLARE_FINAL_TYPE (FtPreferences, ft_preferences, FT, PREFERENCES, AdwPreferencesWindow)

/* @parent: (nullable) */
FtPreferences *ft_preferences_new (GtkWindow *parent, GSettings *settings, FtSession *session);

G_END_DECLS
