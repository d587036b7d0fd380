/* ft-window-menu.c: the menu of torrents, by mouse, touch or keyboard.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-torrent-cell.h"
#include "ft-torrent-row.h"

#include <glib/gi18n-lib.h>

/* Returns: (transfer none) (nullable) */
static FtTorrent *
get_torrent (GtkWidget *widget)
{
  if (FT_IS_TORRENT_ROW (widget))
    return ft_torrent_row_get_torrent (FT_TORRENT_ROW (widget));
  if (FT_IS_TORRENT_CELL (widget))
    return ft_torrent_cell_get_torrent (FT_TORRENT_CELL (widget));
  return NULL;
}

FtTorrent *
ft_window_find_torrent (FtWindow *self, GtkWidget *widget)
{
  for (GtkWidget *at = widget; at != NULL && at != GTK_WIDGET (self->list_page); at = gtk_widget_get_parent (at))
    if (get_torrent (at) != NULL)
      return get_torrent (at);
  /* The item of a view has the row, or cells with one thing each. */
  for (guint depth = 0; widget != NULL && depth < 3; depth++)
    {
      if (get_torrent (widget) != NULL)
        return get_torrent (widget);
      if (GTK_IS_LIST_VIEW (widget) || GTK_IS_COLUMN_VIEW (widget))
        return NULL;
      widget = gtk_widget_get_first_child (widget);
    }
  return NULL;
}

/* What is not selected becomes the selection; several that are selected stay so. */
static void
select_torrent (FtWindow *self, FtTorrent *torrent)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);
  guint position = ft_window_find (self, ft_torrent_get_id (torrent));

  if (position != GTK_INVALID_LIST_POSITION && !gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
}

static gboolean
give_focus_back_cb (gpointer user_data)
{
  FtWindow *self = user_data;
  GtkWidget *before = self->focus_before_menu;
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (before != NULL && gtk_widget_get_mapped (before) && (focus == NULL || !gtk_widget_get_mapped (focus)))
    gtk_widget_grab_focus (before);
  return G_SOURCE_REMOVE;
}

/* GTK leaves nobody with the focus after a menu in a menu. When this is told of, the menu has it still. */
static void
menu_closed_cb (FtWindow *self)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, give_focus_back_cb, g_object_ref (self), g_object_unref);
}

/* @x, @y: in the coordinates of the page */
static void
pop_up (FtWindow *self, FtTorrent *torrent, double x, double y)
{
  const GdkRectangle point = { (int) x, (int) y, 1, 1 };

  select_torrent (self, torrent);
  ft_window_update_tagging (self);
  g_set_weak_pointer (&self->focus_before_menu, gtk_root_get_focus (GTK_ROOT (self)));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu), &point);
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}

static void
pop_up_at (FtWindow *self, double x, double y)
{
  GtkWidget *page = GTK_WIDGET (self->list_page);
  FtTorrent *torrent = ft_window_find_torrent (self, gtk_widget_pick (page, x, y, GTK_PICK_DEFAULT));

  if (torrent != NULL)
    pop_up (self, torrent, x, y);
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
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  FtTorrent *torrent = focus != NULL ? ft_window_find_torrent (self, focus) : NULL;
  graphene_rect_t bounds;

  if (torrent != NULL && gtk_widget_compute_bounds (focus, GTK_WIDGET (self->list_page), &bounds))
    pop_up (self, torrent, bounds.origin.x + MIN (bounds.size.width / 2, 200),
            bounds.origin.y + bounds.size.height / 2);
}

/* Torrents are dragged to tags. A press on one of several that are selected makes it the only one: what was
 * selected before is kept until it is known whether this becomes a drag. */

static void
drag_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  FtWindow *self = user_data;
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  g_clear_pointer (&self->selected_before, gtk_bitset_unref);
  if (gtk_bitset_get_size (bits) > 1)
    self->selected_before = gtk_bitset_copy (bits);
}

static void
select_again (FtWindow *self, FtTorrent *torrent)
{
  g_autoptr (GtkBitset) bits = g_steal_pointer (&self->selected_before);
  g_autoptr (GtkBitset) all = NULL;

  if (bits == NULL || !gtk_bitset_contains (bits, ft_window_find (self, ft_torrent_get_id (torrent))))
    return;
  all = gtk_bitset_new_range (0, g_list_model_get_n_items (G_LIST_MODEL (self->selection)));
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->selection), bits, all);
}

static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source, double x, double y, gpointer user_data)
{
  FtWindow *self = user_data;
  GtkWidget *page = GTK_WIDGET (self->list_page);
  FtTorrent *torrent = ft_window_find_torrent (self, gtk_widget_pick (page, x, y, GTK_PICK_DEFAULT));

  if (torrent == NULL)
    return NULL;
  select_again (self, torrent);
  return gdk_content_provider_new_typed (FT_TYPE_TORRENT, torrent);
}

/* Its name, or how many there are. */
static char *
describe_drag (FtWindow *self, GdkDrag *drag)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GPtrArray) torrents = NULL;

  g_value_init (&value, FT_TYPE_TORRENT);
  if (!gdk_content_provider_get_value (gdk_drag_get_content (drag), &value, NULL))
    return g_strdup ("");
  torrents = ft_window_dup_dragged (self, g_value_get_object (&value));
  if (torrents->len == 1)
    return g_strdup (ft_torrent_get_status (torrents->pdata[0])->name);
  return g_strdup_printf (ngettext ("%u torrent", "%u torrents", torrents->len), torrents->len);
}

static void
drag_begin_cb (GtkDragSource *source, GdkDrag *drag, gpointer user_data)
{
  g_autofree char *text = describe_drag (user_data, drag);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_widget_add_css_class (label, "drag-label");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), label);
}

static void
add_drag_source (FtWindow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_object (click, "pressed", G_CALLBACK (drag_pressed_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->list_page), GTK_EVENT_CONTROLLER (click));
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect_object (source, "prepare", G_CALLBACK (drag_prepare_cb), self, 0);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (drag_begin_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->list_page), GTK_EVENT_CONTROLLER (source));
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
  g_signal_connect_object (self->context_menu, "closed", G_CALLBACK (menu_closed_cb), self, G_CONNECT_SWAPPED);
  add_drag_source (self);
}

void
ft_window_end_menu (FtWindow *self)
{
  g_clear_weak_pointer (&self->focus_before_menu);
  g_clear_pointer (&self->context_menu, gtk_widget_unparent);
  g_clear_pointer (&self->selected_before, gtk_bitset_unref);
}
