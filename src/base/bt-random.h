/* bt-random.h: fast random numbers from a seed that the caller brings; not for secrets.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* xoshiro256**. Deterministic, so a simulation can be replayed. */
typedef struct
{
  guint64 s[4];
} BtRandom;

void bt_random_seed (BtRandom *random, guint64 seed);
guint64 bt_random_u64 (BtRandom *random);
guint32 bt_random_u32 (BtRandom *random);
/* 0 … n-1 without bias; n > 0. */
guint32 bt_random_below (BtRandom *random, guint32 n);
void bt_random_fill (BtRandom *random, void *out, gsize length);

G_END_DECLS
