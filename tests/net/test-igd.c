/* test-igd.c: which devices of a network may be asked whether they are its router.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-igd.h"
#include "ft-test.h"

static void
test_urls (void)
{
  static const struct
  {
    const char *url;
    gboolean accepted;
  } rows[] = {
    { "http://192.168.1.1:5000/rootDesc.xml", TRUE },
    { "http://192.168.1.254/", TRUE },
    { "http://192.168.1.1", TRUE },
    { "http://192.168.2.1/rootDesc.xml", FALSE },  /* of another network */
    { "http://8.8.8.8/rootDesc.xml", FALSE },
    { "http://127.0.0.1:631/admin", FALSE },
    { "http://[fe80::1]/rootDesc.xml", FALSE },
    { "http://router.example/rootDesc.xml", FALSE }, /* names may lead anywhere */
    { "http://user:secret@192.168.1.1/", FALSE },
    { "https://192.168.1.1/", FALSE },
    { "file:///etc/passwd", FALSE },
    { "192.168.1.1/rootDesc.xml", FALSE },
    { "http://", FALSE },
    { "", FALSE },
    { "http://192.168.1.1:99999999/", FALSE },
    { "http://192.168.1.1@8.8.8.8/", FALSE },
    { "http://192.168.1.1.8.8/", FALSE },
    { "http://239.255.255.250/", FALSE },
  };
  BtUpnpRequest request = { .prefix_length = 24 };
  BtEndpoint host;

  g_assert_true (bt_endpoint_parse_ip (&request.source, "192.168.1.50", 0));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (bt_igd_accepts_url (&request, rows[i].url, &host) != rows[i].accepted)
      g_error ("%s is %s", rows[i].url, rows[i].accepted ? "not accepted" : "accepted");

  g_assert_true (bt_igd_accepts_url (&request, "http://192.168.1.1:5000/rootDesc.xml", &host));
  g_assert_cmpuint (host.port, ==, 0);
  g_assert_cmpuint (host.ip[15], ==, 1);
}

/* Networks that do not end at a byte, and one of all addresses, which is no local network. */
static void
test_prefixes (void)
{
  BtUpnpRequest request = { .prefix_length = 20 };
  BtEndpoint host;

  g_assert_true (bt_endpoint_parse_ip (&request.source, "172.16.16.5", 0));
  g_assert_true (bt_igd_accepts_url (&request, "http://172.16.31.1/", &host));
  g_assert_false (bt_igd_accepts_url (&request, "http://172.16.32.1/", &host));
  g_assert_true (bt_endpoint_parse_ip (&request.source, "169.254.3.4", 0));
  g_assert_false (bt_igd_accepts_url (&request, "http://169.254.3.1/", &host)); /* nobody gave it that address */
  g_assert_true (bt_endpoint_parse_ip (&request.source, "172.16.16.5", 0));
  request.prefix_length = 0;
  g_assert_true (bt_igd_accepts_url (&request, "http://10.0.0.1/", &host));
  g_assert_false (bt_igd_accepts_url (&request, "http://8.8.8.8/", &host));
}

/* Nothing is known and nothing is searched for to take something away. */
static void
test_remove_nothing (void)
{
  BtIgd *igd = bt_igd_new ("test/1", NULL);
  BtUpnpRequest request = { .remove = TRUE, .external_port = 6881 };
  BtUpnpReply reply;

  bt_igd_do (igd, &request, &reply);
  g_assert_cmpint (reply.result, ==, BT_UPNP_DONE);
  bt_igd_free (igd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/igd/urls", test_urls);
  g_test_add_func ("/igd/prefixes", test_prefixes);
  g_test_add_func ("/igd/remove-nothing", test_remove_nothing);
  return g_test_run ();
}
