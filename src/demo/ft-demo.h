/* ft-demo.h: a whole swarm on loopback, so that the program can be seen at work without a network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FtDemo:
 *
 * Sample files in a folder of its own under the temporary directory, a tracker and a seed, all on
 * 127.0.0.1. The seed gives at most 12 MB/s, so that pieces are seen arriving. Whoever runs it adds
 * ft_demo_get_torrent() to an engine bound to 127.0.0.1, with ft_demo_get_download_dir() as folder.
 *
 * Belongs to the main context that was the thread's default when it was made.
 */
#define FT_TYPE_DEMO (ft_demo_get_type ())
G_DECLARE_FINAL_TYPE (FtDemo, ft_demo, FT, DEMO, GObject)

/* The address that both sides use. */
#define FT_DEMO_ADDRESS "127.0.0.1"

FtDemo *ft_demo_new (void);

/* Makes the files, starts tracker and seed. Once. A stop calls it off. */
void ft_demo_start_async (FtDemo *demo, GAsyncReadyCallback callback, gpointer user_data);
gboolean ft_demo_start_finish (FtDemo *demo, GAsyncResult *result, GError **error);

/* After the start. */
GBytes *ft_demo_get_torrent (FtDemo *demo);            /* (transfer none) */
const char *ft_demo_get_download_dir (FtDemo *demo);

/* Compares what was downloaded with the source, byte for byte. */
void ft_demo_verify_async (FtDemo *demo, GAsyncReadyCallback callback, gpointer user_data);
gboolean ft_demo_verify_finish (FtDemo *demo, GAsyncResult *result, GError **error);

/* Stops seed and tracker and deletes the folder with all that is in it. Must be called, and have
 * ended, before the last reference goes, even when the start failed; it may be called while that
 * goes on. */
void ft_demo_stop_async (FtDemo *demo, GAsyncReadyCallback callback, gpointer user_data);
gboolean ft_demo_stop_finish (FtDemo *demo, GAsyncResult *result, GError **error);

G_END_DECLS
