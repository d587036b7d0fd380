/* test-udp.c: datagrams of the real world, over the loopback of both families.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world.h"

#include "bt-error.h"
#include "ft-test.h"

#define SECONDS 20

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  BtUdp *a;
  BtUdp *b;
  BtEndpoint a_local;
  BtEndpoint b_local;
  GPtrArray *received; /* of GBytes, by @b */
  BtEndpoint from;
  guint free_after; /* @b frees itself with this datagram; 0: never */
  gboolean echo;
  guint n_back; /* received by @a */
} Fixture;

static void
count_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Fixture *fixture = owner;

  fixture->n_back++;
}

static void
collect_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Fixture *fixture = owner;

  g_assert_nonnull (fixture->b);
  fixture->from = *from;
  g_ptr_array_add (fixture->received, g_bytes_new (bytes, length));
  if (fixture->echo)
    g_assert_true (fixture->world->ops->udp_send (fixture->world, fixture->b, from, bytes, length));
  if (fixture->received->len == fixture->free_after)
    {
      fixture->world->ops->udp_free (fixture->world, fixture->b);
      fixture->b = NULL;
    }
}

static void
set_up (Fixture *fixture, gconstpointer ip)
{
  fixture->context = g_main_context_new ();
  fixture->world = bt_gio_world_new (fixture->context, NULL, "test/1");
  fixture->received = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_assert_true (bt_endpoint_parse_ip (&fixture->a_local, ip, 0));
  fixture->b_local = fixture->a_local;
  fixture->a =
    fixture->world->ops->udp_open (fixture->world, &fixture->a_local, count_cb, fixture, NULL);
  fixture->b =
    fixture->world->ops->udp_open (fixture->world, &fixture->b_local, collect_cb, fixture, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer ip)
{
  if (fixture->a != NULL)
    fixture->world->ops->udp_free (fixture->world, fixture->a);
  if (fixture->b != NULL)
    fixture->world->ops->udp_free (fixture->world, fixture->b);
  fixture->world->ops->free (fixture->world);
  g_ptr_array_unref (fixture->received);
  g_main_context_unref (fixture->context);
}

static gboolean
skip_without_family (Fixture *fixture, gconstpointer ip)
{
  if (fixture->a != NULL && fixture->b != NULL)
    return FALSE;
  g_assert_cmpstr (ip, ==, "::1");
  g_test_skip ("There is no IPv6 here");
  return TRUE;
}

static gboolean
send_to_b (Fixture *fixture, const void *bytes, gsize length)
{
  return fixture->world->ops->udp_send (fixture->world, fixture->a, &fixture->b_local, bytes,
                                        length);
}

static void
test_one (Fixture *fixture, gconstpointer ip)
{
  if (skip_without_family (fixture, ip))
    return;
  fixture->echo = TRUE;
  g_assert_true (send_to_b (fixture, "d1:ad2:id", 9));
  g_assert_true (send_to_b (fixture, "", 0));
  g_assert_cmpuint (fixture->received->len, ==, 0);
  ft_test_iterate (fixture->context, fixture->n_back == 2, SECONDS);

  g_assert_cmpuint (fixture->received->len, ==, 2);
  g_assert_cmpmem (g_bytes_get_data (fixture->received->pdata[0], NULL),
                   g_bytes_get_size (fixture->received->pdata[0]), "d1:ad2:id", 9);
  g_assert_cmpuint (g_bytes_get_size (fixture->received->pdata[1]), ==, 0);
  g_assert_true (bt_endpoint_equal (&fixture->from, &fixture->a_local));
}

/* Several batches wait; they come in order, none twice. */
static void
test_many (Fixture *fixture, gconstpointer ip)
{
  if (skip_without_family (fixture, ip))
    return;
  for (guint32 i = 0; i < 100; i++)
    g_assert_true (send_to_b (fixture, &i, sizeof i));
  ft_test_iterate (fixture->context, fixture->received->len == 100, SECONDS);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));

  for (guint32 i = 0; i < 100; i++)
    g_assert_cmpmem (g_bytes_get_data (fixture->received->pdata[i], NULL),
                     g_bytes_get_size (fixture->received->pdata[i]), &i, sizeof i);
}

/* The largest that is taken whole; a larger one is dropped, not cut. */
static void
test_sizes (Fixture *fixture, gconstpointer ip)
{
  static guint8 bytes[8192];

  if (skip_without_family (fixture, ip))
    return;
  g_assert_true (send_to_b (fixture, bytes, 8192));
  g_assert_true (send_to_b (fixture, bytes, 4097));
  g_assert_true (send_to_b (fixture, bytes, 4096));
  g_assert_true (send_to_b (fixture, "end", 3));
  ft_test_iterate (fixture->context, fixture->received->len == 2, SECONDS);
  g_assert_cmpuint (g_bytes_get_size (fixture->received->pdata[0]), ==, 4096);
  g_assert_cmpuint (g_bytes_get_size (fixture->received->pdata[1]), ==, 3);
}

static void
test_free_inside (Fixture *fixture, gconstpointer ip)
{
  if (skip_without_family (fixture, ip))
    return;
  fixture->free_after = 3;
  for (guint i = 0; i < 10; i++)
    g_assert_true (send_to_b (fixture, "x", 1));
  ft_test_iterate (fixture->context, fixture->b == NULL, SECONDS);
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpuint (fixture->received->len, ==, 3);
}

/* Nobody is there, which the kernel may tell: the socket goes on. */
static void
test_nobody (Fixture *fixture, gconstpointer ip)
{
  BtEndpoint nobody;

  if (skip_without_family (fixture, ip))
    return;
  fixture->world->ops->udp_free (fixture->world, fixture->b);
  fixture->b = NULL;
  nobody = fixture->b_local;
  for (int i = 0; i < 3; i++)
    fixture->world->ops->udp_send (fixture->world, fixture->a, &nobody, "x", 1);

  fixture->b =
    fixture->world->ops->udp_open (fixture->world, &fixture->b_local, collect_cb, fixture, NULL);
  g_assert_nonnull (fixture->b);
  g_assert_true (
    fixture->world->ops->udp_send (fixture->world, fixture->b, &fixture->a_local, "y", 1));
  ft_test_iterate (fixture->context, fixture->n_back == 1, SECONDS);
  g_assert_true (send_to_b (fixture, "x", 1));
  ft_test_iterate (fixture->context, fixture->received->len == 1, SECONDS);
}

static void
test_wrong_family (Fixture *fixture, gconstpointer ip)
{
  BtEndpoint other;

  if (skip_without_family (fixture, ip))
    return;
  g_assert_true (bt_endpoint_parse_ip (
    &other, bt_endpoint_is_ipv4 (&fixture->a_local) ? "::1" : "127.0.0.1", fixture->b_local.port));
  g_assert_false (fixture->world->ops->udp_send (fixture->world, fixture->a, &other, "x", 1));
}

static void
test_port_taken (Fixture *fixture, gconstpointer ip)
{
  g_autoptr (GError) error = NULL;
  BtEndpoint local = fixture->a_local;

  if (skip_without_family (fixture, ip))
    return;
  g_assert_null (fixture->world->ops->udp_open (fixture->world, &local, count_cb, fixture, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
}

static void
test_bound (Fixture *fixture, gconstpointer ip)
{
  static const struct
  {
    const char *asked;
    gboolean allowed;
  } rows[] = {
    { "0.0.0.0", TRUE }, { "127.0.0.2", TRUE }, { "127.0.0.1", FALSE },
    { "::", FALSE },     { "::1", FALSE },
  };
  BtEndpoint only;
  BtWorld *world;

  g_assert_true (bt_endpoint_parse_ip (&only, "127.0.0.2", 0));
  world = bt_gio_world_new (fixture->context, &only, "test/1");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      BtEndpoint local;
      BtUdp *udp;

      g_assert_true (bt_endpoint_parse_ip (&local, rows[i].asked, 0));
      udp = world->ops->udp_open (world, &local, count_cb, fixture, &error);
      g_assert_cmpint (udp != NULL, ==, rows[i].allowed);
      if (udp == NULL)
        {
          g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
          continue;
        }
      g_assert_true (world->ops->udp_send (world, udp, &fixture->b_local, "x", 1));
      ft_test_iterate (fixture->context, fixture->received->len == 1, SECONDS);
      g_assert_true (bt_endpoint_same_ip (&fixture->from, &only));
      g_assert_true (bt_endpoint_equal (&fixture->from, &local));
      g_ptr_array_set_size (fixture->received, 0);
      world->ops->udp_free (world, udp);
    }
  world->ops->free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/net/udp/" name, Fixture, "127.0.0.1", set_up, func, tear_down)
#define ADD_BOTH(name, func)                                                                       \
  ADD (name "/ipv4", func);                                                                        \
  g_test_add ("/net/udp/" name "/ipv6", Fixture, "::1", set_up, func, tear_down)
  ADD_BOTH ("one", test_one);
  ADD_BOTH ("many", test_many);
  ADD_BOTH ("sizes", test_sizes);
  ADD_BOTH ("free-inside", test_free_inside);
  ADD_BOTH ("nobody", test_nobody);
  ADD_BOTH ("wrong-family", test_wrong_family);
  ADD_BOTH ("port-taken", test_port_taken);
  ADD ("bound", test_bound);
#undef ADD_BOTH
#undef ADD
  return g_test_run ();
}
