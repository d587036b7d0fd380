/* ft-sim-meter.h: what flowed since a limit was set, which must not be more than it lets through.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 since;       /* 0: it begins when it is looked at next */
  guint64 limits[2];  /* bytes a second, down and up; 0: none */
  guint64 before[2];  /* bytes that had flowed then */
} FtSimMeter;

/* Limits were set, or what flowed is counted anew. */
void ft_sim_meter_restart (FtSimMeter *self);
/* @flowed: bytes, in all */
void ft_sim_meter_check (FtSimMeter *self, const guint64 limits[2], const guint64 flowed[2], gint64 now);

G_END_DECLS
