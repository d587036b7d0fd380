/* test-schedule.c: the week's plan, through the days on which clocks are changed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-schedule.h"

#include <string.h>

static void
paint (FtSchedule *schedule, guint day, guint hour, guint n_hours, FtPaint with)
{
  for (guint i = 0; i < n_hours; i++)
    schedule->hours[(day * 24 + hour + i) % FT_SCHEDULE_HOURS] = (guint8) with;
}

static GDateTime *
at (const char *zone_name, const char *text)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  g_autoptr (GDateTime) time = NULL;

  g_assert_nonnull (zone);
  time = g_date_time_new_from_iso8601 (text, zone);
  g_assert_nonnull (time);
  /* One with an offset of its own is in no zone yet. */
  return g_date_time_to_timezone (time, zone);
}

static void
assert_next_change (const FtSchedule *schedule, const char *zone, const char *from, const char *expected)
{
  g_autoptr (GDateTime) local = at (zone, from);
  g_autoptr (GDateTime) next = ft_schedule_next_change (schedule, local);
  g_autofree char *text = next != NULL ? g_date_time_format_iso8601 (next) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_text (void)
{
  FtSchedule schedule;
  g_autofree char *full = g_strnfill (FT_SCHEDULE_HOURS, 'f');
  g_autofree char *text = g_strnfill (FT_SCHEDULE_HOURS, 'f');
  g_autofree char *formatted = NULL;

  text[0] = 'o';
  text[167] = 'l';
  g_assert_true (ft_schedule_parse (&schedule, text));
  g_assert_cmpint (schedule.hours[0], ==, FT_PAINT_OFF);
  g_assert_cmpint (schedule.hours[1], ==, FT_PAINT_FULL);
  g_assert_cmpint (schedule.hours[167], ==, FT_PAINT_LIMITED);
  formatted = ft_schedule_format (&schedule);
  g_assert_cmpstr (formatted, ==, text);
}

/* What is none lets everything through, rather than nothing. */
static void
test_malformed (void)
{
  g_autofree char *full = g_strnfill (FT_SCHEDULE_HOURS, 'f');
  g_autofree char *long_text = g_strconcat (full, "f", NULL);
  g_autofree char *strange = g_strnfill (FT_SCHEDULE_HOURS, 'o');
  const char *texts[] = { "", "o", full + 1, long_text, strange };

  strange[80] = 'x';
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      FtSchedule schedule;
      g_autofree char *formatted = NULL;

      memset (&schedule, FT_PAINT_OFF, sizeof schedule);
      g_assert_false (ft_schedule_parse (&schedule, texts[i]));
      formatted = ft_schedule_format (&schedule);
      g_assert_cmpstr (formatted, ==, full);
    }
}

static void
test_at (void)
{
  FtSchedule schedule = { { 0 } };
  const struct
  {
    const char *time;
    FtPaint paint;
  } cases[] = {
    { "2024-01-01T00:00:00", FT_PAINT_OFF },     /* a Monday */
    { "2024-01-01T00:59:59", FT_PAINT_OFF },
    { "2024-01-01T01:00:00", FT_PAINT_FULL },
    { "2024-01-07T22:59:59", FT_PAINT_FULL },    /* a Sunday */
    { "2024-01-07T23:00:00", FT_PAINT_LIMITED },
  };

  paint (&schedule, 0, 0, 1, FT_PAINT_OFF);
  paint (&schedule, 6, 23, 1, FT_PAINT_LIMITED);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GDateTime) local = at ("Europe/Berlin", cases[i].time);

      g_assert_cmpint (ft_schedule_at (&schedule, local), ==, cases[i].paint);
    }
}

static void
test_next_change (void)
{
  FtSchedule schedule = { { 0 } };

  assert_next_change (&schedule, "UTC", "2024-01-01T12:00:00", NULL);
  paint (&schedule, 2, 8, 9, FT_PAINT_LIMITED);
  assert_next_change (&schedule, "UTC", "2024-01-01T12:34:56", "2024-01-03T08:00:00Z");
  assert_next_change (&schedule, "UTC", "2024-01-03T07:59:59", "2024-01-03T08:00:00Z");
  assert_next_change (&schedule, "UTC", "2024-01-03T08:00:00", "2024-01-03T17:00:00Z");
  /* Six days and some hours to the same hour of the next week. */
  assert_next_change (&schedule, "UTC", "2024-01-03T17:00:00", "2024-01-10T08:00:00Z");
}

/* From 2:00 to 3:00: the hour from 2 does not come, and at 3 o'clock one hour less has passed. */
static void
test_forward (void)
{
  FtSchedule schedule = { { 0 } };

  paint (&schedule, 6, 2, 1, FT_PAINT_OFF);
  assert_next_change (&schedule, "Europe/Berlin", "2024-03-31T01:30:00+01:00", "2024-04-07T02:00:00+02");
  paint (&schedule, 6, 4, 1, FT_PAINT_OFF);
  assert_next_change (&schedule, "Europe/Berlin", "2024-03-31T01:30:00+01:00", "2024-03-31T04:00:00+02");
}

/* From 3:00 to 2:00: the hour from 2 comes twice and is two hours long. */
static void
test_back (void)
{
  FtSchedule schedule = { { 0 } };

  paint (&schedule, 6, 2, 1, FT_PAINT_OFF);
  assert_next_change (&schedule, "Europe/Berlin", "2024-10-27T01:10:00+02:00", "2024-10-27T02:00:00+02");
  assert_next_change (&schedule, "Europe/Berlin", "2024-10-27T02:00:00+02:00", "2024-10-27T03:00:00+01");
}

/* Half an hour, at Lord Howe, and zones that are not whole hours from Greenwich. */
static void
test_half_hours (void)
{
  FtSchedule schedule = { { 0 } };

  paint (&schedule, 6, 2, 1, FT_PAINT_OFF);
  /* From 2:00 to 2:30: half an hour is left of it. */
  assert_next_change (&schedule, "Australia/Lord_Howe", "2024-10-06T01:59:00+10:30", "2024-10-06T02:30:00+11");
  assert_next_change (&schedule, "Australia/Lord_Howe", "2024-10-06T02:30:00+11:00", "2024-10-06T03:00:00+11");
  assert_next_change (&schedule, "Asia/Kathmandu", "2024-10-06T01:01:01+05:45", "2024-10-06T02:00:00+05:45");
}

/* Every hour of a year: what was said to come next is where the paint changes. */
static void
test_year (void)
{
  const char *zones[] = { "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe" };
  FtSchedule schedule = { { 0 } };

  for (guint i = 0; i < FT_SCHEDULE_HOURS; i++)
    schedule.hours[i] = (guint8) ((i / 5) % FT_N_PAINTS);
  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_autoptr (GDateTime) time = at (zones[i], "2024-01-01T00:00:00");

      for (guint n = 0; n < 366 * 5; n++)
        {
          g_autoptr (GDateTime) next = ft_schedule_next_change (&schedule, time);
          g_autoptr (GDateTime) before = g_date_time_add (next, -G_TIME_SPAN_SECOND);

          g_assert_cmpint (g_date_time_difference (next, time), >, 0);
          g_assert_cmpint (ft_schedule_at (&schedule, before), ==, ft_schedule_at (&schedule, time));
          g_assert_cmpint (ft_schedule_at (&schedule, next), !=, ft_schedule_at (&schedule, time));
          g_date_time_unref (time);
          time = g_steal_pointer (&next);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/schedule/text", test_text);
  g_test_add_func ("/model/schedule/malformed", test_malformed);
  g_test_add_func ("/model/schedule/at", test_at);
  g_test_add_func ("/model/schedule/next-change", test_next_change);
  g_test_add_func ("/model/schedule/forward", test_forward);
  g_test_add_func ("/model/schedule/back", test_back);
  g_test_add_func ("/model/schedule/half-hours", test_half_hours);
  g_test_add_func ("/model/schedule/year", test_year);
  return g_test_run ();
}
