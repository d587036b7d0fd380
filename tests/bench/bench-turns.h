/* bench-turns.h: how long the threads of this process are away from their polls.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 wall; /* µs */
  gint64 cpu;  /* the same in processor time of the thread, which other programs do not lengthen */
} BenchTurn;

/* The poll() of the C library is watched in every thread; threads of one name are told apart by their order.
 * Sets @out to the longest turns of the thread @number (from 0) of those that are called @name since the last call. */
void bench_turns_take (const char *name, guint number, BenchTurn *out);

G_END_DECLS
