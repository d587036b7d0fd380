/* ft-tracker-list.c: the trackers of the torrent that is looked at, as a list changed in place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tracker-list.h"

#include "ft-tracker-private.h"

struct _FtTrackerList
{
  GObject parent_instance;

  GPtrArray *trackers;
};

static GType
get_item_type (GListModel *model)
{
  return FT_TYPE_TRACKER;
}

static guint
get_n_items (GListModel *model)
{
  return FT_TRACKER_LIST (model)->trackers->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  FtTrackerList *self = FT_TRACKER_LIST (model);

  return position < self->trackers->len ? g_object_ref (self->trackers->pdata[position]) : NULL;
}

static void
implement_list_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtTrackerList, ft_tracker_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, implement_list_model))

static void
ft_tracker_list_finalize (GObject *object)
{
  g_ptr_array_unref (FT_TRACKER_LIST (object)->trackers);

  G_OBJECT_CLASS (ft_tracker_list_parent_class)->finalize (object);
}

static void
ft_tracker_list_class_init (FtTrackerListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_tracker_list_finalize;
}

static void
ft_tracker_list_init (FtTrackerList *self)
{
  self->trackers = g_ptr_array_new_with_free_func (g_object_unref);
}

FtTrackerList *
ft_tracker_list_new (void)
{
  return g_object_new (FT_TYPE_TRACKER_LIST, NULL);
}

static gboolean
is_at (FtTrackerList *self, guint position, const BtTrackerStatus *status)
{
  return position < self->trackers->len
         && g_str_equal (ft_tracker_get_url (self->trackers->pdata[position]), status->url);
}

/* From @position on, where both lists differ, up to what their ends have in common. */
static void
replace_middle (FtTrackerList *self, guint begin, const GArray *trackers, gint64 now)
{
  guint old_end = self->trackers->len, new_end = trackers->len;

  while (old_end > begin && new_end > begin
         && is_at (self, old_end - 1, &g_array_index (trackers, BtTrackerStatus, new_end - 1)))
    {
      old_end--;
      new_end--;
    }
  if (old_end > begin)
    g_ptr_array_remove_range (self->trackers, begin, old_end - begin);
  for (guint i = begin; i < new_end; i++)
    g_ptr_array_insert (self->trackers, (int) i,
                        ft_tracker_new (&g_array_index (trackers, BtTrackerStatus, i), FALSE, now));
  if (old_end > begin || new_end > begin)
    g_list_model_items_changed (G_LIST_MODEL (self), begin, old_end - begin, new_end - begin);
}

void
ft_tracker_list_apply (FtTrackerList *self, const GArray *trackers, gint64 now)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (BtTrackerStatus));
  guint same = 0;

  g_return_if_fail (FT_IS_TRACKER_LIST (self));

  if (trackers == NULL)
    trackers = none;
  while (same < trackers->len && is_at (self, same, &g_array_index (trackers, BtTrackerStatus, same)))
    same++;
  replace_middle (self, same, trackers, now);
  for (guint i = 0; i < trackers->len; i++)
    {
      const BtTrackerStatus *status = &g_array_index (trackers, BtTrackerStatus, i);
      gboolean leads = i == 0 || g_array_index (trackers, BtTrackerStatus, i - 1).tier != status->tier;

      ft_tracker_update (self->trackers->pdata[i], status, leads, now);
    }
}

GPtrArray *
ft_tracker_list_dup_tiers (FtTrackerList *self)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  guint begin = 0;

  g_return_val_if_fail (FT_IS_TRACKER_LIST (self), NULL);

  while (begin < self->trackers->len)
    {
      g_autoptr (GStrvBuilder) tier = g_strv_builder_new ();
      guint i, number = ft_tracker_get_tier (self->trackers->pdata[begin]);

      for (i = begin; i < self->trackers->len && ft_tracker_get_tier (self->trackers->pdata[i]) == number; i++)
        g_strv_builder_add (tier, ft_tracker_get_url (self->trackers->pdata[i]));
      g_ptr_array_add (tiers, g_strv_builder_end (tier));
      begin = i;
    }
  return tiers;
}
