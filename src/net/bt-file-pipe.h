/* bt-file-pipe.h: the pipe through which bytes and slices of files go into a socket.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-file-slices.h"

#include <sys/uio.h>

G_BEGIN_DECLS

/* Of one thread. It is empty whenever nothing is being sent, so one is enough for all sockets. */
typedef struct _BtFilePipe BtFilePipe;

/* Returns: (nullable): NULL when there are not three descriptors or no memory for it. */
BtFilePipe *bt_file_pipe_new (void);
void bt_file_pipe_free (BtFilePipe *pipe);
/* Sends each part and behind it its slice, either of which may have no length, until @socket, which does not block,
 * takes no more. Nothing of the files is copied, and many blocks leave together in large packets.
 * Returns: bytes sent; -1: none, with errno set by the socket, or with @error set: CHANGED when a file has become too
 * short, else DISK. What could be sent before a file failed is sent, and the next call fails. */
gssize bt_file_pipe_send (BtFilePipe *pipe,
                          int socket,
                          const struct iovec *parts,
                          const BtFileSlice *slices,
                          int n_parts,
                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtFilePipe, bt_file_pipe_free)

G_END_DECLS
