/* bt-peer-upload.c: serves the requests of a peer: a bounded queue, read or lent in runs, sent as it drains.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-allowed-fast.h"

#define READ_RUN_BYTES (256 * 1024) /* requests that follow each other are read at once */
/* Queued on the link or being read. To a quick peer more, so that each turn fills what the kernel takes: */
#define SEND_AHEAD_BYTES (512 * 1024)
#define SEND_AHEAD_MAX_BYTES (2048 * 1024)
#define SEND_AHEAD_SHARE 8 /* what it takes in this part of a second */

/* More than requests that may wait, so that most are alone in one of their places. */
#define TALLY_BITS 12

/* Blocks that are being read for a peer, in one run. The peer may go meanwhile. */
typedef struct
{
  BtPeer *peer;
  BtBuffer *buffer;
  guint n;
  BtBlock blocks[];
} BtServing;

guint
bt_peer_n_waiting (const BtPeer *peer)
{
  return peer->waiting.blocks->len - peer->waiting.head;
}

gboolean
bt_peer_is_being_served (const BtPeer *peer)
{
  return bt_peer_n_waiting (peer) > 0 || peer->n_reading > 0 || bt_link_queued_bytes (peer->link) > 0;
}

static BtBlock *
waiting_at (BtPeer *peer, guint index)
{
  return &g_array_index (peer->waiting.blocks, BtBlock, peer->waiting.head + index);
}

/* The tally: each block has two places in a table that counts those that wait. Where one of them is empty, the block is
 * not among them. Else each request would be compared with hundreds. */
static guint32
mix_block (const BtBlock *block)
{
  return (block->piece * 0x9e3779b1u + block->begin / BT_LIMIT_BLOCK) * 0x85ebca6bu;
}

static guint16 *
tally_of (BtPeer *peer, guint32 mixed, guint turn)
{
  if (peer->waiting.tally == NULL)
    peer->waiting.tally = g_new0 (guint16, 1u << TALLY_BITS);
  return &peer->waiting.tally[(mixed >> turn * (32 - TALLY_BITS)) & ((1u << TALLY_BITS) - 1)];
}

static void
count_waiting (BtPeer *peer, const BtBlock *block, int by)
{
  guint32 mixed = mix_block (block);

  for (guint turn = 0; turn < 2; turn++)
    {
      guint16 *tally = tally_of (peer, mixed, turn);

      *tally = (guint16) (*tally + by);
    }
}

static gboolean
may_wait (BtPeer *peer, const BtBlock *block)
{
  guint32 mixed = mix_block (block);

  return *tally_of (peer, mixed, 0) > 0 && *tally_of (peer, mixed, 1) > 0;
}

static void
remove_served (BtPeer *peer, guint n)
{
  for (guint i = 0; i < n; i++)
    count_waiting (peer, waiting_at (peer, i), -1);
  peer->waiting.head += n;
  if (peer->waiting.head == peer->waiting.blocks->len)
    {
      g_array_set_size (peer->waiting.blocks, 0);
      peer->waiting.head = 0;
    }
  else if (peer->waiting.head > BT_LIMIT_REQUESTS_FROM_PEER)
    {
      g_array_remove_range (peer->waiting.blocks, 0, peer->waiting.head);
      peer->waiting.head = 0;
    }
}

static void
reject (BtPeer *peer, const BtBlock *block)
{
  if (peer->fast && !peer->closed)
    bt_peer_send_block_message (peer, BT_MESSAGE_REJECT, block);
}

void
bt_peer_drop_waiting (BtPeer *peer, gboolean with_reject)
{
  guint n = bt_peer_n_waiting (peer);

  for (guint i = 0; with_reject && i < n; i++)
    reject (peer, waiting_at (peer, i));
  g_array_set_size (peer->waiting.blocks, 0);
  peer->waiting.head = 0;
  g_clear_pointer (&peer->waiting.tally, g_free);
}

/* Taking. */

static gboolean
is_sane (BtPeer *peer, const BtBlock *block)
{
  BtMetainfo *metainfo = peer->torrent->metainfo;
  guint32 size;

  if (block->piece >= metainfo->n_pieces || block->length == 0 || block->length > BT_LIMIT_BLOCK)
    return FALSE;
  size = bt_metainfo_piece_size (metainfo, block->piece);
  return block->begin < size && block->length <= size - block->begin;
}

static gboolean
is_allowed_while_choked (BtPeer *peer, const BtBlock *block)
{
  return peer->fast && peer->allowed_out != NULL && bt_bitfield_get (peer->allowed_out, block->piece);
}

/* Returns: -1 if it does not wait. */
static gint
find_waiting (BtPeer *peer, const BtBlock *block)
{
  guint n = may_wait (peer, block) ? bt_peer_n_waiting (peer) : 0;
  const BtBlock *waiting = n > 0 ? waiting_at (peer, 0) : NULL;

  for (guint i = 0; i < n; i++)
    if (waiting[i].begin == block->begin && waiting[i].piece == block->piece && waiting[i].length == block->length)
      return (gint) i;
  return -1;
}

/* A request that cannot be served is rejected; without the fast extension it is passed over, as it
 * was sent before our choke or have reached the peer. */
void
bt_peer_take_request (BtPeer *peer, const BtBlock *block)
{
  if (!is_sane (peer, block))
    {
      if (peer->fast && block->length > BT_LIMIT_BLOCK && block->length <= BT_LIMIT_PEER_MESSAGE)
        reject (peer, block);
      else
        bt_peer_close (peer, BT_CLOSE_BAD_REQUEST, NULL);
      return;
    }
  peer->asked_at = bt_core_now (peer->torrent->core);
  if (!bt_picker_has (peer->torrent->picker, block->piece)
      || (peer->am_choking && !is_allowed_while_choked (peer, block))
      || bt_peer_n_waiting (peer) >= BT_LIMIT_REQUESTS_FROM_PEER)
    {
      reject (peer, block);
      return;
    }
  if (find_waiting (peer, block) >= 0)
    return;
  g_array_append_val (peer->waiting.blocks, *block);
  count_waiting (peer, block, 1);
  bt_peer_serve (peer);
}

/* With the fast extension each request is answered once: by a block or a reject. */
void
bt_peer_take_cancel (BtPeer *peer, const BtBlock *block)
{
  gint index = find_waiting (peer, block);

  if (index >= 0)
    {
      g_array_remove_index (peer->waiting.blocks, peer->waiting.head + (guint) index);
      count_waiting (peer, block, -1);
      remove_served (peer, 0);
      reject (peer, block);
    }
  else if (bt_link_unsend_block (peer->link, block))
    {
      reject (peer, block);
      /* Perhaps it was the last, and nothing will drain. */
      bt_peer_serve (peer);
    }
}

/* Serving. */

static void
finish_serving (BtServing *serving)
{
  BtPeer *peer = serving->peer;

  peer->n_reading -= serving->n;
  bt_buffer_unref (serving->buffer);
  if (peer->closed && peer->n_reading == 0)
    bt_peer_free (peer);
  g_free (serving);
}

static void
send_lent (BtPeer *peer, const BtBlock *blocks, guint n, BtFileSlices *slices)
{
  gsize offset = 0;

  for (guint i = 0; i < n; offset += blocks[i++].length)
    bt_link_send_lent_block (peer->link, &blocks[i], slices, offset);
}

static void
send_read (BtPeer *peer, const BtServing *serving)
{
  gsize offset = 0;

  for (guint i = 0; i < serving->n; offset += serving->blocks[i++].length)
    bt_link_send_block (peer->link, &serving->blocks[i], serving->buffer, offset);
}

/* What has left since the last time: the rate is that of the wire, not of the queue. */
void
bt_peer_count_sent (BtPeer *peer, gint64 now)
{
  BtTorrent *torrent = peer->torrent;
  guint64 bytes = bt_link_get_counts (peer->link)->payload_out - peer->uploaded;

  if (bytes == 0)
    return;
  peer->uploaded += bytes;
  torrent->uploaded += bytes;
  torrent->up_moved_at = now;
  bt_rate_add (&peer->rate_up, now, bytes);
  bt_rate_add (&torrent->rate_up, now, bytes);
  bt_core_count_up (torrent->core, bytes);
  peer->useful_at = peer->moved_at = now;
  bt_torrent_touch (torrent, BT_CHANGED_TOTALS | BT_CHANGED_SPEED);
}

static void
lend_cb (BtFileSlices *slices, const GError *error, gpointer owner)
{
  BtServing *serving = owner;
  BtPeer *peer = serving->peer;
  BtTorrent *torrent = peer->torrent;

  if (error != NULL)
    {
      for (guint i = 0; i < serving->n; i++)
        reject (peer, &serving->blocks[i]);
      bt_torrent_read_failed (torrent, error);
    }
  else if (!peer->closed && slices != NULL)
    send_lent (peer, serving->blocks, serving->n, slices);
  else if (!peer->closed)
    send_read (peer, serving);
  if (!peer->closed)
    bt_peer_serve (peer);
  finish_serving (serving);
  bt_torrent_job_end (torrent);
}

static void
read_cb (const GError *error, gpointer owner)
{
  lend_cb (NULL, error, owner);
}

static guint64
get_rate (BtPeer *peer)
{
  return bt_rate_get (&peer->rate_up, bt_core_now (peer->torrent->core));
}

/* What waits for long might fall out of the page cache, and to send it would then wait for the disk. So files are lent
 * only to a peer that empties its queue within about a second. */
static gboolean
is_quick (BtPeer *peer)
{
  return bt_link_sends_files (peer->link) && get_rate (peer) >= SEND_AHEAD_BYTES;
}

/* How many of the waiting requests follow each other inside one piece. */
static guint
measure_run (BtPeer *peer, guint32 *length)
{
  const BtBlock *first = waiting_at (peer, 0);
  guint n = bt_peer_n_waiting (peer);
  guint count = 0;

  *length = 0;
  for (guint i = 0; i < n && *length < READ_RUN_BYTES; i++)
    {
      const BtBlock *block = waiting_at (peer, i);

      if (block->piece != first->piece || block->begin != first->begin + *length)
        break;
      *length += block->length;
      count++;
    }
  return count;
}

/* FALSE: it has to be asked for. */
static gboolean
serve_run_at_once (BtPeer *peer, guint n, guint64 offset, guint32 length)
{
  BtTorrent *torrent = peer->torrent;
  BtDisk *disk = torrent->core->disk;
  BtFileSlices *slices = is_quick (peer) ? disk->ops->lend_at_once (disk, torrent->storage, offset, length) : NULL;

  if (slices == NULL)
    return FALSE;
  send_lent (peer, waiting_at (peer, 0), n, slices);
  bt_file_slices_unref (slices);
  remove_served (peer, n);
  return TRUE;
}

static void
ask_for_run (BtPeer *peer, guint n, guint64 offset, guint32 length)
{
  BtTorrent *torrent = peer->torrent;
  BtDisk *disk = torrent->core->disk;
  BtServing *serving = g_malloc (sizeof *serving + n * sizeof (BtBlock));

  serving->peer = peer;
  serving->n = n;
  memcpy (serving->blocks, waiting_at (peer, 0), n * sizeof (BtBlock));
  serving->buffer = bt_buffer_pool_get (torrent->core->pool, length);
  remove_served (peer, n);
  peer->n_reading += n;
  bt_torrent_job_begin (torrent);
  if (is_quick (peer))
    disk->ops->lend (disk, torrent->storage, offset, serving->buffer, length, lend_cb, serving);
  else
    disk->ops->read (disk, torrent->storage, offset, serving->buffer, 0, length, read_cb, serving);
}

static void
serve_run (BtPeer *peer)
{
  guint32 length;
  guint n = measure_run (peer, &length);
  const BtBlock *first = waiting_at (peer, 0);
  guint64 offset = bt_metainfo_piece_offset (peer->torrent->metainfo, first->piece) + first->begin;

  if (!serve_run_at_once (peer, n, offset, length))
    ask_for_run (peer, n, offset, length);
}

static gsize
get_ahead (BtPeer *peer)
{
  return bt_link_queued_bytes (peer->link) + peer->n_reading * BT_LIMIT_BLOCK;
}

/* Once half has left: several runs at a time, so that the disk's threads are not woken for each. */
void
bt_peer_serve (BtPeer *peer)
{
  gsize ahead;

  if (peer->closed || bt_peer_n_waiting (peer) == 0)
    return;
  ahead = CLAMP (get_rate (peer) / SEND_AHEAD_SHARE, SEND_AHEAD_BYTES, SEND_AHEAD_MAX_BYTES);
  if (get_ahead (peer) > ahead / 2)
    return;
  while (!peer->closed && bt_peer_n_waiting (peer) > 0 && get_ahead (peer) < ahead)
    serve_run (peer);
}

/* Allowed fast: so that a newcomer without anything can begin. Not for peers that have enough, and
 * only what we have. */
void
bt_peer_offer_fast (BtPeer *peer)
{
  BtTorrent *torrent = peer->torrent;
  guint32 pieces[BT_ALLOWED_FAST_COUNT];
  guint n = bt_allowed_fast_set (&peer->endpoint, &torrent->metainfo->info_hash, torrent->metainfo->n_pieces,
                                 BT_ALLOWED_FAST_COUNT, pieces);

  for (guint i = 0; i < n; i++)
    {
      guint8 bytes[BT_MESSAGE_MAX_HEAD];

      if (!bt_picker_has (torrent->picker, pieces[i]))
        continue;
      if (peer->allowed_out == NULL)
        peer->allowed_out = bt_bitfield_new (torrent->metainfo->n_pieces);
      bt_bitfield_set (peer->allowed_out, pieces[i]);
      bt_link_send (peer->link, bytes,
                    bt_message_encode_piece_index (BT_MESSAGE_ALLOWED_FAST, pieces[i], bytes));
    }
}
