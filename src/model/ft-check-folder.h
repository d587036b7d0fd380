/* ft-check-folder.h: whether a folder can take downloads, found out without waiting.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What was found of a folder, or, if it is not there yet, of the one that it would be made in. */
typedef struct
{
  gboolean exists;
  gboolean is_folder;
  gboolean can_write;
  gint64 free_bytes; /* of its disk; -1: unknown */
  char *file_system; /* (nullable): names the disk: the same for folders on the same one */
} FtFolderCheck;

void ft_folder_check_free (FtFolderCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtFolderCheck, ft_folder_check_free)

/* @path: absolute. A disk that does not answer holds up nobody but this. */
void ft_check_folder_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
/* Returns: (transfer full) (nullable): NULL if nothing could be found out */
FtFolderCheck *ft_check_folder_finish (GAsyncResult *result, GError **error);

/* Why it cannot take downloads, in words. Returns: (transfer full) (nullable): NULL if it can */
char *ft_describe_folder_problem (const FtFolderCheck *check);

G_END_DECLS
