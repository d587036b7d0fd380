/* test-pex-swarm.c: peers tell each other of peers, and nothing of what is private.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"
#include "bt-pex.h"
#include "ft-bad-peer.h"
#include "ft-sim.h"
#include "ft-test.h"

#define MINUTE (60 * FT_SIM_SECOND)
#define THEIR_PEX 9 /* the id that the peer of the test gives to ut_pex */
#define THEIR_UPLOAD_ONLY 8

static const FtSampleFile files[] = { { "a.bin", 300000 }, { NULL, 0 } };

/* A peer that the test plays: it has the extension protocol, and remembers what it is told by it. */

typedef struct
{
  const char *handshake;  /* of the extension protocol */
  gboolean silent;        /* it says that it has nothing */
  GPtrArray *handshakes;  /* of GBytes that came */
  GPtrArray *messages;    /* of BtPexMessage that came */
  GArray *at;             /* of gint64, when */
  GArray *upload_only;    /* of guint8 that came */
  FtFakeNet *net;
} Player;

static const char with_pex[] = "\0d1:md11:upload_onlyi8e6:ut_pexi9ee1:pi7000ee";

static void
play_message (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  Player *player = link->peer->data;
  gint64 now = ft_fake_net_now (player->net);

  if (id != BT_MESSAGE_EXTENDED || length == 0)
    return;
  if (body[0] == 0)
    g_ptr_array_add (player->handshakes, g_bytes_new (body + 1, length - 1));
  else if (body[0] == THEIR_PEX)
    {
      g_ptr_array_add (player->messages, bt_pex_decode (body + 1, length - 1, NULL));
      g_array_append_val (player->at, now);
    }
  else if (body[0] == THEIR_UPLOAD_ONLY)
    g_array_append_val (player->upload_only, body[1]);
}

static void
play_greeting (FtBadLink *link)
{
  Player *player = link->peer->data;

  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, player->handshake, 1 + strlen (player->handshake + 1));
  ft_bad_link_say_bits (link, !player->silent);
}

static FtBadPeer *
player_new (FtSim *sim, const FtSample *sample, const char *ip)
{
  FtManners manners = { .capabilities = BT_CAP_EXTENDED, .greet = play_greeting, .message = play_message };
  FtBadPeer *peer = ft_bad_peer_new (ft_fake_net_add_host (sim->net, ip), ip, sample, &manners);
  Player *player = g_new0 (Player, 1);

  player->net = sim->net;
  player->handshake = with_pex;
  player->silent = TRUE;
  player->handshakes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  player->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_pex_message_free);
  player->at = g_array_new (FALSE, FALSE, sizeof (gint64));
  player->upload_only = g_array_new (FALSE, FALSE, 1);
  peer->data = player;
  return peer;
}

static void
player_free (FtBadPeer *peer)
{
  Player *player = peer->data;

  ft_bad_peer_free (peer);
  g_ptr_array_unref (player->handshakes);
  g_ptr_array_unref (player->messages);
  g_array_unref (player->at);
  g_array_unref (player->upload_only);
  g_free (player);
}

static Player *
get_player (FtBadPeer *peer)
{
  return peer->data;
}

/* What the last handshake that came says of ut_pex; -1: nothing. */
static gint64
get_offer (FtBadPeer *peer)
{
  Player *player = peer->data;
  GBytes *bytes = g_ptr_array_index (player->handshakes, player->handshakes->len - 1);
  g_autoptr(BtBencode) doc = bt_bencode_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                                &bt_bencode_limits_message, BT_BENCODE_STRICT, NULL, NULL);
  gint64 id = -1;

  g_assert_nonnull (doc);
  bt_node_get_int (bt_node_get_dict (bt_bencode_root (doc), "m"), "ut_pex", &id);
  return id;
}

static gboolean
was_told (FtBadPeer *peer, const char *text, BtPexFlags flags)
{
  Player *player = peer->data;
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  for (guint i = 0; i < player->messages->len; i++)
    {
      BtPexMessage *message = g_ptr_array_index (player->messages, i);

      for (guint j = 0; j < message->added->len; j++)
        {
          const BtPexPeer *added = &g_array_index (message->added, BtPexPeer, j);

          if (bt_endpoint_equal (&added->endpoint, &endpoint) && added->flags == flags)
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
was_told_of_end (FtBadPeer *peer, const char *text)
{
  Player *player = peer->data;
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  for (guint i = 0; i < player->messages->len; i++)
    {
      BtPexMessage *message = g_ptr_array_index (player->messages, i);

      for (guint j = 0; j < message->dropped->len; j++)
        if (bt_endpoint_equal (&g_array_index (message->dropped, BtEndpoint, j), &endpoint))
          return TRUE;
    }
  return FALSE;
}

/* @named, @dropped: addresses, each with a blank behind */
static void
say_pex_full (FtBadPeer *peer, const char *named, const char *dropped)
{
  g_autoptr(BtPexMessage) message = bt_pex_message_new ();
  g_auto(GStrv) texts = g_strsplit (named, " ", -1);
  g_auto(GStrv) dropped_texts = g_strsplit (dropped, " ", -1);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GByteArray) payload = g_byte_array_new ();
  static const guint8 our_id = BT_EXTENDED_PEX;

  for (guint i = 0; texts[i] != NULL && *texts[i] != '\0'; i++)
    {
      BtPexPeer added = { .flags = 0 };

      g_assert_true (bt_endpoint_parse (&added.endpoint, texts[i]));
      g_array_append_val (message->added, added);
    }
  for (guint i = 0; dropped_texts[i] != NULL && *dropped_texts[i] != '\0'; i++)
    {
      BtEndpoint endpoint;

      g_assert_true (bt_endpoint_parse (&endpoint, dropped_texts[i]));
      g_array_append_val (message->dropped, endpoint);
    }
  bytes = bt_pex_encode (message);
  g_byte_array_append (payload, &our_id, 1);
  g_byte_array_append (payload, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  ft_bad_link_say (g_ptr_array_index (peer->links, 0), BT_MESSAGE_EXTENDED, payload->data, payload->len);
}

static void
say_pex (FtBadPeer *peer, const char *named)
{
  say_pex_full (peer, named, "");
}

static gboolean
is_candidate (BtTorrent *torrent, const char *text)
{
  BtEndpoint endpoint;
  BtCandidate *candidate;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  candidate = bt_candidates_find (torrent->candidates, &endpoint);
  return candidate != NULL && candidate->sources == BT_SOURCE_PEX;
}

/* One engine that wants the sample, and two peers that the test plays. */

#define NODE_IP "5.6.7.1"
#define FIRST_IP "20.1.1.1"
#define SECOND_IP "20.2.2.2"

typedef struct
{
  FtSim *sim;
  FtSample *sample;
  FtSimNode *node;
  BtTorrent *torrent;
  FtBadPeer *first, *second; /* the first comes in, the second is connected to */
} Fixture;

/* Nobody is found in another way. */
static void
only_pex (BtConfig *config)
{
  config->dht = config->lsd = config->port_mapping = FALSE;
}

static void
without_pex (BtConfig *config)
{
  only_pex (config);
  config->pex = FALSE;
}

static void
set_pex (BtConfig *config)
{
  config->pex = TRUE;
}

static void
fixture_init (Fixture *f, gboolean is_private, void (*setup) (BtConfig *config))
{
  BtEndpoint node;

  f->sim = ft_sim_new (1);
  f->sample = is_private ? ft_sample_new_private (files, 16384, 5) : ft_sample_new (files, 16384, 5);
  f->node = ft_sim_add_node (f->sim, NODE_IP, setup);
  f->torrent = ft_sim_node_add (f->node, f->sample->torrent, NULL);
  f->first = player_new (f->sim, f->sample, FIRST_IP);
  f->second = player_new (f->sim, f->sample, SECOND_IP);
  node = ft_sim_node_endpoint (f->node);
  ft_bad_peer_connect (f->first, &node);
  ft_sim_node_connect (f->node, f->torrent, &f->second->local);
  ft_sim_wait (f->sim, ft_sim_find_peer (f->torrent, FIRST_IP) != NULL
                       && ft_sim_find_peer (f->torrent, SECOND_IP) != NULL, 5);
  ft_sim_wait (f->sim, get_player (f->first)->handshakes->len > 0
                       && get_player (f->second)->handshakes->len > 0, 1);
}

static void
fixture_clear (Fixture *f)
{
  player_free (f->first);
  player_free (f->second);
  ft_sim_free (f->sim);
  ft_sample_free (f->sample);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* The second goes and does not come back. */
static void
leave (Fixture *f)
{
  ft_bad_link_hang_up (g_ptr_array_index (f->second->links, 0));
  ft_sim_settle (f->sim);
  ft_fake_host_set_dark (f->second->world, TRUE);
}

/* A knows B, B knows C: so A and C meet. */
static void
test_meet (gconstpointer data)
{
  const char *const *ips = data;
  g_autoptr(FtSim) sim = ft_sim_new (7);
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 3);
  FtSimNode *a = ft_sim_add_node (sim, ips[0], only_pex);
  FtSimNode *b = ft_sim_add_node (sim, ips[1], only_pex);
  FtSimNode *c = ft_sim_add_node (sim, ips[2], only_pex);
  BtTorrent *at_a = ft_sim_node_add (a, sample->torrent, NULL);
  BtTorrent *at_b = ft_sim_node_add (b, sample->torrent, NULL);
  BtTorrent *at_c = ft_sim_node_add (c, sample->torrent, NULL);
  BtEndpoint of_b = ft_sim_node_endpoint (b), of_c = ft_sim_node_endpoint (c);

  ft_sim_node_connect (a, at_a, &of_b);
  ft_sim_node_connect (b, at_b, &of_c);
  ft_sim_wait (sim, ft_sim_find_peer (at_a, ips[2]) != NULL, 10);
  g_assert_nonnull (ft_sim_find_peer (at_c, ips[0]));
}

/* Who has no more than a link hears of others too, and tells of them. */
static void
test_link (void)
{
  g_autoptr(FtSim) sim = ft_sim_new (7);
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 3);
  FtSimNode *seed = ft_sim_add_node (sim, "20.3.0.1", only_pex);
  BtTorrent *at_seed = ft_sim_node_add (seed, sample->torrent, sample->dir);
  FtSimNode *node = ft_sim_add_node (sim, NODE_IP, only_pex);
  FtBadPeer *peer = player_new (sim, sample, FIRST_IP);
  BtEndpoint of_seed = ft_sim_node_endpoint (seed);
  char hex[BT_SHA1_HEX_SIZE], text[BT_ENDPOINT_TEXT_SIZE];
  g_autofree char *link = NULL;
  BtTorrent *torrent;

  bt_sha1_to_hex (&at_seed->metainfo->info_hash, hex);
  link = g_strdup_printf ("magnet:?xt=urn:btih:%s&x.pe=%s:%u", hex, FIRST_IP, peer->local.port);
  bt_endpoint_format (&of_seed, text);
  torrent = ft_sim_node_add_link (node, link);
  ft_sim_wait (sim, get_player (peer)->handshakes->len > 0, 10);
  g_assert_true (bt_torrent_is_magnet (torrent));
  say_pex (peer, text);
  ft_sim_wait (sim, ft_sim_find_peer (at_seed, NODE_IP) != NULL, 10);
  ft_sim_wait (sim, was_told (peer, text, BT_PEX_REACHABLE)
                    || was_told (peer, text, BT_PEX_REACHABLE | BT_PEX_UPLOAD_ONLY), 10);
  player_free (peer);
}

/* The first message comes soon, then one a minute at most; who came in is told of with the port that it named. */
static void
test_wire (void)
{
  g_auto(Fixture) f = { 0 };
  char text[BT_ENDPOINT_TEXT_SIZE];

  fixture_init (&f, FALSE, only_pex);
  g_assert_cmpint (get_offer (f.first), ==, BT_EXTENDED_PEX);
  bt_endpoint_format (&f.second->local, text);
  ft_sim_wait (f.sim, was_told (f.first, text, BT_PEX_REACHABLE), 5);
  ft_sim_wait (f.sim, was_told (f.second, FIRST_IP ":7000", 0), 5);
  ft_sim_run_for (f.sim, MINUTE / 2);
  leave (&f);
  ft_sim_wait (f.sim, was_told_of_end (f.first, text), 75);
  for (guint i = 1; i < get_player (f.first)->at->len; i++)
    g_assert_cmpint (g_array_index (get_player (f.first)->at, gint64, i)
                       - g_array_index (get_player (f.first)->at, gint64, i - 1), >=, MINUTE);
}

/* Nothing of a private torrent is said, offered or believed, whoever asks for it. */
static void
test_private (void)
{
  g_auto(Fixture) f = { 0 };

  fixture_init (&f, TRUE, only_pex);
  g_assert_cmpint (get_offer (f.first), ==, -1);
  g_assert_cmpint (get_offer (f.second), ==, -1);
  say_pex (f.first, "30.0.0.1:6881 30.0.0.2:6881");
  ft_sim_run_for (f.sim, 170 * FT_SIM_SECOND); /* it says no more, so it is hung up on later */
  g_assert_cmpuint (f.first->links->len, ==, 1);
  g_assert_cmpuint (get_player (f.first)->messages->len, ==, 0);
  g_assert_cmpuint (get_player (f.second)->messages->len, ==, 0);
  g_assert_false (is_candidate (f.torrent, "30.0.0.1:6881"));
}

static void
test_switched (void)
{
  g_auto(Fixture) f = { 0 };
  guint n;

  fixture_init (&f, FALSE, without_pex);
  g_assert_cmpint (get_offer (f.first), ==, -1);
  say_pex (f.first, "30.0.0.1:6881");
  ft_sim_run_for (f.sim, 2 * MINUTE);
  g_assert_cmpuint (get_player (f.first)->messages->len, ==, 0);
  g_assert_false (is_candidate (f.torrent, "30.0.0.1:6881"));

  /* On: at once, to those who are connected. */
  ft_sim_node_configure (f.node, set_pex);
  ft_sim_settle (f.sim);
  g_assert_cmpint (get_offer (f.first), ==, BT_EXTENDED_PEX);
  ft_sim_wait (f.sim, get_player (f.first)->messages->len == 1, 5);
  say_pex (f.first, "30.0.0.1:6881");
  ft_sim_settle (f.sim);
  g_assert_true (is_candidate (f.torrent, "30.0.0.1:6881"));

  ft_sim_node_configure (f.node, without_pex);
  ft_sim_settle (f.sim);
  g_assert_cmpint (get_offer (f.first), ==, 0);
  n = get_player (f.first)->messages->len;
  leave (&f);
  say_pex (f.first, "30.0.0.2:6881");
  ft_sim_run_for (f.sim, 3 * MINUTE);
  g_assert_cmpuint (get_player (f.first)->messages->len, ==, n);
  g_assert_false (is_candidate (f.torrent, "30.0.0.2:6881"));
}

static void
test_what_is_believed (void)
{
  g_auto(Fixture) f = { 0 };
  BtEndpoint us;
  char own[BT_ENDPOINT_TEXT_SIZE];
  static const char *const bad[] = { "30.0.0.1:0", "30.0.0.1:1", "30.0.0.1:1023", "192.168.1.7:6881", "127.0.0.1:6881",
                                     "[fe80::7]:6881", "[fd00::7]:6881", "224.0.0.1:6881", "0.0.0.0:6881" };

  fixture_init (&f, FALSE, only_pex);
  for (guint i = 1; i <= 3; i++)
    {
      const guint8 ip[4] = { 40, (guint8) i, 1, 1 };
      BtEndpoint voter;

      bt_endpoint_set_ipv4 (&voter, ip, 1);
      us = ft_sim_node_endpoint (f.node);
      bt_address_vote_cast (f.node->core->votes, &voter, BT_VOTE_DHT, &us, ft_fake_net_now (f.sim->net));
    }
  bt_endpoint_format (&us, own);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      ft_sim_run_for (f.sim, MINUTE);
      say_pex (f.first, bad[i]);
      ft_sim_settle (f.sim);
      g_assert_false (is_candidate (f.torrent, bad[i]));
    }
  ft_sim_run_for (f.sim, MINUTE);
  say_pex (f.first, own);
  ft_sim_settle (f.sim);
  g_assert_false (is_candidate (f.torrent, own));
  g_assert_cmpuint (f.first->links->len, ==, 1);
}

/* One peer may name fifty. */
static void
test_share (void)
{
  g_auto(Fixture) f = { 0 };
  g_autoptr(GString) named = g_string_new (NULL);
  guint before;

  fixture_init (&f, FALSE, only_pex);
  before = bt_candidates_count (f.torrent->candidates);
  for (guint i = 0; i < 120; i++)
    g_string_append_printf (named, "30.0.%u.1:6881 ", i);
  say_pex (f.first, named->str);
  ft_sim_settle (f.sim);
  g_assert_cmpuint (bt_candidates_count (f.torrent->candidates) - before, ==, 50);
  ft_sim_run_for (f.sim, MINUTE);
  say_pex (f.first, "31.0.0.1:6881");
  ft_sim_settle (f.sim);
  g_assert_cmpuint (bt_candidates_count (f.torrent->candidates) - before, ==, 50);
  say_pex (f.second, "31.0.0.1:6881");
  ft_sim_settle (f.sim);
  g_assert_true (is_candidate (f.torrent, "31.0.0.1:6881"));
}

/* Whoever is dropped makes room for others, also when that is said too soon; and then nobody is named. */
static void
test_dropped_soon (void)
{
  g_auto(Fixture) f = { 0 };
  g_autoptr(GString) named = g_string_new (NULL);

  fixture_init (&f, FALSE, only_pex);
  for (guint i = 0; i < 50; i++)
    g_string_append_printf (named, "30.0.%u.1:6881 ", i);
  say_pex (f.first, named->str);
  ft_sim_run_for (f.sim, 10 * FT_SIM_SECOND);
  say_pex_full (f.first, "31.0.0.1:6881", "30.0.7.1:6881");
  ft_sim_run_for (f.sim, MINUTE);
  g_assert_false (is_candidate (f.torrent, "31.0.0.1:6881"));
  say_pex (f.first, "31.0.0.2:6881 31.0.0.3:6881");
  ft_sim_settle (f.sim);
  g_assert_true (is_candidate (f.torrent, "31.0.0.2:6881"));
  g_assert_false (is_candidate (f.torrent, "31.0.0.3:6881"));
}

/* Who says more than a message a minute is not listened to more often. */
static void
test_too_often (void)
{
  g_auto(Fixture) f = { 0 };

  fixture_init (&f, FALSE, only_pex);
  say_pex (f.first, "30.0.0.1:6881");
  say_pex (f.first, "30.0.0.2:6881");
  ft_sim_run_for (f.sim, 45 * FT_SIM_SECOND);
  say_pex (f.first, "30.0.0.3:6881");
  say_pex (f.second, "30.0.0.4:6881");
  ft_sim_run_for (f.sim, 10 * FT_SIM_SECOND);
  say_pex (f.first, "30.0.0.5:6881");
  say_pex (f.first, "30.0.0.6:6881");
  ft_sim_settle (f.sim);
  g_assert_true (is_candidate (f.torrent, "30.0.0.1:6881"));
  g_assert_false (is_candidate (f.torrent, "30.0.0.2:6881"));
  g_assert_false (is_candidate (f.torrent, "30.0.0.3:6881"));
  g_assert_true (is_candidate (f.torrent, "30.0.0.4:6881"));
  g_assert_true (is_candidate (f.torrent, "30.0.0.5:6881"));
  g_assert_false (is_candidate (f.torrent, "30.0.0.6:6881"));
  g_assert_cmpuint (f.first->links->len, ==, 1);
}

static void
test_flood (void)
{
  g_auto(Fixture) f = { 0 };

  fixture_init (&f, FALSE, only_pex);
  for (guint i = 0; i < 7; i++)
    say_pex (f.first, "30.0.0.1:6881");
  ft_sim_settle (f.sim);
  g_assert_cmpuint (f.first->links->len, ==, 1);
  say_pex (f.first, "30.0.0.1:6881");
  ft_sim_settle (f.sim);
  g_assert_cmpuint (f.first->links->len, ==, 0);
}

static void
test_oversized (void)
{
  g_auto(Fixture) f = { 0 };
  g_autofree guint8 *payload = g_malloc0 (600 * 1024);

  fixture_init (&f, FALSE, only_pex);
  payload[0] = BT_EXTENDED_PEX;
  ft_bad_link_say (g_ptr_array_index (f.first->links, 0), BT_MESSAGE_EXTENDED, payload, 600 * 1024);
  ft_sim_settle (f.sim);
  g_assert_cmpuint (f.first->links->len, ==, 0);
}

/* BEP 21: who has become a seed, or only may give, says so at once; and takes it back. */
static void
seeding (BtConfig *config)
{
  config->mode = BT_MODE_SEEDING;
}

static void
everything (BtConfig *config)
{
  config->mode = BT_MODE_ALL;
}

static void
test_upload_only (void)
{
  g_auto(Fixture) f = { 0 };
  GArray *heard;

  fixture_init (&f, FALSE, only_pex);
  heard = get_player (f.first)->upload_only;
  g_assert_cmpuint (heard->len, ==, 0);
  ft_bad_link_greet (g_ptr_array_index (f.second->links, 0));
  ft_sim_wait (f.sim, bt_torrent_is_complete (f.torrent), 60);
  ft_sim_settle (f.sim);
  g_assert_cmpuint (heard->len, ==, 1);
  g_assert_cmpuint (g_array_index (heard, guint8, 0), ==, 1);
}

/* BEP 54: what a peer has lost is not asked of it any more, but of the others. */
static void
test_dont_have (void)
{
  g_auto(Fixture) f = { 0 };
  static const guint8 lost[] = { BT_EXTENDED_DONT_HAVE, 0, 0, 0, 7 };

  fixture_init (&f, FALSE, only_pex);
  f.second->manners.hold_after = 1;
  ft_bad_link_greet (g_ptr_array_index (f.second->links, 0));
  ft_sim_wait (f.sim, ft_bad_peer_is_holding (f.second), 10);
  g_assert_cmpuint (bt_picker_availability (f.torrent->picker, 7), ==, 1);
  ft_bad_link_say (g_ptr_array_index (f.second->links, 0), BT_MESSAGE_EXTENDED, lost, sizeof lost);
  ft_sim_settle (f.sim);
  g_assert_cmpuint (bt_picker_availability (f.torrent->picker, 7), ==, 0);
  ft_bad_peer_let_go (f.second, 1000);
  ft_sim_run_for (f.sim, 10 * FT_SIM_SECOND);
  g_assert_cmpuint (bt_picker_have (f.torrent->picker)->n_set, ==, f.torrent->metainfo->n_pieces - 1);
  g_assert_false (bt_picker_has (f.torrent->picker, 7));
  ft_bad_link_greet (g_ptr_array_index (f.first->links, 0));
  ft_sim_wait (f.sim, bt_torrent_is_complete (f.torrent), 60);
}

/* Two seeds are of no use to each other, but for what they know of others: they part when both have told. */
static void
test_seeds_part (void)
{
  g_autoptr(FtSim) sim = ft_sim_new (1);
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 5);
  FtSimNode *node = ft_sim_add_node (sim, NODE_IP, only_pex);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, sample->dir);
  FtBadPeer *leecher = player_new (sim, sample, FIRST_IP);
  FtBadPeer *silent = player_new (sim, sample, SECOND_IP);
  FtBadPeer *telling = player_new (sim, sample, "20.3.3.3");
  BtEndpoint endpoint = ft_sim_node_endpoint (node);

  get_player (silent)->silent = get_player (telling)->silent = FALSE;
  ft_bad_peer_connect (leecher, &endpoint);
  ft_bad_peer_connect (silent, &endpoint);
  ft_bad_peer_connect (telling, &endpoint);
  ft_sim_wait (sim, was_told (silent, FIRST_IP ":7000", 0) && was_told (telling, FIRST_IP ":7000", 0), 5);
  say_pex (telling, "30.0.0.1:6881");
  ft_sim_run_for (sim, 8 * FT_SIM_SECOND);
  g_assert_cmpuint (telling->links->len, ==, 0);
  g_assert_cmpuint (silent->links->len, ==, 1);
  g_assert_true (is_candidate (torrent, "30.0.0.1:6881"));
  ft_sim_run_for (sim, 30 * FT_SIM_SECOND);
  g_assert_cmpuint (silent->links->len, ==, 0);
  g_assert_cmpuint (leecher->links->len, ==, 1);
  player_free (leecher);
  player_free (silent);
  player_free (telling);
}

static void
test_upload_only_by_mode (void)
{
  g_auto(Fixture) f = { 0 };
  GArray *heard;

  fixture_init (&f, FALSE, only_pex);
  heard = get_player (f.first)->upload_only;
  /* It has nothing: to give alone it would stop, were there not one piece. */
  bt_picker_set_have (f.torrent->picker, 0);
  ft_sim_node_configure (f.node, seeding);
  ft_sim_settle (f.sim);
  g_assert_cmpuint (heard->len, ==, 1);
  g_assert_cmpuint (g_array_index (heard, guint8, 0), ==, 1);
  ft_sim_node_configure (f.node, everything);
  ft_sim_settle (f.sim);
  g_assert_cmpuint (heard->len, ==, 2);
  g_assert_cmpuint (g_array_index (heard, guint8, 1), ==, 0);
}

/* Each end tells the other where it sees it: of three networks that is believed. */
static const char seen_at[] = "\0d4:ipv616:*\x02\x07\x07\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
                              "1:md6:ut_pexi9ee1:pi7000e6:yourip4:\x05\x06\x07\x01"
                              "e";

static gboolean
said_where (FtBadPeer *peer)
{
  Player *player = peer->data;
  g_auto(BtExtendedHandshake) handshake;
  GBytes *bytes = g_ptr_array_index (player->handshakes, 0);

  bt_extended_handshake_init (&handshake);
  g_assert_true (bt_extended_handshake_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &handshake,
                                               NULL));
  /* Where else we are is nobody's business. */
  g_assert_true (bt_endpoint_is_unspecified (&handshake.ipv4));
  g_assert_true (bt_endpoint_is_unspecified (&handshake.ipv6));
  return handshake.has_your_ip && bt_endpoint_same_ip (&handshake.your_ip, &peer->local);
}

static void
test_addresses (void)
{
  g_autoptr(FtSim) sim = ft_sim_new (1);
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 5);
  FtSimNode *node = ft_sim_add_node (sim, NODE_IP, only_pex);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, NULL);
  g_autoptr(GPtrArray) players = g_ptr_array_new_with_free_func ((GDestroyNotify) player_free);
  static const char *const ips[] = { "20.1.1.1", "20.1.2.1", "20.1.1.2", "20.1.3.1", "20.1.4.1" };
  BtEndpoint endpoint = ft_sim_node_endpoint (node), known;

  for (guint i = 0; i < G_N_ELEMENTS (ips); i++)
    {
      FtBadPeer *peer = player_new (sim, sample, ips[i]);

      g_ptr_array_add (players, peer);
      get_player (peer)->handshake = seen_at;
      ft_bad_peer_connect (peer, &endpoint);
      ft_sim_wait (sim, get_player (peer)->handshakes->len > 0, 5);
      ft_sim_settle (sim);
      g_assert_true (said_where (peer));
      g_assert_cmpint (bt_address_vote_get (node->core->votes, FALSE, &known), ==, i >= 3);
    }
  g_assert_true (bt_endpoint_same_ip (&known, &endpoint));
  /* Where it is in the other family is of use when it is gone from here. */
  g_assert_false (is_candidate (torrent, "[2a02:707:101:101:101:101:101:101]:7000"));
  ft_bad_link_hang_up (g_ptr_array_index (((FtBadPeer *) players->pdata[0])->links, 0));
  ft_sim_settle (sim);
  g_assert_true (is_candidate (torrent, "[2a02:707:101:101:101:101:101:101]:7000"));
}

/* BEP 40: when there is no room, who comes takes the place of an idle peer of a lower priority, and nobody else. */
static void
few_peers (BtConfig *config)
{
  only_pex (config);
  config->max_peers_per_torrent = 2;
}

static guint32
get_lowest (BtTorrent *torrent)
{
  guint32 lowest = G_MAXUINT32;

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      lowest = MIN (lowest, bt_candidates_priority (torrent->candidates, &peer->endpoint));
    }
  return lowest;
}

static void
test_priority (void)
{
  g_auto(Fixture) f = { 0 };
  g_autoptr(GPtrArray) players = g_ptr_array_new_with_free_func ((GDestroyNotify) player_free);
  BtEndpoint node;
  guint n_refused = 0, n_taken = 0;

  fixture_init (&f, FALSE, few_peers);
  node = ft_sim_node_endpoint (f.node);
  bt_address_vote_cast (f.node->core->votes, &node, BT_VOTE_MAPPER, &node, ft_fake_net_now (f.sim->net));
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *ip = g_strdup_printf ("60.%u.1.1", i);
      FtBadPeer *peer = player_new (f.sim, f.sample, ip);
      gboolean higher = bt_candidates_priority (f.torrent->candidates, &peer->local) > get_lowest (f.torrent);

      g_ptr_array_add (players, peer);
      ft_bad_peer_connect (peer, &node);
      ft_sim_settle (f.sim);
      g_assert_cmpuint (f.torrent->peers->len, ==, 2);
      g_assert_cmpint (ft_sim_find_peer (f.torrent, ip) != NULL, ==, higher);
      n_taken += higher;
      n_refused += !higher;
    }
  g_assert_cmpuint (n_taken, >, 0);
  g_assert_cmpuint (n_refused, >, 0);
}

/* Whoever comes in this way does not bring his family. */
static void
test_priority_once (void)
{
  g_auto(Fixture) f = { 0 };
  FtBadPeer *greedy;
  BtEndpoint node;

  fixture_init (&f, FALSE, few_peers);
  node = ft_sim_node_endpoint (f.node);
  bt_address_vote_cast (f.node->core->votes, &node, BT_VOTE_MAPPER, &node, ft_fake_net_now (f.sim->net));
  greedy = player_new (f.sim, f.sample, "192.168.7.7"); /* near us: of the highest priority of all */
  for (guint i = 0; i < 3; i++)
    {
      ft_bad_peer_connect (greedy, &node);
      ft_sim_settle (f.sim);
      g_assert_cmpuint (greedy->links->len, ==, 1);
      g_assert_cmpuint (f.torrent->peers->len, ==, 2);
      greedy->handshake.peer_id[0]++;
    }
  player_free (greedy);
}

int
main (int argc, char **argv)
{
  static const char *const ipv4[] = { "20.1.0.1", "20.2.0.1", "20.3.0.1" };
  static const char *const ipv6[] = { "2a02:1::1", "2a02:2::1", "2a02:3::1" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/swarm/pex/meet", ipv4, test_meet);
  g_test_add_data_func ("/swarm/pex/meet-ipv6", ipv6, test_meet);
  g_test_add_func ("/swarm/pex/link", test_link);
  g_test_add_func ("/swarm/pex/wire", test_wire);
  g_test_add_func ("/swarm/pex/private", test_private);
  g_test_add_func ("/swarm/pex/switched", test_switched);
  g_test_add_func ("/swarm/pex/what-is-believed", test_what_is_believed);
  g_test_add_func ("/swarm/pex/share", test_share);
  g_test_add_func ("/swarm/pex/dropped-soon", test_dropped_soon);
  g_test_add_func ("/swarm/pex/too-often", test_too_often);
  g_test_add_func ("/swarm/pex/flood", test_flood);
  g_test_add_func ("/swarm/pex/oversized", test_oversized);
  g_test_add_func ("/swarm/pex/upload-only", test_upload_only);
  g_test_add_func ("/swarm/pex/dont-have", test_dont_have);
  g_test_add_func ("/swarm/pex/upload-only-by-mode", test_upload_only_by_mode);
  g_test_add_func ("/swarm/pex/seeds-part", test_seeds_part);
  g_test_add_func ("/swarm/pex/addresses", test_addresses);
  g_test_add_func ("/swarm/pex/priority", test_priority);
  g_test_add_func ("/swarm/pex/priority-once", test_priority_once);
  return g_test_run ();
}
