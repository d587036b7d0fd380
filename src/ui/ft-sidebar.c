/* ft-sidebar.c: the groups of torrents: what they do, their tags, their trackers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sidebar.h"

#include "ft-sidebar-row.h"

#include <glib/gi18n-lib.h>

struct _FtSidebar
{
  AdwBin parent_instance;

  FtSidebarModel *model; /* (nullable) */
  GtkWidget *tag_menu;

  GtkListBox *list_box;
  GMenuModel *tag_menu_model;
};

enum
{
  SIGNAL_SELECTED,
  SIGNAL_ACTIVATED,
  SIGNAL_DROPPED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtSidebar, ft_sidebar, ADW_TYPE_BIN)

static guint signals[N_SIGNALS];

static FtSidebarItem *
get_item (GtkListBoxRow *row)
{
  return ft_sidebar_row_get_item (FT_SIDEBAR_ROW (row));
}

static gboolean
takes_drops (FtSidebarItem *item)
{
  FtSidebarKind kind = ft_sidebar_item_get_kind (item);

  return kind == FT_SIDEBAR_TAG || kind == FT_SIDEBAR_UNTAGGED;
}

/* The untagged stand with the tags. */
static FtSidebarKind
get_section (GtkListBoxRow *row)
{
  FtSidebarKind kind = ft_sidebar_item_get_kind (get_item (row));

  return kind == FT_SIDEBAR_UNTAGGED ? FT_SIDEBAR_TAG : kind;
}

static void
set_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  FtSidebarKind section = get_section (row);
  GtkWidget *header;

  if (section == FT_SIDEBAR_CATEGORY || (before != NULL && get_section (before) == section))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  if (gtk_list_box_row_get_header (row) != NULL)
    return;
  header = gtk_label_new (section == FT_SIDEBAR_TAG ? _("Tags") : _("Trackers"));
  gtk_label_set_xalign (GTK_LABEL (header), 0);
  gtk_widget_add_css_class (header, "sidebar-heading");
  gtk_widget_add_css_class (header, "heading");
  gtk_widget_add_css_class (header, "dim-label");
  gtk_list_box_row_set_header (row, header);
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  FtSidebar *self = user_data;
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));

  if (!G_VALUE_HOLDS (value, FT_TYPE_TORRENT))
    return FALSE;
  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, get_item (GTK_LIST_BOX_ROW (row)),
                 g_value_get_object (value));
  return TRUE;
}

static void
pop_up_tag_menu (FtSidebar *self, GtkListBoxRow *row)
{
  FtTag *tag = ft_sidebar_item_get_tag (get_item (row));
  g_autoptr (GMenu) menu = NULL;

  if (tag == NULL)
    return;
  menu = g_menu_new ();
  for (int i = 0; i < g_menu_model_get_n_items (self->tag_menu_model); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new_from_model (self->tag_menu_model, i);

      g_menu_item_set_attribute (item, G_MENU_ATTRIBUTE_TARGET, "s", ft_tag_get_name (tag));
      g_menu_append_item (menu, item);
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->tag_menu), G_MENU_MODEL (menu));
  g_object_ref (self->tag_menu);
  if (gtk_widget_get_parent (self->tag_menu) != NULL)
    gtk_widget_unparent (self->tag_menu);
  gtk_widget_set_parent (self->tag_menu, GTK_WIDGET (row));
  g_object_unref (self->tag_menu);
  gtk_popover_popup (GTK_POPOVER (self->tag_menu));
}

static void
menu_pressed_cb (FtSidebar *self, int n_press, double x, double y)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list_box, (int) y);

  if (row != NULL)
    pop_up_tag_menu (self, row);
}

static void
menu_long_pressed_cb (FtSidebar *self, double x, double y)
{
  menu_pressed_cb (self, 1, x, y);
}

static void
show_menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtSidebar *self = FT_SIDEBAR (widget);
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list_box));

  if (GTK_IS_LIST_BOX_ROW (focus))
    pop_up_tag_menu (self, GTK_LIST_BOX_ROW (focus));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = ft_sidebar_row_new (item);
  GtkDropTarget *target;

  if (!takes_drops (item))
    return row;
  target = gtk_drop_target_new (FT_TYPE_TORRENT, GDK_ACTION_COPY);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), user_data, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
  return row;
}

static void
row_selected_cb (FtSidebar *self, GtkListBoxRow *row)
{
  if (row != NULL)
    g_signal_emit (self, signals[SIGNAL_SELECTED], 0, get_item (row));
}

static void
row_activated_cb (FtSidebar *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0);
}

/* The group that was selected may be gone. */
static void
keep_selected (FtSidebar *self)
{
  if (gtk_list_box_get_selected_row (self->list_box) == NULL)
    ft_sidebar_select_all (self);
}

/* A menu that stands on a row goes before the row does. */
static void
items_changed_cb (FtSidebar *self)
{
  if (gtk_widget_get_parent (self->tag_menu) != NULL)
    gtk_widget_unparent (self->tag_menu);
}

static void
ft_sidebar_dispose (GObject *object)
{
  FtSidebar *self = FT_SIDEBAR (object);

  if (self->tag_menu != NULL)
    {
      items_changed_cb (self);
      g_clear_object (&self->tag_menu);
    }
  g_clear_object (&self->model);

  G_OBJECT_CLASS (ft_sidebar_parent_class)->dispose (object);
}

static void
ft_sidebar_class_init (FtSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_sidebar_dispose;

  signals[SIGNAL_SELECTED] = g_signal_new ("selected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, FT_TYPE_SIDEBAR_ITEM);
  signals[SIGNAL_ACTIVATED]
    = g_signal_new ("activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DROPPED] = g_signal_new ("dropped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, FT_TYPE_SIDEBAR_ITEM, FT_TYPE_TORRENT);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, FtSidebar, list_box);
  gtk_widget_class_bind_template_child (widget_class, FtSidebar, tag_menu_model);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_long_pressed_cb);
  gtk_widget_class_install_action (widget_class, "sidebar.show-menu", NULL, show_menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "sidebar.show-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "sidebar.show-menu", NULL);
}

static void
ft_sidebar_init (FtSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list_box, set_header, NULL, NULL);
  self->tag_menu = g_object_ref_sink (gtk_popover_menu_new_from_model (NULL));
}

void
ft_sidebar_set_model (FtSidebar *self, FtSidebarModel *model)
{
  g_return_if_fail (FT_IS_SIDEBAR (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (model), make_row, self, NULL);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (keep_selected), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  keep_selected (self);
}

void
ft_sidebar_select_all (FtSidebar *self)
{
  g_return_if_fail (FT_IS_SIDEBAR (self));

  gtk_list_box_select_row (self->list_box, gtk_list_box_get_row_at_index (self->list_box, 0));
}

FtSidebarItem *
ft_sidebar_get_selected (FtSidebar *self)
{
  GtkListBoxRow *row;

  g_return_val_if_fail (FT_IS_SIDEBAR (self), NULL);

  row = gtk_list_box_get_selected_row (self->list_box);
  return row != NULL ? get_item (row) : NULL;
}
