/* bt-device.c: what kind of device a folder is on, and so how its files are best read through.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-device.h"

#include "bt-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A disk that turns reads 150 MB/s from front to back and 1 MB/s here and there: two readers, or two
 * torrents at once, make it slower than one. A file server often is such a disk. Flash and memory are
 * the other way round: one reader leaves them, and all cores but one, idle. */

#define SYS_BLOCK "/sys/dev/block"
#define MAX_LAYERS 8 /* of encryption, volumes and partitions */

/* Long enough that a worker is seldom asked for the next, short enough that a pause is felt at once: 2 MiB are
 * about a millisecond of hashing, 8 MiB some 50 ms of a disk that turns. */
#define STRETCH_BYTES (2u * 1024 * 1024)
#define STRETCH_IN_ORDER_BYTES (8u * 1024 * 1024)
/* Pieces are hashed abreast where they can be, up to this. */
#define STRETCH_ABREAST_BYTES (32u * 1024 * 1024)
#define STRETCHES_PER_CORE 2u /* one under way and one to go on with */
#define MAX_STRETCHES 16u

/* Not in <linux/magic.h> of all kernels. */
#define MAGIC_CIFS 0xFF534D42u
#define MAGIC_SMB2 0xFE534D42u
#define MAGIC_CEPH 0x00C36400u
#define MAGIC_LUSTRE 0x0BD00BD0u
#define MAGIC_FUSE 0x65735546u

guint32
bt_device_get_stretch_pieces (const BtDevice *device, guint32 piece_length)
{
  guint32 abreast = MIN (BT_HASH_MANY, STRETCH_ABREAST_BYTES / piece_length);

  if (device->in_order)
    return MAX (STRETCH_IN_ORDER_BYTES / piece_length, 1);
  return MAX (MAX (STRETCH_BYTES / piece_length, abreast), 1);
}

guint
bt_device_get_stretches_at_once (const BtDevice *device)
{
  return device->in_order ? 1 : MIN (STRETCHES_PER_CORE * g_get_num_processors (), MAX_STRETCHES);
}

/* FUSE is as often a server behind ssh or a drive with NTFS as not. */
gboolean
bt_device_is_remote (guint64 magic)
{
  static const guint32 remote[] = { NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, MAGIC_CIFS, MAGIC_SMB2,  CODA_SUPER_MAGIC,
                                    AFS_SUPER_MAGIC, V9FS_MAGIC,      MAGIC_CEPH, MAGIC_LUSTRE, MAGIC_FUSE };

  for (guint i = 0; i < G_N_ELEMENTS (remote); i++)
    if ((guint32) magic == remote[i])
      return TRUE;
  return FALSE;
}

/* Returns: the first line of a small file; (nullable) */
static char *
read_line_at (int dir_fd, const char *path)
{
  int fd = openat (dir_fd, path, O_RDONLY | O_CLOEXEC);
  char line[64];
  gssize n;

  if (fd < 0)
    return NULL;
  n = read (fd, line, sizeof line - 1);
  close (fd);
  if (n <= 0)
    return NULL;
  line[n] = '\0';
  return g_strchomp (g_strdup (line));
}

/* Takes @fd. */
static int
go_to (int fd, const char *path)
{
  int next = openat (fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  close (fd);
  return next;
}

/* What an encrypted or logical volume is made of, if that is one device alone. */
static char *
find_only_part (int fd)
{
  g_autofree char *slaves = g_strdup_printf ("/proc/self/fd/%d/slaves", fd);
  g_autoptr(GDir) dir = g_dir_open (slaves, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;
  g_autofree char *path = name != NULL ? g_build_filename ("slaves", name, NULL) : NULL;

  return name != NULL && g_dir_read_name (dir) == NULL ? g_steal_pointer (&path) : NULL;
}

/* From a partition or a volume down to the disk. Takes @fd. */
static int
go_to_disk (int fd)
{
  for (guint i = 0; i < MAX_LAYERS && fd >= 0; i++)
    {
      g_autofree char *part = find_only_part (fd);

      if (part != NULL)
        fd = go_to (fd, part);
      else if (faccessat (fd, "partition", F_OK, 0) == 0)
        fd = go_to (fd, "..");
      else
        break;
    }
  return fd;
}

gboolean
bt_device_look_up_in_disk (const char *sys, dev_t number, BtDevice *out)
{
  g_autofree char *path = g_strdup_printf ("%s/%u:%u", sys, major (number), minor (number));
  int fd = go_to_disk (open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  g_autofree char *turns = NULL, *name = NULL;
  guint first, second;

  if (fd < 0)
    return FALSE;
  turns = read_line_at (fd, "queue/rotational");
  name = read_line_at (fd, "dev");
  close (fd);
  out->in_order = g_strcmp0 (turns, "1") == 0;
  if (name != NULL && sscanf (name, "%u:%u", &first, &second) == 2)
    number = makedev (first, second);
  out->id = number;
  return TRUE;
}

/* Some file systems (btrfs) have numbers that no device has: what they are mounted from tells. Returns: 0: not known */
static dev_t
find_source (int fd)
{
  g_autofree char *mounts = NULL;
  g_auto(GStrv) lines = NULL;
  g_autofree char *prefix = NULL;
  struct statx info;

  if (statx (fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &info) < 0 || (info.stx_mask & STATX_MNT_ID) == 0
      || !g_file_get_contents ("/proc/self/mountinfo", &mounts, NULL, NULL))
    return 0;
  prefix = g_strdup_printf ("%" G_GUINT64_FORMAT " ", (guint64) info.stx_mnt_id);
  lines = g_strsplit (mounts, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *rest = g_str_has_prefix (lines[i], prefix) ? strstr (lines[i], " - ") : NULL;
      g_auto(GStrv) words = rest != NULL ? g_strsplit (rest + strlen (" - "), " ", 3) : NULL;
      struct stat device;

      if (words != NULL && g_strv_length (words) == 3 && words[1][0] == '/' && stat (words[1], &device) == 0
          && S_ISBLK (device.st_mode))
        return device.st_rdev;
    }
  return 0;
}

void
bt_device_find_in_disk (int fd, BtDevice *out)
{
  struct statfs file_system;
  struct stat info;

  *out = (BtDevice){ 0 };
  if (fstat (fd, &info) < 0)
    return;
  out->id = info.st_dev;
  if (fstatfs (fd, &file_system) == 0 && bt_device_is_remote ((guint64) file_system.f_type))
    out->in_order = TRUE;
  else if (!bt_device_look_up_in_disk (SYS_BLOCK, info.st_dev, out) && major (info.st_dev) == 0)
    {
      dev_t source = find_source (fd);

      if (source != 0)
        bt_device_look_up_in_disk (SYS_BLOCK, source, out);
    }
}
