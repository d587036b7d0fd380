/* test-metadata-swarm.c: magnet links whose details come from peers, good and bad ones, on loopback.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-extended.h"
#include "bt-gio-world.h"
#include "bt-limits.h"
#include "bt-metadata.h"
#include "bt-metainfo.h"
#include "ft-bad-peer.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define BAD_IP "127.0.0.2"
#define ITS_ID 9 /* under which bad peers want messages about details */
#define N_FILES 600

static const FtSampleFile few[] = { { "a.bin", 100000 }, { "b.bin", 200000 }, { "c.bin", 100000 }, { NULL, 0 } };

/* Of which the details have several blocks. */
static FtSample *
make_wide_sample (gboolean is_private)
{
  g_autofree FtSampleFile *files = g_new0 (FtSampleFile, N_FILES + 1);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < N_FILES; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("a file with a name that makes the details of the torrent longer, "
                                               "of which there are many %u", i));
      files[i] = (FtSampleFile){ g_ptr_array_index (names, i), 100 };
    }
  return is_private ? ft_sample_new_private (files, 16384, 5) : ft_sample_new (files, 16384, 5);
}

/* Peers of the test run in its own thread; the engines have theirs. */
typedef struct
{
  BtWorld *world;
  FtSample *sample;
  BtMetainfo *metainfo;
  FtNode *seed;
  FtNode *node;
} Fixture;

static Fixture *
fixture_new_with (FtSample *sample)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->world = bt_gio_world_new (NULL, NULL, "test");
  self->sample = sample;
  self->metainfo = bt_metainfo_parse (sample->torrent, NULL);
  self->seed = ft_node_new (NULL, BT_MODE_ALL);
  ft_node_add (self->seed, sample->torrent, sample->dir, TRUE);
  self->node = ft_node_new (NULL, BT_MODE_ALL);
  return self;
}

static Fixture *
fixture_new (void)
{
  return fixture_new_with (ft_sample_new (few, 32768, 1));
}

static void
fixture_free (Fixture *self)
{
  ft_node_free (self->node);
  ft_node_free (self->seed);
  self->world->ops->free (self->world);
  bt_metainfo_unref (self->metainfo);
  ft_sample_free (self->sample);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Returns: (transfer full): @more: what follows the hash */
static char *
make_link (Fixture *self, const char *more)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&self->metainfo->info_hash, hex);
  return g_strconcat ("magnet:?xt=urn:btih:", hex, more, NULL);
}

static BtTorrentId
add_link (FtNode *node, const char *link, BtIntent intent)
{
  BtAddRequest request = { .magnet = link, .intent = intent };

  return ft_node_add_request (node, &request);
}

/* @port: of a peer at 127.0.0.1 that the link names; 0: none */
static BtTorrentId
add (Fixture *self, FtNode *node, guint16 port, BtIntent intent)
{
  g_autofree char *more = port != 0 ? g_strdup_printf ("&x.pe=127.0.0.1:%u", port) : g_strdup ("");
  g_autofree char *link = make_link (self, more);

  return add_link (node, link, intent);
}

static gboolean
has_details (FtNode *node, BtTorrentId id)
{
  const BtTorrentStatus *status = ft_node_status (node, id);

  return status != NULL && !status->is_magnet;
}

/* From a peer that the link names to all data. */
static void
test_resolve (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  gint64 begin = g_get_monotonic_time ();
  BtTorrentId id = add (self, self->node, self->seed->port, BT_INTENT_RUN);

  ft_wait_until (has_details (self->node, id));
  ft_wait_until (ft_node_status (self->node, id)->done > 0);
  g_test_message ("first payload after %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - begin) / 1000);
  ft_wait_until (ft_node_is_complete (self->node, id));
  ft_sample_assert_equal (self->sample, self->node->dir);
  g_assert_cmpstr (ft_node_status (self->node, id)->name, ==, "sample");
  g_assert_cmpuint (ft_node_status (self->node, id)->n_files, ==, 3);
  g_assert_true (ft_node_said (self->node, "Its details are known now"));
}

static void
test_peer_by_name (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  g_autofree char *more = g_strdup_printf ("&x.pe=localhost:%u&so=0,2", self->seed->port);
  g_autofree char *link = make_link (self, more);
  BtTorrentId id = add_link (self->node, link, BT_INTENT_RUN);

  ft_wait_until (ft_node_is_complete (self->node, id) && has_details (self->node, id));
  g_assert_cmpuint (ft_node_status (self->node, id)->wanted, ==, 200000);
}

static guint64
count_uploaded (FtNode *node)
{
  GHashTableIter iter;
  gpointer value;
  guint64 bytes = 0;

  g_hash_table_iter_init (&iter, node->statuses);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    bytes += ((BtTorrentStatus *) value)->uploaded;
  return bytes;
}

/* Details alone: no byte of the data flows before somebody says so, whatever the queue and the mode are. */
static void
test_details (void)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (FALSE));
  BtTorrentId id;

  self->node->config->mode = BT_MODE_SEEDING;
  self->node->config->max_active_downloads = 1;
  ft_node_configure (self->node);
  id = add (self, self->node, self->seed->port, BT_INTENT_DETAILS);
  ft_wait_until (has_details (self->node, id) && ft_node_in_state (self->node, id, BT_STATE_PAUSED));
  ft_wait_until (ft_node_status (self->node, id)->n_peers == 0);
  g_assert_cmpint (ft_node_status (self->node, id)->intent, ==, BT_INTENT_DETAILS);
  g_assert_cmpuint (ft_node_status (self->node, id)->n_files, ==, N_FILES);
  g_assert_cmpuint (ft_node_status (self->node, id)->downloaded, ==, 0);
  g_assert_cmpuint (ft_node_status (self->node, id)->wasted, ==, 0);
  g_assert_cmpuint (count_uploaded (self->seed), ==, 0);

  self->node->config->mode = BT_MODE_ALL;
  ft_node_configure (self->node);
  ft_node_set_intent (self->node, id, BT_INTENT_RUN);
  ft_wait_until (ft_node_is_complete (self->node, id));
  ft_wait_until (count_uploaded (self->seed) == self->sample->size);
}

/* What was fetched is given to the next, who knows nobody else; and its details come again from the database. */
static void
test_give_on (void)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (FALSE));
  g_autoptr(FtNode) third = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = add (self, self->node, self->seed->port, BT_INTENT_RUN);
  BtTorrentId third_id;

  ft_wait_until (has_details (self->node, id) && ft_node_in_state (self->node, id, BT_STATE_SEEDING));
  ft_node_stop (self->seed);
  third_id = add (self, third, self->node->port, BT_INTENT_RUN);
  ft_wait_until (has_details (third, third_id) && ft_node_is_complete (third, third_id));
  ft_sample_assert_equal (self->sample, third->dir);
}

/* Two who have no more than the link: who gets the details gives them to the other over the connection there is. */
static void
test_pass_on (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  g_autoptr(FtNode) third = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = add (self, self->node, 0, BT_INTENT_RUN);
  BtTorrentId third_id = add (self, third, self->node->port, BT_INTENT_RUN);

  ft_wait_until (ft_node_status (third, third_id)->n_peers == 1);
  ft_wait_until (ft_node_status (third, third_id)->reason == BT_REASON_NO_METADATA);
  g_assert_cmpuint (ft_node_status (third, third_id)->reason_count, ==, 1);
  ft_node_connect (self->node, id, self->seed->port);
  ft_wait_until (has_details (third, third_id) && ft_node_is_complete (third, third_id));
}

/* A private torrent shows that it is only when its details come: then nobody gets them of us any more, and those who
 * came in are let go. */
static void
test_private (void)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (TRUE));
  g_autoptr(FtNode) third = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = add (self, self->node, 0, BT_INTENT_RUN);
  BtTorrentId third_id = add (self, third, self->node->port, BT_INTENT_RUN);
  BtAddRequest file = { .torrent = self->sample->torrent };

  ft_wait_until (ft_node_status (self->node, id)->n_peers == 1);
  g_assert_cmpuint (ft_node_add_request (self->node, &file), ==, id);
  ft_wait_until (has_details (self->node, id) && ft_node_status (self->node, id)->is_private);
  ft_wait_until (ft_node_status (self->node, id)->n_peers == 0);
  /* It comes again, for it may have us from the tracker; but it gets nothing that it does not know. */
  ft_node_connect (third, third_id, self->node->port);
  ft_wait_until (ft_node_status (third, third_id)->n_peers == 1);
  g_assert_true (ft_node_status (third, third_id)->is_magnet);
  g_assert_cmpuint (ft_node_status (third, third_id)->metadata_size, ==, 0);
}

/* Bad peers. */

typedef struct
{
  gint64 size;                 /* it claims; 0: the right one */
  gboolean silent, rejects;    /* when it is asked for details */
  guint32 spoiled;             /* a block that it gives wrong; G_MAXUINT32: none */
  GBytes *details;
  guint n_asked;
} Character;

static void
say_extended (FtBadLink *link, guint8 id, const void *head, gsize head_length, const void *data, gsize length)
{
  g_autoptr(GByteArray) payload = g_byte_array_new ();

  g_byte_array_append (payload, &id, 1);
  g_byte_array_append (payload, head, (guint) head_length);
  if (length > 0)
    g_byte_array_append (payload, data, (guint) length);
  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, payload->data, payload->len);
}

static void
say_it_has_details (FtBadLink *link)
{
  const Character *is = link->peer->data;
  gint64 size = is->size != 0 ? is->size : (gint64) g_bytes_get_size (is->details);
  g_autofree char *handshake
    = g_strdup_printf ("d1:md11:ut_metadatai%de4:xxxxi7ee13:metadata_sizei%" G_GINT64_FORMAT "ee", ITS_ID, size);

  say_extended (link, BT_EXTENDED_HANDSHAKE, handshake, strlen (handshake), NULL, 0);
}

static void
greet_with_details (FtBadLink *link)
{
  /* Pieces first: nobody can count them yet. */
  ft_bad_link_greet (link);
  say_it_has_details (link);
}

static void
give_block (FtBadLink *link, guint32 block)
{
  Character *is = link->peer->data;
  gsize size;
  const guint8 *details = g_bytes_get_data (is->details, &size);
  gsize length = bt_metadata_block_size ((guint32) size, block);
  g_autofree guint8 *data = g_memdup2 (details + block * 16384, MAX (length, 1));
  BtMetadataMessage message = {
    .type = is->rejects ? BT_METADATA_REJECT : BT_METADATA_DATA,
    .block = block,
    .total_size = is->size != 0 ? (guint32) is->size : (guint32) size,
  };
  char head[BT_METADATA_MAX_HEAD];

  if (block == is->spoiled)
    data[length / 2] ^= 1;
  say_extended (link, BT_EXTENDED_METADATA, head, bt_metadata_encode (&message, head), data, is->rejects ? 0 : length);
}

static void
take_extended (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  Character *is = link->peer->data;
  BtMetadataMessage message;

  if (id != BT_MESSAGE_EXTENDED || length < 1 || body[0] != ITS_ID)
    return;
  g_assert_true (bt_metadata_decode (body + 1, length - 1, &message, NULL));
  if (message.type != BT_METADATA_REQUEST)
    return;
  is->n_asked++;
  if (!is->silent)
    give_block (link, message.block);
}

static FtBadPeer *
make_peer (Fixture *self, const char *ip, Character *character)
{
  static const FtManners manners
    = { .capabilities = BT_CAP_EXTENDED, .greet = greet_with_details, .message = take_extended };
  FtBadPeer *peer = ft_bad_peer_new (self->world, ip, self->sample, &manners);

  if (character->details == NULL)
    character->details = g_bytes_new_from_bytes (self->metainfo->torrent, self->metainfo->info_offset,
                                                 self->metainfo->info_length);
  peer->data = character;
  return peer;
}

static void
finish (Fixture *self, BtTorrentId id)
{
  ft_wait_until (has_details (self->node, id) && ft_node_is_complete (self->node, id));
  ft_sample_assert_equal (self->sample, self->node->dir);
}

/* What it said of its pieces before they could be counted holds: payload comes over the same connection. */
static void
test_no_reconnect (void)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (FALSE));
  Character honest = { .spoiled = G_MAXUINT32 };
  g_autoptr(FtBadPeer) peer = make_peer (self, BAD_IP, &honest);
  BtTorrentId id = add (self, self->node, 0, BT_INTENT_RUN);

  ft_node_connect_to (self->node, id, &peer->local);
  finish (self, id);
  g_assert_cmpuint (peer->n_links, ==, 1);
  g_assert_cmpuint (honest.n_asked, ==, bt_metadata_n_blocks ((guint32) self->metainfo->info_length));
  g_bytes_unref (honest.details);
}

static void
greet_with_hints (FtBadLink *link)
{
  ft_bad_link_say (link, BT_MESSAGE_HAVE_ALL, NULL, 0);
  ft_bad_link_say_index (link, BT_MESSAGE_ALLOWED_FAST, 2000000);
  ft_bad_link_say_index (link, BT_MESSAGE_ALLOWED_FAST, 3);
  ft_bad_link_say_index (link, BT_MESSAGE_SUGGEST, 2000000);
  ft_bad_link_say_index (link, BT_MESSAGE_SUGGEST, 1);
  say_it_has_details (link);
}

static void
count_allowed (FtBadLink *link, const BtBlock *block)
{
  g_assert_cmpuint (block->piece, ==, 3);
  ft_bad_link_serve (link, block);
}

/* Pieces that it gives while it chokes us, said before they could be counted: asked for when they can be, and those
 * that there are not are not missed. */
static void
test_hints (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  Character character = { .spoiled = G_MAXUINT32 };
  g_autoptr(FtBadPeer) peer = make_peer (self, BAD_IP, &character);
  BtTorrentId id = add (self, self->node, 0, BT_INTENT_RUN);

  peer->manners.greet = greet_with_hints;
  peer->manners.request = count_allowed;
  peer->handshake.capabilities |= BT_CAP_FAST;
  ft_node_connect_to (self->node, id, &peer->local);
  ft_wait_until (peer->n_served == 32768);
  g_assert_cmpuint (peer->n_closed, ==, 0);
  peer->manners.request = NULL;
  ft_node_connect (self->node, id, self->seed->port);
  finish (self, id);
  g_bytes_unref (character.details);
}

static void
claim_too_much (FtBadLink *link)
{
  ft_bad_link_say_index (link, BT_MESSAGE_HAVE, 2000000);
  greet_with_details (link);
  ft_bad_link_say_index (link, BT_MESSAGE_HAVE, 1000000);
}

/* What it said turns out wrong: it goes, its details stay. */
static void
test_false_claims (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  Character character = { .spoiled = G_MAXUINT32 };
  g_autoptr(FtBadPeer) peer = make_peer (self, BAD_IP, &character);
  BtTorrentId id = add (self, self->node, 0, BT_INTENT_RUN);

  peer->manners.greet = claim_too_much;
  ft_node_connect_to (self->node, id, &peer->local);
  ft_wait_until (has_details (self->node, id));
  ft_wait_until (peer->n_closed > 0);
  g_assert_cmpuint (peer->n_served, ==, 0);
  ft_node_connect (self->node, id, self->seed->port);
  finish (self, id);
  g_bytes_unref (character.details);
}

/* A liar first; then somebody honest. The link resolves, and @said was said. */
static void
try_bad_peer (Character *character, const char *said)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (FALSE));
  g_autoptr(FtBadPeer) peer = make_peer (self, BAD_IP, character);
  BtTorrentId id = add (self, self->node, 0, BT_INTENT_RUN);

  ft_node_connect_to (self->node, id, &peer->local);
  ft_wait_until (character->n_asked > 0 || peer->n_closed > 0);
  if (said != NULL)
    ft_wait_until (ft_node_said (self->node, said));
  g_assert_true (ft_node_status (self->node, id)->is_magnet);
  ft_node_connect (self->node, id, self->seed->port);
  finish (self, id);
  g_bytes_unref (character->details);
}

static void
test_lying_size (void)
{
  Character character = { .size = BT_LIMIT_METADATA, .spoiled = G_MAXUINT32 };

  try_bad_peer (&character, NULL);
}

static void
test_short_size (void)
{
  Character character = { .size = 16384, .spoiled = G_MAXUINT32 };

  try_bad_peer (&character, BAD_IP " is banned: it gave details that are not those of the link");
}

static void
test_wrong_block (void)
{
  Character character = { .spoiled = 1 };

  try_bad_peer (&character, BAD_IP " is banned: it gave details that are not those of the link");
}

static void
test_silent (void)
{
  Character character = { .silent = TRUE };

  try_bad_peer (&character, NULL);
}

static void
test_rejecting (void)
{
  Character character = { .rejects = TRUE };

  try_bad_peer (&character, NULL);
}

/* How far it is, and of how many. */
static void
test_progress (void)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (FALSE));
  Character slow = { .silent = TRUE, .spoiled = G_MAXUINT32 };
  g_autoptr(FtBadPeer) peer = make_peer (self, BAD_IP, &slow);
  BtTorrentId id = add (self, self->node, 0, BT_INTENT_RUN);
  guint32 size = (guint32) self->metainfo->info_length;

  ft_wait_until (ft_node_status (self->node, id)->reason == BT_REASON_NO_TRACKER);
  ft_node_connect_to (self->node, id, &peer->local);
  ft_wait_until (ft_node_status (self->node, id)->reason == BT_REASON_METADATA);
  g_assert_cmpuint (ft_node_status (self->node, id)->reason_count, ==, 1);
  g_assert_cmpuint (ft_node_status (self->node, id)->metadata_size, ==, size);
  g_assert_cmpuint (ft_node_status (self->node, id)->metadata_done, ==, 0);
  give_block (g_ptr_array_index (peer->links, 0), 0);
  ft_wait_until (ft_node_status (self->node, id)->metadata_done == 16384);
  ft_node_set_intent (self->node, id, BT_INTENT_PAUSE);
  ft_wait_until (ft_node_in_state (self->node, id, BT_STATE_PAUSED));
  ft_wait_until (ft_node_status (self->node, id)->metadata_size == 0);
  ft_wait_until (peer->n_closed == 1);
  slow.silent = FALSE;
  ft_node_set_intent (self->node, id, BT_INTENT_RUN);
  finish (self, id);
  g_bytes_unref (slow.details);
}

/* Details that are what the link names, and no torrent: it says so once, and asks nobody any more. */
static void
test_unusable (void)
{
  g_autoptr(Fixture) self = fixture_new ();
  g_autoptr(GBytes) details = g_bytes_new_static ("d6:lengthi5e4:name1:a12:piece lengthi16384ee", 44);
  BtSha1 hash = bt_sha1 (g_bytes_get_data (details, NULL), g_bytes_get_size (details));
  Character character = { .spoiled = G_MAXUINT32, .details = details };
  g_autoptr(FtBadPeer) peer = make_peer (self, BAD_IP, &character);
  char hex[BT_SHA1_HEX_SIZE];
  BtTorrentId id;

  peer->handshake.info_hash = hash;
  bt_sha1_to_hex (&hash, hex);
  id = add_link (self->node, hex, BT_INTENT_RUN);
  ft_node_connect_to (self->node, id, &peer->local);
  ft_wait_until (ft_node_in_state (self->node, id, BT_STATE_ERROR));
  g_assert_cmpint (ft_node_status (self->node, id)->reason, ==, BT_REASON_BAD_METADATA);
  g_assert_nonnull (strstr (ft_node_status (self->node, id)->reason_text, "info.pieces"));
  g_assert_cmpint (ft_node_status (self->node, id)->reason_until, ==, 0);
  ft_wait_until (peer->n_closed == 1);
  ft_node_set_intent (self->node, id, BT_INTENT_PAUSE);
  ft_node_set_intent (self->node, id, BT_INTENT_RUN);
  g_assert_true (ft_node_in_state (self->node, id, BT_STATE_ERROR));
  g_assert_cmpuint (peer->n_links, ==, 1);
  g_assert_cmpuint (character.n_asked, ==, 1);
}

/* The engine ends in the middle: it begins anew, and the details that were taken up are there for good. */
static void
test_restart (void)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (FALSE));
  Character slow = { .silent = TRUE, .spoiled = G_MAXUINT32 };
  g_autoptr(FtBadPeer) peer = make_peer (self, BAD_IP, &slow);
  g_autofree char *state_dir = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  g_autoptr(FtNode) before = ft_node_new (state_dir, BT_MODE_ALL);
  g_autoptr(FtNode) between = NULL;
  g_autoptr(FtNode) after = NULL;
  BtTorrentId id = add (self, before, self->seed->port + 1, BT_INTENT_DETAILS);

  ft_node_connect_to (before, id, &peer->local);
  ft_wait_until (slow.n_asked > 0);
  give_block (g_ptr_array_index (peer->links, 0), 0);
  ft_wait_until (ft_node_status (before, id)->metadata_done > 0);
  ft_node_stop (before);
  between = ft_node_new (state_dir, BT_MODE_ALL);
  ft_wait_until (g_hash_table_size (between->statuses) == 1);
  id = 1;
  g_assert_true (ft_node_status (between, id)->is_magnet);
  ft_node_connect (between, id, self->seed->port);
  ft_wait_until (has_details (between, id) && ft_node_in_state (between, id, BT_STATE_PAUSED));
  ft_node_stop (between);
  after = ft_node_new (state_dir, BT_MODE_ALL);
  ft_wait_until (g_hash_table_size (after->statuses) == 1);
  g_assert_true (has_details (after, id));
  g_assert_cmpint (ft_node_status (after, id)->intent, ==, BT_INTENT_DETAILS);
  ft_node_stop (after);
  ft_remove_tree (state_dir);
  g_bytes_unref (slow.details);
}

/* It may go, or the engine end, whatever is under way. */
static void
test_remove (void)
{
  g_autoptr(Fixture) self = fixture_new_with (make_wide_sample (FALSE));

  for (guint i = 0; i < 12; i++)
    {
      BtTorrentId id = add (self, self->node, self->seed->port, i % 2 == 0 ? BT_INTENT_RUN : BT_INTENT_DETAILS);
      gint64 until = g_get_monotonic_time () + i * 1500;

      ft_wait_until (g_get_monotonic_time () > until);
      ft_node_remove (self->node, id, TRUE);
      ft_wait_until (ft_node_status (self->node, id) == NULL);
    }
  add (self, self->node, self->seed->port, BT_INTENT_RUN);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/metadata/resolve", test_resolve);
  g_test_add_func ("/engine/metadata/peer-by-name", test_peer_by_name);
  g_test_add_func ("/engine/metadata/details", test_details);
  g_test_add_func ("/engine/metadata/give-on", test_give_on);
  g_test_add_func ("/engine/metadata/pass-on", test_pass_on);
  g_test_add_func ("/engine/metadata/private", test_private);
  g_test_add_func ("/engine/metadata/no-reconnect", test_no_reconnect);
  g_test_add_func ("/engine/metadata/hints", test_hints);
  g_test_add_func ("/engine/metadata/false-claims", test_false_claims);
  g_test_add_func ("/engine/metadata/lying-size", test_lying_size);
  g_test_add_func ("/engine/metadata/short-size", test_short_size);
  g_test_add_func ("/engine/metadata/wrong-block", test_wrong_block);
  g_test_add_func ("/engine/metadata/silent", test_silent);
  g_test_add_func ("/engine/metadata/rejecting", test_rejecting);
  g_test_add_func ("/engine/metadata/progress", test_progress);
  g_test_add_func ("/engine/metadata/unusable", test_unusable);
  g_test_add_func ("/engine/metadata/restart", test_restart);
  g_test_add_func ("/engine/metadata/remove", test_remove);
  return g_test_run ();
}
