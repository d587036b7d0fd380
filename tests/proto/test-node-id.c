/* test-node-id.c: distances in the DHT, and ids that fit an address.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-node-id.h"
#include "ft-tsv.h"

static BtNodeId
parse_id (const char *hex)
{
  BtNodeId id;

  g_assert_true (bt_sha1_from_hex (hex, &id));
  return id;
}

static BtEndpoint
parse_ip (const char *ip)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 6881));
  return endpoint;
}

#define ZEROS "0000000000000000000000000000000000000000"
#define ONES "ffffffffffffffffffffffffffffffffffffffff"

static void
test_common_bits (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    guint common;
  } pairs[] = {
    { ONES, ZEROS, 0 },
    { "8000000000000000000000000000000000000000", ONES, 1 },
    { "c000000000000000000000000000000000000000", ONES, 2 },
    { "fff0000000000000000000000000000000000000", ONES, 12 },
    { ONES, "fffffffffffffffffffffffffffffffffffffffe", 159 },
    { ONES, ONES, 160 },
    { ZEROS, "0000000000000000000001000000000000000000", 87 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      BtNodeId a = parse_id (pairs[i].a);
      BtNodeId b = parse_id (pairs[i].b);

      g_assert_cmpuint (bt_node_id_common_bits (&a, &b), ==, pairs[i].common);
      g_assert_cmpuint (bt_node_id_common_bits (&b, &a), ==, pairs[i].common);
    }
}

/* The exponent of libtorrent's table is that of the highest bit that differs. */
static void
test_common_bits_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("libtorrent/vectors/dht_distance_exp.tsv");
  guint n_checked = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      BtNodeId a, b;
      guint64 exponent;
      guint common;

      if (!bt_sha1_from_hex (ft_tsv_text (rows, i, 0), &a)
          || !bt_sha1_from_hex (ft_tsv_text (rows, i, 1), &b))
        continue; /* the row with a letter that is no digit */
      g_assert_true (
        g_ascii_string_to_unsigned (ft_tsv_text (rows, i, 2), 10, 0, 159, &exponent, NULL));
      common = bt_node_id_common_bits (&a, &b);
      g_assert_cmpuint (common == 160 ? 0 : 159 - common, ==, exponent);
      n_checked++;
    }
  g_assert_true (rows == NULL || n_checked >= 8);
}

static void
test_compare (void)
{
  BtNodeId target = parse_id ("00000000000000000000000000000000000000ff");
  BtNodeId near = parse_id ("00000000000000000000000000000000000000f0");
  BtNodeId far = parse_id ("0000000000000000000000000000000000000100");
  BtNodeId distance = bt_node_id_distance (&target, &far);
  BtNodeId expected = parse_id ("00000000000000000000000000000000000001ff");

  g_assert_cmpint (bt_node_id_compare (&target, &near, &far), <, 0);
  g_assert_cmpint (bt_node_id_compare (&target, &far, &near), >, 0);
  g_assert_cmpint (bt_node_id_compare (&target, &far, &far), ==, 0);
  g_assert_true (bt_sha1_equal (&distance, &expected));
}

static void
test_random_near (void)
{
  BtRandom random;

  bt_random_seed (&random, 5);
  for (guint round = 0; round < 50; round++)
    {
      BtNodeId id = bt_node_id_random (&random);

      for (guint bits = 0; bits <= BT_NODE_ID_BITS; bits++)
        {
          BtNodeId near = bt_node_id_random_near (&id, bits, &random);

          g_assert_cmpuint (bt_node_id_common_bits (&id, &near), ==, bits);
        }
    }
}

/* What is random is random to the last bit: no two are the same. */
static void
test_random_near_spreads (void)
{
  BtNodeId id = parse_id (ZEROS);
  BtNodeId a, b;
  BtRandom random;

  bt_random_seed (&random, 6);
  a = bt_node_id_random_near (&id, 100, &random);
  b = bt_node_id_random_near (&id, 100, &random);
  g_assert_false (bt_sha1_equal (&a, &b));
}

static void
test_fits (void)
{
  static const struct
  {
    const char *ip;
    const char *id;
    gboolean fits;
  } rows[] = {
    { "124.31.75.21", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401", TRUE },
    { "21.75.31.124", "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256", TRUE },
    { "65.23.51.170", "a5d43220bc8f112a3d426c84764f8c2a1150e616", TRUE },
    { "84.124.73.14", "1b0321dd1bb1fe518101ceef99462b947a01ff41", TRUE },
    { "43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", TRUE },
    { "43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51303e", FALSE },
    { "12.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", FALSE },
    { "21.75.31.124", "5a3ce1c14e7a08645677bbd1cfe7d8f956d53256", FALSE },
    { "192.168.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", TRUE }, /* local: any */
    { "2001:db8::1", "7c89ca0000000000000000000000000000000000", TRUE },
    { "2001:db8::1", "7c89d20000000000000000000000000000000000", FALSE },
    { "2a00:1450:4009:80b::200e", "9e51b50000000000000000000000000000000005", TRUE },
    { "2a00:1450:4009:80b::200e", "9e51b50000000000000000000000000000000004", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtNodeId id = parse_id (rows[i].id);
      BtEndpoint endpoint = parse_ip (rows[i].ip);

      g_assert_cmpint (bt_node_id_fits (&id, &endpoint), ==, rows[i].fits);
    }
}

static void
test_fits_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("beps/vectors/bep42_node_id.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      BtEndpoint endpoint = parse_ip (ft_tsv_text (rows, i, 0));
      BtNodeId id = parse_id (ft_tsv_text (rows, i, 1));

      g_assert_cmpint (bt_node_id_fits (&id, &endpoint), ==, ft_tsv_text (rows, i, 2)[0] == '1');
    }
}

static void
test_make (void)
{
  BtRandom random;

  bt_random_seed (&random, 42);
  for (guint i = 0; i < 1000; i++)
    {
      guint8 ip[16];
      BtEndpoint here, there;
      BtNodeId id;

      bt_random_fill (&random, ip, sizeof ip);
      if (i % 2 == 0)
        bt_endpoint_set_ipv4 (&here, ip, 0);
      else
        bt_endpoint_set_ipv6 (&here, ip, 0);
      id = bt_node_id_make (&here, &random);
      g_assert_true (bt_node_id_fits (&id, &here));
      there = here;
      there.ip[i % 2 == 0 ? 15 : 7] ^= 1;
      g_assert_true (bt_endpoint_is_local (&here) || !bt_node_id_fits (&id, &there));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/node-id/common-bits", test_common_bits);
  g_test_add_func ("/proto/node-id/common-bits-conformance", test_common_bits_conformance);
  g_test_add_func ("/proto/node-id/compare", test_compare);
  g_test_add_func ("/proto/node-id/random-near", test_random_near);
  g_test_add_func ("/proto/node-id/random-near-spreads", test_random_near_spreads);
  g_test_add_func ("/proto/node-id/fits", test_fits);
  g_test_add_func ("/proto/node-id/fits-conformance", test_fits_conformance);
  g_test_add_func ("/proto/node-id/make", test_make);
  return g_test_run ();
}
