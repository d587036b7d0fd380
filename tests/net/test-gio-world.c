/* test-gio-world.c: clock, randomness and the one timer of the real world.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world.h"

#include "ft-test.h"

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  int n_wakes;
  gint64 again_at; /* the wake asks for another one; 0: not */
} Fixture;

static void
wake_cb (gpointer owner)
{
  Fixture *fixture = owner;
  gint64 again_at = fixture->again_at;

  fixture->n_wakes++;
  fixture->again_at = 0;
  if (again_at != 0)
    fixture->world->ops->wake_at (fixture->world, again_at);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->world = bt_gio_world_new (fixture->context, NULL, "test/1");
  fixture->world->wake = wake_cb;
  fixture->world->owner = fixture;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture->world->ops->free (fixture->world);
  g_main_context_unref (fixture->context);
}

static void
test_clock (Fixture *fixture, gconstpointer data)
{
  gint64 now = bt_world_now (fixture->world);

  g_assert_cmpint (now, <=, g_get_monotonic_time ());
  g_assert_cmpint (bt_world_now (fixture->world), >=, now);
  /* Nobody sleeps during a test; the two clocks it comes from are read one after the other. */
  gint64 slept = fixture->world->ops->slept (fixture->world);
  g_assert_cmpint (slept, >=, 0);
  g_assert_cmpint (ABS (fixture->world->ops->slept (fixture->world) - slept), <, G_TIME_SPAN_MINUTE);
  g_assert_cmpint (fixture->world->ops->unix_now (fixture->world), >,
                   G_GINT64_CONSTANT (1600000000000000));
}

static void
test_random (Fixture *fixture, gconstpointer data)
{
  guint8 a[1024] = { 0 }, b[1024] = { 0 };
  int n_zeros = 0;

  fixture->world->ops->random (fixture->world, a, sizeof a);
  fixture->world->ops->random (fixture->world, b, sizeof b);
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
  /* Of 1,024 bytes about 4 are 0; that 64 are has odds of 1 to 10^50. */
  for (gsize i = 0; i < sizeof a; i++)
    n_zeros += a[i] == 0;
  g_assert_cmpint (n_zeros, <, 64);

  memset (b, 7, sizeof b);
  fixture->world->ops->random (fixture->world, b, 0);
  g_assert_cmpuint (b[0], ==, 7);
}

static void
test_wake (Fixture *fixture, gconstpointer data)
{
  gint64 now = bt_world_now (fixture->world);

  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpint (fixture->n_wakes, ==, 0);

  fixture->world->ops->wake_at (fixture->world, now + 20000);
  g_assert_cmpint (fixture->n_wakes, ==, 0);
  ft_test_iterate (fixture->context, fixture->n_wakes == 1, 10);
  g_assert_cmpint (bt_world_now (fixture->world), >=, now + 20000);

  /* Once. */
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpint (fixture->n_wakes, ==, 1);
}

/* A deadline of long ago, and one that is set from inside the wake. */
static void
test_wake_at_once (Fixture *fixture, gconstpointer data)
{
  static const gint64 deadlines[] = { G_MININT64, -1, 0, 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (deadlines); i++)
    {
      fixture->n_wakes = 0;
      fixture->again_at = 1;
      fixture->world->ops->wake_at (fixture->world, deadlines[i]);
      g_assert_cmpint (fixture->n_wakes, ==, 0);
      g_assert_true (g_main_context_iteration (fixture->context, FALSE));
      g_assert_cmpint (fixture->n_wakes, ==, 1);
      g_assert_true (g_main_context_iteration (fixture->context, FALSE));
      g_assert_cmpint (fixture->n_wakes, ==, 2);
      g_assert_false (g_main_context_iteration (fixture->context, FALSE));
    }
}

/* The last call counts, and G_MAXINT64 is never. */
static void
test_wake_replaced (Fixture *fixture, gconstpointer data)
{
  fixture->world->ops->wake_at (fixture->world, 1);
  fixture->world->ops->wake_at (fixture->world, G_MAXINT64);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  fixture->world->ops->wake_at (fixture->world, 1);
  fixture->world->ops->wake_at (fixture->world, bt_world_now (fixture->world) + G_TIME_SPAN_HOUR);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpint (fixture->n_wakes, ==, 0);
}

/* A deadline that moves does not wake the loop which will look at it anyhow. */
static void
test_wake_quietly (Fixture *fixture, gconstpointer data)
{
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpint (ft_test_count_ready (fixture->context), ==, 0);
  for (int i = 1; i <= 3; i++)
    {
      gint64 deadline = bt_world_now (fixture->world) + i * G_TIME_SPAN_HOUR;

      fixture->world->ops->wake_at (fixture->world, deadline);
      g_assert_cmpint (ft_test_count_ready (fixture->context), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/net/gio-world/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("clock", test_clock);
  ADD ("random", test_random);
  ADD ("wake", test_wake);
  ADD ("wake-at-once", test_wake_at_once);
  ADD ("wake-replaced", test_wake_replaced);
  ADD ("wake-quietly", test_wake_quietly);
#undef ADD
  return g_test_run ();
}
