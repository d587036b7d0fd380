/* ft-addition.c: one torrent that is about to be added: what was chosen for it, in words and values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition.h"

#include "bt-text.h"
#include "ft-addition-private.h"
#include "ft-links.h"

#include <string.h>

enum
{
  PROP_0,
  PROP_STATE,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_WANTED_SIZE,
  PROP_NAME,
  PROP_FOLDER,
  PROP_START,
  PROP_SEQUENTIAL,
  PROP_TAGS,
  N_PROPS
};

G_DEFINE_ENUM_TYPE (FtAdditionState, ft_addition_state,
                    G_DEFINE_ENUM_VALUE (FT_ADDITION_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (FT_ADDITION_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (FT_ADDITION_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (FT_ADDITION_DUPLICATE, "duplicate"),
                    G_DEFINE_ENUM_VALUE (FT_ADDITION_FAILED, "failed"))

G_DEFINE_FINAL_TYPE (FtAddition, ft_addition, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
notify (FtAddition *self, guint prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

/* Values. */

static void
set_name (FtAddition *self, const char *name)
{
  g_autofree char *safe
    = name != NULL ? bt_text_for_display (name, strlen (name), FT_ADDITION_MAX_TITLE_BYTES) : NULL;

  if (safe != NULL && *g_strstrip (safe) == '\0')
    g_clear_pointer (&safe, g_free);
  if (g_strcmp0 (safe, self->own_name) == 0)
    g_clear_pointer (&safe, g_free);
  if (g_strcmp0 (safe, self->name) == 0)
    return;
  g_free (self->name);
  self->name = g_steal_pointer (&safe);
  notify (self, PROP_NAME);
  notify (self, PROP_TITLE);
}

static void
set_tags (FtAddition *self, GStrv tags)
{
  static char *none[] = { NULL };

  if (tags == NULL)
    tags = none;
  if (g_strv_equal ((const char *const *) tags, (const char *const *) self->tags))
    return;
  g_strfreev (self->tags);
  self->tags = g_strdupv (tags);
  notify (self, PROP_TAGS);
}

static void
set_flag (FtAddition *self, gboolean *flag, gboolean value, guint prop_id)
{
  if (*flag == value)
    return;
  *flag = value;
  notify (self, prop_id);
}

static void
ft_addition_finalize (GObject *object)
{
  FtAddition *self = FT_ADDITION (object);

  ft_addition_leave_list (self);
  ft_addition_unfollow (self);
  g_clear_object (&self->loading);
  g_clear_object (&self->file);
  g_free (self->link);
  g_clear_error (&self->error);
  g_clear_pointer (&self->torrent, g_bytes_unref);
  g_free (self->own_name);
  g_clear_pointer (&self->files, bt_file_list_unref);
  g_clear_object (&self->tree);
  g_clear_pointer (&self->tiers, g_ptr_array_unref);
  g_clear_pointer (&self->new_tiers, g_ptr_array_unref);
  g_free (self->name);
  g_free (self->folder);
  g_strfreev (self->tags);
  g_clear_pointer (&self->priorities, g_bytes_unref);

  G_OBJECT_CLASS (ft_addition_parent_class)->finalize (object);
}

static void
ft_addition_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtAddition *self = FT_ADDITION (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_TITLE:
    case PROP_NAME:
      g_value_take_string (value, ft_addition_dup_title (self));
      break;
    case PROP_SUBTITLE:
      g_value_take_string (value, ft_addition_dup_subtitle (self));
      break;
    case PROP_WANTED_SIZE:
      g_value_set_uint64 (value, self->wanted_size);
      break;
    case PROP_FOLDER:
      g_value_set_string (value, self->folder);
      break;
    case PROP_START:
      g_value_set_boolean (value, self->start);
      break;
    case PROP_SEQUENTIAL:
      g_value_set_boolean (value, self->sequential);
      break;
    case PROP_TAGS:
      g_value_set_boxed (value, self->tags);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_addition_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtAddition *self = FT_ADDITION (object);

  switch (prop_id)
    {
    case PROP_NAME:
      set_name (self, g_value_get_string (value));
      break;
    case PROP_FOLDER:
      ft_addition_set_folder (self, g_value_get_string (value));
      break;
    case PROP_START:
      set_flag (self, &self->start, g_value_get_boolean (value), PROP_START);
      break;
    case PROP_SEQUENTIAL:
      set_flag (self, &self->sequential, g_value_get_boolean (value), PROP_SEQUENTIAL);
      break;
    case PROP_TAGS:
      set_tags (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_addition_class_init (FtAdditionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_addition_finalize;
  object_class->get_property = ft_addition_get_property;
  object_class->set_property = ft_addition_set_property;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, FT_TYPE_ADDITION_STATE,
                                              FT_ADDITION_WAITING, readable);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, readable);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);
  properties[PROP_WANTED_SIZE]
    = g_param_spec_uint64 ("wanted-size", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, writable);
  properties[PROP_FOLDER] = g_param_spec_string ("folder", NULL, NULL, NULL, writable);
  properties[PROP_START] = g_param_spec_boolean ("start", NULL, NULL, TRUE, writable);
  properties[PROP_SEQUENTIAL] = g_param_spec_boolean ("sequential", NULL, NULL, FALSE, writable);
  properties[PROP_TAGS] = g_param_spec_boxed ("tags", NULL, NULL, G_TYPE_STRV, writable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_addition_init (FtAddition *self)
{
  self->loading = g_cancellable_new ();
  self->start = TRUE;
  self->tags = g_new0 (char *, 1);
}

FtAddition *
ft_addition_new_for_file (GFile *file)
{
  g_autofree char *uri = NULL;
  g_autofree char *link = NULL;
  FtAddition *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  uri = g_file_get_uri (file);
  link = ft_link_normalize (uri);
  self = g_object_new (FT_TYPE_ADDITION, NULL);
  if (link != NULL && (ft_link_is_magnet (link) || ft_link_is_web (link)))
    self->link = g_steal_pointer (&link);
  else
    self->file = g_object_ref (file);
  return self;
}

FtAddition *
ft_addition_new_for_link (const char *link)
{
  FtAddition *self;

  g_return_val_if_fail (link != NULL, NULL);

  self = g_object_new (FT_TYPE_ADDITION, NULL);
  if (ft_link_is_magnet (link) || ft_link_is_web (link))
    self->link = g_strdup (link);
  else
    self->file = g_file_new_for_uri (link);
  return self;
}

void
ft_addition_take_settings (FtAddition *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_ADDITION (self));
  g_return_if_fail (G_IS_SETTINGS (settings));

  g_object_set (self,
                "start", g_settings_get_boolean (settings, FT_SETTING_START_ADDED),
                "sequential", g_settings_get_boolean (settings, FT_SETTING_ADD_SEQUENTIAL),
                NULL);
  self->after = (FtAfterAdding) g_settings_get_enum (settings, FT_SETTING_ADDED_TORRENT_FILES);
}

void
ft_addition_set_state (FtAddition *self, FtAdditionState state, GError *error)
{
  g_assert ((error != NULL) == (state == FT_ADDITION_FAILED));

  g_clear_error (&self->error);
  self->error = error;
  self->state = state;
  notify (self, PROP_STATE);
  notify (self, PROP_TITLE);
  notify (self, PROP_NAME);
  notify (self, PROP_SUBTITLE);
}

void
ft_addition_notify_text (FtAddition *self)
{
  notify (self, PROP_SUBTITLE);
}

void
ft_addition_set_own_name (FtAddition *self, const char *name)
{
  g_autofree char *safe = bt_text_for_display (name, strlen (name), FT_ADDITION_MAX_TITLE_BYTES);

  if (g_strcmp0 (safe, self->own_name) == 0)
    return;
  g_free (self->own_name);
  self->own_name = g_steal_pointer (&safe);
  notify (self, PROP_NAME);
  notify (self, PROP_TITLE);
}

/* Counts what is wanted anew. */
static void
update_wanted (FtAddition *self)
{
  const guint8 *priorities = self->priorities != NULL ? g_bytes_get_data (self->priorities, NULL) : NULL;
  guint64 size = 0;
  guint n = 0;

  for (guint i = 0; self->files != NULL && i < bt_file_list_length (self->files); i++)
    {
      const BtFileStatus *file = bt_file_list_get (self->files, i);

      if (priorities != NULL && priorities[file->index] == 0)
        continue;
      size += file->length;
      n++;
    }
  if (size == self->wanted_size && n == self->n_wanted)
    return;
  self->wanted_size = size;
  self->n_wanted = n;
  notify (self, PROP_WANTED_SIZE);
  notify (self, PROP_SUBTITLE);
}

/* Returns: (transfer full) (nullable): NULL: all of them */
static GBytes *
collect_priorities (BtFileList *files, guint n_all_files)
{
  g_autofree guint8 *priorities = g_malloc (MAX (n_all_files, 1));
  gboolean differ = FALSE;

  memset (priorities, FT_PRIORITY_NORMAL, MAX (n_all_files, 1));
  for (guint i = 0; i < bt_file_list_length (files); i++)
    {
      const BtFileStatus *file = bt_file_list_get (files, i);

      priorities[file->index] = file->priority;
      differ |= file->priority != FT_PRIORITY_NORMAL;
    }
  return differ ? g_bytes_new_take (g_steal_pointer (&priorities), n_all_files) : NULL;
}

void
ft_addition_take_files (FtAddition *self, BtFileList *files, guint n_all_files)
{
  g_assert (self->files == NULL);

  self->files = files;
  self->n_all_files = n_all_files;
  for (guint i = 0; i < bt_file_list_length (files); i++)
    self->total_size += bt_file_list_get (files, i)->length;
  self->priorities = collect_priorities (files, n_all_files);
  update_wanted (self);
}

FtAdditionState
ft_addition_get_state (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FT_ADDITION_FAILED);

  return self->state;
}

const GError *
ft_addition_get_error (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  return self->error;
}

GFile *
ft_addition_get_file (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  return self->file;
}

gboolean
ft_addition_is_magnet (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FALSE);

  return self->link != NULL && ft_link_is_magnet (self->link);
}

gboolean
ft_addition_is_web (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FALSE);

  return self->link != NULL && ft_link_is_web (self->link);
}

BtTorrentId
ft_addition_get_existing (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), 0);

  return self->existing;
}

GPtrArray *
ft_addition_get_new_tiers (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  return self->new_tiers;
}

guint
ft_addition_count_new_trackers (FtAddition *self)
{
  guint n = 0;

  g_return_val_if_fail (FT_IS_ADDITION (self), 0);

  for (guint i = 0; self->new_tiers != NULL && i < self->new_tiers->len; i++)
    n += g_strv_length (self->new_tiers->pdata[i]);
  return n;
}

gboolean
ft_addition_has_files (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FALSE);

  return self->files != NULL;
}

guint64
ft_addition_get_wanted_size (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), 0);

  return self->wanted_size;
}

void
ft_addition_set_priorities (FtAddition *self, GBytes *priorities)
{
  g_return_if_fail (FT_IS_ADDITION (self));
  g_return_if_fail (priorities == NULL
                    || (self->files != NULL && g_bytes_get_size (priorities) == self->n_all_files));

  if (priorities != NULL)
    g_bytes_ref (priorities);
  g_clear_pointer (&self->priorities, g_bytes_unref);
  self->priorities = priorities;
  update_wanted (self);
}

static void
priorities_changed_cb (FtAddition *self, FtFileTree *tree)
{
  g_autoptr (GBytes) priorities = ft_file_tree_dup_priorities (tree);

  ft_addition_set_priorities (self, priorities);
}

FtFileTree *
ft_addition_get_tree (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  if (self->tree != NULL || self->files == NULL)
    return self->tree;
  self->tree = ft_file_tree_new ();
  ft_file_tree_set_files (self->tree, self->files, self->n_all_files);
  g_signal_connect_object (self->tree, "priorities-changed", G_CALLBACK (priorities_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self->tree;
}

const char *
ft_addition_get_folder (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  return self->folder;
}

void
ft_addition_set_folder (FtAddition *self, const char *folder)
{
  g_return_if_fail (FT_IS_ADDITION (self));
  g_return_if_fail (folder == NULL || g_path_is_absolute (folder));

  if (g_strcmp0 (folder, self->folder) == 0)
    return;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  notify (self, PROP_FOLDER);
}

FtAfterAdding
ft_addition_get_after (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FT_AFTER_ADDING_KEEP);

  return self->after;
}

void
ft_addition_set_after (FtAddition *self, FtAfterAdding after)
{
  g_return_if_fail (FT_IS_ADDITION (self));

  self->after = after;
}

gboolean
ft_addition_is_quiet (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FALSE);

  return self->quiet;
}

void
ft_addition_set_quiet (FtAddition *self, gboolean quiet)
{
  g_return_if_fail (FT_IS_ADDITION (self));

  self->quiet = quiet;
}
