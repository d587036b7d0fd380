/* fuzz-upnp.c: what devices of the local network answer to a search, to a question, and as their description.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-soap.h"
#include "bt-ssdp.h"
#include "bt-upnp-xml.h"

#include <string.h>

#define DEVICE "192.168.1.1"

static void
read_search_answer (const guint8 *data, gsize size)
{
  g_autoptr (BtSsdpFinds) finds = NULL;
  g_autofree char *url = NULL;
  BtEndpoint from;

  g_assert_true (bt_endpoint_parse_ip (&from, DEVICE, 1900));
  finds = bt_ssdp_finds_new (&from);
  url = bt_ssdp_read (&from, data, size);
  if (url != NULL)
    {
      g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
      BtEndpoint to;

      g_assert_true (bt_endpoint_parse_ip (&to, g_uri_get_host (uri), 0));
      g_assert_true (bt_endpoint_same_ip (&to, &from));
    }
  bt_ssdp_finds_hear (finds, &from, data, size);
  g_assert_cmpstr (bt_ssdp_finds_take (finds), ==, url);
}

static void
read_values (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  char value[BT_SOAP_VALUE_SIZE];

  for (guint status = 200; status <= 500; status += 300)
    {
      int result = bt_soap_read (status, body, "NewExternalIPAddress", value);

      g_assert_nonnull (memchr (value, '\0', sizeof value));
      if (result != BT_SOAP_DONE && result != BT_SOAP_NO_ANSWER)
        g_assert_true (result >= 400 && result <= 999);
    }
}

static void
read_description (const guint8 *data, gsize size)
{
  g_auto (BtUpnpDescription) description = { 0 };

  bt_upnp_description_read (&description, (const char *) data, size, "http://" DEVICE ":5000/rootDesc.xml");
  g_assert_cmpuint (description.n_ways, <=, BT_UPNP_WAYS);
  for (guint i = 0; i < description.n_ways; i++)
    {
      g_assert_true (g_str_has_prefix (description.ways[i].type, "urn:schemas-upnp-org:service:WAN"));
      g_assert_true (g_uri_is_valid (description.ways[i].control, G_URI_FLAGS_NONE, NULL));
    }
}

/* The first byte says which. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (size == 0)
    return 0;
  switch (data[0])
    {
    case 'a':
      read_search_answer (data + 1, size - 1);
      break;
    case 'd':
      read_description (data + 1, size - 1);
      break;
    default:
      read_values (data + 1, size - 1);
      break;
    }
  return 0;
}
