/* ft-torrent-cell.c: one fact of one torrent in the table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-cell.h"

struct _FtTorrentCell
{
  GtkWidget parent_instance;

  const FtColumn *column;
  FtTorrent *torrent;    /* (nullable) */
  GSignalGroup *signals; /* of the torrent */

  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (FtTorrentCell, ft_torrent_cell, GTK_TYPE_WIDGET)

static gboolean
is_first (FtTorrentCell *self)
{
  return g_str_equal (self->column->id, "name");
}

/* The focus is on the row, which holds a widget for each cell: its name is what is read aloud. */
static void
update_sentence (FtTorrentCell *self)
{
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkWidget *row = cell != NULL ? gtk_widget_get_parent (cell) : NULL;
  g_autofree char *sentence = NULL;

  if (row == NULL || self->torrent == NULL)
    return;
  g_object_get (self->torrent, "row-text", &sentence, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}

static void
update_text (FtTorrentCell *self)
{
  g_autofree char *text = self->torrent != NULL ? self->column->dup_text (self->torrent) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (self->label), text);
  if (!self->column->numeric)
    gtk_widget_set_tooltip_text (self->label, *text != '\0' ? text : NULL);
}

static void
changed_cb (FtTorrentCell *self, guint changed)
{
  if ((changed & self->column->facts) != 0)
    update_text (self);
  if (is_first (self))
    update_sentence (self);
}

static void
ft_torrent_cell_root (GtkWidget *widget)
{
  FtTorrentCell *self = FT_TORRENT_CELL (widget);

  GTK_WIDGET_CLASS (ft_torrent_cell_parent_class)->root (widget);

  if (is_first (self))
    update_sentence (self);
}

static void
ft_torrent_cell_dispose (GObject *object)
{
  FtTorrentCell *self = FT_TORRENT_CELL (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->torrent);
  g_clear_pointer (&self->label, gtk_widget_unparent);

  G_OBJECT_CLASS (ft_torrent_cell_parent_class)->dispose (object);
}

static void
ft_torrent_cell_class_init (FtTorrentCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_torrent_cell_dispose;
  widget_class->root = ft_torrent_cell_root;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ft_torrent_cell_init (FtTorrentCell *self)
{
  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  self->signals = g_signal_group_new (FT_TYPE_TORRENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb), self);
}

GtkWidget *
ft_torrent_cell_new (const FtColumn *column)
{
  FtTorrentCell *self;

  g_return_val_if_fail (column != NULL, NULL);

  self = g_object_new (FT_TYPE_TORRENT_CELL, NULL);
  self->column = column;
  gtk_label_set_xalign (GTK_LABEL (self->label), column->numeric ? 1 : 0);
  if (column->numeric)
    gtk_widget_add_css_class (self->label, "numeric");
  return GTK_WIDGET (self);
}

void
ft_torrent_cell_set_torrent (FtTorrentCell *self, FtTorrent *torrent)
{
  g_return_if_fail (FT_IS_TORRENT_CELL (self));
  g_return_if_fail (torrent == NULL || FT_IS_TORRENT (torrent));

  if (!g_set_object (&self->torrent, torrent))
    return;
  g_signal_group_set_target (self->signals, torrent);
  update_text (self);
  if (is_first (self))
    update_sentence (self);
}

FtTorrent *
ft_torrent_cell_get_torrent (FtTorrentCell *self)
{
  g_return_val_if_fail (FT_IS_TORRENT_CELL (self), NULL);

  return self->torrent;
}
