/* test-nat-pmp.c: requests to routers and their replies, byte by byte.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-nat-pmp.h"
#include "bt-random.h"
#include "ft-test.h"

static void
assert_map_written (BtIpProtocol protocol, guint16 external_port, guint32 lifetime_s, const char *hex)
{
  g_autoptr (GBytes) expected = ft_test_hex (hex);
  guint8 bytes[BT_NAT_PMP_MAP_SIZE];

  bt_nat_pmp_write_map (protocol, 6881, external_port, lifetime_s, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
test_write (void)
{
  guint8 address[BT_NAT_PMP_ADDRESS_SIZE] = { 1, 1 };

  assert_map_written (BT_IP_TCP, 6881, 3600, "000200001ae11ae100000e10");
  assert_map_written (BT_IP_UDP, 6881, 3600, "000100001ae11ae100000e10");
  assert_map_written (BT_IP_UDP, 0, 0, "000100001ae1000000000000");
  bt_nat_pmp_write_address (address);
  g_assert_cmpmem (address, sizeof address, "\0\0", 2);
}

static gboolean
read_hex (const char *hex, BtNatPmpReply *reply)
{
  g_autoptr (GBytes) bytes = ft_test_hex (hex);

  return bt_nat_pmp_read_reply (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), reply);
}

static void
test_read (void)
{
  BtNatPmpReply reply;
  char text[BT_ENDPOINT_TEXT_SIZE];

  g_assert_true (read_hex ("0082 0000 00000064 1ae1 9c40 00000e10", &reply));
  g_assert_cmpint (reply.kind, ==, BT_NAT_PMP_REPLY_MAP);
  g_assert_cmpint (reply.result, ==, BT_NAT_PMP_SUCCESS);
  g_assert_cmpint (reply.protocol, ==, BT_IP_TCP);
  g_assert_cmpuint (reply.epoch_s, ==, 100);
  g_assert_cmpuint (reply.internal_port, ==, 6881);
  g_assert_cmpuint (reply.external_port, ==, 40000);
  g_assert_cmpuint (reply.lifetime_s, ==, 3600);

  g_assert_true (read_hex ("0081 0003 00000064 1ae1 0000 00000000 ffff", &reply));
  g_assert_cmpint (reply.protocol, ==, BT_IP_UDP);
  g_assert_cmpint (reply.result, ==, BT_NAT_PMP_NETWORK_FAILURE);

  g_assert_true (read_hex ("0080 0000 00000064 cb007107", &reply));
  g_assert_cmpint (reply.kind, ==, BT_NAT_PMP_REPLY_ADDRESS);
  bt_endpoint_format_ip (&reply.address, text);
  g_assert_cmpstr (text, ==, "203.0.113.7");

  /* Of an error the rest may be missing. */
  g_assert_true (read_hex ("0082 0002 00000064", &reply));
  g_assert_cmpint (reply.result, ==, BT_NAT_PMP_NOT_AUTHORIZED);
  g_assert_cmpint (reply.protocol, ==, BT_IP_TCP);
  g_assert_true (read_hex ("0080 0003 00000064", &reply));
  g_assert_true (bt_endpoint_is_unspecified (&reply.address));
}

static void
test_no_reply (void)
{
  static const char *const none[] = {
    "",
    "00",
    "0080 0000 000000",
    "0080 0000 00000064",
    "0080 0000 00000064 cb0071",
    "0082 0000 00000064 1ae1 9c40 00000e",
    "0002 0000 1ae1 1ae1 00000e10",         /* a request */
    "0083 0000 00000064 1ae1 9c40 00000e10", /* no such operation */
    "0182 0000 00000064 1ae1 9c40 00000e10", /* another version */
    "0281 0000 00000064 1ae1 9c40 00000e10",
  };
  BtNatPmpReply reply;

  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    if (read_hex (none[i], &reply))
      g_error ("read as a reply: %s", none[i]);
}

static void
test_mutations (void)
{
  g_autoptr (GBytes) reply = ft_test_hex ("0082 0000 00000064 1ae1 9c40 00000e10");
  BtRandom random;

  bt_random_seed (&random, 5);
  for (guint i = 0; i < 20000; i++)
    {
      gsize size = bt_random_below (&random, (guint32) g_bytes_get_size (reply) + 1);
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply));
      g_autofree guint8 *copy = NULL;
      BtNatPmpReply out;

      for (guint n = bt_random_below (&random, 4); n > 0; n--)
        bytes[bt_random_below (&random, 16)] = (guint8) bt_random_u32 (&random);
      copy = g_memdup2 (bytes, size);
      if (bt_nat_pmp_read_reply (copy, size, &out) && out.result == BT_NAT_PMP_SUCCESS)
        g_assert_cmpuint (size, >=, out.kind == BT_NAT_PMP_REPLY_MAP ? 16 : 12);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat-pmp/write", test_write);
  g_test_add_func ("/nat-pmp/read", test_read);
  g_test_add_func ("/nat-pmp/no-reply", test_no_reply);
  g_test_add_func ("/nat-pmp/mutations", test_mutations);
  return g_test_run ();
}
