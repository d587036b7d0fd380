/* ft-schedule.c: the week's plan: what each hour allows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-schedule.h"

#include <string.h>

#define LETTERS "flo" /* in the order of FtPaint */

gboolean
ft_schedule_parse (FtSchedule *schedule, const char *text)
{
  g_return_val_if_fail (schedule != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  memset (schedule, FT_PAINT_FULL, sizeof *schedule);
  if (strlen (text) != FT_SCHEDULE_HOURS || strspn (text, LETTERS) != FT_SCHEDULE_HOURS)
    return FALSE;
  for (guint i = 0; i < FT_SCHEDULE_HOURS; i++)
    schedule->hours[i] = (guint8) (strchr (LETTERS, text[i]) - LETTERS);
  return TRUE;
}

char *
ft_schedule_format (const FtSchedule *schedule)
{
  char *text = g_malloc0 (FT_SCHEDULE_HOURS + 1);

  for (guint i = 0; i < FT_SCHEDULE_HOURS; i++)
    text[i] = LETTERS[schedule->hours[i]];
  return text;
}

FtPaint
ft_schedule_at (const FtSchedule *schedule, GDateTime *local)
{
  int day = g_date_time_get_day_of_week (local) - 1;

  return (FtPaint) schedule->hours[day * 24 + g_date_time_get_hour (local)];
}

static GDateTime *
make_local (GTimeZone *zone, gint64 unix_s)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (unix_s);

  return g_date_time_to_timezone (utc, zone);
}

static FtPaint
paint_at (const FtSchedule *schedule, GTimeZone *zone, gint64 unix_s)
{
  g_autoptr (GDateTime) local = make_local (zone, unix_s);

  return ft_schedule_at (schedule, local);
}

/* The first second of another paint, which is after @from_s and not after @until_s. */
static gint64
find_change (const FtSchedule *schedule, GTimeZone *zone, gint64 from_s, gint64 until_s)
{
  FtPaint paint = paint_at (schedule, zone, from_s);

  while (until_s - from_s > 1)
    {
      gint64 middle_s = from_s + (until_s - from_s) / 2;

      if (paint_at (schedule, zone, middle_s) == paint)
        from_s = middle_s;
      else
        until_s = middle_s;
    }
  return until_s;
}

/* Goes from hour to hour of the local clock in steps of real time. Where clocks are put forward or back
 * a step may end inside an hour: then the change is looked for by halves. */
GDateTime *
ft_schedule_next_change (const FtSchedule *schedule, GDateTime *local)
{
  GTimeZone *zone = g_date_time_get_timezone (local);
  FtPaint paint = ft_schedule_at (schedule, local);
  gint64 at_s = g_date_time_to_unix (local);

  /* A week, and the hours by which clocks may be put back in it. */
  for (guint i = 0; i < FT_SCHEDULE_HOURS + 24; i++)
    {
      g_autoptr (GDateTime) at = make_local (zone, at_s);
      gint64 next_s = at_s + 3600 - g_date_time_get_minute (at) * 60 - g_date_time_get_second (at);

      if (paint_at (schedule, zone, next_s) != paint)
        return make_local (zone, find_change (schedule, zone, at_s, next_s));
      at_s = next_s;
    }
  return NULL;
}
