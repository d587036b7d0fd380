/* ft-keep-awake.h: no sleep while something is downloaded.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_KEEP_AWAKE (ft_keep_awake_get_type ())
G_DECLARE_FINAL_TYPE (FtKeepAwake, ft_keep_awake, FT, KEEP_AWAKE, GObject)

/**
 * FtKeepAwake:
 *
 * Asks the desktop not to suspend by itself while data comes in, if the setting keep-awake is on.
 */

FtKeepAwake *ft_keep_awake_new (GtkApplication *application, FtSession *session, GSettings *settings);

G_END_DECLS
