/* test-ssdp.c: which devices that answer a search are asked what they are, and in which order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-ssdp.h"

#include <string.h>

#define GATEWAY "192.168.1.1"
#define IGD "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
#define PPP "USN: uuid:1::urn:schemas-upnp-org:service:WANPPPConnection:1\r\n"
#define ROOT "ST: upnp:rootdevice\r\n"

static BtSsdpFinds *
new_finds (void)
{
  BtEndpoint gateway;

  g_assert_true (bt_endpoint_parse_ip (&gateway, GATEWAY, 0));
  return bt_ssdp_finds_new (&gateway);
}

/* @address answers, with a description at @path of it. */
static void
hear (BtSsdpFinds *finds, const char *address, const char *path, const char *lines)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 200 OK\r\n%sLOCATION: http://%s%s\r\n\r\n", lines, address, path);
  BtEndpoint from;

  g_assert_true (bt_endpoint_parse_ip (&from, address, 1900));
  bt_ssdp_finds_hear (finds, &from, text, strlen (text));
}

static void
hear_many (BtSsdpFinds *finds, guint n, const char *lines)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *address = g_strdup_printf ("192.168.1.%u", 100 + i);

      hear (finds, address, "/", lines);
    }
}

static guint
count (BtSsdpFinds *finds)
{
  guint n = 0;

  while (bt_ssdp_finds_take (finds) != NULL)
    n++;
  return n;
}

static void
test_order (void)
{
  g_autoptr (BtSsdpFinds) finds = new_finds ();

  hear (finds, "192.168.1.5", "/tv", ROOT);
  hear (finds, "192.168.1.6", "/other", IGD);
  hear (finds, GATEWAY, "/media", ROOT);
  hear (finds, GATEWAY, "/root", PPP);
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://" GATEWAY "/root");
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://" GATEWAY "/media");
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://192.168.1.6/other");
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://192.168.1.5/tv");
  g_assert_null (bt_ssdp_finds_take (finds));
  /* Again, in a later round. */
  hear (finds, "192.168.1.5", "/tv", ROOT);
  g_assert_null (bt_ssdp_finds_take (finds));
}

/* However many there are that answer sooner. */
static void
test_late_gateway (void)
{
  g_autoptr (BtSsdpFinds) finds = new_finds ();

  hear_many (finds, 100, ROOT);
  hear_many (finds, 100, IGD); /* also those that were known as something else */
  hear (finds, GATEWAY, "/root", ROOT);
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://" GATEWAY "/root");
  g_assert_cmpuint (count (finds), ==, 8);
}

static void
test_late_router (void)
{
  g_autoptr (BtSsdpFinds) finds = new_finds ();

  hear_many (finds, 100, ROOT);
  hear (finds, "192.168.1.6", "/other", PPP);
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://192.168.1.6/other");
  g_assert_cmpuint (count (finds), ==, 8);
}

static void
test_per_address (void)
{
  g_autoptr (BtSsdpFinds) finds = new_finds ();

  hear (finds, GATEWAY, "/1", ROOT);
  hear (finds, GATEWAY, "/2", ROOT);
  hear (finds, GATEWAY, "/3", ROOT);
  hear (finds, GATEWAY, "/root", IGD);
  hear (finds, GATEWAY, "/4", ROOT);
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://" GATEWAY "/root");
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, "http://" GATEWAY "/1");
  /* Those that were taken do not come again, nor do others in their place. */
  hear (finds, GATEWAY, "/5", IGD);
  g_assert_null (bt_ssdp_finds_take (finds));
}

static void
test_elsewhere (void)
{
  static const char text[] = "HTTP/1.1 200 OK\r\n" IGD "LOCATION: http://192.168.1.9/\r\n\r\n";
  g_autoptr (BtSsdpFinds) finds = new_finds ();
  BtEndpoint from;

  g_assert_true (bt_endpoint_parse_ip (&from, GATEWAY, 1900));
  bt_ssdp_finds_hear (finds, &from, text, strlen (text));
  bt_ssdp_finds_hear (finds, &from, "", 0);
  g_assert_null (bt_ssdp_finds_take (finds));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/ssdp/order", test_order);
  g_test_add_func ("/net/ssdp/late-gateway", test_late_gateway);
  g_test_add_func ("/net/ssdp/late-router", test_late_router);
  g_test_add_func ("/net/ssdp/per-address", test_per_address);
  g_test_add_func ("/net/ssdp/elsewhere", test_elsewhere);
  return g_test_run ();
}
