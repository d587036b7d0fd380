/* ft-speed-history.c: how fast torrents were in the last hour, in bounded memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-speed-history.h"

#include "ft-describe.h"
#include "ft-torrent.h"

#include <glib/gi18n-lib.h>

/* A ring in which each place says of which step it is: old ones need not be cleared. */
typedef struct
{
  guint32 step; /* 0: none */
  guint32 down; /* bytes a second */
  guint32 up;
} Slot;

struct _FtSpeedHistory
{
  GHashTable *rings; /* BtTorrentId → Slot[FT_SPEED_SAMPLES] */
  guint32 last_step;
};

/* From 1, so that 0 is none. */
static guint32
to_step (gint64 now)
{
  return (guint32) (now / FT_SPEED_STEP_S) + 1;
}

FtSpeedHistory *
ft_speed_history_new (void)
{
  FtSpeedHistory *self = g_new0 (FtSpeedHistory, 1);

  self->rings = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
ft_speed_history_free (FtSpeedHistory *self)
{
  g_hash_table_unref (self->rings);
  g_free (self);
}

gboolean
ft_speed_history_is_due (FtSpeedHistory *self, gint64 now)
{
  guint32 step = to_step (now);

  if (step == self->last_step)
    return FALSE;
  self->last_step = step;
  return TRUE;
}

void
ft_speed_history_add (FtSpeedHistory *self, BtTorrentId id, gint64 now, guint64 down, guint64 up)
{
  Slot *ring = g_hash_table_lookup (self->rings, GUINT_TO_POINTER (id));
  guint32 step = to_step (now);

  if (ring == NULL)
    {
      if (down == 0 && up == 0)
        return;
      ring = g_new0 (Slot, FT_SPEED_SAMPLES);
      g_hash_table_insert (self->rings, GUINT_TO_POINTER (id), ring);
    }
  ring[step % FT_SPEED_SAMPLES] = (Slot) {
    .step = step,
    .down = (guint32) MIN (down, G_MAXUINT32),
    .up = (guint32) MIN (up, G_MAXUINT32),
  };
}

void
ft_speed_history_sample (FtSpeedHistory *self, const BtUpdate *update, GListModel *torrents)
{
  gint64 now = g_get_monotonic_time () / G_USEC_PER_SEC;
  guint n_torrents = g_list_model_get_n_items (torrents);

  if (!ft_speed_history_is_due (self, now))
    return;
  ft_speed_history_add (self, 0, now, update->rate_down, update->rate_up);
  for (guint i = 0; i < n_torrents; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (torrents, i);
      const BtTorrentStatus *status = ft_torrent_get_status (torrent);

      ft_speed_history_add (self, status->id, now, status->rate_down, status->rate_up);
    }
}

void
ft_speed_history_forget (FtSpeedHistory *self, BtTorrentId id)
{
  g_hash_table_remove (self->rings, GUINT_TO_POINTER (id));
}

void
ft_speed_history_get (FtSpeedHistory *self, BtTorrentId id, gint64 now, FtSpeedSample *samples)
{
  const Slot *ring = g_hash_table_lookup (self->rings, GUINT_TO_POINTER (id));
  guint32 last = to_step (now);

  for (guint i = 0; i < FT_SPEED_SAMPLES; i++)
    {
      guint32 step = last - (FT_SPEED_SAMPLES - 1) + i;
      const Slot *slot = ring != NULL ? &ring[step % FT_SPEED_SAMPLES] : NULL;
      gboolean known = slot != NULL && slot->step == step && step <= last && step != 0;

      samples[i].down = known ? (gint64) slot->down : -1;
      samples[i].up = known ? (gint64) slot->up : -1;
    }
}

void
ft_speed_summarize (const FtSpeedSample *samples, FtSpeedSummary *down, FtSpeedSummary *up)
{
  double sum_down = 0, sum_up = 0;
  guint n = 0;

  *down = (FtSpeedSummary) { 0 };
  *up = (FtSpeedSummary) { 0 };
  for (guint i = 0; i < FT_SPEED_SAMPLES; i++)
    {
      if (samples[i].down < 0)
        continue;
      down->now = samples[i].down;
      up->now = samples[i].up;
      down->highest = MAX (down->highest, samples[i].down);
      up->highest = MAX (up->highest, samples[i].up);
      sum_down += (double) samples[i].down;
      sum_up += (double) samples[i].up;
      n++;
    }
  if (n > 0)
    {
      down->average = (gint64) (sum_down / n);
      up->average = (gint64) (sum_up / n);
    }
}

gint64
ft_speed_choose_scale (gint64 highest)
{
  gint64 power = 1000;

  while (power * 10 < highest)
    power *= 10;
  for (gint64 factor = 1; factor <= 5; factor = factor == 1 ? 2 : factor + 3)
    if (power * factor >= highest)
      return power * factor;
  return power * 10;
}

char *
ft_describe_speed_summary (const FtSpeedSummary *summary)
{
  g_autofree char *now = ft_format_speed ((guint64) summary->now);
  g_autofree char *highest = ft_format_speed ((guint64) summary->highest);
  g_autofree char *average = ft_format_speed ((guint64) summary->average);

  /* Translators: three speeds. */
  return g_strdup_printf (_("now %1$s, at most %2$s, on average %3$s"), now, highest, average);
}
