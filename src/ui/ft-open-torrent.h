/* ft-open-torrent.h: what a torrent brought, in the programs of the desktop.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-session.h"

G_BEGIN_DECLS

typedef enum
{
  FT_OPEN_ITSELF,   /* its file or folder */
  FT_OPEN_IN_FOLDER, /* the folder that holds it, with it selected */
} FtOpenHow;

/* @parent: (nullable). See ft_opener_open_async(); messages are for a person. */
void ft_open_torrent_async (FtSession *session, BtTorrentId id, FtOpenHow how, GtkWindow *parent,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean ft_open_torrent_finish (FtSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
