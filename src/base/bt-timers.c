/* bt-timers.c: one heap of deadlines for the whole engine.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-timers.h"

/* A binary heap of timers, each of which knows its place, so that stopping one costs log n.
 * While timers run, one that is started for a time that has come already waits in @postponed:
 * otherwise a timer that starts itself anew would keep the loop for ever. */
struct _BtTimers
{
  GPtrArray *heap;
  GPtrArray *postponed;
  BtTimersWakeFunc wake;
  gpointer data;
  gint64 announced; /* what @wake was told last */
  gint64 run_now;   /* the time of the run that is going on */
  gboolean running;
};

#define POSTPONED (1u << 31) /* set in BtTimer.position: a place in @postponed */
#define UNKNOWN G_MININT64

static BtTimer *
get_timer (BtTimers *timers, guint index)
{
  return g_ptr_array_index (timers->heap, index);
}

static void
put_timer (BtTimers *timers, guint index, BtTimer *timer)
{
  timers->heap->pdata[index] = timer;
  timer->position = index + 1;
}

static void
sift_up (BtTimers *timers, guint index)
{
  BtTimer *timer = get_timer (timers, index);

  while (index > 0)
    {
      guint parent = (index - 1) / 2;

      if (get_timer (timers, parent)->deadline <= timer->deadline)
        break;
      put_timer (timers, index, get_timer (timers, parent));
      index = parent;
    }
  put_timer (timers, index, timer);
}

static void
sift_down (BtTimers *timers, guint index)
{
  BtTimer *timer = get_timer (timers, index);
  guint child;

  while ((child = 2 * index + 1) < timers->heap->len)
    {
      if (child + 1 < timers->heap->len
          && get_timer (timers, child + 1)->deadline < get_timer (timers, child)->deadline)
        child++;
      if (timer->deadline <= get_timer (timers, child)->deadline)
        break;
      put_timer (timers, index, get_timer (timers, child));
      index = child;
    }
  put_timer (timers, index, timer);
}

static void
insert_timer (BtTimers *timers, BtTimer *timer)
{
  g_ptr_array_add (timers->heap, timer);
  sift_up (timers, timers->heap->len - 1);
}

static void
remove_from_heap (BtTimers *timers, guint index)
{
  BtTimer *last = get_timer (timers, timers->heap->len - 1);

  g_ptr_array_set_size (timers->heap, (int) timers->heap->len - 1);
  if (index == timers->heap->len)
    return;
  put_timer (timers, index, last);
  sift_up (timers, index);
  sift_down (timers, last->position - 1);
}

static void
remove_timer (BtTimers *timers, BtTimer *timer)
{
  guint index = (timer->position & ~POSTPONED) - 1;

  if ((timer->position & POSTPONED) == 0)
    remove_from_heap (timers, index);
  else
    {
      g_ptr_array_remove_index_fast (timers->postponed, index);
      if (index < timers->postponed->len)
        ((BtTimer *) g_ptr_array_index (timers->postponed, index))->position = timer->position;
    }
  timer->position = 0;
}

static void
postpone_timer (BtTimers *timers, BtTimer *timer)
{
  g_ptr_array_add (timers->postponed, timer);
  timer->position = timers->postponed->len | POSTPONED;
}

static void
announce (BtTimers *timers)
{
  gint64 next = bt_timers_next (timers);

  if (timers->running || next == timers->announced)
    return;
  timers->announced = next;
  if (timers->wake != NULL)
    timers->wake (next, timers->data);
}

BtTimers *
bt_timers_new (BtTimersWakeFunc wake, gpointer data)
{
  BtTimers *timers = g_new0 (BtTimers, 1);

  timers->heap = g_ptr_array_new ();
  timers->postponed = g_ptr_array_new ();
  timers->wake = wake;
  timers->data = data;
  timers->announced = G_MAXINT64;
  return timers;
}

void
bt_timers_free (BtTimers *timers)
{
  g_assert (!timers->running && timers->heap->len == 0);
  g_ptr_array_unref (timers->heap);
  g_ptr_array_unref (timers->postponed);
  g_free (timers);
}

void
bt_timers_run (BtTimers *timers, gint64 now)
{
  g_assert (!timers->running);
  timers->running = TRUE;
  timers->run_now = now;
  /* The wake-up that was asked for is used up, even if nothing is due any more: what was may have
   * been moved while the wake-up was on its way. */
  timers->announced = UNKNOWN;
  while (timers->heap->len > 0 && get_timer (timers, 0)->deadline <= now)
    {
      BtTimer *timer = get_timer (timers, 0);

      remove_timer (timers, timer);
      timer->func (timer->owner, now);
    }
  timers->running = FALSE;
  for (guint i = 0; i < timers->postponed->len; i++)
    insert_timer (timers, g_ptr_array_index (timers->postponed, i));
  g_ptr_array_set_size (timers->postponed, 0);
  announce (timers);
}

gint64
bt_timers_next (BtTimers *timers)
{
  gint64 next = timers->heap->len > 0 ? get_timer (timers, 0)->deadline : G_MAXINT64;

  for (guint i = 0; i < timers->postponed->len; i++)
    next = MIN (next, ((BtTimer *) g_ptr_array_index (timers->postponed, i))->deadline);
  return next;
}

void
bt_timer_init (BtTimer *timer, BtTimers *timers, BtTimerFunc func, gpointer owner)
{
  *timer = (BtTimer){ .timers = timers, .func = func, .owner = owner };
}

void
bt_timer_start (BtTimer *timer, gint64 deadline)
{
  BtTimers *timers = timer->timers;

  if (timer->position != 0)
    remove_timer (timers, timer);
  timer->deadline = deadline;
  if (timers->running && deadline <= timers->run_now)
    postpone_timer (timers, timer);
  else
    insert_timer (timers, timer);
  announce (timers);
}

void
bt_timer_stop (BtTimer *timer)
{
  if (timer->position == 0)
    return;
  remove_timer (timer->timers, timer);
  announce (timer->timers);
}
