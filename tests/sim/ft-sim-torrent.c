/* ft-sim-torrent.c: a torrent of a simulation, drawn from its seed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-torrent.h"

#include "bt-metainfo-builder.h"
#include "bt-metainfo.h"

#define BLOCK 16384u

/* Sizes with all that is at their edges. */
static guint64
draw_size (BtRandom *random, guint64 max)
{
  switch (bt_random_below (random, 8))
    {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return MIN (max, BLOCK * (1 + bt_random_below (random, 4)));
    default:
      return 1 + bt_random_below (random, (guint32) max);
    }
}

static void
draw_files (FtSimTorrent *self, BtRandom *random, guint number, guint64 max_size)
{
  guint n_files = 1 + bt_random_below (random, FT_SIM_MAX_FILES);
  guint64 left = max_size;

  for (guint i = 0; i < n_files; i++)
    {
      guint64 length = i == 0 ? max_size / 2 + bt_random_below (random, (guint32) (max_size / 4)) : draw_size (random, left);

      self->paths[i] = g_strdup_printf (i % 2 == 0 ? "file-%u-%u" : "folder/file-%u-%u", number, i);
      self->files[i] = (FtSampleFile){ self->paths[i], length };
      left -= MIN (left - 1, length);
    }
}

FtSimTorrent *
ft_sim_torrent_new (BtRandom *random, guint number, guint64 max_size, guint max_piece)
{
  FtSimTorrent *self = g_new0 (FtSimTorrent, 1);
  guint32 piece_length = BLOCK << bt_random_below (random, g_bit_storage (max_piece));
  g_autoptr(BtMetainfo) metainfo = NULL;

  draw_files (self, random, number, max_size);
  self->sample = ft_sample_new (self->files, piece_length, bt_random_u32 (random));
  metainfo = bt_metainfo_parse (self->sample->torrent, NULL);
  self->info_hash = metainfo->info_hash;
  return self;
}

void
ft_sim_torrent_free (FtSimTorrent *self)
{
  ft_sample_free (self->sample);
  for (guint i = 0; i < FT_SIM_MAX_FILES; i++)
    g_free (self->paths[i]);
  g_free (self);
}

char *
ft_sim_torrent_make_link (FtSimTorrent *self)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&self->info_hash, hex);
  return g_strconcat ("magnet:?xt=urn:btih:", hex, NULL);
}

GBytes *
ft_sim_torrent_make_rival (FtSimTorrent *self)
{
  const FtSample *sample = self->sample;
  BtMetainfoDraft draft = { .name = "sample", .multi_file = TRUE, .piece_length = sample->piece_length };
  gsize length = (sample->size + sample->piece_length - 1) / sample->piece_length * BT_SHA1_SIZE;
  g_autofree guint8 *hashes = g_malloc0 (length);
  BtDraftFile files[FT_SIM_MAX_FILES];
  guint n_files = 0;

  for (const FtSampleFile *file = self->files; file->path != NULL; file++)
    files[n_files++] = (BtDraftFile){ file->path, file->length };
  return bt_metainfo_build (&draft, files, n_files, hashes, length);
}
