/* ft-bad-peer.c: a small peer whose manners a test chooses, in any world.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-bad-peer.h"

#include "bt-bitfield.h"
#include "bt-metainfo.h"
#include "bt-reader.h"

/* Messages are put together and taken apart by hand: what is to be tried is what the program's own
 * code would never say. */

#define BODY_START 5
#define BLOCK_HEAD 8

static void
close_link (FtBadLink *link)
{
  g_ptr_array_remove_fast (link->peer->links, link);
  link->stream->ops->close (link->stream);
  g_byte_array_unref (link->in);
  g_byte_array_unref (link->out);
  g_array_unref (link->held);
  g_free (link);
}

/* Saying. */

/* Bytes that it may write now. */
static gsize
get_room (FtBadLink *link)
{
  const FtManners *manners = &link->peer->manners;
  guint64 room = link->out->len - link->written;

  if (manners->write_max > 0)
    room = MIN (room, manners->write_max);
  if (manners->stall_after > 0)
    room = MIN (room, manners->stall_after - link->n_written);
  if (manners->close_after > 0)
    room = MIN (room, manners->close_after - link->n_written);
  return (gsize) room;
}

static void
watch (FtBadLink *link)
{
  BtStreamEvents events = 0;

  if (!link->connected || link->hangs_up || get_room (link) > 0)
    events |= BT_STREAM_WRITABLE;
  if (link->connected && !link->deaf)
    events |= BT_STREAM_READABLE;
  link->stream->ops->watch (link->stream, events);
}

void
ft_bad_link_write (FtBadLink *link, const void *bytes, gsize length)
{
  g_byte_array_append (link->out, bytes, (guint) length);
  watch (link);
}

static void
say_before (FtBadLink *link)
{
  if (link->peer->manners.before == NULL || link->inside_before)
    return;
  link->inside_before = TRUE;
  link->peer->manners.before (link);
  link->inside_before = FALSE;
}

void
ft_bad_link_say (FtBadLink *link, guint8 id, const void *payload, gsize length)
{
  guint32 prefix = GUINT32_TO_BE ((guint32) length + 1);

  say_before (link);
  g_byte_array_append (link->out, (const guint8 *) &prefix, sizeof prefix);
  g_byte_array_append (link->out, &id, 1);
  ft_bad_link_write (link, payload, length);
}

void
ft_bad_link_say_index (FtBadLink *link, guint8 id, guint32 piece)
{
  guint32 index = GUINT32_TO_BE (piece);

  ft_bad_link_say (link, id, &index, sizeof index);
}

void
ft_bad_link_say_block (FtBadLink *link, guint8 id, const BtBlock *block)
{
  guint32 fields[] = { GUINT32_TO_BE (block->piece), GUINT32_TO_BE (block->begin),
                       GUINT32_TO_BE (block->length) };

  ft_bad_link_say (link, id, fields, sizeof fields);
}

static guint32
count_pieces (const FtSample *sample)
{
  return (guint32) ((sample->size + sample->piece_length - 1) / sample->piece_length);
}

void
ft_bad_link_say_bits (FtBadLink *link, gboolean all)
{
  g_autoptr(BtBitfield) bits = bt_bitfield_new (count_pieces (link->peer->sample));

  if (all)
    bt_bitfield_set_all (bits);
  ft_bad_link_say (link, BT_MESSAGE_BITFIELD, bits->bytes, bt_bitfield_n_bytes (bits->n_bits));
}

void
ft_bad_link_greet (FtBadLink *link)
{
  ft_bad_link_say_bits (link, TRUE);
  ft_bad_link_say (link, BT_MESSAGE_UNCHOKE, NULL, 0);
}

/* What lies beyond the sample is zeros: whoever asks for it gets something. */
void
ft_bad_link_serve (FtBadLink *link, const BtBlock *block)
{
  FtBadPeer *peer = link->peer;
  guint64 offset = (guint64) block->piece * peer->sample->piece_length + block->begin;
  guint32 head[] = { GUINT32_TO_BE (block->piece), GUINT32_TO_BE (block->begin) };
  g_autofree guint8 *payload = g_malloc0 (BLOCK_HEAD + (gsize) block->length);

  memcpy (payload, head, BLOCK_HEAD);
  if (offset < peer->sample->size)
    memcpy (payload + BLOCK_HEAD, peer->sample->data + offset,
            MIN (block->length, peer->sample->size - offset));
  if (peer->manners.alter != NULL)
    peer->manners.alter (link, block, payload + BLOCK_HEAD);
  ft_bad_link_say (link, BT_MESSAGE_PIECE, payload, BLOCK_HEAD + (gsize) block->length);
  peer->n_served += block->length;
}

void
ft_bad_link_go_deaf (FtBadLink *link)
{
  link->deaf = TRUE;
  watch (link);
}

void
ft_bad_link_hang_up (FtBadLink *link)
{
  link->hangs_up = TRUE;
  watch (link);
}

void
ft_bad_link_shake (FtBadLink *link)
{
  guint8 bytes[BT_HANDSHAKE_SIZE];

  bt_handshake_encode (&link->peer->handshake, bytes);
  ft_bad_link_write (link, bytes, sizeof bytes);
}

static void
send_handshake (FtBadLink *link)
{
  if (link->peer->manners.shake != NULL)
    link->peer->manners.shake (link);
  else
    ft_bad_link_shake (link);
}

/* Hearing. */

static gboolean
is_enough (FtBadPeer *peer)
{
  return peer->manners.hold_after > 0 && peer->n_blocks >= peer->manners.hold_after;
}

static void
give (FtBadLink *link, const BtBlock *block)
{
  link->peer->n_blocks++;
  if (link->peer->manners.request != NULL)
    link->peer->manners.request (link, block);
  else
    ft_bad_link_serve (link, block);
}

static void
take_request (FtBadLink *link, const guint8 *body, gsize length)
{
  BtReader reader = bt_reader (body, length);
  BtBlock block;

  if (!bt_reader_u32 (&reader, &block.piece) || !bt_reader_u32 (&reader, &block.begin)
      || !bt_reader_u32 (&reader, &block.length))
    link->peer->was_broken = TRUE;
  else if (is_enough (link->peer))
    g_array_append_val (link->held, block);
  else
    give (link, &block);
}

static void
take_message (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  FtBadPeer *peer = link->peer;

  link->got[id]++;
  peer->got[id]++;
  if (id == BT_MESSAGE_PIECE && length > BLOCK_HEAD)
    peer->n_payload_in += length - BLOCK_HEAD;
  if (peer->manners.message != NULL)
    peer->manners.message (link, id, body, length);
  if (id == BT_MESSAGE_REQUEST)
    take_request (link, body, length);
}

static void
take_handshake (FtBadLink *link)
{
  g_byte_array_remove_range (link->in, 0, BT_HANDSHAKE_SIZE);
  link->shaken = TRUE;
  if (!link->outgoing)
    send_handshake (link);
  if (link->peer->manners.greet != NULL)
    link->peer->manners.greet (link);
  else
    ft_bad_link_greet (link);
}

/* FALSE when more bytes are needed. */
static gboolean
take_next (FtBadLink *link)
{
  g_autofree guint8 *message = NULL;
  BtReader reader = bt_reader (link->in->data, link->in->len);
  guint32 length;

  if (!link->shaken)
    {
      if (link->in->len < BT_HANDSHAKE_SIZE)
        return FALSE;
      take_handshake (link);
      return TRUE;
    }
  if (!bt_reader_u32 (&reader, &length) || link->in->len - 4 < length)
    return FALSE;
  message = g_memdup2 (link->in->data + 4, length);
  g_byte_array_remove_range (link->in, 0, 4 + length);
  if (length > 0)
    take_message (link, message[0], message + 1, length - 1);
  return TRUE;
}

/* The stream. FALSE when it ended. */

static gboolean
read_some (FtBadLink *link)
{
  guint8 bytes[16384];
  struct iovec part = { bytes, sizeof bytes };
  gssize n = link->stream->ops->readv (link->stream, &part, 1, NULL);

  if (n == BT_STREAM_AGAIN)
    return TRUE;
  if (n <= 0)
    {
      link->peer->n_closed++;
      return FALSE;
    }
  link->peer->n_received += (guint64) n;
  g_byte_array_append (link->in, bytes, (guint) n);
  while (take_next (link))
    ;
  return TRUE;
}

static gboolean
write_some (FtBadLink *link)
{
  guint64 close_after = link->peer->manners.close_after;
  struct iovec part = { link->out->data + link->written, get_room (link) };
  gssize n = 0;

  if (part.iov_len > 0)
    n = link->stream->ops->writev (link->stream, &part, 1, NULL);
  if (n == BT_STREAM_ERROR)
    {
      link->peer->n_closed++;
      return FALSE;
    }
  link->written += (gsize) MAX (n, 0);
  link->n_written += (guint64) MAX (n, 0);
  if (close_after > 0 && link->n_written >= close_after)
    return FALSE;
  if (link->written < link->out->len)
    return TRUE;
  g_byte_array_set_size (link->out, 0);
  link->written = 0;
  return !link->hangs_up;
}

static void
stream_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
  FtBadLink *link = owner;

  if (!link->connected)
    {
      link->connected = TRUE;
      send_handshake (link);
    }
  if (((events & BT_STREAM_READABLE) != 0 && !read_some (link))
      || ((events & BT_STREAM_WRITABLE) != 0 && !write_some (link)))
    close_link (link);
  else
    watch (link);
}

static FtBadLink *
add_link (FtBadPeer *peer)
{
  FtBadLink *link = g_new0 (FtBadLink, 1);

  link->peer = peer;
  link->in = g_byte_array_new ();
  link->out = g_byte_array_new ();
  link->held = g_array_new (FALSE, FALSE, sizeof (BtBlock));
  g_ptr_array_add (peer->links, link);
  peer->n_links++;
  return link;
}

static void
accept_cb (BtStream *stream, gpointer owner)
{
  FtBadLink *link = add_link (owner);

  link->stream = stream;
  link->connected = TRUE;
  stream->func = stream_cb;
  stream->owner = link;
  watch (link);
}

void
ft_bad_peer_connect (FtBadPeer *peer, const BtEndpoint *remote)
{
  FtBadLink *link = add_link (peer);
  g_autoptr(GError) error = NULL;

  link->outgoing = TRUE;
  link->stream = peer->world->ops->connect (peer->world, remote, stream_cb, link, &error);
  g_assert_no_error (error);
  watch (link);
}

static void
give_held (FtBadLink *link)
{
  guint n = 0;

  while (n < link->held->len && !is_enough (link->peer))
    give (link, &g_array_index (link->held, BtBlock, n++));
  g_array_remove_range (link->held, 0, n);
}

void
ft_bad_peer_let_go (FtBadPeer *peer, guint n)
{
  peer->manners.hold_after = peer->n_blocks + n;
  for (guint i = 0; i < peer->links->len; i++)
    give_held (g_ptr_array_index (peer->links, i));
}

gboolean
ft_bad_peer_is_holding (FtBadPeer *peer)
{
  for (guint i = 0; i < peer->links->len; i++)
    if (((FtBadLink *) g_ptr_array_index (peer->links, i))->held->len > 0)
      return TRUE;
  return FALSE;
}

FtBadPeer *
ft_bad_peer_new (BtWorld *world, const char *ip, const FtSample *sample, const FtManners *manners)
{
  FtBadPeer *peer = g_new0 (FtBadPeer, 1);
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_parse (sample->torrent, NULL);
  g_autoptr(GError) error = NULL;

  peer->world = world;
  peer->sample = sample;
  peer->manners = *manners;
  peer->links = g_ptr_array_new ();
  peer->handshake.capabilities = manners->capabilities;
  peer->handshake.info_hash = metainfo->info_hash;
  world->ops->random (world, peer->handshake.peer_id, BT_PEER_ID_SIZE);
  g_assert_true (bt_endpoint_parse_ip (&peer->local, ip, 0));
  peer->listener = world->ops->listen (world, &peer->local, accept_cb, peer, &error);
  g_assert_no_error (error);
  return peer;
}

void
ft_bad_peer_free (FtBadPeer *peer)
{
  while (peer->links->len > 0)
    close_link (g_ptr_array_index (peer->links, 0));
  peer->world->ops->listener_free (peer->world, peer->listener);
  g_ptr_array_unref (peer->links);
  g_free (peer);
}
