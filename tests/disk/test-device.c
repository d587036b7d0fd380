/* test-device.c: what kind of device files are on, found in a made-up /sys, and how they are read then.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/magic.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A folder like /sys: devices in "devices", links by number in "block". */
typedef struct
{
  char *root;
  char *block;
} Sys;

static char *
sys_path (Sys *self, const char *path)
{
  return g_build_filename (self->root, path, NULL);
}

static void
sys_put (Sys *self, const char *path, const char *text)
{
  g_autofree char *full = sys_path (self, path);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
}

static void
sys_link (Sys *self, const char *path, const char *target)
{
  g_autofree char *full = sys_path (self, path);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autofree char *to = sys_path (self, target);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (to, full), ==, 0);
}

static void
sys_free (Sys *self)
{
  ft_disk_remove_tree (self->root);
  g_free (self->root);
  g_free (self->block);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sys, sys_free)

/* A disk that turns with a partition, flash, an encrypted volume on that partition, and a volume that spans both. */
static Sys *
sys_new (void)
{
  Sys *self = g_new0 (Sys, 1);

  self->root = g_dir_make_tmp ("ft-device-XXXXXX", NULL);
  self->block = sys_path (self, "block");
  sys_put (self, "devices/sda/dev", "8:0\n");
  sys_put (self, "devices/sda/queue/rotational", "1\n");
  sys_put (self, "devices/sda/sda1/dev", "8:1\n");
  sys_put (self, "devices/sda/sda1/partition", "1\n");
  sys_put (self, "devices/nvme/dev", "259:0\n");
  sys_put (self, "devices/nvme/queue/rotational", "0\n");
  sys_put (self, "devices/crypt/dev", "253:0\n");
  sys_put (self, "devices/crypt/queue/rotational", "1\n");
  sys_link (self, "devices/crypt/slaves/sda1", "devices/sda/sda1");
  sys_put (self, "devices/wide/dev", "253:1\n");
  sys_put (self, "devices/wide/queue/rotational", "1\n");
  sys_link (self, "devices/wide/slaves/sda1", "devices/sda/sda1");
  sys_link (self, "devices/wide/slaves/nvme", "devices/nvme");
  sys_link (self, "block/8:0", "devices/sda");
  sys_link (self, "block/8:1", "devices/sda/sda1");
  sys_link (self, "block/259:0", "devices/nvme");
  sys_link (self, "block/253:0", "devices/crypt");
  sys_link (self, "block/253:1", "devices/wide");
  return self;
}

static void
test_look_up (void)
{
  static const struct
  {
    guint major, minor;
    guint id_major, id_minor;
    gboolean in_order;
  } cases[] = {
    { 8, 0, 8, 0, TRUE },       { 8, 1, 8, 0, TRUE },       { 259, 0, 259, 0, FALSE },
    { 253, 0, 8, 0, TRUE },     { 253, 1, 253, 1, TRUE },
  };
  g_autoptr (Sys) sys = sys_new ();
  BtDevice device;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (bt_device_look_up_in_disk (sys->block, makedev (cases[i].major, cases[i].minor), &device));
      g_assert_cmpuint (device.id, ==, makedev (cases[i].id_major, cases[i].id_minor));
      g_assert_cmpint (device.in_order, ==, cases[i].in_order);
    }
  g_assert_false (bt_device_look_up_in_disk (sys->block, makedev (0, 40), &device));
}

/* A volume that is said to be made of itself has an end all the same. */
static void
test_circle (void)
{
  g_autoptr (Sys) sys = sys_new ();
  BtDevice device;

  sys_put (sys, "devices/odd/dev", "253:9\n");
  sys_link (sys, "devices/odd/slaves/odd", "devices/odd");
  sys_link (sys, "block/253:9", "devices/odd");
  g_assert_true (bt_device_look_up_in_disk (sys->block, makedev (253, 9), &device));
  g_assert_cmpuint (device.id, ==, makedev (253, 9));
  g_assert_false (device.in_order);
}

static void
test_remote (void)
{
  g_assert_true (bt_device_is_remote (NFS_SUPER_MAGIC));
  g_assert_true (bt_device_is_remote (0xFF534D42));
  /* As statfs() gives it where its type has a sign. */
  g_assert_true (bt_device_is_remote ((guint64) (gint64) (gint32) 0xFE534D42));
  g_assert_false (bt_device_is_remote (TMPFS_MAGIC));
  g_assert_false (bt_device_is_remote (EXT4_SUPER_MAGIC));
  g_assert_false (bt_device_is_remote (BTRFS_SUPER_MAGIC));
}

/* Of what is really here: two folders of one file system are on one device. */
static void
test_here (void)
{
  int top = open (g_get_tmp_dir (), O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *folder = g_dir_make_tmp ("ft-device-XXXXXX", NULL);
  int below = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  BtDevice a, b;

  bt_device_find_in_disk (top, &a);
  bt_device_find_in_disk (below, &b);
  g_assert_cmpuint (a.id, !=, 0);
  g_assert_cmpuint (a.id, ==, b.id);
  g_assert_cmpint (a.in_order, ==, b.in_order);
  bt_device_find_in_disk (-1, &a);
  g_assert_cmpuint (a.id, ==, 0);
  g_assert_false (a.in_order);
  close (top);
  close (below);
  g_rmdir (folder);
}

static void
test_policy (void)
{
  const BtDevice turns = { .id = 1, .in_order = TRUE }, flash = { .id = 2 };

  g_assert_cmpuint (bt_device_get_stretches_at_once (&turns), ==, 1);
  g_assert_cmpuint (bt_device_get_stretches_at_once (&flash), >=, 2);
  g_assert_cmpuint (bt_device_get_stretches_at_once (&flash), <=, 16);
  g_assert_cmpuint (bt_device_get_stretch_pieces (&turns, 16 * 1024), ==, 512);
  g_assert_cmpuint (bt_device_get_stretch_pieces (&flash, 16 * 1024), ==, 128);
  /* As many as are hashed abreast, unless they are large. */
  g_assert_cmpuint (bt_device_get_stretch_pieces (&flash, 1024 * 1024), ==, 16);
  g_assert_cmpuint (bt_device_get_stretch_pieces (&flash, 4 * 1024 * 1024), ==, 8);
  g_assert_cmpuint (bt_device_get_stretch_pieces (&flash, 512 * 1024 * 1024), ==, 1);
  g_assert_cmpuint (bt_device_get_stretch_pieces (&turns, 512 * 1024 * 1024), ==, 1);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_func ("/disk/device/look-up", test_look_up);
  g_test_add_func ("/disk/device/circle", test_circle);
  g_test_add_func ("/disk/device/remote", test_remote);
  g_test_add_func ("/disk/device/here", test_here);
  g_test_add_func ("/disk/device/policy", test_policy);
  return ft_disk_test_run ();
}
