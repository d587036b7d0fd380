/* test-reconnect.c: says when the computer is among others again, and only then.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-reconnect.h"

#include "ft-test.h"

#define MONITOR "/org/freedesktop/login1"

/* A network that comes and goes as the test says. */
#define FT_TYPE_FAKE_MONITOR (ft_fake_monitor_get_type ())
G_DECLARE_FINAL_TYPE (FtFakeMonitor, ft_fake_monitor, FT, FAKE_MONITOR, GObject)

struct _FtFakeMonitor
{
  GObject parent_instance;

  gboolean available;
};

enum
{
  PROP_0,
  PROP_AVAILABLE,
  PROP_METERED,
  PROP_CONNECTIVITY
};

static gboolean
init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
init_initable (gpointer iface, gpointer data)
{
  ((GInitableIface *) iface)->init = init;
}

static void
init_monitor (gpointer iface, gpointer data)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtFakeMonitor, ft_fake_monitor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, init_initable)
                               G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, init_monitor))

static void
get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_AVAILABLE)
    g_value_set_boolean (value, FT_FAKE_MONITOR (object)->available);
  else if (prop_id == PROP_CONNECTIVITY)
    g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
}

static void
ft_fake_monitor_class_init (FtFakeMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
ft_fake_monitor_init (FtFakeMonitor *self)
{
}

static void
set_available (FtFakeMonitor *self, gboolean available)
{
  self->available = available;
  g_signal_emit_by_name (self, "network-changed", available);
}

static void
back_cb (FtReconnect *reconnect, guint *count)
{
  ++*count;
}

static void
test_network (void)
{
  g_autoptr (FtFakeMonitor) monitor = g_object_new (FT_TYPE_FAKE_MONITOR, NULL);
  g_autoptr (FtReconnect) reconnect = NULL;
  guint count = 0;

  monitor->available = TRUE;
  reconnect = ft_reconnect_new (G_NETWORK_MONITOR (monitor));
  g_signal_connect (reconnect, "back", G_CALLBACK (back_cb), &count);
  set_available (monitor, TRUE);
  g_assert_cmpuint (count, ==, 0);
  set_available (monitor, FALSE);
  g_assert_cmpuint (count, ==, 0);
  set_available (monitor, TRUE);
  g_assert_cmpuint (count, ==, 1);
  set_available (monitor, TRUE);
  g_assert_cmpuint (count, ==, 1);
}

static void
prepare_for_sleep (GDBusConnection *bus, gboolean falls_asleep)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (bus, NULL, MONITOR, "org.freedesktop.login1.Manager", "PrepareForSleep",
                                 g_variant_new ("(b)", falls_asleep), &error);
  g_assert_no_error (error);
}

static gboolean
emit_cb (gpointer user_data)
{
  prepare_for_sleep (user_data, TRUE);
  prepare_for_sleep (user_data, FALSE);
  return G_SOURCE_CONTINUE;
}

static void
test_sleep (void)
{
  g_autoptr (FtFakeMonitor) monitor = g_object_new (FT_TYPE_FAKE_MONITOR, NULL);
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (FtReconnect) reconnect = NULL;
  g_autoptr (GVariant) owned = NULL;
  guint count = 0, timer_id;

  bus = g_dbus_connection_new_for_address_sync (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"),
                                                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                NULL, NULL, NULL);
  g_assert_nonnull (bus);
  owned = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "RequestName", g_variant_new ("(su)", "org.freedesktop.login1", 4), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (owned);
  monitor->available = TRUE;
  reconnect = ft_reconnect_new (G_NETWORK_MONITOR (monitor));
  g_signal_connect (reconnect, "back", G_CALLBACK (back_cb), &count);
  /* Nobody says when it listens; until then it is said again. */
  timer_id = g_timeout_add (20, emit_cb, bus);
  ft_test_iterate (NULL, count > 0, 30);
  g_source_remove (timer_id);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GTestDBus) daemon = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  /* Before anybody asks for the bus of the system: its connection is shared, as is its address. */
  daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);
  g_test_add_func ("/reconnect/sleep", test_sleep);
  g_test_add_func ("/reconnect/network", test_network);
  status = g_test_run ();
  g_test_dbus_stop (daemon);
  return status;
}
