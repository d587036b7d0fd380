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

/* What has the rows. */
static GtkWidget *
get_list (FtWindow *self)
{
  return is_table (self) ? ft_torrent_table_get_list (self->table) : GTK_WIDGET (self->list_view);
}

static void
scroll_view (FtWindow *self, guint position)
{
  gtk_widget_activate_action (get_list (self), "list.scroll-to-item", "u", position);
}

static gboolean
scroll_again_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  FtWindow *self = FT_WINDOW (widget);
  guint position;

  if (self->scroll_frames > 0)
    {
      self->scroll_frames--;
      return G_SOURCE_CONTINUE;
    }
  self->scroll_id = 0;
  position = ft_window_find (self, self->scrolled_id);
  if (position < g_list_model_get_n_items (G_LIST_MODEL (self->rows)))
    scroll_view (self, position);
  return G_SOURCE_REMOVE;
}

/* A row that has just come has no height before the next frame has laid it out. Who scrolls to it sees where it
 * begins: below the last one that is seen, that is nothing of it. */
static void
scroll_again_when_laid_out (FtWindow *self, FtTorrent *torrent)
{
  self->scrolled_id = ft_torrent_get_id (torrent);
  self->scroll_frames = 1;
  if (self->scroll_id == 0)
    self->scroll_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_again_cb, NULL, NULL);
}

/* What the view does not have yet is scrolled to when it has come. */
void
ft_window_scroll_to (FtWindow *self, guint position)
{
  g_autoptr (FtTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  self->awaited_id = 0;
  if (torrent == NULL)
    return;
  if (position >= g_list_model_get_n_items (G_LIST_MODEL (self->rows)))
    {
      self->awaited_id = ft_torrent_get_id (torrent);
      return;
    }
  scroll_view (self, position);
  scroll_again_when_laid_out (self, torrent);
}

/* Where one was in the other view, or before another choice. */
static void
scroll_to_selected (FtWindow *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  if (!gtk_bitset_is_empty (bits))
    ft_window_scroll_to (self, gtk_bitset_get_minimum (bits));
}

/* The focus. A view that has it keeps its place by itself when it is given other rows, for which it needs all of them
 * at once. So the focus waits in the pane around it, where keys mean the same, until the row has come that it is for:
 * that of the same torrent, or the first. */

static gboolean
has_focus (FtWindow *self, GtkWidget *view)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  return focus != NULL && gtk_widget_is_ancestor (focus, view);
}

static gboolean
focus_waits (FtWindow *self)
{
  return gtk_root_get_focus (GTK_ROOT (self)) == self->list_pane;
}

static void
let_focus_wait (FtWindow *self)
{
  FtTorrent *torrent = ft_window_find_torrent (self, gtk_root_get_focus (GTK_ROOT (self)));

  self->focus_id = torrent != NULL ? ft_torrent_get_id (torrent) : 0;
  gtk_widget_set_focusable (self->list_pane, TRUE);
  gtk_window_set_focus (GTK_WINDOW (self), self->list_pane);
}

/* Returns: (transfer none) (nullable): what has the focus for a torrent */
static GtkWidget *
find_row (FtWindow *self, FtTorrent *torrent)
{
  for (GtkWidget *row = gtk_widget_get_first_child (get_list (self)); row != NULL; row = gtk_widget_get_next_sibling (row))
    if (ft_window_find_torrent (self, row) == torrent)
      return row;
  return NULL;
}

static void
focus_row (FtWindow *self, guint position)
{
  g_autoptr (FtTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (self->rows), position);
  GtkWidget *row;

  scroll_view (self, position);
  row = find_row (self, torrent);
  if (row != NULL)
    gtk_widget_grab_focus (row);
  else
    gtk_widget_grab_focus (get_view (self));
}

static void
focus_elsewhere (FtWindow *self)
{
  if (gtk_search_bar_get_search_mode (self->search_bar))
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  else
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/* Unless a person moved it meanwhile. */
static void
give_focus_back (FtWindow *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = self->focus_id != 0 ? ft_window_find (self, self->focus_id) : GTK_INVALID_LIST_POSITION;

  if (position == GTK_INVALID_LIST_POSITION)
    position = 0;
  if (focus_waits (self))
    {
      if (n > 0 && position >= g_list_model_get_n_items (G_LIST_MODEL (self->rows)))
        return;
      if (n > 0)
        focus_row (self, position);
      else
        focus_elsewhere (self);
    }
  gtk_widget_set_focusable (self->list_pane, FALSE);
}

static void
rows_changed_cb (FtWindow *self)
{
  guint position;

  if (gtk_widget_get_focusable (self->list_pane))
    give_focus_back (self);
  if (self->awaited_id == 0)
    return;
  position = ft_window_find (self, self->awaited_id);
  if (position != GTK_INVALID_LIST_POSITION)
    ft_window_scroll_to (self, position);
  else
    self->awaited_id = 0;
}

/* A view is filled anew, in steps. */
void
ft_window_begin_other_rows (FtWindow *self)
{
  GtkWidget *view = get_view (self);

  ft_late_rows_keep (view);
  if (has_focus (self, view))
    let_focus_wait (self);
  ft_gradual_selection_restart (self->rows);
}

void
ft_window_end_other_rows (FtWindow *self)
{
  if (focus_waits (self))
    give_focus_back (self);
  else
    scroll_to_selected (self);
}

/* A screen reader finds what a stack does not show, but not what is hidden. */
static void
view_changed_cb (FtWindow *self)
{
  g_autofree char *name = g_settings_get_string (self->settings, "view");
  GtkWidget *shown = gtk_stack_get_child_by_name (self->view_stack, name);

  ft_window_begin_other_rows (self);
  gtk_widget_set_visible (shown, TRUE);
  gtk_stack_set_visible_child (self->view_stack, shown);
  /* The other view would keep a row for each of 200 torrents and follow all changes. */
  gtk_list_view_set_model (self->list_view, is_table (self) ? NULL : GTK_SELECTION_MODEL (self->rows));
  ft_torrent_table_set_model (self->table, is_table (self) ? GTK_SELECTION_MODEL (self->rows) : NULL);
  for (GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->view_stack)); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    gtk_widget_set_visible (view, view == shown);
  ft_window_end_other_rows (self);
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
