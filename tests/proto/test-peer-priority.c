/* test-peer-priority.c: canonical peer priority.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-priority.h"
#include "bt-random.h"
#include "ft-tsv.h"

static void
check (const char *us, guint16 our_port, const char *peer, guint16 peer_port, guint32 expected)
{
  BtEndpoint a, b;

  g_assert_true (bt_endpoint_parse_ip (&a, us, our_port));
  g_assert_true (bt_endpoint_parse_ip (&b, peer, peer_port));
  g_assert_cmphex (bt_peer_priority (&a, &b), ==, expected);
  g_assert_cmphex (bt_peer_priority (&b, &a), ==, expected);
}

static void
test_bep40 (void)
{
  check ("123.213.32.10", 0, "98.76.54.32", 0, 0xec2d7224);
  check ("123.213.32.10", 0, "123.213.32.234", 0, 0x99568189);
}

/* What both big clients agree on. */
static void
test_others (void)
{
  check ("230.12.123.3", 1234, "230.12.123.3", 300, 0xae8b7034);
  check ("230.12.123.1", 1, "230.12.123.3", 2, 0x99c54d79);
  check ("230.12.23.1", 1, "230.12.123.3", 2, 0x21fd5f80);
  check ("230.120.23.1", 1, "230.12.123.3", 2, 0xfa9a860e);
  check ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, "ffff:0fff:ffff:ffff:ffff:ffff:ffff:ffff", 2, 0x59d71f38);
}

/* Where they differ we do as the text says. */
static void
test_ipv6_masks (void)
{
  check ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, "ffff:ffff:ff0f:ffff:ffff:ffff:ffff:ffff", 2, 0x755f8512);
  check ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, "ffff:ffff:ffff:0fff:ffff:ffff:ffff:ffff", 2, 0x27a88382);
}

static guint16
parse_port (const char *text)
{
  guint64 port;

  g_assert_true (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &port, NULL));
  return (guint16) port;
}

static void
test_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("beps/vectors/bep40_peer_priority.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      guint64 expected;

      g_assert_true (g_ascii_string_to_unsigned (ft_tsv_text (rows, i, 4), 16, 0, G_MAXUINT32, &expected, NULL));
      check (ft_tsv_text (rows, i, 0), parse_port (ft_tsv_text (rows, i, 1)), ft_tsv_text (rows, i, 2),
             parse_port (ft_tsv_text (rows, i, 3)), (guint32) expected);
    }
}

/* Hosts of one network far away share their numbers: it is of no use to try them all. */
static void
test_masked (void)
{
  BtEndpoint us;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  g_assert_true (bt_endpoint_parse_ip (&us, "123.213.32.10", 6881));
  for (guint host = 0; host < 0x10000; host++)
    {
      const guint8 ip[4] = { 98, 76, (guint8) (host >> 8), (guint8) host };
      BtEndpoint peer;

      bt_endpoint_set_ipv4 (&peer, ip, 1);
      g_hash_table_add (seen, GUINT_TO_POINTER (bt_peer_priority (&us, &peer)));
    }
  g_assert_cmpuint (g_hash_table_size (seen), <=, 256); /* four bits of each of two bytes count */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-priority/bep40", test_bep40);
  g_test_add_func ("/peer-priority/others", test_others);
  g_test_add_func ("/peer-priority/ipv6-masks", test_ipv6_masks);
  g_test_add_func ("/peer-priority/conformance", test_conformance);
  g_test_add_func ("/peer-priority/masked", test_masked);
  return g_test_run ();
}
