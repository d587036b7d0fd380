/* ft-torrent-list.c: the torrents of a session as a list model.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-list.h"

struct _FtTorrentList
{
  GObject parent_instance;

  GPtrArray *torrents; /* (owned) of FtTorrent: views ask for items far more often than any goes */
  GHashTable *by_id;   /* BtTorrentId -> FtTorrent */
  GHashTable *hidden;  /* BtTorrentId -> FtTorrent (owned) */
};

enum
{
  SIGNAL_UPDATED,
  SIGNAL_TORRENT_ADDED,
  SIGNAL_TORRENT_CHANGED,
  SIGNAL_TORRENT_REMOVED,
  N_SIGNALS
};

static GType
ft_torrent_list_get_item_type (GListModel *model)
{
  return FT_TYPE_TORRENT;
}

static guint
ft_torrent_list_get_n_items (GListModel *model)
{
  FtTorrentList *self = FT_TORRENT_LIST (model);

  return self->torrents->len;
}

static gpointer
ft_torrent_list_get_item (GListModel *model, guint position)
{
  FtTorrentList *self = FT_TORRENT_LIST (model);

  return position < self->torrents->len ? g_object_ref (self->torrents->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = ft_torrent_list_get_item_type;
  iface->get_n_items = ft_torrent_list_get_n_items;
  iface->get_item = ft_torrent_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtTorrentList, ft_torrent_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static guint signals[N_SIGNALS];

static void
remove_run (FtTorrentList *self, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      FtTorrent *torrent = self->torrents->pdata[i];

      g_signal_emit (self, signals[SIGNAL_TORRENT_REMOVED], 0, torrent);
      g_hash_table_remove (self->by_id, GUINT_TO_POINTER (ft_torrent_get_id (torrent)));
    }
  g_ptr_array_remove_range (self->torrents, first, n);
  g_list_model_items_changed (G_LIST_MODEL (self), first, n, 0);
}

static gboolean
is_in (FtTorrentList *self, guint position, GHashTable *ids)
{
  return g_hash_table_contains (ids, GUINT_TO_POINTER (ft_torrent_get_id (self->torrents->pdata[position])));
}

/* Neighbours go together: views do as much for each change as for many at once. One that was added and removed
 * between two updates was never seen. */
static void
remove_torrents (FtTorrentList *self, const BtTorrentId *ids, guint n_ids)
{
  g_autoptr (GHashTable) going = g_hash_table_new (NULL, NULL);
  guint end = self->torrents->len;

  for (guint i = 0; i < n_ids; i++)
    g_hash_table_add (going, GUINT_TO_POINTER (ids[i]));
  while (n_ids > 0 && end > 0)
    {
      guint start = end;

      while (start > 0 && is_in (self, start - 1, going))
        start--;
      if (start < end)
        remove_run (self, start, end - start);
      end = start > 0 ? start - 1 : 0;
    }
}

/* Returns: what changed. */
static BtChanged
update_torrent (FtTorrentList *self, const BtTorrentStatus *status)
{
  FtTorrent *torrent = ft_torrent_list_lookup (self, status->id);
  FtTorrent *hidden = g_hash_table_lookup (self->hidden, GUINT_TO_POINTER (status->id));

  if (hidden != NULL)
    ft_torrent_update (hidden, status);
  if (torrent == NULL)
    return status->changed;
  ft_torrent_update (torrent, status);
  g_signal_emit (self, signals[SIGNAL_TORRENT_CHANGED], 0, torrent, (guint) status->changed);
  return status->changed;
}

/* Takes @torrent. */
static void
append (FtTorrentList *self, FtTorrent *torrent)
{
  g_ptr_array_add (self->torrents, torrent);
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (ft_torrent_get_id (torrent)), torrent);
  g_signal_emit (self, signals[SIGNAL_TORRENT_ADDED], 0, torrent);
}

static void
append_new_torrent (FtTorrentList *self, const BtTorrentStatus *status)
{
  gpointer key = GUINT_TO_POINTER (status->id);

  if (!g_hash_table_contains (self->by_id, key) && !g_hash_table_contains (self->hidden, key))
    append (self, ft_torrent_new (status));
}

static void
ft_torrent_list_finalize (GObject *object)
{
  FtTorrentList *self = FT_TORRENT_LIST (object);

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->hidden);
  g_ptr_array_unref (self->torrents);

  G_OBJECT_CLASS (ft_torrent_list_parent_class)->finalize (object);
}

static void
ft_torrent_list_class_init (FtTorrentListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_torrent_list_finalize;
  signals[SIGNAL_UPDATED] = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_TORRENT_ADDED]
    = g_signal_new ("torrent-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, FT_TYPE_TORRENT);
  signals[SIGNAL_TORRENT_CHANGED]
    = g_signal_new ("torrent-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, FT_TYPE_TORRENT, G_TYPE_UINT);
  signals[SIGNAL_TORRENT_REMOVED]
    = g_signal_new ("torrent-removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, FT_TYPE_TORRENT);
}

static void
ft_torrent_list_init (FtTorrentList *self)
{
  self->torrents = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (NULL, NULL);
  self->hidden = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

FtTorrentList *
ft_torrent_list_new (void)
{
  return g_object_new (FT_TYPE_TORRENT_LIST, NULL);
}

FtTorrent *
ft_torrent_list_lookup (FtTorrentList *self, BtTorrentId id)
{
  g_return_val_if_fail (FT_IS_TORRENT_LIST (self), NULL);

  return g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
}

void
ft_torrent_list_apply (FtTorrentList *self, const BtUpdate *update)
{
  guint n_before, n_added;
  guint changed = 0;

  g_return_if_fail (FT_IS_TORRENT_LIST (self));
  g_return_if_fail (update != NULL);

  for (guint i = 0; i < update->removed->len; i++)
    g_hash_table_remove (self->hidden, GUINT_TO_POINTER (g_array_index (update->removed, BtTorrentId, i)));
  remove_torrents (self, (const BtTorrentId *) (gpointer) update->removed->data, update->removed->len);

  n_before = self->torrents->len;
  for (guint i = 0; i < update->torrents->len; i++)
    changed |= update_torrent (self, &g_array_index (update->torrents, BtTorrentStatus, i));
  /* Nothing is notified while they are appended: nobody sees more items than were announced. */
  for (guint i = 0; i < update->torrents->len; i++)
    append_new_torrent (self, &g_array_index (update->torrents, BtTorrentStatus, i));
  n_added = self->torrents->len - n_before;
  if (n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, n_added);

  if (update->removed->len > 0 || update->torrents->len > 0)
    g_signal_emit (self, signals[SIGNAL_UPDATED], 0, changed);
}

gboolean
ft_torrent_list_refresh_texts (FtTorrentList *self, gint64 now)
{
  gboolean any = FALSE;

  g_return_val_if_fail (FT_IS_TORRENT_LIST (self), FALSE);

  for (guint i = 0; i < self->torrents->len; i++)
    {
      FtTorrent *torrent = self->torrents->pdata[i];

      if (!ft_torrent_counts_down (torrent, now))
        continue;
      any = TRUE;
      ft_torrent_refresh_texts (torrent);
    }
  return any;
}

void
ft_torrent_list_hide (FtTorrentList *self, const BtTorrentId *ids, guint n_ids)
{
  g_return_if_fail (FT_IS_TORRENT_LIST (self));

  for (guint i = 0; i < n_ids; i++)
    {
      FtTorrent *torrent = ft_torrent_list_lookup (self, ids[i]);

      if (torrent != NULL)
        g_hash_table_insert (self->hidden, GUINT_TO_POINTER (ids[i]), g_object_ref (torrent));
    }
  remove_torrents (self, ids, n_ids);
  g_signal_emit (self, signals[SIGNAL_UPDATED], 0, 0);
}

guint
ft_torrent_list_show (FtTorrentList *self, const BtTorrentId *ids, guint n_ids)
{
  guint n_before, n_shown;

  g_return_val_if_fail (FT_IS_TORRENT_LIST (self), 0);

  n_before = self->torrents->len;
  for (guint i = 0; i < n_ids; i++)
    {
      FtTorrent *torrent;

      if (g_hash_table_steal_extended (self->hidden, GUINT_TO_POINTER (ids[i]), NULL, (gpointer *) &torrent))
        append (self, torrent);
    }
  n_shown = self->torrents->len - n_before;
  if (n_shown > 0)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, n_shown);
      g_signal_emit (self, signals[SIGNAL_UPDATED], 0, 0);
    }
  return n_shown;
}

GArray *
ft_torrent_list_dup_hidden (FtTorrentList *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (BtTorrentId));
  GHashTableIter iter;
  gpointer key;

  g_return_val_if_fail (FT_IS_TORRENT_LIST (self), ids);

  g_hash_table_iter_init (&iter, self->hidden);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      BtTorrentId id = GPOINTER_TO_UINT (key);

      g_array_append_val (ids, id);
    }
  return ids;
}

void
ft_torrent_list_clear (FtTorrentList *self)
{
  guint n_items;

  g_return_if_fail (FT_IS_TORRENT_LIST (self));

  g_hash_table_remove_all (self->hidden);
  n_items = self->torrents->len;
  if (n_items == 0)
    return;
  for (guint i = 0; i < n_items; i++)
    g_signal_emit (self, signals[SIGNAL_TORRENT_REMOVED], 0, self->torrents->pdata[i]);
  g_hash_table_remove_all (self->by_id);
  g_ptr_array_set_size (self->torrents, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_items, 0);
  g_signal_emit (self, signals[SIGNAL_UPDATED], 0, 0);
}
