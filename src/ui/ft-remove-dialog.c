/* ft-remove-dialog.c: the question before torrents are removed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-remove-dialog.h"

#include "ft-torrent.h"

#include <glib/gi18n-lib.h>

struct _FtRemoveDialog
{
  AdwMessageDialog parent_instance;

  GtkCheckButton *with_data;
};

enum
{
  SIGNAL_CONFIRMED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtRemoveDialog, ft_remove_dialog, ADW_TYPE_MESSAGE_DIALOG)

static guint signals[N_SIGNALS];

static void
ft_remove_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  FtRemoveDialog *self = FT_REMOVE_DIALOG (dialog);

  if (g_str_equal (response, "remove"))
    g_signal_emit (self, signals[SIGNAL_CONFIRMED], 0,
                   gtk_check_button_get_active (self->with_data));
}

static void
ft_remove_dialog_class_init (FtRemoveDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  ADW_MESSAGE_DIALOG_CLASS (klass)->response = ft_remove_dialog_response;

  signals[SIGNAL_CONFIRMED]
    = g_signal_new ("confirmed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-remove-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtRemoveDialog, with_data);
}

static void
ft_remove_dialog_init (FtRemoveDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Heading and body are text: a name is never read as markup. */
static void
set_texts (FtRemoveDialog *self, GPtrArray *torrents)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  FtTorrent *first = g_ptr_array_index (torrents, 0);

  if (torrents->len == 1)
    {
      adw_message_dialog_set_heading (dialog, _("Remove the Torrent?"));
      adw_message_dialog_format_body (dialog, _("“%s” will no longer be in the list."),
                                      ft_torrent_get_status (first)->name);
      return;
    }
  adw_message_dialog_format_heading (
    dialog, ngettext ("Remove %u Torrent?", "Remove %u Torrents?", torrents->len), torrents->len);
  adw_message_dialog_set_body (dialog, _("They will no longer be in the list."));
}

FtRemoveDialog *
ft_remove_dialog_new (GtkWindow *parent, GPtrArray *torrents)
{
  FtRemoveDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (torrents != NULL && torrents->len > 0, NULL);

  self = g_object_new (FT_TYPE_REMOVE_DIALOG, "transient-for", parent, NULL);
  set_texts (self, torrents);
  return self;
}
