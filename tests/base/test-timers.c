/* test-timers.c: the heap of deadlines, with callbacks that start and stop each other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-random.h"
#include "bt-timers.h"

#include "ft-test.h"

typedef struct
{
  BtTimers *timers;
  GArray *fired; /* numbers of timers */
  GArray *woken; /* deadlines */
} Fixture;

typedef struct
{
  Fixture *fixture;
  BtTimer timer;
  guint number;
  BtTimer *to_stop;
  BtTimer *to_start;
  gint64 deadline;
} Item;

static void
wake_cb (gint64 deadline, gpointer data)
{
  Fixture *fixture = data;

  g_array_append_val (fixture->woken, deadline);
}

static void
fire_cb (gpointer owner, gint64 now)
{
  Item *item = owner;

  g_assert_false (bt_timer_is_running (&item->timer));
  g_array_append_val (item->fixture->fired, item->number);
  if (item->to_stop != NULL)
    bt_timer_stop (item->to_stop);
  if (item->to_start != NULL)
    bt_timer_start (item->to_start, item->deadline);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->timers = bt_timers_new (wake_cb, fixture);
  fixture->fired = g_array_new (FALSE, FALSE, sizeof (guint));
  fixture->woken = g_array_new (FALSE, FALSE, sizeof (gint64));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_timers_free (fixture->timers);
  g_array_unref (fixture->fired);
  g_array_unref (fixture->woken);
}

static void
init_item (Fixture *fixture, Item *item, guint number)
{
  *item = (Item){ .fixture = fixture, .number = number };
  bt_timer_init (&item->timer, fixture->timers, fire_cb, item);
}

/* Empties the list. */
static void
assert_fired (Fixture *fixture, guint n, const guint *numbers)
{
  g_assert_cmpmem (fixture->fired->data, fixture->fired->len * sizeof (guint), numbers,
                   n * sizeof (guint));
  g_array_set_size (fixture->fired, 0);
}

#define ASSERT_FIRED(fixture, ...)                                                                 \
  assert_fired (fixture, sizeof ((guint[]){ __VA_ARGS__ }) / sizeof (guint),                       \
                (const guint[]){ __VA_ARGS__ })

static gint64
take_woken (Fixture *fixture)
{
  gint64 deadline;

  g_assert_cmpuint (fixture->woken->len, ==, 1);
  deadline = g_array_index (fixture->woken, gint64, 0);
  g_array_set_size (fixture->woken, 0);
  return deadline;
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  static const gint64 deadlines[] = { 50, 10, 40, 20, 30 };
  Item items[G_N_ELEMENTS (deadlines)];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      init_item (fixture, &items[i], i);
      bt_timer_start (&items[i].timer, deadlines[i]);
    }
  g_assert_cmpint (bt_timers_next (fixture->timers), ==, 10);
  bt_timers_run (fixture->timers, 9);
  g_assert_cmpuint (fixture->fired->len, ==, 0);
  bt_timers_run (fixture->timers, 30);
  ASSERT_FIRED (fixture, 1, 3, 4);
  g_assert_true (bt_timer_is_running (&items[0].timer));
  g_assert_false (bt_timer_is_running (&items[1].timer));
  bt_timers_run (fixture->timers, 1000);
  ASSERT_FIRED (fixture, 2, 0);
  g_assert_cmpint (bt_timers_next (fixture->timers), ==, G_MAXINT64);
}

static void
test_wake (Fixture *fixture, gconstpointer data)
{
  Item a;
  Item b;

  init_item (fixture, &a, 1);
  init_item (fixture, &b, 2);
  bt_timer_start (&a.timer, 20);
  g_assert_cmpint (take_woken (fixture), ==, 20);
  bt_timer_start (&b.timer, 30); /* not the earliest */
  bt_timer_start (&b.timer, 10);
  g_assert_cmpint (take_woken (fixture), ==, 10);
  bt_timer_stop (&b.timer);
  g_assert_cmpint (take_woken (fixture), ==, 20);
  /* Restarted for the same time while it runs: the wake-up that came is used up. */
  a.to_start = &a.timer;
  a.deadline = 20;
  bt_timers_run (fixture->timers, 20);
  g_assert_cmpint (take_woken (fixture), ==, 20);
  a.to_start = NULL;
  bt_timers_run (fixture->timers, 20);
  g_assert_cmpint (take_woken (fixture), ==, G_MAXINT64);
  ASSERT_FIRED (fixture, 1, 1);
}

/* The wake-up for a timer is on its way while the timer is moved: it finds nothing due, and is used
 * up all the same. */
static void
test_wake_in_vain (Fixture *fixture, gconstpointer data)
{
  Item a;

  init_item (fixture, &a, 1);
  bt_timer_start (&a.timer, 20);
  g_assert_cmpint (take_woken (fixture), ==, 20);
  bt_timer_start (&a.timer, 40);
  g_assert_cmpint (take_woken (fixture), ==, 40);
  bt_timers_run (fixture->timers, 20);
  g_assert_cmpint (take_woken (fixture), ==, 40);
  bt_timers_run (fixture->timers, 40);
  g_assert_cmpint (take_woken (fixture), ==, G_MAXINT64);
  ASSERT_FIRED (fixture, 1);
}

static void
test_move (Fixture *fixture, gconstpointer data)
{
  Item items[3];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      init_item (fixture, &items[i], i);
      bt_timer_start (&items[i].timer, 10 * (i + 1));
    }
  bt_timer_start (&items[0].timer, 35);
  bt_timer_start (&items[2].timer, 5);
  bt_timers_run (fixture->timers, 100);
  ASSERT_FIRED (fixture, 2, 1, 0);
}

static void
test_stop_from_callback (Fixture *fixture, gconstpointer data)
{
  Item items[3];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      init_item (fixture, &items[i], i);
      bt_timer_start (&items[i].timer, 10 * (i + 1));
    }
  items[0].to_stop = &items[1].timer;
  bt_timers_run (fixture->timers, 100);
  ASSERT_FIRED (fixture, 0, 2);
}

/* What is started for now, or before, from a callback waits for the next run. */
static void
test_start_from_callback (Fixture *fixture, gconstpointer data)
{
  Item a;
  Item b;
  Item c;

  init_item (fixture, &a, 1);
  init_item (fixture, &b, 2);
  init_item (fixture, &c, 3);
  a.to_start = &a.timer;
  a.deadline = 5;
  b.to_start = &c.timer;
  b.deadline = 100;
  bt_timer_start (&a.timer, 10);
  bt_timer_start (&b.timer, 20);
  bt_timers_run (fixture->timers, 100);
  ASSERT_FIRED (fixture, 1, 2);
  g_assert_cmpint (bt_timers_next (fixture->timers), ==, 5);
  a.to_start = NULL;
  bt_timers_run (fixture->timers, 100);
  ASSERT_FIRED (fixture, 1, 3);
}

/* Stopped or moved while it waits for the next run. */
static void
test_postponed (Fixture *fixture, gconstpointer data)
{
  Item items[5];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      init_item (fixture, &items[i], i);
      bt_timer_start (&items[i].timer, 10 * (i + 1));
    }
  items[0].to_start = &items[0].timer;
  items[0].deadline = 1;
  items[1].to_start = &items[1].timer;
  items[1].deadline = 2;
  items[2].to_stop = &items[0].timer;
  items[3].to_start = &items[1].timer;
  items[3].deadline = 200;
  bt_timers_run (fixture->timers, 100);
  ASSERT_FIRED (fixture, 0, 1, 2, 3, 4);
  g_assert_false (bt_timer_is_running (&items[0].timer));
  g_assert_cmpint (bt_timers_next (fixture->timers), ==, 200);
  items[1].to_start = NULL;
  bt_timers_run (fixture->timers, 200);
  ASSERT_FIRED (fixture, 1);
}

/* Random starts, moves and stops against a list that is searched. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  Item items[200];
  gint64 deadlines[G_N_ELEMENTS (items)];
  gint64 now = 0;
  BtRandom random;

  bt_random_seed (&random, 3);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      init_item (fixture, &items[i], i);
      deadlines[i] = G_MAXINT64;
    }
  for (guint round = 0; round < 20000; round++)
    {
      guint which = bt_random_below (&random, G_N_ELEMENTS (items));
      guint action = bt_random_below (&random, 10);
      gint64 earliest = G_MAXINT64;

      deadlines[which] = action < 6 ? now + 1 + bt_random_below (&random, 1000) : G_MAXINT64;
      if (action < 6)
        bt_timer_start (&items[which].timer, deadlines[which]);
      else
        bt_timer_stop (&items[which].timer);
      if (action == 9)
        {
          gint64 before = 0;

          now += bt_random_below (&random, 50);
          bt_timers_run (fixture->timers, now);
          for (guint i = 0; i < fixture->fired->len; i++)
            {
              guint number = g_array_index (fixture->fired, guint, i);

              g_assert_cmpint (deadlines[number], >=, before);
              g_assert_cmpint (deadlines[number], <=, now);
              before = deadlines[number];
              deadlines[number] = G_MAXINT64;
            }
          g_array_set_size (fixture->fired, 0);
        }
      for (guint i = 0; i < G_N_ELEMENTS (items); i++)
        earliest = MIN (earliest, deadlines[i]);
      g_assert_cmpint (bt_timers_next (fixture->timers), ==, earliest);
    }
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    bt_timer_stop (&items[i].timer);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/base/timers/order", test_order);
  ADD ("/base/timers/wake", test_wake);
  ADD ("/base/timers/wake-in-vain", test_wake_in_vain);
  ADD ("/base/timers/move", test_move);
  ADD ("/base/timers/stop-from-callback", test_stop_from_callback);
  ADD ("/base/timers/start-from-callback", test_start_from_callback);
  ADD ("/base/timers/postponed", test_postponed);
  ADD ("/base/timers/many", test_many);
  return g_test_run ();
}
