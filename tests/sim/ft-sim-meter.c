/* ft-sim-meter.c: what flowed since a limit was set, which must not be more than it lets through.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-meter.h"

#include <string.h>

#define BLOCK 16384u
/* A limiter holds a second's worth; what was sent is counted once a second, and was looked at before that. */
#define BEFOREHAND_S 3

void
ft_sim_meter_restart (FtSimMeter *self)
{
  self->since = 0;
}

static void
begin (FtSimMeter *self, const guint64 limits[2], const guint64 flowed[2], gint64 now)
{
  self->since = now;
  memcpy (self->limits, limits, sizeof self->limits);
  memcpy (self->before, flowed, sizeof self->before);
}

void
ft_sim_meter_check (FtSimMeter *self, const guint64 limits[2], const guint64 flowed[2], gint64 now)
{
  guint64 seconds = (guint64) (now - self->since) / G_USEC_PER_SEC + 1 + BEFOREHAND_S;

  if (self->since == 0 || memcmp (self->limits, limits, sizeof self->limits) != 0)
    {
      begin (self, limits, flowed, now);
      return;
    }
  for (guint way = 0; way < G_N_ELEMENTS (self->limits); way++)
    if (limits[way] != 0)
      g_assert_cmpuint (flowed[way], <=, self->before[way] + limits[way] * seconds + 2 * BLOCK);
}
