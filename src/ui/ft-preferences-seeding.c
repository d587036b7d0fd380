/* ft-preferences-seeding.c: the page about mode, goals and queue.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences-seeding.h"

#include "ft-config.h"
#include "ft-describe.h"
#include "ft-setting-rows.h"

struct _FtPreferencesSeeding
{
  AdwPreferencesPage parent_instance;

  AdwActionRow *seed_time_row;
  AdwActionRow *seed_idle_row;
};

G_DEFINE_FINAL_TYPE (FtPreferencesSeeding, ft_preferences_seeding, ADW_TYPE_PREFERENCES_PAGE)

static const char *const keys[] = {
  "mode",
  "seed-ratio-enabled",
  "seed-ratio",
  "seed-time-enabled",
  "seed-time",
  "seed-idle-enabled",
  "seed-idle",
  "seed-action",
  "queue-downloads-enabled",
  "queue-downloads",
  "queue-seeds-enabled",
  "queue-seeds",
  NULL,
};

/* Large numbers of minutes are read by nobody: the subtitle says "1 day". */
static gboolean
minutes_to_words (GValue *value, GVariant *variant, gpointer user_data)
{
  g_value_take_string (value, ft_format_duration ((gint64) g_variant_get_uint32 (variant) * 60));
  return TRUE;
}

static void
bind_minutes (AdwActionRow *row, GSettings *settings, const char *key)
{
  g_settings_bind_with_mapping (settings, key, row, "subtitle",
                                G_SETTINGS_BIND_GET | G_SETTINGS_BIND_NO_SENSITIVITY, minutes_to_words, NULL, NULL,
                                NULL);
}

static void
ft_preferences_seeding_class_init (FtPreferencesSeedingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences-seeding.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesSeeding, seed_time_row);
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesSeeding, seed_idle_row);
  ft_setting_rows_install (widget_class, keys);
}

static void
ft_preferences_seeding_init (FtPreferencesSeeding *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_preferences_seeding_bind (FtPreferencesSeeding *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_PREFERENCES_SEEDING (self));

  ft_setting_rows_bind (GTK_WIDGET (self), FT_TYPE_PREFERENCES_SEEDING, keys, settings);
  bind_minutes (self->seed_time_row, settings, FT_SETTING_SEED_TIME);
  bind_minutes (self->seed_idle_row, settings, FT_SETTING_SEED_IDLE);
}
