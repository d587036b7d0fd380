/* ft-preferences.c: the window of settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences.h"

#include "ft-preferences-adding.h"
#include "ft-preferences-desktop.h"
#include "ft-preferences-network.h"
#include "ft-preferences-privacy.h"
#include "ft-preferences-seeding.h"
#include "ft-preferences-speed.h"

#include <glib/gi18n-lib.h>

struct _FtPreferences
{
  AdwPreferencesWindow parent_instance;

  FtPreferencesAdding *adding_page;
  FtPreferencesSpeed *speed_page;
  FtPreferencesSeeding *seeding_page;
  FtPreferencesNetwork *network_page;
  FtPreferencesDesktop *desktop_page;
  FtPreferencesPrivacy *privacy_page;
};

G_DEFINE_FINAL_TYPE (FtPreferences, ft_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* libadwaita 1.2 gives its search button neither a name nor a tooltip. */
static void
name_search_button (GtkWidget *widget)
{
  if (GTK_IS_TOGGLE_BUTTON (widget)
      && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "edit-find-symbolic") == 0)
    {
      gtk_widget_set_tooltip_text (widget, _("Search"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search"), -1);
    }
  /* The title bar is not deep. */
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!ADW_IS_PREFERENCES_PAGE (child))
      name_search_button (child);
}

static void
ft_preferences_class_init (FtPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  /* Named in the template. */
  g_type_ensure (FT_TYPE_PREFERENCES_ADDING);
  g_type_ensure (FT_TYPE_PREFERENCES_SPEED);
  g_type_ensure (FT_TYPE_PREFERENCES_SEEDING);
  g_type_ensure (FT_TYPE_PREFERENCES_NETWORK);
  g_type_ensure (FT_TYPE_PREFERENCES_DESKTOP);
  g_type_ensure (FT_TYPE_PREFERENCES_PRIVACY);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, adding_page);
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, speed_page);
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, seeding_page);
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, network_page);
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, desktop_page);
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, privacy_page);
}

static void
ft_preferences_init (FtPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  name_search_button (GTK_WIDGET (self));
}

FtPreferences *
ft_preferences_new (GtkWindow *parent, GSettings *settings, FtSession *session)
{
  FtPreferences *self;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (FT_IS_SESSION (session), NULL);

  self = g_object_new (FT_TYPE_PREFERENCES, "transient-for", parent, NULL);
  ft_preferences_adding_bind (self->adding_page, settings);
  ft_preferences_speed_bind (self->speed_page, settings);
  ft_preferences_seeding_bind (self->seeding_page, settings);
  ft_preferences_network_bind (self->network_page, settings, session);
  ft_preferences_desktop_bind (self->desktop_page, settings);
  ft_preferences_privacy_bind (self->privacy_page, settings);
  return self;
}
