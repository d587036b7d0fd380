/* ft-recent-folders.c: the folders that were chosen lately, the newest first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-recent-folders.h"

#include <string.h>

#define MAX_FOLDERS 8

GStrv
ft_recent_folders_dup (GSettings *settings)
{
  g_auto (GStrv) saved = NULL;
  GPtrArray *folders = g_ptr_array_new ();

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  saved = g_settings_get_strv (settings, FT_SETTING_RECENT_FOLDERS);
  for (guint i = 0; saved[i] != NULL && folders->len < MAX_FOLDERS; i++)
    if (g_path_is_absolute (saved[i]))
      g_ptr_array_add (folders, g_strdup (saved[i]));
  g_ptr_array_add (folders, NULL);
  return (GStrv) g_ptr_array_free (folders, FALSE);
}

void
ft_recent_folders_add (GSettings *settings, const char *path)
{
  g_auto (GStrv) old = NULL;
  const char *folders[MAX_FOLDERS + 1] = { path };
  guint n = 1;

  g_return_if_fail (G_IS_SETTINGS (settings));
  g_return_if_fail (path != NULL && g_path_is_absolute (path));

  if (!g_utf8_validate (path, -1, NULL))
    return;
  old = ft_recent_folders_dup (settings);
  for (guint i = 0; old[i] != NULL && n < MAX_FOLDERS; i++)
    if (!g_str_equal (old[i], path))
      folders[n++] = old[i];
  g_settings_set_strv (settings, FT_SETTING_RECENT_FOLDERS, folders);
}

char *
ft_folder_dup_display_path (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize length = strlen (home);
  g_autofree char *name = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  name = g_filename_display_name (path);
  if (length <= 1 || !g_str_has_prefix (name, home) || (name[length] != '/' && name[length] != '\0'))
    return g_steal_pointer (&name);
  return g_strconcat ("~", name + length, NULL);
}
