/* test-bloom.c: swarms counted with the filters of BEP 33.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bloom.h"
#include "bt-hash.h"
#include "ft-tsv.h"

#include <math.h>

static void
add (BtBloom *bloom, const char *ip)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 6881));
  bt_bloom_add (bloom, &endpoint);
}

static void
add_ipv4 (BtBloom *bloom, guint number)
{
  g_autofree char *ip = g_strdup_printf ("192.0.2.%u", number);

  add (bloom, ip);
}

static void
add_ipv6 (BtBloom *bloom, guint number)
{
  g_autofree char *ip = g_strdup_printf ("2001:db8::%x", number);

  add (bloom, ip);
}

static void
fill (BtBloom *bloom, gboolean with_ipv6)
{
  *bloom = (BtBloom){ { 0 } };
  for (guint i = 0; i < 256; i++)
    add_ipv4 (bloom, i);
  for (guint i = 0; with_ipv6 && i < 0x3e8; i++)
    add_ipv6 (bloom, i);
}

static void
test_bits (void)
{
  BtBloom bloom = { { 0 } };
  BtBloom expected = { { 0 } };

  expected.bytes[1711 / 8] |= 1 << 1711 % 8;
  expected.bytes[1831 / 8] |= 1 << 1831 % 8;
  add (&bloom, "192.168.1.1");
  g_assert_cmpmem (bloom.bytes, sizeof bloom, expected.bytes, sizeof expected);
}

static void
test_estimate (void)
{
  BtBloom bloom;
  BtSha1 digest, expected;

  fill (&bloom, TRUE);
  g_assert_true (bt_sha1_from_hex ("e4dabf3c822dcd0030ee21df8369bfef2594b52b", &expected));
  digest = bt_sha1 (bloom.bytes, sizeof bloom.bytes);
  g_assert_true (bt_sha1_equal (&digest, &expected));
  g_assert_cmpfloat_with_epsilon (bt_bloom_estimate (&bloom), 1224.9308, 0.001);
}

static void
test_ends (void)
{
  BtBloom bloom = { { 0 } };

  g_assert_cmpfloat (bt_bloom_estimate (&bloom), ==, 0);
  add (&bloom, "10.0.0.1");
  g_assert_cmpfloat_with_epsilon (bt_bloom_estimate (&bloom), 1, 0.01);
  memset (bloom.bytes, 0xff, sizeof bloom.bytes);
  g_assert_true (isfinite (bt_bloom_estimate (&bloom)));
  g_assert_cmpfloat (bt_bloom_estimate (&bloom), >, 6000);
}

static void
test_merge (void)
{
  BtBloom both, some = { { 0 } }, others = { { 0 } };

  fill (&both, FALSE);
  for (guint i = 0; i < 256; i++)
    add_ipv4 (i % 3 == 0 ? &some : &others, i);
  bt_bloom_merge (&some, others.bytes);
  g_assert_cmpmem (some.bytes, sizeof some, both.bytes, sizeof both);
}

static void
test_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("beps/vectors/bep33_bloom.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      g_autoptr (GBytes) filter = ft_test_hex (ft_tsv_text (rows, i, 1));
      double estimate = g_ascii_strtod (ft_tsv_text (rows, i, 2), NULL);
      BtBloom bloom;

      fill (&bloom, strchr (ft_tsv_text (rows, i, 0), '+') != NULL);
      g_assert_cmpmem (bloom.bytes, sizeof bloom, g_bytes_get_data (filter, NULL),
                       g_bytes_get_size (filter));
      g_assert_cmpfloat_with_epsilon (bt_bloom_estimate (&bloom), estimate, 0.01);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/bloom/bits", test_bits);
  g_test_add_func ("/proto/bloom/estimate", test_estimate);
  g_test_add_func ("/proto/bloom/ends", test_ends);
  g_test_add_func ("/proto/bloom/merge", test_merge);
  g_test_add_func ("/proto/bloom/conformance", test_conformance);
  return g_test_run ();
}
