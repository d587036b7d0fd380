/* ft-file-list.c: rows of the file tree as a list that grows in steps.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-tree-private.h"

/* A list view makes widgets of some 200 rows at once, and the models below it a little of each row: that is what
 * steps bound. Small ones until the view has its widgets (half a millisecond each), then large ones. */
#define FIRST_STEP 20
#define N_FIRST 300
#define STEP 4000

struct _FtFileList
{
  GObject parent_instance;

  FtFileNodes *nodes; /* (nullable) */
  const guint32 *ids;
  guint n_ids;
  guint n_shown;
  guint32 folder;     /* FT_NO_NODE: it is no folder that is shown */
  gpointer owner;     /* of the ids */
  GDestroyNotify free_owner;
  guint grow_id;
};

static GType
get_item_type (GListModel *model)
{
  return FT_TYPE_FILE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return FT_FILE_LIST (model)->n_shown;
}

static gpointer
get_item (GListModel *model, guint position)
{
  FtFileList *self = FT_FILE_LIST (model);

  return position < self->n_shown ? ft_file_item_hold (self->nodes, self->ids[position]) : NULL;
}

static void
implement_list_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtFileList, ft_file_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, implement_list_model))

static gboolean
grow_cb (gpointer user_data)
{
  g_autoptr (FtFileList) self = g_object_ref (user_data);
  guint position = self->n_shown;
  guint added = MIN (position < N_FIRST ? FIRST_STEP : STEP, self->n_ids - position);

  self->n_shown += added;
  if (self->n_shown == self->n_ids)
    self->grow_id = 0;
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, added);
  return self->n_shown < self->n_ids ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
forget (FtFileList *self)
{
  g_clear_handle_id (&self->grow_id, g_source_remove);
  if (self->free_owner != NULL)
    self->free_owner (self->owner);
  self->free_owner = NULL;
  if (self->folder != FT_NO_NODE)
    g_ptr_array_remove_fast (self->nodes->lists, self);
  self->folder = FT_NO_NODE;
  g_clear_pointer (&self->nodes, ft_file_nodes_unref);
  self->n_ids = 0;
  self->n_shown = 0;
}

static void
ft_file_list_finalize (GObject *object)
{
  forget (FT_FILE_LIST (object));

  G_OBJECT_CLASS (ft_file_list_parent_class)->finalize (object);
}

static void
ft_file_list_class_init (FtFileListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_file_list_finalize;
}

static void
ft_file_list_init (FtFileList *self)
{
  self->folder = FT_NO_NODE;
}

FtFileList *
ft_file_list_new (void)
{
  return g_object_new (FT_TYPE_FILE_LIST, NULL);
}

void
ft_file_list_show (FtFileList *self,
                   FtFileNodes *nodes,
                   const guint32 *ids,
                   guint n_ids,
                   gpointer owner,
                   GDestroyNotify free_owner)
{
  guint removed = self->n_shown;

  forget (self);
  self->nodes = nodes != NULL ? ft_file_nodes_ref (nodes) : NULL;
  self->ids = ids;
  self->n_ids = n_ids;
  self->owner = owner;
  self->free_owner = free_owner;
  self->n_shown = MIN (FIRST_STEP, n_ids);
  if (self->n_shown < n_ids)
    self->grow_id = g_idle_add (grow_cb, self);
  if (removed > 0 || self->n_shown > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, self->n_shown);
}

void
ft_file_list_show_folder (FtFileList *self, FtFileNodes *nodes, guint32 folder)
{
  FtFileNode *node = ft_file_nodes_get (nodes, folder);

  ft_file_list_show (self, nodes, nodes->order + node->first_child, node->n_children, NULL, NULL);
  self->folder = folder;
  g_ptr_array_add (nodes->lists, self);
}

guint32
ft_file_list_get_folder (FtFileList *self)
{
  return self->folder;
}

void
ft_file_list_take_out (FtFileList *self, guint position)
{
  self->n_ids--;
  if (position >= self->n_shown)
    return;
  self->n_shown--;
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* What is beyond those that are shown comes when the list grows that far, if it still grows. */
void
ft_file_list_put_in (FtFileList *self, guint position)
{
  self->n_ids++;
  if (position > self->n_shown || (position == self->n_shown && self->grow_id != 0))
    return;
  self->n_shown++;
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}
