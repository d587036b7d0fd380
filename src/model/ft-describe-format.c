/* ft-describe-format.c: sizes, speeds, times and shares as a person writes them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

char *
ft_format_size (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
ft_format_speed (guint64 bytes_per_s)
{
  g_autofree char *size = g_format_size (bytes_per_s);

  /* Translators: a speed; %s is an amount of data such as "1.4 MB". */
  return g_strdup_printf (_("%s/s"), size);
}

char *
ft_describe_speeds (guint64 down, guint64 up)
{
  g_autofree char *down_text = ft_format_speed (down);
  g_autofree char *up_text = ft_format_speed (up);

  if (down > 0 && up > 0)
    /* Translators: the speeds of download and upload: "↓ 1.4 MB/s ↑ 30 kB/s". */
    return g_strdup_printf (C_ ("speed", "↓ %1$s ↑ %2$s"), down_text, up_text);
  if (down > 0)
    /* Translators: the speed of download: "↓ 1.4 MB/s". */
    return g_strdup_printf (C_ ("speed", "↓ %s"), down_text);
  if (up > 0)
    /* Translators: the speed of upload: "↑ 30 kB/s". */
    return g_strdup_printf (C_ ("speed", "↑ %s"), up_text);
  return g_strdup ("");
}

static char *
format_unit (gint64 n, gint64 unit)
{
  gulong count = (gulong) MIN (n, G_MAXINT);

  switch (unit)
    {
    case DAY:
      return g_strdup_printf (ngettext ("%lu day", "%lu days", count), count);
    case HOUR:
      return g_strdup_printf (ngettext ("%lu hour", "%lu hours", count), count);
    case MINUTE:
      return g_strdup_printf (ngettext ("%lu minute", "%lu minutes", count), count);
    default:
      return g_strdup_printf (ngettext ("%lu second", "%lu seconds", count), count);
    }
}

static char *
format_two_units (gint64 seconds, gint64 big, gint64 small)
{
  g_autofree char *first = format_unit (seconds / big, big);
  g_autofree char *second = NULL;

  if (seconds % big / small == 0)
    return g_steal_pointer (&first);
  second = format_unit (seconds % big / small, small);
  /* Translators: two parts of a duration: "2 hours, 5 minutes". */
  return g_strdup_printf (C_ ("duration", "%s, %s"), first, second);
}

char *
ft_format_duration (gint64 seconds)
{
  seconds = MAX (seconds, 0);
  if (seconds >= DAY)
    return format_two_units (seconds, DAY, HOUR);
  if (seconds >= HOUR)
    return format_two_units (seconds, HOUR, MINUTE);
  if (seconds >= MINUTE)
    return format_unit (seconds / MINUTE, MINUTE);
  return format_unit (seconds, 1);
}

char *
ft_format_percent (double fraction)
{
  /* Written so that NaN gives 0. */
  int percent = fraction >= 1 ? 100 : fraction > 0 ? MIN ((int) (fraction * 100), 99) : 0;

  /* Translators: a share: "45 %". Some languages write no space. */
  return g_strdup_printf (C_ ("share", "%d %%"), percent);
}

char *
ft_format_moment (gint64 unix_s)
{
  g_autoptr (GDateTime) moment = unix_s > 0 ? g_date_time_new_from_unix_local (unix_s) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  char *text;

  if (moment == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (moment) != g_date_time_get_year (now))
    /* Translators: a date of another year, for g_date_time_format(): "3 May 2024". */
    text = g_date_time_format (moment, C_ ("moment", "%-e %b %Y"));
  else if (g_date_time_get_day_of_year (moment) != g_date_time_get_day_of_year (now))
    /* Translators: a moment of this year, for g_date_time_format(): "3 May, 14:30". */
    text = g_date_time_format (moment, C_ ("moment", "%-e %b, %H:%M"));
  else
    /* Translators: a moment of today, for g_date_time_format(): "14:30". */
    text = g_date_time_format (moment, C_ ("moment", "%H:%M"));
  return text != NULL ? text : g_strdup ("");
}

char *
ft_format_date (gint64 unix_s)
{
  g_autoptr (GDateTime) date = unix_s > 0 ? g_date_time_new_from_unix_local (unix_s) : NULL;

  /* Translators: a moment, for g_date_time_format(): "3 May 2024, 14:30". */
  return date != NULL ? g_date_time_format (date, C_ ("moment", "%-e %b %Y, %H:%M")) : NULL;
}

char *
ft_format_ratio (guint64 uploaded, guint64 downloaded)
{
  if (downloaded > 0)
    return g_strdup_printf ("%.2f", (double) uploaded / downloaded);
  return uploaded > 0 ? g_strdup ("∞") : g_strdup_printf ("%.2f", 0.0);
}
