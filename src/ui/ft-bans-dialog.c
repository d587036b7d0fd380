/* ft-bans-dialog.c: the addresses that a torrent is not exchanged with.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-bans-dialog.h"

#include "ft-ban-row.h"

struct _FtBansDialog
{
  AdwWindow parent_instance;

  GtkStringList *addresses;
  GtkStack *stack;
};

enum
{
  SIGNAL_UNBAN,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtBansDialog, ft_bans_dialog, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

static void
unban_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_UNBAN], 0, g_variant_get_string (parameter, NULL));
}

static void
ft_bans_dialog_class_init (FtBansDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[SIGNAL_UNBAN] = g_signal_new ("unban", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (FT_TYPE_BAN_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-bans-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtBansDialog, addresses);
  gtk_widget_class_bind_template_child (widget_class, FtBansDialog, stack);
  gtk_widget_class_install_action (widget_class, "bans.unban", "s", unban_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ft_bans_dialog_init (FtBansDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtBansDialog *
ft_bans_dialog_new (GtkWidget *widget)
{
  g_return_val_if_fail (GTK_IS_WIDGET (widget), NULL);

  return g_object_new (FT_TYPE_BANS_DIALOG, "transient-for", gtk_widget_get_root (widget), NULL);
}

static gboolean
is_same (FtBansDialog *self, guint position, GPtrArray *bans, guint i)
{
  return g_strcmp0 (gtk_string_list_get_string (self->addresses, position), bans->pdata[i]) == 0;
}

void
ft_bans_dialog_show (FtBansDialog *self, GPtrArray *bans)
{
  guint n_old, begin, end;
  g_autoptr (GPtrArray) added = g_ptr_array_new ();

  g_return_if_fail (FT_IS_BANS_DIALOG (self));
  g_return_if_fail (bans != NULL);

  n_old = g_list_model_get_n_items (G_LIST_MODEL (self->addresses));
  for (begin = 0; begin < MIN (n_old, bans->len) && is_same (self, begin, bans, begin); begin++)
    ;
  for (end = 0; end < MIN (n_old, bans->len) - begin && is_same (self, n_old - 1 - end, bans, bans->len - 1 - end);
       end++)
    ;
  for (guint i = begin; i < bans->len - end; i++)
    g_ptr_array_add (added, bans->pdata[i]);
  g_ptr_array_add (added, NULL);
  if (n_old != bans->len || added->len > 1)
    gtk_string_list_splice (self->addresses, begin, n_old - begin - end, (const char *const *) added->pdata);
  gtk_stack_set_visible_child_name (self->stack, bans->len > 0 ? "list" : "empty");
}
