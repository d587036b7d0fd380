/* test-upnp.c: the thread that waits for UPnP routers: calls, their ends, and the binding.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world.h"
#include "ft-test.h"

#define SECONDS 60

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  BtEndpoint loopback;
  BtUpnpRequest request;
  GArray *results; /* of BtUpnpResult */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->context = g_main_context_new ();
  f->world = bt_gio_world_new (f->context, NULL, "test/1");
  f->results = g_array_new (FALSE, FALSE, sizeof (BtUpnpResult));
  g_assert_true (bt_endpoint_parse_ip (&f->loopback, "127.0.0.1", 0));
  /* The search does not leave this machine, and what is on it is not asked. */
  f->request = (BtUpnpRequest){ .source = f->loopback, .prefix_length = 8, .internal_port = 6881,
                                .external_port = 6881, .lifetime_s = 3600 };
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->world != NULL)
    f->world->ops->free (f->world);
  g_array_unref (f->results);
  g_main_context_unref (f->context);
}

static void
answered_cb (const BtUpnpReply *reply, gpointer owner)
{
  Fixture *f = owner;

  g_array_append_val (f->results, reply->result);
}

static BtUpnpCall *
call (Fixture *f)
{
  return f->world->ops->upnp (f->world, &f->request, answered_cb, f);
}

static BtUpnpResult
result_of (Fixture *f, guint n)
{
  return g_array_index (f->results, BtUpnpResult, n);
}

static void
test_no_router (Fixture *f, gconstpointer data)
{
  call (f);
  g_assert_cmpuint (f->results->len, ==, 0);
  ft_test_iterate (f->context, f->results->len == 1, SECONDS);
  g_assert_cmpint (result_of (f, 0), ==, BT_UPNP_NO_ANSWER);
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  f->request.remove = TRUE;
  g_assert_null (f->world->ops->upnp (f->world, &f->request, NULL, NULL));
  call (f);
  ft_test_iterate (f->context, f->results->len == 1, SECONDS);
  g_assert_cmpint (result_of (f, 0), ==, BT_UPNP_DONE);
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  BtUpnpCall *first = call (f);
  BtUpnpCall *second = call (f);

  f->world->ops->upnp_cancel (f->world, second);
  f->world->ops->upnp_cancel (f->world, first);
  f->request.remove = TRUE;
  call (f);
  ft_test_iterate (f->context, f->results->len == 1, SECONDS);
  g_assert_cmpint (result_of (f, 0), ==, BT_UPNP_DONE);
}

/* The thread is left alone with what it does. */
static void
test_free_while_busy (Fixture *f, gconstpointer data)
{
  call (f);
  call (f);
  f->world->ops->upnp (f->world, &f->request, NULL, NULL);
  g_main_context_iteration (f->context, FALSE);
  f->world->ops->free (f->world);
  f->world = NULL;
  while (g_main_context_iteration (f->context, FALSE))
    ;
  g_assert_cmpuint (f->results->len, ==, 0);
}

/* Nothing is asked, not even to take away, and what waits is called off. */
static void
test_bound (Fixture *f, gconstpointer data)
{
  f->world->ops->bind (f->world, &f->loopback, NULL);
  call (f);
  g_assert_cmpuint (f->results->len, ==, 0);
  ft_test_iterate (f->context, f->results->len == 1, SECONDS);
  g_assert_cmpint (result_of (f, 0), ==, BT_UPNP_BOUND);
  f->request.remove = TRUE;
  call (f);
  f->world->ops->upnp_cancel (f->world, call (f));
  ft_test_iterate (f->context, f->results->len == 2, SECONDS);
  g_assert_cmpint (result_of (f, 1), ==, BT_UPNP_BOUND);

  f->world->ops->bind (f->world, NULL, NULL);
  f->request.remove = FALSE;
  call (f);
  call (f);
  f->world->ops->bind (f->world, NULL, "lo");
  ft_test_iterate (f->context, f->results->len == 4, SECONDS);
  g_assert_cmpint (result_of (f, 2), ==, BT_UPNP_BOUND);
  g_assert_cmpint (result_of (f, 3), ==, BT_UPNP_BOUND);

  f->world->ops->bind (f->world, NULL, NULL);
  f->request.remove = TRUE;
  call (f);
  ft_test_iterate (f->context, f->results->len == 5, SECONDS);
  g_assert_cmpint (result_of (f, 4), ==, BT_UPNP_DONE);
}

#define add(path, func) g_test_add ("/upnp/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("no-router", test_no_router);
  add ("remove", test_remove);
  add ("cancel", test_cancel);
  add ("free-while-busy", test_free_while_busy);
  add ("bound", test_bound);
  return g_test_run ();
}
