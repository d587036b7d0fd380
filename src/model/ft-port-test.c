/* ft-port-test.c: what is known of whether others can connect, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-port-test.h"

#include "ft-config.h"

#include <glib/gi18n-lib.h>

#define TIMEOUT_S 5

/* Takes @text. */
static void
return_text (GTask *task, char *text)
{
  g_task_return_pointer (task, text, g_free);
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  guint port = GPOINTER_TO_UINT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
    = g_socket_client_connect_finish (G_SOCKET_CLIENT (object), result, &error);

  if (connection != NULL)
    /* Translators: %u is the number of a port */
    return_text (task, g_strdup_printf (_("Port %u is open on this computer, but nobody from the Internet has connected "
                                          "yet. If it stays so, the router may have to forward the port."),
                                        port));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    return_text (task, g_strdup_printf (_("Port %u is open, but this computer cannot connect to it itself: a firewall "
                                          "may be in the way."),
                                        port));
}

static void
connect_here (GTask *task, guint port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = G_SOCKET_CONNECTABLE (g_inet_socket_address_new_from_string ("127.0.0.1", port));

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_connect_async (client, address, g_task_get_cancellable (task), connected_cb, g_object_ref (task));
}

/* Why no port is open. */
static void
return_closed (GTask *task, FtSession *session, GSettings *settings)
{
  g_autofree char *interface = g_settings_get_string (settings, FT_SETTING_BIND_INTERFACE);
  guint port = g_settings_get_uint (settings, FT_SETTING_LISTEN_PORT);

  if (ft_session_get_state (session) != FT_SESSION_RUNNING)
    return_text (task, g_strdup (_("FriendTorrent has not started yet.")));
  else if (*interface != '\0')
    return_text (task, g_strdup_printf (_("No port is open: the network interface “%s” may not be there now, or another "
                                          "program uses port %u."),
                                        interface, port));
  else if (port == 0)
    return_text (task, g_strdup (_("No port is open.")));
  else
    return_text (task, g_strdup_printf (_("Port %u cannot be opened: another program may be using it. Choose another "
                                          "port."),
                                        port));
}

void
ft_port_test_async (FtSession *session,
                    GSettings *settings,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *interface = NULL;
  gboolean incoming_seen;
  guint port;

  g_return_if_fail (FT_IS_SESSION (session));
  g_return_if_fail (G_IS_SETTINGS (settings));

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_port_test_async);
  g_object_get (ft_session_get_network (session), "port", &port, "incoming-seen", &incoming_seen, NULL);
  g_task_set_task_data (task, GUINT_TO_POINTER (port), NULL);
  interface = g_settings_get_string (settings, FT_SETTING_BIND_INTERFACE);

  if (port == 0)
    return_closed (task, session, settings);
  else if (incoming_seen)
    return_text (task, g_strdup_printf (_("Yes: somebody from the Internet has connected at port %u."), port));
  else if (*interface != '\0')
    /* What is bound to an interface cannot be reached from this computer itself. */
    return_text (task, g_strdup_printf (_("Port %u is open in the chosen network, but nobody has connected yet."), port));
  else
    connect_here (task, port);
}

char *
ft_port_test_finish (FtSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
