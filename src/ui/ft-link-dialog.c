/* ft-link-dialog.c: asks for links to torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-dialog.h"

#include "ft-links.h"

#include <glib/gi18n-lib.h>

struct _FtLinkDialog
{
  AdwWindow parent_instance;

  GCancellable *cancellable;

  GtkTextBuffer *buffer;
  GtkLabel *hint_label;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtLinkDialog, ft_link_dialog, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

static char *
dup_text (FtLinkDialog *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE));
}

static char *
describe (const char *text, guint n_links)
{
  if (n_links > 0)
    return g_strdup_printf (ngettext ("%u link", "%u links", n_links), n_links);
  if (*text != '\0')
    return g_strdup (_("This is no link to a torrent. Such links begin with “magnet:?”, or are addresses of .torrent "
                       "files in the web."));
  return g_strdup (_("Copy a link on a web page and paste it here: one that begins with “magnet:?”, or the address of "
                     "a .torrent file."));
}

static void
text_changed_cb (FtLinkDialog *self)
{
  g_autofree char *text = dup_text (self);
  g_auto (GStrv) links = ft_links_find (text);
  g_autofree char *hint = describe (text, g_strv_length (links));

  gtk_label_set_text (self->hint_label, hint);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "link-dialog.add", links[0] != NULL);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (FtLinkDialog) self = g_object_ref (FT_LINK_DIALOG (widget));
  g_autofree char *text = dup_text (self);
  g_auto (GStrv) links = ft_links_find (text);
  g_autofree char *joined = g_strjoinv ("\n", links);

  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, joined);
}

/* Only what is nothing but a link: a clipboard may hold anything. */
static gboolean
is_offer (const char *text)
{
  g_autofree char *link = ft_link_normalize (text);

  return link != NULL && (ft_link_is_magnet (link) || ft_link_names_torrent (link));
}

static void
clipboard_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtLinkDialog) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);

  if (text == NULL || self->cancellable == NULL
      || gtk_text_buffer_get_char_count (self->buffer) > 0)
    return;
  if (is_offer (g_strstrip (text)))
    gtk_text_buffer_set_text (self->buffer, text, -1);
}

static void
ft_link_dialog_dispose (GObject *object)
{
  FtLinkDialog *self = FT_LINK_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (ft_link_dialog_parent_class)->dispose (object);
}

static void
ft_link_dialog_class_init (FtLinkDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_link_dialog_dispose;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-link-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtLinkDialog, buffer);
  gtk_widget_class_bind_template_child (widget_class, FtLinkDialog, hint_label);
  gtk_widget_class_bind_template_callback (widget_class, text_changed_cb);
  gtk_widget_class_install_action (widget_class, "link-dialog.add", NULL, add_action);
}

static void
ft_link_dialog_init (FtLinkDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  text_changed_cb (self);
}

FtLinkDialog *
ft_link_dialog_new (GtkWindow *parent)
{
  FtLinkDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);

  self = g_object_new (FT_TYPE_LINK_DIALOG, "transient-for", parent, NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (parent)), self->cancellable,
                                 clipboard_read_cb, g_object_ref (self));
  return self;
}
