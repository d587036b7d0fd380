/* ft-watch-folders.c: the watched folders that a person set, as a list model kept in the settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-watch-folders.h"

#define MAX_FOLDERS 100

struct _FtWatchFolders
{
  GObject parent_instance;

  GSettings *settings;
  GPtrArray *folders; /* of FtWatchFolder */
};

static GType
ft_watch_folders_get_item_type (GListModel *model)
{
  return FT_TYPE_WATCH_FOLDER;
}

static guint
ft_watch_folders_get_n_items (GListModel *model)
{
  return FT_WATCH_FOLDERS (model)->folders->len;
}

static gpointer
ft_watch_folders_get_item (GListModel *model, guint position)
{
  FtWatchFolders *self = FT_WATCH_FOLDERS (model);

  return position < self->folders->len ? g_object_ref (self->folders->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = ft_watch_folders_get_item_type;
  iface->get_n_items = ft_watch_folders_get_n_items;
  iface->get_item = ft_watch_folders_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtWatchFolders, ft_watch_folders, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static gboolean
find_path (GPtrArray *folders, const char *path, guint *index)
{
  for (guint i = 0; i < folders->len; i++)
    if (g_str_equal (ft_watch_folder_get_path (folders->pdata[i]), path))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

/* Takes @folder. One that is set as it was stays the same object. */
static FtWatchFolder *
keep_same (FtWatchFolders *self, FtWatchFolder *folder)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (ft_watch_folder_to_variant (folder));
  g_autoptr (GVariant) old = NULL;
  guint index;

  if (!find_path (self->folders, ft_watch_folder_get_path (folder), &index))
    return folder;
  old = g_variant_ref_sink (ft_watch_folder_to_variant (self->folders->pdata[index]));
  if (!g_variant_equal (old, variant))
    return folder;
  g_object_unref (folder);
  return g_object_ref (self->folders->pdata[index]);
}

static GPtrArray *
read_folders (FtWatchFolders *self)
{
  g_autoptr (GVariant) saved = g_settings_get_value (self->settings, FT_SETTING_WATCH_FOLDERS);
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_object_unref);
  guint index;

  for (gsize i = 0; i < g_variant_n_children (saved) && folders->len < MAX_FOLDERS; i++)
    {
      g_autoptr (GVariant) variant = g_variant_get_child_value (saved, i);
      FtWatchFolder *folder = ft_watch_folder_from_variant (variant);

      if (folder == NULL)
        continue;
      if (find_path (folders, ft_watch_folder_get_path (folder), &index))
        g_object_unref (folder);
      else
        g_ptr_array_add (folders, keep_same (self, folder));
    }
  return folders;
}

/* Only what differs is replaced: a list keeps its focus. */
static void
load (FtWatchFolders *self)
{
  g_autoptr (GPtrArray) old = self->folders;
  guint first = 0, last = 0, common;

  self->folders = read_folders (self);
  common = MIN (old->len, self->folders->len);
  while (first < common && old->pdata[first] == self->folders->pdata[first])
    first++;
  while (last < common - first
         && old->pdata[old->len - 1 - last] == self->folders->pdata[self->folders->len - 1 - last])
    last++;
  if (first < MAX (old->len, self->folders->len))
    g_list_model_items_changed (G_LIST_MODEL (self), first, old->len - first - last,
                                self->folders->len - first - last);
}

/* What is written here comes back by the settings' signal. */
static void
save (FtWatchFolders *self, GPtrArray *folders)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < folders->len; i++)
    g_variant_builder_add_value (&builder, ft_watch_folder_to_variant (folders->pdata[i]));
  g_settings_set_value (self->settings, FT_SETTING_WATCH_FOLDERS, g_variant_builder_end (&builder));
}

static void
ft_watch_folders_finalize (GObject *object)
{
  FtWatchFolders *self = FT_WATCH_FOLDERS (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->folders, g_ptr_array_unref);

  G_OBJECT_CLASS (ft_watch_folders_parent_class)->finalize (object);
}

static void
ft_watch_folders_class_init (FtWatchFoldersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_watch_folders_finalize;
}

static void
ft_watch_folders_init (FtWatchFolders *self)
{
  self->folders = g_ptr_array_new_with_free_func (g_object_unref);
}

FtWatchFolders *
ft_watch_folders_new (GSettings *settings)
{
  FtWatchFolders *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FT_TYPE_WATCH_FOLDERS, NULL);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" FT_SETTING_WATCH_FOLDERS, G_CALLBACK (load), self,
                           G_CONNECT_SWAPPED);
  load (self);
  return self;
}

static GPtrArray *
copy_folders (FtWatchFolders *self)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->folders->len; i++)
    g_ptr_array_add (copy, g_object_ref (self->folders->pdata[i]));
  return copy;
}

void
ft_watch_folders_set (FtWatchFolders *self, FtWatchFolder *folder)
{
  g_autoptr (GPtrArray) folders = NULL;
  guint index;

  g_return_if_fail (FT_IS_WATCH_FOLDERS (self));
  g_return_if_fail (FT_IS_WATCH_FOLDER (folder));

  folders = copy_folders (self);
  if (find_path (folders, ft_watch_folder_get_path (folder), &index))
    {
      g_object_unref (folders->pdata[index]);
      folders->pdata[index] = g_object_ref (folder);
    }
  else
    g_ptr_array_add (folders, g_object_ref (folder));
  save (self, folders);
}

void
ft_watch_folders_remove (FtWatchFolders *self, FtWatchFolder *folder)
{
  g_autoptr (GPtrArray) folders = NULL;

  g_return_if_fail (FT_IS_WATCH_FOLDERS (self));
  g_return_if_fail (FT_IS_WATCH_FOLDER (folder));

  folders = copy_folders (self);
  g_ptr_array_remove (folders, folder);
  save (self, folders);
}
