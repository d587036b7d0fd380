/* test-lookup.c: names and addresses to endpoints.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world.h"

#include "bt-error.h"
#include "ft-test.h"

#define SECONDS 60

/* A label longer than DNS has: nobody in the network needs to be asked. */
#define IMPOSSIBLE "l0000000001000000000200000000030000000004000000000500000000060000000007"

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  BtLookup *lookup;
  int n_calls;
  GArray *endpoints;
  GError *error;
} Fixture;

static void
answer_cb (GArray *endpoints, const GError *error, gpointer owner)
{
  Fixture *fixture = owner;

  g_assert_true ((endpoints == NULL) == (error != NULL));
  fixture->n_calls++;
  g_clear_pointer (&fixture->endpoints, g_array_unref);
  g_clear_error (&fixture->error);
  fixture->endpoints = endpoints != NULL ? g_array_ref (endpoints) : NULL;
  fixture->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->world = bt_gio_world_new (fixture->context, NULL, "test/1");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture->world->ops->free (fixture->world);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
  g_clear_pointer (&fixture->endpoints, g_array_unref);
  g_clear_error (&fixture->error);
}

static void
look_up (Fixture *fixture, const char *host)
{
  fixture->n_calls = 0;
  fixture->lookup = fixture->world->ops->lookup (fixture->world, host, 6881, answer_cb, fixture);
  g_assert_nonnull (fixture->lookup);
  g_assert_cmpint (fixture->n_calls, ==, 0);
}

static void
test_literals (Fixture *fixture, gconstpointer data)
{
  static const char *const literals[] = { "192.0.2.1", "127.0.0.1", "::1", "2001:db8::5" };

  for (gsize i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      BtEndpoint expected;

      g_assert_true (bt_endpoint_parse_ip (&expected, literals[i], 6881));
      look_up (fixture, literals[i]);
      ft_test_iterate (fixture->context, fixture->n_calls == 1, SECONDS);
      g_assert_no_error (fixture->error);
      g_assert_cmpuint (fixture->endpoints->len, ==, 1);
      g_assert_true (
        bt_endpoint_equal (&g_array_index (fixture->endpoints, BtEndpoint, 0), &expected));
    }
}

static void
test_localhost (Fixture *fixture, gconstpointer data)
{
  look_up (fixture, "localhost");
  ft_test_iterate (fixture->context, fixture->n_calls == 1, SECONDS);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->endpoints->len, >=, 1);
  for (guint i = 0; i < fixture->endpoints->len; i++)
    {
      BtEndpoint *endpoint = &g_array_index (fixture->endpoints, BtEndpoint, i);
      g_assert_true (bt_endpoint_is_loopback (endpoint));
      g_assert_cmpuint (endpoint->port, ==, 6881);
    }
}

/* Names that cannot be, and addresses where nobody can be. */
static void
test_failures (Fixture *fixture, gconstpointer data)
{
  static const char *const hosts[] = {
    IMPOSSIBLE, "", "0.0.0.0", "::", "239.192.152.143", "a..b", "127.1", "0x7f000001",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      look_up (fixture, hosts[i]);
      ft_test_iterate (fixture->context, fixture->n_calls == 1, SECONDS);
      g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
      g_assert_nonnull (strstr (fixture->error->message, hosts[i]));
    }
}

static void
test_cancel (Fixture *fixture, gconstpointer host)
{
  for (int turns = 0; turns < 3; turns++)
    {
      look_up (fixture, host);
      for (int i = 0; i < turns && fixture->n_calls == 0; i++)
        g_main_context_iteration (fixture->context, FALSE);
      if (fixture->n_calls != 0)
        break;
      fixture->world->ops->lookup_cancel (fixture->world, fixture->lookup);
      for (int i = 0; i < 20; i++)
        g_main_context_iteration (fixture->context, FALSE);
      g_assert_cmpint (fixture->n_calls, ==, 0);
    }
}

static void
cancel_other_cb (GArray *endpoints, const GError *error, gpointer owner)
{
  Fixture *fixture = owner;

  fixture->n_calls++;
  fixture->world->ops->lookup_cancel (fixture->world, fixture->lookup);
}

/* Two answers are due in one turn, and the first calls the second one off. */
static void
test_cancel_inside (Fixture *fixture, gconstpointer data)
{
  fixture->world->ops->lookup (fixture->world, "127.0.0.1", 1, cancel_other_cb, fixture);
  fixture->lookup =
    fixture->world->ops->lookup (fixture->world, "127.0.0.2", 1, answer_cb, fixture);
  ft_test_iterate (fixture->context, fixture->n_calls == 1, SECONDS);
  for (int i = 0; i < 20; i++)
    g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpint (fixture->n_calls, ==, 1);
}

/* The world goes with lookups under way: nobody is called. */
static void
test_world_goes (Fixture *fixture, gconstpointer data)
{
  look_up (fixture, "127.0.0.1");
  look_up (fixture, "localhost");
  look_up (fixture, IMPOSSIBLE);
  fixture->world->ops->free (fixture->world);
  for (int i = 0; i < 50; i++)
    g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpint (fixture->n_calls, ==, 0);
  fixture->world = bt_gio_world_new (fixture->context, NULL, "test/1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func)                                                                      \
  g_test_add ("/net/lookup/" name, Fixture, data, set_up, func, tear_down)
  ADD ("literals", NULL, test_literals);
  ADD ("localhost", NULL, test_localhost);
  ADD ("failures", NULL, test_failures);
  ADD ("cancel/literal", "127.0.0.1", test_cancel);
  ADD ("cancel/name", IMPOSSIBLE, test_cancel);
  ADD ("cancel/inside", NULL, test_cancel_inside);
  ADD ("world-goes", NULL, test_world_goes);
#undef ADD
  return g_test_run ();
}
