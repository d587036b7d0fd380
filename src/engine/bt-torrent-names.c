/* bt-torrent-names.c: files and folders of a torrent under names of a person's choice.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-path.h"

#include <limits.h>

/* What is left of PATH_MAX is for the folder. */
#define MAX_PATH_BYTES (PATH_MAX / 2)

/* That a name is to be changed is saved first, then the disk renames, then the new names are saved: a crash in
 * between is made good before the files are looked at. */

static gboolean
is_listed (BtTorrent *torrent, guint32 file)
{
  return (torrent->metainfo->files[file].flags & BT_FILE_PAD) == 0;
}

/* What follows @folder in @path: "" if it is that itself; NULL if it is elsewhere. */
static const char *
find_rest (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  if (strncmp (path, folder, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  return path + length;
}

static void
free_names (BtTorrent *torrent)
{
  for (guint32 i = 0; torrent->names != NULL && i < torrent->metainfo->n_files; i++)
    g_free (torrent->names[i]);
  g_clear_pointer (&torrent->names, g_free);
}

void
bt_torrent_init_names (BtTorrent *torrent, const BtResume *resume)
{
  guint32 n_files = torrent->metainfo->n_files;

  if (resume == NULL)
    return;
  g_free (torrent->rename_from);
  g_free (torrent->rename_to);
  torrent->rename_from = g_strdup (resume->rename_from);
  torrent->rename_to = g_strdup (resume->rename_to);
  for (guint i = 0; resume->renamed != NULL && i < resume->renamed->len; i++)
    {
      const BtRenamed *renamed = g_ptr_array_index (resume->renamed, i);

      if (renamed->file >= n_files)
        continue;
      if (torrent->names == NULL)
        torrent->names = g_new0 (char *, n_files);
      g_free (torrent->names[renamed->file]);
      torrent->names[renamed->file] = g_strdup (renamed->path);
    }
}

void
bt_torrent_free_names (BtTorrent *torrent)
{
  free_names (torrent);
  g_clear_pointer (&torrent->rename_from, g_free);
  g_clear_pointer (&torrent->rename_to, g_free);
}

void
bt_torrent_save_names (BtTorrent *torrent, BtResume *resume)
{
  resume->rename_from = g_strdup (torrent->rename_from);
  resume->rename_to = g_strdup (torrent->rename_to);
  if (torrent->names == NULL)
    return;
  resume->renamed = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_renamed_free);
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (torrent->names[i] != NULL)
      {
        BtRenamed *renamed = g_new0 (BtRenamed, 1);

        renamed->file = i;
        renamed->path = g_strdup (torrent->names[i]);
        g_ptr_array_add (resume->renamed, renamed);
      }
}

/* As they will be. Returns: (transfer full) (array length=n_files) */
static char **
make_names (BtTorrent *torrent)
{
  guint32 n_files = torrent->metainfo->n_files;
  char **names = g_new0 (char *, n_files);

  for (guint32 i = 0; i < n_files; i++)
    {
      const char *path = bt_torrent_file_path (torrent, i);
      const char *rest = is_listed (torrent, i) ? find_rest (path, torrent->rename_from) : NULL;

      if (rest != NULL)
        names[i] = g_strconcat (torrent->rename_to, rest, NULL);
      else
        names[i] = g_strdup (path);
      if (strcmp (names[i], torrent->metainfo->files[i].path) == 0)
        g_clear_pointer (&names[i], g_free);
    }
  return names;
}

static void
take_names (BtTorrent *torrent)
{
  char **names = make_names (torrent);

  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (is_listed (torrent, i) && find_rest (bt_torrent_file_path (torrent, i), torrent->rename_from) != NULL)
      bt_torrent_changed_file (torrent, i);
  free_names (torrent);
  torrent->names = names;
  bt_torrent_find_top (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_NAME);
}

static void
end_rename (BtTorrent *torrent, const GError *error)
{
  BtCommand *command = g_steal_pointer (&torrent->rename_command);

  g_clear_pointer (&torrent->rename_from, g_free);
  g_clear_pointer (&torrent->rename_to, g_free);
  torrent->dirty = TRUE;
  if (torrent->phase == BT_PHASE_LOADING)
    bt_torrent_look (torrent);
  else
    {
      bt_torrent_save (torrent);
      bt_torrent_go_home (torrent); /* which had to wait */
    }
  if (command != NULL)
    bt_command_reply (command, error != NULL ? g_error_copy (error) : NULL);
  else if (error != NULL)
    bt_core_event (torrent->core, torrent->id, BT_EVENT_PROBLEM, "%s", error->message);
}

static void
renamed_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error == NULL)
    take_names (torrent);
  /* A drive that is not there: it is renamed when it is. */
  if (torrent->phase == BT_PHASE_LOADING && g_error_matches (error, BT_ERROR, BT_ERROR_DISK_MISSING))
    bt_torrent_fail (torrent, error);
  else
    end_rename (torrent, error);
  bt_torrent_job_end (torrent);
}

static void
rename_in_disk (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;
  char **names = make_names (torrent);

  bt_torrent_job_begin (torrent);
  disk->ops->rename (disk, torrent->storage, torrent->rename_from, torrent->rename_to, (const char *const *) names,
                     renamed_cb, torrent);
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    g_free (names[i]);
  g_free (names);
}

static void
intent_saved_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    end_rename (torrent, error);
  else
    rename_in_disk (torrent);
}

gboolean
bt_torrent_settle_names (BtTorrent *torrent)
{
  if (torrent->rename_from == NULL)
    return FALSE;
  /* An order is under way already, and looks when it is done. */
  if (torrent->rename_command == NULL)
    rename_in_disk (torrent);
  return TRUE;
}

/* The order. */

static gboolean
is_there (BtTorrent *torrent, const char *path)
{
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (is_listed (torrent, i) && find_rest (bt_torrent_file_path (torrent, i), path) != NULL)
      return TRUE;
  return FALSE;
}

/* Names that differ in case only count as the same, as at parse. */
static GError *
check_collisions (BtTorrent *torrent, const char *from, const char *to)
{
  g_autofree char *key = bt_path_collision_key (to);

  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    {
      const char *path = bt_torrent_file_path (torrent, i);
      const char *rest = find_rest (path, from);
      g_autofree char *other = NULL;

      if (!is_listed (torrent, i))
        continue;
      if (rest != NULL && strlen (to) + strlen (rest) > MAX_PATH_BYTES)
        return g_error_new (BT_ERROR, BT_ERROR_MALFORMED, "The path of \"%s\" would be too long", path);
      other = rest == NULL ? bt_path_collision_key (path) : NULL;
      if (other != NULL && find_rest (other, key) != NULL)
        return g_error_new (BT_ERROR, BT_ERROR_EXISTS, "\"%s\" is there already", to);
    }
  return NULL;
}

/* Nor may another torrent have files of these names, or in the folder that gets another name. */
static GError *
check_others (BtTorrent *torrent, const char *from, const char *to, BtTorrentId *folded)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GError *error;

  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    {
      const char *rest = is_listed (torrent, i) ? find_rest (bt_torrent_file_path (torrent, i), from) : NULL;

      if (rest != NULL)
        g_ptr_array_add (paths, g_strconcat (to, rest, NULL));
    }
  error = bt_torrent_check_new_names (torrent, paths, folded);
  if (error == NULL && *folded == 0)
    error = bt_torrent_check_old_name (torrent, from, folded);
  return error;
}

static GError *
check_rename (BtTorrent *torrent, const char *from, const char *name)
{
  if (torrent->phase == BT_PHASE_CLOSING || !is_there (torrent, from))
    return g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "There is no \"%s\" in it", from);
  if (*name == '\0' || !bt_path_is_safe (name))
    return g_error_new (BT_ERROR, BT_ERROR_MALFORMED, "\"%s\" cannot be the name of a file", name);
  if (torrent->relocating || torrent->looking_for_move || torrent->rename_from != NULL)
    return g_error_new (BT_ERROR, BT_ERROR_BUSY, "\"%s\" is being moved or renamed", torrent->name_text);
  if (torrent->phase == BT_PHASE_LOADING)
    return torrent->problem != NULL ? g_error_copy (torrent->problem)
                                    : g_error_new (BT_ERROR, BT_ERROR_BUSY, "The files of \"%s\" are being looked at",
                                                   torrent->name_text);
  return NULL;
}

static char *
make_sibling (const char *path, const char *name)
{
  const char *slash = strrchr (path, '/');

  if (slash == NULL)
    return g_strdup (name);
  return g_strdup_printf ("%.*s%s", (int) (slash + 1 - path), path, name);
}

static void
rename_path (BtTorrent *torrent, BtCommand *command)
{
  const char *from = command->path;
  g_autofree char *to = make_sibling (from, command->text);
  GError *error = check_rename (torrent, from, command->text);

  BtTorrentId folded = 0;

  if (error == NULL)
    error = check_collisions (torrent, from, to);
  if (error == NULL && strcmp (from, to) != 0)
    error = check_others (torrent, from, to, &folded);
  if (error == NULL && folded != 0 && bt_core_wait_for (torrent->core, command, folded))
    return;
  if (error != NULL || strcmp (from, to) == 0)
    {
      bt_command_reply (command, error);
      return;
    }
  torrent->rename_from = g_strdup (from);
  torrent->rename_to = g_steal_pointer (&to);
  torrent->rename_command = command;
  torrent->dirty = TRUE;
  bt_torrent_save_then (torrent, intent_saved_cb);
}

void
bt_core_rename_path (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);

  if (torrent == NULL || !core->running)
    bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent"));
  else if (!bt_core_unfold_for (core, command))
    rename_path (torrent, command);
}
