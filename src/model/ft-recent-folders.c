/* ft-recent-folders.c: the folders that were chosen lately, the newest first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-recent-folders.h"

#include <limits.h>
#include <string.h>
#include <sys/xattr.h>

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

/* (nullable): of a path in the document portal, /run/user/1000/doc/5f3a/Films, what a person calls it: where it is
 * outside of the sandbox if the portal tells, else without what only the portal understands. */
static char *
dup_document_name (const char *path)
{
  static GRegex *regex;
  g_autoptr (GMatchInfo) match = NULL;
  char outside[PATH_MAX];
  gssize length;

  if (g_once_init_enter (&regex))
    g_once_init_leave (&regex, g_regex_new ("^/run/(?:user/[0-9]+|flatpak)/doc/(?:by-app/[^/]+/)?[0-9a-f]+/(.+)$",
                                            G_REGEX_RAW, 0, NULL));
  if (!g_regex_match (regex, path, 0, &match))
    return NULL;
  length = getxattr (path, "user.document-portal.host-path", outside, sizeof outside - 1);
  return length > 1 ? g_strndup (outside, (gsize) length) : g_match_info_fetch (match, 1);
}

char *
ft_folder_dup_display_path (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize length = strlen (home);
  g_autofree char *document = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  document = dup_document_name (path);
  name = g_filename_display_name (document != NULL ? document : path);
  if (length <= 1 || !g_str_has_prefix (name, home) || (name[length] != '/' && name[length] != '\0'))
    return g_steal_pointer (&name);
  return g_strconcat ("~", name + length, NULL);
}
