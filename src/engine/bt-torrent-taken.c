/* bt-torrent-taken.c: no two torrents write to the same file, and none where the program keeps its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* Files of two torrents can only be the same if the first part of the path of the one is a part of the path of the
 * other or of its folder, and nearly no two torrents have that in common: so it is what they are looked up by, and
 * only those that are found are compared file by file. Folders are compared by their names: two names of one
 * folder are found when a file in it is opened (bt-file-claims.c). Names that differ in case only count as the same, as at parse. */

#define MAX_PLACES 3

/* Those that lead to no file: nothing is written for them. */
#define NO_FILE (BT_FILE_PAD | BT_FILE_SYMLINK)

static char *
make_top_key (const char *path)
{
  g_autofree char *top = g_strndup (path, strcspn (path, "/"));

  return bt_folders_make_key (top);
}

void
bt_core_init_tops (BtCore *core)
{
  core->tops = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  core->folders = bt_folders_new ();
}

void
bt_core_free_tops (BtCore *core)
{
  g_hash_table_unref (core->tops);
  bt_folders_free (core->folders);
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

/* What a torrent is to have: @paths in @folder. */
typedef struct
{
  const char *folder;
  GPtrArray *paths;
} Claim;

/* What follows @folder in @path: "" if it is that itself; NULL if it is elsewhere. */
static const char *
find_rest (const char *path, const char *folder)
{
  gsize length = strcmp (folder, "/") == 0 ? 0 : strlen (folder);

  if (strncmp (path, folder, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  return path[length] == '/' ? path + length + 1 : path + length;
}

static char *
join (const char *rest, const char *path)
{
  return *rest == '\0' ? g_strdup (path) : g_strconcat (rest, "/", path, NULL);
}

static gboolean
begins_with (const char *path, const char *top_key)
{
  g_autofree char *key = make_top_key (path);

  return strcmp (key, top_key) == 0;
}

static GHashTable *
make_keys (const char *rest, GPtrArray *paths)
{
  GHashTable *keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *path = join (rest, g_ptr_array_index (paths, i));

      g_hash_table_add (keys, bt_folders_make_key (path));
    }
  return keys;
}

/* Whether it or a folder that it is in is among @keys. */
static gboolean
has_key (GHashTable *keys, const char *rest, const char *path)
{
  g_autofree char *whole = join (rest, path);
  g_autofree char *key = bt_folders_make_key (whole);

  for (char *slash = key; slash != NULL;)
    {
      if (g_hash_table_contains (keys, key))
        return TRUE;
      slash = strrchr (key, '/');
      if (slash != NULL)
        *slash = '\0';
    }
  return FALSE;
}

/* Returns: (transfer full) (nullable): the path of a file that @torrent has in @folder and that is claimed. One whose
 * files cannot be known has them all. */
static char *
compare_files (BtTorrent *torrent, const char *folder, const Claim *claim)
{
  const char *below = find_rest (claim->folder, folder), *above = find_rest (folder, claim->folder);
  g_autoptr(GHashTable) keys = NULL;

  if (bt_torrent_is_folded (torrent))
    return g_build_filename (claim->folder, g_ptr_array_index (claim->paths, 0), NULL);
  keys = make_keys (below != NULL ? below : "", claim->paths);
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (is_file (torrent, i) && has_key (keys, below != NULL ? "" : above, bt_torrent_file_path (torrent, i)))
      return g_build_filename (folder, bt_torrent_file_path (torrent, i), NULL);
  return NULL;
}

/* Whether files of @torrent in @folder (nullable) may be among those that are claimed. */
static gboolean
may_meet (BtTorrent *torrent, const char *folder, const Claim *claim)
{
  const char *first = g_ptr_array_index (claim->paths, 0);
  const char *below = folder != NULL ? find_rest (claim->folder, folder) : NULL;
  const char *above = folder != NULL ? find_rest (folder, claim->folder) : NULL;
  g_autofree char *top_key = make_top_key (first);

  if (below != NULL)
    return begins_with (*below != '\0' ? below : first, torrent->top_key);
  return above != NULL && begins_with (above, top_key);
}

/* Returns: (nullable): the folder of @torrent in which that may be */
static const char *
find_meeting_folder (BtTorrent *torrent, const Claim *claim)
{
  const char *folders[MAX_PLACES] = { torrent->data_path, torrent->save_path, torrent->move_to };

  for (guint i = 0; i < MAX_PLACES; i++)
    if (may_meet (torrent, folders[i], claim))
      return folders[i];
  return NULL;
}

/* Returns: (transfer full) (nullable): an error if @other has what @torrent claims. @folded (out): 0, or it, if that
 * cannot be said yet */
static GError *
check_other (BtTorrent *torrent, BtTorrent *other, const Claim *claim, BtTorrentId *folded)
{
  gboolean is_rival = other != torrent && other->intent != BT_INTENT_DETAILS && other->top_key != NULL;
  const char *folder = is_rival ? find_meeting_folder (other, claim) : NULL;
  g_autofree char *file = NULL;

  if (folder == NULL)
    return NULL;
  if (bt_torrent_is_folded (other) && bt_torrent_get_fold_problem (other) == NULL)
    {
      *folded = other->id;
      return NULL;
    }
  file = compare_files (other, folder, claim);
  return file != NULL ? g_error_new (BT_ERROR, BT_ERROR_TAKEN, "\"%s\" is a file of \"%s\"", file, other->name_text)
                      : NULL;
}

static GError *
check_all_of (GPtrArray *others, BtTorrent *torrent, const Claim *claim, BtTorrentId *folded)
{
  GError *error = NULL;

  for (guint i = 0; others != NULL && i < others->len && error == NULL && *folded == 0; i++)
    error = check_other (torrent, g_ptr_array_index (others, i), claim, folded);
  return error;
}

/* Those whose folder is that of the claim, or above it. */
static GError *
check_above (BtCore *core, BtTorrent *torrent, const Claim *claim, BtTorrentId *folded)
{
  g_auto(GStrv) parts = g_strsplit (claim->folder, "/", -1);
  g_autofree char *top_key = make_top_key (g_ptr_array_index (claim->paths, 0));
  GError *error = check_all_of (g_hash_table_lookup (core->tops, top_key), torrent, claim, folded);

  for (guint i = 0; parts[i] != NULL && error == NULL && *folded == 0; i++)
    {
      g_autofree char *key = bt_folders_make_key (parts[i]);

      error = check_all_of (g_hash_table_lookup (core->tops, key), torrent, claim, folded);
    }
  return error;
}

/* Whether some torrent has a folder below that of the claim where files of it would be. */
static gboolean
has_folder_below (BtCore *core, const Claim *claim)
{
  g_autofree char *top_key = make_top_key (g_ptr_array_index (claim->paths, 0));

  return bt_folders_lead_below (core->folders, claim->folder, top_key);
}

static GError *
check_others (BtCore *core, BtTorrent *torrent, GPtrArray *paths, const char *const *folders, BtTorrentId *folded)
{
  GError *error = NULL;

  for (guint i = 0; folders[i] != NULL && paths->len > 0 && error == NULL && *folded == 0; i++)
    {
      Claim claim = { folders[i], paths };

      error = check_above (core, torrent, &claim, folded);
      if (error == NULL && *folded == 0 && has_folder_below (core, &claim))
        error = check_all_of (core->torrents, torrent, &claim, folded);
    }
  return error;
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

GError *
bt_torrent_check_old_name (BtTorrent *torrent, const char *path, BtTorrentId *folded)
{
  const char *folders[] = { torrent->data_path, NULL };
  g_autoptr(GPtrArray) paths = g_ptr_array_new ();

  *folded = 0;
  g_ptr_array_add (paths, (char *) path);
  return check_others (torrent->core, torrent, paths, folders, folded);
}
