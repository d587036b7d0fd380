/* ft-watcher.c: adds what comes into the watched folders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-watcher.h"

#include "ft-folder-watch.h"

struct _FtWatcher
{
  GObject parent_instance;

  FtWatchFolders *folders;
  FtAdder *adder;
  guint settle_ms;
  GHashTable *watches; /* FtWatchFolder -> FtFolderWatch */
};

enum
{
  SIGNAL_FOLDER_FAILED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtWatcher, ft_watcher, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static FtWatchFolder *
find_folder (FtWatcher *self, FtFolderWatch *watch)
{
  GHashTableIter iter;
  gpointer folder, value;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &folder, &value))
    if (value == watch)
      return folder;
  return NULL;
}

static void
found_cb (FtWatcher *self, GFile *file, FtFolderWatch *watch)
{
  FtWatchFolder *folder = find_folder (self, watch);
  g_autoptr (FtAddition) addition = NULL;
  const char *save_path;

  if (folder == NULL)
    return;
  addition = ft_addition_new_for_file (file);
  save_path = ft_watch_folder_get_folder (folder);
  g_object_set (addition,
                "folder", *save_path != '\0' ? save_path : NULL,
                "tags", ft_watch_folder_get_tags (folder),
                "start", ft_watch_folder_get_start (folder),
                NULL);
  ft_addition_set_after (addition, ft_watch_folder_get_after (folder));
  ft_addition_set_quiet (addition, TRUE);
  ft_adder_add (self->adder, addition);
}

static void
failed_cb (FtWatcher *self, const GError *error, FtFolderWatch *watch)
{
  FtWatchFolder *folder = find_folder (self, watch);

  if (folder != NULL)
    g_signal_emit (self, signals[SIGNAL_FOLDER_FAILED], 0, ft_watch_folder_get_path (folder), error);
}

static FtFolderWatch *
make_watch (FtWatcher *self, FtWatchFolder *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (ft_watch_folder_get_path (folder));
  FtFolderWatch *watch = ft_folder_watch_new (file, self->settle_ms);

  g_signal_connect_object (watch, "found", G_CALLBACK (found_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (watch, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  return watch;
}

/* A look that runs may hold one for a moment longer: it is to say nothing any more. */
static void
end_watch (gpointer data)
{
  g_object_run_dispose (data);
  g_object_unref (data);
}

/* One that was set as it is now goes on. */
static void
follow (FtWatcher *self)
{
  g_autoptr (GHashTable) old = self->watches;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->folders));

  self->watches = g_hash_table_new_full (NULL, NULL, g_object_unref, end_watch);
  for (guint i = 0; i < n; i++)
    {
      FtWatchFolder *folder = g_list_model_get_item (G_LIST_MODEL (self->folders), i);
      gpointer key, watch;

      if (!g_hash_table_steal_extended (old, folder, &key, &watch))
        {
          key = NULL;
          watch = make_watch (self, folder);
        }
      g_clear_object (&key);
      g_hash_table_insert (self->watches, folder, watch);
    }
}

static void
ft_watcher_dispose (GObject *object)
{
  FtWatcher *self = FT_WATCHER (object);

  g_clear_pointer (&self->watches, g_hash_table_unref);
  g_clear_object (&self->folders);
  g_clear_object (&self->adder);

  G_OBJECT_CLASS (ft_watcher_parent_class)->dispose (object);
}

static void
ft_watcher_class_init (FtWatcherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ft_watcher_dispose;

  signals[SIGNAL_FOLDER_FAILED]
    = g_signal_new ("folder-failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
ft_watcher_init (FtWatcher *self)
{
  self->watches = g_hash_table_new_full (NULL, NULL, g_object_unref, end_watch);
}

FtWatcher *
ft_watcher_new (FtWatchFolders *folders, FtAdder *adder, guint settle_ms)
{
  FtWatcher *self;

  g_return_val_if_fail (FT_IS_WATCH_FOLDERS (folders), NULL);
  g_return_val_if_fail (FT_IS_ADDER (adder), NULL);

  self = g_object_new (FT_TYPE_WATCHER, NULL);
  self->folders = g_object_ref (folders);
  self->adder = g_object_ref (adder);
  self->settle_ms = settle_ms;
  g_signal_connect_object (folders, "items-changed", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  follow (self);
  return self;
}
