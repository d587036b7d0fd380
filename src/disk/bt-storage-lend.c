/* bt-storage-lend.c: files of a torrent lent to the network, so that the kernel sends from them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-layout.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>

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
static gboolean
is_remote (int fd)
{
  struct statfs info;

  return fstatfs (fd, &info) < 0 || bt_device_is_remote ((guint64) info.f_type);
}

static gboolean
lend_span (Loan *loan, BtFileStore *store, const BtSpan *span)
{
  BtFileSlices *slices = &loan->slices;
  BtFileSlice *slice = &slices->slices[slices->n];
  BtOpenFile *open;

  if (span->pad || slices->n == BT_FILE_SLICES_MAX
      || bt_file_store_place_in_disk (store, span->file, NULL) != BT_PLACE_FILE)
    return FALSE;
  open = bt_file_set_acquire_in_disk (store->set, store, span->file, BT_OPEN_READ, NULL);
  if (open == NULL)
    return FALSE;
  *slice = (BtFileSlice){ open->fd, span->offset, (guint32) span->length };
  if (is_remote (open->fd) || !warm_up (store->set, slice) || !bt_open_file_is_as_stamped_in_disk (open, NULL)
      || !bt_file_set_lend_in_disk (store->set, open))
    {
      bt_file_set_release_in_disk (store->set, open);
      return FALSE;
    }
  loan->files[slices->n++] = open;
  return TRUE;
}

BtFileSlices *
bt_file_store_lend_in_disk (BtFileStore *store, guint64 offset, guint32 length)
{
  Loan *loan = g_new0 (Loan, 1);
  BtSpanIter iter;
  BtSpan span;

  loan->slices.refs = 1;
  loan->slices.give_back = give_back;
  loan->set = store->set;
  bt_span_iter_init (&iter, store->metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    if (!lend_span (loan, store, &span))
      {
        bt_file_slices_unref (&loan->slices);
        return NULL;
      }
  return &loan->slices;
}
