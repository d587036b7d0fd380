/* test-patience.c: who comes on is waited for, and who does not is not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-patience.h"

#include "ft-fake-update.h"
#include "ft-test.h"

#define PATIENCE_MS 1000
#define STEP_MS 100

typedef struct
{
  BtEngine *engine; /* which is never started */
  guint n_over;
} Fixture;

static void
over (gpointer owner)
{
  ((Fixture *) owner)->n_over++;
}

static void
tell (Fixture *self, guint64 progress)
{
  g_autoptr (BtUpdate) update = ft_fake_update_new ();

  update->progress = progress;
  g_signal_emit_by_name (self->engine, "update", update);
}

/* Each step begins the waiting anew, however long all of them take. */
static void
test_slow (void)
{
  g_autoptr (BtConfig) config = bt_config_new ();
  Fixture self = { bt_engine_new (config), 0 };
  FtPatience *patience = ft_patience_new (self.engine, PATIENCE_MS, over, &self);

  for (guint i = 1; i <= 2 * PATIENCE_MS / STEP_MS; i++)
    {
      g_usleep (STEP_MS * 1000);
      tell (&self, i);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (self.n_over, ==, 0);
    }
  ft_patience_free (patience);
  g_object_unref (self.engine);
}

/* Updates in which nothing has come on do not count; and it is said once. */
static void
test_stuck (void)
{
  g_autoptr (BtConfig) config = bt_config_new ();
  Fixture self = { bt_engine_new (config), 0 };
  FtPatience *patience = ft_patience_new (self.engine, PATIENCE_MS, over, &self);

  tell (&self, 7);
  for (guint i = 1; i <= 2 * PATIENCE_MS / STEP_MS; i++)
    {
      g_usleep (STEP_MS * 1000);
      tell (&self, 7);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (self.n_over, ==, 1);
  tell (&self, 8);
  ft_patience_free (patience);
  g_object_unref (self.engine);
}

/* One that was never made is waited for as well: its start may hang. */
static void
test_no_engine (void)
{
  Fixture self = { NULL, 0 };
  FtPatience *patience = ft_patience_new (NULL, 1, over, &self);

  ft_test_iterate (NULL, self.n_over == 1, 60);
  ft_patience_free (patience);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/patience/slow", test_slow);
  g_test_add_func ("/model/patience/stuck", test_stuck);
  g_test_add_func ("/model/patience/no-engine", test_no_engine);
  return g_test_run ();
}
