/* ft-window.c: the window with the list of torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window.h"

#include "ft-policy-banner.h"
#include "ft-status-bar.h"
#include "ft-torrent-list.h"
#include "ft-torrent-row.h"
#include "ft-window-private.h"

#include <glib/gi18n-lib.h>

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_SETTINGS,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtWindow, ft_window, ADW_TYPE_APPLICATION_WINDOW)

static GParamSpec *properties[N_PROPS];

/* Nothing is seen though there are torrents: the search or the group is why. */
static const char *
choose_empty_page (FtWindow *self)
{
  FtSidebarItem *group = ft_sidebar_get_selected (self->sidebar);
  const char *text = NULL;

  if (self->query->words[0] != NULL)
    return "not_found";
  if (group != NULL && ft_sidebar_item_get_kind (group) == FT_SIDEBAR_CATEGORY)
    text = ft_category_get_empty_text (ft_sidebar_item_get_category (group));
  adw_status_page_set_title (self->group_page, text != NULL ? text : _("Nothing Here"));
  return "group";
}

static const char *
choose_page (FtWindow *self)
{
  FtSessionState state = ft_session_get_state (self->session);
  g_autofree char *failure = NULL;

  g_object_get (self->session, "failure", &failure, NULL);
  if (state == FT_SESSION_STOPPED && failure != NULL)
    return "failed";
  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    return "list";
  if (g_list_model_get_n_items (ft_session_get_torrents (self->session)) > 0)
    return choose_empty_page (self);
  return state == FT_SESSION_RUNNING ? "empty" : "starting";
}

/* A screen reader finds what a stack does not show, but not what is hidden. */
void
ft_window_update_page (FtWindow *self)
{
  GtkWidget *shown = gtk_stack_get_child_by_name (self->stack, choose_page (self));

  if (gtk_stack_get_visible_child (self->stack) == shown && gtk_widget_get_visible (shown))
    return;
  gtk_widget_set_visible (shown, TRUE);
  gtk_stack_set_visible_child (self->stack, shown);
  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->stack)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    gtk_widget_set_visible (page, page == shown);
}

/* For the template. */

static char *
escape_text (gpointer unused, const char *text)
{
  return text != NULL ? g_markup_escape_text (text, -1) : NULL;
}

static void
updated_cb (FtWindow *self, guint changed)
{
  if ((changed & (BT_CHANGED_STATE | BT_CHANGED_OPTIONS | BT_CHANGED_PROGRESS)) != 0)
    ft_window_update_actions (self);
  ft_window_update_list (self, (BtChanged) changed);
  ft_window_update_details (self);
}

static void
items_changed_cb (FtWindow *self)
{
  /* Its positions are others now. */
  g_clear_pointer (&self->selected_before, gtk_bitset_unref);
  ft_window_update_page (self);
  if (self->reveal_id != 0)
    ft_window_reveal (self, self->reveal_id);
}

static void
ft_window_constructed (GObject *object)
{
  FtWindow *self = FT_WINDOW (object);
  GListModel *torrents = ft_session_get_torrents (self->session);

  G_OBJECT_CLASS (ft_window_parent_class)->constructed (object);

  g_signal_connect_object (torrents, "updated", G_CALLBACK (updated_cb), self, G_CONNECT_SWAPPED);
  /* After the views, which know nothing yet of an item that is to be scrolled to. */
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (ft_window_update_page), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "problem", G_CALLBACK (ft_window_show_toast), self,
                           G_CONNECT_SWAPPED);
  ft_window_init_actions (self);
  ft_window_init_list (self);
  ft_window_init_views (self);
  ft_window_init_panes (self);
  ft_window_init_drop (self);
  ft_window_init_links (self);
  ft_window_init_menu (self);
  ft_window_update_actions (self);
  ft_window_update_page (self);
}

static void
ft_window_dispose (GObject *object)
{
  FtWindow *self = FT_WINDOW (object);

  ft_window_end_menu (self);
  ft_window_end_move (self);
  ft_window_end_save (self);
  ft_window_end_tags (self);
  ft_window_end_add (self);
  ft_window_end_list (self);
  ft_window_end_panes (self);
  g_clear_object (&self->sequential);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_window_parent_class)->dispose (object);
}

static void
ft_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtWindow *self = FT_WINDOW (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_window_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtWindow *self = FT_WINDOW (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    case PROP_SETTINGS:
      self->settings = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (ft_window_parent_class)->size_allocate (widget, width, height, baseline);

  ft_window_allocated (FT_WINDOW (widget));
}

/* The application saves everything before it ends: it is asked instead of the window destroyed. */
static gboolean
ft_window_close_request (GtkWindow *window)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "app.close-window", NULL);
  return GDK_EVENT_STOP;
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FtWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, list_page);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, list_view);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, selection);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, action_bar);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, selection_label);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, torrent_menu);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, columns_menu);
  gtk_widget_class_bind_template_child (widget_class, FtWindow, group_page);
  gtk_widget_class_bind_template_callback (widget_class, escape_text);
  gtk_widget_class_bind_template_callback (widget_class, ft_window_update_actions);
}

static void
ft_window_class_init (FtWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = ft_window_constructed;
  object_class->dispose = ft_window_dispose;
  object_class->get_property = ft_window_get_property;
  object_class->set_property = ft_window_set_property;
  widget_class->size_allocate = ft_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = ft_window_close_request;

  properties[PROP_SESSION]
    = g_param_spec_object ("session", NULL, NULL, FT_TYPE_SESSION,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SETTINGS]
    = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* Named in templates. */
  g_type_ensure (FT_TYPE_DETAILS);
  g_type_ensure (FT_TYPE_GRADUAL_SELECTION);
  g_type_ensure (FT_TYPE_SELECTION_SUMMARY);
  g_type_ensure (FT_TYPE_FETCH_BAR);
  g_type_ensure (FT_TYPE_POLICY_BANNER);
  g_type_ensure (FT_TYPE_SESSION);
  g_type_ensure (FT_TYPE_SIDEBAR);
  g_type_ensure (FT_TYPE_STATUS_BAR);
  g_type_ensure (FT_TYPE_TORRENT);
  g_type_ensure (FT_TYPE_TORRENT_ROW);
  g_type_ensure (FT_TYPE_TORRENT_TABLE);
  bind_template (widget_class);
  ft_window_install_actions (widget_class);
  ft_window_install_list (widget_class);
  ft_window_install_views (widget_class);
  ft_window_install_tagging (widget_class);
  ft_window_install_remove (widget_class);
  ft_window_install_copy (widget_class);
  ft_window_install_panes (widget_class);
  ft_window_install_add (widget_class);
  ft_window_install_links (widget_class);
  ft_window_install_menu (widget_class);
  ft_window_install_move (widget_class);
  ft_window_install_options (widget_class);
  ft_window_install_open (widget_class);
  ft_window_install_rename (widget_class);
  ft_window_install_save (widget_class);
  ft_window_install_tags (widget_class);
  ft_window_install_toasts (widget_class);
}

static void
ft_window_init (FtWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtWindow *
ft_window_new (GtkApplication *application, FtSession *session, GSettings *settings)
{
  FtWindow *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (FT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FT_TYPE_WINDOW, "application", application, "session", session,
                       "settings", settings, NULL);
  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  return self;
}

GPtrArray *
ft_window_dup_selected (FtWindow *self)
{
  GPtrArray *torrents = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) bits
    = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GtkBitsetIter iter;
  guint position;

  for (gboolean any = gtk_bitset_iter_init_first (&iter, bits, &position); any;
       any = gtk_bitset_iter_next (&iter, &position))
    {
      FtTorrent *torrent = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

      /* While items go, the selection may still name positions that are gone. */
      if (torrent != NULL)
        g_ptr_array_add (torrents, torrent);
    }
  return torrents;
}

guint
ft_window_find (FtWindow *self, BtTorrentId id)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n_items = g_list_model_get_n_items (model);

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (model, i);

      if (ft_torrent_get_id (torrent) == id)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

void
ft_window_reveal (FtWindow *self, BtTorrentId id)
{
  guint position;

  /* Added again before it was really gone: that undoes its removal. */
  ft_session_keep (self->session, &id, 1);
  position = ft_window_find (self, id);
  if (position == GTK_INVALID_LIST_POSITION && ft_session_lookup (self->session, id) != NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.show-all", NULL);
      position = ft_window_find (self, id);
    }
  self->reveal_id = position == GTK_INVALID_LIST_POSITION ? id : 0;
  if (position != GTK_INVALID_LIST_POSITION)
    ft_window_scroll_to (self, position);
}
