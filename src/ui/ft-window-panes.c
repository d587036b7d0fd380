/* ft-window-panes.c: sidebar, list and details: side by side as there is room, else one at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

/* Whether both may stand side by side, of which one may be hidden now. That is sure when it is not so; else it
 * depends on what is in them. */
static gboolean
may_have_room (FtWindow *self)
{
  int list, details;

  gtk_widget_get_size_request (self->list_pane, &list, NULL);
  gtk_widget_get_size_request (self->details_pane, &details, NULL);
  return list + details < gtk_widget_get_width (GTK_WIDGET (self->details_leaflet));
}

/* The panes' width requests are what they need at least; so a pane that is hidden counts too. */
static gboolean
has_room (AdwLeaflet *leaflet)
{
  int needed = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (leaflet)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int width, natural;

      gtk_widget_get_size_request (child, &width, NULL);
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &natural, NULL, NULL, NULL);
      needed += MAX (width, natural);
    }
  return needed <= gtk_widget_get_width (GTK_WIDGET (leaflet));
}

static gboolean
is_shown (AdwLeaflet *leaflet, GtkWidget *pane)
{
  return !adw_leaflet_get_folded (leaflet) || adw_leaflet_get_visible_child (leaflet) == pane;
}

static gboolean
wants_details (FtWindow *self)
{
  return g_settings_get_boolean (self->settings, "show-details");
}

/* The window's own buttons stand on the outermost header bars. */
static void
update_headers (FtWindow *self)
{
  gboolean sidebar_folded = adw_leaflet_get_folded (self->sidebar_leaflet);
  gboolean details_folded = self->narrow || adw_leaflet_get_folded (self->details_leaflet);
  gboolean sidebar_beside = !sidebar_folded && gtk_widget_get_visible (self->sidebar_pane);
  gboolean details_beside = !details_folded && gtk_widget_get_visible (self->details_pane);

  adw_header_bar_set_show_end_title_buttons (self->sidebar_header, sidebar_folded);
  adw_header_bar_set_show_start_title_buttons (self->list_header, !sidebar_beside);
  adw_header_bar_set_show_end_title_buttons (self->list_header, !details_beside);
  adw_header_bar_set_show_start_title_buttons (self->details_header,
                                               details_folded && !sidebar_beside);
  gtk_widget_set_visible (self->sidebar_back_button, sidebar_folded);
  gtk_widget_set_visible (self->sidebar_toggle, !sidebar_folded);
  gtk_widget_set_visible (self->details_back_button, details_folded);
  gtk_widget_set_visible (self->details_toggle, !details_folded);
  /* The title needs the room: the menu has it, too. */
  gtk_widget_set_visible (self->search_toggle, !sidebar_folded);
}

/* Whoever makes the window narrow wants to see the list first. */
void
ft_window_update_panes (FtWindow *self)
{
  if (!self->narrow)
    gtk_widget_set_visible (self->details_pane, wants_details (self));
  if (!adw_leaflet_get_folded (self->sidebar_leaflet))
    adw_leaflet_set_visible_child (self->sidebar_leaflet, GTK_WIDGET (self->details_leaflet));
  if (!adw_leaflet_get_folded (self->details_leaflet) && has_room (self->details_leaflet))
    adw_leaflet_set_visible_child (self->details_leaflet, self->list_pane);
  update_headers (self);
  ft_window_update_details (self);
}

static void
show_sidebar_changed_cb (FtWindow *self)
{
  gboolean show = g_settings_get_boolean (self->settings, "show-sidebar");

  gtk_widget_set_visible (self->sidebar_pane, show);
  if (show && !has_room (self->sidebar_leaflet))
    adw_leaflet_set_visible_child (self->sidebar_leaflet, self->sidebar_pane);
  update_headers (self);
}

static gboolean
update_panes_soon (gpointer data)
{
  FtWindow *self = data;

  self->panes_id = 0;
  ft_window_update_panes (self);
  return G_SOURCE_REMOVE;
}

/* A leaflet does not tell whether there would be room for a pane that is hidden. Nothing may be shown or hidden
 * while places are given. */
void
ft_window_allocated (FtWindow *self)
{
  gboolean narrow;

  if (self->settings == NULL)
    return;
  narrow = gtk_widget_get_visible (self->details_pane) ? adw_leaflet_get_folded (self->details_leaflet)
                                                       : !may_have_room (self);
  if (narrow == self->narrow)
    return;
  self->narrow = narrow;
  if (self->panes_id == 0)
    self->panes_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_panes_soon, self, NULL);
}

void
ft_window_end_panes (FtWindow *self)
{
  g_clear_handle_id (&self->panes_id, g_source_remove);
}

static void
show_details_changed_cb (FtWindow *self)
{
  gboolean show = wants_details (self);

  g_simple_action_set_state (self->show_details, g_variant_new_boolean (show));
  ft_window_update_panes (self);
  if (show && !has_room (self->details_leaflet))
    adw_leaflet_set_visible_child (self->details_leaflet, self->details_pane);
}

void
ft_window_update_details (FtWindow *self)
{
  g_autoptr (GPtrArray) torrents = NULL;
  gboolean seen = gtk_widget_get_visible (self->details_pane)
                  && is_shown (self->details_leaflet, self->details_pane);

  if (!seen)
    return;
  torrents = ft_window_dup_selected (self);
  if (torrents->len > 1)
    ft_selection_summary_update (self->selection_summary, torrents);
  g_object_set (self->details, "torrent", torrents->len == 1 ? torrents->pdata[0] : NULL, NULL);
  gtk_stack_set_visible_child_name (self->details_stack, torrents->len == 0   ? "none"
                                                         : torrents->len == 1 ? "one"
                                                                              : "several");
}

void
ft_window_open_details (FtWindow *self)
{
  if (!self->narrow)
    {
      g_settings_set_boolean (self->settings, "show-details", TRUE);
      return;
    }
  gtk_widget_set_visible (self->details_pane, TRUE);
  adw_leaflet_set_visible_child (self->details_leaflet, self->details_pane);
  update_headers (self);
  ft_window_update_details (self);
}

/* Returns: whether there was a way back. */
static gboolean
leave_details (FtWindow *self)
{
  if (!self->narrow || !gtk_widget_get_visible (self->details_pane)
      || adw_leaflet_get_visible_child (self->details_leaflet) != self->details_pane)
    return FALSE;
  adw_leaflet_set_visible_child (self->details_leaflet, self->list_pane);
  return TRUE;
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  if (!leave_details (self))
    adw_leaflet_navigate (self->sidebar_leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/* One step back from wherever one is. */
static void
escape_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  if (!leave_details (self))
    gtk_widget_activate_action (widget, "win.select-none", NULL);
}

/* What a wide window shows is remembered; in a narrow one they come and go. */
static void
show_details_activated_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FtWindow *self = user_data;

  if (!self->narrow)
    g_settings_set_boolean (self->settings, "show-details", !wants_details (self));
  else if (!leave_details (self))
    ft_window_open_details (self);
}

static void
details_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ft_window_open_details (FT_WINDOW (widget));
}

void
ft_window_install_panes (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FtWindow, sidebar_leaflet);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, sidebar_pane);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, sidebar_header);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, sidebar_back_button);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, sidebar_toggle);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, details_leaflet);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, list_pane);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, list_header);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, details_pane);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, details_header);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, details_back_button);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, details_toggle);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, search_toggle);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, details_stack);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, details);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, selection_summary);
  gtk_widget_class_bind_template_callback (widget_class, ft_window_update_panes);
  gtk_widget_class_bind_template_callback (widget_class, ft_window_open_details);

  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.escape", NULL, escape_action);
  gtk_widget_class_install_action (widget_class, "win.details", NULL, details_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Back, 0, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.escape", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_ALT_MASK, "win.details",
                                       NULL);
}

void
ft_window_init_panes (FtWindow *self)
{
  g_autoptr (GAction) sidebar = g_settings_create_action (self->settings, "show-sidebar");

  g_action_map_add_action (G_ACTION_MAP (self), sidebar);
  self->show_details
    = g_simple_action_new_stateful ("show-details", NULL, g_variant_new_boolean (wants_details (self)));
  g_signal_connect_object (self->show_details, "activate", G_CALLBACK (show_details_activated_cb), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (self->show_details));
  g_object_unref (self->show_details);
  gtk_widget_set_visible (self->sidebar_pane,
                          g_settings_get_boolean (self->settings, "show-sidebar"));
  gtk_widget_set_visible (self->details_pane, wants_details (self));
  adw_leaflet_set_visible_child (self->sidebar_leaflet, GTK_WIDGET (self->details_leaflet));
  g_signal_connect_object (self->settings, "changed::show-sidebar",
                           G_CALLBACK (show_sidebar_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::show-details",
                           G_CALLBACK (show_details_changed_cb), self, G_CONNECT_SWAPPED);
  ft_window_update_panes (self);
}
