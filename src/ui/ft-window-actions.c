/* ft-window-actions.c: what can be done with the torrents that are selected.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-remove-dialog.h"

#include <glib/gi18n-lib.h>

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_session_finish (FT_SESSION (object), result, &error))
    ft_window_show_error (self, error);
}

static void
set_intent (FtWindow *self, BtTorrentId id, BtIntent intent)
{
  ft_session_set_intent_async (self->session, id, intent, NULL, done_cb, g_object_ref (self));
}

static void
set_intent_of_selected (FtWindow *self, BtIntent intent)
{
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  for (guint i = 0; i < torrents->len; i++)
    set_intent (self, ft_torrent_get_id (torrents->pdata[i]), intent);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_intent_of_selected (FT_WINDOW (widget), BT_INTENT_PAUSE);
}

static void
resume_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_intent_of_selected (FT_WINDOW (widget), BT_INTENT_RUN);
}

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  FtTorrent *torrent = ft_session_lookup (self->session, g_variant_get_uint32 (parameter));

  if (torrent == NULL)
    return;
  set_intent (self, ft_torrent_get_id (torrent),
              ft_torrent_get_status (torrent)->intent == BT_INTENT_RUN ? BT_INTENT_PAUSE
                                                                       : BT_INTENT_RUN);
}

static void
verify_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  for (guint i = 0; i < torrents->len; i++)
    ft_session_verify_async (self->session, ft_torrent_get_id (torrents->pdata[i]), NULL, done_cb,
                             g_object_ref (self));
}

/* Those that were asked about, not those that are selected by now. */
typedef struct
{
  FtWindow *window;
  GPtrArray *torrents;
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_object_unref (removal->window);
  g_ptr_array_unref (removal->torrents);
  g_free (removal);
}

static void
remove_confirmed_cb (FtRemoveDialog *dialog, gboolean with_data, gpointer user_data)
{
  Removal *removal = user_data;

  for (guint i = 0; i < removal->torrents->len; i++)
    ft_session_remove_async (removal->window->session,
                             ft_torrent_get_id (removal->torrents->pdata[i]), with_data, NULL,
                             done_cb, g_object_ref (removal->window));
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  FtRemoveDialog *dialog;
  Removal *removal;

  if (torrents->len == 0)
    return;
  dialog = ft_remove_dialog_new (GTK_WINDOW (self), torrents);
  removal = g_new (Removal, 1);
  removal->window = g_object_ref (self);
  removal->torrents = g_steal_pointer (&torrents);
  g_signal_connect_data (dialog, "confirmed", G_CALLBACK (remove_confirmed_cb), removal,
                         removal_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
select_none_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (FT_WINDOW (widget)->selection));
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  /* The failure is a property, and the page that shows it is bound to it. */
  ft_session_finish (FT_SESSION (object), result, NULL);
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  if (ft_session_get_state (self->session) == FT_SESSION_STOPPED)
    ft_session_start_async (self->session, NULL, started_cb, NULL);
}

void
ft_window_update_actions (FtWindow *self)
{
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  g_autofree char *label = NULL;
  guint n_running = 0;

  for (guint i = 0; i < torrents->len; i++)
    n_running += ft_torrent_get_status (torrents->pdata[i])->intent == BT_INTENT_RUN;

  ft_window_update_open (self, torrents->len);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.pause", n_running > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.resume", n_running < torrents->len);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.verify", torrents->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remove", torrents->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.options", torrents->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.move", torrents->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.rename", torrents->len == 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.save-torrent", torrents->len == 1);

  if (torrents->len > 0)
    {
      label = g_strdup_printf (ngettext ("%u selected", "%u selected", torrents->len),
                               torrents->len);
      gtk_label_set_text (self->selection_label, label);
    }
  gtk_action_bar_set_revealed (self->action_bar, torrents->len > 0);
  ft_window_update_details (self);
}

void
ft_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "win.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "win.toggle", "u", toggle_action);
  gtk_widget_class_install_action (widget_class, "win.verify", NULL, verify_action);
  gtk_widget_class_install_action (widget_class, "win.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "win.select-none", NULL, select_none_action);

  /* Bindings of the class come after those of the widget in focus: a text field keeps its keys. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Delete, 0, "win.remove", NULL);
}
