/* test-settle-file.c: a .torrent file that was added is kept, renamed or trashed, and never lost.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-settle-file.h"
#include "ft-test.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  GFile *file;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  fixture->folder = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  path = g_build_filename (fixture->folder, "a.torrent", NULL);
  g_assert_true (g_file_set_contents (path, "new", 3, NULL));
  fixture->file = g_file_new_for_path (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_object_unref (fixture->file);
  g_free (fixture->folder);
}

static void
settled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  if (ft_settle_file_finish (G_FILE (object), result, error))
    *error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "settled");
}

static void
settle (Fixture *fixture, FtAfterAdding after)
{
  g_autoptr (GError) error = NULL;

  ft_settle_file_async (fixture->file, after, NULL, settled_cb, &error);
  ft_test_iterate (NULL, error != NULL, 30);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
assert_content (Fixture *fixture, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *found = NULL;

  g_file_get_contents (path, &found, NULL, NULL);
  g_assert_cmpstr (found, ==, content);
}

static void
test_keep (Fixture *fixture, gconstpointer data)
{
  settle (fixture, FT_AFTER_ADDING_KEEP);
  assert_content (fixture, "a.torrent", "new");
}

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  g_autofree char *taken = g_build_filename (fixture->folder, "a.torrent.added", NULL);

  g_assert_true (g_file_set_contents (taken, "old", 3, NULL));
  settle (fixture, FT_AFTER_ADDING_RENAME);
  assert_content (fixture, "a.torrent", NULL);
  assert_content (fixture, "a.torrent.added", "old");
  assert_content (fixture, "a.torrent.2.added", "new");
}

static void
test_trash (Fixture *fixture, gconstpointer data)
{
  settle (fixture, FT_AFTER_ADDING_TRASH);
  assert_content (fixture, "a.torrent", NULL);
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_path (fixture->file);

  g_unlink (path);
  ft_settle_file_async (fixture->file, FT_AFTER_ADDING_RENAME, NULL, settled_cb, &error);
  ft_test_iterate (NULL, error != NULL, 30);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* The words of the settings. */
static void
test_nicks (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);

  for (int after = FT_AFTER_ADDING_KEEP; after <= FT_AFTER_ADDING_RENAME; after++)
    {
      g_autofree char *nick = NULL;

      g_assert_true (g_settings_set_enum (settings, "added-torrent-files", after));
      nick = g_settings_get_string (settings, "added-torrent-files");
      g_assert_cmpstr (nick, ==, ft_after_adding_to_nick ((FtAfterAdding) after));
      g_assert_cmpint (ft_after_adding_from_nick (nick), ==, after);
    }
  g_assert_cmpint (ft_after_adding_from_nick ("burn"), ==, FT_AFTER_ADDING_KEEP);
}

static void
add_test (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/model/settle-file/keep", test_keep);
  add_test ("/model/settle-file/rename", test_rename);
  add_test ("/model/settle-file/trash", test_trash);
  add_test ("/model/settle-file/gone", test_gone);
  g_test_add_func ("/model/settle-file/nicks", test_nicks);
  return g_test_run ();
}
