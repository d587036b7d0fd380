/* ft-preferences-privacy.c: the page about what others may see.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences-privacy.h"

#include "ft-setting-rows.h"

#include <glib/gi18n-lib.h>

#define RECENT_FOLDERS "recent-folders"

struct _FtPreferencesPrivacy
{
  AdwPreferencesPage parent_instance;

  GSettings *settings;

  AdwActionRow *recent_row;
};

G_DEFINE_FINAL_TYPE (FtPreferencesPrivacy, ft_preferences_privacy, ADW_TYPE_PREFERENCES_PAGE)

static const char *const keys[] = {
  "notify-names",
  "detect-links",
  NULL,
};

static void
clear_recent_cb (FtPreferencesPrivacy *self)
{
  g_settings_reset (self->settings, RECENT_FOLDERS);
}

static void
update_recent (FtPreferencesPrivacy *self)
{
  g_auto (GStrv) folders = g_settings_get_strv (self->settings, RECENT_FOLDERS);
  guint n_folders = g_strv_length (folders);
  g_autofree char *text = NULL;

  text = n_folders > 0
           ? g_strdup_printf (ngettext ("%u folder is offered when torrents are added",
                                        "%u folders are offered when torrents are added", n_folders),
                              n_folders)
           : g_strdup (_("None"));
  adw_action_row_set_subtitle (self->recent_row, text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->recent_row), n_folders > 0);
}

static void
ft_preferences_privacy_dispose (GObject *object)
{
  FtPreferencesPrivacy *self = FT_PREFERENCES_PRIVACY (object);

  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_preferences_privacy_parent_class)->dispose (object);
}

static void
ft_preferences_privacy_class_init (FtPreferencesPrivacyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_preferences_privacy_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences-privacy.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesPrivacy, recent_row);
  gtk_widget_class_bind_template_callback (widget_class, clear_recent_cb);
  ft_setting_rows_install (widget_class, keys);
}

static void
ft_preferences_privacy_init (FtPreferencesPrivacy *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_preferences_privacy_bind (FtPreferencesPrivacy *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_PREFERENCES_PRIVACY (self));

  self->settings = g_object_ref (settings);
  ft_setting_rows_bind (GTK_WIDGET (self), FT_TYPE_PREFERENCES_PRIVACY, keys, settings);
  g_signal_connect_object (settings, "changed::" RECENT_FOLDERS, G_CALLBACK (update_recent), self, G_CONNECT_SWAPPED);
  update_recent (self);
}
