/* ft-window-list.c: which torrents are seen, in which order: group, search, sort.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include <glib/gi18n-lib.h>

static gboolean
match (gpointer item, gpointer user_data)
{
  FtWindow *self = user_data;

  return ft_query_matches (self->query, item);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  FtWindow *self = user_data;
  int order = ft_column_compare (self->sort_column, (FtTorrent *) a, (FtTorrent *) b);

  return self->sort_descending ? -order : order;
}

static void
filter_again (FtWindow *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* The group and the text. */

static void
update_title (FtWindow *self)
{
  FtSidebarItem *item = ft_sidebar_get_selected (self->sidebar);

  if (item != NULL)
    adw_window_title_set_title (self->list_title, ft_sidebar_item_get_kind (item) == FT_SIDEBAR_CATEGORY
                                                      && ft_sidebar_item_get_category (item) == FT_CATEGORY_ALL
                                                    ? _("FriendTorrent")
                                                    : ft_sidebar_item_get_title (item));
}

static void
group_selected_cb (FtWindow *self, FtSidebarItem *item)
{
  ft_window_begin_other_rows (self);
  ft_sidebar_item_apply (item, self->query);
  filter_again (self);
  ft_window_update_page (self);
  ft_window_end_other_rows (self);
  update_title (self);
}

/* In a narrow window the list takes the sidebar's place. */
static void
group_activated_cb (FtWindow *self)
{
  adw_leaflet_set_visible_child (self->sidebar_leaflet, GTK_WIDGET (self->details_leaflet));
}

static void
search_changed_cb (FtWindow *self)
{
  const char *text = gtk_search_bar_get_search_mode (self->search_bar)
                       ? gtk_editable_get_text (GTK_EDITABLE (self->search_entry))
                       : "";

  if (!ft_query_set_text (self->query, text))
    return;
  ft_window_begin_other_rows (self);
  filter_again (self);
  ft_window_update_page (self);
  ft_window_end_other_rows (self);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  adw_leaflet_set_visible_child (self->sidebar_leaflet, GTK_WIDGET (self->details_leaflet));
  adw_leaflet_set_visible_child (self->details_leaflet, self->list_pane);
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
clear_search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
}

static void
show_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  gtk_widget_activate_action (widget, "win.clear-search", NULL);
  ft_sidebar_select_all (self->sidebar);
}

/* Order. */

static gboolean
sort_again (gpointer data)
{
  FtWindow *self = data;

  self->sort_id = 0;
  gtk_sorter_changed (GTK_SORTER (self->sorter), GTK_SORTER_CHANGE_DIFFERENT);
  return G_SOURCE_REMOVE;
}

/* Column and direction often change together: sorted once. */
static void
sort_changed_cb (FtWindow *self)
{
  g_autofree char *id = g_settings_get_string (self->settings, "sort-column");
  const FtColumn *column = ft_column_lookup (id);

  self->sort_column = column != NULL ? column : ft_column_lookup ("added");
  self->sort_descending = g_settings_get_boolean (self->settings, "sort-descending");
  if (self->sort_id == 0)
    self->sort_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, sort_again, self, NULL);
}

/* Only what concerns what is seen is looked at again. */
void
ft_window_update_list (FtWindow *self, BtChanged changed)
{
  if ((changed & ft_query_get_facts (self->query)) != 0)
    {
      filter_again (self);
      ft_window_update_page (self);
    }
  if ((changed & ft_column_get_order_facts (self->sort_column)) != 0)
    gtk_sorter_changed (GTK_SORTER (self->sorter), GTK_SORTER_CHANGE_DIFFERENT);
}

static void
add_sort_items (FtWindow *self)
{
  guint n_columns;
  const FtColumn *columns = ft_column_get_all (&n_columns);

  for (guint i = 0; i < n_columns; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (ft_column_get_title (&columns[i]), NULL);

      g_menu_item_set_action_and_target (item, "win.sort-column", "s", columns[i].id);
      g_menu_append_item (self->sort_menu, item);
    }
}

static void
add_setting_actions (FtWindow *self)
{
  const char *keys[] = { "sort-column", "sort-descending", "view" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GAction) action = g_settings_create_action (self->settings, keys[i]);

      g_action_map_add_action (G_ACTION_MAP (self), action);
    }
}

static void
make_models (FtWindow *self)
{
  GListModel *torrents = ft_session_get_torrents (self->session);
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;

  self->query = ft_query_new ();
  self->filter = gtk_custom_filter_new (match, self, NULL);
  self->sorter = gtk_custom_sorter_new (compare, self, NULL);
  sort_changed_cb (self);
  filtered = gtk_filter_list_model_new (g_object_ref (torrents), GTK_FILTER (g_object_ref (self->filter)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), GTK_SORTER (g_object_ref (self->sorter)));
  gtk_multi_selection_set_model (self->selection, G_LIST_MODEL (sorted));
  g_object_unref (sorted);
}

static void
make_sidebar (FtWindow *self)
{
  g_autoptr (FtSidebarModel) model = NULL;

  model = ft_sidebar_model_new (FT_TORRENT_LIST (ft_session_get_torrents (self->session)),
                                ft_window_get_tags (self));
  g_signal_connect_object (self->sidebar, "selected", G_CALLBACK (group_selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sidebar, "activated", G_CALLBACK (group_activated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sidebar, "dropped", G_CALLBACK (ft_window_tag_dropped), self,
                           G_CONNECT_SWAPPED);
  ft_sidebar_set_model (self->sidebar, model);
}

void
ft_window_install_list (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FtWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, list_title);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, sort_menu);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.clear-search", NULL, clear_search_action);
  gtk_widget_class_install_action (widget_class, "win.show-all", NULL, show_all_action);
}

void
ft_window_init_list (FtWindow *self)
{
  make_models (self);
  add_setting_actions (self);
  add_sort_items (self);
  g_signal_connect_object (self->settings, "changed::sort-column", G_CALLBACK (sort_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::sort-descending", G_CALLBACK (sort_changed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self->list_pane));
  make_sidebar (self);
}

void
ft_window_end_list (FtWindow *self)
{
  g_clear_handle_id (&self->sort_id, g_source_remove);
  if (self->selection != NULL)
    gtk_multi_selection_set_model (self->selection, NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->sorter);
  g_clear_pointer (&self->query, ft_query_free);
}
