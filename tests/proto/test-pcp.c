/* test-pcp.c: requests to routers and their replies, byte by byte.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-pcp.h"
#include "bt-random.h"
#include "ft-test.h"

#define NONCE "0102030405060708090a0b0c"
#define HEAD "02810000 00000e10 00000064 000000000000000000000000"
#define BODY NONCE "06000000 1ae1 9c40 00000000000000000000ffff cb007107"

static BtPcpMap
make_map (void)
{
  BtPcpMap map = { .protocol = BT_IP_TCP, .internal_port = 6881, .external_port = 6881, .lifetime_s = 3600 };
  g_autoptr (GBytes) nonce = ft_test_hex (NONCE);

  memcpy (map.nonce, g_bytes_get_data (nonce, NULL), sizeof map.nonce);
  return map;
}

static void
assert_written (const BtPcpMap *map, const char *client_ip, const char *hex)
{
  g_autoptr (GBytes) expected = ft_test_hex (hex);
  guint8 bytes[BT_PCP_MAP_SIZE];
  BtEndpoint client;

  g_assert_true (bt_endpoint_parse_ip (&client, client_ip, 1234));
  bt_pcp_write_map (map, &client, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
test_write (void)
{
  BtPcpMap map = make_map ();

  assert_written (&map, "192.168.1.50",
                  "0201000000000e1000000000000000000000ffffc0a80132" NONCE
                  "060000001ae11ae100000000000000000000ffff00000000");

  /* Of IPv6 "any address" is all zeros. */
  map.protocol = BT_IP_UDP;
  assert_written (&map, "2001:db9::1",
                  "0201000000000e1020010db9000000000000000000000001" NONCE
                  "110000001ae11ae100000000000000000000000000000000");

  map.lifetime_s = 0;
  map.external_port = 40000;
  g_assert_true (bt_endpoint_parse_ip (&map.external, "203.0.113.7", 0));
  assert_written (&map, "192.168.1.50",
                  "020100000000000000000000000000000000ffffc0a80132" NONCE
                  "110000001ae19c4000000000000000000000ffffcb007107");
}

static gboolean
read_hex (const char *hex, BtPcpReply *reply)
{
  g_autoptr (GBytes) bytes = ft_test_hex (hex);

  return bt_pcp_read_reply (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), reply);
}

static void
test_read (void)
{
  BtPcpMap asked = make_map ();
  BtPcpReply reply;
  char text[BT_ENDPOINT_TEXT_SIZE];

  g_assert_true (read_hex (HEAD BODY, &reply));
  g_assert_cmpint (reply.result, ==, BT_PCP_SUCCESS);
  g_assert_cmpuint (reply.epoch_s, ==, 100);
  g_assert_true (reply.has_map);
  g_assert_cmpuint (reply.map.lifetime_s, ==, 3600);
  g_assert_cmpmem (reply.map.nonce, BT_PCP_NONCE_SIZE, asked.nonce, BT_PCP_NONCE_SIZE);
  g_assert_cmpint (reply.map.protocol, ==, BT_IP_TCP);
  g_assert_cmpuint (reply.map.internal_port, ==, 6881);
  g_assert_cmpuint (reply.map.external_port, ==, 40000);
  bt_endpoint_format_ip (&reply.map.external, text);
  g_assert_cmpstr (text, ==, "203.0.113.7");

  /* Options may follow. */
  g_assert_true (read_hex (HEAD BODY "02000000", &reply));
}

static void
test_read_errors (void)
{
  BtPcpReply reply;

  g_assert_true (read_hex ("02810002 0000070800000064 000000000000000000000000" BODY, &reply));
  g_assert_cmpint (reply.result, ==, BT_PCP_NOT_AUTHORIZED);
  g_assert_cmpuint (reply.map.lifetime_s, ==, 1800);
  g_assert_true (reply.has_map);

  /* Without what was asked for. */
  g_assert_true (read_hex ("02810004 0000070800000064 000000000000000000000000", &reply));
  g_assert_cmpint (reply.result, ==, BT_PCP_UNSUPP_OPCODE);
  g_assert_false (reply.has_map);

  /* A code that nobody knows yet. */
  g_assert_true (read_hex ("028100c8 0000070800000064 000000000000000000000000" BODY, &reply));
  g_assert_cmpint (reply.result, ==, 200);

  /* Routers that know NAT-PMP only, and such as speak another version. */
  g_assert_true (read_hex ("0081 0001 00000064", &reply));
  g_assert_cmpint (reply.result, ==, BT_PCP_UNSUPP_VERSION);
  g_assert_true (read_hex ("01810001 0000070800000064 000000000000000000000000", &reply));
  g_assert_cmpint (reply.result, ==, BT_PCP_UNSUPP_VERSION);
}

static void
test_no_reply (void)
{
  static const char *const none[] = {
    "",
    "02",
    "028100",
    "02810000",
    HEAD,                                                          /* a success without its mapping */
    HEAD NONCE "06000000 1ae1 9c40 00000000000000000000ffff cb0071", /* a byte short */
    "02010000 00000e10 00000064 000000000000000000000000" BODY,   /* a request */
    "02820000 00000e10 00000064 000000000000000000000000" BODY,   /* a reply to PEER */
    "02800000 00000e10 00000064 000000000000000000000000",        /* an announcement */
    "00000001",
  };
  guint8 large[1101] = { 2, 0x81 };
  BtPcpReply reply;

  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    if (read_hex (none[i], &reply))
      g_error ("read as a reply: %s", none[i]);
  g_assert_false (bt_pcp_read_reply (large, sizeof large, &reply));
  g_assert_true (bt_pcp_read_reply (large, sizeof large - 1, &reply));
}

static gboolean
read_announcement (const char *hex, guint32 *epoch_s)
{
  g_autoptr (GBytes) bytes = ft_test_hex (hex);

  return bt_pcp_read_announcement (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), epoch_s);
}

static void
test_announcement (void)
{
  guint32 epoch_s = 0;

  g_assert_true (read_announcement ("02800000 00000000 00000007 000000000000000000000000", &epoch_s));
  g_assert_cmpuint (epoch_s, ==, 7);
  g_assert_false (read_announcement ("02800000 00000000 00000007 0000000000000000000000", &epoch_s));
  g_assert_false (read_announcement ("02000000 00000000 00000007 000000000000000000000000", &epoch_s));
  g_assert_false (read_announcement ("02800001 00000000 00000007 000000000000000000000000", &epoch_s));
  g_assert_false (read_announcement ("01800000 00000000 00000007 000000000000000000000000", &epoch_s));
  g_assert_false (read_announcement (HEAD BODY, &epoch_s));
}

/* RFC 6887, 8.5. */
static void
test_epoch (void)
{
  g_assert_true (bt_pcp_epoch_goes_on (100, 100, 0));
  g_assert_true (bt_pcp_epoch_goes_on (100, 99, 0));
  g_assert_false (bt_pcp_epoch_goes_on (100, 98, 0));
  g_assert_false (bt_pcp_epoch_goes_on (100000, 5, 2700));
  g_assert_true (bt_pcp_epoch_goes_on (100, 2800, 2700));
  /* A clock that is a sixteenth off is still one. */
  g_assert_true (bt_pcp_epoch_goes_on (0, 1600, 1500));
  g_assert_true (bt_pcp_epoch_goes_on (0, 1500, 1600));
  g_assert_false (bt_pcp_epoch_goes_on (0, 1600, 1400));
  g_assert_false (bt_pcp_epoch_goes_on (0, 1400, 1600));
  /* It was off for a while, and has counted more since than when it was asked last. */
  g_assert_false (bt_pcp_epoch_goes_on (60, 600, 2700));
  g_assert_true (bt_pcp_epoch_goes_on (G_MAXUINT32 - 10, G_MAXUINT32, 10));
}

/* Whatever comes is read within its bounds; an error of the sanitizers fails this. */
static void
test_mutations (void)
{
  g_autoptr (GBytes) reply = ft_test_hex (HEAD BODY);
  BtRandom random;

  bt_random_seed (&random, 5);
  for (guint i = 0; i < 20000; i++)
    {
      gsize size = bt_random_below (&random, (guint32) g_bytes_get_size (reply) + 1);
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply));
      g_autofree guint8 *copy = NULL;
      BtPcpReply out;

      for (guint n = bt_random_below (&random, 4); n > 0; n--)
        bytes[bt_random_below (&random, 60)] = (guint8) bt_random_u32 (&random);
      copy = g_memdup2 (bytes, size);
      if (!bt_pcp_read_reply (copy, size, &out))
        continue;
      if (out.result == BT_PCP_SUCCESS)
        g_assert_true (out.has_map && size == BT_PCP_MAP_SIZE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pcp/write", test_write);
  g_test_add_func ("/pcp/read", test_read);
  g_test_add_func ("/pcp/read-errors", test_read_errors);
  g_test_add_func ("/pcp/no-reply", test_no_reply);
  g_test_add_func ("/pcp/announcement", test_announcement);
  g_test_add_func ("/pcp/epoch", test_epoch);
  g_test_add_func ("/pcp/mutations", test_mutations);
  return g_test_run ();
}
