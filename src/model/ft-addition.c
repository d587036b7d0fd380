/* ft-addition.c: one torrent that is about to be added: what was chosen for it, in words and values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition.h"

#include "bt-text.h"
#include "ft-addition-private.h"
#include "ft-describe.h"
#include "ft-links.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_TITLE_BYTES 1024

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

/* Words. */

static char *
describe_files (FtAddition *self)
{
  guint n_files = self->description->files->len;
  g_autofree char *wanted = ft_format_size (self->wanted_size);
  g_autofree char *total = ft_format_size (self->description->total_size);

  if (self->n_wanted == n_files)
    /* Translators: a size and a number of files. */
    return g_strdup_printf (ngettext ("%s, %u file", "%s, %u files", n_files), total, n_files);
  /* Translators: two sizes and two numbers of files: of those that are chosen and of all. */
  return g_strdup_printf (ngettext ("%s of %s, %u of %u file", "%s of %s, %u of %u files", n_files),
                          wanted, total, self->n_wanted, n_files);
}

static guint
count_new_trackers (FtAddition *self)
{
  guint n = 0;

  for (guint i = 0; self->new_tiers != NULL && i < self->new_tiers->len; i++)
    n += g_strv_length (self->new_tiers->pdata[i]);
  return n;
}

static char *
describe_duplicate (FtAddition *self)
{
  guint n = count_new_trackers (self);

  if (n == 0)
    return g_strdup (_("In the list already"));
  return g_strdup_printf (ngettext ("In the list already; it names %u tracker that is new",
                                    "In the list already; it names %u trackers that are new", n), n);
}

static char *
dup_subtitle (FtAddition *self)
{
  switch (self->state)
    {
    case FT_ADDITION_READY:
      if (!self->description->is_magnet)
        return describe_files (self);
      return g_strdup (_("Magnet link: size and files are not known yet"));
    case FT_ADDITION_DUPLICATE:
      return describe_duplicate (self);
    case FT_ADDITION_FAILED:
      return ft_describe_error (self->error);
    case FT_ADDITION_WAITING:
    case FT_ADDITION_LOADING:
    default:
      return g_strdup (self->file == NULL && !ft_addition_is_magnet (self) ? _("Fetching the .torrent file…")
                                                                           : _("Reading…"));
    }
}

/* Its last part; the rest may hold a key that is nobody's business. */
static char *
dup_name_of_url (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *name = uri != NULL ? g_path_get_basename (g_uri_get_path (uri)) : NULL;

  if (name == NULL || strlen (name) < 2)
    {
      g_free (name);
      name = g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "?");
    }
  return bt_text_for_display (name, strlen (name), MAX_TITLE_BYTES);
}

static char *
dup_source (FtAddition *self)
{
  g_autofree char *name = NULL;

  if (self->file == NULL)
    return ft_addition_is_magnet (self) ? bt_text_for_display (self->link, strlen (self->link), MAX_TITLE_BYTES)
                                        : dup_name_of_url (self->link);
  name = g_file_get_basename (self->file);
  return name != NULL ? g_filename_display_name (name) : g_file_get_uri (self->file);
}

char *
ft_addition_dup_title (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  if (self->name != NULL)
    return g_strdup (self->name);
  if (self->description == NULL)
    return dup_source (self);
  return bt_text_for_display (self->description->name, strlen (self->description->name),
                              MAX_TITLE_BYTES);
}

/* Values. */

static void
set_name (FtAddition *self, const char *name)
{
  g_autofree char *safe
    = name != NULL ? bt_text_for_display (name, strlen (name), MAX_TITLE_BYTES) : NULL;

  if (safe != NULL && *g_strstrip (safe) == '\0')
    g_clear_pointer (&safe, g_free);
  if (self->description != NULL && g_strcmp0 (safe, self->description->name) == 0)
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
  g_clear_object (&self->file);
  g_free (self->link);
  g_clear_error (&self->error);
  g_clear_pointer (&self->torrent, g_bytes_unref);
  g_clear_pointer (&self->description, bt_torrent_file_free);
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
      g_value_take_string (value, dup_subtitle (self));
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
ft_addition_update_wanted (FtAddition *self)
{
  const guint8 *priorities
    = self->priorities != NULL ? g_bytes_get_data (self->priorities, NULL) : NULL;
  guint64 size = 0;
  guint n = 0;

  for (guint i = 0; !self->description->is_magnet && i < self->description->files->len; i++)
    {
      const BtFileStatus *file = &g_array_index (self->description->files, BtFileStatus, i);

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
  g_return_val_if_fail (FT_IS_ADDITION (self), 0);

  return count_new_trackers (self);
}

const BtTorrentFile *
ft_addition_get_description (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  return ft_addition_is_magnet (self) ? NULL : self->description;
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
                    || (self->description != NULL
                        && g_bytes_get_size (priorities) == self->description->n_files));

  if (priorities != NULL)
    g_bytes_ref (priorities);
  g_clear_pointer (&self->priorities, g_bytes_unref);
  self->priorities = priorities;
  ft_addition_update_wanted (self);
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
  ft_file_tree_set_files (self->tree, self->files, self->description->n_files);
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
