/* ft-schedule.h: the week's plan: what each hour allows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FT_PAINT_FULL,    /* the usual limits */
  FT_PAINT_LIMITED, /* the slower limits */
  FT_PAINT_OFF,     /* nothing is transferred */
} FtPaint;

#define FT_N_PAINTS 3
#define FT_SCHEDULE_HOURS (7 * 24)

/* A value; hours are those of the local clock, from Monday, 0 o'clock. */
typedef struct
{
  guint8 hours[FT_SCHEDULE_HOURS]; /* of FtPaint */
} FtSchedule;

/* @text: one letter an hour: "f", "l", "o". Returns: whether it was that; if not, the plan is full speed. */
gboolean ft_schedule_parse (FtSchedule *schedule, const char *text);
/* Returns: (transfer full) */
char *ft_schedule_format (const FtSchedule *schedule);

FtPaint ft_schedule_at (const FtSchedule *schedule, GDateTime *local);
/* Returns: (transfer full) (nullable): when another paint begins, NULL: never. To the second, whatever
 * the clocks are put to meanwhile. */
GDateTime *ft_schedule_next_change (const FtSchedule *schedule, GDateTime *local);

G_END_DECLS
