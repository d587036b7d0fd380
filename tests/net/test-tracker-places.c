/* test-tracker-places.c: whose turn it is to ask a tracker.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-places.h"

#define ORDINARY (BT_TRACKER_MAX_CALLS - BT_TRACKER_KEPT_PLACES)

typedef struct
{
  BtTrackerPlace place;
  guint number;
} Call;

typedef struct
{
  BtTrackerPlaces *places;
  GPtrArray *calls; /* of Call, by number */
  gint64 now;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->places = bt_tracker_places_new ();
  f->calls = g_ptr_array_new_with_free_func (g_free);
  f->now = 1000;
}

static void
leave (Fixture *f, guint number)
{
  bt_tracker_places_leave (f->places, &((Call *) g_ptr_array_index (f->calls, number))->place);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < f->calls->len; i++)
    leave (f, i);
  bt_tracker_places_free (f->places);
  g_ptr_array_unref (f->calls);
}

static Call *
wait_for (Fixture *f, const char *url, gboolean is_goodbye)
{
  Call *call = g_new0 (Call, 1);

  call->number = f->calls->len;
  g_ptr_array_add (f->calls, call);
  bt_tracker_places_wait (f->places, &call->place, url, is_goodbye, call);
  return call;
}

static void
wait_for_many (Fixture *f, guint n, const char *url)
{
  for (guint i = 0; i < n; i++)
    wait_for (f, url, FALSE);
}

/* The hosts of these answer, as calls of theirs have shown. */
static void
know (Fixture *f, const char *const *urls)
{
  for (; *urls != NULL; urls++)
    {
      Call *call = wait_for (f, *urls, FALSE);

      g_assert_true (bt_tracker_places_next (f->places, f->now) == call);
      bt_tracker_places_note (f->places, &call->place, TRUE, f->now);
      bt_tracker_places_leave (f->places, &call->place);
      g_ptr_array_set_size (f->calls, f->calls->len - 1);
    }
  f->now++;
}

#define KNOW(f, ...) know (f, (const char *const[]){ __VA_ARGS__, NULL })

/* The numbers of those that begin now. */
static char *
begin (Fixture *f)
{
  GString *numbers = g_string_new (NULL);
  Call *call;

  while ((call = bt_tracker_places_next (f->places, f->now)) != NULL)
    g_string_append_printf (numbers, "%s%u", numbers->len > 0 ? " " : "", call->number);
  return g_string_free (numbers, FALSE);
}

#define assert_begin(f, expected) \
  G_STMT_START { g_autofree char *numbers_ = begin (f); g_assert_cmpstr (numbers_, ==, expected); } G_STMT_END

static guint
count_running (Fixture *f)
{
  return bt_tracker_places_running (f->places)->length;
}

static void
test_cap (Fixture *f, gconstpointer data)
{
  KNOW (f, "udp://t:80");
  wait_for_many (f, 60, "udp://t:80");
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, ORDINARY);
  assert_begin (f, "");
  leave (f, 0);  /* ran */
  leave (f, 40); /* waited */
  leave (f, 40);
  assert_begin (f, "41");
  g_assert_cmpuint (count_running (f), ==, ORDINARY);
}

static void
wait_for_goodbyes (Fixture *f, guint n, const char *url)
{
  for (guint i = 0; i < n; i++)
    wait_for (f, url, TRUE);
}

/* They come first, and what is kept for them nobody else takes. */
static void
test_goodbyes (Fixture *f, gconstpointer data)
{
  KNOW (f, "udp://t:80", "udp://u:80");
  wait_for_many (f, ORDINARY + 5, "udp://t:80");
  g_free (begin (f));
  wait_for_goodbyes (f, 6, "udp://t:80"); /* 45 … 50 */
  assert_begin (f, "45 46 47 48 49");
  wait_for_goodbyes (f, 6, "udp://u:80"); /* 51 … 56 */
  assert_begin (f, "51");
  leave (f, 0);
  assert_begin (f, "");
  leave (f, 45);
  assert_begin (f, "50");
  leave (f, 51);
  assert_begin (f, "52");
}

/* Nor do they take all: each host has its turn, one that has thousands leaves a place to the others, and ordinary calls
 * have theirs. */
static void
test_many_goodbyes (Fixture *f, gconstpointer data)
{
  KNOW (f, "udp://t:80", "udp://u:80", "udp://v:80");
  wait_for_goodbyes (f, 100, "udp://t:80"); /* 0 … 99 */
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, ORDINARY - BT_TRACKER_FIRST_GOODBYES);
  wait_for_goodbyes (f, 2, "udp://u:80"); /* 100, 101 */
  wait_for_goodbyes (f, 2, "udp://v:80"); /* 102, 103 */
  wait_for_many (f, 20, "udp://t:80");    /* 104 … 123 */
  assert_begin (f, "100 102 104 105 106 107 108 109 110 111");
  leave (f, 100);
  assert_begin (f, "101");
  for (guint i = 0; i < 4; i++)
    leave (f, i);
  assert_begin (f, "35 103 112 113");
}

static void
test_hosts_in_turn (Fixture *f, gconstpointer data)
{
  KNOW (f, "udp://big:80", "udp://one:80", "udp://two:80", "udp://two:81");
  wait_for_many (f, 100, "udp://big:80"); /* 0 … 99 */
  g_free (begin (f));
  wait_for_many (f, 2, "udp://one:80");  /* 100, 101 */
  wait_for_many (f, 2, "UDP://Two:80/");  /* 102, 103 */
  wait_for_many (f, 1, "udp://two:81");  /* 104 */
  for (guint i = 0; i < 8; i++)
    leave (f, i);
  assert_begin (f, "40 100 102 104 41 101 103 42");
}

/* Beyond that libsoup would let them wait while their time runs. */
static void
test_http_per_host (Fixture *f, gconstpointer data)
{
  KNOW (f, "http://t/announce", "https://t/announce", "udp://t:80");
  wait_for_many (f, 8, "http://t/announce");
  wait_for_many (f, 7, "https://t/announce");
  wait_for_many (f, 1, "udp://t:80");
  assert_begin (f, "0 8 15 1 9 2 10 3 11 4 12 5 13");
  leave (f, 8);
  assert_begin (f, "14");
  wait_for_goodbyes (f, 1, "https://t/announce");
  assert_begin (f, "");
  leave (f, 9);
  assert_begin (f, "16");
}

static gboolean
end (Fixture *f, guint number, gboolean answered)
{
  Call *call = g_ptr_array_index (f->calls, number);
  gboolean in_vain = bt_tracker_places_note (f->places, &call->place, answered, f->now);

  leave (f, number);
  return in_vain;
}

/* One call finds out whether there is anybody, and then the others go on. */
static void
test_unknown_host (Fixture *f, gconstpointer data)
{
  wait_for_many (f, 3, "udp://t:80");
  assert_begin (f, "0");
  g_assert_false (end (f, 0, TRUE));
  assert_begin (f, "1 2");
}

/* One call at a time finds out whether a silent host has come back. */
static void
test_silent_host (Fixture *f, gconstpointer data)
{
  Call *first;

  KNOW (f, "udp://t:80", "udp://other:80");
  first = wait_for (f, "udp://t:80", FALSE);

  wait_for_many (f, ORDINARY + 1, "udp://t:80");
  g_free (begin (f));
  f->now += 60;
  g_assert_true (bt_tracker_places_note (f->places, &first->place, FALSE, f->now));
  g_assert_cmpuint (((Call *) bt_tracker_places_peek_behind (&first->place))->number, ==, ORDINARY);
  for (guint i = 0; i < ORDINARY; i++)
    g_assert_true (end (f, i, FALSE));
  assert_begin (f, "40");
  wait_for (f, "udp://other:80", FALSE);
  assert_begin (f, "42");
  g_assert_true (end (f, 40, FALSE));
  assert_begin (f, "41");
  g_assert_false (end (f, 41, TRUE));
  wait_for_many (f, 2, "udp://t:80");
  assert_begin (f, "43 44");
}

/* Who was not answered while others were says nothing of the host. */
static void
test_unlucky (Fixture *f, gconstpointer data)
{
  KNOW (f, "udp://t:80");
  wait_for_many (f, 3, "udp://t:80");
  assert_begin (f, "0 1 2");
  f->now += 10;
  g_assert_false (end (f, 0, TRUE));
  f->now += 10;
  g_assert_false (end (f, 1, FALSE));
  wait_for_many (f, 2, "udp://t:80");
  assert_begin (f, "3 4");
  f->now += 10;
  g_assert_true (end (f, 4, FALSE));
  /* Who runs since before that may be answered all the same. */
  g_assert_false (end (f, 3, TRUE));
  wait_for_many (f, 2, "udp://t:80");
  assert_begin (f, "5 6");
}

/* A goodbye that is not answered says that nobody is there, and then they go one by one. */
static void
test_goodbyes_to_silent_host (Fixture *f, gconstpointer data)
{
  Call *first = wait_for (f, "udp://t:80", TRUE);

  wait_for_goodbyes (f, 2, "udp://t:80");
  wait_for_many (f, 2, "udp://t:80");
  assert_begin (f, "0 3");
  f->now += 5;
  g_assert_true (bt_tracker_places_note (f->places, &first->place, FALSE, f->now));
  g_assert_cmpuint (((Call *) bt_tracker_places_peek_behind (&first->place))->number, ==, 1);
  leave (f, 0);
  assert_begin (f, "1");
  g_assert_true (end (f, 1, FALSE));
  assert_begin (f, "2");
  g_assert_false (end (f, 2, TRUE));
  wait_for_goodbyes (f, 2, "udp://t:80");
  assert_begin (f, "5 6 4");
}

static void
silence (Fixture *f, const char *url)
{
  wait_for (f, url, FALSE);
  g_free (begin (f));
  end (f, f->calls->len - 1, FALSE);
}

static void
wait_for_hosts (Fixture *f, guint n, const char *name, gboolean is_goodbye)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("udp://%s%u:80", name, i);

      wait_for (f, url, is_goodbye);
    }
}

static void
silence_hosts (Fixture *f, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("udp://%s%u:80", name, i);

      silence (f, url);
    }
}

/* Those that say nothing leave room for those of which nothing is known, and all of these for those that answer. */
static void
test_room_for_others (Fixture *f, gconstpointer data)
{
  gboolean is_goodbye = GPOINTER_TO_INT (data);

  KNOW (f, "udp://good:80");
  silence_hosts (f, 50, "silent");
  wait_for_hosts (f, 50, "silent", is_goodbye);
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, BT_TRACKER_MAX_SILENT);
  wait_for_hosts (f, 50, "new", is_goodbye);
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, BT_TRACKER_MAX_UNANSWERED);
  for (guint i = 0; i < 20; i++)
    wait_for (f, "udp://good:80", is_goodbye);
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, ORDINARY - (is_goodbye ? BT_TRACKER_FIRST_GOODBYES : 0));
}

/* Of the places that are left beside announces they take none that another may need. */
static void
test_last_places (Fixture *f, gconstpointer data)
{
  KNOW (f, "udp://good:80");
  silence_hosts (f, 50, "silent");
  wait_for_many (f, ORDINARY, "udp://good:80");
  g_free (begin (f));
  wait_for_hosts (f, 50, "silent", TRUE);
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, BT_TRACKER_MAX_CALLS - BT_TRACKER_FIRST_GOODBYES);
  wait_for_goodbyes (f, 1, "udp://good:80"); /* 140 */
  wait_for_goodbyes (f, 1, "udp://new:80");  /* 141 */
  assert_begin (f, "140 141");
}

static void
test_forgive (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 2 * BT_TRACKER_MAX_SILENT; i++)
    {
      g_autofree char *url = g_strdup_printf ("udp://t%u:80", i);

      silence (f, url);
      wait_for (f, url, FALSE);
    }
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, BT_TRACKER_MAX_SILENT);
  bt_tracker_places_forgive (f->places);
  g_free (begin (f));
  g_assert_cmpuint (count_running (f), ==, 2 * BT_TRACKER_MAX_SILENT);
}

/* That one finds something out lasts no longer than somebody asks, nor in another network. */
static void
test_narrow (Fixture *f, gconstpointer data)
{
  KNOW (f, "udp://t:80");
  wait_for_many (f, 2, "udp://t:80");
  bt_tracker_places_set_narrow (&((Call *) g_ptr_array_index (f->calls, 0))->place, TRUE);
  assert_begin (f, "0");
  leave (f, 0);
  assert_begin (f, "1");
  leave (f, 1);
  wait_for_many (f, 2, "udp://t:80");
  assert_begin (f, "2 3");

  bt_tracker_places_set_narrow (&((Call *) g_ptr_array_index (f->calls, 2))->place, TRUE);
  bt_tracker_places_forgive (f->places);
  end (f, 2, TRUE);
  wait_for_many (f, 2, "udp://t:80");
  assert_begin (f, "4 5");
}

/* What is remembered of hosts has an end. */
static void
test_many_hosts (Fixture *f, gconstpointer data)
{
  Call *kept;

  KNOW (f, "udp://forgotten:80");
  kept = wait_for (f, "udp://kept:80", FALSE);
  g_free (begin (f));
  bt_tracker_places_note (f->places, &kept->place, TRUE, f->now);
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *url = g_strdup_printf ("udp://t%u:80", i);

      silence (f, url);
    }
  wait_for_many (f, 2, "udp://forgotten:80"); /* 3001 */
  wait_for_many (f, 2, "udp://kept:80");      /* 3003: somebody asks it */
  assert_begin (f, "3001 3003 3004");
}

static void
test_odd_urls (Fixture *f, gconstpointer data)
{
  wait_for_many (f, 1, "udp://[::1:80");
  wait_for_many (f, 1, "");
  wait_for_many (f, 1, "udp:");
  assert_begin (f, "0 1 2");
}

static void
add_test (const char *path, void (*func) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/net/tracker-places/cap", test_cap);
  add_test ("/net/tracker-places/goodbyes", test_goodbyes);
  add_test ("/net/tracker-places/many-goodbyes", test_many_goodbyes);
  add_test ("/net/tracker-places/goodbyes-to-silent-host", test_goodbyes_to_silent_host);
  add_test ("/net/tracker-places/hosts-in-turn", test_hosts_in_turn);
  add_test ("/net/tracker-places/http-per-host", test_http_per_host);
  add_test ("/net/tracker-places/unknown-host", test_unknown_host);
  add_test ("/net/tracker-places/silent-host", test_silent_host);
  add_test ("/net/tracker-places/unlucky", test_unlucky);
  add_test ("/net/tracker-places/room-for-others", test_room_for_others);
  g_test_add ("/net/tracker-places/room-for-other-goodbyes", Fixture, GINT_TO_POINTER (TRUE), set_up,
              test_room_for_others, tear_down);
  add_test ("/net/tracker-places/last-places", test_last_places);
  add_test ("/net/tracker-places/forgive", test_forgive);
  add_test ("/net/tracker-places/narrow", test_narrow);
  add_test ("/net/tracker-places/many-hosts", test_many_hosts);
  add_test ("/net/tracker-places/odd-urls", test_odd_urls);
  return g_test_run ();
}
