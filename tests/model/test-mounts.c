/* test-mounts.c: what is mounted is told, once for all that comes together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-mounts.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "ft-test.h"

#define BURST 20

static gboolean has_own_mounts;

static void
count (gpointer owner)
{
  (*(guint *) owner)++;
}

typedef struct
{
  char *folder;
  FtMounts *mounts;
  guint n; /* how often it was told */
} Fixture;

/* FALSE: it may not mount anything. */
static gboolean
set_up (Fixture *f)
{
  if (!has_own_mounts)
    {
      g_test_skip ("Only root may mount");
      return FALSE;
    }
  f->folder = g_dir_make_tmp ("ft-mounts-XXXXXX", NULL);
  f->mounts = ft_mounts_new (count, &f->n);
  return TRUE;
}

static void
tear_down (Fixture *f)
{
  ft_mounts_free (f->mounts);
  g_rmdir (f->folder);
  g_free (f->folder);
}

static void
mount_drive (Fixture *f)
{
  if (mount ("none", f->folder, "tmpfs", 0, "size=1m") != 0)
    g_error ("Nothing can be mounted: %s", g_strerror (errno));
}

static void
test_drive (void)
{
  Fixture f = { NULL };
  guint before;

  if (!set_up (&f))
    return;
  mount_drive (&f);
  ft_test_iterate (NULL, f.n > 0, 60);
  before = f.n;
  g_assert_cmpint (umount (f.folder), ==, 0);
  ft_test_iterate (NULL, f.n > before, 60);
  tear_down (&f);
}

/* As when many are mounted at once: it is not told of each. */
static void
test_burst (void)
{
  Fixture f = { NULL };

  if (!set_up (&f))
    return;
  for (guint i = 0; i < BURST; i++)
    {
      mount_drive (&f);
      g_main_context_iteration (NULL, FALSE);
      g_main_context_iteration (NULL, FALSE);
    }
  ft_test_iterate (NULL, f.n > 0, 60);
  g_assert_cmpuint (f.n, <, BURST);
  for (guint i = 0; i < BURST; i++)
    g_assert_cmpint (umount (f.folder), ==, 0);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  /* Before any thread begins. */
  has_own_mounts = unshare (CLONE_NEWNS) == 0 && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/mounts/burst", test_burst);
  g_test_add_func ("/model/mounts/drive", test_drive);
  return g_test_run ();
}
