/* test-console-program.c: the built program: its exit status, and what it says and does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine.h"
#include "ft-demo-sample.h"
#include "ft-demo-tracker.h"
#include "ft-test.h"

#include <glib/gstdio.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>

#define PATIENCE_S 60

/* The program under test: the first argument of this one. */
static const char *program;

/* A folder of its own for each test, and one run of the program at a time. */
typedef struct
{
  char *folder;
  char *state;
  char *downloads;
} Fixture;

static char *
make_folder (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("test-console-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->state = make_folder (fixture->folder, "state");
  fixture->downloads = make_folder (fixture->folder, "downloads");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", fixture->folder, NULL };

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  g_free (fixture->folder);
  g_free (fixture->state);
  g_free (fixture->downloads);
}

/* Runs. */

typedef struct
{
  GSubprocess *process;
  GString *out; /* what it has said so far */
  GString *err;
  guint n_open; /* streams of the two */
  gboolean exited;
} Run;

typedef struct
{
  Run *run;
  GString *text;
  char bytes[4096];
} Reading;

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  gssize size = g_input_stream_read_finish (G_INPUT_STREAM (object), result, NULL);

  if (size <= 0)
    {
      reading->run->n_open--;
      g_free (reading);
      return;
    }
  g_string_append_len (reading->text, reading->bytes, size);
  g_input_stream_read_async (G_INPUT_STREAM (object), reading->bytes, sizeof reading->bytes,
                             G_PRIORITY_DEFAULT, NULL, read_cb, reading);
}

static void
begin_reading (Run *run, GInputStream *stream, GString *text)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->run = run;
  reading->text = text;
  run->n_open++;
  g_input_stream_read_async (stream, reading->bytes, sizeof reading->bytes, G_PRIORITY_DEFAULT,
                             NULL, read_cb, reading);
}

static void
exited_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL));
  run->exited = TRUE;
}

/* @arguments: ended by NULL; standard input stays open. */
static Run *
run_new (const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Run *run = g_new0 (Run, 1);

  g_ptr_array_add (argv, (gpointer) program);
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  run->process = g_subprocess_newv ((const char *const *) argv->pdata,
                                    G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                      | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                    &error);
  g_assert_no_error (error);
  run->out = g_string_new (NULL);
  run->err = g_string_new (NULL);
  begin_reading (run, g_subprocess_get_stdout_pipe (run->process), run->out);
  begin_reading (run, g_subprocess_get_stderr_pipe (run->process), run->err);
  g_subprocess_wait_async (run->process, NULL, exited_cb, run);
  return run;
}

/* Waits for the end. Returns: the exit status. */
static int
run_end (Run *run)
{
  ft_test_iterate (NULL, run->exited && run->n_open == 0, PATIENCE_S);
  g_assert_true (g_subprocess_get_if_exited (run->process));
  return g_subprocess_get_exit_status (run->process);
}

static void
run_assert_end (Run *run, int status)
{
  int is = run_end (run);

  if (is != status)
    g_error ("Exit status %d instead of %d after:\n%s%s", is, status, run->out->str, run->err->str);
}

static void
run_free (Run *run)
{
  if (!run->exited)
    {
      g_subprocess_force_exit (run->process);
      ft_test_iterate (NULL, run->exited && run->n_open == 0, PATIENCE_S);
    }
  g_object_unref (run->process);
  g_string_free (run->out, TRUE);
  g_string_free (run->err, TRUE);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

/* Types @text. */
static void
run_type (Run *run, const char *text)
{
  GOutputStream *stream = g_subprocess_get_stdin_pipe (run->process);

  g_assert_true (g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, NULL));
}

static void
run_close_input (Run *run)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (run->process), NULL, NULL);
}

static void
run_wait_for (Run *run, const char *text)
{
  ft_test_iterate (NULL, strstr (run->out->str, text) != NULL || run->exited, PATIENCE_S);
  if (strstr (run->out->str, text) == NULL)
    g_error ("No “%s” in:\n%s%s", text, run->out->str, run->err->str);
}

/* The program with a state and a download folder of the test, on loopback. */
static Run *
run_in (Fixture *fixture, const char *options, const char *file)
{
  g_autofree char *state = g_strconcat ("--state=", fixture->state, NULL);
  g_autofree char *path = g_strconcat ("--path=", fixture->downloads, NULL);
  g_auto (GStrv) more = g_strsplit (options, " ", -1);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, (gpointer) "--bind=127.0.0.1");
  g_ptr_array_add (arguments, state);
  g_ptr_array_add (arguments, path);
  for (guint i = 0; more[i] != NULL; i++)
    if (*more[i] != '\0')
      g_ptr_array_add (arguments, more[i]);
  if (file != NULL)
    g_ptr_array_add (arguments, (gpointer) file);
  g_ptr_array_add (arguments, NULL);
  return run_new ((const char *const *) arguments->pdata);
}

/* Torrents. */

/* Payload of @size bytes in @folder, and its torrent beside the state. Returns: its path. */
static char *
make_torrent (Fixture *fixture,
              const char *folder,
              const char *name,
              gsize size,
              const char *tracker)
{
  const BtDraftFile file = { name, size };
  const char *trackers[] = { tracker, NULL };
  const BtMetainfoDraft draft = { .name = name, .piece_length = 16384, .trackers = trackers };
  g_autofree char *data = g_malloc (size);
  g_autofree char *data_path = g_build_filename (folder, name, NULL);
  g_autofree char *file_name = g_strconcat (name, ".torrent", NULL);
  char *path = g_build_filename (fixture->folder, file_name, NULL);
  g_autoptr (GBytes) torrent = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    data[i] = (char) (i * 7 + i / 251 + (guchar) name[0]);
  g_assert_true (g_file_set_contents (data_path, data, (gssize) size, NULL));
  torrent = ft_demo_build_torrent (folder, &draft, &file, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (torrent, NULL),
                                      (gssize) g_bytes_get_size (torrent), NULL));
  return path;
}

static void
remove_data (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
assert_same_file (const char *folder_a, const char *folder_b, const char *name)
{
  g_autofree char *path_a = g_build_filename (folder_a, name, NULL);
  g_autofree char *path_b = g_build_filename (folder_b, name, NULL);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  gsize size_a, size_b;

  g_assert_true (g_file_get_contents (path_a, &a, &size_a, NULL));
  g_assert_true (g_file_get_contents (path_b, &b, &size_b, NULL));
  g_assert_cmpmem (a, size_a, b, size_b);
}

/* The command line. */

static void
assert_status (const char *line, int status, const char *out, const char *err)
{
  g_auto (GStrv) arguments = g_strsplit (line, " ", -1);
  g_autoptr (Run) run = run_new ((const char *const *) arguments);

  run_assert_end (run, status);
  g_assert_nonnull (strstr (run->out->str, out));
  g_assert_nonnull (strstr (run->err->str, err));
}

static void
test_command_line (Fixture *fixture, gconstpointer data)
{
  assert_status ("--version", 0, "friendtorrent-console " PACKAGE_VERSION "\n", "");
  assert_status ("--help", 0, "--exit-when-done", "");
  assert_status ("--port=many", 2, "", "--port");
  assert_status ("--nonsense", 2, "", "nonsense");
  assert_status ("show", 2, "", "file");
  assert_status ("--demo x.torrent", 2, "", "--demo");
}

static void
test_show (Fixture *fixture, gconstpointer data)
{
  g_autofree char *torrent = make_torrent (fixture, fixture->downloads, "data.bin", 20000, NULL);
  g_autofree char *bad = g_build_filename (fixture->folder, "bad.torrent", NULL);
  g_autofree char *good_line = g_strdup_printf ("show %s", torrent);
  g_autofree char *json_line = g_strdup_printf ("show --json %s", torrent);
  g_autofree char *bad_line = g_strdup_printf ("show %s", bad);
  g_autofree char *both_line = g_strdup_printf ("show %s %s", bad, torrent);

  assert_status (good_line, 0, "Pieces: 2\n", "");
  assert_status (json_line, 0, "\"pieces\":2,", "");
  assert_status (bad_line, 1, "", "bad.torrent: there is no such file");
  g_assert_true (g_file_set_contents (
    bad, "d4:infod6:lengthi1e4:name1:a12:piece lengthi7e6:pieces19:aaaaaaaaaaaaaaaaaaaee", -1,
    NULL));
  assert_status (bad_line, 1, "", "info.pieces");
  assert_status (both_line, 1, "Name: data.bin\n", "bad.torrent");
  assert_status ("show /dev/zero", 1, "", "larger");
  assert_status ("show /", 1, "", "folder");
}

static void
show_each (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      const char *arguments[] = { "show", path, NULL };
      g_autoptr (Run) run = NULL;
      int status;

      if (!g_str_has_suffix (name, ".torrent"))
        continue;
      run = run_new (arguments);
      status = run_end (run);
      g_assert_cmpint (status, <=, 1);
      g_assert_cmpint (status == 0, ==, run->out->len > 0);
      g_assert_cmpint (status == 1, ==, run->err->len > 0);
      g_assert_null (strchr (run->out->str, '\033'));
    }
}

/* Whatever the file, it is shown or refused in words. */
static void
test_show_conformance (Fixture *fixture, gconstpointer data)
{
  static const char *const folders[]
    = { "libtorrent/test_torrents", "transmission/assets", "transmission/show",
        "transmission/path_cases", "anacrolix-torrent/metainfo/testdata" };
  g_autofree char *dir = ft_test_conformance_dir ();

  for (guint i = 0; dir != NULL && i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (dir, folders[i], NULL);
      show_each (folder);
    }
}

/* Leaving. */

static void
test_exit_when_done (Fixture *fixture, gconstpointer data)
{
  g_autofree char *torrent = make_torrent (fixture, fixture->downloads, "data.bin", 200000, NULL);
  g_autoptr (Run) complete = run_in (fixture, "--exit-when-done", torrent);
  g_autoptr (Run) known = NULL;

  run_assert_end (complete, 0);
  g_assert_nonnull (strstr (complete->out->str, "data.bin: Seeding"));
  g_assert_cmpstr (complete->err->str, ==, "");
  /* It was kept, and a torrent that is known is no failure. */
  known = run_in (fixture, "--exit-when-done --json", torrent);
  run_assert_end (known, 0);
  g_assert_nonnull (strstr (known->out->str, "\"event\":\"exists\""));
}

static void
test_exit_when_done_fails (Fixture *fixture, gconstpointer data)
{
  g_autofree char *torrent = make_torrent (fixture, fixture->downloads, "data.bin", 20000, NULL);
  g_autoptr (Run) missing = run_in (fixture, "--exit-when-done --json nope.torrent", NULL);
  g_autoptr (Run) mixed = NULL;

  run_assert_end (missing, 1);
  g_assert_nonnull (strstr (missing->err->str, "nope.torrent: there is no such file"));
  g_assert_nonnull (
    strstr (missing->out->str, "\"event\":\"failed\",\"time\":"));
  mixed = run_in (fixture, "--exit-when-done nope.torrent", torrent);
  run_assert_end (mixed, 1);
  g_assert_nonnull (strstr (mixed->out->str, "data.bin: Seeding"));
}

/* Such a file is nearly always none. */
static void
test_large_torrent (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->downloads, "large.torrent", NULL);
  g_autoptr (Run) refused = NULL, taken = NULL;

  g_assert_true (g_file_set_contents (path, "d", 1, NULL));
  g_assert_cmpint (truncate (path, 10000001), ==, 0);
  refused = run_in (fixture, "--exit-when-done", path);
  run_assert_end (refused, 1);
  g_assert_nonnull (strstr (refused->err->str, "larger than 10 MB, as hardly any torrent is: --large-torrents"));
  taken = run_in (fixture, "--exit-when-done --large-torrents", path);
  run_assert_end (taken, 1);
  g_assert_nonnull (strstr (taken->err->str, "This is not a valid torrent"));
}

/* Seeding: to be checked is all that a torrent without data can become. */
static void
test_exit_when_checked (Fixture *fixture, gconstpointer data)
{
  g_autofree char *torrent = make_torrent (fixture, fixture->downloads, "data.bin", 20000, NULL);
  g_autoptr (Run) run = NULL;

  remove_data (fixture->downloads, "data.bin");
  run = run_in (fixture, "--exit-when-done --mode=seeding", torrent);
  run_assert_end (run, 0);
  g_assert_nonnull (strstr (run->out->str, "the mode allows seeding only"));
}

/* The shared torrents whose data is there as well: all of it passes. */
static void
test_check_conformance (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *torrent, *data;
  } samples[] = { { "alice.torrent", "alice.txt" },
                  { "folder.torrent", "folder" },
                  { "leaves.torrent", "Leaves of Grass by Walt Whitman.epub" },
                  { "lots-of-numbers.torrent", "lots-of-numbers" },
                  { "numbers.torrent", "numbers" } };
  g_autofree char *dir = ft_test_conformance_dir ();

  for (guint i = 0; dir != NULL && i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *torrent = g_build_filename (dir, "webtorrent-fixtures", samples[i].torrent, NULL);
      g_autofree char *source = g_build_filename (dir, "webtorrent-fixtures", samples[i].data, NULL);
      const char *copy[] = { "cp", "-r", "--no-preserve=mode", source, fixture->downloads, NULL };
      g_autofree char *line = g_strdup_printf ("%s: Seeding", samples[i].data);
      g_autoptr (Run) run = NULL;

      g_assert_true (g_spawn_sync (NULL, (char **) copy, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
      run = run_in (fixture, "--exit-when-done --mode=seeding", torrent);
      run_assert_end (run, 0);
      g_assert_nonnull (strstr (run->out->str, line));
    }
}

static void
assert_signal_leaves (Fixture *fixture, int number)
{
  g_autoptr (Run) run = run_in (fixture, "", NULL);

  run_close_input (run);
  run_wait_for (run, "Saving to ");
  g_assert_false (run->exited);
  g_subprocess_send_signal (run->process, number);
  run_assert_end (run, 0);
  g_assert_nonnull (strstr (run->out->str, "Saved"));
}

/* The end of standard input is not the end; a signal is. */
static void
test_signals (Fixture *fixture, gconstpointer data)
{
  assert_signal_leaves (fixture, SIGINT);
  assert_signal_leaves (fixture, SIGTERM);
}

static void
test_second_instance (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Run) first = run_in (fixture, "", NULL);
  g_autoptr (Run) second = NULL;

  run_wait_for (first, "Saving to ");
  second = run_in (fixture, "", NULL);
  run_assert_end (second, 1);
  g_assert_nonnull (strstr (second->err->str, "Another FriendTorrent"));
  g_assert_false (first->exited);
}

/* Nobody listens any more: it saves and goes instead of spinning or dying. */
static void
test_reader_leaves (Fixture *fixture, gconstpointer data)
{
  g_autofree char *torrent = make_torrent (fixture, fixture->downloads, "data.bin", 20000, NULL);
  g_autofree char *line = g_strdup_printf ("'%s' --bind=127.0.0.1 --state='%s' --path='%s' '%s' | "
                                           "head -n 1; exit ${PIPESTATUS[0]}",
                                           program, fixture->state, fixture->downloads, torrent);
  const char *argv[] = { "bash", "-c", line, NULL };
  g_autofree char *out = NULL;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                               NULL, &status, NULL));
  g_assert_true (g_str_has_prefix (out, "Saving to "));
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
}

/* Commands. */

static void
test_commands (Fixture *fixture, gconstpointer data)
{
  g_autofree char *one = make_torrent (fixture, fixture->downloads, "alpha.bin", 20000, NULL);
  g_autofree char *two = make_torrent (fixture, fixture->downloads, "beta.bin", 20000, NULL);
  g_autofree char *add = g_strdup_printf ("add %s\n", two);
  g_autoptr (Run) run = run_in (fixture, "", one);

  run_wait_for (run, "alpha.bin: Seeding");
  run_type (run, add);
  run_wait_for (run, "beta.bin: Seeding");
  run_type (run, "pause\nlist\n");
  run_wait_for (run, "  alpha.bin: Paused");
  run_wait_for (run, "  beta.bin: Paused");
  run_type (run, "stop alp\nstart\nlist\nmode downloading\nmode\n");
  run_wait_for (run, "  alpha.bin: Stopped");
  run_wait_for (run, "  beta.bin: Seeding");
  run_wait_for (run, "\ndownloading\n");
  run_type (run, "queue\nmode all\nverify beta\nfiles beta\npeers beta\ntrackers beta\nstatus\n");
  run_wait_for (run, "beta.bin: Checked: 2 of 2 pieces are right");
  run_wait_for (run, " 100 %     20.0 kB  beta.bin\n");
  run_wait_for (run, "No peer is connected\nThe torrent names no tracker\n"
                     "Torrents: 2\nMode: all\n");
  run_type (run, "remove beta\nremove gamma\nlist\nexit\n");
  run_assert_end (run, 0);
  g_assert_nonnull (strstr (run->out->str, "beta.bin: Removed"));
  g_assert_nonnull (strstr (run->err->str, "gamma"));
  assert_same_file (fixture->downloads, fixture->downloads, "beta.bin");
}

#define LINK "magnet:?xt=urn:btih:d2354010a3ca4ade5b7427bb093a62a3899ff381&dn=Nice+name&tr=http://a/x"

static void
test_magnets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Run) run = run_in (fixture, "", LINK);
  g_autoptr (Run) waits = NULL;

  run_wait_for (run, "Nice name: ");
  run_type (run, "add magnet:///?xt=urn:btih:2I2UAEFDZJFN4W3UE65QSOTCUOEZ744B\nadd magnet:?dn=x\nverify nice\n"
                 "files nice\nlist\nexit\n");
  run_assert_end (run, 0);
  g_assert_nonnull (strstr (run->out->str, "UOEZ744B: "));
  g_assert_nonnull (strstr (run->err->str, "magnet:?dn=x: "));
  g_assert_nonnull (strstr (run->err->str, "details"));
  g_assert_nonnull (strstr (run->out->str, "The details of this torrent"));
  g_assert_nonnull (strstr (run->out->str, " the details"));
  /* A link is no less wanted than a file. */
  waits = run_in (fixture, "--exit-when-done --json", NULL);
  run_wait_for (waits, "\"metadata_size\":null");
  run_type (waits, "exit\n");
  run_assert_end (waits, 0);

  assert_status ("show " LINK, 0, "Name: Nice name\n", "");
  assert_status ("show " LINK, 0, "A magnet link", "");
  assert_status ("show --json " LINK, 0, "\"magnet\":true,", "");
  assert_status ("show magnet:?xt=urn:btih:x", 1, "", "magnet:?xt=urn:btih:x: ");
}

/* The program as a seed of @torrent, and a link to it with its address. */
static char *
make_link_to (Run *seed, const char *torrent)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (BtTorrentFile) file = NULL;
  char hex[BT_SHA1_HEX_SIZE];
  gsize size;

  run_wait_for (seed, ": Seeding");
  run_type (seed, "status\n");
  run_wait_for (seed, "nobody has come in yet");
  g_assert_true (g_file_get_contents (torrent, &bytes, &size, NULL));
  content = g_bytes_new (bytes, size);
  file = bt_torrent_file_describe (content, NULL);
  bt_sha1_to_hex (&file->info_hash, hex);
  return g_strdup_printf ("magnet:?xt=urn:btih:%s&dn=A+link&x.pe=127.0.0.1:%d", hex,
                          atoi (strstr (seed->out->str, "Port: ") + strlen ("Port: ")));
}

/* As with a file: to the end, then it leaves, or seeds and says what it was. */
static void
test_magnet_download (Fixture *fixture, gconstpointer data)
{
  g_autofree char *torrent = make_torrent (fixture, fixture->downloads, "data.bin", 200000, NULL);
  g_autoptr (Run) seed = run_in (fixture, "", torrent);
  g_autofree char *link = make_link_to (seed, torrent);
  g_autofree char *state = make_folder (fixture->folder, "state-2");
  g_autofree char *folder = make_folder (fixture->folder, "downloads-2");
  g_autofree char *options = g_strdup_printf ("--exit-when-done --path=%s --state=%s", folder, state);
  g_autofree char *shown = g_strdup_printf ("--path=%s --state=%s", folder, state);
  g_autoptr (Run) run = run_in (fixture, options, link);
  g_autoptr (Run) again = NULL;

  run_assert_end (run, 0);
  g_assert_nonnull (strstr (run->out->str, "data.bin: Finished"));
  assert_same_file (fixture->downloads, folder, "data.bin");
  again = run_in (fixture, shown, NULL);
  run_wait_for (again, "data.bin: Seeding");
  run_type (again, "files data\nexit\n");
  run_assert_end (again, 0);
  g_assert_nonnull (strstr (again->out->str, " 100 %    200.0 kB  data.bin\n"));
  run_type (seed, "exit\n");
  run_assert_end (seed, 0);
}

/* What was stopped stays so in the next run. */
static void
test_state_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autofree char *torrent = make_torrent (fixture, fixture->downloads, "alpha.bin", 20000, NULL);
  g_autoptr (Run) first = run_in (fixture, "", torrent);
  g_autoptr (Run) second = NULL;

  run_wait_for (first, "alpha.bin: Seeding");
  run_type (first, "stop alpha\nexit\n");
  run_assert_end (first, 0);
  second = run_in (fixture, "", NULL);
  run_type (second, "list\nexit\n");
  run_assert_end (second, 0);
  g_assert_nonnull (strstr (second->out->str, "alpha.bin: Stopped"));
}

/* Swarms. */

static void
test_download (Fixture *fixture, gconstpointer data)
{
  g_autofree char *source = make_folder (fixture->folder, "source");
  g_autofree char *seed_state = make_folder (fixture->folder, "seed-state");
  g_autoptr (FtDemoTracker) tracker = ft_demo_tracker_new (NULL);
  g_autofree char *url = ft_demo_tracker_dup_url (tracker, G_SOCKET_FAMILY_IPV4);
  g_autofree char *torrent = make_torrent (fixture, source, "data.bin", 3000001, url);
  Fixture seed_fixture = { fixture->folder, seed_state, source };
  g_autoptr (Run) seed = run_in (&seed_fixture, "--mode=seeding", torrent);
  g_autoptr (Run) leecher = NULL;

  run_wait_for (seed, "data.bin: Seeding");
  leecher = run_in (fixture, "--exit-when-done", torrent);
  run_assert_end (leecher, 0);
  g_assert_nonnull (strstr (leecher->out->str, "data.bin: Finished"));
  assert_same_file (source, fixture->downloads, "data.bin");
  run_type (seed, "exit\n");
  run_assert_end (seed, 0);
}

static void
test_demo (Fixture *fixture, gconstpointer data)
{
  const char *arguments[] = { "--demo", "--json", NULL };
  g_autoptr (GDir) dir = NULL;
  g_autoptr (Run) run = NULL;

  g_setenv ("TMPDIR", fixture->folder, TRUE);
  run = run_new (arguments);
  g_unsetenv ("TMPDIR");
  run_assert_end (run, 0);
  g_assert_nonnull (strstr (run->out->str, "\"event\":\"finished\""));
  g_assert_nonnull (strstr (run->out->str, "\"event\":\"demo-passed\""));
  g_assert_cmpstr (run->err->str, ==, "");
  /* Its folders are gone. */
  dir = g_dir_open (fixture->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    g_assert_false (g_str_has_prefix (name, "friendtorrent-demo"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  ADD ("/console/program/command-line", test_command_line);
  ADD ("/console/program/show", test_show);
  ADD ("/console/program/show-conformance", test_show_conformance);
  ADD ("/console/program/exit-when-done", test_exit_when_done);
  ADD ("/console/program/exit-when-done-fails", test_exit_when_done_fails);
  ADD ("/console/program/large-torrent", test_large_torrent);
  ADD ("/console/program/exit-when-checked", test_exit_when_checked);
  ADD ("/console/program/check-conformance", test_check_conformance);
  ADD ("/console/program/signals", test_signals);
  ADD ("/console/program/second-instance", test_second_instance);
  ADD ("/console/program/reader-leaves", test_reader_leaves);
  ADD ("/console/program/commands", test_commands);
  ADD ("/console/program/magnets", test_magnets);
  ADD ("/console/program/magnet-download", test_magnet_download);
  ADD ("/console/program/state-is-kept", test_state_is_kept);
  ADD ("/console/program/download", test_download);
  ADD ("/console/program/demo", test_demo);
  return g_test_run ();
}
