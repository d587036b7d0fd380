/* bt-torrent-pieces.c: the way of a block from a peer to the disk: place, piece, check, had.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* An open piece is kept in chunks, so that a large piece of a slow peer does not hold memory for all
 * of itself: a chunk is written as soon as its blocks are there, and hashed on the way. */
#define CHUNK_BLOCKS 16u
#define CHUNK_BYTES (CHUNK_BLOCKS * BT_LIMIT_BLOCK)

typedef struct
{
  BtBuffer *buffer; /* (nullable) */
  guint n_in_memory; /* blocks that came and are not written */
} BtChunk;

typedef struct
{
  BtPeerId id;
  BtEndpoint endpoint;
} BtSender;

typedef struct
{
  guint32 piece;
  guint n_blocks;
  guint n_chunks;
  gboolean checking;     /* complete: the check is under way */
  gboolean failed;       /* a write failed: what is under way no more counts */
  BtChunk *chunks;
  BtBitfield *in_memory; /* blocks that came and are not handed to the disk */
  BtBitfield *written;   /* blocks that are in the files */
  BtPeer **receivers;    /* who fills the place of each block just now; (nullable) elements */
  GArray *senders;       /* of BtSender: everybody who gave a block */
} BtOpenPiece;

/* A write under way. */
typedef struct
{
  BtTorrent *torrent;
  BtBuffer *buffer;
  guint32 piece;
  guint first, count; /* blocks */
} BtWrite;

static void
free_open_piece (gpointer data)
{
  BtOpenPiece *open = data;

  for (guint i = 0; i < open->n_chunks; i++)
    g_clear_pointer (&open->chunks[i].buffer, bt_buffer_unref);
  g_free (open->chunks);
  bt_bitfield_free (open->in_memory);
  bt_bitfield_free (open->written);
  g_free (open->receivers);
  g_array_unref (open->senders);
  g_free (open);
}

static BtOpenPiece *
find_open (BtTorrent *torrent, guint32 piece)
{
  return g_hash_table_lookup (torrent->open_pieces, GUINT_TO_POINTER (piece));
}

static BtOpenPiece *
open_piece (BtTorrent *torrent, guint32 piece)
{
  BtOpenPiece *open = find_open (torrent, piece);

  if (open != NULL)
    return open;
  open = g_new0 (BtOpenPiece, 1);
  open->piece = piece;
  open->n_blocks = bt_picker_blocks_in_piece (torrent->picker, piece);
  open->n_chunks = (open->n_blocks + CHUNK_BLOCKS - 1) / CHUNK_BLOCKS;
  open->chunks = g_new0 (BtChunk, open->n_chunks);
  open->in_memory = bt_bitfield_new (open->n_blocks);
  open->written = bt_bitfield_new (open->n_blocks);
  open->receivers = g_new0 (BtPeer *, open->n_blocks);
  open->senders = g_array_new (FALSE, FALSE, sizeof (BtSender));
  g_hash_table_insert (torrent->open_pieces, GUINT_TO_POINTER (piece), open);
  return open;
}

void
bt_torrent_init_pieces (BtTorrent *torrent)
{
  torrent->open_pieces = g_hash_table_new_full (NULL, NULL, NULL, free_open_piece);
}

void
bt_torrent_free_pieces (BtTorrent *torrent)
{
  g_hash_table_unref (torrent->open_pieces);
}

/* Nobody may fill a place that is about to go. */
static void
withdraw_places (BtOpenPiece *open)
{
  for (guint i = 0; i < open->n_blocks; i++)
    if (open->receivers[i] != NULL)
      {
        bt_link_discard_block (open->receivers[i]->link);
        open->receivers[i]->receiving = FALSE;
        open->receivers[i] = NULL;
      }
}

void
bt_torrent_drop_open_piece (BtTorrent *torrent, guint32 piece)
{
  BtOpenPiece *open = find_open (torrent, piece);

  if (open == NULL)
    return;
  withdraw_places (open);
  g_hash_table_remove (torrent->open_pieces, GUINT_TO_POINTER (piece));
}

/* Verdicts. */

static void
fill_senders (BtTorrent *torrent, BtOpenPiece *open, BtEndpoint *out)
{
  memset (out, 0, open->n_blocks * sizeof *out);
  for (guint i = 0; i < open->n_blocks; i++)
    {
      BtBlock block = bt_picker_block (torrent->picker, open->piece, i);
      BtPeerId id = bt_picker_block_sender (torrent->picker, &block);

      for (guint j = 0; j < open->senders->len; j++)
        if (g_array_index (open->senders, BtSender, j).id == id)
          out[i] = g_array_index (open->senders, BtSender, j).endpoint;
    }
}

/* Parole is asked of the blame when blocks are picked. */
static void
verdict_cb (const BtEndpoint *endpoint, BtVerdict verdict, gpointer data)
{
  BtTorrent *torrent = data;

  if (verdict == BT_VERDICT_BAN)
    bt_torrent_ban (torrent, endpoint, "it sent bad data");
}

/* Hashes of the blocks of a piece are on their way: of one that failed, with its senders, or (n 0) of
 * one that passed after it had failed before. */
typedef struct
{
  BtTorrent *torrent;
  guint n;
  BtEndpoint senders[];
} BtBlameJob;

static void
blocks_hashed_cb (guint32 piece, const BtSha1 *hashes, guint n, const GError *error, gpointer owner)
{
  BtBlameJob *job = owner;
  BtTorrent *torrent = job->torrent;

  if (error == NULL && torrent->phase != BT_PHASE_CLOSING)
    {
      if (job->n == 0)
        bt_blame_truth (torrent->blame, piece, hashes, n, verdict_cb, torrent);
      else if (n == job->n)
        bt_blame_hashes (torrent->blame, piece, job->senders, hashes, n, verdict_cb, torrent);
    }
  g_free (job);
  bt_torrent_job_end (torrent);
}

static void
hash_blocks (BtTorrent *torrent, guint32 piece, const BtEndpoint *senders, guint n)
{
  BtDisk *disk = torrent->core->disk;
  BtBlameJob *job = g_malloc0 (sizeof *job + n * sizeof *senders);

  job->torrent = torrent;
  job->n = n;
  if (n > 0)
    memcpy (job->senders, senders, n * sizeof *senders);
  bt_torrent_job_begin (torrent);
  disk->ops->hash_blocks (disk, torrent->storage, piece, blocks_hashed_cb, job);
}

static void
piece_passed (BtTorrent *torrent, BtOpenPiece *open)
{
  guint32 piece = open->piece;
  g_autofree BtEndpoint *senders = g_new (BtEndpoint, open->n_blocks);

  fill_senders (torrent, open, senders);
  bt_blame_passed (torrent->blame, piece, senders, open->n_blocks);
  if (bt_blame_wants_truth (torrent->blame, piece))
    hash_blocks (torrent, piece, NULL, 0);
  bt_torrent_drop_open_piece (torrent, piece);
  bt_picker_passed (torrent->picker, piece);
  bt_torrent_count_piece (torrent, piece, 1);
  torrent->dirty = TRUE;
  bt_torrent_save_soon (torrent);
  for (guint i = 0; i < torrent->peers->len; i++)
    bt_peer_send_have (g_ptr_array_index (torrent->peers, i), piece);
  if (bt_torrent_is_complete (torrent))
    bt_torrent_finished (torrent);
  else if (torrent->problem != NULL)
    bt_torrent_reconsider (torrent); /* it may be the first that can be given */
}

static void
piece_failed (BtTorrent *torrent, BtOpenPiece *open)
{
  guint32 piece = open->piece;
  guint n = open->n_blocks;
  guint64 size = bt_metainfo_piece_size (torrent->metainfo, piece);
  g_autofree BtEndpoint *senders = g_new (BtEndpoint, n);

  fill_senders (torrent, open, senders);
  torrent->wasted += size;
  torrent->corrupt += size;
  bt_torrent_drop_open_piece (torrent, piece);
  bt_picker_failed (torrent->picker, piece);
  bt_core_event (torrent->core, torrent->id, BT_EVENT_PIECE_FAILED,
                 "Piece %u came damaged and will be fetched again", piece);
  /* Asked for before the blocks can be written anew: jobs of one piece keep their order. */
  hash_blocks (torrent, piece, senders, n);
  bt_blame_failed (torrent->blame, piece, senders, n, verdict_cb, torrent);
  bt_torrent_touch (torrent, BT_CHANGED_TOTALS);
  bt_torrent_request_all (torrent);
}

/* The disk could not take it: the blocks count as missing, whatever of them is in the files. */
static void
give_piece_up (BtTorrent *torrent, guint32 piece)
{
  bt_torrent_drop_open_piece (torrent, piece);
  bt_picker_failed (torrent->picker, piece);
}

static gboolean
has_banned_sender (BtTorrent *torrent, const BtOpenPiece *open)
{
  for (guint i = 0; i < open->senders->len; i++)
    if (bt_candidates_is_banned (torrent->candidates, &g_array_index (open->senders, BtSender, i).endpoint))
      return TRUE;
  return FALSE;
}

void
bt_torrent_lose_partials (BtTorrent *torrent)
{
  g_autoptr(GList) all = g_hash_table_get_values (torrent->open_pieces);

  for (GList *l = all; l != NULL; l = l->next)
    {
      BtOpenPiece *open = l->data;

      if (!open->checking)
        give_piece_up (torrent, open->piece);
    }
}

/* What a liar has begun is not worth ending: it would fail, and shame those who end it. */
void
bt_torrent_drop_pieces_of_banned (BtTorrent *torrent)
{
  g_autoptr(GList) all = g_hash_table_get_values (torrent->open_pieces);

  for (GList *l = all; l != NULL; l = l->next)
    {
      BtOpenPiece *open = l->data;

      if (!open->checking && has_banned_sender (torrent, open))
        give_piece_up (torrent, open->piece);
    }
}

static void
piece_checked_cb (guint32 piece, gboolean ok, const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;
  BtOpenPiece *open = find_open (torrent, piece);

  /* Closing is no reason to forget a piece that is right: it is saved after this. */
  if (open != NULL && open->checking)
    {
      if (error != NULL || open->failed)
        {
          give_piece_up (torrent, piece);
          if (error != NULL)
            bt_torrent_fail (torrent, error);
        }
      else if (ok)
        piece_passed (torrent, open);
      else
        piece_failed (torrent, open);
    }
  bt_torrent_job_end (torrent);
}

static void
check_if_complete (BtTorrent *torrent, BtOpenPiece *open)
{
  BtDisk *disk = torrent->core->disk;
  const BtBitfield *blocks = bt_picker_open_blocks (torrent->picker, open->piece);

  if (open->checking || blocks == NULL || !bt_bitfield_is_full (blocks))
    return;
  open->checking = TRUE;
  bt_torrent_job_begin (torrent);
  disk->ops->check_piece (disk, torrent->storage, open->piece, piece_checked_cb, torrent);
}

/* Writing. */

static void
written_cb (const GError *error, gpointer owner)
{
  BtWrite *write = owner;
  BtTorrent *torrent = write->torrent;
  BtOpenPiece *open = find_open (torrent, write->piece);

  if (open != NULL && error == NULL)
    bt_bitfield_set_range (open->written, write->first, write->count);
  else if (open != NULL)
    {
      open->failed = TRUE;
      if (!open->checking)
        give_piece_up (torrent, write->piece);
    }
  bt_buffer_unref (write->buffer);
  g_free (write);
  if (error != NULL)
    bt_torrent_fail_to_write (torrent, error);
  bt_torrent_job_end (torrent);
}

static void
write_run (BtTorrent *torrent, BtOpenPiece *open, BtChunk *chunk, guint first, guint count)
{
  BtDisk *disk = torrent->core->disk;
  BtBlock last = bt_picker_block (torrent->picker, open->piece, first + count - 1);
  guint64 begin = (guint64) first * BT_LIMIT_BLOCK;
  BtWrite *write = g_new0 (BtWrite, 1);

  write->torrent = torrent;
  write->buffer = bt_buffer_ref (chunk->buffer);
  write->piece = open->piece;
  write->first = first;
  write->count = count;
  bt_torrent_job_begin (torrent);
  disk->ops->write (disk, torrent->storage,
                    bt_metainfo_piece_offset (torrent->metainfo, open->piece) + begin, chunk->buffer,
                    (guint32) (begin % CHUNK_BYTES), last.begin + last.length - (guint32) begin,
                    written_cb, write);
  bt_core_balance_disk (torrent->core); /* a disk that hangs ends no job */
}

/* Writes the runs of blocks that a chunk holds. Somebody may still be filling another block of it:
 * then the buffer stays for that one. */
static void
flush_chunk (BtTorrent *torrent, BtOpenPiece *open, guint index)
{
  BtChunk *chunk = &open->chunks[index];
  guint first = index * CHUNK_BLOCKS;
  guint end = MIN (first + CHUNK_BLOCKS, open->n_blocks);
  gboolean busy = FALSE;

  for (guint i = first; i < end; i++)
    busy |= open->receivers[i] != NULL;
  while (chunk->n_in_memory > 0)
    {
      guint from = bt_bitfield_next_set (open->in_memory, first);
      guint to = MIN (bt_bitfield_next_clear (open->in_memory, from), end);

      write_run (torrent, open, chunk, from, to - from);
      for (guint i = from; i < to; i++)
        bt_bitfield_clear (open->in_memory, i);
      chunk->n_in_memory -= to - from;
    }
  if (!busy)
    g_clear_pointer (&chunk->buffer, bt_buffer_unref);
}

void
bt_torrent_flush_pieces (BtTorrent *torrent)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, torrent->open_pieces);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BtOpenPiece *open = value;

      for (guint i = 0; i < open->n_chunks; i++)
        flush_chunk (torrent, open, i);
    }
}

/* A chunk is written when no block of it is missing any more. */
static void
flush_if_whole (BtTorrent *torrent, BtOpenPiece *open, guint index)
{
  const BtBitfield *blocks = bt_picker_open_blocks (torrent->picker, open->piece);
  guint first = index * CHUNK_BLOCKS;
  guint end = MIN (first + CHUNK_BLOCKS, open->n_blocks);

  if (blocks == NULL || bt_bitfield_next_clear (blocks, first) >= end)
    flush_chunk (torrent, open, index);
}

/* Receiving. */

static guint8 *
chunk_place (BtTorrent *torrent, BtOpenPiece *open, guint index)
{
  BtChunk *chunk = &open->chunks[index / CHUNK_BLOCKS];

  if (chunk->buffer == NULL)
    {
      guint32 begin = index / CHUNK_BLOCKS * CHUNK_BYTES;
      guint32 size = bt_metainfo_piece_size (torrent->metainfo, open->piece);

      chunk->buffer = bt_buffer_pool_get (torrent->core->pool, MIN (CHUNK_BYTES, size - begin));
    }
  return chunk->buffer->data + (gsize) (index % CHUNK_BLOCKS) * BT_LIMIT_BLOCK;
}

/* Whether the block is still missing: it may have come from another peer since it was asked for. */
gboolean
bt_torrent_wants_block (BtTorrent *torrent, const BtBlock *block)
{
  const BtBitfield *blocks = bt_picker_open_blocks (torrent->picker, block->piece);

  if (bt_picker_has (torrent->picker, block->piece))
    return FALSE;
  return blocks == NULL || !bt_bitfield_get (blocks, block->begin / BT_LIMIT_BLOCK);
}

guint8 *
bt_torrent_block_place (BtTorrent *torrent, BtPeer *peer, const BtBlock *block)
{
  BtOpenPiece *open = open_piece (torrent, block->piece);
  guint index = block->begin / BT_LIMIT_BLOCK;

  peer->receiving = TRUE;
  peer->receiving_block = *block;
  if (open->receivers[index] != NULL)
    {
      peer->scratch = bt_buffer_pool_get (torrent->core->pool, BT_LIMIT_BLOCK);
      return peer->scratch->data;
    }
  open->receivers[index] = peer;
  return chunk_place (torrent, open, index);
}

void
bt_torrent_block_lost (BtTorrent *torrent, BtPeer *peer)
{
  BtOpenPiece *open = find_open (torrent, peer->receiving_block.piece);
  guint index = peer->receiving_block.begin / BT_LIMIT_BLOCK;

  if (!peer->receiving)
    return;
  peer->receiving = FALSE;
  g_clear_pointer (&peer->scratch, bt_buffer_unref);
  if (open != NULL && index < open->n_blocks && open->receivers[index] == peer)
    open->receivers[index] = NULL;
}

static void
remember_sender (BtOpenPiece *open, BtPeer *peer)
{
  BtSender sender = { peer->id, peer->endpoint };

  for (guint i = 0; i < open->senders->len; i++)
    if (g_array_index (open->senders, BtSender, i).id == peer->id)
      return;
  g_array_append_val (open->senders, sender);
}

/* The bytes are in the scratch of this peer while somebody slower fills the place: that one is told
 * to throw the rest away, and the place is filled here. */
static void
take_from_scratch (BtTorrent *torrent, BtOpenPiece *open, BtPeer *peer, const BtBlock *block)
{
  guint index = block->begin / BT_LIMIT_BLOCK;
  BtPeer *slower = open->receivers[index];

  if (slower != NULL)
    {
      slower->receiving = FALSE;
      bt_link_discard_block (slower->link);
      open->receivers[index] = NULL;
    }
  memcpy (chunk_place (torrent, open, index), peer->scratch->data, block->length);
}

static void
cancel_losers (BtTorrent *torrent, const BtPeerId *others, guint n, const BtBlock *block)
{
  for (guint i = 0; i < n; i++)
    {
      BtPeer *other = bt_torrent_find_peer (torrent, others[i]);

      if (other != NULL)
        bt_peer_cancel (other, block);
    }
}

/* All bytes of a block that was asked for are in its place or in the scratch of the peer. */
void
bt_torrent_block_came (BtTorrent *torrent, BtPeer *peer, const BtBlock *block)
{
  BtOpenPiece *open = find_open (torrent, block->piece);
  guint index = block->begin / BT_LIMIT_BLOCK;
  BtPeerId others[8];
  guint n_others = 0;
  BtBlockResult result = BT_BLOCK_DUPLICATE;

  if (open != NULL) /* else the piece was finished by others meanwhile */
    result = bt_picker_received (torrent->picker, peer->id, block, others, &n_others);
  if (result == BT_BLOCK_DUPLICATE)
    {
      torrent->wasted += block->length;
      bt_torrent_block_lost (torrent, peer);
      return;
    }
  if (peer->scratch != NULL)
    take_from_scratch (torrent, open, peer, block);
  bt_torrent_block_lost (torrent, peer);
  remember_sender (open, peer);
  bt_bitfield_set (open->in_memory, index);
  open->chunks[index / CHUNK_BLOCKS].n_in_memory++;
  cancel_losers (torrent, others, n_others, block);
  flush_if_whole (torrent, open, index / CHUNK_BLOCKS);
  if (result == BT_BLOCK_PIECE_COMPLETE)
    check_if_complete (torrent, open);
}

void
bt_torrent_stop_receiving (BtTorrent *torrent)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    bt_peer_take_back_requests (g_ptr_array_index (torrent->peers, i));
  bt_torrent_flush_pieces (torrent);
}

/* Saving. */

void
bt_torrent_save_partials (BtTorrent *torrent, BtResume *resume)
{
  GHashTableIter iter;
  gpointer value;

  resume->partials = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_partial_free);
  g_hash_table_iter_init (&iter, torrent->open_pieces);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BtOpenPiece *open = value;
      BtPartial *partial;

      if (open->written->n_set == 0 || open->failed)
        continue;
      partial = g_new0 (BtPartial, 1);
      partial->piece = open->piece;
      partial->blocks = g_bytes_new (open->written->bytes, bt_bitfield_n_bytes (open->n_blocks));
      g_ptr_array_add (resume->partials, partial);
    }
}

void
bt_torrent_restore_partial (BtTorrent *torrent, const BtPartial *partial)
{
  g_autoptr(BtBitfield) blocks = NULL;
  BtOpenPiece *open;

  if (partial->piece >= torrent->metainfo->n_pieces || bt_picker_has (torrent->picker, partial->piece))
    return;
  blocks = bt_bitfield_new_from_bytes (g_bytes_get_data (partial->blocks, NULL),
                                       g_bytes_get_size (partial->blocks),
                                       bt_picker_blocks_in_piece (torrent->picker, partial->piece));
  if (blocks == NULL || blocks->n_set == 0 || bt_bitfield_is_full (blocks))
    return;
  open = open_piece (torrent, partial->piece);
  bt_bitfield_free (open->written);
  open->written = bt_bitfield_copy (blocks);
  bt_picker_restore_open (torrent->picker, partial->piece, blocks);
}
