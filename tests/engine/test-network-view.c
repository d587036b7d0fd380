/* test-network-view.c: what counts as another network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-network-view.h"

#include "ft-test.h"

#define UP (BT_ADDRESS_UP | BT_ADDRESS_RUNNING | BT_ADDRESS_GLOBAL)

static BtEndpoint
endpoint (const char *ip)
{
  BtEndpoint out;

  g_assert_true (bt_endpoint_parse_ip (&out, ip, 0));
  return out;
}

static void
add (BtNetworkView *view, const char *ip, guint interface_index, BtAddressFlags flags)
{
  BtLocalAddress address = {
    .endpoint = endpoint (ip),
    .prefix_length = 24,
    .interface_index = interface_index,
    .flags = flags,
  };

  if (view->addresses == NULL)
    view->addresses = g_array_new (FALSE, TRUE, sizeof (BtLocalAddress));
  g_array_append_val (view->addresses, address);
}

static void
set_route (BtNetworkView *view, gboolean ipv6, const char *gateway, const char *source, guint interface_index)
{
  view->routes[ipv6 ? 1 : 0] = (BtRoute){ endpoint (gateway), endpoint (source), interface_index };
}

/* A machine at home. */
static void
set_up (BtNetworkView *view)
{
  add (view, "127.0.0.1", 1, BT_ADDRESS_UP | BT_ADDRESS_RUNNING | BT_ADDRESS_LOOPBACK);
  add (view, "192.168.1.5", 2, UP);
  set_route (view, FALSE, "192.168.1.1", "192.168.1.5", 2);
}

static void
test_same (void)
{
  BtNetworkView a = { 0 }, b = { 0 };
  BtEndpoint local = endpoint ("192.168.1.5");

  set_up (&a);
  set_up (&b);
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, 0);
  g_assert_false (bt_network_view_has_losses (&a, &b));
  g_assert_false (bt_network_view_is_offline (&a));
  g_assert_true (bt_network_view_has (&a, &local));
  bt_network_view_clear (&a);
  /* What could not be told is no reason to drop anything. */
  g_assert_false (bt_network_view_has_losses (&b, &a));
  g_assert_false (bt_network_view_is_offline (&a));
  bt_network_view_clear (&b);
}

/* A container comes: nothing of ours goes that way. */
static void
test_unrelated (void)
{
  BtNetworkView a = { 0 }, b = { 0 };

  set_up (&a);
  set_up (&b);
  add (&b, "172.17.0.1", 9, UP);
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, BT_NETWORK_ADDRESSES);
  g_assert_cmpint (bt_network_view_compare (&b, &a), ==, BT_NETWORK_ADDRESSES);
  g_assert_true (bt_network_view_has_losses (&b, &a));
  bt_network_view_clear (&a);
  bt_network_view_clear (&b);
}

static void
test_way (void)
{
  BtNetworkView a = { 0 }, b = { 0 };

  set_up (&a);
  set_up (&b);
  b.routes[0].gateway = endpoint ("192.168.1.2");
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, BT_NETWORK_WAY);
  b.routes[0] = (BtRoute){ 0 };
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, 0); /* there is nothing to be done yet */
  g_assert_cmpint (bt_network_view_compare (&b, &a), ==, BT_NETWORK_WAY);
  /* The other family came. */
  b.routes[0] = a.routes[0];
  set_route (&b, TRUE, "fe80::1", "2001:470::5", 2);
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, BT_NETWORK_WAY);
  bt_network_view_clear (&a);
  bt_network_view_clear (&b);
}

static void
test_carrier (void)
{
  BtNetworkView a = { 0 }, b = { 0 };

  set_up (&a);
  set_up (&b);
  g_array_index (b.addresses, BtLocalAddress, 1).flags &= ~BT_ADDRESS_RUNNING;
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, BT_NETWORK_ADDRESSES);
  g_assert_cmpint (bt_network_view_compare (&b, &a), ==, BT_NETWORK_ADDRESSES | BT_NETWORK_WAY);
  /* The cable may come back, and TCP lives that long. */
  g_assert_false (bt_network_view_has_losses (&a, &b));
  g_assert_true (bt_network_view_is_offline (&b));
  bt_network_view_clear (&a);
  bt_network_view_clear (&b);
}

static void
test_down (void)
{
  BtNetworkView a = { 0 }, b = { 0 };
  BtEndpoint local = endpoint ("192.168.1.5"), loopback = endpoint ("127.0.0.1");

  set_up (&a);
  set_up (&b);
  g_array_index (b.addresses, BtLocalAddress, 1).flags = BT_ADDRESS_GLOBAL;
  b.routes[0] = (BtRoute){ 0 };
  g_assert_true (bt_network_view_has_losses (&a, &b));
  g_assert_true (bt_network_view_has_lost (&a, &b, &local));
  g_assert_false (bt_network_view_has_lost (&a, &b, &loopback));
  g_assert_false (bt_network_view_has_lost (&b, &a, &local));
  g_assert_true (bt_network_view_is_offline (&b));
  g_assert_true (bt_network_view_is_down (&b, &local));
  g_assert_false (bt_network_view_is_down (&a, &local));
  bt_network_view_clear (&a);
  bt_network_view_clear (&b);
}

/* Without a way out, what there is of addresses is the way. */
static void
test_island (void)
{
  BtNetworkView a = { 0 }, b = { 0 };

  set_up (&a);
  set_up (&b);
  a.routes[0] = b.routes[0] = (BtRoute){ 0 };
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, 0);
  g_array_index (b.addresses, BtLocalAddress, 1).endpoint = endpoint ("10.0.0.7");
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, BT_NETWORK_ADDRESSES | BT_NETWORK_WAY | BT_NETWORK_MOVED);
  g_array_set_size (b.addresses, 1);
  g_assert_cmpint (bt_network_view_compare (&a, &b), ==, BT_NETWORK_ADDRESSES);
  bt_network_view_clear (&a);
  bt_network_view_clear (&b);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/network-view/same", test_same);
  g_test_add_func ("/engine/network-view/unrelated", test_unrelated);
  g_test_add_func ("/engine/network-view/way", test_way);
  g_test_add_func ("/engine/network-view/carrier", test_carrier);
  g_test_add_func ("/engine/network-view/down", test_down);
  g_test_add_func ("/engine/network-view/island", test_island);
  return g_test_run ();
}
