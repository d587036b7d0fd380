/* ft-locate.h: where on disk the file or folder of a torrent is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-session.h"

G_BEGIN_DECLS

/* The answer is where it is or will be now: it may not have begun to exist. */
void ft_locate_async (FtSession *session, BtTorrentId id, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data);
/* Returns: (transfer full) (nullable): %G_IO_ERROR_NOT_FOUND, for a person, while its
 * details are not known */
GFile *ft_locate_finish (FtSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
