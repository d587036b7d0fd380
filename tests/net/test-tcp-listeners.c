/* test-tcp-listeners.c: listeners without descriptors, and sockets that are bound to one address.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tcp-fixture.h"

#include "bt-error.h"

#include <sys/resource.h>

/* From now on the process can open nothing; @before is to be set again. */
static void
use_up_descriptors (struct rlimit *before)
{
  int lowest = dup (0);
  struct rlimit low;

  close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, before), ==, 0);
  low = *before;
  low.rlim_cur = (rlim_t) lowest;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
}

static int
count_turns (Fixture *fixture)
{
  int n = 0;

  while (n < 1000 && g_main_context_iteration (fixture->context, FALSE))
    n++;
  return n;
}

/* No descriptor is left: the listener rests instead of keeping the loop busy, and comes back. One
 * of two, because valgrind's accept loses the connection that it has no descriptor for. */
static void
test_no_descriptors (Fixture *fixture, gconstpointer ip)
{
  struct rlimit before;
  int fds[2];

  if (skip_without_family (fixture, ip))
    return;
  fds[0] = connect_raw (fixture);
  fds[1] = connect_raw (fixture);
  use_up_descriptors (&before);
  int n_turns = count_turns (fixture);
  guint n_accepts = fixture->n_accepts;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  g_assert_cmpuint (n_accepts, ==, 0);
  g_assert_cmpint (n_turns, <, 10);
  ft_test_iterate (fixture->context, fixture->n_accepts >= 1, SECONDS);
  close (fds[0]);
  close (fds[1]);
}

/* As above, but the listener goes while it rests. */
static void
test_free_resting (Fixture *fixture, gconstpointer ip)
{
  struct rlimit before;
  int fd;

  if (skip_without_family (fixture, ip))
    return;
  fd = connect_raw (fixture);
  use_up_descriptors (&before);
  count_turns (fixture);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  fixture->world->ops->listener_free (fixture->world, fixture->listener);
  fixture->listener = NULL;
  g_assert_cmpint (count_turns (fixture), ==, 0);
  close (fd);
}

static void
test_port_taken (Fixture *fixture, gconstpointer ip)
{
  g_autoptr (GError) error = NULL;
  BtEndpoint local = fixture->local;

  if (skip_without_family (fixture, ip))
    return;
  g_assert_null (fixture->world->ops->listen (fixture->world, &local, accept_cb, fixture, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
}

static BtWorld *
create_bound (Fixture *fixture, const char *ip)
{
  BtEndpoint only;

  g_assert_true (bt_endpoint_parse_ip (&only, ip, 0));
  return bt_gio_world_new (fixture->context, &only, "test/1");
}

static void
test_bound_connect (Fixture *fixture, gconstpointer ip)
{
  BtWorld *world = create_bound (fixture, "127.0.0.2");
  BtWorld *original = fixture->world;
  BtEndpoint local;
  End *end;

  fixture->world = world;
  end = connect_end (fixture, &fixture->local, transfer_cb);
  fixture->world = original;
  ft_test_iterate (fixture->context, fixture->ends->len == 1, SECONDS);
  ((End *) fixture->ends->pdata[0])
    ->stream->ops->get_remote (((End *) fixture->ends->pdata[0])->stream, &local);
  local.port = 0;
  char text[BT_ENDPOINT_TEXT_SIZE];
  bt_endpoint_format_ip (&local, text);
  g_assert_cmpstr (text, ==, "127.0.0.2");
  end_free (end);
  world->ops->free (world);
}

/* What the address that may be used cannot do is not done from another. */
static void
test_bound_no_fallback (Fixture *fixture, gconstpointer ip)
{
  static const struct
  {
    const char *only;
    const char *remote;
  } rows[] = {
    { "127.0.0.2", "::1" },
    { "::1", "127.0.0.1" },
    { "192.0.2.77", "127.0.0.1" }, /* not an address of this machine (RFC 5737) */
    { "2001:db8::77", "::1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtWorld *world = create_bound (fixture, rows[i].only);
      g_autoptr (GError) error = NULL;
      BtEndpoint remote;

      g_assert_true (bt_endpoint_parse_ip (&remote, rows[i].remote, fixture->local.port));
      g_assert_null (world->ops->connect (world, &remote, transfer_cb, NULL, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
      world->ops->free (world);
    }
}

static void
test_bound_listen (Fixture *fixture, gconstpointer ip)
{
  static const struct
  {
    const char *asked;
    gboolean allowed;
  } rows[] = {
    { "0.0.0.0", TRUE }, { "127.0.0.2", TRUE }, { "127.0.0.1", FALSE },
    { "::", FALSE },     { "::1", FALSE },
  };
  BtWorld *world = create_bound (fixture, "127.0.0.2");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      char text[BT_ENDPOINT_TEXT_SIZE];
      BtListener *listener;
      BtEndpoint local;

      g_assert_true (bt_endpoint_parse_ip (&local, rows[i].asked, 0));
      listener = world->ops->listen (world, &local, accept_cb, fixture, &error);
      g_assert_cmpint (listener != NULL, ==, rows[i].allowed);
      if (listener == NULL)
        {
          g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
          continue;
        }
      bt_endpoint_format_ip (&local, text);
      g_assert_cmpstr (text, ==, "127.0.0.2");
      world->ops->listener_free (world, listener);
    }
  world->ops->free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/net/tcp-listeners/" name, Fixture, "127.0.0.1", set_up, func, tear_down)
#define ADD_BOTH(name, func)                                                                       \
  ADD (name "/ipv4", func);                                                                        \
  g_test_add ("/net/tcp-listeners/" name "/ipv6", Fixture, "::1", set_up, func, tear_down)
  ADD ("no-descriptors", test_no_descriptors);
  ADD ("free-resting", test_free_resting);
  ADD_BOTH ("port-taken", test_port_taken);
  ADD ("bound/connect", test_bound_connect);
  ADD ("bound/no-fallback", test_bound_no_fallback);
  ADD ("bound/listen", test_bound_listen);
#undef ADD_BOTH
#undef ADD
  return g_test_run ();
}
