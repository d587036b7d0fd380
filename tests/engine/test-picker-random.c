/* test-picker-random.c: random swarms against a plain model of who was asked for what.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "bt-picker.h"

#include "ft-test.h"

#define FEW_PIECES 40
#define MAX_PIECES 900 /* more than the picker looks through */
#define MAX_BLOCKS 6
#define MAX_PEERS 12
#define MAX_OUT 40

/* What a block went through. Bit i of a mask is the peer in place i. */
typedef struct
{
  gboolean received;
  BtPeerId sender;
  guint asked;
} ModelBlock;

typedef struct
{
  BtPeerId id; /* 0: nobody in this place */
  BtBitfield *has;
  gboolean is_seed;
  gboolean slow;
  gboolean exclusive;
} ModelPeer;

typedef struct
{
  BtRandom random;       /* of the test */
  BtRandom own;          /* of the picker */
  BtBitfield *fast;      /* pieces that may be asked for while choked */
  BtPicker *picker;
  guint32 n_pieces;
  guint n_blocks;
  guint32 seen;
  guint n_seen;
  BtPeerId last_id;
  ModelPeer peers[MAX_PEERS];
  ModelBlock blocks[MAX_PIECES][MAX_BLOCKS];
  gboolean had[MAX_PIECES];
  guint touched[MAX_PIECES]; /* mask of who had a hand in it */
} Model;

static guint
below (Model *model, guint32 n)
{
  return bt_random_below (&model->random, n);
}

static guint
n_blocks_of (const Model *model, guint32 piece)
{
  return bt_picker_blocks_in_piece (model->picker, piece);
}

static void
model_init (Model *model, guint64 seed, guint32 max_pieces)
{
  guint64 total;

  memset (model, 0, sizeof *model);
  bt_random_seed (&model->random, seed);
  bt_random_seed (&model->own, seed + 1);
  model->n_pieces = 1 + below (model, max_pieces);
  model->n_blocks = 1 + below (model, MAX_BLOCKS);
  total = (guint64) (model->n_pieces - 1) * model->n_blocks * BT_LIMIT_BLOCK + 1
          + below (model, model->n_blocks * BT_LIMIT_BLOCK);
  model->picker = bt_picker_new (model->n_pieces, model->n_blocks * BT_LIMIT_BLOCK, total,
                                 &model->own);
  model->fast = bt_bitfield_new (model->n_pieces);
  for (guint i = 0; i < 5; i++)
    bt_bitfield_set (model->fast, below (model, model->n_pieces));
}

static void
model_clear (Model *model)
{
  for (guint i = 0; i < MAX_PEERS; i++)
    g_clear_pointer (&model->peers[i].has, bt_bitfield_free);
  bt_bitfield_free (model->fast);
  bt_picker_free (model->picker);
}

static guint
count_asked (const Model *model, guint place)
{
  guint n = 0;

  for (guint32 i = 0; i < model->n_pieces; i++)
    for (guint j = 0; j < n_blocks_of (model, i); j++)
      n += (model->blocks[i][j].asked >> place) & 1;
  return n;
}

static gboolean
is_wanted (const Model *model, guint32 piece)
{
  return !model->had[piece] && bt_picker_get_priority (model->picker, piece) != BT_PRIORITY_SKIP;
}

static void
forget_blocks (Model *model, guint32 piece)
{
  memset (model->blocks[piece], 0, sizeof model->blocks[piece]);
  model->touched[piece] = 0;
}

/* Nothing came and nothing is asked: as if never begun. */
static void
forget_if_unused (Model *model, guint32 piece)
{
  for (guint i = 0; i < n_blocks_of (model, piece); i++)
    if (model->blocks[piece][i].received || model->blocks[piece][i].asked != 0)
      return;
  model->touched[piece] = 0;
}

static void
see_open_cb (guint32 piece, const BtBitfield *blocks, gpointer data)
{
  Model *model = data;

  if (below (model, ++model->n_seen) == 0)
    model->seen = piece;
}

/* One of those begun, mostly. */
static guint32
any_piece (Model *model)
{
  model->seen = below (model, model->n_pieces);
  model->n_seen = 0;
  if (below (model, 10) > 0)
    bt_picker_foreach_open (model->picker, see_open_cb, model);
  return model->seen;
}

/* The steps. Each does one thing to the picker and to the model. */

static void
leave (Model *model, guint place)
{
  ModelPeer *peer = &model->peers[place];

  if (peer->is_seed)
    bt_picker_seed (model->picker, -1);
  else
    bt_picker_peer_bits (model->picker, peer->has, -1);
  bt_picker_abandon_all (model->picker, peer->id);
  for (guint32 i = 0; i < model->n_pieces; i++)
    {
      for (guint j = 0; j < MAX_BLOCKS; j++)
        model->blocks[i][j].asked &= ~(1u << place);
      /* Its place is given to another; that it had a hand in it stays. */
      if (model->touched[i] & (1u << place))
        model->touched[i] = (model->touched[i] & ~(1u << place)) | 1u << 31;
      forget_if_unused (model, i);
    }
  g_clear_pointer (&peer->has, bt_bitfield_free);
  peer->id = 0;
}

static void
come (Model *model, guint place)
{
  ModelPeer *peer = &model->peers[place];
  guint share = below (model, 5);

  peer->id = ++model->last_id;
  peer->slow = below (model, 4) == 0;
  peer->exclusive = below (model, 5) == 0;
  peer->has = bt_bitfield_new (model->n_pieces);
  for (guint32 i = 0; i < model->n_pieces; i++)
    if (below (model, 4) < share)
      bt_bitfield_set (peer->has, i);
  peer->is_seed = bt_bitfield_is_full (peer->has);
  if (peer->is_seed)
    bt_picker_seed (model->picker, 1);
  else
    bt_picker_peer_bits (model->picker, peer->has, 1);
}

static void
step_come_or_go (Model *model, guint place)
{
  if (model->peers[place].id != 0)
    leave (model, place);
  else
    come (model, place);
}

static void
step_has (Model *model, guint place)
{
  ModelPeer *peer = &model->peers[place];
  guint32 piece = below (model, model->n_pieces);

  if (peer->id == 0 || peer->is_seed)
    return;
  if (bt_bitfield_set (peer->has, piece))
    bt_picker_peer_has (model->picker, below (model, 10) > 0 ? peer->id : 0, piece);
  else if (bt_bitfield_clear (peer->has, piece))
    bt_picker_peer_lost (model->picker, piece);
}

static gboolean
is_asked_of_others (const Model *model, guint32 piece, guint place)
{
  for (guint i = 0; i < n_blocks_of (model, piece); i++)
    if ((model->blocks[piece][i].asked & ~(1u << place)) != 0)
      return TRUE;
  return FALSE;
}

static void
check_picked (Model *model, guint place, const BtBlock *block, gboolean endgame)
{
  const ModelPeer *peer = &model->peers[place];
  ModelBlock *b = &model->blocks[block->piece][block->begin / BT_LIMIT_BLOCK];
  guint others = model->touched[block->piece] & ~(1u << place);

  g_assert_true (bt_bitfield_get (peer->has, block->piece));
  g_assert_true (is_wanted (model, block->piece));
  g_assert_false (b->received);
  g_assert_cmpuint (b->asked & (1u << place), ==, 0);
  if (!endgame)
    g_assert_cmpuint (b->asked, ==, 0);
  /* On parole only what others left to itself, and never beside them. */
  if (peer->exclusive && others != 0)
    g_assert_false (is_asked_of_others (model, block->piece, place));
  b->asked |= 1u << place;
  model->touched[block->piece] |= 1u << place;
  g_assert_true (bt_picker_is_asked (model->picker, peer->id, block));
}

/* Everything that may be asked is: when a peer gets less than it could take, no block is left that
 * it has, that is wanted and that nobody was asked for, but for pieces on which parole lies. One on
 * parole that has nothing to do (@idle) leaves no piece that nobody works on. */
static void
check_nothing_left (Model *model, guint place, gboolean idle)
{
  const ModelPeer *peer = &model->peers[place];

  for (guint32 i = 0; i < model->n_pieces; i++)
    for (guint j = 0; j < n_blocks_of (model, i); j++)
      {
        const ModelBlock *block = &model->blocks[i][j];

        if (block->received || block->asked != 0 || !is_wanted (model, i)
            || !bt_bitfield_get (peer->has, i))
          continue;
        g_assert_cmpuint (model->touched[i] & ~(1u << place), !=, 0);
        if (!peer->exclusive || (idle && !is_asked_of_others (model, i, place)))
          {
            gboolean parole = FALSE;

            for (guint k = 0; k < MAX_PEERS; k++)
              parole |= (model->touched[i] >> k & 1) != 0 && model->peers[k].exclusive;
            g_assert_true (parole);
          }
      }
}

static void
step_pick (Model *model, guint place)
{
  const ModelPeer *peer = &model->peers[place];
  BtPickRequest request = { .peer = peer->id, .has = peer->has, .slow = peer->slow,
                            .exclusive = peer->exclusive };
  BtBlock out[MAX_OUT];
  guint32 suggested = below (model, model->n_pieces);
  guint max = 1 + below (model, below (model, 4) == 0 ? MAX_OUT : 4);
  gboolean endgame = bt_picker_is_endgame (model->picker);
  guint before, n;

  if (peer->id == 0)
    return;
  before = count_asked (model, place);
  request.contiguous_pieces = below (model, 4);
  request.suggested = &suggested;
  request.n_suggested = below (model, 2);
  request.only = below (model, 6) == 0 ? model->fast : NULL;
  n = bt_picker_pick (model->picker, &request, out, max);
  g_assert_cmpuint (n, <=, max);
  endgame &= before == 0 && !peer->exclusive;
  for (guint i = 0; i < n; i++)
    {
      check_picked (model, place, &out[i], endgame);
      g_assert_true (request.only == NULL || bt_bitfield_get (request.only, out[i].piece));
    }
  if (endgame)
    g_assert_cmpuint (n, <=, 4);
  else if (n < max && request.only == NULL)
    check_nothing_left (model, place, before == 0 && n == 0);
}

static void
check_others (Model *model, const ModelBlock *block, guint place, const BtPeerId *others, guint n)
{
  guint mask = 0;

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < MAX_PEERS; k++)
      if (model->peers[k].id == others[i])
        mask |= 1u << k;
  g_assert_cmpuint (mask, ==, block->asked & ~(1u << place));
}

static void
finish_piece (Model *model, guint32 piece)
{
  for (guint i = 0; i < n_blocks_of (model, piece); i++)
    {
      BtBlock block = bt_picker_block (model->picker, piece, i);

      g_assert_cmpuint (bt_picker_block_sender (model->picker, &block), ==,
                        model->blocks[piece][i].sender);
    }
  if (below (model, 4) == 0)
    bt_picker_failed (model->picker, piece);
  else
    {
      bt_picker_passed (model->picker, piece);
      model->had[piece] = TRUE;
    }
  forget_blocks (model, piece);
}

/* Of a block that was asked for, or, now and then, of any. */
static void
step_receive (Model *model, guint place)
{
  const ModelPeer *peer = &model->peers[place];
  guint32 piece = any_piece (model);
  guint index = below (model, n_blocks_of (model, piece));
  ModelBlock *b = &model->blocks[piece][index];
  BtBlock block = bt_picker_block (model->picker, piece, index);
  BtPeerId others[8];
  guint n_others;
  BtBlockResult result;
  gboolean complete = TRUE;

  if (peer->id == 0 || ((b->asked >> place & 1) == 0 && below (model, 200) > 0))
    return;
  result = bt_picker_received (model->picker, peer->id, &block, others, &n_others);
  if (model->had[piece] || b->received)
    {
      g_assert_cmpint (result, ==, BT_BLOCK_DUPLICATE);
      return;
    }
  check_others (model, b, place, others, n_others);
  b->asked = 0;
  b->received = TRUE;
  b->sender = peer->id;
  model->touched[piece] |= 1u << place;
  for (guint i = 0; i < n_blocks_of (model, piece); i++)
    complete &= model->blocks[piece][i].received;
  g_assert_cmpint (result, ==, complete ? BT_BLOCK_PIECE_COMPLETE : BT_BLOCK_ACCEPTED);
  if (complete)
    finish_piece (model, piece);
}

static void
step_abandon (Model *model, guint place)
{
  const ModelPeer *peer = &model->peers[place];
  guint32 piece = any_piece (model);

  if (peer->id == 0)
    return;
  for (guint i = 0; i < n_blocks_of (model, piece); i++)
    if (model->blocks[piece][i].asked >> place & 1)
      {
        BtBlock block = bt_picker_block (model->picker, piece, i);

        bt_picker_abandon (model->picker, peer->id, &block);
        model->blocks[piece][i].asked &= ~(1u << place);
        g_assert_false (bt_picker_is_asked (model->picker, peer->id, &block));
        forget_if_unused (model, piece);
        return;
      }
}

static void
step_priority (Model *model, guint place)
{
  static const guint8 priorities[] = { 0, 1, 4, 4, 4, 7 };

  bt_picker_set_priority (model->picker, below (model, model->n_pieces),
                          priorities[below (model, G_N_ELEMENTS (priorities))]);
}

static void
step_have (Model *model, guint place)
{
  guint32 piece = below (model, model->n_pieces);

  if (model->had[piece])
    bt_picker_set_missing (model->picker, piece);
  else
    bt_picker_set_have (model->picker, piece);
  model->had[piece] = !model->had[piece];
  forget_blocks (model, piece);
}

static void
step_order (Model *model, guint place)
{
  bt_picker_set_sequential (model->picker, below (model, 3) == 0);
}

static void
check_model (Model *model)
{
  bt_picker_assert_consistent (model->picker);
  for (guint32 i = 0; i < model->n_pieces; i++)
    {
      const BtBitfield *open = bt_picker_open_blocks (model->picker, i);
      guint n_seeds = 0;

      g_assert_cmpint (bt_picker_has (model->picker, i), ==, model->had[i]);
      for (guint j = 0; j < n_blocks_of (model, i); j++)
        g_assert_cmpint (open != NULL && bt_bitfield_get (open, j), ==,
                         model->blocks[i][j].received);
      for (guint k = 0; k < MAX_PEERS; k++)
        n_seeds += model->peers[k].id != 0 && bt_bitfield_get (model->peers[k].has, i);
      g_assert_cmpuint (bt_picker_availability (model->picker, i), ==, n_seeds);
    }
  for (guint k = 0; k < MAX_PEERS; k++)
    if (model->peers[k].id != 0)
      g_assert_cmpuint (bt_picker_n_outstanding (model->picker, model->peers[k].id), ==,
                        count_asked (model, k));
}

static void
test_random (void)
{
  static const struct
  {
    void (*step) (Model *model, guint place);
    guint weight;
  } steps[] = {
    { step_come_or_go, 3 }, { step_has, 10 },     { step_pick, 25 },   { step_receive, 150 },
    { step_abandon, 10 },   { step_priority, 3 }, { step_have, 1 },    { step_order, 1 },
  };
  guint total = 0;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    total += steps[i].weight;
  for (guint64 seed = 0; seed < 60; seed++)
    {
      Model model;

      model_init (&model, seed, seed % 5 == 4 ? MAX_PIECES : FEW_PIECES);
      for (guint n = 0; n < 2000; n++)
        {
          guint place = below (&model, MAX_PEERS);
          guint choice = below (&model, total), i = 0;

          while (choice >= steps[i].weight)
            choice -= steps[i++].weight;
          steps[i].step (&model, place);
          if (n % (1 + model.n_pieces / FEW_PIECES) == 0)
            check_model (&model);
        }
      model_clear (&model);
    }
}

/* Left alone with peers that answer, a swarm always comes to an end, however it was disturbed. */
static void
test_finishes (void)
{
  for (guint64 seed = 0; seed < 100; seed++)
    {
      Model model;
      guint n;

      model_init (&model, seed, FEW_PIECES);
      for (guint i = 0; i < 4; i++)
        come (&model, i);
      if (model.peers[4].id == 0)
        {
          come (&model, 4);
          for (guint32 i = 0; i < model.n_pieces; i++)
            if (!model.peers[4].is_seed && bt_bitfield_set (model.peers[4].has, i))
              bt_picker_peer_has (model.picker, model.peers[4].id, i);
          model.peers[4].exclusive = FALSE;
        }
      for (n = 0; n < 20000 && !bt_picker_is_complete (model.picker); n++)
        {
          /* Peers 0 and 1 take requests and never answer. */
          step_pick (&model, below (&model, 5));
          step_receive (&model, 2 + below (&model, 3));
          if (n % 50 == 0)
            step_abandon (&model, below (&model, 2));
        }
      g_assert_cmpuint (n, <, 20000);
      model_clear (&model);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/picker/random", test_random);
  g_test_add_func ("/engine/picker/finishes", test_finishes);
  return g_test_run ();
}
