/* ft-sidebar-model.c: the groups that torrents are in, with how many there are in each.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sidebar-model.h"

#include <string.h>

/* What of a torrent was counted. */
typedef struct
{
  guint categories;          /* bits */
  BtTorrentOptions *options; /* (owned): its tags */
  GRefString *tracker;       /* (owned) (nullable) */
} Counted;

struct _FtSidebarModel
{
  GObject parent_instance;

  FtTorrentList *torrents;
  FtTags *tags;

  GHashTable *counted;        /* FtTorrent -> Counted */
  guint categories[FT_N_CATEGORIES];
  guint n_tagged;
  GHashTable *tag_counts;     /* name without case -> how many carry it */
  GHashTable *tracker_counts; /* host -> how many have it; empty: none */

  /* What is shown, as of the last update. */
  GPtrArray *category_items;
  GPtrArray *tag_items;
  GPtrArray *untagged_items; /* one or none */
  GPtrArray *tracker_items;
};

static guint
count_items (FtSidebarModel *self)
{
  return self->category_items->len + self->tag_items->len + self->untagged_items->len
         + self->tracker_items->len;
}

static GType
ft_sidebar_model_get_item_type (GListModel *model)
{
  return FT_TYPE_SIDEBAR_ITEM;
}

static guint
ft_sidebar_model_get_n_items (GListModel *model)
{
  return count_items (FT_SIDEBAR_MODEL (model));
}

static gpointer
ft_sidebar_model_get_item (GListModel *model, guint position)
{
  FtSidebarModel *self = FT_SIDEBAR_MODEL (model);
  GPtrArray *sections[] = { self->category_items, self->tag_items, self->untagged_items, self->tracker_items };

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      if (position < sections[i]->len)
        return g_object_ref (sections[i]->pdata[position]);
      position -= sections[i]->len;
    }
  return NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = ft_sidebar_model_get_item_type;
  iface->get_n_items = ft_sidebar_model_get_n_items;
  iface->get_item = ft_sidebar_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtSidebarModel, ft_sidebar_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
counted_free (gpointer data)
{
  Counted *counted = data;

  bt_torrent_options_unref (counted->options);
  g_clear_pointer (&counted->tracker, g_ref_string_release);
  g_free (counted);
}

/* Counting. */

static guint
get_number (GHashTable *counts, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, name));
}

/* Takes @name. */
static void
add_number (GHashTable *counts, char *name, int step)
{
  guint number = get_number (counts, name) + (guint) step;

  if (number > 0)
    {
      g_hash_table_replace (counts, name, GUINT_TO_POINTER (number));
      return;
    }
  g_hash_table_remove (counts, name);
  g_free (name);
}

/* @step: 1 or -1 */
static void
count (FtSidebarModel *self, const Counted *counted, int step)
{
  char **tags = counted->options->tags;

  for (guint i = 0; i < FT_N_CATEGORIES; i++)
    if ((counted->categories & 1u << i) != 0)
      self->categories[i] += (guint) step;
  for (guint i = 0; tags[i] != NULL; i++)
    add_number (self->tag_counts, g_utf8_casefold (tags[i], -1), step);
  if (tags[0] != NULL)
    self->n_tagged += (guint) step;
  add_number (self->tracker_counts, g_strdup (counted->tracker != NULL ? counted->tracker : ""), step);
}

static void
torrent_added_cb (FtSidebarModel *self, FtTorrent *torrent)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);
  Counted *counted = g_new (Counted, 1);

  counted->categories = ft_category_get_bits (status);
  counted->options = bt_torrent_options_ref (status->options);
  counted->tracker = status->tracker != NULL ? g_ref_string_acquire (status->tracker) : NULL;
  count (self, counted, 1);
  g_hash_table_insert (self->counted, torrent, counted);
}

static void
torrent_removed_cb (FtSidebarModel *self, FtTorrent *torrent)
{
  Counted *counted = g_hash_table_lookup (self->counted, torrent);

  g_return_if_fail (counted != NULL);

  count (self, counted, -1);
  g_hash_table_remove (self->counted, torrent);
}

static void
torrent_changed_cb (FtSidebarModel *self, FtTorrent *torrent, guint changed)
{
  if ((changed & (FT_CATEGORY_FACTS | BT_CHANGED_OPTIONS | BT_CHANGED_TRACKER)) == 0)
    return;
  torrent_removed_cb (self, torrent);
  torrent_added_cb (self, torrent);
}

/* Showing. */

static void
show_tag_count (FtSidebarModel *self, FtSidebarItem *item)
{
  g_autofree char *name = g_utf8_casefold (ft_sidebar_item_get_title (item), -1);

  ft_sidebar_item_set_count (item, get_number (self->tag_counts, name));
}

static void
show_tag_counts (FtSidebarModel *self)
{
  for (guint i = 0; i < self->tag_items->len; i++)
    show_tag_count (self, self->tag_items->pdata[i]);
}

static void
show_untagged (FtSidebarModel *self)
{
  guint position = self->category_items->len + self->tag_items->len;
  gboolean shown = self->untagged_items->len > 0;

  if (self->n_tagged > 0 && !shown)
    {
      g_ptr_array_add (self->untagged_items, ft_sidebar_item_new_untagged ());
      g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
    }
  else if (self->n_tagged == 0 && shown)
    {
      g_ptr_array_set_size (self->untagged_items, 0);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
    }
  if (self->untagged_items->len > 0)
    ft_sidebar_item_set_count (self->untagged_items->pdata[0],
                               self->categories[FT_CATEGORY_ALL] - self->n_tagged);
}

static guint
get_tracker_offset (FtSidebarModel *self)
{
  return count_items (self) - self->tracker_items->len;
}

/* Those without a tracker come last. */
static int
compare_hosts (const char *a, const char *b)
{
  if (*a == '\0' || *b == '\0')
    return (*a == '\0') - (*b == '\0');
  return strcmp (a, b);
}

static void
insert_tracker (FtSidebarModel *self, const char *host)
{
  guint position = 0;

  while (position < self->tracker_items->len
         && compare_hosts (ft_sidebar_item_get_host (self->tracker_items->pdata[position]), host) < 0)
    position++;
  if (position < self->tracker_items->len
      && g_str_equal (ft_sidebar_item_get_host (self->tracker_items->pdata[position]), host))
    return;
  g_ptr_array_insert (self->tracker_items, (int) position, ft_sidebar_item_new_tracker (host));
  g_list_model_items_changed (G_LIST_MODEL (self), get_tracker_offset (self) + position, 0, 1);
}

/* Nobody is told about trackers while no torrent has one. */
static gboolean
has_trackers (FtSidebarModel *self)
{
  guint n_without = g_hash_table_contains (self->tracker_counts, "") ? 1 : 0;

  return g_hash_table_size (self->tracker_counts) > n_without;
}

static void
show_trackers (FtSidebarModel *self)
{
  gboolean any = has_trackers (self);
  GHashTableIter iter;
  gpointer host;

  for (guint i = self->tracker_items->len; i > 0; i--)
    {
      FtSidebarItem *item = self->tracker_items->pdata[i - 1];
      guint number = get_number (self->tracker_counts, ft_sidebar_item_get_host (item));

      ft_sidebar_item_set_count (item, number);
      if (number > 0 && any)
        continue;
      g_ptr_array_remove_index (self->tracker_items, i - 1);
      g_list_model_items_changed (G_LIST_MODEL (self), get_tracker_offset (self) + i - 1, 1, 0);
    }
  if (!any || self->tracker_items->len == g_hash_table_size (self->tracker_counts))
    return;
  g_hash_table_iter_init (&iter, self->tracker_counts);
  while (g_hash_table_iter_next (&iter, &host, NULL))
    insert_tracker (self, host);
  show_trackers (self);
}

static void
show_counts (FtSidebarModel *self)
{
  for (guint i = 0; i < FT_N_CATEGORIES; i++)
    ft_sidebar_item_set_count (self->category_items->pdata[i], self->categories[i]);
  show_tag_counts (self);
  show_untagged (self);
  show_trackers (self);
}

static void
tags_items_changed_cb (FtSidebarModel *self, guint position, guint removed, guint added)
{
  if (removed > 0)
    g_ptr_array_remove_range (self->tag_items, position, removed);
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (FtTag) tag = g_list_model_get_item (G_LIST_MODEL (self->tags), i);
      FtSidebarItem *item = ft_sidebar_item_new_tag (tag);

      show_tag_count (self, item);
      g_ptr_array_insert (self->tag_items, (int) i, item);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), self->category_items->len + position, removed, added);
}

static void
add_present_torrents (FtSidebarModel *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->torrents));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (G_LIST_MODEL (self->torrents), i);

      torrent_added_cb (self, torrent);
    }
}

static void
ft_sidebar_model_finalize (GObject *object)
{
  FtSidebarModel *self = FT_SIDEBAR_MODEL (object);

  g_clear_object (&self->torrents);
  g_clear_object (&self->tags);
  g_hash_table_unref (self->counted);
  g_hash_table_unref (self->tag_counts);
  g_hash_table_unref (self->tracker_counts);
  g_ptr_array_unref (self->category_items);
  g_ptr_array_unref (self->tag_items);
  g_ptr_array_unref (self->untagged_items);
  g_ptr_array_unref (self->tracker_items);

  G_OBJECT_CLASS (ft_sidebar_model_parent_class)->finalize (object);
}

static void
ft_sidebar_model_class_init (FtSidebarModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_sidebar_model_finalize;
}

static void
ft_sidebar_model_init (FtSidebarModel *self)
{
  self->counted = g_hash_table_new_full (NULL, NULL, NULL, counted_free);
  self->tag_counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->tracker_counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->category_items = g_ptr_array_new_with_free_func (g_object_unref);
  self->tag_items = g_ptr_array_new_with_free_func (g_object_unref);
  self->untagged_items = g_ptr_array_new_with_free_func (g_object_unref);
  self->tracker_items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < FT_N_CATEGORIES; i++)
    g_ptr_array_add (self->category_items, ft_sidebar_item_new_category ((FtCategory) i));
}

FtSidebarModel *
ft_sidebar_model_new (FtTorrentList *torrents, FtTags *tags)
{
  FtSidebarModel *self;

  g_return_val_if_fail (FT_IS_TORRENT_LIST (torrents), NULL);
  g_return_val_if_fail (FT_IS_TAGS (tags), NULL);

  self = g_object_new (FT_TYPE_SIDEBAR_MODEL, NULL);
  self->torrents = g_object_ref (torrents);
  self->tags = g_object_ref (tags);
  g_signal_connect_object (torrents, "torrent-added", G_CALLBACK (torrent_added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrents, "torrent-changed", G_CALLBACK (torrent_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (torrents, "torrent-removed", G_CALLBACK (torrent_removed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (torrents, "updated", G_CALLBACK (show_counts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tags, "items-changed", G_CALLBACK (tags_items_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tags, "changed", G_CALLBACK (show_tag_counts), self, G_CONNECT_SWAPPED);
  add_present_torrents (self);
  tags_items_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (tags)));
  show_counts (self);
  return self;
}
