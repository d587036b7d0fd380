/* ft-link-owner.c: an owner of a link that writes down all it is told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-owner.h"

#include "bt-error.h"
#include "ft-test.h"

static void note (FtLinkOwner *owner, const char *what, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

static void
note (FtLinkOwner *owner, const char *what, const char *format, ...)
{
  va_list args;

  /* Nothing comes after the end. */
  g_assert_cmpuint (owner->n_closed, ==, 0);
  owner->n_calls++;
  if (format != NULL)
    {
      g_string_append_printf (owner->log, "%s ", what);
      va_start (args, format);
      g_string_append_vprintf (owner->log, format, args);
      va_end (args);
      g_string_append_c (owner->log, '\n');
    }
  if (owner->react != NULL)
    owner->react (owner, what);
}

static void
connected_cb (BtLink *link, gpointer user_data)
{
  note (user_data, "connected", "%s", bt_link_is_outgoing (link) ? "out" : "in");
}

static void
handshake_head_cb (BtLink *link, const BtHandshake *handshake, gpointer user_data)
{
  note (user_data, "head", "%d %02x", handshake->capabilities, handshake->info_hash.bytes[0]);
}

static void
handshake_cb (BtLink *link, const BtHandshake *handshake, gpointer user_data)
{
  note (user_data, "handshake", "%.8s", (const char *) handshake->peer_id);
}

static void
message_cb (BtLink *link, const BtMessage *message, gpointer user_data)
{
  BtSha1 digest = { 0 };

  if (message->payload_length > 0)
    digest = bt_sha1 (message->payload, message->payload_length);
  note (user_data, "message",
        "%s %u %u %u port %u extended %u payload %" G_GSIZE_FORMAT " %02x%02x",
        bt_message_name ((guint8) message->id), message->block.piece, message->block.begin,
        message->block.length, message->port, message->extended_id, message->payload_length,
        digest.bytes[0], digest.bytes[1]);
}

static void
skipped_cb (BtLink *link, int id, gsize length, gpointer user_data)
{
  note (user_data, "skipped", "%d %" G_GSIZE_FORMAT, id, length);
}

static guint8 *
block_place_cb (BtLink *link, const BtBlock *block, gpointer user_data)
{
  FtLinkOwner *owner = user_data;

  note (owner, "place", "%u %u %u", block->piece, block->begin, block->length);
  if (owner->refuse || block->begin > FT_LINK_MEMORY
      || block->length > FT_LINK_MEMORY - block->begin)
    return NULL;
  return owner->memory + block->begin;
}

static void
block_progress_cb (BtLink *link, const BtBlock *block, gsize bytes, gpointer user_data)
{
  FtLinkOwner *owner = user_data;

  g_assert_cmpuint (bytes, >, 0);
  g_assert_cmpuint (bytes, <=, block->length);
  owner->progress += bytes;
  note (owner, "progress", NULL);
}

static void
block_done_cb (BtLink *link, const BtBlock *block, gboolean discarded, gpointer user_data)
{
  note (user_data, "done", "%u %u %u%s", block->piece, block->begin, block->length,
        discarded ? " discarded" : "");
}

static void
drained_cb (BtLink *link, gpointer user_data)
{
  FtLinkOwner *owner = user_data;

  owner->n_drained++;
  note (owner, "drained", NULL);
}

static void
file_failed_cb (BtLink *link, const GError *error, gpointer user_data)
{
  note (user_data, "file failed:", "%s", g_error_matches (error, BT_ERROR, BT_ERROR_CHANGED) ? "changed" : "disk");
}

static void
closed_cb (BtLink *link, BtCloseReason reason, const char *detail, gpointer user_data)
{
  FtLinkOwner *owner = user_data;
  const BtBlock block = { 0, 0, 16384 };

  g_assert_true (link == owner->link);
  owner->reason = reason;
  owner->detail = g_strdup (detail);
  note (owner, "closed", "%s", bt_close_reason_text (reason));

  /* Of no use any more, but no harm. */
  bt_link_close (link, BT_CLOSE_STOPPED, NULL);
  bt_link_send (link, "x", 1);
  bt_link_set_reading (link, FALSE);
  bt_link_set_reading (link, TRUE);
  bt_link_set_limiters (link, NULL, NULL);
  bt_link_discard_block (link);
  g_assert_false (bt_link_unsend_block (link, &block));
  g_assert_cmpuint (bt_link_queued_bytes (link), ==, 0);
  owner->n_closed++;
  owner->link = NULL;
}

const BtLinkOps ft_link_owner_ops = {
  .connected = connected_cb,
  .handshake_head = handshake_head_cb,
  .handshake = handshake_cb,
  .message = message_cb,
  .skipped = skipped_cb,
  .block_place = block_place_cb,
  .block_progress = block_progress_cb,
  .block_done = block_done_cb,
  .drained = drained_cb,
  .file_failed = file_failed_cb,
  .closed = closed_cb,
};

FtLinkOwner *
ft_link_owner_new_on (FtFakeNet *net, BtWorld *world)
{
  FtLinkOwner *owner = g_new0 (FtLinkOwner, 1);

  owner->net = net;
  owner->world = world;
  owner->timers = net != NULL ? ft_fake_host_timers (world) : NULL;
  owner->log = g_string_new (NULL);
  owner->memory = g_malloc0 (FT_LINK_MEMORY);
  return owner;
}

FtLinkOwner *
ft_link_owner_new (guint64 seed)
{
  FtFakeNet *net = ft_fake_net_new (seed);
  FtLinkOwner *owner = ft_link_owner_new_on (net, ft_fake_net_add_host (net, "10.0.0.1"));

  owner->owns_net = TRUE;
  ft_fake_net_pair (net, owner->world, owner->world, &owner->near, &owner->far);
  owner->link =
    bt_link_new_incoming (owner->world, owner->timers, owner->near, &ft_link_owner_ops, owner);
  return owner;
}

FtLinkOwner *
ft_link_owner_new_settled (guint64 seed)
{
  FtLinkOwner *owner = ft_link_owner_new (seed);

  ft_fake_net_settle (owner->net);
  return owner;
}

void
ft_link_owner_free (FtLinkOwner *owner)
{
  owner->react = NULL;
  if (owner->link != NULL)
    bt_link_close (owner->link, BT_CLOSE_STOPPED, NULL);
  g_assert_cmpuint (owner->n_closed, <=, 1);
  ft_link_owner_close_far (owner);
  if (owner->owns_net)
    ft_fake_net_free (owner->net);
  g_string_free (owner->log, TRUE);
  g_free (owner->detail);
  g_free (owner->memory);
  g_free (owner);
}

void
ft_link_owner_push (FtLinkOwner *owner, const void *bytes, gsize length)
{
  ft_fake_stream_push (owner->far, bytes, length);
}

void
ft_link_owner_push_hex (FtLinkOwner *owner, const char *hex)
{
  g_autoptr (GBytes) bytes = ft_test_hex (hex);

  ft_link_owner_push (owner, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

void
ft_link_owner_push_handshake (FtLinkOwner *owner)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  ft_add_handshake (bytes);
  ft_link_owner_push (owner, bytes->data, bytes->len);
}

GBytes *
ft_link_owner_pull (FtLinkOwner *owner)
{
  return ft_fake_stream_pull (owner->far);
}

void
ft_link_owner_close_far (FtLinkOwner *owner)
{
  if (owner->far != NULL)
    owner->far->ops->close (owner->far);
  owner->far = NULL;
}

/* Messages. */

void
ft_add_handshake (GByteArray *bytes)
{
  BtHandshake handshake = { .capabilities = BT_CAP_EXTENDED | BT_CAP_FAST };
  guint8 out[BT_HANDSHAKE_SIZE];

  memset (handshake.info_hash.bytes, 0xab, BT_SHA1_SIZE);
  memcpy (handshake.peer_id, "-XX0100-abcdefghijkl", BT_PEER_ID_SIZE);
  bt_handshake_encode (&handshake, out);
  g_byte_array_append (bytes, out, sizeof out);
}

void
ft_add_simple (GByteArray *bytes, BtMessageId id)
{
  guint8 out[BT_MESSAGE_MAX_HEAD];

  g_byte_array_append (bytes, out, (guint) bt_message_encode_simple (id, out));
}

void
ft_add_index (GByteArray *bytes, BtMessageId id, guint32 piece)
{
  guint8 out[BT_MESSAGE_MAX_HEAD];

  g_byte_array_append (bytes, out, (guint) bt_message_encode_piece_index (id, piece, out));
}

void
ft_add_block (GByteArray *bytes, BtMessageId id, guint32 piece, guint32 begin, guint32 length)
{
  const BtBlock block = { piece, begin, length };
  guint8 out[BT_MESSAGE_MAX_HEAD];

  g_byte_array_append (bytes, out, (guint) bt_message_encode_block (id, &block, out));
}

guint8
ft_block_byte (guint32 piece, guint32 offset)
{
  return (guint8) ((piece * 2654435761u + offset * 40503u) >> 7);
}

void
ft_fill_block (guint8 *out, guint32 piece, guint32 begin, guint32 length)
{
  for (guint32 i = 0; i < length; i++)
    out[i] = ft_block_byte (piece, begin + i);
}

static void
add_filler (GByteArray *bytes, guint8 seed, guint32 length)
{
  guint at = bytes->len;

  g_byte_array_set_size (bytes, at + length);
  ft_fill_block (bytes->data + at, seed, 0, length);
}

void
ft_add_piece (GByteArray *bytes, guint32 piece, guint32 begin, guint32 length)
{
  const BtBlock block = { piece, begin, length };
  guint8 out[BT_MESSAGE_MAX_HEAD];
  guint at;

  g_byte_array_append (bytes, out, (guint) bt_message_encode_piece_head (&block, out));
  at = bytes->len;
  g_byte_array_set_size (bytes, at + length);
  ft_fill_block (bytes->data + at, piece, begin, length);
}

void
ft_add_bitfield (GByteArray *bytes, guint32 length)
{
  guint8 out[BT_MESSAGE_MAX_HEAD];

  g_byte_array_append (bytes, out, (guint) bt_message_encode_bitfield_head (length, out));
  add_filler (bytes, 5, length);
}

void
ft_add_extended (GByteArray *bytes, guint8 id, guint32 length)
{
  guint8 out[BT_MESSAGE_MAX_HEAD];

  g_byte_array_append (bytes, out, (guint) bt_message_encode_extended_head (id, length, out));
  add_filler (bytes, 20, length);
}

void
ft_add_unknown (GByteArray *bytes, guint8 id, guint32 length)
{
  guint32 prefix = GUINT32_TO_BE (length);

  g_byte_array_append (bytes, (const guint8 *) &prefix, sizeof prefix);
  g_byte_array_append (bytes, &id, 1);
  add_filler (bytes, id, length - 1);
}

void
ft_add_keep_alive (GByteArray *bytes)
{
  g_byte_array_append (bytes, (const guint8 *) "\0\0\0\0", 4);
}

static void
add_gap (GByteArray *bytes, guint n)
{
  static const guint8 ids[] = { 10, 11, 12, 18, 19, 21, 22, 23, 99, 250 };

  ft_add_unknown (bytes, ids[n % G_N_ELEMENTS (ids)], 1 + n % 7);
  if (n % 3 == 0)
    ft_add_keep_alive (bytes);
}

GByteArray *
ft_make_stream (guint32 block_length)
{
  GByteArray *bytes = g_byte_array_new ();
  guint n = 0;

  ft_add_handshake (bytes);
  add_gap (bytes, n++);
  ft_add_extended (bytes, 0, 60);
  add_gap (bytes, n++);
  ft_add_bitfield (bytes, 3);
  for (guint id = BT_MESSAGE_CHOKE; id <= BT_MESSAGE_NOT_INTERESTED; id++)
    {
      add_gap (bytes, n++);
      ft_add_simple (bytes, id);
    }
  add_gap (bytes, n++);
  ft_add_index (bytes, BT_MESSAGE_HAVE, 7);
  add_gap (bytes, n++);
  ft_add_block (bytes, BT_MESSAGE_REQUEST, 1, 0, 16384);
  ft_add_piece (bytes, 1, 0, block_length);
  add_gap (bytes, n++);
  ft_add_piece (bytes, 2, block_length, block_length);
  ft_add_piece (bytes, 3, 2 * block_length, 1);
  add_gap (bytes, n++);
  ft_add_block (bytes, BT_MESSAGE_CANCEL, 1, 0, 16384);
  add_gap (bytes, n++);
  g_byte_array_append (bytes, (const guint8 *) "\0\0\0\x03\x09\x1a\xe1", 7);
  ft_add_index (bytes, BT_MESSAGE_SUGGEST, 3);
  ft_add_simple (bytes, BT_MESSAGE_HAVE_ALL);
  ft_add_simple (bytes, BT_MESSAGE_HAVE_NONE);
  ft_add_block (bytes, BT_MESSAGE_REJECT, 1, 0, 16384);
  ft_add_index (bytes, BT_MESSAGE_ALLOWED_FAST, 4);
  add_gap (bytes, n++);
  ft_add_extended (bytes, 9, 0);
  ft_add_extended (bytes, 9, 3 * block_length);
  ft_add_piece (bytes, 4, 3 * block_length, block_length);
  return bytes;
}
