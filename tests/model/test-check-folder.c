/* test-check-folder.c: what is found out of a folder before anything is put into it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-check-folder.h"
#include "ft-test-power.h"
#include "ft-test.h"

#include <glib/gstdio.h>

typedef struct
{
  FtFolderCheck *check;
  GError *error;
  gboolean done;
} Outcome;

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->check = ft_check_folder_finish (result, &outcome->error);
  outcome->done = TRUE;
}

static FtFolderCheck *
check_path (const char *path)
{
  Outcome outcome = { 0 };

  ft_check_folder_async (path, NULL, checked_cb, &outcome);
  ft_test_iterate (NULL, outcome.done, 30);
  g_assert_no_error (outcome.error);
  return outcome.check;
}

static void
test_kinds (void)
{
  g_autofree char *folder = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_autofree char *missing = g_build_filename (folder, "a", "b", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *problem = NULL;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  {
    g_autoptr (FtFolderCheck) there = check_path (folder);
    g_autoptr (FtFolderCheck) not_yet = check_path (missing);
    g_autoptr (FtFolderCheck) no_folder = check_path (file);

    g_assert_true (there->exists && there->is_folder && there->can_write);
    g_assert_cmpint (there->free_bytes, >, 0);
    g_assert_null (ft_describe_folder_problem (there));
    /* It will be made, on the same disk. */
    g_assert_false (not_yet->exists);
    g_assert_true (not_yet->is_folder && not_yet->can_write);
    g_assert_cmpstr (not_yet->file_system, ==, there->file_system);
    g_assert_null (ft_describe_folder_problem (not_yet));
    problem = ft_describe_folder_problem (no_folder);
    g_assert_cmpstr (problem, ==, "This is not a folder");
  }
  g_unlink (file);
  g_rmdir (folder);
}

static void
test_read_only (void)
{
  g_autofree char *folder = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_autofree char *missing = g_build_filename (folder, "a", NULL);
  g_autofree char *problem = NULL;
  g_autofree char *missing_problem = NULL;

  g_assert_cmpint (g_chmod (folder, 0500), ==, 0);
  {
    g_autoptr (FtFolderCheck) check = check_path (folder);
    g_autoptr (FtFolderCheck) below = check_path (missing);

    problem = ft_describe_folder_problem (check);
    missing_problem = ft_describe_folder_problem (below);
  }
  g_assert_cmpstr (problem, ==, "This folder cannot be written to");
  g_assert_cmpstr (missing_problem, ==, "This folder is not there and cannot be made");
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ft_test_obey_permissions ();
  g_test_add_func ("/model/check-folder/kinds", test_kinds);
  g_test_add_func ("/model/check-folder/read-only", test_read_only);
  return g_test_run ();
}
