/* ft-window-views.c: two views over the same torrents and the same selection.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-late-rows.h"
#include "ft-window-private.h"

static gboolean
is_table (FtWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->view_stack), "table") == 0;
}

static GtkWidget *
get_view (FtWindow *self)
{
  return is_table (self) ? ft_torrent_table_get_view (self->table) : GTK_WIDGET (self->list_view);
}

/* What the view does not have yet is scrolled to when it has come. */
void
ft_window_scroll_to (FtWindow *self, guint position)
{
  g_autoptr (FtTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  self->awaited_id = 0;
  if (torrent != NULL && position >= g_list_model_get_n_items (G_LIST_MODEL (self->rows)))
    self->awaited_id = ft_torrent_get_id (torrent);
  else if (is_table (self))
    ft_torrent_table_scroll_to (self->table, position);
  else
    gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", position);
}

static void
rows_changed_cb (FtWindow *self)
{
  guint position;

  if (self->awaited_id == 0)
    return;
  position = ft_window_find (self, self->awaited_id);
  if (position != GTK_INVALID_LIST_POSITION)
    ft_window_scroll_to (self, position);
  else
    self->awaited_id = 0;
}

/* Where one was in the other view, or before another choice. */
static void
scroll_to_selected (FtWindow *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  if (!gtk_bitset_is_empty (bits))
    ft_window_scroll_to (self, gtk_bitset_get_minimum (bits));
}

static gboolean
has_focus (FtWindow *self, GtkWidget *view)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  return focus != NULL && gtk_widget_is_ancestor (focus, view);
}

/* A view is filled anew, in steps; but one that has the focus keeps its place by itself. */
void
ft_window_begin_other_rows (FtWindow *self)
{
  GtkWidget *view = get_view (self);

  ft_late_rows_keep (view);
  if (!has_focus (self, view))
    ft_gradual_selection_restart (self->rows);
}

void
ft_window_end_other_rows (FtWindow *self)
{
  if (!has_focus (self, get_view (self)))
    scroll_to_selected (self);
}

/* A screen reader finds what a stack does not show, but not what is hidden. */
static void
view_changed_cb (FtWindow *self)
{
  g_autofree char *name = g_settings_get_string (self->settings, "view");
  GtkWidget *shown = gtk_stack_get_child_by_name (self->view_stack, name);

  ft_late_rows_keep (get_view (self));
  gtk_widget_set_visible (shown, TRUE);
  gtk_stack_set_visible_child (self->view_stack, shown);
  /* The other view would keep a row for each of 200 torrents and follow all changes. */
  ft_gradual_selection_restart (self->rows);
  gtk_list_view_set_model (self->list_view, is_table (self) ? NULL : GTK_SELECTION_MODEL (self->rows));
  ft_torrent_table_set_model (self->table, is_table (self) ? GTK_SELECTION_MODEL (self->rows) : NULL);
  for (GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->view_stack)); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    gtk_widget_set_visible (view, view == shown);
  scroll_to_selected (self);
}

void
ft_window_install_views (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FtWindow, view_stack);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, table);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, rows);
}

void
ft_window_init_views (FtWindow *self)
{
  g_autoptr (GSimpleActionGroup) columns = g_simple_action_group_new ();

  ft_torrent_table_set_up (self->table, self->settings);
  ft_torrent_table_fill_menu (self->table, self->columns_menu, columns);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", G_ACTION_GROUP (columns));
  g_signal_connect_object (self->settings, "changed::view", G_CALLBACK (view_changed_cb), self,
                           G_CONNECT_SWAPPED);
  /* After the views. */
  g_signal_connect_object (self->rows, "items-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  view_changed_cb (self);
}
