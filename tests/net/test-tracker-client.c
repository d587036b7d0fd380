/* test-tracker-client.c: calls to trackers over HTTP and UDP, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-client.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-random.h"
#include "bt-reader.h"
#include "bt-writer.h"
#include "ft-fake-tracker-world.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define RTT (50 * 1000)

/* What a UDP tracker at one address does. */
typedef struct
{
  BtEndpoint address;
  gboolean silent;
  gint64 delay_us;
  const char *failure; /* (nullable): instead of an answer to a request */
  const char *peers;   /* hexadecimal */
  guint32 interval;
  guint n_packets;     /* seen */
  guint n_announces;
  guint n_scrapes;
  gint64 times[32];    /* of all packets */
  guint8 last[2300];   /* the last announce */
  gsize last_length;
} Server;

typedef struct
{
  FtFakeTrackerWorld *fake;
  BtTrackerClient *client;
  Server servers[10];
  guint n_servers;
  guint n_called;     /* callbacks so far */
  char *result;       /* of the last: see describe() */
  gint64 called_at;
  gboolean free_client; /* in the callback */
  BtTrackerCall *cancel; /* (nullable): in the callback */
  char *late;         /* (nullable): what came after it */
} Fixture;

static void
answer_request (Fixture *f, Server *server, guint32 action, guint32 transaction)
{
  g_autoptr (GBytes) peers = ft_test_hex (server->peers != NULL ? server->peers : "");
  guint8 packet[2000];
  BtWriter writer = bt_writer (packet, sizeof packet);

  bt_writer_u32 (&writer, server->failure != NULL ? 3 : action);
  bt_writer_u32 (&writer, transaction);
  if (server->failure != NULL)
    bt_writer_bytes (&writer, server->failure, strlen (server->failure));
  else
    {
      bt_writer_u32 (&writer, action == 1 ? server->interval : 7);
      bt_writer_u32 (&writer, 8);
      bt_writer_u32 (&writer, 9);
      bt_writer_bytes (&writer, g_bytes_get_data (peers, NULL), g_bytes_get_size (peers));
    }
  ft_fake_tracker_world_send (f->fake, &server->address, server->delay_us, packet, writer.used);
}

static void
answer_connect (Fixture *f, Server *server, guint32 transaction)
{
  guint8 packet[16];
  BtWriter writer = bt_writer (packet, sizeof packet);

  bt_writer_u32 (&writer, 0);
  bt_writer_u32 (&writer, transaction);
  bt_writer_u64 (&writer, 0x1122334455667788);
  ft_fake_tracker_world_send (f->fake, &server->address, server->delay_us, packet, writer.used);
}

static void
serve (FtFakeTrackerWorld *fake, const BtEndpoint *to, const guint8 *packet, gsize length)
{
  Fixture *f = fake->server_data;
  BtReader reader = bt_reader (packet, length);
  guint64 id = 0;
  guint32 action = 0, transaction = 0;

  g_assert_true (bt_reader_u64 (&reader, &id) && bt_reader_u32 (&reader, &action)
                 && bt_reader_u32 (&reader, &transaction));
  for (guint i = 0; i < f->n_servers; i++)
    {
      Server *server = &f->servers[i];

      if (!bt_endpoint_equal (&server->address, to))
        continue;
      server->times[server->n_packets++ % G_N_ELEMENTS (server->times)] = fake->now;
      server->n_announces += action == 1;
      server->n_scrapes += action == 2;
      g_assert_true (action == 0 || id == 0x1122334455667788);
      if (action == 1)
        {
          server->last_length = length;
          memcpy (server->last, packet, length);
        }
      if (server->silent)
        continue;
      if (action == 0)
        answer_connect (f, server, transaction);
      else
        answer_request (f, server, action, transaction);
    }
}

static Server *
add_server (Fixture *f, const char *address, const char *peers)
{
  Server *server = &f->servers[f->n_servers++];

  g_assert_cmpuint (f->n_servers, <=, G_N_ELEMENTS (f->servers));
  g_assert_true (bt_endpoint_parse (&server->address, address));
  server->delay_us = RTT;
  server->interval = 1800;
  server->peers = peers;
  return server;
}

static char *
describe_reply (const BtAnnounceReply *reply)
{
  GString *text = g_string_new (NULL);

  if (reply->failure != NULL)
    g_string_append_printf (text, "failure %s", reply->failure);
  else
    g_string_append_printf (text, "interval %d", (int) reply->interval_s);
  if (reply->warning != NULL)
    g_string_append_printf (text, " warning %s", reply->warning);
  for (guint i = 0; i < reply->peers->len; i++)
    {
      char endpoint[BT_ENDPOINT_TEXT_SIZE];

      bt_endpoint_format (&g_array_index (reply->peers, BtEndpoint, i), endpoint);
      g_string_append_printf (text, " %s", endpoint);
    }
  return g_string_free (text, FALSE);
}

static void
late_cb (const BtSha1 *info_hash, const BtAnnounceReply *reply, gpointer owner)
{
  Fixture *f = owner;

  g_assert_cmpint (info_hash->bytes[0], ==, 'h');
  g_assert_null (reply->failure);
  g_free (f->late);
  f->late = describe_reply (reply);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->fake = ft_fake_tracker_world_new ();
  f->fake->server = serve;
  f->fake->server_data = f;
  f->client = bt_tracker_client_new (&f->fake->world, f->fake->timers);
  bt_tracker_client_set_late (f->client, late_cb, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->client, bt_tracker_client_free);
  ft_fake_tracker_world_free (f->fake);
  g_free (f->result);
  g_free (f->late);
}

static char *
describe_error (const GError *error)
{
  const char *kind = "?";

  g_assert_true (error->domain == BT_ERROR);
  if (error->code == BT_ERROR_NETWORK)
    kind = "network";
  else if (error->code == BT_ERROR_TIMED_OUT)
    kind = "timed out";
  else if (error->code == BT_ERROR_MALFORMED)
    kind = "malformed";
  else if (error->code == BT_ERROR_LIMIT)
    kind = "limit";
  else if (error->code == BT_ERROR_REMOTE)
    kind = "remote";
  else if (error->code == BT_ERROR_NOT_FOUND)
    kind = "not found";
  return g_strdup_printf ("error %s: %s", kind, error->message);
}

/* Takes @result. */
static void
note_result (Fixture *f, char *result)
{
  g_free (f->result);
  f->result = result;
  f->n_called++;
  f->called_at = f->fake->now;
  if (f->free_client)
    g_clear_pointer (&f->client, bt_tracker_client_free);
  if (f->cancel != NULL)
    bt_tracker_call_cancel (g_steal_pointer (&f->cancel));
}

static void
announced_cb (const BtAnnounceReply *reply, const GError *error, gpointer owner)
{
  g_assert_true ((reply == NULL) == (error != NULL));
  note_result (owner, error != NULL ? describe_error (error) : describe_reply (reply));
}

static void
scraped_cb (const BtScrapeReply *reply, const GError *error, gpointer owner)
{
  g_assert_true ((reply == NULL) == (error != NULL));
  if (error != NULL)
    note_result (owner, describe_error (error));
  else
    note_result (owner, g_strdup_printf ("%d/%d/%d", (int) reply->n_seeds, (int) reply->n_leechers,
                                         (int) reply->n_downloaded));
}

static BtTrackerCall *
announce (Fixture *f, const char *url, BtAnnounceEvent event)
{
  BtAnnounceRequest request = { .port = 6881, .left = 5, .event = event, .num_want = -1, .key = 1 };
  g_autofree char *id = g_strdup ("an id");
  BtTrackerCall *call;
  guint n_called = f->n_called;

  request.tracker_id = id;
  memset (request.info_hash.bytes, 'h', sizeof request.info_hash.bytes);
  memset (request.peer_id, 'p', sizeof request.peer_id);
  call = bt_tracker_client_announce (f->client, url, &request, announced_cb, f);
  g_assert_nonnull (call);
  g_assert_cmpuint (f->n_called, ==, n_called);
  memset (id, 'x', strlen (id)); /* it was copied */
  return call;
}

static BtTrackerCall *
scrape (Fixture *f, const char *url)
{
  BtSha1 hash;

  memset (hash.bytes, 'h', sizeof hash.bytes);
  return bt_tracker_client_scrape (f->client, url, &hash, scraped_cb, f);
}

static void
assert_result (Fixture *f, guint n_called, const char *result)
{
  g_assert_cmpuint (f->n_called, ==, n_called);
  g_assert_cmpstr (f->result, ==, result);
}

/* HTTP */

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
  g_assert_cmpuint (request->timeout_s, ==, 45);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali9e5:peers6:abcdefe", NULL);
  assert_result (f, 1, "interval 9 97.98.99.100:25958");
}

static void
test_http_stopped_is_short (Fixture *f, gconstpointer data)
{
  announce (f, "HTTPS://t/announce", BT_ANNOUNCE_STOPPED);
  g_assert_cmpuint (ft_fake_tracker_world_get_fetch (f->fake, 0)->timeout_s, ==, 5);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  assert_result (f, 1, "interval -1");
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

/* No more than 50 at once; the others follow in order. */
static void
test_http_queue (Fixture *f, gconstpointer data)
{
  BtTrackerCall *calls[120];

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://t%u/announce", i);

      calls[i] = announce (f, url, BT_ANNOUNCE_NONE);
    }
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 50);
  bt_tracker_call_cancel (calls[50]); /* waits */
  g_assert_cmpuint (f->fake->n_fetches_started, ==, 50);
  bt_tracker_call_cancel (calls[3]); /* runs */
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 50);
  g_assert_true (
    g_str_has_prefix (ft_fake_tracker_world_get_fetch (f->fake, 49)->url, "http://t51/"));
  ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  g_assert_true (
    g_str_has_prefix (ft_fake_tracker_world_get_fetch (f->fake, 49)->url, "http://t52/"));
  g_assert_true (g_str_has_suffix (ft_fake_tracker_world_get_fetch (f->fake, 49)->url,
                                   "&trackerid=an%20id"));
  while (ft_fake_tracker_world_n_fetches (f->fake) > 20)
    ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  g_assert_cmpuint (f->n_called, ==, 118 - 20);
  g_assert_cmpuint (f->fake->n_fetches_started, ==, 119);
}

static void
test_free_with_queue (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 120; i++)
    announce (f, i % 3 == 0 ? "udp://t:1" : "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 2606::1");
  g_clear_pointer (&f->client, bt_tracker_client_free);
  g_assert_cmpuint (f->fake->n_fetches_started, ==, 50);
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
    announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  f->free_client = TRUE;
  ft_fake_tracker_world_answer (f->fake, 7, 200, "de", NULL);
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

/* UDP */

static void
test_udp_announce (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "08080808 1ae1");
  gint64 start = f->fake->now;

  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80/dir?a=b&c=d", BT_ANNOUNCE_STARTED);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
  g_assert_cmpint (f->called_at - start, ==, 200 * 1000);
  g_assert_cmpuint (server->last_length, ==, 98 + 14);
  g_assert_cmpmem (server->last + 98, 14, "\x02\x0c/dir?a=b&c=d", 14);

  /* The connection id is good for another minute; a bare address has no URL data. */
  announce (f, "UDP://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  g_assert_cmpuint (f->n_called, ==, 2);
  g_assert_cmpuint (server->n_packets, ==, 3);
  g_assert_cmpuint (server->last_length, ==, 98);
  g_assert_cmpuint (f->fake->n_udp_opened, ==, 1);
}

static void
test_udp_scrape (Fixture *f, gconstpointer data)
{
  Server *v4 = add_server (f, "1.1.1.1:80", "");
  Server *v6 = add_server (f, "[2606::1]:80", "");

  ft_fake_tracker_world_set_name (f->fake, "t", "2606::1 1.1.1.1");
  g_assert_nonnull (scrape (f, "udp://t:80"));
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "7/9/8");
  g_assert_cmpuint (v6->n_scrapes, ==, 1);
  g_assert_cmpuint (v4->n_packets, ==, 0);

  v4->failure = "gone";
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  scrape (f, "udp://t:80");
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 2, "error remote: gone");
}

static void
test_udp_failure_text (Fixture *f, gconstpointer data)
{
  add_server (f, "1.1.1.1:80", "")->failure = "gone";
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "failure gone");
}

static void
test_udp_names (Fixture *f, gconstpointer data)
{
  ft_fake_tracker_world_set_name (f->fake, "odd", "224.0.0.1 0.0.0.0 ff02::1 ::");
  announce (f, "udp://none:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "error network: no such name");
  announce (f, "udp://odd:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 2, "error network: The tracker's name leads to no address");
  bt_tracker_call_cancel (announce (f, "udp://none:80", BT_ANNOUNCE_NONE));
  ft_fake_tracker_world_run (f->fake, SECOND);
  g_assert_cmpuint (f->n_called, ==, 2);
}

/* The whole schedule of BEP 15 passes before a silent tracker is given up. */
static void
test_udp_silence (Fixture *f, gconstpointer data)
{
  static const gint64 seconds[] = { 0, 15, 45, 105, 225, 465, 945, 1905, 3825 };
  Server *server = add_server (f, "1.1.1.1:80", "");

  server->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 7665 * SECOND);
  g_assert_cmpuint (f->n_called, ==, 0);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "error timed out: The tracker does not answer");
  g_assert_cmpuint (server->n_packets, ==, G_N_ELEMENTS (seconds));
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    g_assert_cmpint (server->times[i] - server->times[0], ==, seconds[i] * SECOND);
}

static void
test_udp_comes_back (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "08080808 1ae1");

  server->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 40 * SECOND);
  server->silent = FALSE;
  ft_fake_tracker_world_run (f->fake, 6 * SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
}

static void
test_udp_stopped_is_short (Fixture *f, gconstpointer data)
{
  gint64 start = f->fake->now;

  add_server (f, "1.1.1.1:80", "")->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_STOPPED);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "error timed out: The tracker does not answer");
  g_assert_cmpint (f->called_at - start, ==, 5 * SECOND);
}

/* Both families announce, and what they say comes as one. */
static void
test_udp_both_families (Fixture *f, gconstpointer data)
{
  Server *v4 = add_server (f, "1.1.1.1:80", "08080808 1ae1");
  Server *v6 = add_server (f, "[2606::1]:80", "20014860486000000000000000008888 1ae1");
  gint64 start = f->fake->now;

  v4->delay_us = SECOND / 5;
  v6->interval = 2000;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 2606::1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "interval 2000 8.8.8.8:6881 [2001:4860:4860::8888]:6881");
  g_assert_null (f->late);
  g_assert_cmpint (f->called_at - start, ==, 100 * 1000 + 2 * SECOND / 5);
  g_assert_cmpuint (v4->n_announces, ==, 1);
  g_assert_cmpuint (v6->n_announces, ==, 1);
}

/* How the answer of IPv4 (after 100 ms and two round trips) fares beside an ill IPv6, and the other
 * way round. */
static void
test_udp_one_family_ails (Fixture *f, gconstpointer data)
{
  typedef enum
  {
    SILENT,
    SLOW, /* answers each packet after 4 s */
    FAILS,
    UNREACHABLE,
    MISSING,
  } Ailment;
  static const struct
  {
    Ailment ailment;
    const char *expected;
    gint64 after_ms;
  } rows[] = {
    { SILENT, "interval 1800 8.8.8.8:6881", 700 },
    { SLOW, "interval 1800 8.8.8.8:6881", 700 },
    { FAILS, "interval 1800 warning no 8.8.8.8:6881", 200 },
    { UNREACHABLE, "interval 1800 8.8.8.8:6881", 200 },
    { MISSING, "interval 1800 8.8.8.8:6881", 200 },
  };

  add_server (f, "1.1.1.1:80", "08080808 1ae1");
  add_server (f, "[2606::1]:80", "20014860486000000000000000008888 1ae1");
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 2606::1");
  for (guint i = G_N_ELEMENTS (rows); i > 0; i--)
    {
      Ailment ailment = rows[i - 1].ailment;
      gint64 start = f->fake->now;

      f->servers[1].silent = ailment == SILENT;
      f->servers[1].delay_us = ailment == SLOW ? 4 * SECOND : RTT;
      f->servers[1].failure = ailment == FAILS ? "no" : NULL;
      f->fake->ipv6_is_unreachable = ailment == UNREACHABLE;
      f->fake->ipv6_is_missing = ailment == MISSING;
      announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_run (f->fake, 100 * SECOND);
      assert_result (f, G_N_ELEMENTS (rows) - i + 1, rows[i - 1].expected);
      g_assert_cmpint (f->called_at - start, ==, rows[i - 1].after_ms * 1000);
      g_assert_cmpstr (f->late, ==, ailment == SLOW ? "interval 1800 [2001:4860:4860::8888]:6881" : NULL);
      g_clear_pointer (&f->late, g_free);
    }
}

static void
test_udp_failure_waits_for_the_other (Fixture *f, gconstpointer data)
{
  Server *v4 = add_server (f, "1.1.1.1:80", "08080808 1ae1");
  Server *v6 = add_server (f, "[2606::1]:80", "20014860486000000000000000008888 1ae1");

  v4->failure = "no IPv4";
  v6->delay_us = 2 * SECOND;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 2606::1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "interval 1800 warning no IPv4 [2001:4860:4860::8888]:6881");
  v6->silent = TRUE;
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 2, "failure no IPv4");
  v6->silent = FALSE;
  v6->failure = "no IPv6";
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 3, "failure no IPv4");
}

static void
test_udp_nothing_reachable (Fixture *f, gconstpointer data)
{
  ft_fake_tracker_world_set_name (f->fake, "t", "2606::1 2606::2");
  f->fake->ipv6_is_unreachable = TRUE;
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "error network: The tracker's address cannot be reached");
  bt_tracker_client_free (f->client);
  f->client = bt_tracker_client_new (&f->fake->world, f->fake->timers);
  f->fake->ipv6_is_missing = TRUE;
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 2, "error network: no such family");
}

/* Each address but the last has 15 seconds. */
static void
test_udp_next_address (Fixture *f, gconstpointer data)
{
  Server *first = add_server (f, "1.1.1.1:80", "");
  Server *second = add_server (f, "1.1.1.2:80", "");
  gint64 start = f->fake->now;

  first->silent = TRUE;
  second->silent = TRUE;
  add_server (f, "1.1.1.3:80", "08080808 1ae1");
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 1.1.1.2 1.1.1.3");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
  g_assert_cmpint (f->called_at - start, ==, 200 * 1000 + 30 * SECOND);
  g_assert_cmpuint (first->n_packets, ==, 1);
  g_assert_cmpuint (second->n_packets, ==, 1);
}

static void
test_udp_addresses_are_capped (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) addresses = g_string_new (NULL);
  Server *ninth;

  for (guint i = 1; i <= 200; i++)
    g_string_append_printf (addresses, "%s1.1.1.%u", i > 1 ? " " : "", i);
  ninth = add_server (f, "1.1.1.9:80", "");
  add_server (f, "1.1.1.8:80", "")->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", addresses->str);
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, (7 * 15 + 7666) * SECOND);
  assert_result (f, 1, "error timed out: The tracker does not answer");
  g_assert_cmpuint (ninth->n_packets, ==, 0);
  g_assert_cmpuint (f->servers[1].n_packets, ==, 9);
}

/* Many at once to one tracker: each has its own answer. */
static void
test_udp_many (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "08080808 1ae1");

  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  for (guint i = 0; i < 500; i++)
    {
      announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_run (f->fake, 10 * 1000);
    }
  ft_fake_tracker_world_run (f->fake, 10 * SECOND);
  assert_result (f, 500, "interval 1800 8.8.8.8:6881");
  g_assert_cmpuint (server->n_announces, ==, 500);
  g_assert_cmpuint (server->n_packets, <, 520);
}

/* A stranger sends what it likes; the tracker is still heard. */
static void
serve_with_noise (FtFakeTrackerWorld *fake,
                  const BtEndpoint *to,
                  const guint8 *packet,
                  gsize length)
{
  Fixture *f = fake->server_data;
  BtEndpoint from = *to;
  BtRandom random;

  bt_random_seed (&random, f->servers[0].n_packets + 1);
  for (guint i = 0; i < 200; i++)
    {
      guint8 noise[64];
      gsize size = bt_random_below (&random, sizeof noise + 1);

      bt_random_fill (&random, noise, sizeof noise);
      memset (noise, 0, 4);
      noise[3] = (guint8) bt_random_below (&random, 4);
      from = *to;
      if (i % 2 == 0)
        {
          from.port ^= 1;
          memcpy (noise + 4, packet + 12, 4); /* it knows the transaction, but is not the tracker */
        }
      ft_fake_tracker_world_send (fake, &from, 1000, noise, size);
    }
  serve (fake, to, packet, length);
}

static void
test_udp_noise (Fixture *f, gconstpointer data)
{
  add_server (f, "1.1.1.1:80", "08080808 1ae1");
  f->fake->server = serve_with_noise;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
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

static void
add_test (const char *path, void (*func) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
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
  add_test ("/net/tracker-client/http-queue", test_http_queue);
  add_test ("/net/tracker-client/free-with-queue", test_free_with_queue);
  add_test ("/net/tracker-client/callback-may-free-all", test_callback_may_free_all);
  add_test ("/net/tracker-client/callback-may-free-all-http", test_callback_may_free_all_http);
  add_test ("/net/tracker-client/callback-may-cancel-others", test_callback_may_cancel_others);
  add_test ("/net/tracker-client/bad-urls", test_bad_urls);
  add_test ("/net/tracker-client/udp-announce", test_udp_announce);
  add_test ("/net/tracker-client/udp-scrape", test_udp_scrape);
  add_test ("/net/tracker-client/udp-failure-text", test_udp_failure_text);
  add_test ("/net/tracker-client/udp-names", test_udp_names);
  add_test ("/net/tracker-client/udp-silence", test_udp_silence);
  add_test ("/net/tracker-client/udp-comes-back", test_udp_comes_back);
  add_test ("/net/tracker-client/udp-stopped-is-short", test_udp_stopped_is_short);
  add_test ("/net/tracker-client/udp-both-families", test_udp_both_families);
  add_test ("/net/tracker-client/udp-one-family-ails", test_udp_one_family_ails);
  add_test ("/net/tracker-client/udp-failure-waits", test_udp_failure_waits_for_the_other);
  add_test ("/net/tracker-client/udp-nothing-reachable", test_udp_nothing_reachable);
  add_test ("/net/tracker-client/udp-next-address", test_udp_next_address);
  add_test ("/net/tracker-client/udp-addresses-are-capped", test_udp_addresses_are_capped);
  add_test ("/net/tracker-client/udp-many", test_udp_many);
  add_test ("/net/tracker-client/udp-noise", test_udp_noise);
  add_test ("/net/tracker-client/any-order", test_any_order);
  return g_test_run ();
}
