/* bt-metadata-fetch.c: decides which block of a link's details to ask of whom, and whom to believe (BEP 9).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metadata-fetch-private.h"

#include "bt-limits.h"
#include "bt-metadata.h"

#define MAX_CLAIMS 8                              /* sizes that one peer may name, one after the other */
#define MAX_RESTS 200                             /* sources that are left alone, remembered when they are gone */
#define REPEAT_US (3 * G_USEC_PER_SEC)            /* the same block of the same peer */
#define REPEAT_ELSEWHERE_US (1 * G_USEC_PER_SEC)  /* of another, when all that is missing has been asked for */
#define LOST_US (30 * G_USEC_PER_SEC)             /* an answer is no more expected */
#define REFUSED_US (60 * G_USEC_PER_SEC)          /* a peer that rejects is left alone */
#define REST_LEAST_S 20                           /* one that gave a part of what was wrong */
#define REST_MOST_S 70
#define SOLE_PATIENCE_US (10 * G_USEC_PER_SEC)    /* the only one that is asked gives nothing */
#define STALE_US (120 * G_USEC_PER_SEC)           /* then what is there makes room */

/* Behind an address near us there may be several machines or programs. */
static gboolean
is_same_source (const BtEndpoint *a, const BtEndpoint *b)
{
  return bt_endpoint_is_local (a) ? bt_endpoint_equal (a, b) : bt_endpoint_same_ip (a, b);
}

BtMetadataFetch *
bt_metadata_fetch_new (BtMetadataBudget *budget, BtRandom *random)
{
  BtMetadataFetch *self = g_new0 (BtMetadataFetch, 1);

  self->budget = budget;
  self->random = random;
  self->peers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->versions = g_ptr_array_new ();
  self->sources = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  self->rests = g_array_new (FALSE, FALSE, sizeof (BtMetadataRest));
  return self;
}

void
bt_metadata_fetch_free (BtMetadataFetch *self)
{
  while (self->versions->len > 0)
    bt_metadata_free_version (self, g_ptr_array_index (self->versions, 0));
  g_ptr_array_unref (self->versions);
  g_hash_table_unref (self->peers);
  g_array_unref (self->sources);
  g_array_unref (self->rests);
  g_free (self);
}

/* Peers and what they claim. */

static BtMetadataPeer *
find_peer (BtMetadataFetch *self, guint32 id)
{
  return g_hash_table_lookup (self->peers, GUINT_TO_POINTER (id));
}

/* What it was asked for may be asked of others at once. */
static void
release (BtMetadataPeer *peer, BtMetadataAsked *asked)
{
  BtMetadataVersion *version = peer->version;
  BtMetadataBlock *block;

  asked->at = 0;
  if (version == NULL || version->blocks == NULL || asked->block >= version->n_blocks)
    return;
  block = &version->blocks[asked->block];
  if (block->asked_of == peer->id)
    block->asked_at = 0;
}

static void
release_all (BtMetadataPeer *peer)
{
  for (guint i = 0; i < ASKED_AT_ONCE; i++)
    if (peer->asked[i].at != 0)
      release (peer, &peer->asked[i]);
}

/* Of what one peer is to give whole nothing stays when that is another. */
static void
drop_sole (BtMetadataFetch *self, BtMetadataVersion *version)
{
  version->sole = NOBODY;
  if (!version->handed_out)
    bt_metadata_free_blocks (self, version);
}

/* What it gave stays, as long as it is not stale. */
static void
leave_version (BtMetadataFetch *self, BtMetadataPeer *peer)
{
  BtMetadataVersion *version = peer->version;

  if (version == NULL)
    return;
  release_all (peer);
  if (version->sole == peer->id)
    drop_sole (self, version);
  peer->version = NULL;
  peer->gave = FALSE;
  version->n_peers--;
  if (version->n_peers == 0 && version->n_done == 0 && !version->by_one && !version->handed_out)
    bt_metadata_free_version (self, version);
}

static gint64
recall_rest (BtMetadataFetch *self, const BtEndpoint *endpoint)
{
  gint64 until = 0;

  for (guint i = 0; i < self->rests->len; i++)
    {
      const BtMetadataRest *rest = &g_array_index (self->rests, BtMetadataRest, i);

      if (is_same_source (&rest->endpoint, endpoint))
        until = MAX (until, rest->until);
    }
  return until;
}

static BtMetadataPeer *
add_peer (BtMetadataFetch *self, guint32 id, const BtEndpoint *endpoint)
{
  BtMetadataPeer *peer = g_new0 (BtMetadataPeer, 1);

  peer->id = id;
  peer->endpoint = *endpoint;
  peer->rests_until = recall_rest (self, endpoint);
  g_hash_table_insert (self->peers, GUINT_TO_POINTER (id), peer);
  return peer;
}

void
bt_metadata_fetch_set_peer (BtMetadataFetch *self, guint32 id, const BtEndpoint *endpoint, gint64 size)
{
  BtMetadataPeer *peer = find_peer (self, id);

  if (size < 1 || size > BT_LIMIT_METADATA)
    size = 0;
  if (peer == NULL)
    peer = add_peer (self, id, endpoint);
  if ((peer->version != NULL ? peer->version->size : 0) == size || ++peer->n_claims > MAX_CLAIMS)
    return;
  leave_version (self, peer);
  if (size == 0)
    return;
  peer->version = bt_metadata_find_version (self, (guint32) size);
  if (peer->version == NULL)
    peer->version = bt_metadata_make_version (self, (guint32) size);
  peer->version->n_peers++;
}

void
bt_metadata_fetch_remove_peer (BtMetadataFetch *self, guint32 id)
{
  BtMetadataPeer *peer = find_peer (self, id);

  if (peer == NULL)
    return;
  leave_version (self, peer);
  g_hash_table_remove (self->peers, GUINT_TO_POINTER (id));
}

/* Asking. */

guint
bt_metadata_count_asked (const BtMetadataPeer *peer)
{
  guint n = 0;

  for (guint i = 0; i < ASKED_AT_ONCE; i++)
    n += peer->asked[i].at != 0;
  return n;
}

static BtMetadataAsked *
find_asked (BtMetadataPeer *peer, guint32 block)
{
  for (guint i = 0; i < ASKED_AT_ONCE; i++)
    if (peer->asked[i].at != 0 && peer->asked[i].block == block)
      return &peer->asked[i];
  return NULL;
}

static void
forget_lost (BtMetadataPeer *peer, gint64 now)
{
  for (guint i = 0; i < ASKED_AT_ONCE; i++)
    if (peer->asked[i].at != 0 && now - peer->asked[i].at >= LOST_US)
      release (peer, &peer->asked[i]);
}

static gboolean
may_be_asked_again (const BtMetadataBlock *block, const BtMetadataPeer *peer, gint64 now)
{
  if (block->asked_at == 0)
    return TRUE;
  return now - block->asked_at >= (block->asked_of == peer->id ? REPEAT_US : REPEAT_ELSEWHERE_US);
}

/* The least asked for, of those the first. */
static gboolean
choose_block (BtMetadataVersion *version, BtMetadataPeer *peer, gint64 now, guint32 *out)
{
  BtMetadataBlock *best = NULL;

  for (guint32 i = 0; i < version->n_blocks; i++)
    {
      BtMetadataBlock *block = &version->blocks[i];

      if (block->data != NULL || (best != NULL && block->n_asked >= best->n_asked)
          || !may_be_asked_again (block, peer, now) || find_asked (peer, i) != NULL)
        continue;
      best = block;
      *out = i;
    }
  return best != NULL;
}

static void
note_asked (BtMetadataVersion *version, BtMetadataPeer *peer, guint32 block, gint64 now)
{
  for (guint i = 0; i < ASKED_AT_ONCE; i++)
    if (peer->asked[i].at == 0)
      {
        peer->asked[i] = (BtMetadataAsked){ .block = block, .at = now };
        break;
      }
  version->blocks[block].asked_at = now;
  version->blocks[block].asked_of = peer->id;
  version->blocks[block].n_asked++;
  if (version->moved_at == 0)
    version->moved_at = now;
}

/* Of a size that was wrong one peer gives all, so that it is known who lies. */
static gboolean
is_sole (BtMetadataVersion *version, BtMetadataPeer *peer, gint64 now)
{
  if (version->sole == NOBODY)
    {
      version->sole = peer->id;
      version->moved_at = now;
    }
  return version->sole == peer->id;
}

gboolean
bt_metadata_fetch_next (BtMetadataFetch *self, guint32 id, gint64 now, guint32 *out)
{
  BtMetadataPeer *peer = find_peer (self, id);
  BtMetadataVersion *version = peer != NULL ? peer->version : NULL;

  if (version == NULL || version->handed_out || now < peer->rests_until)
    return FALSE;
  forget_lost (peer, now);
  if (bt_metadata_count_asked (peer) == ASKED_AT_ONCE || !bt_metadata_allocate_blocks (self, version) || !bt_metadata_has_room (self, BT_LIMIT_BLOCK))
    return FALSE;
  if (version->by_one && !is_sole (version, peer, now))
    return FALSE;
  if (!choose_block (version, peer, now, out))
    return FALSE;
  note_asked (version, peer, *out, now);
  return TRUE;
}

/* Leaving alone. */

static void
remember_rest (BtMetadataFetch *self, const BtEndpoint *endpoint, gint64 until)
{
  BtMetadataRest rest = { .endpoint = *endpoint, .until = until };

  if (self->rests->len >= MAX_RESTS)
    g_array_remove_index (self->rests, 0);
  g_array_append_val (self->rests, rest);
}

/* Also under other connections it has, or will have. */
static void
leave_alone (BtMetadataFetch *self, const BtEndpoint *endpoint, gint64 until)
{
  GHashTableIter iter;
  gpointer value;

  remember_rest (self, endpoint, until);
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BtMetadataPeer *peer = value;

      if (!is_same_source (&peer->endpoint, endpoint))
        continue;
      peer->rests_until = MAX (peer->rests_until, until);
      release_all (peer);
      if (peer->version != NULL && peer->version->sole == peer->id)
        drop_sole (self, peer->version);
    }
}

static gint64
pick_rest (BtMetadataFetch *self)
{
  return (REST_LEAST_S + bt_random_below (self->random, REST_MOST_S - REST_LEAST_S + 1)) * G_USEC_PER_SEC;
}

static void
tick_version (BtMetadataFetch *self, BtMetadataVersion *version, gint64 now)
{
  gint64 idle = now - version->moved_at;

  if (version->handed_out || version->moved_at == 0)
    return;
  if (version->sole != NOBODY && idle >= SOLE_PATIENCE_US)
    leave_alone (self, &find_peer (self, version->sole)->endpoint, now + pick_rest (self));
  else if (idle >= STALE_US && version->n_done > 0)
    bt_metadata_free_blocks (self, version);
  if (version->n_peers == 0 && version->n_done == 0 && idle >= STALE_US)
    bt_metadata_free_version (self, version);
}

void
bt_metadata_fetch_tick (BtMetadataFetch *self, gint64 now)
{
  guint n_done = 0;

  for (guint i = self->versions->len; i > 0; i--)
    tick_version (self, g_ptr_array_index (self->versions, i - 1), now);
  for (guint i = 0; i < self->versions->len; i++)
    n_done += ((BtMetadataVersion *) g_ptr_array_index (self->versions, i))->n_done;
  if (n_done == 0)
    g_array_set_size (self->sources, 0);
  for (guint i = self->rests->len; i > 0; i--)
    if (g_array_index (self->rests, BtMetadataRest, i - 1).until <= now)
      g_array_remove_index (self->rests, i - 1);
}

/* Taking. */

static BtMetadataResult
count_useless (BtMetadataPeer *peer)
{
  return ++peer->n_useless > BT_LIMIT_METADATA_UNASKED ? BT_METADATA_FLOOD : BT_METADATA_IGNORED;
}

static guint32
find_source (BtMetadataFetch *self, const BtEndpoint *endpoint)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (is_same_source (&g_array_index (self->sources, BtEndpoint, i), endpoint))
      return i;
  g_array_append_val (self->sources, *endpoint);
  return self->sources->len - 1;
}

static gboolean
is_what_it_should_be (const BtMetadataVersion *version, guint32 block, guint32 total_size, gsize length)
{
  return total_size == version->size && length == bt_metadata_block_size (version->size, block);
}

static void
keep_block (BtMetadataFetch *self, BtMetadataVersion *version, BtMetadataPeer *peer, guint32 block, const guint8 *data, gsize length)
{
  version->blocks[block].data = g_bytes_new (data, length);
  version->blocks[block].source = find_source (self, &peer->endpoint);
  version->n_done++;
  peer->gave = TRUE;
  self->budget->used += length;
}

BtMetadataResult
bt_metadata_fetch_take (BtMetadataFetch *self, guint32 id, guint32 block, guint32 total_size, const guint8 *data,
                        gsize length, gint64 now)
{
  BtMetadataPeer *peer = find_peer (self, id);
  BtMetadataVersion *version = peer != NULL ? peer->version : NULL;
  BtMetadataAsked *asked = version != NULL ? find_asked (peer, block) : NULL;

  if (peer == NULL)
    return BT_METADATA_IGNORED;
  if (asked == NULL)
    return count_useless (peer);
  if (!is_what_it_should_be (version, block, total_size, length))
    {
      leave_alone (self, &peer->endpoint, now + REFUSED_US);
      return count_useless (peer);
    }
  asked->at = 0;
  if (version->blocks == NULL || version->blocks[block].data != NULL || version->handed_out
      || (version->by_one && version->sole != id) || !bt_metadata_has_room (self, length))
    return BT_METADATA_IGNORED;
  version->moved_at = now;
  keep_block (self, version, peer, block, data, length);
  return version->n_done == version->n_blocks ? BT_METADATA_COMPLETE : BT_METADATA_TAKEN;
}

BtMetadataResult
bt_metadata_fetch_rejected (BtMetadataFetch *self, guint32 id, guint32 block, gint64 now)
{
  BtMetadataPeer *peer = find_peer (self, id);

  if (peer == NULL)
    return BT_METADATA_IGNORED;
  if (find_asked (peer, block) == NULL)
    return count_useless (peer);
  leave_alone (self, &peer->endpoint, now + REFUSED_US);
  return BT_METADATA_IGNORED;
}

static void
rest_sources (BtMetadataFetch *self, const BtMetadataVersion *version, gint64 now)
{
  g_autofree gboolean *gave = g_new0 (gboolean, self->sources->len);

  for (guint i = 0; i < version->n_blocks; i++)
    gave[version->blocks[i].source] = TRUE;
  for (guint i = 0; i < self->sources->len; i++)
    if (gave[i])
      leave_alone (self, &g_array_index (self->sources, BtEndpoint, i), now + pick_rest (self));
}

gboolean
bt_metadata_fetch_failed (BtMetadataFetch *self, guint32 size, gint64 now, BtEndpoint *culprit)
{
  BtMetadataVersion *version = bt_metadata_find_version (self, size);
  gboolean of_one;

  if (version == NULL || !version->handed_out)
    return FALSE;
  of_one = bt_metadata_is_of_one (version);
  if (of_one)
    *culprit = g_array_index (self->sources, BtEndpoint, version->blocks[0].source);
  rest_sources (self, version, now);
  bt_metadata_free_blocks (self, version);
  version->handed_out = FALSE;
  version->by_one = TRUE;
  version->sole = NOBODY;
  version->moved_at = now;
  return of_one;
}
