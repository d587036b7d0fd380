/* ft-tags.c: the tags that a person made, in the person's order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tags.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ft-torrent-list.h"

#define MAX_TAGS 500 /* what the settings are made to hold, and far more than a person can tell apart */

struct _FtTags
{
  GObject parent_instance;

  GSettings *settings;
  FtSession *session;  /* (nullable) */
  GPtrArray *tags;     /* of FtTag */
  GHashTable *by_name; /* name, and name without case -> FtTag */
  GHashTable *gone;    /* names removed here that torrents may still carry -> whether the engine still works on it */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GType
ft_tags_get_item_type (GListModel *model)
{
  return FT_TYPE_TAG;
}

static guint
ft_tags_get_n_items (GListModel *model)
{
  return FT_TAGS (model)->tags->len;
}

static gpointer
ft_tags_get_item (GListModel *model, guint position)
{
  FtTags *self = FT_TAGS (model);

  return position < self->tags->len ? g_object_ref (self->tags->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = ft_tags_get_item_type;
  iface->get_n_items = ft_tags_get_n_items;
  iface->get_item = ft_tags_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtTags, ft_tags, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static guint signals[N_SIGNALS];

/* Names. */

static char *
fold_name (const char *name)
{
  g_autofree char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE);

  return composed != NULL ? g_utf8_casefold (composed, -1) : NULL;
}

static void
index_tag (GHashTable *by_name, FtTag *tag)
{
  g_hash_table_insert (by_name, g_strdup (ft_tag_get_name (tag)), tag);
  g_hash_table_insert (by_name, fold_name (ft_tag_get_name (tag)), tag);
}

static void
index_tags (FtTags *self)
{
  g_hash_table_remove_all (self->by_name);
  for (guint i = 0; i < self->tags->len; i++)
    index_tag (self->by_name, self->tags->pdata[i]);
}

/* Settings. */

/* What views know is @old; they are told of the part that is different. */
static void
announce_items (FtTags *self, const GPtrArray *old)
{
  guint first = 0, last = 0;
  guint common = MIN (old->len, self->tags->len);

  while (first < common && old->pdata[first] == self->tags->pdata[first])
    first++;
  while (last < common - first
         && old->pdata[old->len - 1 - last] == self->tags->pdata[self->tags->len - 1 - last])
    last++;
  if (old->len != self->tags->len || first < old->len)
    g_list_model_items_changed (G_LIST_MODEL (self), first, old->len - first - last,
                                self->tags->len - first - last);
}

/* Takes @tags, whose items may be those of before. */
static void
replace_tags (FtTags *self, GPtrArray *tags)
{
  g_autoptr (GPtrArray) old = self->tags;

  self->tags = tags;
  index_tags (self);
  announce_items (self, old);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
read_tag (FtTags *self, GPtrArray *tags, GHashTable *seen, GVariant *variant)
{
  g_autoptr (FtTag) read = ft_tag_from_variant (variant);
  FtTag *tag;

  if (read == NULL || tags->len == MAX_TAGS)
    return;
  tag = ft_tags_lookup (self, ft_tag_get_name (read));
  if (tag == NULL)
    tag = read;
  if (!g_hash_table_add (seen, fold_name (ft_tag_get_name (read))))
    return;
  ft_tag_assign (tag, read);
  g_ptr_array_add (tags, g_object_ref (tag));
}

static void
load (FtTags *self)
{
  g_autoptr (GVariant) saved = g_settings_get_value (self->settings, FT_SETTING_TAGS);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *tags = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < g_variant_n_children (saved); i++)
    {
      g_autoptr (GVariant) variant = g_variant_get_child_value (saved, i);

      read_tag (self, tags, seen, variant);
    }
  replace_tags (self, tags);
}

static GVariant *
make_variant (FtTags *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->tags->len; i++)
    g_variant_builder_add_value (&builder, ft_tag_to_variant (self->tags->pdata[i]));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
settings_changed_cb (FtTags *self)
{
  g_autoptr (GVariant) saved = g_settings_get_value (self->settings, FT_SETTING_TAGS);
  g_autoptr (GVariant) ours = make_variant (self);

  /* What was written here comes back here. */
  if (!g_variant_equal (saved, ours))
    load (self);
}

/* Takes @tags. FALSE: they are what they were. */
static gboolean
commit (FtTags *self, GPtrArray *tags)
{
  g_autoptr (GVariant) variant = NULL;

  replace_tags (self, tags);
  variant = make_variant (self);
  if (g_settings_set_value (self->settings, FT_SETTING_TAGS, variant))
    return TRUE;
  /* An administrator can lock a key. */
  load (self);
  return FALSE;
}

static GPtrArray *
copy_tags (FtTags *self)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->tags->len; i++)
    g_ptr_array_add (copy, g_object_ref (self->tags->pdata[i]));
  return copy;
}

/* Torrents. */

typedef struct
{
  FtTags *tags; /* (owned) */
  char *name;
} Renaming;

static void
renamed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Renaming *renaming = user_data;
  GHashTable *gone = renaming->tags->gone;

  /* If it failed the torrents keep the tag, and it shows again. If not, updates that are on their way may still
   * carry it: it is forgotten when no torrent does. */
  if (!ft_session_finish (FT_SESSION (object), result, NULL))
    g_hash_table_remove (gone, renaming->name);
  else if (g_hash_table_contains (gone, renaming->name))
    g_hash_table_insert (gone, g_strdup (renaming->name), GINT_TO_POINTER (FALSE));
  g_object_unref (renaming->tags);
  g_free (renaming->name);
  g_free (renaming);
}

static void
rename_on_torrents (FtTags *self, const char *name, const char *new_name)
{
  Renaming *renaming;

  if (self->session == NULL)
    return;
  renaming = g_new (Renaming, 1);
  renaming->tags = g_object_ref (self);
  renaming->name = g_strdup (name);
  g_hash_table_insert (self->gone, g_strdup (name), GINT_TO_POINTER (TRUE));
  ft_session_rename_tag_async (self->session, name, new_name, NULL, renamed_cb, renaming);
}

/* @carried: those that are gone but still on a torrent are added */
static void
find_missing (FtTags *self, FtTorrent *torrent, GPtrArray *missing, GHashTable *carried)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);

  for (char **name = status->options->tags; *name != NULL; name++)
    {
      g_autofree char *clean = NULL;

      if (g_hash_table_contains (self->gone, *name))
        g_hash_table_add (carried, *name);
      else if (g_hash_table_contains (self->by_name, *name))
        continue; /* nearly always, and ten thousand torrents are looked at */
      else if ((clean = ft_tag_clean_name (*name)) != NULL && ft_tags_lookup (self, clean) == NULL
               && !g_ptr_array_find_with_equal_func (missing, clean, g_str_equal, NULL))
        g_ptr_array_add (missing, g_steal_pointer (&clean));
    }
}

static void
forget_gone (FtTags *self, GHashTable *carried)
{
  GHashTableIter iter;
  gpointer name, pending;

  g_hash_table_iter_init (&iter, self->gone);
  while (g_hash_table_iter_next (&iter, &name, &pending))
    if (!GPOINTER_TO_INT (pending) && !g_hash_table_contains (carried, name))
      g_hash_table_iter_remove (&iter);
}

static void
torrents_updated_cb (FtTorrentList *torrents, guint changed, gpointer user_data)
{
  if ((changed & BT_CHANGED_OPTIONS) != 0)
    ft_tags_add_missing (FT_TAGS (user_data), G_LIST_MODEL (torrents));
}

static void
ft_tags_dispose (GObject *object)
{
  FtTags *self = FT_TAGS (object);

  ft_tags_set_session (self, NULL);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_tags_parent_class)->dispose (object);
}

static void
ft_tags_finalize (GObject *object)
{
  FtTags *self = FT_TAGS (object);

  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->gone);
  g_ptr_array_unref (self->tags);

  G_OBJECT_CLASS (ft_tags_parent_class)->finalize (object);
}

static void
ft_tags_class_init (FtTagsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ft_tags_dispose;
  object_class->finalize = ft_tags_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

static void
ft_tags_init (FtTags *self)
{
  self->tags = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

FtTags *
ft_tags_new (GSettings *settings)
{
  FtTags *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FT_TYPE_TAGS, NULL);
  self->settings = g_object_ref (settings);
  /* The signal comes only for keys that were read after it was connected. */
  g_signal_connect_swapped (settings, "changed::" FT_SETTING_TAGS, G_CALLBACK (settings_changed_cb), self);
  load (self);
  return self;
}

void
ft_tags_set_session (FtTags *self, FtSession *session)
{
  GListModel *torrents;

  g_return_if_fail (FT_IS_TAGS (self));
  g_return_if_fail (session == NULL || FT_IS_SESSION (session));

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (ft_session_get_torrents (self->session), self);
  g_set_object (&self->session, session);
  if (session == NULL)
    return;
  torrents = ft_session_get_torrents (session);
  g_signal_connect (torrents, "updated", G_CALLBACK (torrents_updated_cb), self);
  ft_tags_add_missing (self, torrents);
}

FtTag *
ft_tags_lookup (FtTags *self, const char *name)
{
  g_autofree char *folded = NULL;
  FtTag *tag;

  g_return_val_if_fail (FT_IS_TAGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  tag = g_hash_table_lookup (self->by_name, name);
  if (tag != NULL)
    return tag;
  folded = fold_name (name);
  return folded != NULL ? g_hash_table_lookup (self->by_name, folded) : NULL;
}

gboolean
ft_tags_check_name (FtTags *self, const char *name, FtTag *except, GError **error)
{
  g_autofree char *clean = NULL;
  FtTag *other;

  g_return_val_if_fail (FT_IS_TAGS (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  clean = ft_tag_clean_name (name);
  if (clean == NULL)
    {
      gboolean empty = strspn (name, " \t\r\n") == strlen (name);

      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED,
                           empty ? _("A tag needs a name") : _("This name is too long"));
      return FALSE;
    }
  other = ft_tags_lookup (self, clean);
  if (other == NULL || other == except)
    return TRUE;
  g_set_error_literal (error, BT_ERROR, BT_ERROR_EXISTS, _("There is a tag of this name already"));
  return FALSE;
}

const char *
ft_tags_get_next_color (FtTags *self)
{
  const char *const *palette = ft_tag_get_palette ();
  const char *best = palette[0];
  guint best_uses = G_MAXUINT;

  g_return_val_if_fail (FT_IS_TAGS (self), NULL);

  for (gsize i = 0; palette[i] != NULL; i++)
    {
      guint uses = 0;

      for (guint k = 0; k < self->tags->len; k++)
        uses += g_str_equal (ft_tag_get_color (self->tags->pdata[k]), palette[i]);
      if (uses >= best_uses)
        continue;
      best = palette[i];
      best_uses = uses;
    }
  return best;
}

/* Returns: (transfer full): a tag that can be saved */
static FtTag *
clean_draft (FtTag *draft)
{
  g_autofree char *name = ft_tag_clean_name (ft_tag_get_name (draft));
  FtTag *tag = ft_tag_copy (draft);

  g_object_set (tag, "name", name, NULL);
  if (!g_path_is_absolute (ft_tag_get_folder (tag)))
    g_object_set (tag, "folder", "", NULL);
  return tag;
}

FtTag *
ft_tags_add (FtTags *self, FtTag *draft, GError **error)
{
  g_autoptr (FtTag) tag = NULL;
  GPtrArray *tags;

  g_return_val_if_fail (FT_IS_TAGS (self), NULL);
  g_return_val_if_fail (FT_IS_TAG (draft), NULL);

  if (!ft_tags_check_name (self, ft_tag_get_name (draft), NULL, error))
    return NULL;
  if (self->tags->len >= MAX_TAGS)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_LIMIT, _("There are too many tags"));
      return NULL;
    }
  tag = clean_draft (draft);
  g_hash_table_remove (self->gone, ft_tag_get_name (tag));
  tags = copy_tags (self);
  g_ptr_array_add (tags, g_object_ref (tag));
  if (commit (self, tags))
    return tag;
  g_set_error_literal (error, BT_ERROR, BT_ERROR_STATE, _("The settings cannot be changed"));
  return NULL;
}

gboolean
ft_tags_edit (FtTags *self, FtTag *tag, FtTag *draft, GError **error)
{
  g_autofree char *old_name = NULL;
  g_autoptr (FtTag) clean = NULL;

  g_return_val_if_fail (FT_IS_TAGS (self), FALSE);
  g_return_val_if_fail (g_ptr_array_find (self->tags, tag, NULL), FALSE);
  g_return_val_if_fail (FT_IS_TAG (draft), FALSE);

  if (!ft_tags_check_name (self, ft_tag_get_name (draft), tag, error))
    return FALSE;
  old_name = g_strdup (ft_tag_get_name (tag));
  clean = clean_draft (draft);
  ft_tag_assign (tag, clean);
  if (!g_str_equal (old_name, ft_tag_get_name (tag)))
    {
      g_hash_table_remove (self->gone, ft_tag_get_name (tag));
      rename_on_torrents (self, old_name, ft_tag_get_name (tag));
    }
  commit (self, copy_tags (self));
  return TRUE;
}

void
ft_tags_remove (FtTags *self, FtTag *tag)
{
  g_autoptr (FtTag) removed = NULL;
  GPtrArray *tags;

  g_return_if_fail (FT_IS_TAGS (self));
  g_return_if_fail (g_ptr_array_find (self->tags, tag, NULL));

  removed = g_object_ref (tag);
  tags = copy_tags (self);
  g_ptr_array_remove (tags, tag);
  rename_on_torrents (self, ft_tag_get_name (tag), NULL);
  commit (self, tags);
}

void
ft_tags_move (FtTags *self, FtTag *tag, guint position)
{
  GPtrArray *tags;
  guint from;

  g_return_if_fail (FT_IS_TAGS (self));
  if (!g_ptr_array_find (self->tags, tag, &from))
    g_return_if_reached ();

  tags = copy_tags (self);
  g_ptr_array_steal_index (tags, from);
  g_ptr_array_insert (tags, (int) MIN (position, tags->len), tag);
  commit (self, tags);
}

void
ft_tags_add_missing (FtTags *self, GListModel *torrents)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) carried = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_if_fail (FT_IS_TAGS (self));
  g_return_if_fail (G_IS_LIST_MODEL (torrents));

  for (guint i = 0; i < g_list_model_get_n_items (torrents); i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (torrents, i);

      find_missing (self, torrent, missing, carried);
    }
  for (guint i = 0; i < missing->len; i++)
    {
      g_autoptr (FtTag) tag = ft_tag_new (missing->pdata[i], ft_tags_get_next_color (self));

      /* One that differs from the one before in case alone fails; it is here then. */
      ft_tags_add (self, tag, NULL);
    }
  forget_gone (self, carried);
}
