/* bt-torrent-pex.c: tells the peers of a torrent of each other, and takes what they tell (BEP 11).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-pex.h"

#define FIRST_AFTER_US (1 * G_USEC_PER_SEC)
/* One message a minute at most, also as the other end's clock sees it; not all to everybody at one moment. */
#define INTERVAL_US (61 * (gint64) G_USEC_PER_SEC)
#define SPREAD_MS 4000
/* Whom one names sooner after one that was taken in is passed over; others' clocks may run fast. */
#define HEAR_AFTER_US (50 * (gint64) G_USEC_PER_SEC)
#define FLOOD_US (60 * (gint64) G_USEC_PER_SEC)
#define SEEDS_PATIENCE_US (30 * (gint64) G_USEC_PER_SEC) /* as Transmission: then two seeds part anyway */

gboolean
bt_torrent_uses_pex (BtTorrent *torrent)
{
  return torrent->core->config->pex && bt_torrent_may_share (torrent);
}

/* Who is there. */

static BtPexFlags
get_flags (gconstpointer data)
{
  const BtPeer *peer = data;
  BtPexFlags flags = 0;

  if (peer->prefers_encryption)
    flags |= BT_PEX_PREFERS_ENCRYPTION;
  if (peer->is_seed || peer->upload_only)
    flags |= BT_PEX_UPLOAD_ONLY;
  if (peer->outgoing)
    flags |= BT_PEX_REACHABLE;
  return flags;
}

void
bt_torrent_init_pex (BtTorrent *torrent)
{
  torrent->pex = bt_pex_log_new (get_flags);
}

void
bt_torrent_pex_joined (BtTorrent *torrent, BtPeer *peer)
{
  if (peer->pex.listed || !peer->ready || peer->candidate == NULL || !bt_torrent_may_share (torrent))
    return;
  peer->pex.listed = TRUE;
  bt_pex_log_join (torrent->pex, &peer->candidate->endpoint, peer);
}

void
bt_torrent_pex_left (BtTorrent *torrent, BtPeer *peer, gboolean good, gint64 now)
{
  if (peer->pex.listed)
    bt_pex_log_leave (torrent->pex, peer, good, now);
  peer->pex.listed = FALSE;
}

/* Telling. */

static void
tell (BtTorrent *torrent, BtPeer *peer, gint64 now)
{
  const BtEndpoint *to = peer->candidate != NULL ? &peer->candidate->endpoint : &peer->endpoint;
  g_autoptr(BtPexMessage) message = bt_pex_log_tell (torrent->pex, &peer->pex.cursor, to, now);
  g_autoptr(GBytes) bytes = NULL;

  if (message == NULL)
    return;
  bytes = bt_pex_encode (message);
  bt_peer_send_extended (peer, BT_EXTENDED_PEX, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  peer->pex.next_at = now + INTERVAL_US + bt_random_below (&torrent->core->random, SPREAD_MS) * G_TIME_SPAN_MILLISECOND;
}

void
bt_torrent_pex_second (BtTorrent *torrent, BtPeer *peer, gint64 now)
{
  if (now < MAX (peer->pex.next_at, peer->ready_at + FIRST_AFTER_US)
      || !bt_pex_log_has_news (torrent->pex, &peer->pex.cursor)
      || peer->ids[BT_EXTENDED_PEX] == 0 || !bt_torrent_uses_pex (torrent))
    return;
  tell (torrent, peer, now);
}

gboolean
bt_torrent_pex_is_worth_waiting (BtTorrent *torrent, BtPeer *peer, gint64 now)
{
  return peer->ids[BT_EXTENDED_PEX] != 0 && bt_torrent_uses_pex (torrent) && now - peer->ready_at < SEEDS_PATIENCE_US
         && !(peer->pex.cursor.told && peer->pex.n_heard > 0);
}

void
bt_torrent_pex_switched (BtTorrent *torrent)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    bt_peer_send_extended_handshake (g_ptr_array_index (torrent->peers, i));
}

/* Hearing. */

/* Eight messages within a minute, when one is allowed, are a flood. */
static gboolean
is_flood (BtPeerPex *pex, gint64 now)
{
  guint slot = pex->n_heard % G_N_ELEMENTS (pex->heard);
  gboolean flood = pex->n_heard >= G_N_ELEMENTS (pex->heard) && now - pex->heard[slot] < FLOOD_US;

  pex->heard[slot] = now;
  pex->n_heard++;
  return flood;
}

static gboolean
find_named (const GArray *named, const BtEndpoint *endpoint, guint *index)
{
  for (guint i = 0; i < named->len; i++)
    if (bt_endpoint_equal (&g_array_index (named, BtEndpoint, i), endpoint))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

/* What is dropped makes room for others; as a candidate it stays. */
static void
take_dropped (BtPeerPex *pex, const GArray *dropped)
{
  for (guint i = 0; i < dropped->len; i++)
    {
      guint index;

      if (find_named (pex->named, &g_array_index (dropped, BtEndpoint, i), &index))
        g_array_remove_index_fast (pex->named, index);
    }
}

static gboolean
take_added (BtTorrent *torrent, BtPeer *peer, const BtPexPeer *added, gint64 now)
{
  BtCandidate *known = bt_candidates_find (torrent->candidates, &added->endpoint);
  BtCandidate *candidate;
  guint index;

  /* Nobody far from us can know who is near us, or may send us there. */
  if (added->endpoint.port < BT_LIMIT_LOWEST_PORT || !bt_endpoint_is_known_to (&added->endpoint, &peer->endpoint)
      || find_named (peer->pex.named, &added->endpoint, &index))
    return FALSE;
  if (known == NULL && peer->pex.named->len >= BT_LIMIT_PEX_PER_PEER)
    return FALSE;
  candidate = bt_candidates_add (torrent->candidates, &added->endpoint, BT_SOURCE_PEX, now);
  if (candidate == NULL || known != NULL)
    return FALSE;
  bt_candidates_set_seed (torrent->candidates, candidate, (added->flags & BT_PEX_UPLOAD_ONLY) != 0);
  g_array_append_val (peer->pex.named, added->endpoint);
  return TRUE;
}

static void
take_all_added (BtTorrent *torrent, BtPeer *peer, const BtPexMessage *message, gint64 now)
{
  guint n = 0;

  for (guint i = 0; i < message->added->len; i++)
    n += take_added (torrent, peer, &g_array_index (message->added, BtPexPeer, i), now);
  if (n == 0)
    return;
  g_debug ("%s: peer %u names %u more", torrent->metainfo->name, peer->id, n);
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
  bt_core_seek_peers (torrent->core, torrent);
}

/* Whoever is dropped is dropped once, and goes however soon that is said: else its place would be taken for good. */
static void
take_message (BtTorrent *torrent, BtPeer *peer, const BtPexMessage *message, gint64 now)
{
  if (peer->pex.named == NULL)
    peer->pex.named = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  take_dropped (&peer->pex, message->dropped);
  if (now < peer->pex.hear_at)
    return;
  peer->pex.hear_at = now + HEAR_AFTER_US;
  take_all_added (torrent, peer, message, now);
}

/* What was on the way when it was switched off, and what nobody asked for in a private torrent, is passed over. */
void
bt_torrent_take_pex (BtTorrent *torrent, BtPeer *peer, const void *bytes, gsize length)
{
  gint64 now = bt_core_now (torrent->core);
  g_autoptr(BtPexMessage) message = NULL;

  if (length > BT_LIMIT_PEX_BYTES)
    {
      bt_peer_close (peer, BT_CLOSE_OVERSIZED, "peer exchange");
      return;
    }
  if (is_flood (&peer->pex, now))
    {
      bt_peer_close (peer, BT_CLOSE_FLOOD, "peer exchange");
      return;
    }
  if (!bt_torrent_uses_pex (torrent))
    return;
  message = bt_pex_decode (bytes, length, NULL);
  if (message != NULL)
    take_message (torrent, peer, message, now);
}

void
bt_peer_clear_pex (BtPeer *peer)
{
  bt_pex_cursor_clear (&peer->pex.cursor);
  g_clear_pointer (&peer->pex.named, g_array_unref);
}
