/* ft-background.h: leave to run without a window and to start with the session, and what is said of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_BACKGROUND (ft_background_get_type ())
G_DECLARE_FINAL_TYPE (FtBackground, ft_background, FT, BACKGROUND, GObject)

/**
 * FtBackground:
 *
 * Follows the settings run-in-background and autostart. In a sandbox the portal is asked; elsewhere a
 * file in the autostart folder is enough. A setting that was not allowed is switched off again.
 *
 * FtBackground::refused:
 * @background: the object
 * @text: why, for a person; not markup
 */

FtBackground *ft_background_new (FtSession *session, GSettings *settings);

/* While no window is open the desktop is told, in a sandbox, what is going on. */
void ft_background_set_hidden (FtBackground *background, gboolean hidden);

G_END_DECLS
