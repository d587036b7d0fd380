/* ft-portal.c: the desktop as a program in a sandbox reaches it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-portal.h"

#include <glib/gi18n-lib.h>

#define REQUEST_INTERFACE "org.freedesktop.portal.Request"

/* The response may come before the reply of the call that asked for it: it is listened to under the
 * path that our token will have. */
typedef struct
{
  GDBusConnection *bus;
  guint subscription_id;
} Request;

static void
stop_listening (Request *request)
{
  if (request->subscription_id != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, request->subscription_id);
  request->subscription_id = 0;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  stop_listening (request);
  g_object_unref (request->bus);
  g_free (request);
}

/* The task is done; whoever holds it for the signal lets it go. */
static void
return_results (GTask *task, guint response, GVariant *results)
{
  if (response == 0)
    g_task_return_pointer (task, g_variant_ref (results), (GDestroyNotify) g_variant_unref);
  else if (response == 1)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _("It was not allowed"));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", _("The desktop could not do it"));
}

static void
response_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
             GVariant *parameters, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  g_autoptr (GVariant) results = NULL;
  guint32 response;

  if (g_task_get_completed (task) || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  stop_listening (g_task_get_task_data (task));
  return_results (task, response, results);
}

static void
listen (GTask *task, const char *path)
{
  Request *request = g_task_get_task_data (task);

  stop_listening (request);
  request->subscription_id
    = g_dbus_connection_signal_subscribe (request->bus, FT_PORTAL_BUS_NAME, REQUEST_INTERFACE, "Response", path, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, response_cb, g_object_ref (task),
                                          g_object_unref);
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (object), NULL, result, &error);
  if (reply == NULL && !g_task_get_completed (task))
    {
      stop_listening (g_task_get_task_data (task));
      g_dbus_error_strip_remote_error (error);
      g_task_return_error (task, g_steal_pointer (&error));
    }
  g_clear_error (&error);
}

/* The path of a request is made of our name on the bus and a token. */
static char *
make_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  return g_strdup_printf (FT_PORTAL_PATH "/request/%s/%s", g_strdelimit (sender, ".", '_'), token);
}

static GVariant *
add_options (GVariant *arguments, GVariant *options, const char *token)
{
  g_autoptr (GVariant) old_arguments = g_variant_ref_sink (arguments);
  g_autoptr (GVariant) old_options = g_variant_ref_sink (options);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_TUPLE);
  GVariantDict dict;

  for (gsize i = 0; i < g_variant_n_children (old_arguments); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (old_arguments, i);

      g_variant_builder_add_value (&builder, child);
    }
  g_variant_dict_init (&dict, old_options);
  g_variant_dict_insert (&dict, "handle_token", "s", token);
  g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
  return g_variant_builder_end (&builder);
}

gboolean
ft_portal_is_used (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_strcmp0 (g_getenv ("GTK_USE_PORTAL"), "1") == 0;
}

void
ft_portal_request_async (GDBusConnection *bus, const char *interface, const char *method, GVariant *arguments,
                         GVariant *options, GUnixFDList *fds, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autofree char *token = g_strdup_printf ("friendtorrent_%08x", g_random_int ());
  g_autofree char *path = NULL;
  Request *request;
  GTask *task;

  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_portal_request_async);
  request = g_new0 (Request, 1);
  request->bus = g_object_ref (bus);
  g_task_set_task_data (task, request, request_free);
  path = make_request_path (bus, token);
  listen (task, path);
  g_dbus_connection_call_with_unix_fd_list (bus, FT_PORTAL_BUS_NAME, FT_PORTAL_PATH, interface, method,
                                            add_options (arguments, options, token), G_VARIANT_TYPE ("(o)"),
                                            G_DBUS_CALL_FLAGS_NONE, -1, fds, cancellable, called_cb, task);
}

GVariant *
ft_portal_request_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
