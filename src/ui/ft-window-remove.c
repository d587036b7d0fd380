/* ft-window-remove.c: torrents that are removed, and put back by who thinks again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-remove-dialog.h"
#include "ft-toast.h"

#include <glib/gi18n-lib.h>

/* Out of the list from when the toast appears; the engine is told when that ends. */
typedef struct
{
  FtWindow *window;
  GArray *ids; /* of BtTorrentId */
} Removal;

typedef struct
{
  FtWindow *window;
  BtTorrentId id;
} Request;

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (FtWindow) self = request->window;
  g_autoptr (GError) error = NULL;

  /* The engine may have removed it meanwhile, and a session that stops carries out what is left. */
  if (!ft_session_finish (FT_SESSION (object), result, &error)
      && !g_error_matches (error, BT_ERROR, BT_ERROR_NOT_FOUND)
      && !g_error_matches (error, BT_ERROR, BT_ERROR_CANCELLED))
    {
      ft_session_keep (self->session, &request->id, 1);
      ft_window_show_error (self, error);
    }
  g_free (request);
}

static void
remove_now (FtWindow *self, BtTorrentId id, gboolean with_data)
{
  Request *request = g_new (Request, 1);

  request->window = g_object_ref (self);
  request->id = id;
  ft_session_remove_async (self->session, id, with_data, NULL, removed_cb, request);
}

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_object_unref (removal->window);
  g_array_unref (removal->ids);
  g_free (removal);
}

static void
undo_cb (AdwToast *toast, gpointer user_data)
{
  Removal *removal = user_data;

  ft_session_keep (removal->window->session, (BtTorrentId *) (gpointer) removal->ids->data, removal->ids->len);
}

/* Those that are in the list again were put back. */
static void
dismissed_cb (AdwToast *toast, gpointer user_data)
{
  Removal *removal = user_data;
  FtWindow *self = removal->window;

  if (self->undo_toast == toast)
    self->undo_toast = NULL;
  for (guint i = 0; i < removal->ids->len; i++)
    {
      BtTorrentId id = g_array_index (removal->ids, BtTorrentId, i);

      if (self->session != NULL && ft_session_lookup (self->session, id) == NULL)
        remove_now (self, id, FALSE);
    }
}

static char *
describe_removal (GPtrArray *torrents)
{
  if (torrents->len == 1)
    return g_strdup_printf (_("“%s” was removed"), ft_torrent_get_status (torrents->pdata[0])->name);
  return g_strdup_printf (ngettext ("%u torrent was removed", "%u torrents were removed", torrents->len),
                          torrents->len);
}

static Removal *
removal_new (FtWindow *self, GPtrArray *torrents)
{
  Removal *removal = g_new (Removal, 1);

  removal->window = g_object_ref (self);
  removal->ids = g_array_new (FALSE, FALSE, sizeof (BtTorrentId));
  for (guint i = 0; i < torrents->len; i++)
    {
      BtTorrentId id = ft_torrent_get_id (torrents->pdata[i]);

      g_array_append_val (removal->ids, id);
    }
  return removal;
}

static void
remove_with_undo (FtWindow *self, GPtrArray *torrents)
{
  g_autofree char *text = describe_removal (torrents);
  AdwToast *toast = ft_window_make_toast (text);
  Removal *removal = removal_new (self, torrents);

  ft_toast_offer (toast, _("_Undo"));
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (undo_cb), removal);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (dismissed_cb), removal, removal_free, 0);
  ft_session_remove_later (self->session, (BtTorrentId *) (gpointer) removal->ids->data, removal->ids->len);
  self->undo_toast = toast;
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  if (torrents->len > 0)
    remove_with_undo (self, torrents);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  if (self->undo_toast == NULL)
    return;
  g_signal_emit_by_name (self->undo_toast, "button-clicked");
  adw_toast_dismiss (self->undo_toast);
}

/* With data: asked first, as the trash may be emptied. */

static void
confirmed_cb (FtRemoveDialog *dialog, gboolean with_data, gpointer user_data)
{
  FtSubject *subject = user_data;

  if (!with_data)
    {
      remove_with_undo (subject->window, subject->torrents);
      return;
    }
  for (guint i = 0; i < subject->torrents->len; i++)
    remove_now (subject->window, ft_torrent_get_id (subject->torrents->pdata[i]), TRUE);
}

static void
remove_with_data_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  FtRemoveDialog *dialog;

  if (torrents->len == 0)
    return;
  dialog = ft_remove_dialog_new (GTK_WINDOW (self), torrents);
  g_signal_connect_data (dialog, "confirmed", G_CALLBACK (confirmed_cb), ft_subject_new (self, torrents),
                         ft_subject_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ft_window_install_remove (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "win.remove-with-data", NULL, remove_with_data_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);

  /* Bindings of the class come after those of the widget in focus: a text field keeps its keys. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Delete, 0, "win.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, GDK_SHIFT_MASK, "win.remove-with-data",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
}
