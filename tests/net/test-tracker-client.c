/* test-tracker-client.c: calls to trackers over HTTP, and their end, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tracker-client-fixture.h"
#include "bt-tracker-places.h"

static void
test_http_announce (Fixture *f, gconstpointer data)
{
  const BtFetchRequest *request;

  announce (f, "http://t/announce?pass=1", BT_ANNOUNCE_STARTED);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 1);
  request = ft_fake_tracker_world_get_fetch (f->fake, 0);
  g_assert_cmpstr (request->url, ==,
                   "http://t/announce?pass=1&info_hash=hhhhhhhhhhhhhhhhhhhh"
                   "&peer_id=pppppppppppppppppppp&port=6881&uploaded=0&downloaded=0&left=5"
                   "&numwant=80&key=00000001&compact=1&no_peer_id=1&event=started"
                   "&trackerid=an%20id");
  g_assert_cmpint (request->purpose, ==, BT_FETCH_TRACKER);
  g_assert_cmpuint (request->max_bytes, ==, BT_LIMIT_TRACKER_REPLY);
  g_assert_cmpuint (request->timeout_s, ==, 30);
  g_assert_cmpuint (request->connect_s, ==, 15);
  g_assert_cmpuint (request->answer_s, ==, 10);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9e5:peers6:abcdefe", NULL);
  assert_result (f, 1, "interval 9 97.98.99.100:25958");
}

static void
test_http_stopped_is_short (Fixture *f, gconstpointer data)
{
  announce (f, "HTTPS://t/announce", BT_ANNOUNCE_STOPPED);
  g_assert_cmpuint (ft_fake_tracker_world_get_fetch (f->fake, 0)->timeout_s, ==, 5);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  assert_result (f, 1, "interval -1 encrypted");
}

static void
test_http_answers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) timed_out = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "late");
  g_autoptr (GError) refused = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "refused");
  g_autoptr (GError) limit = g_error_new (BT_ERROR, BT_ERROR_LIMIT, "too long");
  const struct
  {
    guint status;
    const char *body;
    const GError *error;
    const char *expected;
  } rows[] = {
    { 200, "d14:failure reason4:gonee", NULL, "failure gone" },
    { 403, "d14:failure reason4:gonee", NULL, "failure gone" },
    { 403, "d8:intervali9ee", NULL, "error network: The tracker answered with HTTP status 403" },
    { 404, "<html>", NULL, "error network: The tracker answered with HTTP status 404" },
    { 410, "", NULL, "error network: The tracker answered with HTTP status 410" },
    { 200, "le", NULL, "error malformed: The tracker's reply is not a dictionary" },
    { 0, NULL, timed_out, "error timed out: The tracker does not answer" },
    { 0, NULL, refused, "error network: refused" },
    { 0, NULL, limit, "error limit: too long" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_answer (f->fake, 0, rows[i].status, rows[i].body, rows[i].error);
      assert_result (f, i + 1, rows[i].expected);
    }
}

static void
test_http_scrape (Fixture *f, gconstpointer data)
{
  g_assert_null (scrape (f, "http://t/a"));
  g_assert_null (scrape (f, "ftp://t/a"));
  g_assert_nonnull (scrape (f, "http://t/announce"));
  g_assert_cmpstr (ft_fake_tracker_world_get_fetch (f->fake, 0)->url, ==,
                   "http://t/scrape?info_hash=hhhhhhhhhhhhhhhhhhhh");
  ft_fake_tracker_world_answer (
    f->fake, 0, 200,
    "d5:filesd20:hhhhhhhhhhhhhhhhhhhhd8:completei1e10:downloadedi3e10:incompletei2eeee", NULL);
  assert_result (f, 1, "1/2/3");
  scrape (f, "http://t/announce");
  ft_fake_tracker_world_answer (f->fake, 0, 500, "de", NULL);
  assert_result (f, 2, "error network: The tracker answered with HTTP status 500");
  scrape (f, "http://t/announce");
  ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  assert_result (f, 3, "error not found: The tracker does not know the torrent");
}

/* Three that a host did not answer, one after the other, are enough for an hour; one that it answers counts anew. */
static void
test_vain_scrapes (Fixture *f, gconstpointer data)
{
  static const char known[] = "d5:filesd20:hhhhhhhhhhhhhhhhhhhhd8:completei1e10:downloadedi3e10:incompletei2eeee";
  static const char *const bodies[] = { "de", "de", known, "de", "de", "de" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_assert_nonnull (scrape (f, i % 2 == 0 ? "http://t/announce" : "http://t/two/announce"));
      ft_fake_tracker_world_answer (f->fake, 0, 200, bodies[i], NULL);
    }
  g_assert_null (scrape (f, "http://t/announce"));
  g_assert_nonnull (scrape (f, "http://other/announce"));
  ft_fake_tracker_world_answer (f->fake, 0, 200, known, NULL);
  ft_fake_tracker_world_run (f->fake, 3599 * SECOND);
  g_assert_null (scrape (f, "http://t/announce"));
  ft_fake_tracker_world_run (f->fake, 2 * SECOND);
  g_assert_nonnull (scrape (f, "http://t/announce"));
  ft_fake_tracker_world_answer (f->fake, 0, 200, known, NULL);
  g_assert_nonnull (scrape (f, "http://t/announce"));
  ft_fake_tracker_world_answer (f->fake, 0, 200, known, NULL);
}

/* Over each family where we have both, unless the address says which. */
static void
test_http_both_families (Fixture *f, gconstpointer data)
{
  f->fake->has_both = TRUE;
  announce (f, "http://10.0.0.1/announce", BT_ANNOUNCE_NONE);
  announce (f, "http://[2606::1]/announce", BT_ANNOUNCE_NONE);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (ft_fake_tracker_world_get_fetch (f->fake, 0)->family, ==, BT_FETCH_ANY);
      ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
    }
  scrape (f, "http://t/announce");
  g_assert_cmpint (ft_fake_tracker_world_get_fetch (f->fake, 0)->family, ==, BT_FETCH_ANY);
  ft_fake_tracker_world_answer (f->fake, 0, 500, "", NULL);
  g_assert_cmpuint (f->n_called, ==, 3);

  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 2);
  g_assert_cmpint (ft_fake_tracker_world_get_fetch (f->fake, 0)->family, ==, BT_FETCH_IPV4);
  g_assert_cmpint (ft_fake_tracker_world_get_fetch (f->fake, 1)->family, ==, BT_FETCH_IPV6);
  ft_fake_tracker_world_answer (f->fake, 1, 200, "d8:intervali9e6:peers618:abcdefghijklmnopqre", NULL);
  g_assert_cmpuint (f->n_called, ==, 3);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali8e5:peers6:abcdefe", NULL);
  assert_result (f, 4, "interval 9 97.98.99.100:25958 [6162:6364:6566:6768:696a:6b6c:6d6e:6f70]:29042");
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  g_assert_null (f->late);
}

static void
test_http_one_family_ails (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) refused = g_error_new (BT_ERROR, BT_ERROR_NETWORK, "refused");
  g_autoptr (GError) timed_out = g_error_new (BT_ERROR, BT_ERROR_TIMED_OUT, "late");
  gint64 start;

  f->fake->has_both = TRUE;
  /* One fails: the other is enough, whichever comes first. */
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_answer (f->fake, 1, 0, NULL, refused);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9ee", NULL);
  assert_result (f, 1, "interval 9");
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_answer (f->fake, 0, 0, NULL, refused);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali8ee", NULL);
  assert_result (f, 2, "interval 8");
  /* Both do: the one who got farther says why. */
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_answer (f->fake, 0, 0, NULL, refused);
  ft_fake_tracker_world_answer (f->fake, 0, 0, NULL, timed_out);
  assert_result (f, 3, "error timed out: late");

  /* One is slow: half a second, and what it says comes by itself. */
  start = f->fake->now;
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9ee", NULL);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 4, "interval 9");
  g_assert_cmpint (f->called_at - start, ==, SECOND / 2);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali7ee", NULL);
  g_assert_cmpstr (f->late, ==, "interval 7");
  g_clear_pointer (&f->late, g_free);

  /* It is not waited for longer than the next announce, nor for ever. */
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9ee", NULL);
  ft_fake_tracker_world_run (f->fake, SECOND);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 1);
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 2);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9ee", NULL);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
  assert_result (f, 6, "interval 9");
  g_assert_null (f->late);

  /* A goodbye does not come late. */
  announce (f, "http://t/announce", BT_ANNOUNCE_STOPPED);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9ee", NULL);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 7, "interval 9");
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);

  /* Other sockets: nobody waits for the old ones. */
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9ee", NULL);
  ft_fake_tracker_world_run (f->fake, SECOND);
  bt_tracker_client_close_sockets (f->client);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
}

static void
test_free_with_queue (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *url = g_strdup_printf (i % 3 == 0 ? "udp://t%u:1" : "http://t%u/announce", i);

      announce (f, url, i % 5 == 0 ? BT_ANNOUNCE_STOPPED : BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_set_name (f->fake, url, "1.1.1.1 2606::1");
    }
  g_assert_cmpuint (f->fake->n_fetches_started + f->fake->lookups.length, ==, BT_TRACKER_MAX_CALLS);
  g_clear_pointer (&f->client, bt_tracker_client_free);
  g_assert_cmpuint (f->fake->n_fetches_started, <=, BT_TRACKER_MAX_CALLS);
  ft_fake_tracker_world_run (f->fake, 10000 * SECOND);
  g_assert_cmpuint (f->n_called, ==, 0);
}

static void
test_callback_may_free_all (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 60; i++)
    announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  add_server (f, "1.1.1.1:1", "");
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:1", BT_ANNOUNCE_NONE);
  announce (f, "udp://t:1", BT_ANNOUNCE_NONE);
  f->free_client = TRUE;
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "interval 1800");
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
}

static void
test_callback_may_free_all_http (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://t%u/announce", i);

      announce (f, url, BT_ANNOUNCE_NONE);
    }
  f->free_client = TRUE;
  ft_fake_tracker_world_answer (f->fake, 3, 200, "de", NULL);
  assert_result (f, 1, "interval -1");
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
}

static void
test_callback_may_cancel_others (Fixture *f, gconstpointer data)
{
  add_server (f, "1.1.1.1:1", "");
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:1", BT_ANNOUNCE_NONE);
  f->cancel = announce (f, "udp://t:1", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "interval 1800");
}

/* URLs that no call can be made of: told later, not at once. */
static void
test_bad_urls (Fixture *f, gconstpointer data)
{
  const char *const urls[] = { "", "ftp://t/", "wss://t/announce", "udp://t/announce", "udp://:80",
                               "udp://", "udp://t:0", "udp://t:65536", "udp://[::1:80" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      announce (f, urls[i], BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_run (f->fake, SECOND);
      g_assert_cmpuint (f->n_called, ==, i + 1);
      g_assert_true (g_str_has_prefix (f->result, "error malformed: "));
    }
  bt_tracker_call_cancel (announce (f, "ftp://t/", BT_ANNOUNCE_NONE));
  ft_fake_tracker_world_run (f->fake, SECOND);
  g_assert_cmpuint (f->n_called, ==, G_N_ELEMENTS (urls));
}

/* Calls begin, are cancelled and answered in any order; nothing is left and none is told twice. */
static void
test_any_order (Fixture *f, gconstpointer data)
{
  BtRandom random;
  guint n_started = 0;

  bt_random_seed (&random, 5);
  add_server (f, "1.1.1.1:80", "08080808 1ae1");
  add_server (f, "1.1.1.2:80", "")->silent = TRUE;
  add_server (f, "[2606::1]:80", "")->failure = "no";
  ft_fake_tracker_world_set_name (f->fake, "a", "1.1.1.1 2606::1");
  ft_fake_tracker_world_set_name (f->fake, "b", "1.1.1.2 1.1.1.1");
  ft_fake_tracker_world_set_name (f->fake, "c", "2606::1 2606::2");
  for (guint i = 0; i < 3000; i++)
    {
      static const char *const urls[] = { "udp://a:80", "udp://b:80/x", "udp://c:80", "udp://d:80",
                                          "http://t/announce", "ftp://t" };
      const char *url = urls[bt_random_below (&random, G_N_ELEMENTS (urls))];
      guint n_fetches = ft_fake_tracker_world_n_fetches (f->fake);

      switch (bt_random_below (&random, 6))
        {
        case 0:
        case 1:
          announce (f, url, bt_random_below (&random, 4));
          n_started++;
          break;
        case 2:
          bt_tracker_call_cancel (announce (f, url, BT_ANNOUNCE_NONE));
          break;
        case 3:
          if (n_fetches > 0)
            ft_fake_tracker_world_answer (f->fake, bt_random_below (&random, n_fetches), 200, "de",
                                          NULL);
          break;
        default:
          ft_fake_tracker_world_run (f->fake, bt_random_below (&random, 3 * SECOND));
          break;
        }
    }
  while (ft_fake_tracker_world_n_fetches (f->fake) > 0)
    ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  ft_fake_tracker_world_run (f->fake, 8000 * SECOND);
  g_assert_cmpuint (f->n_called, ==, n_started);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/net/tracker-client/http-announce", test_http_announce);
  add_test ("/net/tracker-client/http-stopped-is-short", test_http_stopped_is_short);
  add_test ("/net/tracker-client/http-answers", test_http_answers);
  add_test ("/net/tracker-client/http-scrape", test_http_scrape);
  add_test ("/net/tracker-client/vain-scrapes", test_vain_scrapes);
  add_test ("/net/tracker-client/http-both-families", test_http_both_families);
  add_test ("/net/tracker-client/http-one-family-ails", test_http_one_family_ails);
  add_test ("/net/tracker-client/free-with-queue", test_free_with_queue);
  add_test ("/net/tracker-client/callback-may-free-all", test_callback_may_free_all);
  add_test ("/net/tracker-client/callback-may-free-all-http", test_callback_may_free_all_http);
  add_test ("/net/tracker-client/callback-may-cancel-others", test_callback_may_cancel_others);
  add_test ("/net/tracker-client/bad-urls", test_bad_urls);
  add_test ("/net/tracker-client/any-order", test_any_order);
  return g_test_run ();
}
