/* bt-timers.h: one heap of deadlines for the whole engine.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BtTimers BtTimers;
typedef struct _BtTimer BtTimer;
typedef void (*BtTimerFunc) (gpointer owner, gint64 now);

/* Embedded in what it belongs to; initialise with bt_timer_init(), stop before freeing. */
struct _BtTimer
{
  BtTimers *timers;
  BtTimerFunc func;
  gpointer owner;
  gint64 deadline; /* monotonic µs */
  guint position;  /* in the heap, plus one; 0: not running */
};

/* Called when the earliest deadline changed, G_MAXINT64 for none. */
typedef void (*BtTimersWakeFunc) (gint64 deadline, gpointer data);

BtTimers *bt_timers_new (BtTimersWakeFunc wake, gpointer data);
void bt_timers_free (BtTimers *timers); /* asserts that none runs */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTimers, bt_timers_free)
/* For the wake-up that was asked for: runs what is due at @now, in order of deadline, and asks for the next. Callbacks may start and stop any timer.
 * A timer started for a deadline <= @now from a callback runs in the next call. */
void bt_timers_run (BtTimers *timers, gint64 now);
gint64 bt_timers_next (BtTimers *timers); /* G_MAXINT64: none */

void bt_timer_init (BtTimer *timer, BtTimers *timers, BtTimerFunc func, gpointer owner);
void bt_timer_start (BtTimer *timer, gint64 deadline); /* moves it when it runs */
void bt_timer_stop (BtTimer *timer);
static inline gboolean
bt_timer_is_running (const BtTimer *timer)
{
  return timer->position != 0;
}

G_END_DECLS
