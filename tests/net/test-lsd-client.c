/* test-lsd-client.c: who hears whom on a local network, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-lsd-client.h"
#include "ft-fake-world.h"
#include "ft-test.h"

#define PORT 6881

typedef struct
{
  BtWorld *world;
  BtLsdClient *client;
  GArray *hashes;    /* of BtSha1 that it heard */
  GArray *endpoints; /* of BtEndpoint, parallel */
} Host;

typedef struct
{
  FtFakeNet *net;
  Host a, b;
  BtSha1 hashes[40];
  const BtSha1 *all[40];
} Fixture;

static void
heard_cb (const BtSha1 *hash, const BtEndpoint *endpoint, gpointer owner)
{
  Host *host = owner;

  g_array_append_val (host->hashes, *hash);
  g_array_append_val (host->endpoints, *endpoint);
}

static void
init_host (Fixture *f, Host *host, const char *ip)
{
  host->world = ft_fake_net_add_host (f->net, ip);
  host->client = bt_lsd_client_new (host->world, heard_cb, host);
  host->hashes = g_array_new (FALSE, TRUE, sizeof (BtSha1));
  host->endpoints = g_array_new (FALSE, TRUE, sizeof (BtEndpoint));
}

static void
clear_host (Host *host)
{
  bt_lsd_client_free (host->client);
  g_array_unref (host->hashes);
  g_array_unref (host->endpoints);
}

static void
set_up (Fixture *f, gconstpointer ipv6)
{
  f->net = ft_fake_net_new (5);
  init_host (f, &f->a, ipv6 != NULL ? "2a01::1" : "10.0.0.1");
  init_host (f, &f->b, ipv6 != NULL ? "2a01::2" : "10.0.0.2");
  for (guint i = 0; i < G_N_ELEMENTS (f->hashes); i++)
    {
      f->hashes[i].bytes[0] = (guint8) i;
      f->all[i] = &f->hashes[i];
    }
}

static void
tear_down (Fixture *f, gconstpointer ipv6)
{
  clear_host (&f->a);
  clear_host (&f->b);
  ft_fake_net_free (f->net);
}

static void
open_both (Fixture *f)
{
  g_assert_true (bt_lsd_client_open (f->a.client, PORT, TRUE, TRUE));
  g_assert_true (bt_lsd_client_open (f->b.client, PORT + 1, TRUE, TRUE));
}

/* Each hears the other and not itself. */
static void
test_both (Fixture *f, gconstpointer ipv6)
{
  BtEndpoint expected;

  open_both (f);
  g_assert_cmpuint (bt_lsd_client_tell (f->a.client, f->all, 2), ==, 2);
  g_assert_cmpuint (bt_lsd_client_tell (f->b.client, f->all + 5, 1), ==, 1);
  ft_fake_net_settle (f->net);
  g_assert_cmpuint (f->b.hashes->len, ==, 2);
  g_assert_true (bt_sha1_equal (&g_array_index (f->b.hashes, BtSha1, 1), f->all[1]));
  g_assert_true (bt_endpoint_parse_ip (&expected, ipv6 != NULL ? "2a01::1" : "10.0.0.1", PORT));
  g_assert_true (bt_endpoint_equal (&g_array_index (f->b.endpoints, BtEndpoint, 0), &expected));
  g_assert_cmpuint (f->a.hashes->len, ==, 1);
  g_assert_true (bt_sha1_equal (&g_array_index (f->a.hashes, BtSha1, 0), f->all[5]));

  bt_lsd_client_close (f->a.client);
  g_assert_false (bt_lsd_client_is_open (f->a.client));
  bt_lsd_client_tell (f->b.client, f->all, 1);
  ft_fake_net_settle (f->net);
  g_assert_cmpuint (f->a.hashes->len, ==, 1);
}

/* As many as fit; the others are told of with the next. */
static void
test_many (Fixture *f, gconstpointer ipv6)
{
  guint n = 0;

  open_both (f);
  while (n < G_N_ELEMENTS (f->all))
    {
      guint told = bt_lsd_client_tell (f->a.client, f->all + n, G_N_ELEMENTS (f->all) - n);

      g_assert_cmpuint (told, >, 0);
      n += told;
    }
  ft_fake_net_settle (f->net);
  g_assert_cmpuint (f->b.hashes->len, ==, G_N_ELEMENTS (f->all));
}

static void
test_flood (Fixture *f, gconstpointer ipv6)
{
  open_both (f);
  for (guint i = 0; i < 500; i++)
    bt_lsd_client_tell (f->a.client, f->all, 1);
  ft_fake_net_settle (f->net);
  g_assert_cmpuint (f->b.hashes->len, ==, 50);
  ft_fake_net_run_for (f->net, 6 * G_TIME_SPAN_SECOND);
  bt_lsd_client_tell (f->a.client, f->all, 1);
  ft_fake_net_settle (f->net);
  g_assert_cmpuint (f->b.hashes->len, ==, 51);
}

/* Of another network, though it is heard. */
static void
test_stranger (Fixture *f, gconstpointer ipv6)
{
  Host stranger;

  open_both (f);
  init_host (f, &stranger, ipv6 != NULL ? "2a02::1" : "10.0.1.1");
  g_assert_true (bt_lsd_client_open (stranger.client, PORT, TRUE, TRUE));
  bt_lsd_client_tell (stranger.client, f->all, 3);
  bt_lsd_client_tell (f->a.client, f->all, 1);
  ft_fake_net_settle (f->net);
  g_assert_cmpuint (f->b.hashes->len, ==, 1);
  g_assert_cmpuint (stranger.hashes->len, ==, 0);
  clear_host (&stranger);
}

/* Where nobody can be told: loopback, tunnels, interfaces that are down or know no multicast, a family on which
 * we do not listen. */
static void
test_where (Fixture *f, gconstpointer ipv6)
{
  static const struct
  {
    BtAddressFlags flags;
    gboolean open;
  } rows[] = {
    { BT_ADDRESS_UP | BT_ADDRESS_MULTICAST, TRUE },
    { BT_ADDRESS_MULTICAST, FALSE },
    { BT_ADDRESS_UP, FALSE },
    { BT_ADDRESS_UP | BT_ADDRESS_MULTICAST | BT_ADDRESS_LOOPBACK, FALSE },
    { BT_ADDRESS_UP | BT_ADDRESS_MULTICAST | BT_ADDRESS_POINT_TO_POINT, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtLocalAddress address = { .prefix_length = 8, .interface_index = 2, .flags = rows[i].flags };

      g_assert_true (bt_endpoint_parse_ip (&address.endpoint, ipv6 != NULL ? "2a01::1" : "10.0.0.1", 0));
      ft_fake_host_set_network (f->a.world, &address, 1, NULL, NULL);
      g_assert_cmpint (bt_lsd_client_open (f->a.client, PORT, TRUE, TRUE), ==, rows[i].open);
    }
  g_assert_true (bt_lsd_client_open (f->b.client, PORT, ipv6 == NULL, ipv6 != NULL));
  g_assert_false (bt_lsd_client_open (f->b.client, PORT, ipv6 != NULL, ipv6 == NULL));
}

static void
test_rubbish (Fixture *f, gconstpointer ipv6)
{
  BtMulticast group = { .interface_index = 2, .hops = 1 };
  BtUdp *udp;

  open_both (f);
  g_assert_true (bt_endpoint_parse_ip (&group.group, ipv6 != NULL ? BT_LSD_GROUP6 : BT_LSD_GROUP4, BT_LSD_PORT));
  udp = f->a.world->ops->udp_open_group (f->a.world, &group, NULL, NULL, NULL);
  for (guint i = 0; i < 40; i++)
    {
      guint8 bytes[64];

      bt_random_fill (ft_fake_net_random (f->net), bytes, sizeof bytes);
      f->a.world->ops->udp_send (f->a.world, udp, &group.group, bytes, i);
    }
  ft_fake_net_settle (f->net);
  g_assert_cmpuint (f->b.hashes->len, ==, 0);
  f->a.world->ops->udp_free (f->a.world, udp);
}

#define add(path, func)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_test_add ("/lsd-client/ipv4/" path, Fixture, NULL, set_up, func, tear_down);                 \
    g_test_add ("/lsd-client/ipv6/" path, Fixture, "6", set_up, func, tear_down);                  \
  }                                                                                                \
  G_STMT_END

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("both", test_both);
  add ("many", test_many);
  add ("flood", test_flood);
  add ("stranger", test_stranger);
  add ("where", test_where);
  add ("rubbish", test_rubbish);
  return g_test_run ();
}
