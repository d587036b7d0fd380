/* ft-rename-dialog.c: asks for the name that a torrent is shown by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-rename-dialog.h"

#include "bt-text.h"

#include <string.h>

#define MAX_NAME_BYTES 255

struct _FtRenameDialog
{
  AdwMessageDialog parent_instance;

  BtTorrentId id;

  GtkEditable *entry;
};

enum
{
  SIGNAL_RENAMED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtRenameDialog, ft_rename_dialog, ADW_TYPE_MESSAGE_DIALOG)

static guint signals[N_SIGNALS];

static void
ft_rename_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  FtRenameDialog *self = FT_RENAME_DIALOG (dialog);
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autofree char *name = bt_text_for_display (typed, strlen (typed), MAX_NAME_BYTES);

  if (g_str_equal (response, "rename"))
    g_signal_emit (self, signals[SIGNAL_RENAMED], 0, *name != '\0' ? name : NULL);
}

static void
ft_rename_dialog_class_init (FtRenameDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  ADW_MESSAGE_DIALOG_CLASS (klass)->response = ft_rename_dialog_response;

  signals[SIGNAL_RENAMED]
    = g_signal_new ("renamed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-rename-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtRenameDialog, entry);
}

static void
ft_rename_dialog_init (FtRenameDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtRenameDialog *
ft_rename_dialog_new (GtkWindow *parent, FtTorrent *torrent)
{
  FtRenameDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (FT_IS_TORRENT (torrent), NULL);

  self = g_object_new (FT_TYPE_RENAME_DIALOG, "transient-for", parent, NULL);
  self->id = ft_torrent_get_id (torrent);
  gtk_editable_set_text (self->entry, ft_torrent_get_status (torrent)->name);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (self->entry, 0, -1);
  return self;
}

BtTorrentId
ft_rename_dialog_get_id (FtRenameDialog *self)
{
  g_return_val_if_fail (FT_IS_RENAME_DIALOG (self), 0);

  return self->id;
}
