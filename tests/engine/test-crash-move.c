/* test-crash-move.c: killed while files are on the way to another folder: nothing is lost, and it ends there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ft-swarm.h"
#include "ft-test.h"

#define CHILD "--child"
#define KILLS 12

static const FtSampleFile files[] = {
  { "a.bin", 2000005 }, { "empty", 0 }, { "deep/b.bin", 3000000 }, { "deep/er/c.bin", 77 },
  { "deep/er/d.bin", 1000000 }, { "e.bin", 1500000 }, { NULL, 0 },
};

/* The program that is killed: this one, called with CHILD STATE-DIR FOLDER OTHER TORRENT. It moves its files from
 * one folder to the other and back until then, and says so when it has begun. */

static void
run_child (char **args)
{
  FtNode *node;

  prctl (PR_SET_PDEATHSIG, SIGKILL); /* should the test fail */
  node = ft_node_new_full (args[0], args[1], NULL);
  if (ft_node_status (node, 1) == NULL)
    {
      g_autofree char *contents = NULL;
      g_autoptr(GBytes) torrent = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (args[3], &contents, &length, NULL));
      torrent = g_bytes_new (contents, length);
      ft_node_add (node, torrent, args[1], TRUE);
    }
  g_print ("\n");
  for (;;)
    {
      const BtTorrentStatus *status = ft_node_status (node, 1);

      if (status->state == BT_STATE_SEEDING)
        {
          g_autoptr(GError) error = ft_node_move (node, 1, args[strcmp (status->data_path, args[1]) == 0 ? 2 : 1], TRUE);

          g_assert_true (error == NULL || g_error_matches (error, BT_ERROR, BT_ERROR_BUSY));
        }
      g_main_context_iteration (NULL, TRUE);
    }
}

/* The one that kills. */

typedef struct
{
  FtSample *sample;
  char *state, *other, *torrent;
  gboolean mounted;
} Fixture;

static void
live_and_die (Fixture *self, guint delay_us)
{
  const char *args[] = { "/proc/self/exe", CHILD, self->state, self->sample->dir, self->other, self->torrent, NULL };
  g_autoptr(GError) error = NULL;
  GPid child;
  int output, status;
  char c;

  g_spawn_async_with_pipes (NULL, (char **) args, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, NULL, &output,
                            NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (output, &c, 1), ==, 1);
  g_usleep (delay_us);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  close (output);
}

static gboolean
is_whole_in (Fixture *self, const char *folder, const FtSampleFile *file, guint64 at)
{
  g_autofree char *path = g_build_filename (folder, "sample", file->path, NULL);
  g_autofree char *contents = NULL;
  gsize length;

  return g_file_get_contents (path, &contents, &length, NULL) && length == file->length
         && memcmp (contents, self->sample->data + at, length) == 0;
}

/* At the moment of the crash each file is whole in one of the two. */
static void
assert_nothing_lost (Fixture *self)
{
  guint64 at = 0;

  for (const FtSampleFile *file = files; file->path != NULL; file++)
    {
      g_assert_true (is_whole_in (self, self->sample->dir, file, at) || is_whole_in (self, self->other, file, at));
      at += file->length;
    }
}

static void
assert_nothing_left (Fixture *self, const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_cmpstr (name, ==, "sample.torrent");
}

/* A new life ends what the last one began, and has everything without asking anybody. */
static void
live_on (Fixture *self)
{
  FtNode *node = ft_node_new_full (self->state, self->sample->dir, NULL);
  g_autofree char *folder = NULL;
  guint64 at = 0;

  ft_wait_until (ft_node_in_state (node, 1, BT_STATE_SEEDING) && ft_node_is_complete (node, 1));
  if (ft_node_said (node, "Its files are in"))
    g_test_message ("was on the way");
  folder = g_strdup (ft_node_status (node, 1)->data_path);
  g_assert_cmpstr (ft_node_status (node, 1)->save_path, ==, folder);
  for (const FtSampleFile *file = files; file->path != NULL; at += file++->length)
    g_assert_true (is_whole_in (self, folder, file, at));
  assert_nothing_left (self, strcmp (folder, self->other) == 0 ? self->sample->dir : self->other);
  ft_node_free (node);
}

static void
die_often (gboolean copy)
{
  Fixture self = { .sample = ft_sample_new (files, 65536, 401) };

  self.state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  self.other = g_dir_make_tmp ("ft-other-XXXXXX", NULL);
  self.torrent = g_build_filename (self.sample->dir, "sample.torrent", NULL);
  g_assert_true (g_file_set_contents (self.torrent, g_bytes_get_data (self.sample->torrent, NULL),
                                      (gssize) g_bytes_get_size (self.sample->torrent), NULL));
  self.mounted = copy && mount ("none", self.other, "tmpfs", MS_NOSUID, "size=64m") == 0;
  if (copy && !self.mounted)
    g_test_skip ("needs the right to mount");
  for (guint i = 0; i < KILLS && copy == self.mounted; i++)
    {
      live_and_die (&self, (guint) g_test_rand_int_range (0, 60000));
      assert_nothing_lost (&self);
      live_on (&self);
    }
  if (self.mounted)
    ft_test_iterate (NULL, umount2 (self.other, 0) == 0, FT_WAIT_S);
  ft_sample_free (self.sample);
  ft_remove_tree (self.state);
  ft_remove_tree (self.other);
  g_free (self.state);
  g_free (self.other);
  g_free (self.torrent);
}

static void
test_renaming (void)
{
  die_often (FALSE);
}

static void
test_copying (void)
{
  die_often (TRUE);
}

int
main (int argc, char *argv[])
{
  if (argc == 6 && strcmp (argv[1], CHILD) == 0)
    run_child (argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crash-move/renaming", test_renaming);
  g_test_add_func ("/crash-move/copying", test_copying);
  return g_test_run ();
}
