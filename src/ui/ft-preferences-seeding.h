/* ft-preferences-seeding.h: the page about mode, goals and queue.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_PREFERENCES_SEEDING (ft_preferences_seeding_get_type ())
G_DECLARE_FINAL_TYPE (FtPreferencesSeeding, ft_preferences_seeding, FT, PREFERENCES_SEEDING, AdwPreferencesPage)

/* Once. */
void ft_preferences_seeding_bind (FtPreferencesSeeding *page, GSettings *settings);

G_END_DECLS
