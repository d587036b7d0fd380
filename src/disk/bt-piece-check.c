/* bt-piece-check.c: the hashes of pieces, running while they are written and at once when checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-error.h"
#include "bt-layout.h"
#include "bt-limits.h"

/* Each worker has its own, and all jobs of a piece go to one worker, so there is no lock. A running
 * hash covers the first @hashed bytes of its piece as they were written. Writes that are next go on
 * with it while the bytes are hot; one further on is left to the check, which reads it back; one
 * that rewrites what was hashed ends it.
 *
 * Many pieces at once are hashed for less than each alone. So where the processor can do that, what is next
 * is only noted (with the running hash said to cover it already), until enough has come together. */

#define MAX_RUNNING                                                                                \
  64 /* pieces under way at one worker; the one least recently written goes first */
#define STEP_BYTES (512 * 1024)
#define MAX_NOTED 64
#define MAX_NOTED_BYTES (8 * 1024 * 1024)
#define MAX_AHEAD (8u * 1024 * 1024) /* asked of the kernel at once */

typedef struct
{
  guint64 store_id;
  guint generation;
  guint32 piece;
  guint32 hashed;
  gboolean noted; /* some of that is only noted */
  guint64 used;   /* the clock of its last write */
  BtHasher *hasher;
} RunningHash;

struct _BtPieceHashes
{
  RunningHash running[MAX_RUNNING];
  guint n_running;
  BtHashPart noted[MAX_NOTED]; /* in the order they came; those of one hasher follow each other in its piece */
  guint n_noted;
  guint n_streams; /* running hashes among them */
  gsize noted_bytes;
  guint64 clock;
  guint8 *step;  /* (nullable): of STEP_BYTES, for reading back */
  guint8 *zeros; /* (nullable): of BT_LIMIT_BLOCK, for padding */
  void (*pause) (gpointer data); /* (nullable): between steps of a check that gives way */
  gpointer pause_data;
  BtPiecesAbreast *abreast; /* (nullable) */
};

BtPieceHashes *
bt_piece_hashes_new (void)
{
  return g_new0 (BtPieceHashes, 1);
}

void
bt_piece_hashes_free (BtPieceHashes *hashes)
{
  for (guint i = 0; i < hashes->n_running; i++)
    bt_hasher_free (hashes->running[i].hasher);
  g_clear_pointer (&hashes->abreast, bt_pieces_abreast_free);
  g_free (hashes->step);
  g_free (hashes->zeros);
  g_free (hashes);
}

static const RunningHash *
find_const (const BtPieceHashes *hashes, const BtFileStore *store, guint32 piece)
{
  guint generation = atomic_load (&store->generation);

  for (guint i = 0; i < hashes->n_running; i++)
    {
      const RunningHash *running = &hashes->running[i];

      if (running->piece == piece && running->store_id == store->id
          && running->generation == generation)
        return running;
    }
  return NULL;
}

static RunningHash *
find (BtPieceHashes *hashes, const BtFileStore *store, guint32 piece)
{
  return (RunningHash *) find_const (hashes, store, piece);
}

guint32
bt_piece_hashes_hashed (const BtPieceHashes *hashes, const BtFileStore *store, guint32 piece)
{
  const RunningHash *running = find_const (hashes, store, piece);

  return running != NULL ? running->hashed : 0;
}

/* Noting. */

/* Takes out what is next of each hasher, the first of each. */
static guint
take_first_parts (BtPieceHashes *hashes, BtHashPart *parts)
{
  guint n_left = 0;
  guint n = 0;

  for (guint i = 0; i < hashes->n_noted; i++)
    {
      gboolean first = TRUE;

      for (guint j = 0; j < n && first; j++)
        first = parts[j].hasher != hashes->noted[i].hasher;
      if (first)
        parts[n++] = hashes->noted[i];
      else
        hashes->noted[n_left++] = hashes->noted[i];
    }
  hashes->n_noted = n_left;
  return n;
}

void
bt_piece_hashes_settle_in_disk (BtPieceHashes *hashes)
{
  BtHashPart parts[MAX_NOTED];

  while (hashes->n_noted > 0)
    {
      guint n = take_first_parts (hashes, parts);

      bt_hasher_update_many (parts, n);
    }
  for (guint i = 0; i < hashes->n_running; i++)
    hashes->running[i].noted = FALSE;
  hashes->n_streams = 0;
  hashes->noted_bytes = 0;
}

gboolean
bt_piece_hashes_have_noted (const BtPieceHashes *hashes)
{
  return hashes->n_noted > 0;
}

gboolean
bt_piece_hashes_noted_enough (const BtPieceHashes *hashes)
{
  return hashes->n_streams >= BT_HASH_MANY || hashes->n_noted == MAX_NOTED
         || hashes->noted_bytes >= MAX_NOTED_BYTES;
}

static void
note (BtPieceHashes *hashes, RunningHash *running, const guint8 *data, guint32 length)
{
  hashes->noted[hashes->n_noted++] = (BtHashPart){ running->hasher, data, length };
  hashes->noted_bytes += length;
  if (!running->noted)
    hashes->n_streams++;
  running->noted = TRUE;
}

/* Running hashes. */

static void
drop (BtPieceHashes *hashes, RunningHash *running)
{
  if (running->noted)
    bt_piece_hashes_settle_in_disk (hashes);
  g_clear_pointer (&running->hasher, bt_hasher_free);
  *running = hashes->running[--hashes->n_running];
}

static RunningHash *
begin (BtPieceHashes *hashes, const BtFileStore *store, guint32 piece)
{
  RunningHash *running;

  if (hashes->n_running == MAX_RUNNING)
    {
      RunningHash *oldest = &hashes->running[0];

      for (guint i = 1; i < hashes->n_running; i++)
        if (hashes->running[i].used < oldest->used)
          oldest = &hashes->running[i];
      drop (hashes, oldest);
    }
  running = &hashes->running[hashes->n_running++];
  *running = (RunningHash){
    .store_id = store->id,
    .generation = atomic_load (&store->generation),
    .piece = piece,
    .hasher = bt_hasher_new (BT_HASH_SHA1),
  };
  return running;
}

static void
hash_zeros (BtPieceHashes *hashes, BtHasher *hasher, guint64 length)
{
  if (hashes->zeros == NULL)
    hashes->zeros = g_malloc0 (BT_LIMIT_BLOCK);
  while (length > 0)
    {
      gsize n = MIN (length, BT_LIMIT_BLOCK);

      bt_hasher_update (hasher, hashes->zeros, n);
      length -= n;
    }
}

static gboolean
has_padding (const BtFileStore *store, guint64 offset, guint32 length)
{
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    if (span.pad)
      return TRUE;
  return FALSE;
}

/* Returns: TRUE when @data is only noted. */
static gboolean
hash_written (BtPieceHashes *hashes,
              RunningHash *running,
              const BtFileStore *store,
              guint64 offset,
              const guint8 *data,
              guint32 length,
              gboolean may_note)
{
  BtHasher *hasher = running->hasher;
  BtSpanIter iter;
  BtSpan span;

  if (may_note && bt_hasher_worth_many () <= BT_HASH_MANY && !bt_piece_hashes_noted_enough (hashes)
      && !has_padding (store, offset, length))
    {
      note (hashes, running, data, length);
      return TRUE;
    }
  if (running->noted)
    bt_piece_hashes_settle_in_disk (hashes);
  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    {
      if (span.pad)
        hash_zeros (hashes, hasher, span.length);
      else
        bt_hasher_update (hasher, data, span.length);
      data += span.length;
    }
  return FALSE;
}

gboolean
bt_piece_hashes_wrote_in_disk (BtPieceHashes *hashes,
                               BtFileStore *store,
                               guint64 offset,
                               const guint8 *data,
                               guint32 length,
                               gboolean may_note)
{
  guint32 piece = (guint32) (offset / store->metainfo->piece_length);
  guint32 begins = (guint32) (offset - bt_metainfo_piece_offset (store->metainfo, piece));
  RunningHash *running = find (hashes, store, piece);

  if (running != NULL && begins < running->hashed)
    {
      drop (hashes, running);
      running = NULL;
    }
  if (running == NULL && begins == 0)
    running = begin (hashes, store, piece);
  if (running == NULL || begins != running->hashed)
    return FALSE;
  running->hashed += length;
  running->used = ++hashes->clock;
  return hash_written (hashes, running, store, offset, data, length, may_note);
}

void
bt_piece_hashes_forget_in_disk (BtPieceHashes *hashes, BtFileStore *store, guint64 offset)
{
  RunningHash *running = find (hashes, store, (guint32) (offset / store->metainfo->piece_length));

  if (running != NULL)
    drop (hashes, running);
}

/* What is done meanwhile may hash as well, but does not pause in turn. */
static void
give_way (BtPieceHashes *hashes)
{
  void (*func) (gpointer) = g_steal_pointer (&hashes->pause);

  if (func != NULL)
    func (hashes->pause_data);
  hashes->pause = func;
}

static gboolean
hash_range (BtPieceHashes *hashes,
            BtHasher *hasher,
            BtFileStore *store,
            guint64 offset,
            guint64 length,
            GError **error)
{
  if (hashes->step == NULL)
    hashes->step = g_malloc (STEP_BYTES);
  while (length > 0)
    {
      guint32 n = (guint32) MIN (length, STEP_BYTES);

      if (atomic_load (&store->abandoned))
        {
          g_set_error (error, BT_ERROR, BT_ERROR_CANCELLED, "The check was called off");
          return FALSE;
        }
      if (!bt_file_store_read_in_disk (store, offset, hashes->step, n, TRUE, error))
        return FALSE;
      bt_hasher_update (hasher, hashes->step, n);
      offset += n;
      length -= n;
      give_way (hashes);
    }
  return TRUE;
}

gboolean
bt_piece_hashes_check_in_disk (BtPieceHashes *hashes,
                               BtFileStore *store,
                               guint32 piece,
                               gboolean *ok,
                               GError **error)
{
  g_autoptr (BtHasher) hasher = NULL;
  g_autoptr (GError) local_error = NULL;
  guint64 offset = bt_metainfo_piece_offset (store->metainfo, piece);
  guint32 size = bt_metainfo_piece_size (store->metainfo, piece);
  RunningHash *running = find (hashes, store, piece);
  guint32 hashed = 0;
  BtSha1 digest, expected;

  *ok = FALSE;
  if (running != NULL)
    {
      if (running->noted)
        bt_piece_hashes_settle_in_disk (hashes);
      hashed = running->hashed;
      hasher = g_steal_pointer (&running->hasher);
      drop (hashes, running);
    }
  else
    hasher = bt_hasher_new (BT_HASH_SHA1);
  if (!bt_file_store_has_range_in_disk (store, offset, size, &local_error)
      || !hash_range (hashes, hasher, store, offset + hashed, size - hashed, &local_error))
    {
      if (g_error_matches (local_error, BT_ERROR, BT_ERROR_CHANGED))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  bt_hasher_finish (hasher, digest.bytes);
  if (!bt_file_store_get_piece_hash_in_disk (store, piece, &expected, error))
    return FALSE;
  *ok = bt_sha1_equal (&digest, &expected);
  return TRUE;
}

static void
read_ahead (BtFileStore *store, guint32 first, guint32 n_pieces)
{
  guint64 begins = bt_metainfo_piece_offset (store->metainfo, first);
  guint32 last = first + n_pieces - 1;
  guint64 ends = bt_metainfo_piece_offset (store->metainfo, last) + bt_metainfo_piece_size (store->metainfo, last);

  bt_file_store_read_ahead_in_disk (store, begins, MIN (ends - begins, MAX_AHEAD));
}

gboolean
bt_piece_hashes_check_stretch_in_disk (BtPieceHashes *hashes, BtFileStore *store, guint32 first, guint32 n_pieces,
                                       void (*pause) (gpointer data), gpointer data, gboolean *ok, GError **error)
{
  gboolean went_well = TRUE;
  guint32 n;

  if (hashes->abreast == NULL)
    hashes->abreast = bt_pieces_abreast_new ();
  hashes->pause_data = data;
  read_ahead (store, first, n_pieces);
  for (guint32 i = 0; i < n_pieces && went_well; i += n)
    {
      n = MIN (n_pieces - i, BT_HASH_MANY);
      if (n >= bt_hasher_worth_many ())
        {
          went_well = bt_pieces_abreast_check_in_disk (hashes->abreast, store, first + i, n, pause, data, &ok[i], error);
          continue;
        }
      n = 1;
      hashes->pause = pause;
      went_well = bt_piece_hashes_check_in_disk (hashes, store, first + i, &ok[i], error);
      hashes->pause = NULL;
    }
  return went_well;
}

gboolean
bt_piece_hash_blocks_in_disk (BtPieceHashes *hashes,
                              BtFileStore *store,
                              guint32 piece,
                              BtSha1 *out,
                              GError **error)
{
  g_autoptr (BtHasher) hasher = bt_hasher_new (BT_HASH_SHA1);
  guint64 offset = bt_metainfo_piece_offset (store->metainfo, piece);
  guint32 left = bt_metainfo_piece_size (store->metainfo, piece);

  while (left > 0)
    {
      guint32 n = MIN (left, BT_LIMIT_BLOCK);

      if (!hash_range (hashes, hasher, store, offset, n, error))
        return FALSE;
      bt_hasher_finish (hasher, (out++)->bytes);
      offset += n;
      left -= n;
    }
  return TRUE;
}
