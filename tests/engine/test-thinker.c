/* test-thinker.c: what is worked out aside comes back in order, to the thread that asked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-thinker.h"
#include "ft-test.h"

#include <pthread.h>

typedef struct
{
  guint number;
  guint square;
  pthread_t thinker;
  GArray *answers;
  gboolean done;
} Thought;

static void
think_aside (gpointer data)
{
  Thought *thought = data;

  thought->square = thought->number * thought->number;
  thought->thinker = pthread_self ();
}

static void
done_cb (gpointer data)
{
  Thought *thought = data;

  thought->done = TRUE;
  g_array_append_val (thought->answers, thought->square);
}

static void
test_order (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(BtMailbox) mailbox = bt_mailbox_new (context);
  g_autoptr(GArray) answers = g_array_new (FALSE, FALSE, sizeof (guint));
  BtThinker *thinker = bt_thinker_new (mailbox);
  Thought thoughts[100];

  for (guint i = 0; i < G_N_ELEMENTS (thoughts); i++)
    {
      thoughts[i] = (Thought){ .number = i, .answers = answers };
      bt_thinker_ask (thinker, think_aside, done_cb, &thoughts[i]);
      g_assert_false (thoughts[i].done);
    }
  ft_test_iterate (context, answers->len == G_N_ELEMENTS (thoughts), 10);
  for (guint i = 0; i < G_N_ELEMENTS (thoughts); i++)
    {
      g_assert_cmpuint (g_array_index (answers, guint, i), ==, i * i);
      g_assert_false (pthread_equal (thoughts[i].thinker, pthread_self ()));
      g_assert_true (pthread_equal (thoughts[i].thinker, thoughts[0].thinker));
    }
  bt_thinker_free (thinker);
  bt_mailbox_close (mailbox);
}

/* It goes, with or without a thread, and nobody is called any more. */
static void
test_end (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(BtMailbox) mailbox = bt_mailbox_new (context);
  g_autoptr(GArray) answers = g_array_new (FALSE, FALSE, sizeof (guint));
  BtThinker *thinker = bt_thinker_new (mailbox);
  Thought thoughts[10];

  bt_thinker_free (thinker);
  thinker = bt_thinker_new (mailbox);
  for (guint i = 0; i < G_N_ELEMENTS (thoughts); i++)
    {
      thoughts[i] = (Thought){ .number = i, .answers = answers };
      bt_thinker_ask (thinker, think_aside, done_cb, &thoughts[i]);
    }
  bt_thinker_free (thinker);
  bt_mailbox_close (mailbox);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (answers->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/thinker/order", test_order);
  g_test_add_func ("/engine/thinker/end", test_end);
  return g_test_run ();
}
