/* ft-gradual-selection.c: a selection whose many rows come to a view in steps.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-gradual-selection.h"

/* The first step fills a tall window. When a view has all the widgets that it wants, the rest costs nothing. */
#define STEP 25
#define N_IN_STEPS 250

struct _FtGradualSelection
{
  GObject parent_instance;

  GtkSelectionModel *selection;
  guint n_shown; /* as long as it grows: of those at the beginning */
  guint grow_id; /* 0: all are shown */
};

enum
{
  PROP_0,
  PROP_SELECTION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return g_list_model_get_item_type (G_LIST_MODEL (FT_GRADUAL_SELECTION (model)->selection));
}

static guint
get_n_items (GListModel *model)
{
  return FT_GRADUAL_SELECTION (model)->n_shown;
}

static gpointer
get_item (GListModel *model, guint position)
{
  FtGradualSelection *self = FT_GRADUAL_SELECTION (model);

  return position < self->n_shown ? g_list_model_get_item (G_LIST_MODEL (self->selection), position) : NULL;
}

static void
implement_list_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  return gtk_selection_model_is_selected (FT_GRADUAL_SELECTION (model)->selection, position);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  return gtk_selection_model_get_selection_in_range (FT_GRADUAL_SELECTION (model)->selection, position, n_items);
}

static gboolean
select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  return gtk_selection_model_select_item (FT_GRADUAL_SELECTION (model)->selection, position, unselect_rest);
}

static gboolean
unselect_item (GtkSelectionModel *model, guint position)
{
  return gtk_selection_model_unselect_item (FT_GRADUAL_SELECTION (model)->selection, position);
}

static gboolean
select_range (GtkSelectionModel *model, guint position, guint n_items, gboolean unselect_rest)
{
  return gtk_selection_model_select_range (FT_GRADUAL_SELECTION (model)->selection, position, n_items, unselect_rest);
}

static gboolean
unselect_range (GtkSelectionModel *model, guint position, guint n_items)
{
  return gtk_selection_model_unselect_range (FT_GRADUAL_SELECTION (model)->selection, position, n_items);
}

/* All, not only those that have come. */
static gboolean
select_all (GtkSelectionModel *model)
{
  return gtk_selection_model_select_all (FT_GRADUAL_SELECTION (model)->selection);
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  return gtk_selection_model_unselect_all (FT_GRADUAL_SELECTION (model)->selection);
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  return gtk_selection_model_set_selection (FT_GRADUAL_SELECTION (model)->selection, selected, mask);
}

static void
implement_selection_model (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->unselect_range = unselect_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
  iface->set_selection = set_selection;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtGradualSelection, ft_gradual_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, implement_list_model)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, implement_selection_model))

static gboolean
grow_cb (gpointer user_data)
{
  g_autoptr (FtGradualSelection) self = g_object_ref (user_data);
  guint position = self->n_shown;
  guint n_left = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) - position;
  guint added = position < N_IN_STEPS ? MIN (STEP, n_left) : n_left;

  /* The first rows come before the next frame, the others one step after each. */
  g_source_set_priority (g_main_current_source (), G_PRIORITY_DEFAULT_IDLE);
  self->n_shown += added;
  if (added == n_left)
    self->grow_id = 0;
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, added);
  return added == n_left ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
grow_from_start (FtGradualSelection *self)
{
  g_clear_handle_id (&self->grow_id, g_source_remove);
  self->grow_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, grow_cb, self, NULL);
}

/* While it grows, only what is in the beginning that is shown concerns the view. */
static void
items_changed_cb (FtGradualSelection *self, guint position, guint removed, guint added)
{
  guint end = position + removed;

  if (self->grow_id == 0 && self->n_shown == 0 && added > STEP)
    grow_from_start (self);
  if (self->grow_id != 0 && position >= self->n_shown)
    return;
  if (self->grow_id != 0 && end > self->n_shown)
    {
      removed = self->n_shown - position;
      added = MIN (added, removed);
    }
  self->n_shown += added - removed;
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
selection_changed_cb (FtGradualSelection *self, guint position, guint n_items)
{
  if (position < self->n_shown)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), position,
                                           MIN (n_items, self->n_shown - position));
}

static void
set_inner (FtGradualSelection *self, GtkSelectionModel *selection)
{
  self->selection = g_object_ref (selection);
  g_signal_connect_object (selection, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "selection-changed", G_CALLBACK (selection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (selection)));
}

static void
ft_gradual_selection_dispose (GObject *object)
{
  FtGradualSelection *self = FT_GRADUAL_SELECTION (object);

  g_clear_handle_id (&self->grow_id, g_source_remove);

  G_OBJECT_CLASS (ft_gradual_selection_parent_class)->dispose (object);
}

static void
ft_gradual_selection_finalize (GObject *object)
{
  g_object_unref (FT_GRADUAL_SELECTION (object)->selection);

  G_OBJECT_CLASS (ft_gradual_selection_parent_class)->finalize (object);
}

static void
ft_gradual_selection_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SELECTION:
      set_inner (FT_GRADUAL_SELECTION (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_gradual_selection_class_init (FtGradualSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ft_gradual_selection_dispose;
  object_class->finalize = ft_gradual_selection_finalize;
  object_class->set_property = ft_gradual_selection_set_property;

  properties[PROP_SELECTION]
    = g_param_spec_object ("selection", NULL, NULL, GTK_TYPE_SELECTION_MODEL,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_gradual_selection_init (FtGradualSelection *self)
{
}

FtGradualSelection *
ft_gradual_selection_new (GtkSelectionModel *selection)
{
  g_autoptr (GtkSelectionModel) owned = selection;

  g_return_val_if_fail (GTK_IS_SELECTION_MODEL (selection), NULL);

  return g_object_new (FT_TYPE_GRADUAL_SELECTION, "selection", selection, NULL);
}

void
ft_gradual_selection_restart (FtGradualSelection *self)
{
  guint removed;

  g_return_if_fail (FT_IS_GRADUAL_SELECTION (self));

  removed = self->n_shown;
  self->n_shown = 0;
  grow_from_start (self);
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
}
