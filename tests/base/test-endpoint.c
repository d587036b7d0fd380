/* test-endpoint.c: addresses as text and compact bytes, and what kind they are of.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-endpoint.h"

#include "ft-test-vectors.h"

static BtEndpoint
parse_ip (const char *ip)
{
  BtEndpoint endpoint;

  if (!bt_endpoint_parse_ip (&endpoint, ip, 6881))
    g_error ("not parsed: %s", ip);
  return endpoint;
}

static void
test_compact (void)
{
  static const guint8 bytes4[] = { 192, 168, 1, 2, 0x1a, 0xe1 };
  static const guint8 bytes6[] = {
    0x20, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xfe
  };
  char text[BT_ENDPOINT_TEXT_SIZE];
  BtEndpoint endpoint;

  bt_endpoint_from_compact4 (&endpoint, bytes4);
  g_assert_true (bt_endpoint_is_ipv4 (&endpoint));
  g_assert_cmpuint (endpoint.port, ==, 6881);
  bt_endpoint_format (&endpoint, text);
  g_assert_cmpstr (text, ==, "192.168.1.2:6881");
  bt_endpoint_from_compact6 (&endpoint, bytes6);
  g_assert_false (bt_endpoint_is_ipv4 (&endpoint));
  bt_endpoint_format (&endpoint, text);
  g_assert_cmpstr (text, ==, "[2001::1]:65534");
}

static void
test_parse_ip (void)
{
  static const struct
  {
    const char *text;
    const char *canonical; /* NULL: refused */
  } cases[] = {
    { "1.2.3.4", "1.2.3.4" },
    { "255.255.255.255", "255.255.255.255" },
    { "::1", "::1" },
    { "::", "::" },
    { "2001:DB8:0:0::1", "2001:db8::1" },
    { "::ffff:1.2.3.4", "1.2.3.4" },
    { "fe80::1%3", "fe80::1%3" },
    { "fe80::1", "fe80::1" },
    { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
    { "fe80:1111:2222:3333:4444:5555:6666:7777%4294967295",
      "fe80:1111:2222:3333:4444:5555:6666:7777%4294967295" },
    { "", NULL },
    { "1.2.3", NULL },
    { "1.2.3.256", NULL },
    { "1.2.3.4 ", NULL },
    { " 1.2.3.4", NULL },
    { "01.2.3.4", NULL },
    { "0x7f.1", NULL },
    { "127.1", NULL },
    { "1.2.3.4.5", NULL },
    { "1.2.3.4%1", NULL },
    { "example.org", NULL },
    { "[::1]", NULL },
    { ":::1", NULL },
    { "12345::", NULL },
    { "::1%1", NULL }, /* not link-local */
    { "fe80::1%", NULL },
    { "fe80::1%0", NULL },
    { "fe80::1%eth0", NULL },
    { "fe80::1%4294967296", NULL },
    { "1:2:3:4:5:6:7:8:9:0:1:2:3:4:5:6:7:8:9:0:1:2:3:4:5:6:7:8:9:0", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BtEndpoint endpoint = { .port = 7 };
      char text[BT_ENDPOINT_TEXT_SIZE];
      gboolean ok = bt_endpoint_parse_ip (&endpoint, cases[i].text, 80);

      if (ok != (cases[i].canonical != NULL))
        g_error ("\"%s\" was %s", cases[i].text, ok ? "parsed" : "refused");
      g_assert_cmpuint (endpoint.port, ==, ok ? 80 : 7);
      if (!ok)
        continue;
      bt_endpoint_format_ip (&endpoint, text);
      g_assert_cmpstr (text, ==, cases[i].canonical);
    }
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    const char *canonical; /* NULL: refused */
  } cases[] = {
    { "1.2.3.4:80", "1.2.3.4:80" },
    { "[::1]:80", "[::1]:80" },
    { "[fe80::1%2]:65535", "[fe80::1%2]:65535" },
    { "1.2.3.4:0", "1.2.3.4:0" },
    { "[::ffff:1.2.3.4]:1", "1.2.3.4:1" },
    { "", NULL },
    { ":", NULL },
    { ":80", NULL },
    { "1.2.3.4", NULL },
    { "1.2.3.4:", NULL },
    { "1.2.3.4:65536", NULL },
    { "1.2.3.4:-1", NULL },
    { "1.2.3.4:+1", NULL },
    { "1.2.3.4: 1", NULL },
    { "1.2.3.4:80x", NULL },
    { "::1:80", NULL },
    { "::1", NULL },
    { "[::1]", NULL },
    { "[::1]80", NULL },
    { "[::1:80", NULL },
    { "[1.2.3.4]:80", NULL },
    { "[]:80", NULL },
    { "[:80", NULL },
    { "]:80", NULL },
    { "[[::1]]:80", NULL },
    { "example.org:80", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *copy = g_strdup (cases[i].text);
      char text[BT_ENDPOINT_TEXT_SIZE];
      BtEndpoint endpoint;
      gboolean ok = bt_endpoint_parse (&endpoint, copy);

      if (ok != (cases[i].canonical != NULL))
        g_error ("\"%s\" was %s", cases[i].text, ok ? "parsed" : "refused");
      if (!ok)
        continue;
      bt_endpoint_format (&endpoint, text);
      g_assert_cmpstr (text, ==, cases[i].canonical);
    }
}

/* The longest text there is fits. */
static void
test_split (void)
{
  static const struct
  {
    const char *text;
    const char *host; /* (nullable): refused */
    guint16 port;
  } rows[] = {
    { "router.example.org:6881", "router.example.org", 6881 },
    { "1.2.3.4:80", "1.2.3.4", 80 },
    { "[::1]:65535", "::1", 65535 },
    { "::1:80", NULL, 0 },
    { "host", NULL, 0 },
    { ":80", NULL, 0 },
    { "[]:80", NULL, 0 },
    { "host:0", NULL, 0 },
    { "host:65536", NULL, 0 },
    { "host:", NULL, 0 },
    { "", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *host = NULL;
      guint16 port = 0;

      g_assert_cmpint (bt_endpoint_split (rows[i].text, &host, &port), ==, rows[i].host != NULL);
      g_assert_cmpstr (host, ==, rows[i].host);
      g_assert_cmpuint (port, ==, rows[i].port);
    }
}

static void
test_longest (void)
{
  static const char longest[] = "[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535";
  char text[BT_ENDPOINT_TEXT_SIZE];
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, longest));
  bt_endpoint_format (&endpoint, text);
  g_assert_cmpstr (text, ==, longest);
}

static void
test_equal (void)
{
  BtEndpoint a = parse_ip ("1.2.3.4");
  BtEndpoint mapped = parse_ip ("::ffff:1.2.3.4");
  BtEndpoint scoped = parse_ip ("fe80::1%2");
  BtEndpoint unscoped = parse_ip ("fe80::1");
  BtEndpoint port = a;

  port.port++;
  g_assert_true (bt_endpoint_equal (&a, &mapped));
  g_assert_cmpuint (bt_endpoint_hash (&a), ==, bt_endpoint_hash (&mapped));
  g_assert_false (bt_endpoint_equal (&a, &port));
  g_assert_true (bt_endpoint_same_ip (&a, &port));
  g_assert_false (bt_endpoint_equal (&scoped, &unscoped));
  g_assert_false (bt_endpoint_same_ip (&scoped, &unscoped));
  g_assert_false (bt_endpoint_same_ip (&a, &scoped));
}

/* Padding has no say, and neighbours fall apart. */
static void
test_hash (void)
{
  g_autoptr (GHashTable) hashes = g_hash_table_new (NULL, NULL);
  BtEndpoint a;
  BtEndpoint b;

  memset (&a, 0x00, sizeof a);
  memset (&b, 0xff, sizeof b);
  bt_endpoint_set_ipv4 (&a, (const guint8[]){ 10, 0, 0, 1 }, 80);
  bt_endpoint_set_ipv4 (&b, (const guint8[]){ 10, 0, 0, 1 }, 80);
  g_assert_cmpuint (bt_endpoint_hash (&a), ==, bt_endpoint_hash (&b));
  g_assert_true (bt_endpoint_equal (&a, &b));
  for (guint i = 0; i < 256; i++)
    for (guint16 port = 0; port < 16; port++)
      {
        bt_endpoint_set_ipv4 (&a, (const guint8[]){ 10, 0, 0, (guint8) i }, port);
        g_hash_table_add (hashes, GUINT_TO_POINTER (bt_endpoint_hash (&a)));
      }
  g_assert_cmpuint (g_hash_table_size (hashes), >, 4090);
}

/* l: loopback, k: link-local, p: private, m: multicast, 0: unspecified, u: a peer may be there */
static void
assert_kind (const char *ip, const char *kind)
{
  BtEndpoint endpoint = parse_ip (ip);
  g_autoptr (GString) found = g_string_new (NULL);

  if (bt_endpoint_is_loopback (&endpoint))
    g_string_append_c (found, 'l');
  if (bt_endpoint_is_link_local (&endpoint))
    g_string_append_c (found, 'k');
  if (bt_endpoint_is_private (&endpoint))
    g_string_append_c (found, 'p');
  if (bt_endpoint_is_multicast (&endpoint))
    g_string_append_c (found, 'm');
  if (bt_endpoint_is_unspecified (&endpoint))
    g_string_append_c (found, '0');
  if (bt_endpoint_is_usable_peer (&endpoint))
    g_string_append_c (found, 'u');
  if (strcmp (found->str, kind) != 0)
    g_error ("%s is \"%s\", expected \"%s\"", ip, found->str, kind);
  g_assert_true (bt_endpoint_is_local (&endpoint) == (strpbrk (kind, "lkp") != NULL));
}

static void
test_kind (void)
{
  static const struct
  {
    const char *ip;
    const char *kind;
  } cases[] = {
    { "0.0.0.0", "0" },
    { "0.0.0.1", "" },
    { "1.0.0.0", "u" },
    { "9.255.255.255", "u" },
    { "10.0.0.0", "pu" },
    { "10.255.255.255", "pu" },
    { "11.0.0.0", "u" },
    { "100.63.255.255", "u" },
    { "100.64.0.0", "pu" },
    { "100.127.255.255", "pu" },
    { "100.128.0.0", "u" },
    { "126.255.255.255", "u" },
    { "127.0.0.1", "lu" },
    { "127.255.255.255", "lu" },
    { "128.0.0.0", "u" },
    { "169.253.255.255", "u" },
    { "169.254.0.1", "ku" },
    { "169.255.0.0", "u" },
    { "172.15.255.255", "u" },
    { "172.16.0.0", "pu" },
    { "172.31.255.255", "pu" },
    { "172.32.0.0", "u" },
    { "192.0.0.8", "" },
    { "192.0.1.0", "u" },
    { "192.0.2.1", "" },
    { "192.88.99.1", "" },
    { "192.167.255.255", "u" },
    { "192.168.0.0", "pu" },
    { "192.169.0.0", "u" },
    { "198.17.255.255", "u" },
    { "198.18.0.0", "" },
    { "198.19.255.255", "" },
    { "198.20.0.0", "u" },
    { "198.51.100.1", "" },
    { "203.0.113.1", "" },
    { "223.255.255.255", "u" },
    { "224.0.0.0", "m" },
    { "239.255.255.255", "m" },
    { "240.0.0.0", "" },
    { "255.255.255.255", "" },
    { "::", "0" },
    { "::1", "lu" },
    { "::2", "" },
    { "::1.2.3.4", "" },
    { "64:ff9b::102:304", "u" },
    { "100::1", "" },
    { "100:0:0:1::1", "u" },
    { "2000::1", "u" },
    { "2001::1", "u" },
    { "2001:db7:ffff::1", "u" },
    { "2001:db8::1", "" },
    { "2001:db9::1", "u" },
    { "2002::1", "u" },
    { "fbff::1", "u" },
    { "fc00::1", "pu" },
    { "fdff::1", "pu" },
    { "fe00::1", "u" },
    { "fe7f::1", "u" },
    { "fe80::1", "ku" },
    { "febf::1", "ku" },
    { "fec0::1", "u" },
    { "ff02::1", "m" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_kind (cases[i].ip, cases[i].kind);
}

static void
test_port_zero (void)
{
  BtEndpoint endpoint = parse_ip ("1.2.3.4");

  endpoint.port = 0;
  g_assert_false (bt_endpoint_is_usable_peer (&endpoint));
}

static void
test_node (void)
{
  BtEndpoint endpoint = parse_ip ("1.2.3.4");

  endpoint.port = 1023;
  g_assert_true (bt_endpoint_is_usable_peer (&endpoint));
  g_assert_false (bt_endpoint_is_usable_node (&endpoint));
  endpoint.port = 1024;
  g_assert_true (bt_endpoint_is_usable_node (&endpoint));
  endpoint = parse_ip ("224.0.0.1");
  endpoint.port = 1024;
  g_assert_false (bt_endpoint_is_usable_node (&endpoint));
}

static gboolean
is_global (const BtEndpoint *endpoint)
{
  return bt_endpoint_is_usable_peer (endpoint) && !bt_endpoint_is_local (endpoint);
}

static gboolean
is_unusable (const BtEndpoint *endpoint)
{
  return !bt_endpoint_is_usable_peer (endpoint);
}

/* The predicates of the table that say the same as one of ours, for one family or both; and those
 * that are a part of ours, so that only "true" says something. */
static void
test_table (void)
{
  static const struct
  {
    const char *name;
    gboolean (*predicate) (const BtEndpoint *);
    gboolean whole;
  } predicates[] = {
    { "isGlobalUnicastAddress", is_global, TRUE },
    { "isIPv4Loopback", bt_endpoint_is_loopback, TRUE },
    { "isIPv4LinkLocal", bt_endpoint_is_link_local, TRUE },
    { "isIPv4Multicast", bt_endpoint_is_multicast, TRUE },
    { "isIPv6Loopback", bt_endpoint_is_loopback, TRUE },
    { "isIPv6LinkLocal", bt_endpoint_is_link_local, TRUE },
    { "isIPv6Multicast", bt_endpoint_is_multicast, TRUE },
    { "isIPv6Unspecified", bt_endpoint_is_unspecified, TRUE },
    { "isIPv4And10Private", bt_endpoint_is_private, FALSE },
    { "isIPv4And172Private", bt_endpoint_is_private, FALSE },
    { "isIPv4And192Private", bt_endpoint_is_private, FALSE },
    { "isIPv4CarrierGradeNAT", bt_endpoint_is_private, FALSE },
    { "isIPv4CurrentNetwork", is_unusable, FALSE },
    { "isIPv4IetfProtocolAssignment", is_unusable, FALSE },
    { "isIPv4TestNet1", is_unusable, FALSE },
    { "isIPv4TestNet2", is_unusable, FALSE },
    { "isIPv4TestNet3", is_unusable, FALSE },
    { "isIPv4And6to4Relay", is_unusable, FALSE },
    { "isIPv4Benchmark", is_unusable, FALSE },
    { "isIPv4McastTestNet", is_unusable, FALSE },
    { "isIPv4ReservedClassE", is_unusable, FALSE },
    { "isIPv4LimitedBroadcast", is_unusable, FALSE },
    { "isIPv6IPv4Mapped", bt_endpoint_is_ipv4, FALSE },
  };
  g_autoptr (GPtrArray) rows = ft_test_read_table ("transmission/vectors/address_class.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const GPtrArray *row = g_ptr_array_index (rows, i);
      const char *name = ft_test_cell (row, 0)->str;
      BtEndpoint endpoint = parse_ip (ft_test_cell (row, 1)->str);
      gboolean expected = strcmp (ft_test_cell (row, 2)->str, "true") == 0;
      gboolean of_family = !g_str_has_prefix (name, "isIPv6") || !bt_endpoint_is_ipv4 (&endpoint);

      of_family &= !g_str_has_prefix (name, "isIPv4") || bt_endpoint_is_ipv4 (&endpoint);
      for (guint j = 0; j < G_N_ELEMENTS (predicates); j++)
        if (strcmp (name, predicates[j].name) == 0
            && (expected || (predicates[j].whole && of_family)))
          g_assert_true (predicates[j].predicate (&endpoint) == expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/endpoint/compact", test_compact);
  g_test_add_func ("/base/endpoint/parse-ip", test_parse_ip);
  g_test_add_func ("/base/endpoint/parse", test_parse);
  g_test_add_func ("/base/endpoint/split", test_split);
  g_test_add_func ("/base/endpoint/longest", test_longest);
  g_test_add_func ("/base/endpoint/equal", test_equal);
  g_test_add_func ("/base/endpoint/hash", test_hash);
  g_test_add_func ("/base/endpoint/kind", test_kind);
  g_test_add_func ("/base/endpoint/port-zero", test_port_zero);
  g_test_add_func ("/base/endpoint/node", test_node);
  g_test_add_func ("/base/endpoint/table", test_table);
  return g_test_run ();
}
