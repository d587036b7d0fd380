/* ft-notifier.h: tells of what happened while nobody looks at the window.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_NOTIFIER (ft_notifier_get_type ())
G_DECLARE_FINAL_TYPE (FtNotifier, ft_notifier, FT, NOTIFIER, GObject)

/**
 * FtNotifier:
 *
 * Notifies of torrents that finished or have a problem, as the settings notify-finished, notify-problem and
 * notify-names say, and only while no window of the program is active. There is one notification for
 * all that finished since somebody looked, and one for all problems; when a window becomes active
 * they are withdrawn.
 */

FtNotifier *ft_notifier_new (GtkApplication *application, FtSession *session, GSettings *settings);

/* Anything else that is worth it: the same @id replaces the last. The texts are not markup. @action
 * (nullable): a detailed action of the application for a click; %NULL: shows the window. */
void ft_notifier_say (FtNotifier *notifier, const char *id, const char *title, const char *body, const char *action);

G_END_DECLS
