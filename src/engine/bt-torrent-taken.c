/* bt-torrent-taken.c: no two torrents write to the same file, and none where the program keeps its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-path.h"

/* Files of two torrents can only be the same if the first part of their paths is, and nearly no two torrents have
 * that in common: so it is what they are looked up by, and only those that are found are compared file by file, and
 * folder by folder. Names that differ in case only count as the same, as at parse. */

#define MAX_PLACES 3

/* Those that lead to no file: nothing is written for them. */
#define NO_FILE (BT_FILE_PAD | BT_FILE_SYMLINK)

static char *
make_top_key (const char *path)
{
  const char *slash = strchr (path, '/');
  g_autofree char *top = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup (path);

  return bt_path_collision_key (top);
}

void
bt_core_init_tops (BtCore *core)
{
  core->tops = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

void
bt_torrent_leave_top (BtTorrent *torrent)
{
  GPtrArray *same;

  if (torrent->top_key == NULL)
    return;
  same = g_hash_table_lookup (torrent->core->tops, torrent->top_key);
  g_ptr_array_remove_fast (same, torrent);
  if (same->len == 0)
    g_hash_table_remove (torrent->core->tops, torrent->top_key);
  torrent->top_key = NULL;
}

void
bt_torrent_enter_top (BtTorrent *torrent, const char *path)
{
  g_autofree char *key = make_top_key (path);
  gpointer known = NULL, same = NULL;

  bt_torrent_leave_top (torrent);
  if (!g_hash_table_lookup_extended (torrent->core->tops, key, &known, &same))
    {
      same = g_ptr_array_new ();
      known = g_steal_pointer (&key);
      g_hash_table_insert (torrent->core->tops, known, same);
    }
  g_ptr_array_add (same, torrent);
  torrent->top_key = known;
}

static gboolean
is_file (BtTorrent *torrent, guint32 file)
{
  return (torrent->metainfo->files[file].flags & NO_FILE) == 0;
}

void
bt_torrent_find_top (BtTorrent *torrent)
{
  if (torrent->metainfo->magnet != NULL)
    return;
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (is_file (torrent, i))
      {
        bt_torrent_enter_top (torrent, bt_torrent_file_path (torrent, i));
        return;
      }
}

/* Comparing. */

/* Whether @torrent has files in one of @folders, or will. Returns: (nullable): that folder */
static const char *
find_common_folder (BtTorrent *torrent, const char *const *folders)
{
  for (guint i = 0; folders[i] != NULL; i++)
    if (strcmp (folders[i], torrent->data_path) == 0 || strcmp (folders[i], torrent->save_path) == 0
        || g_strcmp0 (folders[i], torrent->move_to) == 0)
      return folders[i];
  return NULL;
}

static GHashTable *
make_keys (GPtrArray *paths)
{
  GHashTable *keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < paths->len; i++)
    g_hash_table_add (keys, bt_path_collision_key (g_ptr_array_index (paths, i)));
  return keys;
}

static gboolean
has_key (GHashTable *keys, const char *path)
{
  g_autofree char *key = bt_path_collision_key (path);

  return g_hash_table_contains (keys, key);
}

/* Returns: (nullable): the path of a file that @torrent has too. One whose files cannot be known has them all. */
static const char *
find_common_file (BtTorrent *torrent, GPtrArray *paths)
{
  g_autoptr(GHashTable) keys = NULL;

  if (bt_torrent_is_folded (torrent))
    return g_ptr_array_index (paths, 0);
  keys = make_keys (paths);
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (is_file (torrent, i) && has_key (keys, bt_torrent_file_path (torrent, i)))
      return bt_torrent_file_path (torrent, i);
  return NULL;
}

static gboolean
is_rival (BtTorrent *torrent, BtTorrent *other)
{
  return other != torrent && other->intent != BT_INTENT_DETAILS;
}

static GError *
check_others (BtCore *core, BtTorrent *torrent, GPtrArray *paths, const char *const *folders, BtTorrentId *folded)
{
  g_autofree char *key = paths->len > 0 ? make_top_key (g_ptr_array_index (paths, 0)) : NULL;
  GPtrArray *same = key != NULL ? g_hash_table_lookup (core->tops, key) : NULL;

  for (guint i = 0; same != NULL && i < same->len; i++)
    {
      BtTorrent *other = g_ptr_array_index (same, i);
      const char *folder = is_rival (torrent, other) ? find_common_folder (other, folders) : NULL;
      const char *path;

      if (folder == NULL)
        continue;
      if (bt_torrent_is_folded (other) && bt_torrent_get_fold_problem (other) == NULL)
        {
          *folded = other->id;
          return NULL;
        }
      path = find_common_file (other, paths);
      if (path != NULL)
        return g_error_new (BT_ERROR, BT_ERROR_TAKEN, "\"%s/%s\" is a file of \"%s\"", folder, path,
                            other->name_text);
    }
  return NULL;
}

/* Folders of the program itself: a torrent could bring a list of torrents, or settings. */

static char **
list_own_folders (BtCore *core)
{
  g_autoptr(GStrvBuilder) own = g_strv_builder_new ();
  g_autofree char *settings = g_build_filename (g_get_user_config_dir (), GETTEXT_PACKAGE, NULL);
  g_autofree char *data = g_build_filename (g_get_user_data_dir (), GETTEXT_PACKAGE, NULL);
  g_autofree char *state = NULL;

  g_strv_builder_add (own, settings);
  g_strv_builder_add (own, data);
  if (core->config->state_dir != NULL)
    {
      state = g_canonicalize_filename (core->config->state_dir, NULL);
      g_strv_builder_add (own, state);
    }
  return g_strv_builder_end (own);
}

/* What follows @folder in @path: "" if it is that itself; NULL if it is elsewhere. */
static const char *
find_rest (const char *path, const char *folder)
{
  gsize length = strcmp (folder, "/") == 0 ? 0 : strlen (folder);

  if (strncmp (path, folder, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  return path[length] == '/' ? path + length + 1 : path + length;
}

/* Whether files of @paths in @folder would be in @own. */
static gboolean
leads_into (const char *folder, GPtrArray *paths, const char *own)
{
  const char *rest = find_rest (own, folder);

  if (find_rest (folder, own) != NULL)
    return TRUE;
  for (guint i = 0; rest != NULL && i < paths->len; i++)
    if (find_rest (g_ptr_array_index (paths, i), rest) != NULL)
      return TRUE;
  return FALSE;
}

static GError *
check_own (BtCore *core, GPtrArray *paths, const char *const *folders)
{
  g_auto(GStrv) own = list_own_folders (core);

  for (guint i = 0; folders[i] != NULL; i++)
    for (guint j = 0; own[j] != NULL; j++)
      if (leads_into (folders[i], paths, own[j]))
        return g_error_new (BT_ERROR, BT_ERROR_TAKEN, "\"%s\" is a folder of the program itself", own[j]);
  return NULL;
}

static GError *
check_paths (BtCore *core, BtTorrent *torrent, GPtrArray *paths, const char *const *folders, BtTorrentId *folded)
{
  GError *error = check_own (core, paths, folders);

  return error != NULL ? error : check_others (core, torrent, paths, folders, folded);
}

static GPtrArray *
list_new_files (const BtMetainfo *metainfo)
{
  GPtrArray *paths = g_ptr_array_new ();

  for (guint32 i = 0; i < metainfo->n_files; i++)
    if ((metainfo->files[i].flags & NO_FILE) == 0)
      g_ptr_array_add (paths, metainfo->files[i].path);
  return paths;
}

/* Of the details of a link alone nothing is written. */
GError *
bt_core_check_addition (BtCore *core, BtTorrent *there, const BtMetainfo *metainfo, const BtCommand *command,
                        BtTorrentId *folded)
{
  const char *own = there != NULL ? there->save_path : core->config->download_dir;
  g_autofree char *folder = g_canonicalize_filename (command->path != NULL ? command->path : own, "/");
  const char *folders[] = { folder, command->flag ? NULL : core->config->incomplete_dir, NULL };
  g_autoptr(GPtrArray) paths = NULL;

  *folded = 0;
  if (command->intent == BT_INTENT_DETAILS)
    return NULL;
  if (metainfo->magnet != NULL && there != NULL)
    metainfo = there->metainfo;
  paths = list_new_files (metainfo);
  return check_paths (core, there, paths, folders, folded);
}

GError *
bt_torrent_check_details (BtTorrent *torrent, const BtMetainfo *metainfo, BtTorrentId *folded)
{
  const char *folders[] = { torrent->data_path, torrent->save_path, NULL };
  g_autoptr(GPtrArray) paths = list_new_files (metainfo);

  *folded = 0;
  return check_paths (torrent->core, torrent, paths, folders, folded);
}

GError *
bt_torrent_check_folder (BtTorrent *torrent, const char *folder, BtTorrentId *folded)
{
  const char *const folders[] = { folder, NULL };
  g_autoptr(GPtrArray) paths = g_ptr_array_new ();

  *folded = 0;
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (is_file (torrent, i))
      g_ptr_array_add (paths, (char *) bt_torrent_file_path (torrent, i));
  return check_paths (torrent->core, torrent, paths, folders, folded);
}

GError *
bt_torrent_check_new_names (BtTorrent *torrent, GPtrArray *paths, BtTorrentId *folded)
{
  const char *folders[MAX_PLACES + 1] = { torrent->data_path, torrent->save_path, torrent->move_to, NULL };

  *folded = 0;
  return check_paths (torrent->core, torrent, paths, folders, folded);
}
