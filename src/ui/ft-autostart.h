/* ft-autostart.h: starting with the session, by the file that desktops without a portal read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean ft_autostart_is_set (void);
/* Writes or removes the file. The message is for a person. */
gboolean ft_autostart_set (gboolean starts, GError **error);

G_END_DECLS
