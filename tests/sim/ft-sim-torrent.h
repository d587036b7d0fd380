/* ft-sim-torrent.h: a torrent of a simulation, drawn from its seed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"
#include "bt-random.h"
#include "ft-swarm.h"

G_BEGIN_DECLS

#define FT_SIM_MAX_FILES 6

typedef struct
{
  FtSample *sample;
  FtSampleFile files[FT_SIM_MAX_FILES + 1];
  char *paths[FT_SIM_MAX_FILES];
  BtSha1 info_hash;
  guint n_liars;      /* who give wrong bytes of it */
  gboolean forgot;    /* some engine does not know any more what it gave of it */
  gboolean noisy;     /* some bad one gives what it does not count */
} FtSimTorrent;

/* Of up to @max_size bytes in some files, of which some may be empty, and up to @max_piece blocks a piece, a power of
 * two. All torrents have the same name, so that their files lie in one folder, but each has files of its own, which
 * @number tells from those of others. */
FtSimTorrent *ft_sim_torrent_new (BtRandom *random, guint number, guint64 max_size, guint max_piece);
void ft_sim_torrent_free (FtSimTorrent *self);
char *ft_sim_torrent_make_link (FtSimTorrent *self);
/* Returns: (transfer full): another torrent, whose files have the names of this one's */
GBytes *ft_sim_torrent_make_rival (FtSimTorrent *self);

G_END_DECLS
