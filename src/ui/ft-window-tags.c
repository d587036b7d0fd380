/* ft-window-tags.c: tags that are made, edited and removed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-tag-dialog.h"

#include <glib/gi18n-lib.h>

static void
new_tag_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (ft_tag_dialog_new (GTK_WINDOW (self), ft_window_get_tags (self), NULL)));
}

static void
edit_tag_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  FtTag *tag = ft_tags_lookup (ft_window_get_tags (self), g_variant_get_string (parameter, NULL));

  if (tag != NULL)
    gtk_window_present (GTK_WINDOW (ft_tag_dialog_new (GTK_WINDOW (self), ft_window_get_tags (self), tag)));
}

static void
remove_response_cb (FtWindow *self, const char *response, AdwMessageDialog *dialog)
{
  FtTag *tag = ft_tags_lookup (ft_window_get_tags (self), g_object_get_data (G_OBJECT (dialog), "tag"));

  if (tag != NULL && g_str_equal (response, "remove"))
    ft_tags_remove (ft_window_get_tags (self), tag);
}

/* Heading and body are text: a name is never read as markup. */
static void
remove_tag_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  FtTag *tag = ft_tags_lookup (ft_window_get_tags (self), g_variant_get_string (parameter, NULL));
  AdwMessageDialog *dialog;

  if (tag == NULL)
    return;
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), _("Remove the Tag?"), NULL));
  adw_message_dialog_format_body (dialog, _("“%s” is taken off all torrents. The torrents stay."), ft_tag_get_name (tag));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "tag", g_strdup (ft_tag_get_name (tag)), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (remove_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

FtTags *
ft_window_get_tags (FtWindow *self)
{
  g_return_val_if_fail (FT_IS_WINDOW (self), NULL);

  if (self->tags == NULL)
    {
      self->tags = ft_tags_new (self->settings);
      ft_tags_set_session (self->tags, self->session);
    }
  return self->tags;
}

void
ft_window_end_tags (FtWindow *self)
{
  g_clear_object (&self->tags);
}

void
ft_window_install_tags (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.new-tag", NULL, new_tag_action);
  gtk_widget_class_install_action (widget_class, "win.edit-tag", "s", edit_tag_action);
  gtk_widget_class_install_action (widget_class, "win.remove-tag", "s", remove_tag_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, GDK_CONTROL_MASK, "win.new-tag", NULL);
}
