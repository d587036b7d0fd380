/* ft-window-menu.c: the menu of torrents, by mouse, touch or keyboard.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-torrent-row.h"

/* The row at, around or just below a widget. Returns: (transfer none) (nullable) */
static GtkWidget *
find_row (GtkWidget *widget)
{
  GtkWidget *row;

  if (widget == NULL)
    return NULL;
  row = gtk_widget_get_ancestor (widget, FT_TYPE_TORRENT_ROW);
  if (row != NULL)
    return row;
  row = gtk_widget_get_first_child (widget);
  return FT_IS_TORRENT_ROW (row) ? row : NULL;
}

/* What is not selected becomes the selection; several that are selected stay so. */
static void
select_row (FtWindow *self, GtkWidget *row)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);
  FtTorrent *torrent = ft_torrent_row_get_torrent (FT_TORRENT_ROW (row));
  guint position;

  if (torrent == NULL)
    return;
  position = ft_window_find (self, ft_torrent_get_id (torrent));
  if (position != GTK_INVALID_LIST_POSITION && !gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
}

/* @x, @y: in the coordinates of the list */
static void
pop_up (FtWindow *self, double x, double y)
{
  GdkRectangle point = { 0, 0, 1, 1 };
  double page_x, page_y;

  if (!gtk_widget_translate_coordinates (GTK_WIDGET (self->list_view), GTK_WIDGET (self->list_page),
                                         x, y, &page_x, &page_y))
    return;
  ft_window_update_tagging (self);
  point.x = (int) page_x;
  point.y = (int) page_y;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu), &point);
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}

static void
pop_up_at (FtWindow *self, double x, double y)
{
  GtkWidget *list = GTK_WIDGET (self->list_view);
  GtkWidget *row = find_row (gtk_widget_pick (list, x, y, GTK_PICK_DEFAULT));

  if (row == NULL)
    return;
  select_row (self, row);
  pop_up (self, x, y);
}

static void
context_menu_pressed_cb (FtWindow *self, int n_press, double x, double y)
{
  pop_up_at (self, x, y);
}

static void
context_menu_long_pressed_cb (FtWindow *self, double x, double y)
{
  pop_up_at (self, x, y);
}

static void
show_menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  GtkWidget *row = find_row (gtk_window_get_focus (GTK_WINDOW (self)));
  graphene_rect_t bounds;

  if (row == NULL || !gtk_widget_compute_bounds (row, GTK_WIDGET (self->list_view), &bounds))
    return;
  select_row (self, row);
  pop_up (self, bounds.origin.x + bounds.size.width / 2, bounds.origin.y + bounds.size.height / 2);
}

void
ft_window_install_menu (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.show-torrent-menu", NULL, show_menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "win.show-torrent-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK,
                                       "win.show-torrent-menu", NULL);
  gtk_widget_class_bind_template_callback (widget_class, context_menu_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, context_menu_long_pressed_cb);
}

void
ft_window_init_menu (FtWindow *self)
{
  self->context_menu = gtk_popover_menu_new_from_model (self->torrent_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->context_menu), FALSE);
  gtk_widget_set_halign (self->context_menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->context_menu, GTK_WIDGET (self->list_page));
}

void
ft_window_end_menu (FtWindow *self)
{
  g_clear_pointer (&self->context_menu, gtk_widget_unparent);
}
