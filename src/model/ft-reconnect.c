/* ft-reconnect.c: says when the computer is among others again: after a sleep, or when the network is back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-reconnect.h"

struct _FtReconnect
{
  GObject parent_instance;

  GNetworkMonitor *monitor;
  gboolean was_available;
  GCancellable *cancellable;
  GDBusConnection *bus; /* (nullable) */
  guint sleep_id;
};

enum
{
  SIGNAL_BACK,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtReconnect, ft_reconnect, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
network_changed_cb (FtReconnect *self, gboolean available)
{
  if (available && !self->was_available)
    g_signal_emit (self, signals[SIGNAL_BACK], 0);
  self->was_available = available;
}

static void
sleep_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
          GVariant *parameters, gpointer user_data)
{
  FtReconnect *self = user_data;
  gboolean falls_asleep = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &falls_asleep);
  /* Without a network yet, its coming back is what counts. */
  if (!falls_asleep && g_network_monitor_get_network_available (self->monitor))
    g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  FtReconnect *self = user_data;

  /* In a sandbox there is none. Then the network, which comes back after a sleep, is all there is. If it was
   * cancelled, @self is gone. */
  if (bus == NULL)
    return;
  self->bus = g_steal_pointer (&bus);
  /* Without it downloads go on. */
  g_dbus_connection_set_exit_on_close (self->bus, FALSE);
  self->sleep_id
    = g_dbus_connection_signal_subscribe (self->bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager",
                                          "PrepareForSleep", "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                          sleep_cb, self, NULL);
}

static void
ft_reconnect_dispose (GObject *object)
{
  FtReconnect *self = FT_RECONNECT (object);

  g_cancellable_cancel (self->cancellable);
  if (self->sleep_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->sleep_id);
  self->sleep_id = 0;
  g_clear_object (&self->bus);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (ft_reconnect_parent_class)->dispose (object);
}

static void
ft_reconnect_class_init (FtReconnectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ft_reconnect_dispose;

  signals[SIGNAL_BACK] = g_signal_new ("back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
}

static void
ft_reconnect_init (FtReconnect *self)
{
  self->cancellable = g_cancellable_new ();
}

FtReconnect *
ft_reconnect_new (GNetworkMonitor *monitor)
{
  FtReconnect *self;

  g_return_val_if_fail (G_IS_NETWORK_MONITOR (monitor), NULL);

  self = g_object_new (FT_TYPE_RECONNECT, NULL);
  self->monitor = g_object_ref (monitor);
  self->was_available = g_network_monitor_get_network_available (monitor);
  g_signal_connect_object (monitor, "network-changed", G_CALLBACK (network_changed_cb), self, G_CONNECT_SWAPPED);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);
  return self;
}
