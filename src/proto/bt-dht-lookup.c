/* bt-dht-lookup.c: an iterative search for the nodes closest to a target, without the questions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-lookup.h"

#include "bt-dht-table.h"

/* Candidates stand in the order of their distance. Walking from the closest, who was not asked yet is
 * asked while fewer than ALPHA answers are due, until K are passed that have answered. So the
 * search keeps to the front, goes on beside nodes that are slow, and ends when nothing in front of
 * the K closest is open any more. */

#define ALPHA 4
#define MAX_CANDIDATES 100
#define MAX_NODES_OF_ONE 16 /* taken of one answer, so that nobody fills the list alone */
#define MAX_ASKED 400       /* some forty are enough: who always knows somebody closer leads nowhere */
#define MAX_UNNAMED 100     /* without an id, beside routers */

typedef enum
{
  STATE_NEW,
  STATE_ASKED,
  STATE_SLOW,
  STATE_ANSWERED,
  STATE_FAILED,
} State;

typedef struct
{
  BtKrpcNode node;
  gboolean has_id;
  gboolean is_router;
  State state;
  guint n_hops;
  guint8 *token; /* (nullable) (array length=token_length) */
  gsize token_length;
} Candidate;

struct _BtDhtLookup
{
  BtNodeId target;
  BtNodeId own_id;
  GPtrArray *candidates; /* of Candidate, the closest first */
  GPtrArray *unnamed;    /* of Candidate without an id yet, routers among them */
  guint n_answers;
  guint n_asked; /* in all */
};

static void
free_candidate (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->token);
  g_free (candidate);
}

BtDhtLookup *
bt_dht_lookup_new (const BtNodeId *target, const BtNodeId *own_id)
{
  BtDhtLookup *lookup = g_new0 (BtDhtLookup, 1);

  lookup->target = *target;
  lookup->own_id = *own_id;
  lookup->candidates = g_ptr_array_new_with_free_func (free_candidate);
  lookup->unnamed = g_ptr_array_new_with_free_func (free_candidate);
  return lookup;
}

void
bt_dht_lookup_free (BtDhtLookup *lookup)
{
  g_ptr_array_unref (lookup->candidates);
  g_ptr_array_unref (lookup->unnamed);
  g_free (lookup);
}

const BtNodeId *
bt_dht_lookup_target (const BtDhtLookup *lookup)
{
  return &lookup->target;
}

static Candidate *
find_in (GPtrArray *candidates, const BtEndpoint *address)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (candidates, i);

      if (bt_endpoint_equal (&candidate->node.endpoint, address))
        return candidate;
    }
  return NULL;
}

/* One of each id and of each network. Who failed stands in nobody's way but its own. */
static gboolean
is_in_the_way (const Candidate *candidate, const BtKrpcNode *node)
{
  if (bt_endpoint_equal (&candidate->node.endpoint, &node->endpoint))
    return TRUE;
  return candidate->state != STATE_FAILED
         && (bt_sha1_equal (&candidate->node.id, &node->id)
             || bt_dht_same_network (&candidate->node.endpoint, &node->endpoint));
}

static gboolean
is_wanted (const BtDhtLookup *lookup, const BtKrpcNode *node)
{
  if (bt_sha1_equal (&node->id, &lookup->own_id))
    return FALSE;
  for (guint i = 0; i < lookup->candidates->len; i++)
    if (is_in_the_way (g_ptr_array_index (lookup->candidates, i), node))
      return FALSE;
  return TRUE;
}

static guint
find_position (const BtDhtLookup *lookup, const BtNodeId *id)
{
  guint low = 0, high = lookup->candidates->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const Candidate *candidate = g_ptr_array_index (lookup->candidates, middle);

      if (bt_node_id_compare (&lookup->target, &candidate->node.id, id) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Of too many the furthest goes, unless an answer of it is due. */
static void
insert (BtDhtLookup *lookup, Candidate *candidate)
{
  g_ptr_array_insert (lookup->candidates, (int) find_position (lookup, &candidate->node.id), candidate);
  for (guint i = lookup->candidates->len; lookup->candidates->len > MAX_CANDIDATES && i-- > 0;)
    {
      const Candidate *last = g_ptr_array_index (lookup->candidates, i);

      if (last->state != STATE_ASKED && last->state != STATE_SLOW)
        g_ptr_array_remove_index (lookup->candidates, i);
    }
}

static void
add_candidate (BtDhtLookup *lookup, const BtKrpcNode *node, guint n_hops)
{
  Candidate *candidate;

  if (!is_wanted (lookup, node))
    return;
  candidate = g_new0 (Candidate, 1);
  candidate->node = *node;
  candidate->has_id = TRUE;
  candidate->n_hops = n_hops;
  insert (lookup, candidate);
}

void
bt_dht_lookup_add_node (BtDhtLookup *lookup, const BtKrpcNode *node)
{
  add_candidate (lookup, node, 1);
}

void
bt_dht_lookup_add_address (BtDhtLookup *lookup, const BtEndpoint *address, gboolean is_router)
{
  Candidate *candidate;

  if ((!is_router && lookup->unnamed->len >= MAX_UNNAMED) || find_in (lookup->candidates, address) != NULL
      || find_in (lookup->unnamed, address) != NULL)
    return;
  candidate = g_new0 (Candidate, 1);
  candidate->node.endpoint = *address;
  candidate->is_router = is_router;
  candidate->n_hops = 1;
  g_ptr_array_add (lookup->unnamed, candidate);
}

typedef struct
{
  Candidate *next;   /* (nullable): who comes next */
  guint n_asked;     /* answers that are due soon */
  guint n_open;      /* answers that may still come */
  guint n_answered;  /* of the closest, at most K */
} Walk;

static void
step (Walk *walk, Candidate *candidate)
{
  if (candidate->state == STATE_NEW && walk->next == NULL)
    walk->next = candidate;
  walk->n_asked += candidate->state == STATE_ASKED;
  walk->n_open += candidate->state == STATE_ASKED || candidate->state == STATE_SLOW;
  walk->n_answered += candidate->state == STATE_ANSWERED && !candidate->is_router;
}

static Walk
walk_through (const BtDhtLookup *lookup)
{
  Walk walk = { 0 };

  for (guint i = 0; i < lookup->candidates->len && walk.n_answered < BT_DHT_K; i++)
    step (&walk, g_ptr_array_index (lookup->candidates, i));
  for (guint i = 0; i < lookup->unnamed->len && walk.n_answered < BT_DHT_K; i++)
    step (&walk, g_ptr_array_index (lookup->unnamed, i));
  if (lookup->n_asked >= MAX_ASKED)
    walk.next = NULL;
  return walk;
}

gboolean
bt_dht_lookup_next (BtDhtLookup *lookup, BtKrpcNode *node, gboolean *has_id)
{
  Walk walk = walk_through (lookup);

  if (walk.next == NULL || walk.n_asked >= ALPHA)
    return FALSE;
  walk.next->state = STATE_ASKED;
  lookup->n_asked++;
  *node = walk.next->node;
  *has_id = walk.next->has_id;
  return TRUE;
}

gboolean
bt_dht_lookup_is_done (const BtDhtLookup *lookup)
{
  Walk walk = walk_through (lookup);

  return walk.next == NULL && walk.n_open == 0;
}

/* Now that its id is known it takes its place among the others, if nobody is in the way. */
static void
give_name (BtDhtLookup *lookup, Candidate *candidate, const BtNodeId *id)
{
  guint position;

  candidate->node.id = *id;
  candidate->has_id = TRUE;
  if (candidate->is_router || !is_wanted (lookup, &candidate->node)
      || !g_ptr_array_find (lookup->unnamed, candidate, &position))
    return;
  g_ptr_array_steal_index (lookup->unnamed, position);
  insert (lookup, candidate);
}

/* (nullable): the candidate whose answer is due. @is_named: (out): it has its place already. */
static Candidate *
find_due (BtDhtLookup *lookup, const BtEndpoint *from, gboolean *is_named)
{
  Candidate *candidate = find_in (lookup->candidates, from);

  *is_named = candidate != NULL;
  if (candidate == NULL)
    candidate = find_in (lookup->unnamed, from);
  if (candidate != NULL && candidate->state != STATE_ASKED && candidate->state != STATE_SLOW)
    return NULL;
  return candidate;
}

static void
keep_token (Candidate *candidate, BtKrpcSpan token)
{
  if (token.length == 0)
    return;
  candidate->token = g_memdup2 (token.data, token.length);
  candidate->token_length = token.length;
}

guint
bt_dht_lookup_answered (BtDhtLookup *lookup,
                        const BtEndpoint *from,
                        const BtNodeId *id,
                        BtKrpcSpan token,
                        const BtKrpcNode *nodes,
                        guint n_nodes)
{
  gboolean is_named;
  Candidate *candidate = find_due (lookup, from, &is_named);
  guint n_hops;

  if (candidate == NULL)
    return 0;
  /* Who is somebody else each time it is asked wants to be near everything. */
  if (is_named && !bt_sha1_equal (id, &candidate->node.id))
    {
      candidate->state = STATE_FAILED;
      return 0;
    }
  candidate->state = STATE_ANSWERED;
  keep_token (candidate, token);
  lookup->n_answers++;
  n_hops = candidate->n_hops;
  if (!is_named)
    give_name (lookup, candidate, id);
  for (guint i = 0; i < MIN (n_nodes, MAX_NODES_OF_ONE); i++)
    add_candidate (lookup, &nodes[i], n_hops + 1);
  return n_hops;
}

void
bt_dht_lookup_slow (BtDhtLookup *lookup, const BtEndpoint *from)
{
  gboolean is_named;
  Candidate *candidate = find_due (lookup, from, &is_named);

  if (candidate != NULL)
    candidate->state = STATE_SLOW;
}

void
bt_dht_lookup_failed (BtDhtLookup *lookup, const BtEndpoint *from)
{
  gboolean is_named;
  Candidate *candidate = find_due (lookup, from, &is_named);

  if (candidate != NULL)
    candidate->state = STATE_FAILED;
}

guint
bt_dht_lookup_n_answers (const BtDhtLookup *lookup)
{
  return lookup->n_answers;
}

guint
bt_dht_lookup_closest (const BtDhtLookup *lookup, guint max, BtDhtHolder *out)
{
  guint n = 0;

  for (guint i = 0; i < lookup->candidates->len && n < max; i++)
    {
      const Candidate *candidate = g_ptr_array_index (lookup->candidates, i);

      if (candidate->state == STATE_ANSWERED)
        out[n++] = (BtDhtHolder){ candidate->node, { candidate->token, candidate->token_length } };
    }
  return n;
}
