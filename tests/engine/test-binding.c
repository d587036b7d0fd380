/* test-binding.c: sockets that may use one network interface only: nothing leaves by another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "ft-swarm.h"
#include "ft-test.h"

/* A network namespace of its own with two interfaces at whose other end nobody is: "eth9", by which all is
 * routed, and "wg0". What was sent by each is counted by the kernel. Addresses of anybody may be used:
 * nothing leaves the namespace. */

#define PEER "93.184.216.50:6881"
#define UDP_TRACKER "udp://93.184.216.60:80/announce"
#define HTTP_TRACKER "http://93.184.216.70:80/announce"

static const FtSampleFile one_file[] = { { "data.bin", 100000 }, { NULL, 0 } };
static gboolean has_namespace;

static gboolean
run (const char *command)
{
  int status;

  return g_spawn_command_line_sync (command, NULL, NULL, &status, NULL) && g_spawn_check_wait_status (status, NULL);
}

static gboolean
add_interface (const char *name, const char *address)
{
  g_autofree char *add = g_strdup_printf ("ip link add %s type veth peer name %s-end", name, name);
  g_autofree char *end_up = g_strdup_printf ("ip link set %s-end up", name);
  g_autofree char *set = g_strdup_printf ("ip addr add %s dev %s", address, name);
  g_autofree char *up = g_strdup_printf ("ip link set %s up arp off", name); /* no late questions */

  return run (add) && run (set) && run (end_up) && run (up);
}

static gboolean
add_wg0 (void)
{
  return add_interface ("wg0", "10.9.0.1/24");
}

/* Before there are threads: those that come are in it too. */
static gboolean
enter_namespace (void)
{
  return unshare (CLONE_NEWNET) == 0 && run ("ip link set lo up")
         && run ("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'")
         && add_interface ("eth9", "192.168.77.1/24") && run ("ip route add default dev eth9") && add_wg0 ();
}

static gboolean
is_possible (void)
{
  if (!has_namespace)
    g_test_skip ("needs a network namespace");
  return has_namespace;
}

/* The tenth number of its line. */
static guint64
count_sent (const char *interface)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents ("/proc/thread-self/net/dev", &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char name[32];
      unsigned long long sent;

      if (sscanf (lines[i], " %31[^:]: %*u %*u %*u %*u %*u %*u %*u %*u %*u %llu", name, &sent) == 2
          && strcmp (name, interface) == 0)
        return sent;
    }
  return 0;
}

static void
set_unbound (BtConfig *config)
{
  g_clear_pointer (&config->bind_address, g_free);
}

static void
set_bound (BtConfig *config)
{
  set_unbound (config);
  config->bind_interface = g_strdup ("wg0");
}

/* What is sent is sent to whom the test is about. */
static void
set_quiet (BtConfig *config)
{
  config->dht = config->lsd = config->port_mapping = FALSE;
}

static void
set_quiet_unbound (BtConfig *config)
{
  set_unbound (config);
  set_quiet (config);
}

static void
set_quiet_bound (BtConfig *config)
{
  set_bound (config);
  set_quiet (config);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  bt_engine_finish (BT_ENGINE (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
set_tracker (FtNode *node, BtTorrentId id, const char *url)
{
  const char *const tier[] = { url, NULL };
  g_autoptr(GPtrArray) tiers = g_ptr_array_new ();
  gboolean done = FALSE;

  g_ptr_array_add (tiers, (gpointer) tier);
  bt_engine_set_trackers_async (node->engine, id, tiers, NULL, done_cb, &done);
  ft_wait_until (done);
}

static BtTorrentId
add (FtNode *node, FtSample *sample, const char *whom)
{
  BtTorrentId id = ft_node_add (node, sample->torrent, NULL, FALSE);
  BtEndpoint peer = { 0 };

  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  if (strstr (whom, "://") != NULL)
    set_tracker (node, id, whom);
  else
    {
      g_assert_true (bt_endpoint_parse (&peer, whom));
      ft_node_connect_to (node, id, &peer);
    }
  return id;
}

/* That it is sent at all shows without the binding. */
static void
test_leaves (gconstpointer whom)
{
  g_autoptr(FtSample) sample = NULL;
  guint64 by_eth9, by_wg0;

  if (!is_possible ())
    return;
  sample = ft_sample_new (one_file, 32768, 301);
  by_eth9 = count_sent ("eth9");
  by_wg0 = count_sent ("wg0");
  {
    g_autoptr(FtNode) node = ft_node_new_full (NULL, NULL, set_quiet_unbound);

    add (node, sample, whom);
    ft_wait_until (count_sent ("eth9") > by_eth9);
    g_assert_cmpuint (count_sent ("wg0"), ==, by_wg0);
  }
  by_eth9 = count_sent ("eth9");
  {
    g_autoptr(FtNode) node = ft_node_new_full (NULL, NULL, set_quiet_bound);

    add (node, sample, whom);
    ft_wait_until (count_sent ("wg0") > by_wg0);
  }
  /* Its goodbyes too. */
  g_assert_cmpuint (count_sent ("eth9"), ==, by_eth9);
}

/* So are those that go round by themselves: to neighbours, the DHT, routers. */
static void
test_by_itself (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) node = NULL;
  guint64 by_eth9, by_wg0;
  BtTorrentId id;

  if (!is_possible ())
    return;
  sample = ft_sample_new (one_file, 32768, 306);
  by_eth9 = count_sent ("eth9");
  by_wg0 = count_sent ("wg0");
  node = ft_node_new_full (NULL, NULL, set_bound);
  id = ft_node_add (node, sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  ft_wait_until (count_sent ("wg0") > by_wg0 + 2);
  ft_node_stop (node);
  g_assert_cmpuint (count_sent ("eth9"), ==, by_eth9);
}

static gboolean
waits_for_wg0 (FtNode *node, BtTorrentId id)
{
  const BtTorrentStatus *status = ft_node_status (node, id);

  return status->reason == BT_REASON_NETWORK && strcmp (status->reason_text, "the interface \"wg0\" is not there") == 0;
}

static void
test_gone (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) node = NULL;
  guint64 by_eth9, by_wg0;
  BtTorrentId id;

  if (!is_possible ())
    return;
  sample = ft_sample_new (one_file, 32768, 302);
  node = ft_node_new_full (NULL, NULL, set_bound);
  by_eth9 = count_sent ("eth9");
  id = add (node, sample, UDP_TRACKER);
  g_assert_true (run ("ip link del wg0"));
  ft_wait_until (waits_for_wg0 (node, id));
  ft_wait_until (node->port == 0);
  g_assert_true (ft_node_said (node, "is not there"));
  ft_node_connect_to (node, id, &(BtEndpoint){ .ip = { [10] = 0xff, 0xff, 93, 184, 216, 50 }, .port = 6881 });
  g_assert_true (add_wg0 ());
  by_wg0 = count_sent ("wg0");
  ft_wait_until (node->port != 0);
  ft_wait_until (!waits_for_wg0 (node, id));
  ft_wait_until (count_sent ("wg0") > by_wg0);
  g_assert_cmpuint (count_sent ("eth9"), ==, by_eth9);
}

/* Down is as good as gone. */
static void
test_down (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) node = NULL;
  BtTorrentId id;

  if (!is_possible ())
    return;
  sample = ft_sample_new (one_file, 32768, 303);
  node = ft_node_new_full (NULL, NULL, set_bound);
  id = add (node, sample, PEER);
  g_assert_true (run ("ip link set wg0 down"));
  ft_wait_until (waits_for_wg0 (node, id));
  g_assert_true (run ("ip link set wg0 up"));
  ft_wait_until (!waits_for_wg0 (node, id));
  ft_wait_until (node->port != 0);
}

static void
set_bound_to_address (BtConfig *config)
{
  g_free (config->bind_address);
  config->bind_address = g_strdup ("10.9.0.1");
}

static gboolean
waits_for_address (FtNode *node, BtTorrentId id)
{
  const BtTorrentStatus *status = ft_node_status (node, id);

  return status->reason == BT_REASON_NETWORK && strcmp (status->reason_text, "the address 10.9.0.1 is not there") == 0;
}

/* An address is waited for too, and meanwhile nothing is opened at another. */
static void
test_address_gone (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) node = NULL;
  guint64 by_eth9, by_wg0;
  BtTorrentId id;

  if (!is_possible ())
    return;
  sample = ft_sample_new (one_file, 32768, 306);
  /* What goes to it by another way has its address all the same, so routes are what tells. */
  g_assert_true (run ("ip route replace default dev wg0"));
  node = ft_node_new_full (NULL, NULL, set_bound_to_address);
  by_wg0 = count_sent ("wg0");
  id = add (node, sample, PEER);
  ft_wait_until (count_sent ("wg0") > by_wg0);
  by_eth9 = count_sent ("eth9");
  g_assert_true (run ("ip address flush dev wg0"));
  g_assert_true (run ("ip route replace default dev eth9"));
  ft_wait_until (waits_for_address (node, id));
  ft_wait_until (node->port == 0);
  ft_node_connect_to (node, id, &(BtEndpoint){ .ip = { [10] = 0xff, 0xff, 93, 184, 216, 50 }, .port = 6881 });
  g_assert_cmpuint (count_sent ("eth9"), ==, by_eth9);

  g_assert_true (run ("ip address add 10.9.0.1/24 dev wg0"));
  g_assert_true (run ("ip route replace default dev wg0"));
  by_wg0 = count_sent ("wg0");
  ft_wait_until (node->port != 0);
  ft_wait_until (!waits_for_address (node, id));
  ft_wait_until (count_sent ("wg0") > by_wg0);
  g_assert_cmpuint (count_sent ("eth9"), ==, by_eth9);
  g_assert_true (run ("ip route replace default dev eth9"));
}

/* At once, without a restart, and back. */
static void
test_changed (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) node = NULL;
  guint64 by_eth9, by_wg0;
  BtTorrentId id;

  if (!is_possible ())
    return;
  sample = ft_sample_new (one_file, 32768, 304);
  node = ft_node_new_full (NULL, NULL, set_quiet_unbound);
  by_eth9 = count_sent ("eth9");
  by_wg0 = count_sent ("wg0");
  id = add (node, sample, PEER);
  ft_wait_until (count_sent ("eth9") > by_eth9);

  node->config->bind_interface = g_strdup ("wg0");
  ft_node_configure (node);
  by_eth9 = count_sent ("eth9");
  ft_node_connect_to (node, id, &(BtEndpoint){ .ip = { [10] = 0xff, 0xff, 93, 184, 216, 51 }, .port = 6881 });
  ft_wait_until (count_sent ("wg0") > by_wg0);
  g_assert_cmpuint (count_sent ("eth9"), ==, by_eth9);

  g_free (node->config->bind_interface);
  node->config->bind_interface = g_strdup ("no-such");
  ft_node_configure (node);
  ft_wait_until (ft_node_status (node, id)->reason == BT_REASON_NETWORK);
  ft_wait_until (node->port == 0);

  g_clear_pointer (&node->config->bind_interface, g_free);
  ft_node_configure (node);
  ft_wait_until (node->port != 0);
  ft_wait_until (count_sent ("eth9") > by_eth9);
}

/* What goes round by itself begins when it is switched on. */
static void
test_switched (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) node = NULL;
  guint64 by_eth9, by_wg0;
  BtTorrentId id;

  if (!is_possible ())
    return;
  sample = ft_sample_new (one_file, 32768, 307);
  node = ft_node_new_full (NULL, NULL, set_quiet_unbound);
  id = ft_node_add (node, sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  by_eth9 = count_sent ("eth9");
  by_wg0 = count_sent ("wg0");
  node->config->port_mapping = TRUE;
  ft_node_configure (node);
  ft_wait_until (count_sent ("eth9") > by_eth9);
  g_assert_cmpuint (count_sent ("wg0"), ==, by_wg0);
  node->config->lsd = TRUE;
  ft_node_configure (node);
  ft_wait_until (count_sent ("wg0") > by_wg0);
}

/* Peers find each other again at the new port and address. */
static void
test_address_changed (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 32768, 305);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);
  BtEndpoint endpoint = { 0 };
  guint16 port = seed->port;

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  g_free (seed->config->bind_address);
  seed->config->bind_address = g_strdup ("127.0.0.3");
  seed->config->listen_port = 0;
  ft_node_configure (seed);
  ft_wait_until (seed->port != 0 && seed->port != port);
  bt_endpoint_parse_ip (&endpoint, "127.0.0.3", seed->port);
  ft_node_connect_to (leecher, b, &endpoint);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  has_namespace = enter_namespace ();
  g_test_add_data_func ("/binding/peer", PEER, test_leaves);
  g_test_add_data_func ("/binding/udp-tracker", UDP_TRACKER, test_leaves);
  g_test_add_data_func ("/binding/http-tracker", HTTP_TRACKER, test_leaves);
  g_test_add_func ("/binding/by-itself", test_by_itself);
  g_test_add_func ("/binding/gone", test_gone);
  g_test_add_func ("/binding/down", test_down);
  g_test_add_func ("/binding/address-gone", test_address_gone);
  g_test_add_func ("/binding/changed", test_changed);
  g_test_add_func ("/binding/address-changed", test_address_changed);
  /* The last: the kernel leaves groups, and looks for the router, after its end too. */
  g_test_add_func ("/binding/switched", test_switched);
  return g_test_run ();
}
