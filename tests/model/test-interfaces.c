/* test-interfaces.c: the interfaces of the computer that the tests run on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-endpoint.h"
#include "ft-interfaces.h"

#include <string.h>

static void
test_list (void)
{
  g_autoptr (GPtrArray) interfaces = ft_interfaces_list ();

  for (guint i = 0; i < interfaces->len; i++)
    {
      const FtInterface *interface = interfaces->pdata[i];

      g_assert_cmpuint (strlen (interface->name), >, 0);
      if (i > 0)
        g_assert_cmpstr (((const FtInterface *) interfaces->pdata[i - 1])->name, <, interface->name);
      for (guint n = 0; n < interface->addresses->len; n++)
        {
          BtEndpoint endpoint;

          g_assert_true (bt_endpoint_parse_ip (&endpoint, interface->addresses->pdata[n], 1));
          g_assert_true (!bt_endpoint_is_link_local (&endpoint) || bt_endpoint_is_ipv4 (&endpoint));
          g_assert_true (!interface->is_loopback || bt_endpoint_is_loopback (&endpoint));
        }
    }
}

/* As long as nothing changes it is the same text, and loopback does not tell networks apart. */
static void
test_network (void)
{
  g_autofree char *once = ft_interfaces_describe_network ();
  g_autofree char *again = ft_interfaces_describe_network ();

  g_assert_cmpstr (once, ==, again);
  g_assert_null (strstr (once, "=127.0.0.1\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/interfaces/list", test_list);
  g_test_add_func ("/model/interfaces/network", test_network);
  return g_test_run ();
}
