/* bt-storage-lend.c: files of a torrent lent to the network, so that the kernel sends from them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-layout.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The same number everywhere but on Alpha. Headers of Debian 12 do not know it. */
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

typedef struct
{
  BtFileSlices slices;
  BtFileSet *set;
  BtOpenFile *files[BT_FILE_SLICES_MAX];
} Loan;

static void
give_back (BtFileSlices *slices)
{
  Loan *loan = (Loan *) slices;

  for (guint i = 0; i < slices->n; i++)
    bt_file_set_give_back (loan->set, loan->files[i]);
  g_free (loan);
}

static gssize
read_without_waiting (int fd, guint64 offset)
{
  guint8 byte;
  const struct iovec place = { &byte, 1 };

  return preadv2 (fd, &place, 1, (off_t) offset, RWF_NOWAIT);
}

/* Asks the kernel (Linux 6.5; others say no): a tenth of the price of touching each page. What is still being read
 * counts as well, so the last byte is looked at: what was read ahead comes in order. What lives in memory alone is
 * there when it counts, and cannot be read like that. */
static gboolean
is_warm (const BtFileSlice *slice)
{
  guint64 page_size = (guint64) sysconf (_SC_PAGESIZE);
  guint64 last = slice->offset + slice->length - 1;
  guint64 n_pages = last / page_size - slice->offset / page_size + 1;
  struct { guint64 offset, length; } range = { slice->offset, slice->length };
  struct { guint64 cached, dirty, written, evicted, recently; } found = { 0 };
  gssize n;

  if (syscall (SYS_cachestat, slice->fd, &range, &found, 0) != 0 || found.cached != n_pages)
    return FALSE;
  n = read_without_waiting (slice->fd, last);
  return n == 1 || (n < 0 && errno == EOPNOTSUPP);
}

/* Sends to nowhere what is to be sent to a peer: afterwards the bytes are in the page cache, nothing was copied, and
 * it is known that they are there and that this file system can do it. Reading ahead would not wait for them. */
static gboolean
warm_up (BtFileSet *set, const BtFileSlice *slice)
{
  off_t at = (off_t) slice->offset;
  gsize left = slice->length;

  while (left > 0)
    {
      gssize n = sendfile (bt_file_set_sink (set), slice->fd, &at, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      left -= (gsize) n;
    }
  return TRUE;
}

/* A file server or another program may be asked about each use of a file, cached or not. The engine would wait. */
static BtSendable
find_sendable (int fd)
{
  struct statfs info;

  if (fstatfs (fd, &info) < 0 || bt_device_is_remote ((guint64) info.f_type))
    return BT_SENDABLE_UNKNOWN;
  return info.f_type == TMPFS_MAGIC || read_without_waiting (fd, 0) >= 0 || errno == EAGAIN ? BT_SENDABLE_AT_ONCE
                                                                                          : BT_SENDABLE;
}

/* Whether the engine can send it without waiting for a disk. */
static gboolean
can_be_sent (BtFileSet *set, BtOpenFile *open, const BtFileSlice *slice)
{
  BtSendable sendable = atomic_load (&open->sendable);

  if (sendable == BT_SENDABLE_AT_ONCE && is_warm (slice))
    return TRUE;
  if (sendable == BT_SENDABLE_UNKNOWN)
    sendable = find_sendable (open->fd);
  if (sendable == BT_SENDABLE_UNKNOWN || !warm_up (set, slice))
    return FALSE;
  atomic_store (&open->sendable, (unsigned char) sendable);
  return TRUE;
}

static gboolean
lend_span_in_disk (Loan *loan, BtFileStore *store, const BtSpan *span)
{
  BtFileSlices *slices = &loan->slices;
  BtFileSlice *slice = &slices->slices[slices->n];
  BtOpenFile *open;

  if (bt_file_store_place_in_disk (store, span->file, NULL) != BT_PLACE_FILE)
    return FALSE;
  open = bt_file_set_acquire_in_disk (store->set, store, span->file, BT_OPEN_READ, NULL);
  if (open == NULL)
    return FALSE;
  *slice = (BtFileSlice){ open->fd, span->offset, (guint32) span->length };
  if (!can_be_sent (store->set, open, slice) || !bt_open_file_is_as_stamped_in_disk (open, NULL)
      || !bt_file_set_lend_in_disk (store->set, open))
    {
      bt_file_set_release_in_disk (store->set, open);
      return FALSE;
    }
  loan->files[slices->n++] = open;
  return TRUE;
}

static gboolean
lend_span_at_once (Loan *loan, BtFileStore *store, const BtSpan *span)
{
  BtFileSlices *slices = &loan->slices;
  BtFileSlice *slice = &slices->slices[slices->n];
  BtOpenFile *open;

  if (atomic_load (&store->files[span->file].place) != BT_PLACE_FILE)
    return FALSE;
  open = bt_file_set_lend_open (store->set, store, span->file);
  if (open == NULL)
    return FALSE;
  loan->files[slices->n++] = open;
  *slice = (BtFileSlice){ open->fd, span->offset, (guint32) span->length };
  return atomic_load (&open->sendable) == BT_SENDABLE_AT_ONCE && is_warm (slice)
         && bt_open_file_is_as_stamped_in_disk (open, NULL);
}

static BtFileSlices *
lend (BtFileStore *store,
      guint64 offset,
      guint32 length,
      gboolean (*lend_span) (Loan *loan, BtFileStore *store, const BtSpan *span))
{
  Loan *loan = g_new0 (Loan, 1);
  BtSpanIter iter;
  BtSpan span;

  loan->slices.refs = 1;
  loan->slices.give_back = give_back;
  loan->set = store->set;
  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    if (span.pad || loan->slices.n == BT_FILE_SLICES_MAX || !lend_span (loan, store, &span))
      {
        bt_file_slices_unref (&loan->slices);
        return NULL;
      }
  return &loan->slices;
}

BtFileSlices *
bt_file_store_lend_in_disk (BtFileStore *store, guint64 offset, guint32 length)
{
  return lend (store, offset, length, lend_span_in_disk);
}

BtFileSlices *
bt_file_store_lend_at_once (BtFileStore *store, guint64 offset, guint32 length)
{
  return lend (store, offset, length, lend_span_at_once);
}
