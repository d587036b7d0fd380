/* ft-opener.c: files and folders in the programs of the desktop.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-opener.h"

#include "bt-text.h"
#include "ft-portal.h"

#include <errno.h>
#include <fcntl.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAME_BYTES 256

typedef struct
{
  GFile *file;
  GtkWindow *parent; /* (nullable) */
  gboolean shows;    /* in its folder */
} Opening;

/* What a desktop may run, or install, when it is opened. Types that are derived from these count too:
 * scripts are executables. Whoever wants that does it in the file manager, where it is no surprise. */
static const char *const runnable_types[] = {
  "application/java-archive",
  "application/vnd.appimage",
  "application/vnd.debian.binary-package",
  "application/vnd.flatpak",
  "application/vnd.flatpak.ref",
  "application/vnd.flatpak.repo",
  "application/vnd.microsoft.portable-executable",
  "application/vnd.snap",
  "application/x-desktop",
  "application/x-executable",
  "application/x-iso9660-appimage",
  "application/x-java-archive",
  "application/x-ms-dos-executable",
  "application/x-ms-shortcut",
  "application/x-msdownload",
  "application/x-msi",
  "application/x-pie-executable",
  "application/x-rpm",
  "application/x-sharedlib",
  "application/x-shellscript",
};

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_object_unref (opening->file);
  g_clear_object (&opening->parent);
  g_free (opening);
}

static gboolean
is_runnable (const char *content_type)
{
  if (content_type == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (runnable_types); i++)
    if (g_content_type_is_a (content_type, runnable_types[i]))
      return TRUE;
  return FALSE;
}

/* Neither a program nor a device nor a pipe that somebody put there. */
static gboolean
is_harmless (GFileInfo *info)
{
  GFileType type = g_file_info_get_file_type (info);

  if (type == G_FILE_TYPE_DIRECTORY)
    return TRUE;
  return type == G_FILE_TYPE_REGULAR
         && !is_runnable (g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE));
}

/* What has not begun to exist cannot be selected in its folder. */
static void
show_folder_only (Opening *opening)
{
  g_autoptr (GFile) folder = g_file_get_parent (opening->file);

  if (folder != NULL)
    g_set_object (&opening->file, folder);
  opening->shows = FALSE;
}

static char *
dup_name (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return bt_text_for_display (name, strlen (name), MAX_NAME_BYTES);
}

/* The end. */

/* Takes @error (nullable). */
static void
end (GTask *task, GError *error)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) reason = error;
  g_autofree char *name = NULL;

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&reason));
  else if (opening->shows && g_task_get_source_tag (task) == ft_opener_open_async)
    {
      name = dup_name (opening->file);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                               _("“%s” is a program: it was not opened but shown in its folder"), name);
    }
  else
    g_task_return_boolean (task, TRUE);
}

/* Through the toolkit. */

static void
uri_shown_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  gtk_show_uri_full_finish (object != NULL ? GTK_WINDOW (object) : NULL, result, &error);
  end (task, error);
}

static void
open_uri (GTask *task, GFile *file)
{
  Opening *opening = g_task_get_task_data (task);
  g_autofree char *uri = g_file_get_uri (file);

  gtk_show_uri_full (opening->parent, uri, GDK_CURRENT_TIME, g_task_get_cancellable (task), uri_shown_cb,
                     g_object_ref (task));
}

/* Through the file manager. */

static void
items_shown_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  g_autoptr (GFile) folder = NULL;

  if (reply != NULL)
    {
      end (task, NULL);
      return;
    }
  /* No such file manager: any program that shows folders will do. */
  folder = g_file_get_parent (opening->file);
  open_uri (task, folder != NULL ? folder : opening->file);
}

/* What lets the file manager come to the front. */
static char *
dup_startup_id (Opening *opening)
{
  GdkDisplay *display
    = opening->parent != NULL ? gtk_widget_get_display (GTK_WIDGET (opening->parent)) : gdk_display_get_default ();
  g_autoptr (GAppLaunchContext) context = G_APP_LAUNCH_CONTEXT (gdk_display_get_app_launch_context (display));
  g_autoptr (GAppInfo) info
    = g_app_info_create_from_commandline ("true", NULL, G_APP_INFO_CREATE_SUPPORTS_STARTUP_NOTIFICATION, NULL);

  return info != NULL ? g_app_launch_context_get_startup_notify_id (context, info, NULL) : NULL;
}

static void
show_item (GTask *task, GDBusConnection *bus)
{
  Opening *opening = g_task_get_task_data (task);
  g_autofree char *uri = g_file_get_uri (opening->file);
  g_autofree char *startup_id = dup_startup_id (opening);
  const char *const uris[] = { uri, NULL };

  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", uris, startup_id != NULL ? startup_id : ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, g_task_get_cancellable (task), items_shown_cb,
                          g_object_ref (task));
}

/* Through the portal, which is given the opened file: its path means nothing outside. */

static void
portal_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) results = NULL;
  g_autoptr (GError) error = NULL;

  results = ft_portal_request_finish (result, &error);
  /* Who dismisses the choice of a program needs not be told. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (&error);
  end (task, g_steal_pointer (&error));
}

/* What the portal's dialog stands before. Where it is not known, the dialog stands by itself. */
static char *
dup_parent_handle (Opening *opening)
{
#ifdef GDK_WINDOWING_X11
  GdkSurface *surface = opening->parent != NULL ? gtk_native_get_surface (GTK_NATIVE (opening->parent)) : NULL;

  if (surface != NULL && GDK_IS_X11_SURFACE (surface))
    return g_strdup_printf ("x11:%lx", gdk_x11_surface_get_xid (surface));
#endif
  return g_strdup ("");
}

static void
ask_portal (GTask *task, GDBusConnection *bus)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autofree char *parent = dup_parent_handle (opening);
  const char *path = g_file_peek_path (opening->file);
  GVariantDict options;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    {
      int saved = errno;
      g_autofree char *name = dup_name (opening->file);

      end (task, g_error_new (G_IO_ERROR, g_io_error_from_errno (saved), _("“%s” cannot be read: %s"), name,
                              g_strerror (saved)));
      return;
    }
  g_unix_fd_list_append (fds, fd, NULL);
  close (fd);
  g_variant_dict_init (&options, NULL);
  ft_portal_request_async (bus, "org.freedesktop.portal.OpenURI", opening->shows ? "OpenDirectory" : "OpenFile",
                           g_variant_new ("(sh)", parent, 0), g_variant_dict_end (&options), fds,
                           g_task_get_cancellable (task), portal_cb, g_object_ref (task));
}

/* The beginning. */

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GDBusConnection) bus = NULL;
  GError *error = NULL;

  bus = g_bus_get_finish (result, &error);
  if (bus == NULL)
    end (task, error);
  else if (ft_portal_is_used ())
    ask_portal (task, bus);
  else if (opening->shows)
    show_item (task, bus);
  else
    open_uri (task, opening->file);
}

static void
info_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GFileInfo) info = NULL;
  g_autofree char *name = dup_name (opening->file);
  g_autoptr (GError) error = NULL;

  info = g_file_query_info_finish (opening->file, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !opening->shows)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("“%s” is not there"), name);
      return;
    }
  if (info == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (info == NULL)
    show_folder_only (opening);
  else if (!is_harmless (info))
    opening->shows = TRUE;
  g_bus_get (G_BUS_TYPE_SESSION, g_task_get_cancellable (task), bus_cb, g_object_ref (task));
}

static void
begin (GFile *file, GtkWindow *parent, gboolean shows, gpointer tag, GCancellable *cancellable,
       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  opening->file = g_object_ref (file);
  opening->parent = parent != NULL ? g_object_ref (parent) : NULL;
  opening->shows = shows;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, opening, opening_free);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, cancellable, info_cb, g_object_ref (task));
}

void
ft_opener_open_async (GFile *file, GtkWindow *parent, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (G_IS_FILE (file) && g_file_peek_path (file) != NULL);

  begin (file, parent, FALSE, ft_opener_open_async, cancellable, callback, user_data);
}

void
ft_opener_show_async (GFile *file, GtkWindow *parent, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (G_IS_FILE (file) && g_file_peek_path (file) != NULL);

  begin (file, parent, TRUE, ft_opener_show_async, cancellable, callback, user_data);
}

gboolean
ft_opener_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
