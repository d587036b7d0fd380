/* bench-seed.h: a torrent of very many files, and somebody who knows its details.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The bytes of a .torrent file of 200,000 files in 200 folders, 20 GB. */
GBytes *bench_large_torrent_new (void);

typedef struct BenchSeed BenchSeed;

/* An engine of its own on loopback, to whom @torrent is given. It has none of the files, and needs none to tell of them. */
BenchSeed *bench_seed_new (GBytes *torrent);
/* Runs the main context until its engine has ended. */
void bench_seed_free (BenchSeed *seed);
gboolean bench_seed_is_ready (BenchSeed *seed);
/* Names nobody but the seed. */
const char *bench_seed_get_link (BenchSeed *seed);

G_END_DECLS
