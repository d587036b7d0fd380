/* ft-read-torrent.h: the bytes of a .torrent file, read without waiting.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FT_READ_TORRENT_ERROR (ft_read_torrent_error_quark ())

/* @FT_READ_TORRENT_ERROR_UNUSUAL: it is larger than a torrent usually is, but may be one: a person is to be asked */
typedef enum
{
  FT_READ_TORRENT_ERROR_UNUSUAL,
} FtReadTorrentError;

GQuark ft_read_torrent_error_quark (void);

/**
 * ft_read_torrent_async:
 * @file: local or not
 * @usual: it must not be larger than torrents usually are
 *
 * Reads a file that a person or another program named. Only a regular file is opened, and none
 * that is larger than a torrent can be: %G_IO_ERROR_NOT_REGULAR_FILE, %BT_ERROR_LIMIT.
 */
void ft_read_torrent_async (GFile *file, gboolean usual, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
/* Returns: (transfer full) (nullable) */
GBytes *ft_read_torrent_finish (GFile *file, GAsyncResult *result, GError **error);

G_END_DECLS
