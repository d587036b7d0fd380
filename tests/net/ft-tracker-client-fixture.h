/* ft-tracker-client-fixture.h: trackers over UDP and what became of calls, for the tests of the client.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

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

static inline void
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

static inline void
answer_connect (Fixture *f, Server *server, guint32 transaction)
{
  guint8 packet[16];
  BtWriter writer = bt_writer (packet, sizeof packet);

  bt_writer_u32 (&writer, 0);
  bt_writer_u32 (&writer, transaction);
  bt_writer_u64 (&writer, 0x1122334455667788);
  ft_fake_tracker_world_send (f->fake, &server->address, server->delay_us, packet, writer.used);
}

static inline void
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

static inline Server *
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

static inline char *
describe_reply (const BtAnnounceReply *reply)
{
  GString *text = g_string_new (NULL);

  if (reply->failure != NULL)
    g_string_append_printf (text, "failure %s", reply->failure);
  else
    g_string_append_printf (text, "interval %d", (int) reply->interval_s);
  if (reply->encrypted)
    g_string_append (text, " encrypted");
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

static inline void
late_cb (const BtSha1 *info_hash, const BtAnnounceReply *reply, gpointer owner)
{
  Fixture *f = owner;

  g_assert_cmpint (info_hash->bytes[0], ==, 'h');
  g_assert_null (reply->failure);
  g_free (f->late);
  f->late = describe_reply (reply);
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  f->fake = ft_fake_tracker_world_new ();
  f->fake->server = serve;
  f->fake->server_data = f;
  f->client = bt_tracker_client_new (&f->fake->world, f->fake->timers);
  bt_tracker_client_set_late (f->client, late_cb, f);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->client, bt_tracker_client_free);
  ft_fake_tracker_world_free (f->fake);
  g_free (f->result);
  g_free (f->late);
}

static inline char *
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
static inline void
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

static inline void
announced_cb (const BtAnnounceReply *reply, const GError *error, gpointer owner)
{
  g_assert_true ((reply == NULL) == (error != NULL));
  note_result (owner, error != NULL ? describe_error (error) : describe_reply (reply));
}

static inline void
scraped_cb (const BtScrapeReply *reply, const GError *error, gpointer owner)
{
  g_assert_true ((reply == NULL) == (error != NULL));
  if (error != NULL)
    note_result (owner, describe_error (error));
  else
    note_result (owner, g_strdup_printf ("%d/%d/%d", (int) reply->n_seeds, (int) reply->n_leechers,
                                         (int) reply->n_downloaded));
}

static inline BtTrackerCall *
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

static inline BtTrackerCall *
scrape (Fixture *f, const char *url)
{
  BtSha1 hash;

  memset (hash.bytes, 'h', sizeof hash.bytes);
  return bt_tracker_client_scrape (f->client, url, &hash, scraped_cb, f);
}

static inline void
assert_result (Fixture *f, guint n_called, const char *result)
{
  g_assert_cmpuint (f->n_called, ==, n_called);
  g_assert_cmpstr (f->result, ==, result);
}

static inline void
add_test (const char *path, void (*func) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}
