/* ft-speed-history.c: how fast torrents were in the last hour, in bounded memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-speed-history.h"

#include "ft-describe.h"
#include "ft-torrent.h"

#include <glib/gi18n-lib.h>
#include <time.h>

#define MAX_RINGS 1000

/* A ring in which each place says of which step it is: old ones need not be cleared. */
typedef struct
{
  guint32 step; /* 0: none */
  guint32 down; /* bytes a second */
  guint32 up;
} Slot;

typedef struct
{
  guint32 last_step; /* the newest of its slots */
  Slot slots[FT_SPEED_SAMPLES];
} Ring;

/* What the computer slept through, from @begin to before @end. */
typedef struct
{
  guint32 begin, end;
} Gap;

struct _FtSpeedHistory
{
  GHashTable *rings;  /* BtTorrentId → Ring */
  GArray *gaps;       /* of Gap, the oldest first */
  guint32 first_step; /* 0: there was none */
  guint32 last_step;
  gint64 slept;       /* seconds, up to the last look */
};

/* From 1, so that 0 is none. */
static guint32
to_step (gint64 now)
{
  return (guint32) (now / FT_SPEED_STEP_S) + 1;
}

/* Whether nothing of it is shown any more at @now. */
static gboolean
is_over (guint32 step, guint32 now)
{
  return step + FT_SPEED_SAMPLES <= now;
}

static gint64
read_clock (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return time.tv_sec;
}

FtSpeedHistory *
ft_speed_history_new (void)
{
  FtSpeedHistory *self = g_new0 (FtSpeedHistory, 1);

  self->rings = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->gaps = g_array_new (FALSE, FALSE, sizeof (Gap));
  return self;
}

void
ft_speed_history_free (FtSpeedHistory *self)
{
  g_hash_table_unref (self->rings);
  g_array_unref (self->gaps);
  g_free (self);
}

void
ft_speed_history_note (FtSpeedHistory *self, gint64 now, gint64 awake)
{
  gint64 slept = now - awake;
  Gap gap = { to_step (now - (slept - self->slept)) + 1, to_step (now) };

  if (self->first_step == 0)
    self->first_step = to_step (now);
  else if (gap.begin < gap.end)
    g_array_append_val (self->gaps, gap);
  while (self->gaps->len > 0 && is_over (g_array_index (self->gaps, Gap, 0).end, to_step (now)))
    g_array_remove_index (self->gaps, 0);
  self->slept = slept;
}

gint64
ft_speed_history_look (FtSpeedHistory *self)
{
  gint64 now = read_clock (CLOCK_BOOTTIME);

  ft_speed_history_note (self, now, read_clock (CLOCK_MONOTONIC));
  return now;
}

static void
forget_old_rings (FtSpeedHistory *self, guint32 now)
{
  GHashTableIter iter;
  gpointer ring;

  g_hash_table_iter_init (&iter, self->rings);
  while (g_hash_table_iter_next (&iter, NULL, &ring))
    if (is_over (((Ring *) ring)->last_step, now))
      g_hash_table_iter_remove (&iter);
}

/* That which has not moved for the longest time; never the sum. */
static void
forget_quietest_ring (FtSpeedHistory *self)
{
  GHashTableIter iter;
  gpointer id, ring, quietest = NULL;
  guint32 step = G_MAXUINT32;

  g_hash_table_iter_init (&iter, self->rings);
  while (g_hash_table_iter_next (&iter, &id, &ring))
    if (id != NULL && ((Ring *) ring)->last_step < step)
      {
        step = ((Ring *) ring)->last_step;
        quietest = id;
      }
  g_hash_table_remove (self->rings, quietest);
}

gboolean
ft_speed_history_is_due (FtSpeedHistory *self, gint64 now)
{
  guint32 step = to_step (now);

  if (step == self->last_step)
    return FALSE;
  self->last_step = step;
  forget_old_rings (self, step);
  return TRUE;
}

void
ft_speed_history_add (FtSpeedHistory *self, BtTorrentId id, gint64 now, guint64 down, guint64 up)
{
  Ring *ring = g_hash_table_lookup (self->rings, GUINT_TO_POINTER (id));
  guint32 step = to_step (now);

  if (self->first_step == 0)
    self->first_step = step;
  if (down == 0 && up == 0)
    return;
  if (ring == NULL)
    {
      if (g_hash_table_size (self->rings) >= MAX_RINGS)
        forget_quietest_ring (self);
      ring = g_new0 (Ring, 1);
      g_hash_table_insert (self->rings, GUINT_TO_POINTER (id), ring);
    }
  ring->last_step = step;
  ring->slots[step % FT_SPEED_SAMPLES] = (Slot) {
    .step = step,
    .down = (guint32) MIN (down, G_MAXUINT32),
    .up = (guint32) MIN (up, G_MAXUINT32),
  };
}

void
ft_speed_history_sample (FtSpeedHistory *self, const BtUpdate *update, GListModel *torrents)
{
  gint64 now = ft_speed_history_look (self);
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

/* Whether the program ran then, and the computer did not sleep. */
static gboolean
was_awake (FtSpeedHistory *self, guint32 step)
{
  if (self->first_step == 0 || step < self->first_step)
    return FALSE;
  for (guint i = 0; i < self->gaps->len; i++)
    if (step >= g_array_index (self->gaps, Gap, i).begin && step < g_array_index (self->gaps, Gap, i).end)
      return FALSE;
  return TRUE;
}

void
ft_speed_history_get (FtSpeedHistory *self, BtTorrentId id, gint64 now, FtSpeedSample *samples)
{
  const Ring *ring = g_hash_table_lookup (self->rings, GUINT_TO_POINTER (id));
  guint32 last = to_step (now);

  for (guint i = 0; i < FT_SPEED_SAMPLES; i++)
    {
      guint32 step = last - (FT_SPEED_SAMPLES - 1) + i;
      const Slot *slot = ring != NULL ? &ring->slots[step % FT_SPEED_SAMPLES] : NULL;

      if (step > last || step == 0) /* before the clock began */
        samples[i] = (FtSpeedSample) { -1, -1 };
      else if (slot != NULL && slot->step == step)
        samples[i] = (FtSpeedSample) { slot->down, slot->up };
      else if (was_awake (self, step))
        samples[i] = (FtSpeedSample) { 0, 0 };
      else
        samples[i] = (FtSpeedSample) { -1, -1 };
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
