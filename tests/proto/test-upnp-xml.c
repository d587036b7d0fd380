/* test-upnp-xml.c: what routers write of themselves, and what is made of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-upnp-xml.h"
#include "ft-test.h"

#include <string.h>

#define URL "http://192.168.1.1:5000/igd/rootDesc.xml"
#define COMMON "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1"
#define IP "urn:schemas-upnp-org:service:WANIPConnection:1"
#define PPP "urn:schemas-upnp-org:service:WANPPPConnection:1"
#define SERVICE(type, control) "<service><serviceType>" type "</serviceType><controlURL>" control "</controlURL></service>"
#define SERVICES SERVICE (COMMON, "/common") SERVICE (IP, "/ip")

static void
read_text (BtUpnpDescription *description, const char *xml)
{
  bt_upnp_description_read (description, xml, strlen (xml), URL);
}

static void
test_description (void)
{
  g_auto (BtUpnpDescription) description = { 0 };

  read_text (&description, "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>"
                           "<friendlyName>Router</friendlyName><serviceList>" SERVICE ("urn:x:service:Other:1", "/other")
                           "</serviceList><deviceList><device><serviceList>" SERVICE (COMMON, "/common")
                           SERVICE (PPP, " /ppp\n") SERVICE (IP, "/ip") SERVICE (IP, "/third")
                           "</serviceList></device></deviceList></device></root>");
  g_assert_true (description.is_router);
  g_assert_cmpuint (description.n_ways, ==, 2);
  g_assert_cmpstr (description.ways[0].type, ==, PPP);
  g_assert_cmpstr (description.ways[0].control, ==, "http://192.168.1.1:5000/ppp");
  g_assert_cmpstr (description.ways[1].type, ==, IP);
  g_assert_cmpstr (description.ways[1].control, ==, "http://192.168.1.1:5000/ip");
}

/* RFC 3986, 5: against the base if there is one, else where the description was. */
static void
test_control (void)
{
  static const struct
  {
    const char *base, *control, *url;
  } rows[] = {
    { NULL, "/ctl", "http://192.168.1.1:5000/ctl" },
    { NULL, "ctl", "http://192.168.1.1:5000/igd/ctl" },
    { NULL, "http://192.168.1.1/ctl", "http://192.168.1.1/ctl" },
    { NULL, "http://8.8.8.8/ctl", "http://8.8.8.8/ctl" }, /* who may be asked is decided elsewhere */
    { "http://192.168.1.1:80", "/ctl", "http://192.168.1.1:80/ctl" },
    { "http://%s:%d", "/ctl", "http://192.168.1.1:5000/ctl" }, /* a real one */
    { "", "/ctl?a=1&amp;b=2", "http://192.168.1.1:5000/ctl?a=1&b=2" },
    { NULL, "http://[", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *xml = g_strdup_printf ("<root><URLBase>%s</URLBase>" SERVICE (IP, "%s") "</root>",
                                              rows[i].base != NULL ? rows[i].base : "", rows[i].control);
      g_auto (BtUpnpDescription) description = { 0 };

      read_text (&description, xml);
      g_assert_cmpuint (description.n_ways, ==, rows[i].url != NULL);
      if (rows[i].url != NULL)
        g_assert_cmpstr (description.ways[0].control, ==, rows[i].url);
    }
}

/* What devices and strangers do with XML. */
static void
test_careless (void)
{
  static const struct
  {
    const char *xml;
    gboolean understood;
  } rows[] = {
    { "\xef\xbb\xbf<?xml version=\"1.0\"?><r>" SERVICES "</r>", TRUE },
    { "<r><friendlyName>D&L \xe9t\xe9</friendlyName>" SERVICES "</r>", TRUE },
    { "<!DOCTYPE r [<!ENTITY c SYSTEM \"file:///etc/passwd\">]><r><n>&c;</n>" SERVICES "</r>", TRUE },
    { "<!-- <x> --><r><![CDATA[<service>]]>" SERVICES "</r>", TRUE },
    { "<r>" SERVICES "<r>", TRUE },
    { "<r>" SERVICES "</r> and more", TRUE },
    { "<m:r xmlns:m='u'>" SERVICES "</m:r>", TRUE },
    { "no XML <r>" SERVICES "</r>", FALSE },
    { "</r><r>" SERVICES "</r>", FALSE },
    { "<r><!-- " SERVICES "</r>", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (BtUpnpDescription) description = { 0 };

      read_text (&description, rows[i].xml);
      if (description.is_router != rows[i].understood || description.n_ways != (guint) rows[i].understood)
        g_error ("%s is %s", rows[i].xml, rows[i].understood ? "not understood" : "understood");
    }
}

/* Each end at which it may be cut off. */
static void
test_cut (void)
{
  static const char xml[] = "<?xml version=\"1.0\"?><s:Body a='b'><![CDATA[x]]><e>&amp;&#65;</e><!-- c --></s:Body>";

  for (gsize length = 0; length < sizeof xml; length++)
    {
      g_autofree char *exact = g_memdup2 (xml, length); /* so that memory checkers see a byte too many */
      g_autofree char *value = bt_upnp_read_value (exact, length, "e");
      g_auto (BtUpnpDescription) description = { 0 };

      bt_upnp_description_read (&description, exact, length, URL);
      g_assert_cmpstr (value, ==, length >= strlen (xml) - strlen ("<!-- c --></s:Body>") ? "&A" : NULL);
    }
}

static void
test_value (void)
{
  static const char answer[] = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>"
                               "<detail><UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode> 718 </errorCode>"
                               "<m:other>1</m:other><errorCode>2</errorCode></UPnPError></detail></s:Fault></s:Body>";
  g_autofree char *code = bt_upnp_read_value (answer, strlen (answer), "errorCode");
  g_autofree char *other = bt_upnp_read_value (answer, strlen (answer), "other");
  g_autofree char *none = bt_upnp_read_value (answer, strlen (answer), "NewExternalIPAddress");

  g_assert_cmpstr (code, ==, "718");
  g_assert_cmpstr (other, ==, "1");
  g_assert_null (none);
}

/* Of libtorrent's tests, which fill in where it runs: each is of a router, and has a way out. */
static void
test_files (void)
{
  static const char *const names[] = { "root1.xml", "root2.xml", "root3.xml" };
  static const char *const controls[] = { "/wipconn", "/WANIPConnection", "/WANIPConnection" };
  g_autofree char *folder = ft_test_conformance_dir ();

  for (gsize i = 0; folder != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, "libtorrent/upnp", names[i], NULL);
      g_autofree char *control = g_strconcat ("http://192.168.1.1:5000", controls[i], NULL);
      g_autoptr (GString) xml = g_string_new (NULL);
      g_auto (BtUpnpDescription) description = { 0 };
      g_autofree char *template = NULL;

      g_assert_true (g_file_get_contents (path, &template, NULL, NULL));
      g_string_assign (xml, template);
      g_string_replace (xml, "%s:%d", "192.168.1.1:5000", 0);
      read_text (&description, xml->str);
      g_assert_true (description.is_router);
      g_assert_cmpuint (description.n_ways, ==, 1);
      g_assert_cmpstr (description.ways[0].control, ==, control);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/upnp-xml/description", test_description);
  g_test_add_func ("/proto/upnp-xml/control", test_control);
  g_test_add_func ("/proto/upnp-xml/careless", test_careless);
  g_test_add_func ("/proto/upnp-xml/cut", test_cut);
  g_test_add_func ("/proto/upnp-xml/value", test_value);
  g_test_add_func ("/proto/upnp-xml/files", test_files);
  return g_test_run ();
}
