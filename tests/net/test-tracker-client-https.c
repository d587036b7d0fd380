/* test-tracker-client-https.c: trackers that are named with "http:" are asked by HTTPS first, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tracker-client-fixture.h"

#define HTTP "http://t.example/announce?passkey=1"
#define MINUTE (60 * SECOND)

static const char known[] = "d5:filesd20:hhhhhhhhhhhhhhhhhhhhd8:completei1e10:downloadedi3e10:incompletei2eeee";

static const BtFetchRequest *
get_fetch (Fixture *f, guint index)
{
  return ft_fake_tracker_world_get_fetch (f->fake, index);
}

/* What is asked now, and nothing else, goes by @scheme. */
static void
assert_asks (Fixture *f, const char *scheme)
{
  g_autofree char *prefix = g_strconcat (scheme, "://t.example/", NULL);

  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 1);
  g_assert_true (g_str_has_prefix (get_fetch (f, 0)->url, prefix));
}

static void
fail (Fixture *f, guint index, BtError code)
{
  g_autoptr (GError) error = g_error_new_literal (BT_ERROR, code, "it failed");

  ft_fake_tracker_world_answer (f->fake, index, 0, NULL, error);
}

static void
reply (Fixture *f, guint index)
{
  ft_fake_tracker_world_answer (f->fake, index, 200, "d8:intervali9ee", NULL);
}

/* The host is one that answers by HTTPS. */
static void
make_secure (Fixture *f)
{
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  reply (f, 0);
  g_assert_cmpstr (f->result, ==, "interval 9 encrypted");
}

static void
test_works (Fixture *f, gconstpointer data)
{
  announce (f, HTTP, BT_ANNOUNCE_STARTED);
  g_assert_cmpstr (get_fetch (f, 0)->url, ==,
                   "https://t.example/announce?passkey=1&info_hash=hhhhhhhhhhhhhhhhhhhh"
                   "&peer_id=pppppppppppppppppppp&port=6881&uploaded=0&downloaded=0&left=5"
                   "&numwant=80&key=00000001&compact=1&no_peer_id=1&event=started"
                   "&trackerid=an%20id");
  g_assert_cmpint (get_fetch (f, 0)->purpose, ==, BT_FETCH_TRACKER);
  g_assert_cmpuint (get_fetch (f, 0)->connect_s, ==, 3);
  reply (f, 0);
  assert_result (f, 1, "interval 9 encrypted");
  /* From now on, and with all the time that others have. */
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  g_assert_cmpuint (get_fetch (f, 0)->connect_s, ==, 15);
  reply (f, 0);
  scrape (f, HTTP);
  g_assert_cmpstr (get_fetch (f, 0)->url, ==,
                   "https://t.example/scrape?passkey=1&info_hash=hhhhhhhhhhhhhhhhhhhh");
  ft_fake_tracker_world_answer (f->fake, 0, 200, known, NULL);
  announce (f, HTTP, BT_ANNOUNCE_STOPPED);
  assert_asks (f, "https");
  g_assert_cmpuint (get_fetch (f, 0)->timeout_s, ==, 5);
  reply (f, 0);
}

/* A reason is an answer of a tracker too. */
static void
test_failure_reason (Fixture *f, gconstpointer data)
{
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_answer (f->fake, 0, 403, "d14:failure reason4:gonee", NULL);
  assert_result (f, 1, "failure gone encrypted");
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  reply (f, 0);
}

/* Whatever goes wrong: at once as it is named, and no more by HTTPS for a day. */
static void
test_falls_back (Fixture *f, gconstpointer data)
{
  const struct
  {
    guint status;
    const char *body;
    BtError code;
  } rows[] = {
    { 0, NULL, BT_ERROR_TIMED_OUT }, /* hangs */
    { 0, NULL, BT_ERROR_NETWORK },   /* refused, or no certificate, or led back to HTTP */
    { 0, NULL, BT_ERROR_LIMIT },
    { 0, NULL, BT_ERROR_MALFORMED },
    { 200, "<html>", 0 },
    { 200, "", 0 },
    { 404, "<html>", 0 },
    { 503, "busy", 0 },
    { 403, "d8:intervali9ee", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      announce (f, HTTP, BT_ANNOUNCE_NONE);
      assert_asks (f, "https");
      if (rows[i].body != NULL)
        ft_fake_tracker_world_answer (f->fake, 0, rows[i].status, rows[i].body, NULL);
      else
        fail (f, 0, rows[i].code);
      assert_asks (f, "http");
      g_assert_cmpuint (get_fetch (f, 0)->connect_s, ==, 15);
      g_assert_cmpuint (f->n_called, ==, 2 * i);
      reply (f, 0);
      assert_result (f, 2 * i + 1, "interval 9");
      ft_fake_tracker_world_run (f->fake, 24 * 60 * MINUTE - SECOND);
      announce (f, HTTP, BT_ANNOUNCE_NONE);
      assert_asks (f, "http");
      reply (f, 0);
      assert_result (f, 2 * i + 2, "interval 9");
      ft_fake_tracker_world_run (f->fake, SECOND);
    }
}

/* A host that is down is down: what it says when it is back is waited for ten minutes, not a day. */
static void
test_down (Fixture *f, gconstpointer data)
{
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  fail (f, 0, BT_ERROR_NETWORK);
  fail (f, 0, BT_ERROR_NETWORK);
  assert_result (f, 1, "error network: it failed");
  ft_fake_tracker_world_run (f->fake, 10 * MINUTE - SECOND);
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "http");
  fail (f, 0, BT_ERROR_NETWORK);
  ft_fake_tracker_world_run (f->fake, SECOND);
  make_secure (f);
}

/* What answered by HTTPS once may be blocked, or have changed: HTTP, but not for long. */
static void
test_blocked_later (Fixture *f, gconstpointer data)
{
  make_secure (f);
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  fail (f, 0, BT_ERROR_NETWORK);
  assert_asks (f, "http");
  reply (f, 0);
  assert_result (f, 2, "interval 9");
  ft_fake_tracker_world_run (f->fake, 10 * MINUTE);
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  reply (f, 0);
  assert_result (f, 3, "interval 9 encrypted");
}

/* A tracker that has too much to do is not asked twice, nor in the open. */
static void
test_busy (Fixture *f, gconstpointer data)
{
  static const guint statuses[] = { 429, 503 };

  make_secure (f);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *expected = NULL;

      announce (f, HTTP, BT_ANNOUNCE_NONE);
      assert_asks (f, "https");
      ft_fake_tracker_world_answer (f->fake, 0, statuses[i], "busy", NULL);
      expected = g_strdup_printf ("error network: The tracker answered with HTTP status %u", statuses[i]);
      assert_result (f, i + 2, expected);
    }
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  reply (f, 0);
}

/* Other failures, of a tracker or of what stands before it by HTTPS, may not be there over HTTP. */
static void
test_front_fails (Fixture *f, gconstpointer data)
{
  static const guint statuses[] = { 404, 500, 502, 504, 522, 526 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      make_secure (f);
      announce (f, HTTP, BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_answer (f->fake, 0, statuses[i], "<html>", NULL);
      assert_asks (f, "http");
      reply (f, 0);
      assert_result (f, 2 * i + 2, "interval 9");
      ft_fake_tracker_world_run (f->fake, 10 * MINUTE);
    }
}

/* While one finds it out the others of that host wait, and only those. */
static void
test_others_wait (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    announce (f, i == 2 ? "http://T.example:80/announce" : HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  announce (f, "http://u.example/announce", BT_ANNOUNCE_NONE);
  announce (f, "https://t.example/announce", BT_ANNOUNCE_NONE);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 3);
  fail (f, 1, BT_ERROR_NETWORK); /* u.example */
  reply (f, 2);
  reply (f, 1);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 1);
  reply (f, 0);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 4);
  while (ft_fake_tracker_world_n_fetches (f->fake) > 0)
    {
      g_assert_true (g_str_has_prefix (get_fetch (f, 0)->url, "https://"));
      reply (f, 0);
    }
  assert_result (f, 7, "interval 9 encrypted");
}

/* Found out again that it fails: they go on beside the first. */
static void
test_others_go_on (Fixture *f, gconstpointer data)
{
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  fail (f, 0, BT_ERROR_TIMED_OUT);
  reply (f, 0);
  ft_fake_tracker_world_run (f->fake, 24 * 60 * MINUTE);
  for (guint i = 0; i < 5; i++)
    announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  fail (f, 0, BT_ERROR_TIMED_OUT);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 5);
  while (ft_fake_tracker_world_n_fetches (f->fake) > 0)
    {
      g_assert_true (g_str_has_prefix (get_fetch (f, 0)->url, "http://"));
      reply (f, 0);
    }
  assert_result (f, 6, "interval 9");
}

/* What was found out is forgotten among a thousand hosts, and is known again when the first is answered: nobody is left
 * who would find out, and nobody waits for that. */
static void
test_forgotten (Fixture *f, gconstpointer data)
{
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  fail (f, 0, BT_ERROR_NETWORK);
  assert_asks (f, "http");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h%u.example/announce", i);

      announce (f, url, BT_ANNOUNCE_NONE);
      reply (f, 1);
    }
  for (guint i = 0; i < 5; i++)
    announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "http");
  reply (f, 0);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 5);
  while (ft_fake_tracker_world_n_fetches (f->fake) > 0)
    reply (f, 0);
  assert_result (f, 1006, "interval 9");
}

/* The one that finds out is called off: the next one does. */
static void
test_called_off (Fixture *f, gconstpointer data)
{
  BtTrackerCall *first = announce (f, HTTP, BT_ANNOUNCE_NONE);

  announce (f, HTTP, BT_ANNOUNCE_NONE);
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  bt_tracker_call_cancel (first);
  assert_asks (f, "https");
  reply (f, 0);
  assert_asks (f, "https");
  reply (f, 0);
  assert_result (f, 2, "interval 9 encrypted");
}

/* Scrapes and goodbyes of a host that nobody knows yet go as they are named, and decide nothing. */
static void
test_only_announces_try (Fixture *f, gconstpointer data)
{
  scrape (f, HTTP);
  assert_asks (f, "http");
  ft_fake_tracker_world_answer (f->fake, 0, 200, known, NULL);
  announce (f, HTTP, BT_ANNOUNCE_STOPPED);
  assert_asks (f, "http");
  reply (f, 0);
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  reply (f, 0);
}

/* A scrape that fails by HTTPS fails, and so does a goodbye that takes too long. */
static void
test_scrape_fails (Fixture *f, gconstpointer data)
{
  make_secure (f);
  scrape (f, HTTP);
  fail (f, 0, BT_ERROR_NETWORK);
  assert_result (f, 2, "error network: it failed");
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  reply (f, 0);
  announce (f, HTTP, BT_ANNOUNCE_STOPPED);
  ft_fake_tracker_world_run (f->fake, 5 * SECOND);
  assert_result (f, 4, "error timed out: The tracker does not answer");
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
}

/* One family is enough; both have to fail. */
static void
test_both_families (Fixture *f, gconstpointer data)
{
  f->fake->has_both = TRUE;
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 2);
  fail (f, 1, BT_ERROR_TIMED_OUT);
  assert_asks (f, "https");
  reply (f, 0);
  assert_result (f, 1, "interval 9 encrypted");

  announce (f, HTTP, BT_ANNOUNCE_NONE);
  fail (f, 0, BT_ERROR_NETWORK);
  fail (f, 0, BT_ERROR_NETWORK);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 2);
  g_assert_cmpint (get_fetch (f, 1)->family, ==, BT_FETCH_IPV6);
  g_assert_true (g_str_has_prefix (get_fetch (f, 1)->url, "http://"));
  fail (f, 0, BT_ERROR_NETWORK);
  reply (f, 0);
  assert_result (f, 2, "interval 9");
}

/* The second family fails when the first has long been told of: nothing is asked again. */
static void
test_late_failure (Fixture *f, gconstpointer data)
{
  f->fake->has_both = TRUE;
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  reply (f, 0);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "interval 9 encrypted");
  fail (f, 0, BT_ERROR_TIMED_OUT);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
  f->fake->has_both = FALSE;
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  assert_asks (f, "https");
  reply (f, 0);
}

/* Nothing but names of the Internet, and port 80. */
static void
test_not_tried (Fixture *f, gconstpointer data)
{
  static const char *const urls[] = { "http://10.0.0.1/announce", "http://1.2.3.4/announce", "http://t/announce",
                                      "http://t.example:8080/announce", "http://t.local/announce" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      announce (f, urls[i], BT_ANNOUNCE_NONE);
      g_assert_true (g_str_has_prefix (get_fetch (f, 0)->url, urls[i]));
      reply (f, 0);
      assert_result (f, i + 1, "interval 9");
    }
}

static void
test_another_network (Fixture *f, gconstpointer data)
{
  announce (f, HTTP, BT_ANNOUNCE_NONE);
  fail (f, 0, BT_ERROR_NETWORK);
  reply (f, 0);
  bt_tracker_client_close_sockets (f->client);
  make_secure (f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/net/tracker-client-https/works", test_works);
  add_test ("/net/tracker-client-https/failure-reason", test_failure_reason);
  add_test ("/net/tracker-client-https/falls-back", test_falls_back);
  add_test ("/net/tracker-client-https/down", test_down);
  add_test ("/net/tracker-client-https/blocked-later", test_blocked_later);
  add_test ("/net/tracker-client-https/busy", test_busy);
  add_test ("/net/tracker-client-https/front-fails", test_front_fails);
  add_test ("/net/tracker-client-https/others-wait", test_others_wait);
  add_test ("/net/tracker-client-https/others-go-on", test_others_go_on);
  add_test ("/net/tracker-client-https/forgotten", test_forgotten);
  add_test ("/net/tracker-client-https/called-off", test_called_off);
  add_test ("/net/tracker-client-https/only-announces-try", test_only_announces_try);
  add_test ("/net/tracker-client-https/scrape-fails", test_scrape_fails);
  add_test ("/net/tracker-client-https/both-families", test_both_families);
  add_test ("/net/tracker-client-https/late-failure", test_late_failure);
  add_test ("/net/tracker-client-https/not-tried", test_not_tried);
  add_test ("/net/tracker-client-https/another-network", test_another_network);
  return g_test_run ();
}
