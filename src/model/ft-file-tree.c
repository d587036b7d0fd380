/* ft-file-tree.c: the files of a torrent as a tree for lists, built once and changed in place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-tree-private.h"

#include <string.h>

/* More are built in a thread. */
#define MAX_BUILT_AT_ONCE 2000

struct _FtFileTree
{
  GObject parent_instance;

  FtFileNodes *nodes;   /* (nullable): until it is built */
  FtFileList *root;
  BtFileList *files;    /* (nullable): the newest, which the nodes are made of unless they are being built */
  GCancellable *build;  /* (nullable): while a thread builds */
  GBytes *pieces;       /* (nullable): the newest */
  guint32 piece_length;
  guint n_all;
  guint n_holds;        /* of priorities */
  gboolean out_of_step; /* what came while they were held was not taken over */
};

enum
{
  PROP_0,
  PROP_READY,
  PROP_TOTAL_SIZE,
  PROP_WANTED_SIZE,
  PROP_N_FILES,
  PROP_N_WANTED,
  N_PROPS
};

enum
{
  SIGNAL_PRIORITIES_CHANGED,
  SIGNAL_MOVING,
  SIGNAL_MOVED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtFileTree, ft_file_tree, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static BtFileStatus *
get_file (FtFileNodes *nodes, guint32 file)
{
  return &g_array_index (nodes->files, BtFileStatus, file);
}

static void
notify_sums (FtFileTree *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

static guint
count_slashes (const char *path)
{
  guint n = 0;

  for (; *path != '\0'; path++)
    n += *path == '/';
  return n;
}

/* Whether the same tree holds both: but for names, progress and priorities. */
static gboolean
fits (const BtFileList *last, const BtFileList *files)
{
  guint n_files = bt_file_list_length (files);

  if (bt_file_list_length (last) != n_files)
    return FALSE;
  for (guint i = bt_file_list_next_change (files, last, 0); i < n_files;
       i = bt_file_list_next_change (files, last, i + 1))
    {
      const BtFileStatus *before = bt_file_list_get (last, i);
      const BtFileStatus *now = bt_file_list_get (files, i);

      if (before->length != now->length || before->index != now->index)
        return FALSE;
      if (before->path != now->path && count_slashes (before->path) != count_slashes (now->path))
        return FALSE;
    }
  return TRUE;
}

static void
apply_file (FtFileTree *self, guint place, const BtFileStatus *now)
{
  const BtFileStatus *before = get_file (self->nodes, place);

  if (before->path != now->path && strcmp (before->path, now->path) != 0)
    ft_file_nodes_change_path (self->nodes, place, now->path);
  if (before->done != now->done)
    ft_file_nodes_change_done (self->nodes, place, now->done);
  if (before->priority == now->priority)
    return;
  if (self->n_holds == 0)
    ft_file_nodes_change_priority (self->nodes, place, now->priority);
  else
    self->out_of_step = TRUE;
}

/* Who shows them can remember what is about to go from one place and come to another. */
static void
put_in_place (FtFileTree *self, guint32 id)
{
  g_autoptr (FtFileItem) item = ft_file_item_hold (self->nodes, id);
  guint place;

  g_signal_emit (self, signals[SIGNAL_MOVING], 0, item);
  place = ft_file_nodes_put_in_place (self->nodes, id);
  g_signal_emit (self, signals[SIGNAL_MOVED], 0, item, place);
}

static void
put_renamed_in_place (FtFileTree *self)
{
  g_autoptr (FtFileNodes) nodes = ft_file_nodes_ref (self->nodes);
  g_autoptr (GArray) renamed = g_steal_pointer (&nodes->renamed);

  nodes->renamed = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < renamed->len && self->nodes == nodes; i++)
    put_in_place (self, g_array_index (renamed, guint32, i));
}

/* Makes the nodes what the newest files say. @last: (nullable): what they are like but for choices */
static void
apply (FtFileTree *self, const BtFileList *last)
{
  guint64 wanted = ft_file_tree_get_wanted_size (self);
  guint n_files = bt_file_list_length (self->files);

  if (self->out_of_step && self->n_holds == 0)
    {
      last = NULL;
      self->out_of_step = FALSE;
    }
  for (guint i = bt_file_list_next_change (self->files, last, 0); i < n_files;
       i = bt_file_list_next_change (self->files, last, i + 1))
    apply_file (self, i, bt_file_list_get (self->files, i));
  ft_file_nodes_notify (self->nodes);
  put_renamed_in_place (self);
  if (wanted != ft_file_tree_get_wanted_size (self))
    notify_sums (self);
}

/* Building. */

static void
show_root (FtFileTree *self)
{
  if (self->nodes != NULL)
    ft_file_list_show_folder (self->root, self->nodes, FT_ROOT_NODE);
  else
    ft_file_list_show (self->root, NULL, NULL, 0, NULL, NULL);
  notify_sums (self);
}

/* @nodes: (transfer full) */
static void
take_nodes (FtFileTree *self, FtFileNodes *nodes)
{
  g_clear_pointer (&self->nodes, ft_file_nodes_unref);
  self->nodes = nodes;
  nodes->pieces = self->pieces != NULL ? g_bytes_ref (self->pieces) : NULL;
  nodes->piece_length = self->piece_length;
  show_root (self);
}

static void
build_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, ft_file_nodes_build (task_data), (GDestroyNotify) ft_file_nodes_unref);
}

static void
built_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtFileTree *self = FT_FILE_TREE (object);
  FtFileNodes *nodes = g_task_propagate_pointer (G_TASK (result), NULL);

  if (nodes == NULL) /* called off: other files are wanted */
    return;
  g_clear_object (&self->build);
  take_nodes (self, nodes);
  apply (self, g_task_get_task_data (G_TASK (result)));
}

static void
call_off (FtFileTree *self)
{
  g_cancellable_cancel (self->build);
  g_clear_object (&self->build);
}

static void
build (FtFileTree *self)
{
  g_autoptr (GTask) task = NULL;

  if (bt_file_list_length (self->files) <= MAX_BUILT_AT_ONCE)
    {
      take_nodes (self, ft_file_nodes_build (self->files));
      return;
    }
  self->build = g_cancellable_new ();
  task = g_task_new (self, self->build, built_cb, NULL);
  g_task_set_source_tag (task, build);
  g_task_set_task_data (task, bt_file_list_ref (self->files), (GDestroyNotify) bt_file_list_unref);
  g_task_run_in_thread (task, build_in_thread);
}

static void
ft_file_tree_dispose (GObject *object)
{
  FtFileTree *self = FT_FILE_TREE (object);

  call_off (self);
  g_clear_pointer (&self->files, bt_file_list_unref);
  g_clear_pointer (&self->pieces, g_bytes_unref);
  g_clear_object (&self->root);

  G_OBJECT_CLASS (ft_file_tree_parent_class)->dispose (object);
}

static void
ft_file_tree_finalize (GObject *object)
{
  FtFileTree *self = FT_FILE_TREE (object);

  g_clear_pointer (&self->nodes, ft_file_nodes_unref);

  G_OBJECT_CLASS (ft_file_tree_parent_class)->finalize (object);
}

static void
ft_file_tree_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtFileTree *self = FT_FILE_TREE (object);

  switch (prop_id)
    {
    case PROP_READY:
      g_value_set_boolean (value, ft_file_tree_is_ready (self));
      break;
    case PROP_TOTAL_SIZE:
      g_value_set_uint64 (value, ft_file_tree_get_total_size (self));
      break;
    case PROP_WANTED_SIZE:
      g_value_set_uint64 (value, ft_file_tree_get_wanted_size (self));
      break;
    case PROP_N_FILES:
      g_value_set_uint (value, ft_file_tree_get_n_files (self));
      break;
    case PROP_N_WANTED:
      g_value_set_uint (value, ft_file_tree_get_n_wanted (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_tree_class_init (FtFileTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ft_file_tree_dispose;
  object_class->finalize = ft_file_tree_finalize;
  object_class->get_property = ft_file_tree_get_property;

  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, flags);
  properties[PROP_TOTAL_SIZE] = g_param_spec_uint64 ("total-size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_WANTED_SIZE] = g_param_spec_uint64 ("wanted-size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_FILES] = g_param_spec_uint ("n-files", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_WANTED] = g_param_spec_uint ("n-wanted", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_PRIORITIES_CHANGED] = g_signal_new ("priorities-changed", G_TYPE_FROM_CLASS (klass),
                                                     G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MOVING] = g_signal_new ("moving", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, FT_TYPE_FILE_ITEM);
  signals[SIGNAL_MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, FT_TYPE_FILE_ITEM, G_TYPE_UINT);
}

static void
ft_file_tree_init (FtFileTree *self)
{
  self->root = ft_file_list_new ();
}

FtFileTree *
ft_file_tree_new (void)
{
  return g_object_new (FT_TYPE_FILE_TREE, NULL);
}

void
ft_file_tree_set_files (FtFileTree *self, BtFileList *files, guint n_all)
{
  g_autoptr (BtFileList) last = NULL;

  g_return_if_fail (FT_IS_FILE_TREE (self));
  g_return_if_fail (files != NULL);

  if (self->files != NULL && !fits (self->files, files))
    ft_file_tree_clear (self);
  self->n_all = n_all;
  last = self->files;
  self->files = bt_file_list_ref (files);
  if (last == NULL)
    build (self);
  else if (self->build == NULL)
    apply (self, last);
}

void
ft_file_tree_clear (FtFileTree *self)
{
  g_return_if_fail (FT_IS_FILE_TREE (self));

  call_off (self);
  g_clear_pointer (&self->files, bt_file_list_unref);
  if (self->nodes == NULL)
    return;
  g_clear_pointer (&self->nodes, ft_file_nodes_unref);
  show_root (self);
}

void
ft_file_tree_set_pieces (FtFileTree *self, GBytes *pieces, guint32 piece_length)
{
  g_autoptr (GBytes) old = self->pieces;
  GHashTableIter iter;
  gpointer item;

  g_return_if_fail (FT_IS_FILE_TREE (self));

  self->pieces = pieces != NULL ? g_bytes_ref (pieces) : NULL;
  self->piece_length = piece_length;
  if (self->nodes == NULL)
    return;
  g_clear_pointer (&self->nodes->pieces, g_bytes_unref);
  self->nodes->pieces = pieces != NULL ? g_bytes_ref (pieces) : NULL;
  self->nodes->piece_length = piece_length;
  g_hash_table_iter_init (&iter, self->nodes->held);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (ft_file_item_pieces_differ (item, old))
      ft_file_nodes_touch (self->nodes, ft_file_nodes_get (self->nodes, ft_file_item_get_node (item)), FT_FILE_PIECES);
  ft_file_nodes_notify (self->nodes);
}

void
ft_file_tree_hold_priorities (FtFileTree *self)
{
  g_return_if_fail (FT_IS_FILE_TREE (self));

  self->n_holds++;
}

void
ft_file_tree_release_priorities (FtFileTree *self, gboolean done)
{
  g_return_if_fail (FT_IS_FILE_TREE (self));
  g_return_if_fail (self->n_holds > 0);

  self->n_holds--;
  if (done)
    return;
  self->out_of_step = TRUE;
  if (self->n_holds == 0 && self->nodes != NULL)
    apply (self, self->files);
}

GListModel *
ft_file_tree_get_root (FtFileTree *self)
{
  g_return_val_if_fail (FT_IS_FILE_TREE (self), NULL);

  return G_LIST_MODEL (self->root);
}

GListModel *
ft_file_tree_open_folder (FtFileTree *self, FtFileItem *folder)
{
  FtFileList *list;
  FtFileNodes *nodes;
  FtFileNode *node;

  g_return_val_if_fail (FT_IS_FILE_TREE (self), NULL);
  g_return_val_if_fail (FT_IS_FILE_ITEM (folder), NULL);

  nodes = ft_file_item_get_nodes (folder);
  node = ft_file_nodes_get (nodes, ft_file_item_get_node (folder));
  if (node->file != FT_NO_NODE)
    return NULL;
  list = ft_file_list_new ();
  ft_file_list_show_folder (list, nodes, ft_file_item_get_node (folder));
  return G_LIST_MODEL (list);
}

/* Files in the order of the tree, as if all folders were open. */
static GArray *
find_files (FtFileNodes *nodes, const char *folded)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree guint8 *matches = g_new0 (guint8, nodes->nodes->len);

  for (guint32 id = 1; id < nodes->nodes->len; id++)
    {
      FtFileNode *node = ft_file_nodes_get (nodes, id);

      matches[id] = matches[node->parent] || strstr (node->folded, folded) != NULL;
    }
  for (guint32 i = 0; i + 1 < nodes->nodes->len; i++)
    if (matches[nodes->order[i]] && ft_file_nodes_get (nodes, nodes->order[i])->file != FT_NO_NODE)
      g_array_append_val (found, nodes->order[i]);
  return found;
}

GListModel *
ft_file_tree_search (FtFileTree *self, const char *text)
{
  FtFileList *list = ft_file_list_new ();
  g_autofree char *folded = NULL;
  GArray *found;

  g_return_val_if_fail (FT_IS_FILE_TREE (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  if (self->nodes == NULL)
    return G_LIST_MODEL (list);
  folded = g_utf8_casefold (text, -1);
  found = find_files (self->nodes, folded);
  ft_file_list_show (list, self->nodes, (guint32 *) (gpointer) found->data, found->len, found,
                     (GDestroyNotify) g_array_unref);
  return G_LIST_MODEL (list);
}

/* All files below, folder by folder. */
static void
choose_below (FtFileTree *self, guint32 id, guint8 priority)
{
  g_autoptr (GArray) todo = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_array_append_val (todo, id);
  while (todo->len > 0)
    {
      FtFileNode *node;

      id = g_array_index (todo, guint32, todo->len - 1);
      g_array_set_size (todo, todo->len - 1);
      node = ft_file_nodes_get (self->nodes, id);
      if (node->file != FT_NO_NODE)
        ft_file_nodes_change_priority (self->nodes, node->file, priority);
      else if (node->n_children > 0)
        g_array_append_vals (todo, self->nodes->order + node->first_child, node->n_children);
    }
}

static void
report_choice (FtFileTree *self)
{
  if (self->nodes != NULL)
    ft_file_nodes_notify (self->nodes);
  notify_sums (self);
  g_signal_emit (self, signals[SIGNAL_PRIORITIES_CHANGED], 0);
}

void
ft_file_tree_set_priority (FtFileTree *self, GPtrArray *items, guint8 priority)
{
  g_return_if_fail (FT_IS_FILE_TREE (self));
  g_return_if_fail (items != NULL);

  for (guint i = 0; i < items->len; i++)
    if (ft_file_item_get_nodes (items->pdata[i]) == self->nodes)
      choose_below (self, ft_file_item_get_node (items->pdata[i]), priority);
  report_choice (self);
}

void
ft_file_tree_set_all_priorities (FtFileTree *self, guint8 priority)
{
  g_return_if_fail (FT_IS_FILE_TREE (self));

  if (self->nodes == NULL)
    return;
  choose_below (self, FT_ROOT_NODE, priority);
  report_choice (self);
}

GBytes *
ft_file_tree_dup_priorities (FtFileTree *self)
{
  guint n_all = self->n_all;
  guint8 *priorities;

  g_return_val_if_fail (FT_IS_FILE_TREE (self), NULL);

  for (guint i = 0; self->nodes != NULL && i < self->nodes->files->len; i++)
    n_all = MAX (n_all, get_file (self->nodes, i)->index + 1);
  priorities = g_malloc (n_all);
  memset (priorities, FT_PRIORITY_NORMAL, n_all);
  for (guint i = 0; self->nodes != NULL && i < self->nodes->files->len; i++)
    priorities[get_file (self->nodes, i)->index] = get_file (self->nodes, i)->priority;
  return g_bytes_new_take (priorities, n_all);
}

gboolean
ft_file_tree_is_ready (FtFileTree *self)
{
  g_return_val_if_fail (FT_IS_FILE_TREE (self), FALSE);

  return self->nodes != NULL;
}

guint64
ft_file_tree_get_wanted_size (FtFileTree *self)
{
  g_return_val_if_fail (FT_IS_FILE_TREE (self), 0);

  return self->nodes != NULL ? ft_file_nodes_get (self->nodes, FT_ROOT_NODE)->wanted_length : 0;
}

guint64
ft_file_tree_get_total_size (FtFileTree *self)
{
  g_return_val_if_fail (FT_IS_FILE_TREE (self), 0);

  return self->nodes != NULL ? ft_file_nodes_get (self->nodes, FT_ROOT_NODE)->length : 0;
}

guint
ft_file_tree_get_n_files (FtFileTree *self)
{
  g_return_val_if_fail (FT_IS_FILE_TREE (self), 0);

  return self->nodes != NULL ? self->nodes->files->len : 0;
}

guint
ft_file_tree_get_n_wanted (FtFileTree *self)
{
  g_return_val_if_fail (FT_IS_FILE_TREE (self), 0);

  return ft_file_tree_get_n_files (self)
         - (self->nodes != NULL ? ft_file_nodes_get (self->nodes, FT_ROOT_NODE)->n_of[FT_LEVEL_SKIP] : 0);
}
