/* test-bad-peers.c: peers that give what is wrong: nobody's download suffers from them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-bad-peers-fixture.h"

static void
begin_download (Fixture *self)
{
  self->id = ft_node_add (self->node, self->sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (self->node, self->id, BT_STATE_DOWNLOADING));
}

static void
finish_download (Fixture *self)
{
  ft_wait_until (ft_node_is_complete (self->node, self->id));
  ft_sample_assert_equal (self->sample, self->node->dir);
}

static gboolean
is_banned (Fixture *self, const char *ip)
{
  g_autofree char *text = g_strdup_printf ("%s is banned", ip);

  return ft_node_said (self->node, text);
}

/* Manners. */

static void
babble (FtBadLink *link)
{
  static const guint8 ids[] = { 10, 11, 18, 19, 21, 22, 99, 254, 255 };
  static const guint8 keep_alive[4] = { 0 };
  static const guint8 text[3000] = "anything at all";
  guint step = link->step++;

  if (step % 3 == 0)
    ft_bad_link_write (link, keep_alive, sizeof keep_alive);
  ft_bad_link_say (link, ids[step % G_N_ELEMENTS (ids)], text, step * 37 % sizeof text);
}

static void
spoil (FtBadLink *link, const BtBlock *block, guint8 *data)
{
  data[block->begin % block->length] ^= 0x20;
}

/* One lie in its life. */
static void
spoil_once (FtBadLink *link, const BtBlock *block, guint8 *data)
{
  if (link->step++ == 0)
    data[0] ^= 1;
}

static void
greet_with_garbage (FtBadLink *link)
{
  guint8 bytes[4096];

  link->peer->world->ops->random (link->peer->world, bytes, sizeof bytes);
  bytes[0] |= 0x80; /* the length of a message that nobody would receive */
  ft_bad_link_write (link, bytes, sizeof bytes);
}

static void
shake_with_garbage (FtBadLink *link)
{
  ft_bad_link_write (link, "GET / HTTP/1.1\r\nHost: example.org\r\nAccept: anything you have got\r\n\r\n", 69);
}

static void
shake_for_other_torrent (FtBadLink *link)
{
  BtHandshake handshake = link->peer->handshake;
  guint8 bytes[BT_HANDSHAKE_SIZE];

  handshake.info_hash.bytes[7] ^= 1;
  bt_handshake_encode (&handshake, bytes);
  ft_bad_link_write (link, bytes, sizeof bytes);
}

/* Serves, and adds a block that was not asked for. */
static void
serve_more (FtBadLink *link, const BtBlock *block)
{
  BtBlock other = { .piece = block->piece == 0 ? 1 : 0, .begin = 0, .length = BLOCK };

  ft_bad_link_serve (link, block);
  ft_bad_link_serve (link, &other);
}

static void
serve_a_little_more (FtBadLink *link, const BtBlock *block)
{
  if (link->step++ % 8 == 0)
    serve_more (link, block);
  else
    ft_bad_link_serve (link, block);
}

static void
serve_twice (FtBadLink *link, const BtBlock *block)
{
  ft_bad_link_serve (link, block);
  ft_bad_link_serve (link, block);
}

static void
serve_longer (FtBadLink *link, const BtBlock *block)
{
  BtBlock longer = *block;

  longer.length++;
  ft_bad_link_serve (link, &longer);
}

static void
serve_shorter (FtBadLink *link, const BtBlock *block)
{
  BtBlock shorter = *block;

  shorter.length--;
  ft_bad_link_serve (link, &shorter);
}

static void
serve_shifted (FtBadLink *link, const BtBlock *block)
{
  BtBlock shifted = *block;

  shifted.begin += 1;
  ft_bad_link_serve (link, &shifted);
}

static void
serve_beyond_end (FtBadLink *link, const BtBlock *block)
{
  BtBlock beyond = { .piece = 0xfffffff0, .begin = 0xffffc000, .length = block->length };

  ft_bad_link_serve (link, &beyond);
}

static void
reject (FtBadLink *link, const BtBlock *block)
{
  ft_bad_link_say_block (link, BT_MESSAGE_REJECT, block);
}

/* Each block is first rejected, and served when it is asked for again. */
static void
reject_at_first (FtBadLink *link, const BtBlock *block)
{
  if (link->step++ % 8 == 3)
    reject (link, block);
  else
    ft_bad_link_serve (link, block);
}

/* Every now and then it chokes, which takes back the requests that it has, and lets us go on. */
static void
choke_between (FtBadLink *link, const BtBlock *block)
{
  if (++link->step % 10 != 0)
    {
      ft_bad_link_serve (link, block);
      return;
    }
  ft_bad_link_say (link, BT_MESSAGE_CHOKE, NULL, 0);
  ft_bad_link_say (link, BT_MESSAGE_UNCHOKE, NULL, 0);
}

static void
choke_between_fast (FtBadLink *link, const BtBlock *block)
{
  if (++link->step % 10 != 0)
    {
      ft_bad_link_serve (link, block);
      return;
    }
  ft_bad_link_say (link, BT_MESSAGE_CHOKE, NULL, 0);
  reject (link, block);
  ft_bad_link_say (link, BT_MESSAGE_UNCHOKE, NULL, 0);
}

static void
greet_with_all (FtBadLink *link)
{
  ft_bad_link_say (link, BT_MESSAGE_HAVE_ALL, NULL, 0);
  ft_bad_link_say (link, BT_MESSAGE_UNCHOKE, NULL, 0);
}

static void
greet_choking (FtBadLink *link)
{
  ft_bad_link_say (link, BT_MESSAGE_HAVE_ALL, NULL, 0);
}

/* It has everything, but tells so piece by piece, backwards and twice. */
static void
greet_with_haves (FtBadLink *link)
{
  guint32 n = (guint32) (link->peer->sample->size / link->peer->sample->piece_length) + 1;

  ft_bad_link_say (link, BT_MESSAGE_UNCHOKE, NULL, 0);
  for (guint32 i = 0; i < 2 * n; i++)
    ft_bad_link_say_index (link, BT_MESSAGE_HAVE, n - 1 - i % n);
}

/* Extension messages in which nothing makes sense, then serves. */
static void
greet_with_odd_extensions (FtBadLink *link)
{
  static const char handshake[] = "\0d1:ei-5e1:mli1ei2ee1:pi99999999999e4:reqqi-1e1:v3:\x1b[2e";
  guint8 other[500] = { 1 };

  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, handshake, sizeof handshake - 1);
  for (guint id = 1; id < 256; id += 50)
    {
      other[0] = (guint8) id;
      ft_bad_link_say (link, BT_MESSAGE_EXTENDED, other, id);
    }
  ft_bad_link_greet (link);
}

static void
greet_with_broken_extension (FtBadLink *link)
{
  static const char handshake[] = "\0d1:md11:ut_metadatai3e";

  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, handshake, sizeof handshake - 1);
  ft_bad_link_greet (link);
}

/* Its bits change all the time. */
static void
contradict_itself (FtBadLink *link)
{
  guint step = link->step++;

  if (step % 5 == 0)
    ft_bad_link_say_bits (link, step % 10 != 0);
}

typedef struct
{
  const char *name;
  FtManners manners;
  gboolean serves;   /* a download from it alone completes */
  gboolean is_small; /* so few blocks that it stays below what we put up with */
  gboolean is_shut;  /* we close */
  gboolean is_banned;
} Case;

static const Case cases[] = {
  { "good", { 0 }, .serves = TRUE },
  { "good-fast", { .capabilities = BT_CAP_FAST, .greet = greet_with_all }, .serves = TRUE },
  { "haves", { .greet = greet_with_haves }, .serves = TRUE },
  { "unknown-messages", { .before = babble }, .serves = TRUE },
  { "unknown-messages-all-extensions",
    { .capabilities = BT_CAP_FAST | BT_CAP_EXTENDED | BT_CAP_DHT, .before = babble },
    .serves = TRUE },
  { "corrupts", { .alter = spoil }, .is_shut = TRUE, .is_banned = TRUE },
  { "stalls", { .stall_after = 5 * BLOCK + 777 } },
  { "stalls-at-once", { .stall_after = BT_HANDSHAKE_SIZE + 20 } },
  { "stalls-in-handshake", { .stall_after = 30 } },
  { "closes", { .close_after = 700 * 1000 } },
  { "bytewise", { .write_max = 1 }, .serves = TRUE, .is_small = TRUE },
  { "bytewise-babble", { .write_max = 1, .before = babble }, .serves = TRUE, .is_small = TRUE },
  { "garbage", { .greet = greet_with_garbage }, .is_shut = TRUE },
  { "other-protocol", { .shake = shake_with_garbage }, .is_shut = TRUE },
  { "other-torrent", { .shake = shake_for_other_torrent }, .is_shut = TRUE },
  { "unasked-blocks", { .request = serve_more }, .is_shut = TRUE },
  { "few-unasked-blocks", { .request = serve_a_little_more }, .serves = TRUE },
  { "duplicates", { .request = serve_twice }, .serves = TRUE, .is_small = TRUE },
  { "many-duplicates", { .request = serve_twice }, .is_shut = TRUE },
  { "longer-blocks", { .request = serve_longer }, .is_shut = TRUE },
  { "shorter-blocks", { .request = serve_shorter } },
  { "shifted-blocks", { .request = serve_shifted } },
  { "blocks-beyond-end", { .request = serve_beyond_end } },
  { "rejects", { .capabilities = BT_CAP_FAST, .request = reject }, .is_shut = TRUE },
  { "rejects-at-first", { .capabilities = BT_CAP_FAST, .request = reject_at_first }, .serves = TRUE },
  { "rejects-without-fast", { .request = reject }, .is_shut = TRUE },
  { "chokes-between", { .request = choke_between }, .serves = TRUE },
  { "chokes-between-fast",
    { .capabilities = BT_CAP_FAST, .request = choke_between_fast },
    .serves = TRUE },
  { "never-unchokes", { .capabilities = BT_CAP_FAST, .greet = greet_choking } },
  { "have-all-without-fast", { .greet = greet_with_all }, .is_shut = TRUE },
  { "odd-extensions",
    { .capabilities = BT_CAP_EXTENDED, .greet = greet_with_odd_extensions },
    .serves = TRUE },
  { "broken-extension",
    { .capabilities = BT_CAP_EXTENDED, .greet = greet_with_broken_extension },
    .is_shut = TRUE },
  { "contradicts-itself", { .before = contradict_itself } },
};

static const FtSampleFile *
files_for (const Case *c)
{
  return c->is_small ? small_files : files;
}

static void
test_alone (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(Fixture) f = fixture_new (files_for (c), 65536, &c->manners);

  begin_download (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  finish_download (f);
  g_assert_false (is_banned (f, BAD_IP));
  g_assert_false (f->bad->was_broken);
  g_assert_cmpuint (f->bad->n_served, >=, f->sample->size);
}

static void
test_beside (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(Fixture) f = fixture_new (files_for (c), 65536, &c->manners);
  g_autoptr(FtNode) honest = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (honest, f->sample->torrent, f->sample->dir, TRUE);

  ft_wait_until (ft_node_in_state (honest, id, BT_STATE_SEEDING));
  begin_download (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (f->bad->n_links > 0 && (!c->is_shut || f->bad->n_closed > 0));
  ft_node_connect (f->node, f->id, honest->port);
  finish_download (f);
  g_assert_true (is_banned (f, BAD_IP) == c->is_banned);
  g_assert_false (is_banned (f, "127.0.0.1"));
  g_assert_false (f->bad->was_broken);
}

/* Single messages that cannot be: whoever sends one is shut out, and nothing else happens. */

typedef struct
{
  const char *name;
  const char *hex;
  BtCapabilities capabilities;
} Impossible;

static const Impossible impossibles[] = {
  { "length-of-4-gib", "ffffffff 07" },
  { "length-of-1-mib-and-1", "00100001 14 01" },
  { "choke-with-payload", "00000002 00 00" },
  { "unchoke-with-payload", "00000005 01 00000000" },
  { "interested-with-payload", "00000002 02 01" },
  { "short-have", "00000004 04 000000" },
  { "long-have", "00000006 04 0000000000" },
  { "have-out-of-range", "00000005 04 00000023" },
  { "have-far-out-of-range", "00000005 04 ffffffff" },
  { "empty-bitfield", "00000001 05" },
  { "short-bitfield", "00000005 05 ffffffff" },
  { "long-bitfield", "00000007 05 ffffffffffe0" },
  { "spare-bits", "00000006 05 ffffffffff" },
  { "short-request", "0000000c 06 0000000000000000000040" },
  { "long-request", "0000000e 06 00000000000000000000400000" },
  { "request-without-length", "0000000d 06 00000000 00000000 00000000" },
  { "request-of-128-kib", "0000000d 06 00000000 00000000 00020000" },
  { "request-beyond-piece", "0000000d 06 00000000 0000fffc 00004000" },
  { "request-that-overflows", "0000000d 06 00000000 fffff000 00004000" },
  { "request-of-no-piece", "0000000d 06 00000023 00000000 00004000" },
  { "short-piece", "00000008 07 00000000 000000" },
  { "long-piece", "00010009 07 00000000 00000000" },
  { "short-cancel", "00000001 08" },
  { "short-port", "00000002 09 1a" },
  { "short-reject", "00000005 10 00000000", BT_CAP_FAST },
  { "short-suggest", "00000001 0d", BT_CAP_FAST },
  { "have-all-with-payload", "00000002 0e 00", BT_CAP_FAST },
  { "short-allowed-fast", "00000003 11 0000", BT_CAP_FAST },
  { "allowed-fast-without-fast", "00000005 11 00000000" },
  { "empty-extended", "00000001 14", BT_CAP_EXTENDED },
  { "extended-handshake-of-64-kib", "00010003 14 00", BT_CAP_EXTENDED },
};

static void
greet_with_impossible (FtBadLink *link)
{
  const char *hex = link->peer->data;
  g_autoptr(GBytes) bytes = ft_test_hex (hex);

  ft_bad_link_write (link, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_impossible (void)
{
  static const FtManners dummy;
  g_autoptr(Fixture) f = fixture_new (files, 65536, &dummy);
  g_autoptr(GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_bad_peer_free);

  begin_download (f);
  for (gsize i = 0; i < G_N_ELEMENTS (impossibles); i++)
    {
      FtManners manners = { .capabilities = impossibles[i].capabilities, .greet = greet_with_impossible };
      FtBadPeer *peer = ft_bad_peer_new (f->world, BAD_IP, f->sample, &manners);

      peer->data = (gpointer) impossibles[i].hex;
      g_ptr_array_add (peers, peer);
      g_test_message ("%s", impossibles[i].name);
      ft_node_connect_to (f->node, f->id, &peer->local);
      ft_wait_until (peer->n_closed > 0);
      g_assert_cmpuint (peer->n_links, ==, 1);
    }
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  finish_download (f);
}

/* Suggestions: the last of them count, so many as are remembered, and pieces that there are not are passed over. */

static void
greet_with_suggestions (FtBadLink *link)
{
  ft_bad_link_say (link, BT_MESSAGE_HAVE_ALL, NULL, 0);
  ft_bad_link_say_index (link, BT_MESSAGE_SUGGEST, 1);
  for (guint i = 0; i < BT_LIMIT_ALLOWED_FAST; i++)
    ft_bad_link_say_index (link, BT_MESSAGE_SUGGEST, 7);
  ft_bad_link_say_index (link, BT_MESSAGE_SUGGEST, G_MAXUINT32);
  ft_bad_link_say_index (link, BT_MESSAGE_ALLOWED_FAST, G_MAXUINT32);
  ft_bad_link_say (link, BT_MESSAGE_UNCHOKE, NULL, 0);
}

static void
serve_suggested (FtBadLink *link, const BtBlock *block)
{
  if (link->step++ == 0)
    g_assert_cmpuint (block->piece, ==, 7);
  ft_bad_link_serve (link, block);
}

static void
test_suggestions (void)
{
  static const FtManners manners
    = { .capabilities = BT_CAP_FAST, .greet = greet_with_suggestions, .request = serve_suggested };
  g_autoptr(Fixture) f = fixture_new (files, 65536, &manners);

  begin_download (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  finish_download (f);
  g_assert_cmpuint (f->bad->n_links, ==, 1);
}

/* Two seeds share the pieces, one of them lies. */

static void
greet_with_bits (FtBadLink *link)
{
  ft_bad_link_say_bits (link, TRUE);
}

static void
let_go (FtBadPeer *peer)
{
  ft_bad_link_say (g_ptr_array_index (peer->links, 0), BT_MESSAGE_UNCHOKE, NULL, 0);
}

/* The honest one starts, so that the liar is not the only sender from the beginning. */
static void
share_with_liar (guint32 piece_length,
                 void (*alter) (FtBadLink *link, const BtBlock *block, guint8 *data))
{
  FtManners liar = { .greet = greet_with_bits, .alter = alter };
  FtManners good = { .greet = greet_with_bits };
  g_autoptr(Fixture) f = fixture_new (files, piece_length, &liar);
  g_autoptr(FtBadPeer) honest = ft_bad_peer_new (f->world, GOOD_IP, f->sample, &good);
  g_autoptr(BtDetail) detail = NULL;

  begin_download (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_node_connect_to (f->node, f->id, &honest->local);
  ft_wait_until (f->bad->got[BT_MESSAGE_INTERESTED] > 0 && honest->got[BT_MESSAGE_INTERESTED] > 0);
  let_go (honest);
  ft_wait_until (honest->n_served > 0);
  let_go (f->bad);
  finish_download (f);
  g_assert_cmpuint (f->bad->n_served, >, 0);
  ft_wait_until (is_banned (f, BAD_IP));
  g_assert_false (is_banned (f, GOOD_IP));
  g_assert_true (ft_node_said (f->node, "came damaged"));
  detail = ft_node_detail (f->node, f->id, BT_DETAIL_PEERS);
  for (guint i = 0; i < detail->peers->len; i++)
    {
      const BtPeerStatus *peer = &g_array_index (detail->peers, BtPeerStatus, i);

      g_assert_true (bt_endpoint_equal (&peer->endpoint, &honest->local));
      /* It has shown what it sends when it is alone. */
      g_assert_true (alter != spoil || !peer->on_parole);
    }
}

static void
test_liar_shares (void)
{
  share_with_liar (1024 * 1024, spoil);
}

static void
test_liar_shares_small_pieces (void)
{
  share_with_liar (65536, spoil);
}

static void
test_liar_lies_once (void)
{
  share_with_liar (1024 * 1024, spoil_once);
}

/* It is asked again within seconds, since it was useful. */
static void
test_closes_often (void)
{
  static const FtSampleFile large[] = { { "a.bin", 5 * 1024 * 1024 }, { NULL, 0 } };
  static const FtManners manners = { .close_after = 2 * 1024 * 1024 };
  g_autoptr(Fixture) f = fixture_new (large, 65536, &manners);

  begin_download (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  finish_download (f);
  g_assert_cmpuint (f->bad->n_links, >=, 3);
}

/* Some hang up on a second connection from an address while the first one's handshake is not done.
 * So they are not tried for two torrents at once. */

static void
shake_later (FtBadLink *link)
{
  link->peer->data = link;
}

static void
greet_later (FtBadLink *link)
{
}

static void
test_one_handshake_at_a_time (void)
{
  static const FtManners manners = { .shake = shake_later, .greet = greet_later };
  g_autoptr(Fixture) f = fixture_new (small_files, BLOCK, &manners);
  g_autoptr(FtSample) other = ft_sample_new (small_files, BLOCK, 78);
  g_autofree char *folder = g_build_filename (f->node->dir, "other", NULL);
  BtTorrentId second;

  begin_download (f);
  second = ft_node_add (f->node, other->torrent, folder, FALSE);
  ft_wait_until (ft_node_in_state (f->node, second, BT_STATE_DOWNLOADING));
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (f->bad->data != NULL);
  ft_node_connect_to (f->node, second, &f->bad->local);
  ft_wait_until (ft_node_status (f->node, second)->reason == BT_REASON_NO_CONNECTION);
  g_assert_cmpuint (f->bad->n_links, ==, 1);
  ft_bad_link_shake (f->bad->data);
  ft_bad_link_greet (f->bad->data);
  finish_download (f);
  ft_wait_until (f->bad->n_links == 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *alone = g_strdup_printf ("/engine/bad-peers/%s/alone", cases[i].name);
      g_autofree char *beside = g_strdup_printf ("/engine/bad-peers/%s/beside", cases[i].name);

      if (cases[i].serves)
        g_test_add_data_func (alone, &cases[i], test_alone);
      g_test_add_data_func (beside, &cases[i], test_beside);
    }
  g_test_add_func ("/engine/bad-peers/impossible", test_impossible);
  g_test_add_func ("/engine/bad-peers/closes-often", test_closes_often);
  g_test_add_func ("/engine/bad-peers/one-handshake-at-a-time", test_one_handshake_at_a_time);
  g_test_add_func ("/engine/bad-peers/suggestions", test_suggestions);
  g_test_add_func ("/engine/bad-peers/liar-shares", test_liar_shares);
  g_test_add_func ("/engine/bad-peers/liar-shares-small-pieces", test_liar_shares_small_pieces);
  g_test_add_func ("/engine/bad-peers/liar-lies-once", test_liar_lies_once);
  return g_test_run ();
}
