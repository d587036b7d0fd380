/* bt-torrent-magnet.c: a torrent of which only a link is known, and what it hands to the real one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-magnet.h"

gboolean
bt_torrent_may_share (BtTorrent *torrent)
{
  return !torrent->metainfo->is_private && !torrent->turned_private;
}

/* Others may have found us where a private torrent is not to be told of, so those that came in go as well: who
 * knows us from the tracker comes again. */
void
bt_torrent_become_private (BtTorrent *torrent)
{
  for (guint i = torrent->peers->len; i > 0; i = MIN (i - 1, torrent->peers->len))
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i - 1);

      if (peer->candidate == NULL || (peer->candidate->sources & BT_SOURCES_OF_PRIVATE) == 0)
        bt_peer_close (peer, BT_CLOSE_STOPPED, "the torrent is private");
    }
  bt_candidates_keep (torrent->candidates, BT_SOURCES_OF_PRIVATE);
}

gboolean
bt_torrent_is_magnet (BtTorrent *torrent)
{
  return torrent->metainfo->magnet != NULL;
}

gboolean
bt_torrent_can_resolve (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_METADATA && !torrent->resolving;
}

gboolean
bt_torrent_is_resolving (BtTorrent *torrent)
{
  return torrent->resolving;
}

gboolean
bt_torrent_can_be_chosen_for (BtTorrent *torrent)
{
  return torrent->intent == BT_INTENT_DETAILS && torrent->phase != BT_PHASE_CLOSING;
}

/* The files that the link chose. */
static GBytes *
make_priorities (const BtMagnet *magnet, const BtMetainfo *metainfo)
{
  g_autofree gboolean *wanted = NULL;
  guint8 *priorities;

  if (magnet->selection == NULL)
    return NULL;
  wanted = g_new (gboolean, metainfo->n_files);
  bt_magnet_select (magnet, wanted, metainfo->n_files);
  priorities = g_malloc (metainfo->n_files);
  for (guint32 i = 0; i < metainfo->n_files; i++)
    priorities[i] = wanted[i] ? BT_PRIORITY_NORMAL : BT_PRIORITY_SKIP;
  return g_bytes_new_take (priorities, metainfo->n_files);
}

/* Those of the torrent, then those that only the link named. A private torrent tells nobody else.
 * Returns: (transfer full) (nullable): NULL: no others than the torrent's */
static GPtrArray *
merge_tiers (BtTorrent *torrent, const BtMetainfo *metainfo)
{
  g_autoptr(BtTiers) merged = NULL;
  guint tier = metainfo->tiers->len;

  if (torrent->own_tiers)
    return bt_tiers_list (torrent->tiers);
  if (metainfo->is_private)
    return NULL;
  merged = bt_tiers_new (metainfo->tiers, FALSE, &torrent->core->random);
  for (guint i = 0; i < bt_tiers_n_trackers (torrent->tiers); i++)
    if (bt_tiers_add (merged, bt_tiers_get (torrent->tiers, i)->url, tier))
      tier++;
  return tier > metainfo->tiers->len ? bt_tiers_list (merged) : NULL;
}

BtResume *
bt_torrent_make_resolved_resume (BtTorrent *torrent, const BtMetainfo *metainfo)
{
  BtResume *resume = bt_torrent_make_resume (torrent, NULL);

  /* Of no pieces and no files. */
  g_clear_pointer (&resume->have, g_bytes_unref);
  g_clear_pointer (&resume->created, g_bytes_unref);
  g_clear_pointer (&resume->priorities, g_bytes_unref);
  g_clear_pointer (&resume->stamps, g_array_unref);
  g_clear_pointer (&resume->extra_tiers, g_ptr_array_unref);
  if (metainfo->is_private)
    g_clear_pointer (&resume->peers, g_array_unref); /* who knows where they are from */
  resume->priorities = make_priorities (torrent->metainfo->magnet, metainfo);
  resume->extra_tiers = merge_tiers (torrent, metainfo);
  return resume;
}

typedef struct
{
  BtTorrent *torrent;
  BtResolvedFunc done;
  gpointer data;
} Resolving;

static void
resolved_cb (const GError *error, gpointer owner)
{
  Resolving *resolving = owner;
  BtTorrent *torrent = resolving->torrent;

  torrent->resolving = FALSE;
  if (error == NULL)
    torrent->unlisted = FALSE;
  resolving->done (torrent, error, resolving->data);
  g_free (resolving);
  bt_torrent_job_end (torrent);
}

void
bt_torrent_resolve (BtTorrent *torrent, const BtMetainfo *metainfo, GBytes *bytes, const BtResume *resume,
                    BtResolvedFunc done, gpointer data)
{
  Resolving *resolving = g_new (Resolving, 1);

  resolving->torrent = torrent;
  resolving->done = done;
  resolving->data = data;
  torrent->resolving = TRUE;
  torrent->turned_private = metainfo->is_private;
  if (metainfo->is_private)
    bt_torrent_stop_dht (torrent);
  bt_torrent_job_begin (torrent);
  if (torrent->unlisted)
    {
      g_autofree char *link = bt_magnet_format (torrent->metainfo->magnet);

      bt_state_db_add_magnet (torrent->core->db, &torrent->metainfo->info_hash, link, resume, NULL, NULL);
    }
  bt_state_db_resolve (torrent->core->db, &torrent->metainfo->info_hash, bytes, resume, resolved_cb, resolving);
}
