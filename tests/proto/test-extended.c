/* test-extended.c: the extension handshake.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-extended.h"
#include "bt-limits.h"
#include "bt-random.h"
#include "ft-test.h"

static void
decode (const char *text, BtExtendedHandshake *out)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bt_extended_handshake_decode (text, strlen (text), out, &error));
  g_assert_no_error (error);
}

static void
test_all_fields (void)
{
  g_auto (BtExtendedHandshake) handshake;
  static const char text[] =
    "d1:ei1e1:md11:lt_donthavei7e11:upload_onlyi3e12:ut_holepunchi4e11:ut_metadatai2e6:ut_pexi1ee"
    "13:metadata_sizei31235e1:pi6881e4:reqqi500e11:upload_onlyi1e1:v8:Demo 1.06:yourip4:\xcb\0q\x07"
    "e";

  bt_extended_handshake_init (&handshake);
  g_assert_true (bt_extended_handshake_decode (text, sizeof text - 1, &handshake, NULL));
  g_assert_cmpstr (handshake.client, ==, "Demo 1.0");
  g_assert_cmpuint (handshake.listen_port, ==, 6881);
  g_assert_cmpint (handshake.reqq, ==, 500);
  g_assert_cmpint (handshake.upload_only, ==, 1);
  g_assert_cmpint (handshake.metadata_size, ==, 31235);
  g_assert_true (handshake.prefers_encryption);
  g_assert_true (handshake.has_your_ip);
  g_assert_cmpmem (handshake.your_ip.ip + 12, 4, "\xcb\0q\x07", 4);
  g_assert_cmpuint (handshake.your_ip.port, ==, 0);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_UPLOAD_ONLY], ==, 3);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_DONT_HAVE], ==, 7);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_METADATA], ==, 2);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_PEX], ==, 1);
}

static void
test_nothing_said (void)
{
  g_auto (BtExtendedHandshake) handshake;

  bt_extended_handshake_init (&handshake);
  decode ("de", &handshake);
  g_assert_null (handshake.client);
  g_assert_cmpuint (handshake.listen_port, ==, 0);
  g_assert_cmpint (handshake.reqq, ==, -1);
  g_assert_cmpint (handshake.upload_only, ==, -1);
  g_assert_cmpint (handshake.metadata_size, ==, 0);
  g_assert_false (handshake.prefers_encryption);
  g_assert_false (handshake.has_your_ip);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_UPLOAD_ONLY], ==, 0);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_DONT_HAVE], ==, 0);
}

/* Handshakes as they are met: BEP 10's own, keys out of order, bytes after the end. */
static void
test_in_the_wild (void)
{
  g_auto (BtExtendedHandshake) handshake;

  bt_extended_handshake_init (&handshake);
  decode ("d1:md11:LT_metadatai1e6:\xb5T_PEXi2ee1:pi6881e1:v13:\xc2\xb5Torrent 1.2e", &handshake);
  g_assert_cmpstr (handshake.client, ==, "\xc2\xb5Torrent 1.2");
  g_assert_cmpuint (handshake.listen_port, ==, 6881);
  decode ("d1:v3:abc1:md11:upload_onlyi9eee", &handshake);
  g_assert_cmpstr (handshake.client, ==, "abc");
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_UPLOAD_ONLY], ==, 9);
  decode ("d1:v3:defe trailing", &handshake);
  g_assert_cmpstr (handshake.client, ==, "def");
  decode ("d11:LT_metadatai0ee", &handshake);
  g_assert_cmpstr (handshake.client, ==, "def");
}

static void
test_update (void)
{
  g_auto (BtExtendedHandshake) handshake;

  bt_extended_handshake_init (&handshake);
  decode ("d1:md11:lt_donthavei7e11:upload_onlyi3ee4:reqqi100ee", &handshake);
  /* Additive: what is not named stays; 0 turns off. */
  decode ("d1:md11:upload_onlyi0ee11:upload_onlyi1ee", &handshake);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_DONT_HAVE], ==, 7);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_UPLOAD_ONLY], ==, 0);
  g_assert_cmpint (handshake.reqq, ==, 100);
  g_assert_cmpint (handshake.upload_only, ==, 1);
  decode ("d11:upload_onlyi0ee", &handshake);
  g_assert_cmpint (handshake.upload_only, ==, 0);
}

/* Fields of the wrong type or out of range are passed over; the others count. */
static void
test_odd_fields (void)
{
  static const char *const odd[] = {
    "d1:mi1e1:v2:oke",
    "d1:mle1:v2:oke",
    "d1:md11:lt_donthave1:x11:upload_onlyi256ee1:v2:oke",
    "d1:md11:upload_onlyi-1ee1:v2:oke",
    "d1:pi0e1:v2:oke",
    "d1:pi65536e1:v2:oke",
    "d1:pi-1e1:v2:oke",
    "d1:p2:\x1a\xe1"
    "1:v2:oke",
    "d4:reqqi0e1:v2:oke",
    "d4:reqqi-5e1:v2:oke",
    "d13:metadata_sizei0e1:v2:oke",
    "d13:metadata_sizei-1e1:v2:oke",
    "d13:metadata_sizei1099511627776e1:v2:oke",
    "d1:v2:ok6:yourip5:abcdee",
    "d1:v2:ok6:yourip0:e",
    "d1:v2:ok6:youripi7ee",
    "d4:ipv43:abc1:v2:oke",
    "d4:ipv416:abcdefghijklmnop1:v2:oke",
    "d4:ipv64:abcd1:v2:oke",
    "d4:ipv6i7e1:v2:oke",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_auto (BtExtendedHandshake) handshake;

      bt_extended_handshake_init (&handshake);
      decode (odd[i], &handshake);
      g_assert_cmpstr (handshake.client, ==, "ok");
      g_assert_cmpuint (handshake.ids[BT_EXTENDED_UPLOAD_ONLY], ==, 0);
      g_assert_cmpuint (handshake.ids[BT_EXTENDED_DONT_HAVE], ==, 0);
      g_assert_cmpuint (handshake.listen_port, ==, 0);
      g_assert_cmpint (handshake.reqq, ==, -1);
      g_assert_cmpint (handshake.metadata_size, ==, 0);
      g_assert_false (handshake.has_your_ip);
      g_assert_true (bt_endpoint_is_unspecified (&handshake.ipv4));
      g_assert_true (bt_endpoint_is_unspecified (&handshake.ipv6));
    }
}

static void
test_addresses (void)
{
  g_auto (BtExtendedHandshake) handshake;
  char ipv4[BT_ENDPOINT_TEXT_SIZE], ipv6[BT_ENDPOINT_TEXT_SIZE];
  g_autoptr (GBytes) bytes = NULL;
  static const char text[] = "d4:ipv44:\xcb\0q\x07"
                             "4:ipv616:\x2a\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x07"
                             "1:mdee";

  bt_extended_handshake_init (&handshake);
  g_assert_true (bt_extended_handshake_decode (text, sizeof text - 1, &handshake, NULL));
  bt_endpoint_format (&handshake.ipv4, ipv4);
  bt_endpoint_format (&handshake.ipv6, ipv6);
  g_assert_cmpstr (ipv4, ==, "203.0.113.7:0");
  g_assert_cmpstr (ipv6, ==, "[2a02::7]:0");
  bytes = bt_extended_handshake_encode (&handshake);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, sizeof text - 1);
}

/* What was on before and is no more is said with a 0. */
static void
test_off (void)
{
  BtExtendedHandshake handshake;
  g_autoptr (GBytes) bytes = NULL;
  static const char expected[] = "d1:md11:ut_metadatai2e6:ut_pexi0eee";

  bt_extended_handshake_init (&handshake);
  handshake.ids[BT_EXTENDED_METADATA] = BT_EXTENDED_METADATA;
  handshake.off = 1 << BT_EXTENDED_PEX | 1 << BT_EXTENDED_METADATA;
  bytes = bt_extended_handshake_encode (&handshake);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, sizeof expected - 1);
}

static void
test_your_ip (void)
{
  g_auto (BtExtendedHandshake) handshake;
  BtEndpoint expected;

  bt_extended_handshake_init (&handshake);
  decode ("d6:yourip16:abcdefghijklmnope", &handshake);
  g_assert_true (handshake.has_your_ip);
  bt_endpoint_set_ipv6 (&expected, (const guint8 *) "abcdefghijklmnop", 0);
  g_assert_true (bt_endpoint_equal (&handshake.your_ip, &expected));
  decode ("d6:yourip4:abcde", &handshake);
  bt_endpoint_set_ipv4 (&expected, (const guint8 *) "abcd", 0);
  g_assert_true (bt_endpoint_equal (&handshake.your_ip, &expected));
}

static void
test_client_is_cleaned (void)
{
  g_auto (BtExtendedHandshake) handshake;
  g_autofree char *filler = g_strnfill (5000, 'x');
  g_autofree char *huge = g_strdup_printf ("d1:v5000:%se", filler);

  bt_extended_handshake_init (&handshake);
  decode ("d1:v13:a\nb\x1b[31m\xe2\x80\xae"
          "cde",
          &handshake);
  g_assert_nonnull (handshake.client);
  g_assert_null (strpbrk (handshake.client, "\n\x1b"));
  g_assert_null (strstr (handshake.client, "\xe2\x80\xae"));
  decode ("d1:v4:\xff\xfe<be", &handshake);
  g_assert_true (g_utf8_validate (handshake.client, -1, NULL));
  g_assert_nonnull (strstr (handshake.client, "<b"));
  decode (huge, &handshake);
  g_assert_cmpuint (strlen (handshake.client), <=, BT_LIMIT_TEXT_CLIENT);
  g_assert_cmpuint (strlen (handshake.client), >, 0);
  /* Nothing to show is as if nothing was said. */
  decode ("d1:v1:ae", &handshake);
  decode ("d1:v0:e", &handshake);
  decode ("d1:v2:  e", &handshake);
  g_assert_cmpstr (handshake.client, ==, "a");
}

static void
test_malformed (void)
{
  g_autofree char *opening = g_strnfill (200, 'l');
  g_autofree char *closing = g_strnfill (200, 'e');
  g_autofree char *nested = g_strdup_printf ("d1:x%s%se", opening, closing);
  const char *const malformed[] = { "",      "e",   "d", "le", "i1e", "4:spam", "d1:v9:shorte",
                                    "d1:ve", nested };

  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_auto (BtExtendedHandshake) handshake;
      g_autoptr (GError) error = NULL;

      bt_extended_handshake_init (&handshake);
      g_assert_false (
        bt_extended_handshake_decode (malformed[i], strlen (malformed[i]), &handshake, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == BT_ERROR);
      if (malformed[i] != nested)
        g_assert_cmpint (error->code, ==, BT_ERROR_MALFORMED);
    }
}

static void
test_encode (void)
{
  g_auto (BtExtendedHandshake) handshake;
  g_auto (BtExtendedHandshake) back;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) bare = NULL;
  static const char expected[] =
    "d1:ei1e1:md11:lt_donthavei7e11:upload_onlyi3ee13:metadata_sizei31235e"
    "1:pi6881e4:reqqi2000e11:upload_onlyi0e1:v8:Demo 1.06:yourip4:\xcb\0q\x07"
    "e";

  bt_extended_handshake_init (&handshake);
  bare = bt_extended_handshake_encode (&handshake);
  g_assert_cmpmem (g_bytes_get_data (bare, NULL), g_bytes_get_size (bare), "d1:mdee", 7);

  handshake.client = g_strdup ("Demo 1.0");
  handshake.listen_port = 6881;
  handshake.reqq = 2000;
  handshake.upload_only = 0;
  handshake.metadata_size = 31235;
  handshake.prefers_encryption = TRUE;
  handshake.has_your_ip = TRUE;
  bt_endpoint_set_ipv4 (&handshake.your_ip, (const guint8 *) "\xcb\0q\x07", 0);
  handshake.ids[BT_EXTENDED_UPLOAD_ONLY] = BT_EXTENDED_UPLOAD_ONLY;
  handshake.ids[BT_EXTENDED_DONT_HAVE] = BT_EXTENDED_DONT_HAVE;
  bytes = bt_extended_handshake_encode (&handshake);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   sizeof expected - 1);

  bt_extended_handshake_init (&back);
  g_assert_true (bt_extended_handshake_decode (g_bytes_get_data (bytes, NULL),
                                               g_bytes_get_size (bytes), &back, NULL));
  g_assert_cmpstr (back.client, ==, handshake.client);
  g_assert_true (bt_endpoint_equal (&back.your_ip, &handshake.your_ip));
  g_assert_cmpint (back.upload_only, ==, 0);
}

/* Whatever is made of a valid one, it is read or refused. */
static void
test_mutations (void)
{
  static const char valid[] =
    "d1:ei0e1:md11:lt_donthavei7e11:upload_onlyi3ee13:metadata_sizei31235e"
    "1:pi6881e4:reqqi500e1:v8:Demo 1.06:yourip4:abcde";
  guint n_read = 0;
  BtRandom random;

  bt_random_seed (&random, 7);
  for (guint i = 0; i < 20000; i++)
    {
      gsize length = sizeof valid - 1;
      g_autofree char *copy = NULL;
      g_auto (BtExtendedHandshake) handshake;
      g_autoptr (GError) error = NULL;

      if (bt_random_below (&random, 4) == 0)
        length = bt_random_below (&random, (guint32) length + 1);
      copy = g_memdup2 (valid, length);
      for (guint n = 1 + bt_random_below (&random, 3); n > 0 && length > 0; n--)
        copy[bt_random_below (&random, (guint32) length)] = (char) bt_random_u32 (&random);

      bt_extended_handshake_init (&handshake);
      if (bt_extended_handshake_decode (copy, length, &handshake, &error))
        n_read++;
      else
        g_assert_nonnull (error);
    }
  g_assert_cmpuint (n_read, >, 0);
  g_assert_cmpuint (n_read, <, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/extended/all-fields", test_all_fields);
  g_test_add_func ("/proto/extended/nothing-said", test_nothing_said);
  g_test_add_func ("/proto/extended/in-the-wild", test_in_the_wild);
  g_test_add_func ("/proto/extended/update", test_update);
  g_test_add_func ("/proto/extended/odd-fields", test_odd_fields);
  g_test_add_func ("/proto/extended/your-ip", test_your_ip);
  g_test_add_func ("/proto/extended/addresses", test_addresses);
  g_test_add_func ("/proto/extended/off", test_off);
  g_test_add_func ("/proto/extended/client-is-cleaned", test_client_is_cleaned);
  g_test_add_func ("/proto/extended/malformed", test_malformed);
  g_test_add_func ("/proto/extended/encode", test_encode);
  g_test_add_func ("/proto/extended/mutations", test_mutations);
  return g_test_run ();
}
