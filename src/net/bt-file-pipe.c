/* bt-file-pipe.c: the pipe through which bytes and slices of files go into a socket.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-file-pipe.h"

#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* sendfile() would do it with one call for each slice. But then each is a packet of its own, and packets cost more than
 * calls: half of a seed's time was theirs. */

/* What is put in before it is let out, some packets' worth: the rest of it has to be thrown away when the socket takes
 * no more. */
#define LOAD_BYTES (128u * 1024)
/* Each head of a block has a page of its own, so that there is room for more pages than the load has. */
#define PIPE_BYTES (256 * 1024)

struct _BtFilePipe
{
  int in, out;
  int sink; /* swallows what the socket does not take */
};

/* Where in the parts and slices it is. */
typedef struct
{
  const struct iovec *parts;
  const BtFileSlice *slices;
  int n_parts;
  int next;
  gsize done; /* of the next part and its slice */
} Cursor;

static gssize
put_bytes (BtFilePipe *pipe, const struct iovec *part, gsize at)
{
  gssize n;

  do
    n = write (pipe->in, (const guint8 *) part->iov_base + at, part->iov_len - at);
  while (n < 0 && errno == EINTR);
  return n;
}

static gssize
put_slice (BtFilePipe *pipe, const BtFileSlice *slice, gsize at, GError **error)
{
  loff_t offset = (loff_t) (slice->offset + at);
  gssize n;

  do
    n = splice (slice->fd, &offset, pipe->in, NULL, slice->length - at, SPLICE_F_NONBLOCK);
  while (n < 0 && errno == EINTR);
  if (n == 0)
    g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "A file became shorter while it was sent");
  else if (n < 0 && errno != EAGAIN)
    g_set_error (error, BT_ERROR, BT_ERROR_DISK, "Could not send from a file: %s", g_strerror (errno));
  return n;
}

static gboolean
is_at_end (const Cursor *cursor)
{
  return cursor->next == cursor->n_parts;
}

/* Returns: bytes that are in the pipe now. */
static gsize
load (BtFilePipe *pipe, Cursor *cursor, GError **error)
{
  gsize loaded = 0;

  while (!is_at_end (cursor) && loaded < LOAD_BYTES)
    {
      const struct iovec *part = &cursor->parts[cursor->next];
      const BtFileSlice *slice = &cursor->slices[cursor->next];
      gsize whole = part->iov_len + slice->length;
      gssize n = cursor->done < part->iov_len ? put_bytes (pipe, part, cursor->done)
                                              : put_slice (pipe, slice, cursor->done - part->iov_len, error);

      if (n <= 0)
        break;
      loaded += (gsize) n;
      cursor->done += (gsize) n;
      if (cursor->done < whole)
        continue;
      cursor->next++;
      cursor->done = 0;
    }
  return loaded;
}

/* Returns: bytes of @length that left. errno says why not all did. */
static gsize
unload (BtFilePipe *pipe, int to, gsize length, guint flags)
{
  gsize left = length;

  while (left > 0)
    {
      gssize n = splice (pipe->out, NULL, to, NULL, left, SPLICE_F_NONBLOCK | flags);

      if (n > 0)
        left -= (gsize) n;
      else if (n == 0 || errno != EINTR)
        break;
    }
  return length - left;
}

static void
throw_away (BtFilePipe *pipe, gsize length)
{
  int saved_errno = errno;
  gsize thrown = unload (pipe, pipe->sink, length, 0);

  /* What stays would be sent to somebody else. */
  g_assert (thrown == length);
  errno = saved_errno;
}

gssize
bt_file_pipe_send (BtFilePipe *pipe,
                   int socket,
                   const struct iovec *parts,
                   const BtFileSlice *slices,
                   int n_parts,
                   GError **error)
{
  Cursor cursor = { parts, slices, n_parts, 0, 0 };
  g_autoptr (GError) failure = NULL;
  gsize sent = 0, loaded, gone;

  do
    {
      loaded = load (pipe, &cursor, &failure);
      gone = unload (pipe, socket, loaded, is_at_end (&cursor) ? 0 : SPLICE_F_MORE);
      sent += gone;
      if (gone < loaded)
        throw_away (pipe, loaded - gone);
    }
  while (gone == loaded && loaded > 0 && failure == NULL && !is_at_end (&cursor));
  if (sent > 0)
    return (gssize) sent;
  if (loaded == 0 && failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return -1;
}

BtFilePipe *
bt_file_pipe_new (void)
{
  g_autoptr (BtFilePipe) pipe = g_new (BtFilePipe, 1);
  int ends[2] = { -1, -1 };

  if (pipe2 (ends, O_NONBLOCK | O_CLOEXEC) == 0)
    fcntl (ends[1], F_SETPIPE_SZ, PIPE_BYTES);
  pipe->out = ends[0];
  pipe->in = ends[1];
  pipe->sink = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  return pipe->out >= 0 && pipe->sink >= 0 ? g_steal_pointer (&pipe) : NULL;
}

void
bt_file_pipe_free (BtFilePipe *pipe)
{
  if (pipe->out >= 0)
    {
      close (pipe->in);
      close (pipe->out);
    }
  if (pipe->sink >= 0)
    close (pipe->sink);
  g_free (pipe);
}
