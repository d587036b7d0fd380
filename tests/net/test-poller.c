/* test-poller.c: events reach those that still want them, each turn a bounded number.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-poller.h"

#include "bt-error.h"
#include "ft-test.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct
{
  GMainContext *context;
  BtPoller *poller;
  GPtrArray *items; /* of Item */
} Fixture;

/* An eventfd that is readable from the start. */
typedef struct
{
  BtPollee pollee;
  Fixture *fixture;
  int n_calls;
  guint32 seen;
} Item;

static void
free_item (gpointer data)
{
  Item *item = data;

  if (item->pollee.added)
    bt_poller_remove (item->fixture->poller, &item->pollee);
  close (item->pollee.fd);
  g_free (item);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->items = g_ptr_array_new_with_free_func (free_item);
  fixture->context = g_main_context_new ();
  fixture->poller = bt_poller_new (fixture->context, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->items);
  g_clear_pointer (&fixture->poller, bt_poller_free);
  g_main_context_unref (fixture->context);
}

static void
turn (Fixture *fixture, int n)
{
  for (int i = 0; i < n; i++)
    g_main_context_iteration (fixture->context, FALSE);
}

static void
count_call (Item *item, guint32 events)
{
  item->n_calls++;
  item->seen |= events;
}

static void
count_cb (BtPollee *pollee, guint32 events)
{
  count_call (pollee->owner, events);
}

static Item *
add_item (Fixture *fixture, int fd, void (*func) (BtPollee *, guint32), guint32 events)
{
  g_autoptr (GError) error = NULL;
  Item *item = g_new0 (Item, 1);

  g_assert_cmpint (fd, >=, 0);
  item->fixture = fixture;
  item->pollee = (BtPollee){ .fd = fd, .func = func, .owner = item };
  g_assert_true (bt_poller_add (fixture->poller, &item->pollee, &error));
  g_assert_no_error (error);
  bt_poller_set (fixture->poller, &item->pollee, events);
  g_ptr_array_add (fixture->items, item);
  return item;
}

static Item *
add_ready (Fixture *fixture, void (*func) (BtPollee *, guint32))
{
  return add_item (fixture, eventfd (1, EFD_NONBLOCK | EFD_CLOEXEC), func, EPOLLIN);
}

static int
count_calls (Fixture *fixture)
{
  int n = 0;

  for (guint i = 0; i < fixture->items->len; i++)
    n += ((Item *) fixture->items->pdata[i])->n_calls;
  return n;
}

static void
test_level (Fixture *fixture, gconstpointer data)
{
  Item *item = add_ready (fixture, count_cb);
  eventfd_t value;

  turn (fixture, 3);
  g_assert_cmpint (item->n_calls, ==, 3);
  g_assert_cmpuint (item->seen, ==, EPOLLIN);

  g_assert_cmpint (eventfd_read (item->pollee.fd, &value), ==, 0);
  turn (fixture, 3);
  g_assert_cmpint (item->n_calls, ==, 3);

  bt_poller_set (fixture->poller, &item->pollee, EPOLLIN | EPOLLOUT);
  turn (fixture, 1);
  g_assert_cmpuint (item->seen, ==, EPOLLIN | EPOLLOUT);
  g_assert_cmpint (item->n_calls, ==, 4);

  bt_poller_set (fixture->poller, &item->pollee, 0);
  turn (fixture, 3);
  g_assert_cmpint (item->n_calls, ==, 4);
}

static void
read_cb (BtPollee *pollee, guint32 events)
{
  eventfd_t value;

  count_call (pollee->owner, events);
  g_assert_cmpint (eventfd_read (pollee->fd, &value), ==, 0);
}

/* Delivering costs nothing but the wait and the look at what is ready. */
static void
test_no_idle_turns (Fixture *fixture, gconstpointer data)
{
  Item *item;

  turn (fixture, 1);
  g_assert_cmpint (ft_test_count_ready (fixture->context), ==, 0);
  item = add_ready (fixture, read_cb);
  turn (fixture, 1);
  g_assert_cmpint (item->n_calls, ==, 1);
  g_assert_cmpint (ft_test_count_ready (fixture->context), ==, 0);
}

static void
remove_others_cb (BtPollee *pollee, guint32 events)
{
  Item *item = pollee->owner;

  count_call (item, events);
  for (guint i = 0; i < item->fixture->items->len; i++)
    {
      Item *other = item->fixture->items->pdata[i];
      if (other != item && other->pollee.added)
        bt_poller_remove (item->fixture->poller, &other->pollee);
    }
}

/* All are ready in one batch: whichever is first, the others are not called any more. */
static void
test_remove_others (Fixture *fixture, gconstpointer data)
{
  Item *kept = NULL;

  for (int i = 0; i < 10; i++)
    add_ready (fixture, remove_others_cb);
  turn (fixture, 1);
  g_assert_cmpint (count_calls (fixture), ==, 1);

  for (guint i = 0; i < 10; i++)
    {
      Item *item = fixture->items->pdata[i];
      g_assert_cmpint (item->pollee.added, ==, item->n_calls == 1);
      if (item->n_calls == 1)
        kept = item;
    }
  turn (fixture, 3);
  g_assert_cmpint (kept->n_calls, ==, 4);
  g_assert_cmpint (count_calls (fixture), ==, 4);
}

static void
readd_others_cb (BtPollee *pollee, guint32 events)
{
  Item *item = pollee->owner;

  remove_others_cb (pollee, events);
  for (guint i = 0; i < item->fixture->items->len; i++)
    {
      Item *other = item->fixture->items->pdata[i];
      if (other == item)
        continue;
      g_assert_true (bt_poller_add (item->fixture->poller, &other->pollee, NULL));
      bt_poller_set (item->fixture->poller, &other->pollee, EPOLLIN);
    }
}

/* What the kernel said before the removal does not count for the new registration. */
static void
test_remove_and_add (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 10; i++)
    add_ready (fixture, readd_others_cb);
  turn (fixture, 1);
  g_assert_cmpint (count_calls (fixture), ==, 1);
  turn (fixture, 1);
  g_assert_cmpint (count_calls (fixture), ==, 2);
}

static void
free_others_cb (BtPollee *pollee, guint32 events)
{
  Item *item = pollee->owner;
  Fixture *fixture = item->fixture;

  count_call (item, events);
  for (guint i = fixture->items->len; i > 0; i--)
    if (fixture->items->pdata[i - 1] != item)
      g_ptr_array_remove_index_fast (fixture->items, i - 1);
}

/* Here even their memory is gone. */
static void
test_free_others (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 10; i++)
    add_ready (fixture, free_others_cb);
  turn (fixture, 5);
  g_assert_cmpuint (fixture->items->len, ==, 1);
  g_assert_cmpint (count_calls (fixture), ==, 5);
}

static void
free_itself_cb (BtPollee *pollee, guint32 events)
{
  Item *item = pollee->owner;

  g_ptr_array_remove_fast (item->fixture->items, item);
}

static void
test_free_itself (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 10; i++)
    add_ready (fixture, free_itself_cb);
  turn (fixture, 1);
  g_assert_cmpuint (fixture->items->len, ==, 0);
  turn (fixture, 1);
}

static void
silence_others_cb (BtPollee *pollee, guint32 events)
{
  Item *item = pollee->owner;

  count_call (item, events);
  for (guint i = 0; i < item->fixture->items->len; i++)
    {
      Item *other = item->fixture->items->pdata[i];
      if (other != item)
        bt_poller_set (item->fixture->poller, &other->pollee, 0);
    }
}

static void
test_silence_others (Fixture *fixture, gconstpointer data)
{
  int most = 0;

  for (int i = 0; i < 10; i++)
    add_ready (fixture, silence_others_cb);
  turn (fixture, 5);
  for (guint i = 0; i < 10; i++)
    most = MAX (most, ((Item *) fixture->items->pdata[i])->n_calls);
  g_assert_cmpint (most, ==, 5);
  g_assert_cmpint (count_calls (fixture), ==, 5);
}

/* Much more is ready than is delivered in one turn: nobody starves, and the loop goes on alone. */
static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  int least = G_MAXINT, most = 0;

  for (int i = 0; i < 300; i++)
    add_ready (fixture, count_cb);
  turn (fixture, 1);
  g_assert_cmpint (count_calls (fixture), >, 0);
  g_assert_cmpint (count_calls (fixture), <, 100);

  turn (fixture, 99);
  for (guint i = 0; i < 300; i++)
    {
      Item *item = fixture->items->pdata[i];
      least = MIN (least, item->n_calls);
      most = MAX (most, item->n_calls);
    }
  g_assert_cmpint (least, >, 0);
  g_assert_cmpint (most - least, <=, 1);
}

static void
test_hang_up (Fixture *fixture, gconstpointer data)
{
  Item *item;
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_NONBLOCK | O_CLOEXEC), ==, 0);
  item = add_item (fixture, ends[0], count_cb, 0);
  close (ends[1]);

  /* It asked for nothing: neither is it called nor does it keep the loop busy. */
  turn (fixture, 2);
  g_assert_cmpint (item->n_calls, ==, 0);
  g_assert_false (g_main_context_pending (fixture->context));

  bt_poller_set (fixture->poller, &item->pollee, EPOLLIN);
  turn (fixture, 1);
  g_assert_cmpint (item->n_calls, ==, 1);
  g_assert_cmpuint (item->seen, ==, EPOLLHUP);

  bt_poller_set (fixture->poller, &item->pollee, 0);
  turn (fixture, 2);
  g_assert_cmpint (item->n_calls, ==, 1);
  g_assert_false (g_main_context_pending (fixture->context));
}

static void
free_poller_cb (BtPollee *pollee, guint32 events)
{
  Item *item = pollee->owner;

  count_call (item, events);
  for (guint i = 0; i < item->fixture->items->len; i++)
    ((Item *) item->fixture->items->pdata[i])->pollee.added = FALSE;
  g_clear_pointer (&item->fixture->poller, bt_poller_free);
}

static void
test_free_poller (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 10; i++)
    add_ready (fixture, free_poller_cb);
  turn (fixture, 3);
  g_assert_cmpint (count_calls (fixture), ==, 1);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  BtPollee pollee = { .fd = fd, .func = count_cb };

  g_assert_false (bt_poller_add (fixture->poller, &pollee, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_false (pollee.added);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/net/poller/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("level", test_level);
  ADD ("no-idle-turns", test_no_idle_turns);
  ADD ("remove-others", test_remove_others);
  ADD ("remove-and-add", test_remove_and_add);
  ADD ("free-others", test_free_others);
  ADD ("free-itself", test_free_itself);
  ADD ("silence-others", test_silence_others);
  ADD ("bounded", test_bounded);
  ADD ("hang-up", test_hang_up);
  ADD ("free-poller", test_free_poller);
  ADD ("refused", test_refused);
#undef ADD
  return g_test_run ();
}
