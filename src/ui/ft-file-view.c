/* ft-file-view.c: the files of a torrent to look at and to choose from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-view.h"

#include "ft-columns.h"
#include "ft-describe.h"
#include "ft-file-check.h"
#include "ft-file-closer.h"
#include "ft-file-expander.h"
#include "ft-file-name.h"
#include "ft-file-place.h"
#include "ft-file-priority.h"
#include "ft-late-rows.h"
#include "ft-piece-map.h"
#include "ft-prompt.h"
#include "ft-row-lead.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NARROW_WIDTH 560

struct _FtFileView
{
  AdwBin parent_instance;

  FtFileTree *tree;      /* (nullable) */
  GSignalGroup *signals; /* of the tree */
  gboolean live;
  gboolean narrow;
  GtkWidget *priority_popover;
  FtFilePlace *moving; /* (nullable): while a row gets another place */
  guint show_id;       /* shows the files soon; 0: need not */

  GtkStack *stack;
  GtkColumnView *column_view;
  GtkMultiSelection *selection;
  GtkColumnViewColumn *size_column;
  GtkColumnViewColumn *progress_column;
  GtkColumnViewColumn *pieces_column;
  GtkColumnViewColumn *priority_column;
  GtkSearchEntry *search_entry;
  GtkLabel *summary_label;
  GMenuModel *row_menu;
  GMenuModel *live_menu;
  GMenuModel *priority_menu;
};

enum
{
  PROP_0,
  PROP_TREE,
  PROP_LIVE,
  PROP_NARROW,
  N_PROPS
};

enum
{
  SIGNAL_OPEN,
  SIGNAL_SHOW,
  SIGNAL_RENAME,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtFileView, ft_file_view, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static FtFileItem *
dup_item (FtFileView *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  return row != NULL ? gtk_tree_list_row_get_item (row) : NULL;
}

/* (element-type FtFileItem) */
static GPtrArray *
dup_selected (FtFileView *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GtkBitsetIter iter;
  guint position;

  for (gboolean any = gtk_bitset_iter_init_first (&iter, bits, &position); any;
       any = gtk_bitset_iter_next (&iter, &position))
    {
      FtFileItem *item = dup_item (self, position);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  return items;
}

/* The list. */

static GListModel *
open_folder_cb (gpointer item, gpointer tree)
{
  return ft_file_tree_open_folder (tree, item);
}

static GListModel *
open_nothing_cb (gpointer item, gpointer tree)
{
  return NULL;
}

/* What was shown may be very much. */
static void
leave_list (FtFileView *self)
{
  GListModel *model = gtk_multi_selection_get_model (self->selection);

  if (model == NULL)
    return;
  ft_late_rows_keep (GTK_WIDGET (self->column_view));
  ft_file_expander_stop (GTK_TREE_LIST_MODEL (model));
  ft_file_closer_start (GTK_TREE_LIST_MODEL (model));
  gtk_multi_selection_set_model (self->selection, NULL);
}

/* @list: (transfer full) */
static void
show_list (FtFileView *self, GListModel *list, gboolean as_tree)
{
  g_autoptr (GtkTreeListModel) model
    = gtk_tree_list_model_new (list, FALSE, FALSE, as_tree ? open_folder_cb : open_nothing_cb,
                               g_object_ref (self->tree), g_object_unref);

  gtk_multi_selection_set_model (self->selection, G_LIST_MODEL (model));
}

/* What is the only folder is open from the start. */
static void
open_only_folder (FtFileView *self)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  g_autoptr (GtkTreeListRow) row = NULL;

  if (g_list_model_get_n_items (model) != 1)
    return;
  row = g_list_model_get_item (model, 0);
  gtk_tree_list_row_set_expanded (row, TRUE);
}

static void
show_page (FtFileView *self)
{
  const char *page = "list";

  if (self->show_id != 0)
    return;
  if (self->tree == NULL || !ft_file_tree_is_ready (self->tree))
    page = "waiting";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0)
    page = *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0' ? "not-found" : "empty";
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, child == gtk_stack_get_child_by_name (self->stack, page));
  gtk_stack_set_visible_child_name (self->stack, page);
}

static gboolean
show_files_cb (gpointer user_data)
{
  FtFileView *self = user_data;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  self->show_id = 0;
  if (self->tree != NULL && *text != '\0')
    show_list (self, ft_file_tree_search (self->tree, text), FALSE);
  else if (self->tree != NULL)
    {
      show_list (self, g_object_ref (ft_file_tree_get_root (self->tree)), TRUE);
      open_only_folder (self);
    }
  show_page (self);
  return G_SOURCE_REMOVE;
}

/* Before the next frame, but not in the turn in which the rows that were shown went. */
static void
show_files (FtFileView *self)
{
  leave_list (self);
  if (self->show_id == 0)
    self->show_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, show_files_cb, self, NULL);
}

static void
show_summary (FtFileView *self)
{
  guint n_files = self->tree != NULL ? ft_file_tree_get_n_files (self->tree) : 0;
  g_autofree char *wanted = NULL;
  g_autofree char *total = NULL;
  g_autofree char *text = NULL;

  if (n_files > 0)
    {
      wanted = ft_format_size (ft_file_tree_get_wanted_size (self->tree));
      total = ft_format_size (ft_file_tree_get_total_size (self->tree));
      /* Translators: "3 of 5 files chosen, 1.2 GB of 4 GB". */
      text = g_strdup_printf (ngettext ("%1$'u of %2$'u file chosen, %3$s of %4$s",
                                        "%1$'u of %2$'u files chosen, %3$s of %4$s", n_files),
                              ft_file_tree_get_n_wanted (self->tree), n_files, wanted, total);
    }
  gtk_label_set_label (self->summary_label, text != NULL ? text : "");
}

static void
ready_cb (FtFileView *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  show_summary (self);
  if (self->tree != NULL && ft_file_tree_is_ready (self->tree) == !g_str_equal (page, "waiting")
      && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    return;
  open_only_folder (self);
  show_page (self);
}

static void
moving_cb (FtFileView *self, FtFileItem *item)
{
  g_clear_pointer (&self->moving, ft_file_place_free);
  self->moving = ft_file_place_remember (GTK_SELECTION_MODEL (self->selection), item);
}

static void
moved_cb (FtFileView *self, FtFileItem *item, guint index)
{
  if (self->moving != NULL && *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) == '\0')
    ft_file_place_restore (g_steal_pointer (&self->moving), index);
}

static void
set_tree (FtFileView *self, FtFileTree *tree)
{
  if (!g_set_object (&self->tree, tree))
    return;
  g_signal_group_set_target (self->signals, tree);
  show_files (self);
  show_summary (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TREE]);
}

/* The choice of a priority is always at hand; where there is little room, without words. */
static void
set_narrow (FtFileView *self, gboolean narrow)
{
  if (narrow == self->narrow)
    return;
  self->narrow = narrow;
  gtk_column_view_column_set_title (self->priority_column, narrow ? "" : _("Priority"));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
}

static gboolean
fit_columns_cb (gpointer user_data)
{
  FtFileView *self = user_data;
  int never = G_MAXINT;
  int width = gtk_widget_get_width (GTK_WIDGET (self->column_view));
  const FtColumnRoom rooms[] = {
    { self->progress_column, self->live ? 0 : never },
    { self->size_column, self->live ? 420 : 0 },
    { self->pieces_column, self->live ? 680 : never },
  };

  ft_columns_fit (rooms, G_N_ELEMENTS (rooms), width);
  set_narrow (self, width < NARROW_WIDTH);
  return G_SOURCE_REMOVE;
}

/* Actions. */

static void
update_actions (FtFileView *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint64 n = gtk_bitset_get_size (bits);
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean found = *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0';

  gtk_widget_action_set_enabled (widget, "files.expand-all", !found);
  gtk_widget_action_set_enabled (widget, "files.collapse-all", !found);
  gtk_widget_action_set_enabled (widget, "files.priority", n > 0);
  gtk_widget_action_set_enabled (widget, "files.open", n == 1 && self->live);
  gtk_widget_action_set_enabled (widget, "files.show", n == 1 && self->live);
  gtk_widget_action_set_enabled (widget, "files.rename", n == 1 && self->live);
}

static void
priority_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtFileView *self = FT_FILE_VIEW (widget);
  g_autoptr (GPtrArray) items = dup_selected (self);

  if (self->tree != NULL)
    ft_file_tree_set_priority (self->tree, items, (guint8) g_variant_get_int32 (parameter));
}

static void
choose_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtFileView *self = FT_FILE_VIEW (widget);
  gboolean wanted = g_variant_get_boolean (parameter);

  if (self->tree != NULL)
    ft_file_tree_set_all_priorities (self->tree, wanted ? FT_PRIORITY_NORMAL : FT_PRIORITY_SKIP);
}

/* (nullable): between two lists */
static GtkTreeListModel *
get_tree_model (FtFileView *self)
{
  return GTK_TREE_LIST_MODEL (gtk_multi_selection_get_model (self->selection));
}

static void
expand_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtFileView *self = FT_FILE_VIEW (widget);

  if (get_tree_model (self) != NULL)
    ft_file_expander_start (get_tree_model (self));
}

static void
collapse_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtFileView *self = FT_FILE_VIEW (widget);

  if (self->tree != NULL)
    show_files (self);
}

static void
emit_for_selected (FtFileView *self, guint signal)
{
  g_autoptr (GPtrArray) items = dup_selected (self);

  if (items->len == 1)
    g_signal_emit (self, signals[signal], 0, items->pdata[0]);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  emit_for_selected (FT_FILE_VIEW (widget), SIGNAL_OPEN);
}

static void
show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  emit_for_selected (FT_FILE_VIEW (widget), SIGNAL_SHOW);
}

static char *
check_name (const char *text, gpointer data)
{
  FtFileItem *item = data;

  if (*text == '\0' || g_str_equal (text, ft_file_item_get_name (item)))
    return g_strdup ("");
  if (strchr (text, '/') != NULL || g_str_equal (text, ".") || g_str_equal (text, ".."))
    return g_strdup (_("A name has no slash, and is not “.” or “..”"));
  return NULL;
}

static void
rename_accepted_cb (FtPrompt *prompt, const char *text, gpointer user_data)
{
  FtFileView *self = user_data;

  g_signal_emit (self, signals[SIGNAL_RENAME], 0, g_object_get_data (G_OBJECT (prompt), "item"), text);
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtFileView *self = FT_FILE_VIEW (widget);
  g_autoptr (GPtrArray) items = dup_selected (self);
  FtFileItem *item;
  FtPrompt *prompt;

  if (items->len != 1)
    return;
  item = items->pdata[0];
  prompt = ft_prompt_new (widget, ft_file_item_is_folder (item) ? _("Rename Folder") : _("Rename File"),
                          _("It is renamed on the disk as well."), _("_Rename"), FALSE);
  g_object_set_data_full (G_OBJECT (prompt), "item", g_object_ref (item), g_object_unref);
  ft_prompt_set_check (prompt, check_name, g_object_ref (item), g_object_unref);
  ft_prompt_set_text (prompt, ft_file_item_get_name (item));
  g_signal_connect_object (prompt, "accepted", G_CALLBACK (rename_accepted_cb), self, 0);
  gtk_window_present (GTK_WINDOW (prompt));
}

static void
activated_cb (FtFileView *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  g_autoptr (FtFileItem) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (item == NULL)
    return;
  if (ft_file_item_is_folder (item))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else if (self->live)
    g_signal_emit (self, signals[SIGNAL_OPEN], 0, item);
}

static void
add_priority_popover (FtFileView *self)
{
  GtkWidget *view = GTK_WIDGET (self->column_view);

  self->priority_popover = gtk_popover_menu_new_from_model (self->priority_menu);
  gtk_widget_set_parent (self->priority_popover, view);
  g_signal_connect_object (view, "destroy", G_CALLBACK (gtk_widget_unparent), self->priority_popover,
                           G_CONNECT_SWAPPED);
}

static void
ft_file_view_constructed (GObject *object)
{
  FtFileView *self = FT_FILE_VIEW (object);

  G_OBJECT_CLASS (ft_file_view_parent_class)->constructed (object);

  ft_row_lead_add_menu (GTK_WIDGET (self->column_view), self->live ? self->live_menu : self->row_menu);
  add_priority_popover (self);
  ft_columns_watch (GTK_WIDGET (self->column_view), fit_columns_cb, self);
  fit_columns_cb (self);
  update_actions (self);
  show_page (self);
}

/* When a dialog closes, its rows are thrown away before it is. */
static void
ft_file_view_unroot (GtkWidget *widget)
{
  ft_late_rows_keep (GTK_WIDGET (FT_FILE_VIEW (widget)->column_view));

  GTK_WIDGET_CLASS (ft_file_view_parent_class)->unroot (widget);
}

static void
ft_file_view_dispose (GObject *object)
{
  FtFileView *self = FT_FILE_VIEW (object);

  g_clear_handle_id (&self->show_id, g_source_remove);
  if (self->selection != NULL)
    leave_list (self);
  g_clear_object (&self->signals);
  g_clear_object (&self->tree);
  g_clear_pointer (&self->moving, ft_file_place_free);

  G_OBJECT_CLASS (ft_file_view_parent_class)->dispose (object);
}

static void
ft_file_view_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtFileView *self = FT_FILE_VIEW (object);

  switch (prop_id)
    {
    case PROP_TREE:
      g_value_set_object (value, self->tree);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_view_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtFileView *self = FT_FILE_VIEW (object);

  switch (prop_id)
    {
    case PROP_TREE:
      set_tree (self, g_value_get_object (value));
      break;
    case PROP_LIVE:
      self->live = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "files.priority", "i", priority_action);
  gtk_widget_class_install_action (widget_class, "files.choose-all", "b", choose_all_action);
  gtk_widget_class_install_action (widget_class, "files.expand-all", NULL, expand_all_action);
  gtk_widget_class_install_action (widget_class, "files.collapse-all", NULL, collapse_all_action);
  gtk_widget_class_install_action (widget_class, "files.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "files.show", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "files.rename", NULL, rename_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "files.rename", NULL);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-file-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FtFileView, stack);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, column_view);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, selection);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, size_column);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, progress_column);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, pieces_column);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, priority_column);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, summary_label);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, row_menu);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, live_menu);
  gtk_widget_class_bind_template_child (widget_class, FtFileView, priority_menu);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_files);
  gtk_widget_class_bind_template_callback (widget_class, update_actions);
}

static void
ft_file_view_class_init (FtFileViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = ft_file_view_constructed;
  object_class->dispose = ft_file_view_dispose;
  object_class->get_property = ft_file_view_get_property;
  object_class->set_property = ft_file_view_set_property;
  GTK_WIDGET_CLASS (klass)->unroot = ft_file_view_unroot;

  properties[PROP_TREE] = g_param_spec_object ("tree", NULL, NULL, FT_TYPE_FILE_TREE,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LIVE]
    = g_param_spec_boolean ("live", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW]
    = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, FT_TYPE_FILE_ITEM);
  signals[SIGNAL_SHOW] = g_signal_new ("show-file", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, FT_TYPE_FILE_ITEM);
  signals[SIGNAL_RENAME] = g_signal_new ("rename", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 2, FT_TYPE_FILE_ITEM, G_TYPE_STRING);

  /* Named in templates. */
  g_type_ensure (FT_TYPE_FILE_CHECK);
  g_type_ensure (FT_TYPE_FILE_NAME);
  g_type_ensure (FT_TYPE_FILE_PRIORITY);
  g_type_ensure (FT_TYPE_PIECE_MAP);
  g_type_ensure (FT_TYPE_ROW_LEAD);
  bind_template (GTK_WIDGET_CLASS (klass));
  install_actions (GTK_WIDGET_CLASS (klass));
}

static void
ft_file_view_init (FtFileView *self)
{
  self->signals = g_signal_group_new (FT_TYPE_FILE_TREE);
  g_signal_group_connect_swapped (self->signals, "notify::ready", G_CALLBACK (ready_cb), self);
  g_signal_group_connect_swapped (self->signals, "moving", G_CALLBACK (moving_cb), self);
  g_signal_group_connect_swapped (self->signals, "moved", G_CALLBACK (moved_cb), self);
  g_signal_group_connect_swapped (self->signals, "notify::wanted-size", G_CALLBACK (show_summary), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_file_view_ask_priority (FtFileView *self, GtkWidget *button)
{
  GtkSelectionModel *selection;
  FtRowLead *lead;
  graphene_rect_t bounds;

  g_return_if_fail (FT_IS_FILE_VIEW (self));
  g_return_if_fail (GTK_IS_WIDGET (button));

  selection = GTK_SELECTION_MODEL (self->selection);
  lead = ft_row_lead_find (button);
  if (lead == NULL || !gtk_widget_compute_bounds (button, GTK_WIDGET (self->column_view), &bounds))
    return;
  if (!gtk_selection_model_is_selected (selection, ft_row_lead_get_position (lead)))
    gtk_selection_model_select_item (selection, ft_row_lead_get_position (lead), TRUE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->priority_popover),
                               &(GdkRectangle) { (int) bounds.origin.x, (int) bounds.origin.y,
                                                 (int) bounds.size.width, (int) bounds.size.height });
  gtk_popover_popup (GTK_POPOVER (self->priority_popover));
}

static gboolean
contains (GPtrArray *items, FtFileItem *item)
{
  return g_ptr_array_find (items, item, NULL);
}

void
ft_file_view_choose (FtFileView *self, FtFileItem *item, gboolean wanted)
{
  g_autoptr (GPtrArray) items = dup_selected (self);

  g_return_if_fail (FT_IS_FILE_VIEW (self));
  g_return_if_fail (FT_IS_FILE_ITEM (item));

  if (!contains (items, item))
    {
      g_ptr_array_set_size (items, 0);
      g_ptr_array_add (items, g_object_ref (item));
    }
  ft_file_tree_set_priority (self->tree, items, wanted ? FT_PRIORITY_NORMAL : FT_PRIORITY_SKIP);
}
