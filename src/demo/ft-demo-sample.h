/* ft-demo-sample.h: sample files, the torrent of them, and their comparison.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-metainfo-builder.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The folder that ft_demo_sample_make() makes: 64 MiB in files of odd sizes, one of them empty. */
#define FT_DEMO_SAMPLE_NAME "FriendTorrent sample"
#define FT_DEMO_SAMPLE_SIZE (64u * 1024 * 1024)

/**
 * ft_demo_sample_make:
 * @folder: where the sample's folder is made; its files hold the same bytes each time
 *
 * Blocks while it writes.
 */
gboolean ft_demo_sample_make (const char *folder, GCancellable *cancellable, GError **error);

/**
 * ft_demo_sample_build_torrent:
 * @folder: where the sample's folder is
 * @tracker: (nullable): the announce URL
 *
 * Blocks while it reads and hashes the files.
 *
 * Returns: (transfer full): the bytes of the .torrent file
 */
GBytes *ft_demo_sample_build_torrent (const char *folder,
                                      const char *tracker,
                                      GCancellable *cancellable,
                                      GError **error);

/* Whether the sample in both folders is the same byte for byte; the error names the first file
 * that is not. Blocks. */
gboolean ft_demo_sample_compare (const char *folder_a,
                                 const char *folder_b,
                                 GCancellable *cancellable,
                                 GError **error);

/**
 * ft_demo_build_torrent:
 * @folder: what the paths of @files start from
 * @draft: everything but the files; its piece_length is used
 *
 * Hashes files that exist, of the lengths that @files say, and makes a torrent of them. Blocks.
 */
GBytes *ft_demo_build_torrent (const char *folder,
                               const BtMetainfoDraft *draft,
                               const BtDraftFile *files,
                               guint n_files,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
