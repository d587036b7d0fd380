/* ft-watch-folder.c: a folder whose .torrent files are added by themselves, as a person set it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-watch-folder.h"

#include "ft-recent-folders.h"

#include <glib/gi18n-lib.h>

struct _FtWatchFolder
{
  GObject parent_instance;

  char *path;
  char *folder;
  GStrv tags;
  gboolean start;
  FtAfterAdding after;
};

enum
{
  PROP_0,
  PROP_PATH,
  PROP_FOLDER,
  PROP_TAGS,
  PROP_START,
  PROP_AFTER,
  PROP_TITLE,
  PROP_SUBTITLE,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtWatchFolder, ft_watch_folder, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
notify (FtWatchFolder *self, guint prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
}

static const char *
describe_after (FtAfterAdding after)
{
  switch (after)
    {
    case FT_AFTER_ADDING_TRASH:
      return _("Added files go to the trash");
    case FT_AFTER_ADDING_RENAME:
      return _("Added files get “.added” at the end");
    case FT_AFTER_ADDING_KEEP:
    default:
      return _("Added files stay as they are");
    }
}

static char *
describe (FtWatchFolder *self)
{
  GString *text = g_string_new (describe_after (self->after));
  g_autofree char *tags = g_strjoinv (", ", self->tags);

  if (!self->start)
    /* Translators: appended to "Added files go to the trash". */
    g_string_append (text, _(" · Paused"));
  if (*tags != '\0')
    g_string_append_printf (text, " · %s", tags);
  if (*self->folder != '\0')
    {
      g_autofree char *name = ft_folder_dup_display_path (self->folder);

      g_string_append_printf (text, " · %s", name);
    }
  return g_string_free (text, FALSE);
}

static void
set_folder (FtWatchFolder *self, const char *folder)
{
  if (folder == NULL || !g_path_is_absolute (folder))
    folder = "";
  if (g_str_equal (folder, self->folder))
    return;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  notify (self, PROP_FOLDER);
}

static void
set_tags (FtWatchFolder *self, const char *const *tags)
{
  static const char *const none[] = { NULL };

  if (tags == NULL)
    tags = none;
  if (g_strv_equal (tags, (const char *const *) self->tags))
    return;
  g_strfreev (self->tags);
  self->tags = g_strdupv ((GStrv) tags);
  notify (self, PROP_TAGS);
}

static void
set_start (FtWatchFolder *self, gboolean start)
{
  if (start == self->start)
    return;
  self->start = start;
  notify (self, PROP_START);
}

static void
set_after (FtWatchFolder *self, FtAfterAdding after)
{
  if (after == self->after)
    return;
  self->after = after;
  notify (self, PROP_AFTER);
}

static void
ft_watch_folder_finalize (GObject *object)
{
  FtWatchFolder *self = FT_WATCH_FOLDER (object);

  g_free (self->path);
  g_free (self->folder);
  g_strfreev (self->tags);

  G_OBJECT_CLASS (ft_watch_folder_parent_class)->finalize (object);
}

static void
ft_watch_folder_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtWatchFolder *self = FT_WATCH_FOLDER (object);

  switch (prop_id)
    {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_FOLDER:
      g_value_set_string (value, self->folder);
      break;
    case PROP_TAGS:
      g_value_set_boxed (value, self->tags);
      break;
    case PROP_START:
      g_value_set_boolean (value, self->start);
      break;
    case PROP_AFTER:
      g_value_set_enum (value, self->after);
      break;
    case PROP_TITLE:
      g_value_take_string (value, ft_folder_dup_display_path (self->path));
      break;
    case PROP_SUBTITLE:
      g_value_take_string (value, describe (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_watch_folder_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtWatchFolder *self = FT_WATCH_FOLDER (object);

  switch (prop_id)
    {
    case PROP_PATH:
      self->path = g_value_dup_string (value);
      break;
    case PROP_FOLDER:
      set_folder (self, g_value_get_string (value));
      break;
    case PROP_TAGS:
      set_tags (self, g_value_get_boxed (value));
      break;
    case PROP_START:
      set_start (self, g_value_get_boolean (value));
      break;
    case PROP_AFTER:
      set_after (self, (FtAfterAdding) g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_watch_folder_class_init (FtWatchFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_watch_folder_finalize;
  object_class->get_property = ft_watch_folder_get_property;
  object_class->set_property = ft_watch_folder_set_property;

  properties[PROP_PATH]
    = g_param_spec_string ("path", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_FOLDER] = g_param_spec_string ("folder", NULL, NULL, "", writable);
  properties[PROP_TAGS] = g_param_spec_boxed ("tags", NULL, NULL, G_TYPE_STRV, writable);
  properties[PROP_START] = g_param_spec_boolean ("start", NULL, NULL, TRUE, writable);
  properties[PROP_AFTER] = g_param_spec_enum ("after", NULL, NULL, FT_TYPE_AFTER_ADDING,
                                              FT_AFTER_ADDING_RENAME, writable);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, readable);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_watch_folder_init (FtWatchFolder *self)
{
  self->folder = g_strdup ("");
  self->tags = g_new0 (char *, 1);
  self->start = TRUE;
  self->after = FT_AFTER_ADDING_RENAME;
}

FtWatchFolder *
ft_watch_folder_new (const char *path)
{
  g_return_val_if_fail (path != NULL && g_path_is_absolute (path), NULL);

  return g_object_new (FT_TYPE_WATCH_FOLDER, "path", path, NULL);
}

const char *
ft_watch_folder_get_path (FtWatchFolder *self)
{
  g_return_val_if_fail (FT_IS_WATCH_FOLDER (self), NULL);

  return self->path;
}

const char *
ft_watch_folder_get_folder (FtWatchFolder *self)
{
  g_return_val_if_fail (FT_IS_WATCH_FOLDER (self), NULL);

  return self->folder;
}

const char *const *
ft_watch_folder_get_tags (FtWatchFolder *self)
{
  g_return_val_if_fail (FT_IS_WATCH_FOLDER (self), NULL);

  return (const char *const *) self->tags;
}

gboolean
ft_watch_folder_get_start (FtWatchFolder *self)
{
  g_return_val_if_fail (FT_IS_WATCH_FOLDER (self), FALSE);

  return self->start;
}

FtAfterAdding
ft_watch_folder_get_after (FtWatchFolder *self)
{
  g_return_val_if_fail (FT_IS_WATCH_FOLDER (self), FT_AFTER_ADDING_KEEP);

  return self->after;
}

void
ft_watch_folder_assign (FtWatchFolder *self, FtWatchFolder *from)
{
  g_return_if_fail (FT_IS_WATCH_FOLDER (self));
  g_return_if_fail (FT_IS_WATCH_FOLDER (from));

  g_object_set (self, "folder", from->folder, "tags", from->tags, "start", from->start, "after",
                from->after, NULL);
}

GVariant *
ft_watch_folder_to_variant (FtWatchFolder *self)
{
  GVariantDict dict;

  g_return_val_if_fail (FT_IS_WATCH_FOLDER (self), NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "path", "s", self->path);
  g_variant_dict_insert (&dict, "folder", "s", self->folder);
  g_variant_dict_insert (&dict, "tags", "^as", self->tags);
  g_variant_dict_insert (&dict, "start", "b", self->start);
  g_variant_dict_insert (&dict, "after", "s", ft_after_adding_to_nick (self->after));
  return g_variant_dict_end (&dict);
}

FtWatchFolder *
ft_watch_folder_from_variant (GVariant *variant)
{
  GVariantDict dict;
  const char *path, *folder, *after;
  g_autofree const char **tags = NULL;
  gboolean start;
  FtWatchFolder *self = NULL;

  g_return_val_if_fail (variant != NULL, NULL);

  g_variant_dict_init (&dict, variant);
  if (g_variant_dict_lookup (&dict, "path", "&s", &path) && g_path_is_absolute (path))
    {
      self = ft_watch_folder_new (path);
      if (g_variant_dict_lookup (&dict, "folder", "&s", &folder))
        set_folder (self, folder);
      if (g_variant_dict_lookup (&dict, "tags", "^a&s", &tags))
        set_tags (self, tags);
      if (g_variant_dict_lookup (&dict, "start", "b", &start))
        self->start = start;
      if (g_variant_dict_lookup (&dict, "after", "&s", &after))
        self->after = ft_after_adding_from_nick (after);
    }
  g_variant_dict_clear (&dict);
  return self;
}
