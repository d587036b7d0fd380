/* ft-autostart.c: starting with the session, by the file that desktops without a portal read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-autostart.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

static char *
make_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", APP_ID ".desktop", NULL);
}

/* A word of Exec: quoted, and a % doubled (desktop entry specification, "The Exec key"). */
static char *
quote_word (const char *word)
{
  GString *quoted = g_string_new ("\"");

  for (const char *c = word; *c != '\0'; c++)
    {
      if (strchr ("\"`$\\", *c) != NULL)
        g_string_append_c (quoted, '\\');
      else if (*c == '%')
        g_string_append_c (quoted, '%');
      g_string_append_c (quoted, *c);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* This very program, wherever it is installed. */
static char *
make_command (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *quoted = quote_word (program != NULL ? program : "friendtorrent");

  return g_strconcat (quoted, " --background", NULL);
}

static gboolean
write_file (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *command = make_command ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int saved = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
      return FALSE;
    }
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "FriendTorrent");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, APP_ID);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, command);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-UsesNotifications", TRUE);
  return g_key_file_save_to_file (file, path, error);
}

gboolean
ft_autostart_is_set (void)
{
  g_autofree char *path = make_path ();

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

gboolean
ft_autostart_set (gboolean starts, GError **error)
{
  g_autofree char *path = make_path ();
  g_autoptr (GError) reason = NULL;

  if (starts && write_file (path, &reason))
    return TRUE;
  if (!starts)
    {
      if (g_unlink (path) == 0 || errno == ENOENT)
        return TRUE;
      g_set_error_literal (&reason, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
    }
  g_set_error (error, reason->domain, reason->code, _("The file “%s” cannot be changed: %s"), path, reason->message);
  return FALSE;
}
