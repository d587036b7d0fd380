/* ft-preferences-desktop.c: the page about the desktop: background, notifications, power.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences-desktop.h"

#include "ft-setting-rows.h"

struct _FtPreferencesDesktop
{
  AdwPreferencesPage parent_instance;
};

G_DEFINE_FINAL_TYPE (FtPreferencesDesktop, ft_preferences_desktop, ADW_TYPE_PREFERENCES_PAGE)

static const char *const keys[] = {
  "run-in-background",
  "autostart",
  "notify-finished",
  "notify-problem",
  "keep-awake",
  "metered",
  NULL,
};

static void
ft_preferences_desktop_class_init (FtPreferencesDesktopClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences-desktop.ui");
  ft_setting_rows_install (widget_class, keys);
}

static void
ft_preferences_desktop_init (FtPreferencesDesktop *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_preferences_desktop_bind (FtPreferencesDesktop *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_PREFERENCES_DESKTOP (self));

  ft_setting_rows_bind (GTK_WIDGET (self), FT_TYPE_PREFERENCES_DESKTOP, keys, settings);
}
