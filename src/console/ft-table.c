/* ft-table.c: all torrents as lines of a live table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-table.h"

#include "ft-describe.h"
#include "ft-text.h"

#include <glib/gi18n-lib.h>

/* From here on a torrent's figures stand in one line beside its name. */
#define WIDE 60
#define BAR_WIDTH 14
#define PERCENT_WIDTH 5
#define SPEED_WIDTH 10
#define TIME_WIDTH 6

char *
ft_table_format_time (gint64 seconds)
{
  if (seconds < 0)
    return g_strdup ("");
  if (seconds < 60)
    return g_strdup_printf ("%ds", (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf ("%dm%02ds", (int) (seconds / 60), (int) (seconds % 60));
  if (seconds < 86400)
    return g_strdup_printf ("%dh%02dm", (int) (seconds / 3600), (int) (seconds % 3600 / 60));
  if (seconds < 100 * 86400)
    return g_strdup_printf ("%dd%02dh", (int) (seconds / 86400), (int) (seconds % 86400 / 3600));
  return g_strdup (">100d");
}

static double
shown_fraction (const BtTorrentStatus *status)
{
  if (status->state == BT_STATE_CHECKING)
    return status->check_progress;
  if (status->is_magnet)
    return status->metadata_size > 0 ? (double) status->metadata_done / status->metadata_size : 0;
  if (status->done >= status->wanted)
    return status->state == BT_STATE_LOADING ? 0 : 1;
  return (double) status->done / (double) status->wanted;
}

/* Full only when it is complete. */
static void
append_bar (GString *line, double fraction, guint width)
{
  guint filled = fraction >= 1 ? width : fraction > 0 ? (guint) (fraction * width) : 0;

  for (guint i = 0; i < width; i++)
    g_string_append (line, i < MIN (filled, width) ? "█" : "░");
}

static void
append_left (GString *line, const char *text, guint width)
{
  g_autofree char *clean = ft_text_clean (text);
  g_autofree char *fitted = ft_text_fit (clean, width);

  g_string_append (line, fitted);
}

static void
append_right (GString *line, const char *text, guint width)
{
  g_autofree char *clean = ft_text_clean (text);
  g_autofree char *fitted = ft_text_fit_right (clean, width);

  g_string_append_c (line, ' ');
  g_string_append (line, fitted);
}

static void
append_percent (GString *line, const BtTorrentStatus *status)
{
  g_autofree char *percent = ft_format_percent (shown_fraction (status));

  append_right (line, percent, PERCENT_WIDTH);
}

/* An empty cell says more than "0 bytes/s". */
static void
append_speed (GString *line, const char *sign, guint64 rate, guint width)
{
  g_autofree char *speed = rate > 0 ? ft_format_speed (rate) : g_strdup ("");
  g_autofree char *cell = g_strconcat (rate > 0 ? sign : "", speed, NULL);

  append_right (line, cell, width);
}

static void
append_time (GString *line, const BtTorrentStatus *status)
{
  g_autofree char *time
    = ft_table_format_time (status->state == BT_STATE_DOWNLOADING ? status->eta_s : -1);

  append_right (line, time, TIME_WIDTH);
}

static void
take_line (GPtrArray *lines, GString *line)
{
  g_ptr_array_add (lines, g_string_free (line, FALSE));
}

static void
add_reason (GPtrArray *lines, const BtTorrentStatus *status, guint width, gint64 now)
{
  g_autofree char *reason = ft_describe_state (status, now);
  GString *line = g_string_new ("  ");

  append_left (line, reason, width - 2);
  take_line (lines, line);
}

static guint
wide_name_width (guint width)
{
  return width - (1 + BAR_WIDTH) - (1 + PERCENT_WIDTH) - 2 * (1 + SPEED_WIDTH) - (1 + TIME_WIDTH);
}

static void
add_wide (GPtrArray *lines, const BtTorrentStatus *status, guint width, gint64 now)
{
  GString *line = g_string_new (NULL);

  append_left (line, status->name, wide_name_width (width));
  g_string_append_c (line, ' ');
  append_bar (line, shown_fraction (status), BAR_WIDTH);
  append_percent (line, status);
  append_speed (line, "", status->rate_down, SPEED_WIDTH);
  append_speed (line, "", status->rate_up, SPEED_WIDTH);
  append_time (line, status);
  take_line (lines, line);
  add_reason (lines, status, width, now);
}

static void
add_narrow (GPtrArray *lines, const BtTorrentStatus *status, guint width, gint64 now)
{
  const guint fixed = 2 + 2 * (1 + SPEED_WIDTH + 1) + (1 + TIME_WIDTH);
  GString *line = g_string_new (NULL);

  append_left (line, status->name, width - 1 - PERCENT_WIDTH);
  append_percent (line, status);
  take_line (lines, line);

  line = g_string_new ("  ");
  /* Below some width the bar goes first: the share says the same. */
  if (width > fixed)
    append_bar (line, shown_fraction (status), width - fixed);
  append_speed (line, "↓", status->rate_down, SPEED_WIDTH + 1);
  append_speed (line, "↑", status->rate_up, SPEED_WIDTH + 1);
  append_time (line, status);
  g_autofree char *whole = g_string_free (line, FALSE);
  g_ptr_array_add (lines, ft_text_fit (whole, width));
  add_reason (lines, status, width, now);
}

static void
add_header (GPtrArray *lines, guint width)
{
  GString *line = g_string_new (NULL);

  append_left (line, _("Name"), wide_name_width (width));
  g_string_append_c (line, ' ');
  append_left (line, _("Progress"), BAR_WIDTH);
  append_right (line, "", PERCENT_WIDTH);
  append_right (line, _("Down"), SPEED_WIDTH);
  append_right (line, _("Up"), SPEED_WIDTH);
  append_right (line, _("Left"), TIME_WIDTH);
  take_line (lines, line);
}

static void
add_totals (GPtrArray *lines, FtRoster *roster, guint n_hidden, guint width)
{
  const FtTotals *totals = ft_roster_get_totals (roster);
  guint n = ft_roster_get_n (roster);
  g_autofree char *down = ft_format_speed (totals->rate_down);
  g_autofree char *up = ft_format_speed (totals->rate_up);
  GString *text = g_string_new (NULL);
  GString *line = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%u torrent", "%u torrents", n), n);
  if (n_hidden > 0)
    g_string_append_printf (text, _(" (%u not shown)"), n_hidden);
  g_string_append_printf (text, "  ↓ %s  ↑ %s  ", down, up);
  g_string_append_printf (text, ngettext ("%u peer", "%u peers", totals->n_peers), totals->n_peers);
  append_left (line, text->str, width);
  g_string_free (text, TRUE);
  take_line (lines, line);
}

/* The lower, the sooner it gets a place in a table that is too short. */
static int
rank (const BtTorrentStatus *status)
{
  switch (status->state)
    {
    case BT_STATE_ERROR:
      return 0;
    case BT_STATE_CHECKING:
    case BT_STATE_LOADING:
      return 1;
    case BT_STATE_DOWNLOADING:
      return 2;
    case BT_STATE_SEEDING:
      return status->rate_up > 0 ? 3 : 4;
    default:
      return 5;
    }
}

static int
compare_rank (gconstpointer a, gconstpointer b)
{
  const BtTorrentStatus *x = *(const BtTorrentStatus *const *) a;
  const BtTorrentStatus *y = *(const BtTorrentStatus *const *) b;

  if (rank (x) != rank (y))
    return rank (x) - rank (y);
  return x->id < y->id ? -1 : x->id > y->id;
}

static int
compare_id (gconstpointer a, gconstpointer b)
{
  const BtTorrentStatus *x = *(const BtTorrentStatus *const *) a;
  const BtTorrentStatus *y = *(const BtTorrentStatus *const *) b;

  return x->id < y->id ? -1 : x->id > y->id;
}

/* Those that are shown, always in the order in which they were added: rows must not jump. */
static GPtrArray *
choose_torrents (FtRoster *roster, guint room)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < ft_roster_get_n (roster); i++)
    g_ptr_array_add (chosen, (gpointer) ft_roster_get (roster, i));
  if (chosen->len > room)
    {
      g_ptr_array_sort (chosen, compare_rank);
      g_ptr_array_set_size (chosen, (int) room);
      g_ptr_array_sort (chosen, compare_id);
    }
  return chosen;
}

GPtrArray *
ft_table_render (FtRoster *roster, guint width, guint max_lines, gint64 now)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  gboolean wide = width >= WIDE;
  guint n = ft_roster_get_n (roster);
  guint around = wide && n > 0 ? 2 : 1;
  guint room = max_lines > around ? (max_lines - around) / (wide ? 2 : 3) : 0;
  g_autoptr (GPtrArray) shown = choose_torrents (roster, room);

  width = MAX (width, 10);
  if (wide && n > 0)
    add_header (lines, width);
  for (guint i = 0; i < shown->len; i++)
    {
      const BtTorrentStatus *status = g_ptr_array_index (shown, i);

      if (wide)
        add_wide (lines, status, width, now);
      else
        add_narrow (lines, status, width, now);
    }
  add_totals (lines, roster, n - shown->len, width);
  return lines;
}
