/* ft-preferences-privacy.h: the page about what others may see.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_PREFERENCES_PRIVACY (ft_preferences_privacy_get_type ())
G_DECLARE_FINAL_TYPE (FtPreferencesPrivacy, ft_preferences_privacy, FT, PREFERENCES_PRIVACY, AdwPreferencesPage)

/* Once. */
void ft_preferences_privacy_bind (FtPreferencesPrivacy *page, GSettings *settings);

G_END_DECLS
