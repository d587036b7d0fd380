/* test-mailbox.c: letters between threads, in order, and what becomes of them at the end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-mailbox.h"

#include "ft-test.h"

typedef struct
{
  GMainContext *context;
  BtMailbox *mailbox;
  GArray *read; /* numbers of letters */
  guint n_dropped;
} Fixture;

typedef struct
{
  Fixture *fixture;
  guint number;
  guint n_answers;
  gboolean closes;
} Note;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->mailbox = bt_mailbox_new (fixture->context);
  fixture->read = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_mailbox_close (fixture->mailbox);
  bt_mailbox_unref (fixture->mailbox);
  g_main_context_unref (fixture->context);
  g_array_unref (fixture->read);
}

static void
drop_cb (gpointer data)
{
  Note *note = data;

  note->fixture->n_dropped++;
  g_free (note);
}

static Note *
make_note (Fixture *fixture, guint number, guint n_answers, gboolean closes)
{
  Note *note = g_new (Note, 1);

  *note = (Note){ fixture, number, n_answers, closes };
  return note;
}

static void
read_cb (gpointer data)
{
  g_autofree Note *note = data;
  Fixture *fixture = note->fixture;

  g_array_append_val (fixture->read, note->number);
  for (guint i = 0; i < note->n_answers; i++)
    bt_mailbox_post (fixture->mailbox, read_cb,
                     make_note (fixture, note->number * 10 + i, 0, FALSE), drop_cb);
  if (note->closes)
    bt_mailbox_close (fixture->mailbox);
}

static void
post (Fixture *fixture, guint number, guint n_answers, gboolean closes)
{
  bt_mailbox_post (fixture->mailbox, read_cb, make_note (fixture, number, n_answers, closes),
                   drop_cb);
}

static void
never_cb (gpointer data)
{
  g_assert_not_reached ();
}

static void
assert_read (Fixture *fixture, guint n, const guint *numbers)
{
  g_assert_cmpmem (fixture->read->data, fixture->read->len * sizeof (guint), numbers,
                   n * sizeof (guint));
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 100; i++)
    post (fixture, i, 0, FALSE);
  g_assert_cmpuint (fixture->read->len, ==, 0);
  g_assert_true (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpuint (fixture->read->len, ==, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (g_array_index (fixture->read, guint, i), ==, i);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpuint (fixture->n_dropped, ==, 0);
}

static void
test_post_from_letter (Fixture *fixture, gconstpointer data)
{
  post (fixture, 1, 2, FALSE);
  post (fixture, 2, 1, FALSE);
  g_assert_true (g_main_context_iteration (fixture->context, FALSE));
  assert_read (fixture, 2, (const guint[]){ 1, 2 });
  g_assert_true (g_main_context_iteration (fixture->context, FALSE));
  assert_read (fixture, 5, (const guint[]){ 1, 2, 10, 11, 20 });
}

static void
test_close (Fixture *fixture, gconstpointer data)
{
  post (fixture, 1, 0, FALSE);
  bt_mailbox_close (fixture->mailbox);
  g_assert_cmpuint (fixture->n_dropped, ==, 1);
  post (fixture, 2, 0, FALSE);
  g_assert_cmpuint (fixture->n_dropped, ==, 2);
  bt_mailbox_post (fixture->mailbox, never_cb, NULL, NULL);
  bt_mailbox_close (fixture->mailbox);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpuint (fixture->read->len, ==, 0);
}

/* The letters of the same batch are dropped as well, and those posted by the closing letter. */
static void
test_close_from_letter (Fixture *fixture, gconstpointer data)
{
  post (fixture, 1, 0, FALSE);
  post (fixture, 2, 3, TRUE);
  post (fixture, 3, 0, FALSE);
  g_assert_true (g_main_context_iteration (fixture->context, FALSE));
  assert_read (fixture, 2, (const guint[]){ 1, 2 });
  g_assert_cmpuint (fixture->n_dropped, ==, 4);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
}

static void
unref_cb (gpointer data)
{
  BtMailbox *mailbox = data;

  bt_mailbox_close (mailbox);
  bt_mailbox_unref (mailbox);
}

/* The letter holds the last reference. */
static void
test_last_reference_in_letter (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  BtMailbox *mailbox = bt_mailbox_new (context);

  bt_mailbox_post (mailbox, unref_cb, mailbox, NULL);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_false (g_main_context_iteration (context, FALSE));
}

/* A context that ends first closes the mailbox. */
static void
test_context_ends (void)
{
  Fixture fixture = { 0 };

  set_up (&fixture, NULL);
  post (&fixture, 1, 0, FALSE);
  g_main_context_unref (fixture.context);
  g_assert_cmpuint (fixture.n_dropped, ==, 1);
  post (&fixture, 2, 0, FALSE);
  g_assert_cmpuint (fixture.n_dropped, ==, 2);
  bt_mailbox_close (fixture.mailbox);
  bt_mailbox_unref (fixture.mailbox);
  g_array_unref (fixture.read);
}

#define N_POSTERS 4
#define N_LETTERS 5000

typedef struct
{
  BtMailbox *mailbox;
  guint poster;
  guint n_read; /* the reader's */
  int *n_dropped;
} Post;

typedef struct
{
  Post *post;
  guint number;
} Letter;

static void
count_cb (gpointer data)
{
  g_autofree Letter *letter = data;

  g_assert_cmpuint (letter->number, ==, letter->post->n_read);
  letter->post->n_read++;
}

static void
count_drop_cb (gpointer data)
{
  g_autofree Letter *letter = data;

  g_atomic_int_inc (letter->post->n_dropped);
}

static gpointer
post_in_thread (gpointer data)
{
  Post *self = data;

  for (guint i = 0; i < N_LETTERS; i++)
    {
      Letter *letter = g_new (Letter, 1);

      *letter = (Letter){ self, i };
      bt_mailbox_post (self->mailbox, count_cb, letter, count_drop_cb);
    }
  bt_mailbox_unref (self->mailbox);
  return NULL;
}

static void
start_posters (BtMailbox *mailbox, Post *posts, GThread **threads, int *n_dropped)
{
  for (guint i = 0; i < N_POSTERS; i++)
    {
      posts[i] = (Post){ bt_mailbox_ref (mailbox), i, 0, n_dropped };
      threads[i] = g_thread_new ("poster", post_in_thread, &posts[i]);
    }
}

static guint
sum_read (const Post *posts)
{
  guint sum = 0;

  for (guint i = 0; i < N_POSTERS; i++)
    sum += posts[i].n_read;
  return sum;
}

/* Each poster's letters come in its order, and none is lost. */
static void
test_threads (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (BtMailbox) mailbox = bt_mailbox_new (context);
  GThread *threads[N_POSTERS];
  Post posts[N_POSTERS];
  int n_dropped = 0;

  start_posters (mailbox, posts, threads, &n_dropped);
  ft_test_iterate (context, sum_read (posts) == N_POSTERS * N_LETTERS, 60);
  for (guint i = 0; i < N_POSTERS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (g_atomic_int_get (&n_dropped), ==, 0);
  bt_mailbox_close (mailbox);
}

/* Closed while they post: each letter is either read or dropped. */
static void
test_close_while_posting (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  BtMailbox *mailbox = bt_mailbox_new (context);
  GThread *threads[N_POSTERS];
  Post posts[N_POSTERS];
  int n_dropped = 0;

  start_posters (mailbox, posts, threads, &n_dropped);
  ft_test_iterate (context, sum_read (posts) >= 100, 60);
  bt_mailbox_close (mailbox);
  bt_mailbox_unref (mailbox);
  for (guint i = 0; i < N_POSTERS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (sum_read (posts) + (guint) g_atomic_int_get (&n_dropped), ==,
                   N_POSTERS * N_LETTERS);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/base/mailbox/order", test_order);
  ADD ("/base/mailbox/post-from-letter", test_post_from_letter);
  ADD ("/base/mailbox/close", test_close);
  ADD ("/base/mailbox/close-from-letter", test_close_from_letter);
  g_test_add_func ("/base/mailbox/last-reference-in-letter", test_last_reference_in_letter);
  g_test_add_func ("/base/mailbox/context-ends", test_context_ends);
  g_test_add_func ("/base/mailbox/threads", test_threads);
  g_test_add_func ("/base/mailbox/close-while-posting", test_close_while_posting);
  return g_test_run ();
}
