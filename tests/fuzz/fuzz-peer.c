/* fuzz-peer.c: a peer that says what it likes to a whole engine, which has a torrent or only the link to one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-extended.h"
#include "ft-bad-peer.h"
#include "ft-fuzz-record.h"
#include "ft-sim.h"

#include <string.h>

/* The first two bytes say what the engine has and how the peer greets; records follow. */
enum
{
  HAS_DATA = 1,     /* it seeds; else it downloads */
  HAS_LINK = 2,     /* it knows the torrent by a link only */
  SERVES = 4,       /* the peer gives what it is asked for */
  LIES = 8,         /* and that is wrong */
  GREETS = 16,      /* it has everything and lets us download */
  SHAKES_BADLY = 32, /* the first record is its handshake */
};

enum
{
  RAW,     /* bytes on the wire */
  MESSAGE, /* one whole message, whose id is the number */
  EXTEND,  /* one of the extension protocol */
  DETAILS, /* a block of the right details of the torrent, asked for or not */
  WAIT,    /* so many tenths of a second pass */
  HANG_UP, /* and come again */
  N_KINDS,
};

static const FtSampleFile files[] = { { "a.bin", 50000 }, { "b/c.bin", 20000 }, { "d.bin", 0 }, { NULL, 0 } };

typedef struct
{
  FtSim *sim;
  FtSimNode *node;
  BtTorrent *torrent;
  FtBadPeer *peer;
  FtFuzzRecord handshake;
} Stage;

/* It does not change, so it is made once. */
static FtSample *
get_sample (void)
{
  static FtSample *sample;

  if (sample == NULL)
    sample = ft_sample_new (files, 32768, 1);
  return sample;
}

static const BtMetainfo *
get_metainfo (void)
{
  static BtMetainfo *metainfo;

  if (metainfo == NULL)
    metainfo = bt_metainfo_parse (get_sample ()->torrent, NULL);
  return metainfo;
}

/* The peer. */

static void
keep_still (FtBadLink *link)
{
}

static void
ignore (FtBadLink *link, const BtBlock *block)
{
}

static void
lie (FtBadLink *link, const BtBlock *block, guint8 *data)
{
  data[block->length / 2] ^= 1;
}

static void
shake_badly (FtBadLink *link)
{
  const Stage *stage = link->peer->data;

  ft_bad_link_write (link, stage->handshake.bytes, stage->handshake.length);
}

static void
add_peer (Stage *stage, guint8 modes, guint8 capabilities)
{
  static const char ip[] = "20.0.0.2";
  FtManners manners = {
    .capabilities = capabilities,
    .greet = (modes & GREETS) != 0 ? NULL : keep_still,
    .request = (modes & SERVES) != 0 ? NULL : ignore,
    .alter = (modes & LIES) != 0 ? lie : NULL,
    .shake = (modes & SHAKES_BADLY) != 0 ? shake_badly : NULL,
  };

  stage->peer = ft_bad_peer_new (ft_fake_net_add_host (stage->sim->net, ip), ip, get_sample (), &manners);
  stage->peer->data = stage;
}

static void
connect (Stage *stage)
{
  BtEndpoint endpoint = ft_sim_node_endpoint (stage->node);

  ft_bad_peer_connect (stage->peer, &endpoint);
  ft_sim_run_for (stage->sim, FT_SIM_SECOND / 10);
}

/* The engine. */

static void
add_torrent (Stage *stage, guint8 modes)
{
  char hex[BT_SHA1_HEX_SIZE];
  g_autofree char *link = NULL;

  bt_sha1_to_hex (&get_metainfo ()->info_hash, hex);
  link = g_strconcat ("magnet:?xt=urn:btih:", hex, NULL);
  if ((modes & HAS_LINK) != 0)
    stage->torrent = ft_sim_node_add_link (stage->node, link);
  else
    stage->torrent = ft_sim_node_add (stage->node, get_sample ()->torrent,
                                      (modes & HAS_DATA) != 0 ? get_sample ()->dir : NULL);
}

/* What happens. */

static void
say_details (FtBadLink *link)
{
  static const char head[] = "d8:msg_typei1e5:piecei0e10:total_sizei%zuee";
  const BtMetainfo *metainfo = get_metainfo ();
  g_autofree char *text = g_strdup_printf (head, metainfo->info_length);
  g_autoptr(GByteArray) body = g_byte_array_new ();
  guint8 id = BT_EXTENDED_METADATA;

  g_byte_array_append (body, &id, 1);
  g_byte_array_append (body, (const guint8 *) text, (guint) strlen (text));
  g_byte_array_append (body, (const guint8 *) g_bytes_get_data (metainfo->torrent, NULL) + metainfo->info_offset,
                       (guint) metainfo->info_length);
  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, body->data, body->len);
}

static void
say_extended (FtBadLink *link, const FtFuzzRecord *record)
{
  g_autoptr(GByteArray) body = g_byte_array_new ();

  g_byte_array_append (body, &record->number, 1);
  g_byte_array_append (body, record->bytes, (guint) record->length);
  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, body->data, body->len);
}

static void
say (FtBadLink *link, const FtFuzzRecord *record)
{
  switch (record->kind % N_KINDS)
    {
    case RAW:
      ft_bad_link_write (link, record->bytes, record->length);
      break;
    case MESSAGE:
      ft_bad_link_say (link, record->number, record->bytes, record->length);
      break;
    case EXTEND:
      say_extended (link, record);
      break;
    case DETAILS:
      say_details (link);
      break;
    default:
      ft_bad_link_hang_up (link);
      break;
    }
}

static void
play (Stage *stage, const FtFuzzRecord *record)
{
  if (record->kind % N_KINDS == WAIT)
    ft_sim_run_for (stage->sim, record->number * FT_SIM_SECOND / 10);
  else if (stage->peer->links->len > 0)
    say (g_ptr_array_index (stage->peer->links, 0), record);
  ft_sim_settle (stage->sim);
  if (record->kind % N_KINDS == HANG_UP)
    connect (stage);
}

/* What must hold: nothing counts as had that is not right, and nothing is held beyond what may be. */

static gboolean
is_right (const Stage *stage, guint32 piece)
{
  const FtSample *sample = get_sample ();
  guint64 offset = (guint64) piece * sample->piece_length;
  g_autofree char *path = g_build_filename (stage->torrent->data_path, "sample", "a.bin", NULL);
  g_autofree char *found = NULL;
  gsize length = 0;

  if (offset >= files[0].length)
    return TRUE;
  return g_file_get_contents (path, &found, &length, NULL) && length > offset
         && memcmp (found + offset, sample->data + offset,
                    MIN (sample->piece_length, MIN (length, files[0].length) - offset)) == 0;
}

static void
check (const Stage *stage)
{
  const BtTorrent *torrent = stage->torrent;

  g_assert_cmpuint (torrent->done, <=, torrent->wanted);
  g_assert_cmpuint (stage->node->core->metadata_budget.used, <=, stage->node->core->metadata_budget.limit);
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      const BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      g_assert_cmpuint (bt_link_queued_bytes (peer->link), <=, BT_LIMIT_PEER_OUTPUT + BT_LIMIT_PEER_MESSAGE);
    }
}

static void
check_end (const Stage *stage)
{
  const BtTorrent *torrent = stage->torrent;

  if (torrent->picker == NULL)
    return;
  for (guint32 piece = 0; piece < torrent->metainfo->n_pieces; piece++)
    g_assert_true (!bt_picker_has (torrent->picker, piece) || is_right (stage, piece));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtReader reader = bt_reader (data, size);
  Stage stage = { 0 };
  guint8 modes = 0, capabilities = 0;
  FtFuzzRecord record;

  if (!bt_reader_u8 (&reader, &modes) || !bt_reader_u8 (&reader, &capabilities))
    return 0;
  if ((modes & SHAKES_BADLY) != 0 && !ft_fuzz_next_record (&reader, &stage.handshake))
    return 0;
  stage.sim = ft_sim_new (1);
  stage.node = ft_sim_add_node (stage.sim, "20.0.0.1", NULL);
  add_torrent (&stage, modes);
  add_peer (&stage, modes, capabilities);
  connect (&stage);
  while (ft_fuzz_next_record (&reader, &record))
    {
      play (&stage, &record);
      check (&stage);
    }
  ft_sim_run_for (stage.sim, FT_SIM_SECOND);
  check_end (&stage);
  ft_bad_peer_free (stage.peer);
  ft_sim_free (stage.sim);
  return 0;
}
