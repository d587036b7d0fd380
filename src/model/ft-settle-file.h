/* ft-settle-file.h: what becomes of a .torrent file whose torrent was added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FT_TYPE_AFTER_ADDING (ft_after_adding_get_type ()) /* the nicks are those of the settings */

typedef enum
{
  FT_AFTER_ADDING_KEEP,
  FT_AFTER_ADDING_TRASH,
  FT_AFTER_ADDING_RENAME, /* ".added" is appended */
} FtAfterAdding;

GType ft_after_adding_get_type (void);

/* Returns: FT_AFTER_ADDING_KEEP for a nick that is none */
FtAfterAdding ft_after_adding_from_nick (const char *nick);
const char *ft_after_adding_to_nick (FtAfterAdding after);

/* Never overwrites: a name that is taken gets a number. */
void ft_settle_file_async (GFile *file, FtAfterAdding after, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
gboolean ft_settle_file_finish (GFile *file, GAsyncResult *result, GError **error);

G_END_DECLS
