/* ft-folder-watch.c: tells of .torrent files that come into a folder, once each has been written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-folder-watch.h"

#define SETTLE_MS 2000
#define POLL_S 30
#define BATCH 100
/* A folder of more is not made for this; what comes after is told of when others have gone. */
#define MAX_FILES 10000

#define ATTRIBUTES                                                                                  \
  G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE                                 \
                                 "," G_FILE_ATTRIBUTE_STANDARD_SIZE                                 \
                                 "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN                            \
                                 "," G_FILE_ATTRIBUTE_TIME_MODIFIED                                 \
                                 "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC

/* A file as it was in the last look. */
typedef struct
{
  goffset size;
  guint64 modified_us;
  guint look;    /* in which it was seen last */
  gboolean told;
} Sight;

struct _FtFolderWatch
{
  GObject parent_instance;

  GFile *folder;
  guint settle_ms;
  GFileMonitor *monitor; /* (nullable) */
  GCancellable *cancellable;
  GHashTable *sights;    /* name -> Sight */
  guint look;            /* number of the look that runs, or of the last */
  gboolean looking;
  gboolean wanted;       /* something changed since it began to look */
  gboolean unsettled;    /* a file may still be being written */
  gboolean failing;
  guint tick_id;
  guint poll_id;
};

enum
{
  SIGNAL_FOUND,
  SIGNAL_FAILED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtFolderWatch, ft_folder_watch, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* What is seen. */

/* No link: it could lead anywhere. */
static gboolean
is_torrent (GFileInfo *info)
{
  const char *name = g_file_info_get_name (info);

  return g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR
         && !g_file_info_get_is_hidden (info) && g_str_has_suffix (name, ".torrent");
}

static guint64
get_modified_us (GFileInfo *info)
{
  return g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) * G_USEC_PER_SEC
         + g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);
}

static void
see (FtFolderWatch *self, GFileInfo *info)
{
  const char *name = g_file_info_get_name (info);
  Sight now = { g_file_info_get_size (info), get_modified_us (info), self->look, FALSE };
  Sight *sight = g_hash_table_lookup (self->sights, name);
  g_autoptr (GFile) file = NULL;

  if (sight != NULL)
    sight->look = self->look;
  if (sight != NULL && sight->size == now.size && sight->modified_us == now.modified_us)
    {
      if (sight->told || now.size == 0)
        return;
      sight->told = TRUE;
      file = g_file_get_child (self->folder, name);
      g_signal_emit (self, signals[SIGNAL_FOUND], 0, file);
      return;
    }
  self->unsettled = TRUE;
  if (sight != NULL)
    *sight = now;
  else if (g_hash_table_size (self->sights) < MAX_FILES)
    g_hash_table_insert (self->sights, g_strdup (name), g_memdup2 (&now, sizeof now));
}

static gboolean
is_gone (gpointer key, gpointer value, gpointer user_data)
{
  const Sight *sight = value;

  return sight->look != GPOINTER_TO_UINT (user_data);
}

/* A look. */

static void
end_look (FtFolderWatch *self, GError *error)
{
  self->looking = FALSE;
  if (error != NULL && !self->failing && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
  self->failing = error != NULL;
  if (error == NULL)
    g_hash_table_foreach_remove (self->sights, is_gone, GUINT_TO_POINTER (self->look));
  g_clear_error (&error);
}

static void
batch_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GFileEnumerator *enumerator = G_FILE_ENUMERATOR (object);
  g_autoptr (FtFolderWatch) self = user_data;
  GError *error = NULL;
  GList *infos = g_file_enumerator_next_files_finish (enumerator, result, &error);

  if (infos == NULL)
    {
      end_look (self, error);
      return;
    }
  for (GList *link = infos; link != NULL; link = link->next)
    if (is_torrent (link->data) && !g_cancellable_is_cancelled (self->cancellable))
      see (self, link->data);
  g_list_free_full (infos, g_object_unref);
  g_file_enumerator_next_files_async (enumerator, BATCH, G_PRIORITY_LOW, self->cancellable, batch_cb,
                                      g_object_ref (self));
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtFolderWatch) self = user_data;
  GError *error = NULL;
  g_autoptr (GFileEnumerator) enumerator
    = g_file_enumerate_children_finish (G_FILE (object), result, &error);

  if (enumerator != NULL)
    g_file_enumerator_next_files_async (enumerator, BATCH, G_PRIORITY_LOW, self->cancellable,
                                        batch_cb, g_object_ref (self));
  else
    end_look (self, error);
}

static void
begin_look (FtFolderWatch *self)
{
  self->looking = TRUE;
  self->wanted = FALSE;
  self->unsettled = FALSE;
  self->look++;
  g_file_enumerate_children_async (self->folder, ATTRIBUTES, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_LOW,
                                   self->cancellable, opened_cb, g_object_ref (self));
}

/* Ticks as long as there is a reason to look, and no faster than files settle. */
static gboolean
tick_cb (gpointer user_data)
{
  FtFolderWatch *self = user_data;

  if (self->looking)
    return G_SOURCE_CONTINUE;
  if (!self->wanted && !self->unsettled)
    {
      self->tick_id = 0;
      return G_SOURCE_REMOVE;
    }
  begin_look (self);
  return G_SOURCE_CONTINUE;
}

static void
want_look (FtFolderWatch *self)
{
  self->wanted = TRUE;
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (self->settle_ms, tick_cb, self);
}

static gboolean
poll_cb (gpointer user_data)
{
  want_look (user_data);
  return G_SOURCE_CONTINUE;
}

static void
ft_folder_watch_dispose (GObject *object)
{
  FtFolderWatch *self = FT_FOLDER_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (ft_folder_watch_parent_class)->dispose (object);
}

static void
ft_folder_watch_finalize (GObject *object)
{
  FtFolderWatch *self = FT_FOLDER_WATCH (object);

  g_clear_object (&self->folder);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->sights, g_hash_table_unref);

  G_OBJECT_CLASS (ft_folder_watch_parent_class)->finalize (object);
}

static void
ft_folder_watch_class_init (FtFolderWatchClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_folder_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = ft_folder_watch_finalize;

  signals[SIGNAL_FOUND] = g_signal_new ("found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_FILE);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ft_folder_watch_init (FtFolderWatch *self)
{
  self->cancellable = g_cancellable_new ();
  self->sights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

FtFolderWatch *
ft_folder_watch_new (GFile *folder, guint settle_ms)
{
  FtFolderWatch *self;

  g_return_val_if_fail (G_IS_FILE (folder), NULL);

  self = g_object_new (FT_TYPE_FOLDER_WATCH, NULL);
  self->folder = g_object_ref (folder);
  self->settle_ms = settle_ms > 0 ? settle_ms : SETTLE_MS;
  self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (want_look), self,
                             G_CONNECT_SWAPPED);
  self->poll_id = g_timeout_add_seconds (POLL_S, poll_cb, self);
  want_look (self);
  begin_look (self);
  return self;
}
