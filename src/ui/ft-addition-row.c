/* ft-addition-row.c: one of the torrents that are about to be added, in their list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition-row.h"

#include <glib/gi18n-lib.h>

struct _FtAdditionRow
{
  AdwActionRow parent_instance;

  FtAddition *addition;

  GtkImage *state_icon;
  GtkWidget *remove_button;
};

enum
{
  SIGNAL_REMOVE,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtAdditionRow, ft_addition_row, ADW_TYPE_ACTION_ROW)

static guint signals[N_SIGNALS];

static void
remove_cb (FtAdditionRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static const char *
choose_icon (FtAddition *addition)
{
  switch (ft_addition_get_state (addition))
    {
    case FT_ADDITION_FAILED:
      return "dialog-error-symbolic";
    case FT_ADDITION_DUPLICATE:
      return "information-symbolic";
    case FT_ADDITION_READY:
    case FT_ADDITION_WAITING:
    case FT_ADDITION_LOADING:
    default:
      return "document-save-symbolic";
    }
}

static void
update (FtAdditionRow *self)
{
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *label = NULL;

  g_object_get (self->addition, "title", &title, "subtitle", &subtitle, NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_image_set_from_icon_name (self->state_icon, choose_icon (self->addition));
  /* Translators: for a screen reader: %s is the name of a torrent. */
  label = g_strdup_printf (_("Do Not Add “%s”"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
ft_addition_row_dispose (GObject *object)
{
  g_clear_object (&FT_ADDITION_ROW (object)->addition);

  G_OBJECT_CLASS (ft_addition_row_parent_class)->dispose (object);
}

static void
ft_addition_row_class_init (FtAdditionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_addition_row_dispose;

  signals[SIGNAL_REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-addition-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtAdditionRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
ft_addition_row_init (FtAdditionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ft_addition_row_new (FtAddition *addition)
{
  FtAdditionRow *self;

  g_return_val_if_fail (FT_IS_ADDITION (addition), NULL);

  self = g_object_new (FT_TYPE_ADDITION_ROW, NULL);
  self->addition = g_object_ref (addition);
  g_signal_connect_object (addition, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

FtAddition *
ft_addition_row_get_addition (FtAdditionRow *self)
{
  g_return_val_if_fail (FT_IS_ADDITION_ROW (self), NULL);

  return self->addition;
}

void
ft_addition_row_set_alone (FtAdditionRow *self, gboolean alone)
{
  g_return_if_fail (FT_IS_ADDITION_ROW (self));

  gtk_widget_set_visible (self->remove_button, !alone);
}
