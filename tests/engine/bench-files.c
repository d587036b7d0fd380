/* bench-files.c: what it costs to tell of the files of a torrent that has 200,000.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "bt-metainfo-builder.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define N_FILES 200000u
#define FILE_BYTES 1000u
#define PIECE 16384u
#define ROUNDS 200

static GBytes *
make_torrent (void)
{
  BtMetainfoDraft draft = { .name = "many", .multi_file = TRUE, .piece_length = PIECE };
  g_autofree BtDraftFile *files = g_new (BtDraftFile, N_FILES);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gsize n_hashes = 20 * (((gsize) N_FILES * FILE_BYTES + PIECE - 1) / PIECE);
  g_autofree guint8 *hashes = g_malloc0 (n_hashes);

  for (guint i = 0; i < N_FILES; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("folder %u/a file of many, number %u.jpeg", i / 500, i));
      files[i] = (BtDraftFile){ names->pdata[i], FILE_BYTES };
    }
  return bt_metainfo_build (&draft, files, N_FILES, hashes, n_hashes);
}

static double
time_details (FtNode *node, BtTorrentId id, guint rounds)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < rounds; i++)
    bt_detail_unref (ft_node_detail (node, id, BT_DETAIL_FILES));
  return (double) (g_get_monotonic_time () - start) / rounds / 1000;
}

int
main (int argc, char *argv[])
{
  g_autoptr(GBytes) torrent = make_torrent ();
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (node, torrent, NULL, FALSE);
  g_autofree guint8 *priorities = g_malloc (N_FILES);
  g_autoptr(GBytes) bytes = NULL;

  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  node->config->update_interval_ms = G_MAXINT; /* only what is asked for */
  ft_node_configure (node);
  bt_engine_watch (node->engine, id, BT_DETAIL_FILES);
  g_print ("%u files, there and back between threads:\n", N_FILES);
  g_print ("the first time     %8.3f ms\n", time_details (node, id, 1));
  g_print ("nothing changed    %8.3f ms\n", time_details (node, id, ROUNDS));
  memset (priorities, 4, N_FILES);
  priorities[N_FILES / 2] = 7;
  bytes = g_bytes_new (priorities, N_FILES);
  ft_node_set_priorities (node, id, bytes);
  g_print ("one file changed   %8.3f ms\n", time_details (node, id, 1));
  return EXIT_SUCCESS;
}
