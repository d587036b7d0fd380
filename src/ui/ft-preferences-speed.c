/* ft-preferences-speed.c: the page about limits and the plan of the week.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences-speed.h"

#include "ft-setting-rows.h"
#include "ft-week-grid.h"

struct _FtPreferencesSpeed
{
  AdwPreferencesPage parent_instance;

  FtWeekGrid *week_grid;
};

G_DEFINE_FINAL_TYPE (FtPreferencesSpeed, ft_preferences_speed, ADW_TYPE_PREFERENCES_PAGE)

static const char *const keys[] = {
  "limit-down-enabled",
  "limit-down",
  "limit-up-enabled",
  "limit-up",
  "alternative-limits",
  "alternative-limit-down",
  "alternative-limit-up",
  "schedule-enabled",
  NULL,
};

static void
ft_preferences_speed_class_init (FtPreferencesSpeedClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (FT_TYPE_WEEK_GRID);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences-speed.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesSpeed, week_grid);
  ft_setting_rows_install (widget_class, keys);
}

static void
ft_preferences_speed_init (FtPreferencesSpeed *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_preferences_speed_bind (FtPreferencesSpeed *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_PREFERENCES_SPEED (self));

  ft_setting_rows_bind (GTK_WIDGET (self), FT_TYPE_PREFERENCES_SPEED, keys, settings);
  g_settings_bind (settings, "schedule", self->week_grid, "plan",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
}
