/* ft-peer-list.c: the connected peers of the torrent that is looked at, as a list changed in place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-peer-list.h"

#include "ft-peer-private.h"

struct _FtPeerList
{
  GObject parent_instance;

  GPtrArray *peers;
};

static GType
get_item_type (GListModel *model)
{
  return FT_TYPE_PEER;
}

static guint
get_n_items (GListModel *model)
{
  return FT_PEER_LIST (model)->peers->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  FtPeerList *self = FT_PEER_LIST (model);

  return position < self->peers->len ? g_object_ref (self->peers->pdata[position]) : NULL;
}

static void
implement_list_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtPeerList, ft_peer_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, implement_list_model))

static void
ft_peer_list_finalize (GObject *object)
{
  g_ptr_array_unref (FT_PEER_LIST (object)->peers);

  G_OBJECT_CLASS (ft_peer_list_parent_class)->finalize (object);
}

static void
ft_peer_list_class_init (FtPeerListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_peer_list_finalize;
}

static void
ft_peer_list_init (FtPeerList *self)
{
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
}

FtPeerList *
ft_peer_list_new (void)
{
  return g_object_new (FT_TYPE_PEER_LIST, NULL);
}

/* What is left in @now afterwards is new. */
static gboolean
update_known (FtPeerList *self, GHashTable *now)
{
  gboolean changed = FALSE;

  for (guint i = self->peers->len; i-- > 0;)
    {
      FtPeer *peer = self->peers->pdata[i];
      const BtPeerStatus *status = g_hash_table_lookup (now, &ft_peer_get_status (peer)->endpoint);

      if (status != NULL)
        {
          g_hash_table_remove (now, &status->endpoint);
          changed |= ft_peer_update (peer, status);
          continue;
        }
      g_ptr_array_remove_index (self->peers, i);
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
      changed = TRUE;
    }
  return changed;
}

gboolean
ft_peer_list_apply (FtPeerList *self, const GArray *peers)
{
  g_autoptr (GHashTable) now = g_hash_table_new (bt_endpoint_hash, bt_endpoint_equal);
  guint position, n_peers = peers != NULL ? peers->len : 0;
  gboolean changed;

  g_return_val_if_fail (FT_IS_PEER_LIST (self), FALSE);

  for (guint i = 0; i < n_peers; i++)
    {
      BtPeerStatus *status = &g_array_index (peers, BtPeerStatus, i);

      g_hash_table_insert (now, &status->endpoint, status);
    }
  changed = update_known (self, now);
  position = self->peers->len;
  for (guint i = 0; i < n_peers; i++)
    {
      BtPeerStatus *status = &g_array_index (peers, BtPeerStatus, i);

      if (g_hash_table_lookup (now, &status->endpoint) == status)
        g_ptr_array_add (self->peers, ft_peer_new (status));
    }
  if (self->peers->len > position)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, self->peers->len - position);
  return changed || self->peers->len > position;
}
