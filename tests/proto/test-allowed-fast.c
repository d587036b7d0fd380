/* test-allowed-fast.c: the pieces that a choked newcomer may ask for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-allowed-fast.h"
#include "bt-limits.h"
#include "ft-tsv.h"

static char *
draw (const char *ip, const char *hash, guint32 n_pieces, guint count)
{
  BtEndpoint endpoint;
  BtSha1 info_hash;
  guint32 indices[BT_LIMIT_ALLOWED_FAST];
  GString *text = g_string_new (NULL);
  guint n;

  g_assert_cmpuint (count, <=, G_N_ELEMENTS (indices));
  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 6881));
  g_assert_true (bt_sha1_from_hex (hash, &info_hash));
  n = bt_allowed_fast_set (&endpoint, &info_hash, n_pieces, count, indices);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, i == 0 ? "%u" : ",%u", indices[i]);
  return g_string_free (text, FALSE);
}

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_bep6 (void)
{
  g_autofree char *nine = draw ("80.4.4.200", HASH, 1313, 9);
  g_autofree char *ten = draw ("80.4.4.200", HASH, 1313, BT_ALLOWED_FAST_COUNT);
  g_autofree char *neighbour = draw ("80.4.4.1", HASH, 1313, BT_ALLOWED_FAST_COUNT);
  g_autofree char *other = draw ("80.4.5.200", HASH, 1313, BT_ALLOWED_FAST_COUNT);

  g_assert_cmpstr (nine, ==, "1059,431,808,1217,287,376,1188,353,508");
  g_assert_cmpstr (ten, ==, "1059,431,808,1217,287,376,1188,353,508,1246");
  g_assert_cmpstr (neighbour, ==, ten);
  g_assert_cmpstr (other, !=, ten);
}

static void
test_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("beps/vectors/bep6_allowed_fast.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      guint64 n_pieces, count;
      g_autofree char *drawn = NULL;

      g_assert_true (
        g_ascii_string_to_unsigned (ft_tsv_text (rows, i, 2), 10, 1, G_MAXUINT32, &n_pieces, NULL));
      g_assert_true (
        g_ascii_string_to_unsigned (ft_tsv_text (rows, i, 3), 10, 1, 100, &count, NULL));
      drawn = draw (ft_tsv_text (rows, i, 0), ft_tsv_text (rows, i, 1), (guint32) n_pieces,
                    (guint) count);
      g_assert_cmpstr (drawn, ==, ft_tsv_text (rows, i, 4));
    }
}

/* Tiny and huge torrents: distinct, in range, and never without end. */
static void
test_bounds (void)
{
  static const guint32 sizes[] = { 1, 2, 9, 10, 11, 99, 100, 101, BT_LIMIT_PIECES, G_MAXUINT32 };
  BtEndpoint endpoint;
  BtSha1 info_hash = bt_sha1 ("x", 1);

  g_assert_true (bt_endpoint_parse_ip (&endpoint, "203.0.113.7", 6881));
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint32 indices[BT_LIMIT_ALLOWED_FAST];
      guint n =
        bt_allowed_fast_set (&endpoint, &info_hash, sizes[i], G_N_ELEMENTS (indices), indices);

      g_assert_cmpuint (n, ==, MIN (sizes[i], G_N_ELEMENTS (indices)));
      for (guint a = 0; a < n; a++)
        {
          g_assert_cmpuint (indices[a], <, sizes[i]);
          for (guint b = 0; b < a; b++)
            g_assert_cmpuint (indices[a], !=, indices[b]);
        }
    }
}

static void
test_none (void)
{
  g_autofree char *ipv6 = draw ("2001:db8::1", HASH, 1313, 10);
  g_autofree char *empty = draw ("80.4.4.200", HASH, 0, 10);
  g_autofree char *zero = draw ("80.4.4.200", HASH, 1313, 0);

  g_assert_cmpstr (ipv6, ==, "");
  g_assert_cmpstr (empty, ==, "");
  g_assert_cmpstr (zero, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/allowed-fast/bep6", test_bep6);
  g_test_add_func ("/proto/allowed-fast/conformance", test_conformance);
  g_test_add_func ("/proto/allowed-fast/bounds", test_bounds);
  g_test_add_func ("/proto/allowed-fast/none", test_none);
  return g_test_run ();
}
