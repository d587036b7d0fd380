/* ft-sim-manners.c: the manners of those who do harm in a simulation.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-manners.h"

#include <string.h>

#include "bt-extended.h"
#include "bt-metadata.h"
#include "bt-pex.h"

#define BLOCK 16384u
#define FLOOD 100

static guint32
draw (FtBadLink *link, guint32 n)
{
  guint32 random;

  link->peer->world->ops->random (link->peer->world, &random, sizeof random);
  return random % n;
}

static void
write_random (FtBadLink *link, guint length)
{
  g_autofree guint8 *bytes = g_malloc (length);

  link->peer->world->ops->random (link->peer->world, bytes, length);
  ft_bad_link_write (link, bytes, length);
}

/* Those who lie. */

static void
lie (FtBadLink *link, const BtBlock *block, guint8 *data)
{
  if (draw (link, 3) == 0)
    data[draw (link, block->length)] ^= (guint8) (1 + draw (link, 255));
}

static void
change (FtBadLink *link, const BtBlock *block, guint8 *data)
{
  data[0] ^= (guint8) ++link->step;
}

/* Those who do not give. */

static void
keep_silent (FtBadLink *link, const BtBlock *block)
{
}

static void
refuse (FtBadLink *link, const BtBlock *block)
{
  ft_bad_link_say_block (link, BT_MESSAGE_REJECT, block);
}

/* Those who say too much. */

static guint32
count_pieces (FtBadLink *link)
{
  const FtSample *sample = link->peer->sample;

  return (guint32) ((sample->size + sample->piece_length - 1) / sample->piece_length);
}

static void
flood (FtBadLink *link)
{
  static const guint8 ids[] = { BT_MESSAGE_CHOKE, BT_MESSAGE_UNCHOKE, BT_MESSAGE_INTERESTED,
                                BT_MESSAGE_NOT_INTERESTED };
  guint32 n_pieces = count_pieces (link);

  ft_bad_link_greet (link);
  ft_bad_link_say (link, BT_MESSAGE_INTERESTED, NULL, 0);
  for (guint i = 0; i < FLOOD; i++)
    {
      const BtBlock block = { draw (link, n_pieces), draw (link, 4) * BLOCK, BLOCK };

      ft_bad_link_say (link, ids[draw (link, G_N_ELEMENTS (ids))], NULL, 0);
      ft_bad_link_say_index (link, BT_MESSAGE_HAVE, draw (link, n_pieces));
      ft_bad_link_say_block (link, BT_MESSAGE_REQUEST, &block);
      ft_bad_link_say_block (link, draw (link, 2) == 0 ? BT_MESSAGE_REQUEST : BT_MESSAGE_CANCEL, &block);
    }
}

static void
babble (FtBadLink *link)
{
  guint8 bytes[300];
  guint8 id = (guint8) draw (link, 256);

  if (id <= BT_MESSAGE_PORT && draw (link, 4) != 0)
    id = BT_MESSAGE_EXTENDED;
  link->peer->world->ops->random (link->peer->world, bytes, sizeof bytes);
  bytes[0] %= 4; /* of an extension that it may know */
  ft_bad_link_say (link, id, bytes, draw (link, sizeof bytes));
}

static void
greet_with_garbage (FtBadLink *link)
{
  if (draw (link, 2) == 0)
    ft_bad_link_greet (link);
  write_random (link, 1 + draw (link, 4096));
}

static void
shake_with_garbage (FtBadLink *link)
{
  write_random (link, 1 + draw (link, 200));
}

static void
push (FtBadLink *link, const BtBlock *block)
{
  const BtBlock other = { draw (link, count_pieces (link)), draw (link, 4) * BLOCK, BLOCK };

  ft_bad_link_serve (link, block);
  if (draw (link, 4) == 0)
    ft_bad_link_serve (link, draw (link, 2) == 0 ? block : &other);
}

/* Those who lie by the extension protocol. */

static void
say_extended (FtBadLink *link, guint8 id, const void *bytes, gsize length)
{
  g_autofree guint8 *payload = g_malloc (1 + length);

  payload[0] = id;
  memcpy (payload + 1, bytes, length);
  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, payload, 1 + length);
}

static void
greet_with_extensions (FtBadLink *link)
{
  g_autofree char *text = g_strdup_printf ("d1:md11:ut_metadatai%de6:ut_pexi%dee13:metadata_sizei%ue1:pi%uee",
                                           BT_EXTENDED_METADATA, BT_EXTENDED_PEX, 1 + draw (link, 4 * BLOCK),
                                           link->peer->local.port);

  say_extended (link, BT_EXTENDED_HANDSHAKE, text, strlen (text));
  ft_bad_link_greet (link);
}

/* The right size for what was said, or any. */
static void
invent (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  BtMetadataMessage message;
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autofree char *head = NULL;
  guint32 size = 1 + draw (link, BLOCK);

  if (id != BT_MESSAGE_EXTENDED || length == 0 || body[0] != BT_EXTENDED_METADATA
      || !bt_metadata_decode (body + 1, length - 1, &message, NULL))
    return;
  head = g_strdup_printf ("d8:msg_typei1e5:piecei%ue10:total_sizei%uee", message.block,
                          draw (link, 2) == 0 ? size : 1 + draw (link, 4 * BLOCK));
  g_byte_array_append (out, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_set_size (out, out->len + size);
  link->peer->world->ops->random (link->peer->world, out->data + strlen (head), size);
  say_extended (link, BT_EXTENDED_METADATA, out->data, out->len);
}

static void
name_strangers (FtBadLink *link)
{
  g_autoptr(BtPexMessage) message = bt_pex_message_new ();
  g_autoptr(GBytes) bytes = NULL;

  for (guint i = 0; i < 2 * FLOOD; i++)
    {
      BtPexPeer peer = { .flags = BT_PEX_REACHABLE };
      guint8 ip[4];

      link->peer->world->ops->random (link->peer->world, ip, sizeof ip);
      bt_endpoint_set_ipv4 (&peer.endpoint, ip, (guint16) draw (link, 65536));
      g_array_append_val (message->added, peer);
    }
  bytes = bt_pex_encode (message);
  say_extended (link, BT_EXTENDED_PEX, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
greet_and_name (FtBadLink *link)
{
  greet_with_extensions (link);
  name_strangers (link);
}

static void
serve_and_name (FtBadLink *link, const BtBlock *block)
{
  ft_bad_link_serve (link, block);
  if (draw (link, 8) == 0)
    name_strangers (link);
}

FtManners
ft_sim_manners (FtBadKind kind)
{
  static const FtManners all[] = {
    [FT_BAD_LIAR] = { .alter = lie },
    [FT_BAD_CHANGER] = { .alter = change },
    [FT_BAD_STALLER] = { .stall_after = 5 * BLOCK / 2 },
    [FT_BAD_CLAIMER] = { .request = keep_silent },
    [FT_BAD_REFUSER] = { .capabilities = BT_CAP_FAST, .request = refuse },
    [FT_BAD_FLOODER] = { .capabilities = BT_CAP_FAST, .greet = flood },
    [FT_BAD_BABBLER] = { .capabilities = BT_CAP_FAST | BT_CAP_EXTENDED, .before = babble },
    [FT_BAD_GARBAGE] = { .capabilities = BT_CAP_FAST | BT_CAP_EXTENDED, .greet = greet_with_garbage },
    [FT_BAD_STRANGER] = { .shake = shake_with_garbage },
    [FT_BAD_LEAVER] = { .close_after = 3 * BLOCK },
    [FT_BAD_PUSHER] = { .request = push },
    [FT_BAD_INVENTOR] = { .capabilities = BT_CAP_EXTENDED, .greet = greet_with_extensions, .message = invent },
    [FT_BAD_NAMER] = { .capabilities = BT_CAP_EXTENDED, .greet = greet_and_name, .request = serve_and_name },
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (all) == FT_N_BAD);

  return all[kind];
}

gboolean
ft_sim_is_liar (FtBadKind kind)
{
  return kind == FT_BAD_LIAR || kind == FT_BAD_CHANGER;
}

gboolean
ft_sim_is_noisy (FtBadKind kind)
{
  return kind == FT_BAD_BABBLER || kind == FT_BAD_GARBAGE || kind == FT_BAD_STRANGER;
}
