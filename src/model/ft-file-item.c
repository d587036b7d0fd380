/* ft-file-item.c: one file or folder of a torrent, while a list shows it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-item.h"

#include "ft-describe.h"
#include "ft-file-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _FtFileItem
{
  GObject parent_instance;

  FtFileNodes *nodes;
  guint32 id;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_PATH,
  PROP_PARENT_PATH,
  PROP_ICON_NAME,
  PROP_SIZE_TEXT,
  PROP_PROGRESS,
  PROP_PROGRESS_TEXT,
  PROP_WANTED,
  PROP_PRIORITY,
  PROP_PIECES,
  PROP_ROW_TEXT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtFileItem, ft_file_item, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static const FtFileChanged property_facts[N_PROPS] = {
  [PROP_NAME] = FT_FILE_NAME,
  [PROP_PATH] = FT_FILE_NAME,
  [PROP_PARENT_PATH] = FT_FILE_NAME,
  [PROP_ICON_NAME] = FT_FILE_NAME,
  [PROP_PROGRESS] = FT_FILE_DONE,
  [PROP_PROGRESS_TEXT] = FT_FILE_DONE,
  [PROP_WANTED] = FT_FILE_PRIORITY,
  [PROP_PRIORITY] = FT_FILE_PRIORITY,
  [PROP_PIECES] = FT_FILE_PIECES,
  [PROP_ROW_TEXT] = FT_FILE_NAME | FT_FILE_DONE | FT_FILE_PRIORITY,
};

static const int level_priorities[FT_N_LEVELS] = {
  [FT_LEVEL_SKIP] = FT_PRIORITY_SKIP,
  [FT_LEVEL_LOW] = FT_PRIORITY_LOW,
  [FT_LEVEL_NORMAL] = FT_PRIORITY_NORMAL,
  [FT_LEVEL_HIGH] = FT_PRIORITY_HIGH,
};

static FtFileNode *
get_node (FtFileItem *self)
{
  return ft_file_nodes_get (self->nodes, self->id);
}

static guint
count_files (const FtFileNode *node)
{
  guint n = 0;

  for (guint level = 0; level < FT_N_LEVELS; level++)
    n += node->n_of[level];
  return n;
}

static double
get_progress (const FtFileNode *node)
{
  return node->length > 0 ? CLAMP ((double) node->done / (double) node->length, 0, 1) : 1;
}

static char *
join_path (FtFileNodes *nodes, guint32 id)
{
  GString *path = g_string_new (NULL);

  for (; id != FT_NO_NODE && id != FT_ROOT_NODE; id = ft_file_nodes_get (nodes, id)->parent)
    {
      if (path->len > 0)
        g_string_prepend_c (path, '/');
      g_string_prepend (path, ft_file_nodes_get (nodes, id)->name);
    }
  return g_string_free (path, FALSE);
}

static const char *
get_icon_name (const FtFileNode *node)
{
  static const struct
  {
    const char *type;
    const char *icon_name;
  } icons[] = {
    { "video/", "video-x-generic-symbolic" },
    { "audio/", "audio-x-generic-symbolic" },
    { "image/", "image-x-generic-symbolic" },
    { "application/", "package-x-generic-symbolic" },
  };
  g_autofree char *type = NULL;

  if (node->file == FT_NO_NODE)
    return "folder-symbolic";
  type = g_content_type_guess (node->name, NULL, 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_has_prefix (type, icons[i].type) && !g_str_equal (type, "application/octet-stream"))
      return icons[i].icon_name;
  return "text-x-generic-symbolic";
}

/* Those that its bytes lie in. (nullable) */
static GBytes *
slice_pieces (FtFileItem *self, GBytes *pieces)
{
  const FtFileNode *node = get_node (self);
  const BtFileStatus *file;
  guint64 first, last;

  if (pieces == NULL || node->file == FT_NO_NODE || node->length == 0 || self->nodes->piece_length == 0)
    return NULL;
  file = &g_array_index (self->nodes->files, BtFileStatus, node->file);
  first = file->offset / self->nodes->piece_length;
  last = (file->offset + file->length - 1) / self->nodes->piece_length;
  if (last >= g_bytes_get_size (pieces))
    return NULL;
  return g_bytes_new_from_bytes (pieces, first, last - first + 1);
}

static char *
describe_row (FtFileItem *self)
{
  const FtFileNode *node = get_node (self);
  g_autofree char *size = ft_format_size (node->length);
  int percent = (int) (get_progress (node) * 100);

  if (!ft_file_item_is_wanted (self))
    /* Translators: read aloud: a file's name and its size: "readme.txt, 12 kB, not chosen". */
    return g_strdup_printf (_("%1$s, %2$s, not chosen"), node->name, size);
  /* Translators: read aloud: name, size, share and priority: "readme.txt, 12 kB, 45 percent, Normal". */
  return g_strdup_printf (_("%1$s, %2$s, %3$d percent, %4$s"), node->name, size, percent,
                          ft_describe_priority (ft_file_item_get_priority (self)));
}

static void
ft_file_item_finalize (GObject *object)
{
  FtFileItem *self = FT_FILE_ITEM (object);

  get_node (self)->item = NULL;
  g_hash_table_remove (self->nodes->held, self);
  ft_file_nodes_unref (self->nodes);

  G_OBJECT_CLASS (ft_file_item_parent_class)->finalize (object);
}

static void
get_text (FtFileItem *self, guint prop_id, GValue *value)
{
  const FtFileNode *node = get_node (self);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, node->name);
      break;
    case PROP_PATH:
      g_value_take_string (value, join_path (self->nodes, self->id));
      break;
    case PROP_PARENT_PATH:
      g_value_take_string (value, join_path (self->nodes, node->parent));
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, get_icon_name (node));
      break;
    case PROP_SIZE_TEXT:
      g_value_take_string (value, ft_format_size (node->length));
      break;
    case PROP_PROGRESS_TEXT:
      g_value_take_string (value, ft_format_percent (get_progress (node)));
      break;
    case PROP_ROW_TEXT:
      g_value_take_string (value, describe_row (self));
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
ft_file_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtFileItem *self = FT_FILE_ITEM (object);

  switch (prop_id)
    {
    case PROP_PROGRESS:
      g_value_set_double (value, get_progress (get_node (self)));
      break;
    case PROP_WANTED:
      g_value_set_boolean (value, ft_file_item_is_wanted (self));
      break;
    case PROP_PRIORITY:
      g_value_set_int (value, ft_file_item_get_priority (self));
      break;
    case PROP_PIECES:
      g_value_take_boxed (value, slice_pieces (self, self->nodes->pieces));
      break;
    default:
      get_text (self, prop_id, value);
    }
}

static void
ft_file_item_class_init (FtFileItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_file_item_finalize;
  object_class->get_property = ft_file_item_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_PARENT_PATH] = g_param_spec_string ("parent-path", NULL, NULL, NULL, flags);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_SIZE_TEXT] = g_param_spec_string ("size-text", NULL, NULL, NULL, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_PROGRESS_TEXT] = g_param_spec_string ("progress-text", NULL, NULL, NULL, flags);
  properties[PROP_WANTED] = g_param_spec_boolean ("wanted", NULL, NULL, FALSE, flags);
  properties[PROP_PRIORITY] = g_param_spec_int ("priority", NULL, NULL, -1, 7, 0, flags);
  properties[PROP_PIECES] = g_param_spec_boxed ("pieces", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_ROW_TEXT] = g_param_spec_string ("row-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_file_item_init (FtFileItem *self)
{
}

FtFileItem *
ft_file_item_hold (FtFileNodes *nodes, guint32 id)
{
  FtFileNode *node = ft_file_nodes_get (nodes, id);

  if (node->item != NULL)
    return g_object_ref (node->item);
  node->item = g_object_new (FT_TYPE_FILE_ITEM, NULL);
  node->item->nodes = ft_file_nodes_ref (nodes);
  node->item->id = id;
  g_hash_table_add (nodes->held, node->item);
  return node->item;
}

FtFileNodes *
ft_file_item_get_nodes (FtFileItem *self)
{
  return self->nodes;
}

guint32
ft_file_item_get_node (FtFileItem *self)
{
  return self->id;
}

void
ft_file_item_notify (FtFileItem *self, FtFileChanged changed)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint prop_id = 1; prop_id < N_PROPS; prop_id++)
    if ((property_facts[prop_id] & changed) != 0)
      g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
ft_file_item_pieces_differ (FtFileItem *self, GBytes *old)
{
  g_autoptr (GBytes) before = slice_pieces (self, old);
  g_autoptr (GBytes) now = slice_pieces (self, self->nodes->pieces);

  if (before == NULL || now == NULL)
    return before != now;
  return !g_bytes_equal (before, now);
}

gboolean
ft_file_item_is_folder (FtFileItem *self)
{
  g_return_val_if_fail (FT_IS_FILE_ITEM (self), FALSE);

  return get_node (self)->file == FT_NO_NODE;
}

gboolean
ft_file_item_is_wanted (FtFileItem *self)
{
  g_return_val_if_fail (FT_IS_FILE_ITEM (self), FALSE);

  return get_node (self)->n_of[FT_LEVEL_SKIP] < count_files (get_node (self));
}

gboolean
ft_file_item_is_mixed (FtFileItem *self)
{
  g_return_val_if_fail (FT_IS_FILE_ITEM (self), FALSE);

  return get_node (self)->n_of[FT_LEVEL_SKIP] > 0 && ft_file_item_is_wanted (self);
}

gboolean
ft_file_item_is_complete (FtFileItem *self)
{
  g_return_val_if_fail (FT_IS_FILE_ITEM (self), FALSE);

  return get_node (self)->done >= get_node (self)->length;
}

int
ft_file_item_get_priority (FtFileItem *self)
{
  const FtFileNode *node;
  guint n_files;

  g_return_val_if_fail (FT_IS_FILE_ITEM (self), -1);

  node = get_node (self);
  n_files = count_files (node);
  for (guint level = 0; level < FT_N_LEVELS; level++)
    if (node->n_of[level] == n_files)
      return level_priorities[level];
  return -1;
}

const char *
ft_file_item_get_name (FtFileItem *self)
{
  g_return_val_if_fail (FT_IS_FILE_ITEM (self), NULL);

  return get_node (self)->name;
}

char *
ft_file_item_dup_path (FtFileItem *self)
{
  g_return_val_if_fail (FT_IS_FILE_ITEM (self), NULL);

  return join_path (self->nodes, self->id);
}

const char *
ft_describe_priority (int priority)
{
  if (priority < 0)
    return C_ ("priority", "Various");
  if (priority == FT_PRIORITY_SKIP)
    return C_ ("priority", "Skip");
  if (priority == FT_PRIORITY_NORMAL)
    return C_ ("priority", "Normal");
  return priority < FT_PRIORITY_NORMAL ? C_ ("priority", "Low") : C_ ("priority", "High");
}
