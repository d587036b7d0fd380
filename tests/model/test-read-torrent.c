/* test-read-torrent.c: files that a person named are read, and what is none is refused unread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "ft-read-torrent.h"
#include "ft-test.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  GBytes *bytes;
  GError *error;
  gboolean done;
} Outcome;

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->bytes = ft_read_torrent_finish (G_FILE (object), result, &outcome->error);
  outcome->done = TRUE;
}

static GBytes *
read_path_as (const char *path, gboolean usual, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Outcome outcome = { 0 };

  ft_read_torrent_async (file, usual, cancellable, read_cb, &outcome);
  ft_test_iterate (NULL, outcome.done, 30);
  g_assert_true ((outcome.bytes == NULL) == (outcome.error != NULL));
  if (outcome.error != NULL)
    g_propagate_error (error, outcome.error);
  return outcome.bytes;
}

static GBytes *
read_path (const char *path, GCancellable *cancellable, GError **error)
{
  return read_path_as (path, FALSE, cancellable, error);
}

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "some \xff name.torrent", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *content = g_malloc (sizes[i] + 1);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize j = 0; j < sizes[i]; j++)
        content[j] = (char) (j * 7);
      g_assert_true (g_file_set_contents (fixture->path, content, (gssize) sizes[i], NULL));
      bytes = read_path (fixture->path, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), content, sizes[i]);
    }
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_path (fixture->path, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "d", 1, NULL));
  g_assert_cmpint (truncate (fixture->path, (off_t) BT_LIMIT_TORRENT_BYTES + 1), ==, 0);
  g_assert_null (read_path (fixture->path, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
}

static void
test_largest (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "d", 1, NULL));
  g_assert_cmpint (truncate (fixture->path, (off_t) BT_LIMIT_TORRENT_BYTES), ==, 0);
  bytes = read_path (fixture->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, BT_LIMIT_TORRENT_BYTES);
}

/* A person is asked first; up to the usual size nobody is. */
static void
test_unusual (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "d", 1, NULL));
  g_assert_cmpint (truncate (fixture->path, BT_LIMIT_USUAL_TORRENT_BYTES + 1), ==, 0);
  g_assert_null (read_path_as (fixture->path, TRUE, NULL, &error));
  g_assert_error (error, FT_READ_TORRENT_ERROR, FT_READ_TORRENT_ERROR_UNUSUAL);
  g_assert_nonnull (strstr (error->message, "unusually large: 10.0"));
  g_clear_error (&error);
  g_assert_cmpint (truncate (fixture->path, BT_LIMIT_USUAL_TORRENT_BYTES), ==, 0);
  bytes = read_path_as (fixture->path, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, BT_LIMIT_USUAL_TORRENT_BYTES);
  g_assert_cmpint (truncate (fixture->path, (off_t) BT_LIMIT_TORRENT_BYTES + 1), ==, 0);
  g_assert_null (read_path_as (fixture->path, TRUE, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
}

/* Opening a pipe would wait for a writer for ever. */
static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) pipe_error = NULL;
  g_autoptr (GError) folder_error = NULL;

  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  g_assert_null (read_path (fixture->path, NULL, &pipe_error));
  g_assert_error (pipe_error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_null (read_path (fixture->folder, NULL, &folder_error));
  g_assert_error (folder_error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "d", 1, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_null (read_path (fixture->path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/model/read-torrent/whole", test_whole);
  add ("/model/read-torrent/missing", test_missing);
  add ("/model/read-torrent/too-large", test_too_large);
  add ("/model/read-torrent/largest", test_largest);
  add ("/model/read-torrent/unusual", test_unusual);
  add ("/model/read-torrent/no-file", test_no_file);
  add ("/model/read-torrent/cancelled", test_cancelled);
  return g_test_run ();
}
