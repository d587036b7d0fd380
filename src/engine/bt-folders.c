/* bt-folders.c: which folders are in use, and what they are called within those above them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-folders.h"

#include "bt-path.h"

#include <string.h>

/* Of /a/b/C there are the steps /a, /a/b and /a/b/c: each part as what it is compared by, below a folder as it is
 * written. */
struct _BtFolders
{
  GHashTable *uses;  /* char* -> how often it is used */
  GHashTable *steps; /* char* -> of how many folders */
};

BtFolders *
bt_folders_new (void)
{
  BtFolders *folders = g_new (BtFolders, 1);

  folders->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  folders->steps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return folders;
}

void
bt_folders_free (BtFolders *folders)
{
  g_hash_table_unref (folders->uses);
  g_hash_table_unref (folders->steps);
  g_free (folders);
}

char *
bt_folders_make_key (const char *path)
{
  return g_utf8_validate (path, -1, NULL) ? bt_path_collision_key (path) : g_strdup (path);
}

/* Returns: what it is now */
static guint
count (GHashTable *table, const char *key, int sign)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (table, key)) + (guint) sign;

  if (n > 0)
    g_hash_table_insert (table, g_strdup (key), GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (table, key);
  return n;
}

static void
count_steps (BtFolders *folders, const char *folder, int sign)
{
  for (const char *slash = strchr (folder, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *part = g_strndup (slash + 1, strcspn (slash + 1, "/"));
      g_autofree char *key = bt_folders_make_key (part);
      g_autofree char *step = g_strdup_printf ("%.*s/%s", (int) (slash - folder), folder, key);

      count (folders->steps, step, sign);
    }
}

void
bt_folders_use (BtFolders *folders, const char *folder)
{
  if (count (folders->uses, folder, 1) == 1)
    count_steps (folders, folder, 1);
}

void
bt_folders_leave (BtFolders *folders, const char *folder)
{
  g_return_if_fail (g_hash_table_contains (folders->uses, folder));

  if (count (folders->uses, folder, -1) == 0)
    count_steps (folders, folder, -1);
}

gboolean
bt_folders_lead_below (const BtFolders *folders, const char *folder, const char *key)
{
  g_autofree char *step = g_strconcat (strcmp (folder, "/") == 0 ? "" : folder, "/", key, NULL);

  return g_hash_table_contains (folders->steps, step);
}
