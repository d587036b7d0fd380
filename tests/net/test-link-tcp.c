/* test-link-tcp.c: links over TCP of the real world, on the loopback.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world.h"
#include "ft-test.h"
#include "ft-trader.h"

#define SECONDS 30

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  BtTimers *timers;
  BtBufferPool *pool;
  BtListener *listener;
  BtEndpoint local;
  FtLinkOwner *server, *client;
  FtTrader traders[2];
} Fixture;

static void
run_timers_cb (gpointer owner)
{
  Fixture *fixture = owner;

  bt_timers_run (fixture->timers, bt_world_now (fixture->world));
}

static void
timers_changed_cb (gint64 deadline, gpointer data)
{
  Fixture *fixture = data;

  fixture->world->ops->wake_at (fixture->world, deadline);
}

static FtLinkOwner *
make_owner (Fixture *fixture, FtTrader *trader)
{
  FtLinkOwner *owner = ft_link_owner_new_on (NULL, fixture->world);

  owner->timers = fixture->timers;
  owner->react = ft_trader_react;
  owner->react_data = trader;
  trader->pool = fixture->pool;
  return owner;
}

static void
accept_cb (BtStream *stream, gpointer owner)
{
  Fixture *fixture = owner;

  g_assert_null (fixture->server->link);
  fixture->server->link = bt_link_new_incoming (fixture->world, fixture->timers, stream,
                                                &ft_link_owner_ops, fixture->server);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->context = g_main_context_new ();
  fixture->world = bt_gio_world_new (fixture->context, NULL, "test");
  fixture->world->wake = run_timers_cb;
  fixture->world->owner = fixture;
  fixture->timers = bt_timers_new (timers_changed_cb, fixture);
  fixture->pool = bt_buffer_pool_new (4 * 1024 * 1024);
  fixture->server = make_owner (fixture, &fixture->traders[0]);
  fixture->client = make_owner (fixture, &fixture->traders[1]);
  g_assert_true (bt_endpoint_parse_ip (&fixture->local, data, 0));
  fixture->listener =
    fixture->world->ops->listen (fixture->world, &fixture->local, accept_cb, fixture, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ft_link_owner_free (fixture->server);
  ft_link_owner_free (fixture->client);
  if (fixture->listener != NULL)
    fixture->world->ops->listener_free (fixture->world, fixture->listener);
  bt_buffer_pool_free (fixture->pool);
  bt_timers_free (fixture->timers);
  fixture->world->ops->free (fixture->world);
  g_main_context_unref (fixture->context);
}

static void
connect_client (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->client->link = bt_link_new_outgoing (fixture->world, fixture->timers, &fixture->local,
                                                &ft_link_owner_ops, fixture->client, &error);
  g_assert_no_error (error);
}

/* Both ends ask for all blocks of the other. */
static void
test_trade (Fixture *fixture, gconstpointer data)
{
  connect_client (fixture);
  ft_test_iterate (fixture->context,
                   ft_trader_is_done (&fixture->traders[0], fixture->server)
                     && ft_trader_is_done (&fixture->traders[1], fixture->client),
                   SECONDS);
  ft_trader_check (fixture->server);
  ft_trader_check (fixture->client);
  g_assert_cmpuint (fixture->client->n_drained, >, 0);
  g_assert_false (bt_link_is_outgoing (fixture->server->link));

  bt_link_close (fixture->client->link, BT_CLOSE_STOPPED, NULL);
  ft_test_iterate (fixture->context, fixture->server->n_closed > 0, SECONDS);
  g_assert_cmpint (fixture->server->reason, ==, BT_CLOSE_REMOTE);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  fixture->world->ops->listener_free (fixture->world, fixture->listener);
  fixture->listener = NULL;
  connect_client (fixture);
  ft_test_iterate (fixture->context, fixture->client->n_closed > 0, SECONDS);
  g_assert_cmpint (fixture->client->reason, ==, BT_CLOSE_CONNECT_FAILED);
  g_assert_nonnull (fixture->client->detail);
  g_assert_cmpstr (fixture->client->log->str, ==, "closed could not connect\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/net/link-tcp/trade-ipv4", Fixture, "127.0.0.1", set_up, test_trade, tear_down);
  g_test_add ("/net/link-tcp/trade-ipv6", Fixture, "::1", set_up, test_trade, tear_down);
  g_test_add ("/net/link-tcp/refused", Fixture, "127.0.0.1", set_up, test_refused, tear_down);
  return g_test_run ();
}
