/* bt-disk-piece-jobs.c: jobs about the bytes of a piece.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-disk-private.h"

#include "bt-error.h"
#include "bt-limits.h"

/* write, read and lend */

typedef struct
{
  BtDiskJob job;
  BtDiskFunc done;
  BtDiskLendFunc lent;  /* in its place for a lend */
  BtFileSlices *slices; /* (nullable): the result of it */
  guint64 offset;
  BtBuffer *buffer; /* counted in the engine's thread; a worker touches its data alone */
  guint32 buffer_offset;
  guint32 length;
} BytesJob;

static void
run_write_in_disk (BtDiskJob *job, BtWorker *worker)
{
  BytesJob *self = (BytesJob *) job;
  BtFileStore *store = job->storage->store;
  const guint8 *data = self->buffer->data + self->buffer_offset;

  if (bt_file_store_write_in_disk (store, self->offset, data, self->length, &job->error))
    job->kept = bt_piece_hashes_wrote_in_disk (bt_worker_hashes (worker), store, self->offset, data, self->length,
                                               bt_worker_has_thread (worker));
  else
    bt_piece_hashes_forget_in_disk (bt_worker_hashes (worker), store, self->offset);
}

/* Other workers may have running hashes of these pieces. */
static void
run_wide_write_in_disk (BtDiskJob *job, BtWorker *worker)
{
  BytesJob *self = (BytesJob *) job;
  BtFileStore *store = job->storage->store;

  bt_file_store_write_in_disk (store, self->offset, self->buffer->data + self->buffer_offset,
                               self->length, &job->error);
  atomic_fetch_add (&store->generation, 1);
}

static void
run_read_in_disk (BtDiskJob *job, BtWorker *worker)
{
  BytesJob *self = (BytesJob *) job;

  bt_file_store_read_in_disk (job->storage->store, self->offset,
                              self->buffer->data + self->buffer_offset, self->length, FALSE,
                              &job->error);
}

static void
run_lend_in_disk (BtDiskJob *job, BtWorker *worker)
{
  BytesJob *self = (BytesJob *) job;

  self->slices = bt_file_store_lend_in_disk (job->storage->store, self->offset, self->length);
  if (self->slices == NULL)
    run_read_in_disk (job, worker);
}

static void
deliver_lent (BtDiskJob *job)
{
  BytesJob *self = (BytesJob *) job;

  self->lent (self->slices, job->error, job->owner);
}

static void
deliver_bytes (BtDiskJob *job)
{
  BytesJob *self = (BytesJob *) job;

  if (self->done != NULL)
    self->done (job->error, job->owner);
}

static void
clear_bytes (BtDiskJob *job)
{
  BytesJob *self = (BytesJob *) job;

  bt_buffer_unref (self->buffer);
  g_clear_pointer (&self->slices, bt_file_slices_unref);
}

static const BtDiskJobClass write_class = {
  .size = sizeof (BytesJob),
  .order = BT_ORDER_LANE,
  .run_in_disk = run_write_in_disk,
  .deliver = deliver_bytes,
  .clear = clear_bytes,
};

static const BtDiskJobClass read_class = {
  .size = sizeof (BytesJob),
  .order = BT_ORDER_LANE,
  .only_looks = TRUE,
  .run_in_disk = run_read_in_disk,
  .deliver = deliver_bytes,
  .clear = clear_bytes,
};

static const BtDiskJobClass lend_class = {
  .size = sizeof (BytesJob),
  .order = BT_ORDER_LANE,
  .only_looks = TRUE,
  .run_in_disk = run_lend_in_disk,
  .deliver = deliver_lent,
  .clear = clear_bytes,
};

/* What lies in more than one piece belongs to no lane: it goes alone. */
static const BtDiskJobClass wide_write_class = {
  .size = sizeof (BytesJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_wide_write_in_disk,
  .deliver = deliver_bytes,
  .clear = clear_bytes,
};

static const BtDiskJobClass wide_read_class = {
  .size = sizeof (BytesJob),
  .order = BT_ORDER_BARRIER,
  .only_looks = TRUE,
  .run_in_disk = run_read_in_disk,
  .deliver = deliver_bytes,
  .clear = clear_bytes,
};

static gboolean
is_inside (const BtMetainfo *metainfo, const BytesJob *self)
{
  return self->length > 0 && self->offset <= metainfo->total_size
         && self->length <= metainfo->total_size - self->offset
         && self->buffer_offset <= self->buffer->size
         && self->length <= self->buffer->size - self->buffer_offset;
}

static void
submit_bytes (const BytesJob *what, BtStorage *storage, const BtDiskJobClass *klass, const BtDiskJobClass *wide_class)
{
  const BtMetainfo *metainfo = ((BtFileStorage *) storage)->store->metainfo;
  guint64 piece = what->offset / metainfo->piece_length;
  gboolean inside = is_inside (metainfo, what);
  gboolean wide = inside && (what->offset + what->length - 1) / metainfo->piece_length != piece;
  BytesJob *self;

  g_return_if_fail (!wide || wide_class != NULL);
  self = bt_disk_job_new (wide ? wide_class : klass, storage, what->job.owner);
  self->done = what->done;
  self->lent = what->lent;
  self->offset = what->offset;
  self->buffer = bt_buffer_ref (what->buffer);
  self->buffer_offset = what->buffer_offset;
  self->length = what->length;
  self->job.lane += piece;
  self->job.backlog = klass == &write_class ? what->length : 0;
  if (!inside)
    g_set_error (&self->job.error, BT_ERROR, BT_ERROR_DISK,
                 "Bytes %" G_GUINT64_FORMAT "+%u are not in the torrent", self->offset,
                 self->length);
  bt_disk_submit (storage->disk, &self->job, NULL);
}

void
bt_disk_write (BtDisk *disk,
               BtStorage *storage,
               guint64 offset,
               BtBuffer *buffer,
               guint32 buffer_offset,
               guint32 length,
               BtDiskFunc done,
               gpointer owner)
{
  BytesJob what = {
    .job.owner = owner, .done = done, .offset = offset, .buffer = buffer, .buffer_offset = buffer_offset, .length = length
  };

  submit_bytes (&what, storage, &write_class, &wide_write_class);
}

void
bt_disk_read (BtDisk *disk,
              BtStorage *storage,
              guint64 offset,
              BtBuffer *buffer,
              guint32 buffer_offset,
              guint32 length,
              BtDiskFunc done,
              gpointer owner)
{
  BytesJob what = {
    .job.owner = owner, .done = done, .offset = offset, .buffer = buffer, .buffer_offset = buffer_offset, .length = length
  };

  submit_bytes (&what, storage, &read_class, &wide_read_class);
}

void
bt_disk_lend (BtDisk *disk,
              BtStorage *storage,
              guint64 offset,
              BtBuffer *buffer,
              guint32 length,
              BtDiskLendFunc done,
              gpointer owner)
{
  BytesJob what = { .job.owner = owner, .lent = done, .offset = offset, .buffer = buffer, .length = length };

  submit_bytes (&what, storage, &lend_class, NULL);
}

/* As a lane's job that is done where it is asked for. */
BtFileSlices *
bt_disk_lend_at_once (BtDisk *disk, BtStorage *storage, guint64 offset, guint32 length)
{
  BtFileStorage *self = (BtFileStorage *) storage;

  return self->n_barriers == 0 ? bt_file_store_lend_at_once (self->store, offset, length) : NULL;
}

/* check_piece and hash_blocks */

typedef struct
{
  BtDiskJob job;
  BtDiskCheckFunc checked;
  BtDiskHashesFunc hashed;
  guint32 piece;
  gboolean ok;
  BtSha1 *hashes; /* (nullable) (array length=n_hashes) */
  guint n_hashes;
} PieceJob;

static void
run_check_in_disk (BtDiskJob *job, BtWorker *worker)
{
  PieceJob *self = (PieceJob *) job;

  bt_piece_hashes_check_in_disk (bt_worker_hashes (worker), job->storage->store, self->piece,
                                 &self->ok, &job->error);
}

static void
run_hash_blocks_in_disk (BtDiskJob *job, BtWorker *worker)
{
  PieceJob *self = (PieceJob *) job;

  bt_piece_hash_blocks_in_disk (bt_worker_hashes (worker), job->storage->store, self->piece,
                                self->hashes, &job->error);
}

static void
deliver_check (BtDiskJob *job)
{
  PieceJob *self = (PieceJob *) job;

  self->checked (self->piece, self->ok, job->error, job->owner);
}

static void
deliver_hashes (BtDiskJob *job)
{
  PieceJob *self = (PieceJob *) job;

  if (job->error != NULL)
    self->hashed (self->piece, NULL, 0, job->error, job->owner);
  else
    self->hashed (self->piece, self->hashes, self->n_hashes, NULL, job->owner);
}

static void
clear_piece (BtDiskJob *job)
{
  g_free (((PieceJob *) job)->hashes);
}

static const BtDiskJobClass check_class = {
  .size = sizeof (PieceJob),
  .order = BT_ORDER_LANE,
  .only_looks = TRUE,
  .needs_hashes = TRUE,
  .run_in_disk = run_check_in_disk,
  .deliver = deliver_check,
};

static const BtDiskJobClass hash_blocks_class = {
  .size = sizeof (PieceJob),
  .order = BT_ORDER_LANE,
  .only_looks = TRUE,
  .run_in_disk = run_hash_blocks_in_disk,
  .deliver = deliver_hashes,
  .clear = clear_piece,
};

/* check_stretch */

typedef struct
{
  BtDiskJob job;
  BtDiskStretchFunc done;
  guint32 first, n_pieces;
  gboolean *ok; /* (array length=n_pieces) */
} StretchJob;

static void
run_stretch_in_disk (BtDiskJob *job, BtWorker *worker)
{
  StretchJob *self = (StretchJob *) job;

  bt_piece_hashes_check_stretch_in_disk (bt_worker_hashes (worker), job->storage->store, self->first, self->n_pieces,
                                         bt_worker_pause_in_disk, worker, self->ok, &job->error);
}

static void
deliver_stretch (BtDiskJob *job)
{
  StretchJob *self = (StretchJob *) job;

  self->done (self->first, self->n_pieces, job->error == NULL ? self->ok : NULL, job->error, job->owner);
}

static void
clear_stretch (BtDiskJob *job)
{
  g_free (((StretchJob *) job)->ok);
}

static const BtDiskJobClass stretch_class = {
  .size = sizeof (StretchJob),
  .order = BT_ORDER_LANE,
  .only_looks = TRUE,
  .gives_way = TRUE,
  .run_in_disk = run_stretch_in_disk,
  .deliver = deliver_stretch,
  .clear = clear_stretch,
};

void
bt_disk_check_stretch (BtDisk *disk, BtStorage *storage, guint32 first, guint32 n_pieces, BtDiskStretchFunc done,
                       gpointer owner)
{
  StretchJob *self = bt_disk_job_new (&stretch_class, storage, owner);
  guint32 n_all = self->job.storage->store->metainfo->n_pieces;

  self->done = done;
  self->first = first;
  self->n_pieces = n_pieces;
  self->ok = g_new0 (gboolean, n_pieces);
  if (n_pieces == 0 || first >= n_all || n_pieces > n_all - first)
    g_set_error (&self->job.error, BT_ERROR, BT_ERROR_DISK, "Pieces %u+%u are not in the torrent", first, n_pieces);
  bt_disk_submit (disk, &self->job, NULL);
}

static PieceJob *
new_piece_job (const BtDiskJobClass *klass, BtStorage *storage, guint32 piece, gpointer owner)
{
  PieceJob *self = bt_disk_job_new (klass, storage, owner);

  self->piece = piece;
  self->job.lane += piece;
  if (piece >= self->job.storage->store->metainfo->n_pieces)
    g_set_error (&self->job.error, BT_ERROR, BT_ERROR_DISK, "Piece %u is not in the torrent",
                 piece);
  return self;
}

void
bt_disk_check_piece (BtDisk *disk,
                     BtStorage *storage,
                     guint32 piece,
                     BtDiskCheckFunc done,
                     gpointer owner)
{
  PieceJob *self = new_piece_job (&check_class, storage, piece, owner);

  self->checked = done;
  bt_disk_submit (disk, &self->job, NULL);
}

void
bt_disk_hash_blocks (BtDisk *disk,
                     BtStorage *storage,
                     guint32 piece,
                     BtDiskHashesFunc done,
                     gpointer owner)
{
  PieceJob *self = new_piece_job (&hash_blocks_class, storage, piece, owner);

  self->hashed = done;
  if (self->job.error == NULL)
    {
      guint32 size = bt_metainfo_piece_size (self->job.storage->store->metainfo, piece);

      self->n_hashes = (size - 1) / BT_LIMIT_BLOCK + 1;
      self->hashes = g_new0 (BtSha1, self->n_hashes);
    }
  bt_disk_submit (disk, &self->job, NULL);
}
