/* test-file-set.c: files are opened beneath their root or not at all, and not too many at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* A root with things that are no business of ours around it. */
typedef struct
{
  FtDisk *disk;
  int root_fd;
} Place;

static Place *
place_new (void)
{
  Place *self = g_new0 (Place, 1);

  self->disk = ft_disk_new (NULL, 0, 0);
  ft_disk_put (self->disk, "secret", "secret", 6);
  ft_disk_put (self->disk, "outside/file", "secret", 6);
  ft_disk_put (self->disk, "root/a/b/file", "good", 4);
  self->root_fd = open (self->disk->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (self->root_fd, >=, 0);
  return self;
}

static void
place_free (Place *self)
{
  close (self->root_fd);
  ft_disk_free (self->disk);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

static void
assert_closed (int fd)
{
  g_assert_cmpint (fd, ==, -1);
}

static void
assert_unreachable (Place *place, const char *path)
{
  struct stat info;

  g_test_message ("%s", path);
  assert_closed (bt_beneath_open (place->root_fd, path, O_RDONLY));
  assert_closed (bt_beneath_open (place->root_fd, path, O_RDWR));
  assert_closed (bt_beneath_create (place->root_fd, path, O_RDWR));
  g_assert_cmpint (bt_beneath_unlink (place->root_fd, path), ==, -1);
  g_assert_cmpint (bt_beneath_rmdir (place->root_fd, path), ==, -1);
  if (bt_beneath_stat (place->root_fd, path, &info) == 0)
    g_assert_true (S_ISLNK (info.st_mode)); /* the link itself, at most */
  ft_disk_assert_file (place->disk, "secret", "secret", 6);
  ft_disk_assert_file (place->disk, "outside/file", "secret", 6);
}

static void
check_names (void)
{
  static const char *const bad[] = {
    "",
    "/",
    "..",
    ".",
    "../secret",
    "a/../../secret",
    "a/..",
    "a/../a",
    "a/./b/file",
    "/etc/passwd",
    "a//b",
    "a/",
    "a/b/..",
    "a/b/../file",
    "./a/b/file",
    "//a",
    "a/b/file/..",
    "../outside/file",
    "...//x",
    "a/b/file/",
    "../root/a/b/file",
  };
  g_autoptr (Place) place = place_new ();
  g_autofree char *secret = ft_disk_path (place->disk, "secret");
  g_autofree char *long_name = g_strnfill (256, 'x');
  int fd;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_unreachable (place, bad[i]);
  assert_unreachable (place, secret);
  assert_unreachable (place, long_name);
  fd = bt_beneath_open (place->root_fd, "a/b/file", O_RDONLY);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  close (fd);
  fd = bt_beneath_create (place->root_fd, "..x/.../y", O_RDWR);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
}

/* A symlink in place of each component in turn, pointing outside, inside, and at itself. */
static void
check_symlinks (void)
{
  static const struct
  {
    const char *link;
    const char *target;
    const char *path;
  } planted[] = {
    { "root/l", "..", "l/secret" },
    { "root/l", "/", "l/etc/passwd" },
    { "root/l", "../outside", "l/file" },
    { "root/l", "a", "l/b/file" },
    { "root/l", "l", "l/b/file" },
    { "root/a/l", "../../outside", "a/l/file" },
    { "root/a/l", "b", "a/l/file" },
    { "root/a/b/l", "../../../secret", "a/b/l" },
    { "root/a/b/l", "file", "a/b/l" },
    { "root/a/b/l", "nothing", "a/b/l" },
    { "root/a/b/l", "../../../new", "a/b/l" },
    { "root/l", "/proc/self/root", "l/etc/passwd" },
    { "root/l", "/proc/self/cwd", "l" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (planted); i++)
    {
      g_autoptr (Place) place = place_new ();
      g_autofree char *link = ft_disk_path (place->disk, planted[i].link);

      g_assert_cmpint (symlink (planted[i].target, link), ==, 0);
      assert_unreachable (place, planted[i].path);
      ft_disk_assert_file (place->disk, "root/a/b/file", "good", 4);
      g_assert_cmpint (ft_disk_size_of (place->disk, "new"), ==, -1);
    }
}

static void
check_making (void)
{
  g_autoptr (Place) place = place_new ();
  struct stat info;
  int fd = bt_beneath_create (place->root_fd, "x/y/z/file", O_RDWR);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0644);
  close (fd);
  g_assert_cmpint (bt_beneath_stat (place->root_fd, "x/y", &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0755);
  assert_closed (bt_beneath_create (place->root_fd, "x/y/z/file", O_RDWR));
  g_assert_cmpint (errno, ==, EEXIST);
  assert_closed (bt_beneath_create (place->root_fd, "x/y", O_RDWR));
  assert_closed (bt_beneath_create (place->root_fd, "a/b/file/under", O_RDWR));
  g_assert_cmpint (bt_beneath_rmdir (place->root_fd, "x"), ==, -1);
  g_assert_cmpint (bt_beneath_unlink (place->root_fd, "x/y"), ==, -1);
  g_assert_cmpint (bt_beneath_unlink (place->root_fd, "x/y/z/file"), ==, 0);
  g_assert_cmpint (bt_beneath_rmdir (place->root_fd, "x/y/z"), ==, 0);
  ft_disk_assert_file (place->disk, "root/a/b/file", "good", 4);
}

static void
test_beneath (void)
{
  check_names ();
  check_symlinks ();
  check_making ();
}

static void
forbid_openat2 (int error_number)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (guint32) error_number),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = { G_N_ELEMENTS (code), code };

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
  g_assert_cmpint (syscall (SYS_openat2, 0, 0, 0, 0), ==, -1);
  g_assert_cmpint (errno, ==, error_number);
}

static void
test_old_kernel_child (void)
{
  forbid_openat2 (ENOSYS);
  test_beneath ();
}

static void
test_old_sandbox_child (void)
{
  forbid_openat2 (EPERM);
  test_beneath ();
}

static void
test_old_kernel (void)
{
  g_test_trap_subprocess ("/disk/file-set/old-kernel/subprocess", 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_old_sandbox (void)
{
  g_test_trap_subprocess ("/disk/file-set/old-sandbox/subprocess", 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* Through a storage. */

static const BtDraftFile one[] = { { "d/file", 1000 } };

static void
assert_in_the_way (FtDisk *disk)
{
  guint8 byte;
  gboolean ok = TRUE;

  ft_assert_disk_error (ft_disk_write_content (disk, 0, 1000), BT_ERROR_DISK);
  ft_assert_disk_error (ft_disk_read (disk, 0, &byte, 1), BT_ERROR_DISK);
  ft_assert_disk_error (ft_disk_check (disk, 0, &ok), BT_ERROR_DISK);
  g_assert_false (ok);
}

/* None of these blocks, is opened, or is taken for a drive that is gone. */
static void
test_in_the_way (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (one, 1, 16384);
  g_autofree char *path = ft_disk_path (disk, "root/t/d/file");
  g_autofree char *folder = g_path_get_dirname (path);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_cmpint (mkfifo (path, 0666), ==, 0);
  assert_in_the_way (disk);
  g_remove (path);

  g_assert_cmpint (g_mkdir (path, 0777), ==, 0);
  assert_in_the_way (disk);
  g_remove (path);

  g_assert_cmpint (symlink ("/etc/passwd", path), ==, 0);
  assert_in_the_way (disk);
  g_remove (path);

  fd = socket (AF_UNIX, SOCK_STREAM, 0);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  assert_in_the_way (disk);
  close (fd);
  g_remove (path);

  if (mknod (path, S_IFCHR | 0666, 0x0103) == 0) /* /dev/null */
    assert_in_the_way (disk);
  g_remove (path);

  g_rmdir (folder);
  g_assert_cmpint (symlink ("..", folder), ==, 0);
  assert_in_the_way (disk);
  g_assert_cmpint (ft_disk_size_of (disk, "root/file"), ==, -1);
  g_remove (folder);
  ft_disk_write_all (disk);
}

static BtFileStore *
store_of (FtDisk *disk)
{
  return ((BtFileStorage *) disk->storage)->store;
}

static void
test_least_recently_used (void)
{
  enum
  {
    MAX = 4
  };
  static const BtDraftFile ten[] = {
    { "0", 10 }, { "1", 10 }, { "2", 10 }, { "3", 10 }, { "4", 10 },
    { "5", 10 }, { "6", 10 }, { "7", 10 }, { "8", 10 }, { "9", 10 },
  };
  g_autoptr (FtDisk) disk = ft_disk_new (ten, 10, 16384);
  BtFileSet *set = bt_file_set_new (MAX);
  const BtStorageConfig config = { disk->root, NULL };
  BtFileStore *store = bt_file_store_new (disk->metainfo, &config, set, 1);
  BtOpenFile *open[6];
  int fd;

  for (guint32 i = 0; i < 10; i++)
    {
      open[0] = bt_file_set_acquire_in_disk (set, store, i, BT_OPEN_WRITE, NULL);
      g_assert_nonnull (open[0]);
      bt_file_set_release_in_disk (set, open[0]);
      g_assert_cmpuint (bt_file_set_n_open (set), ==, MIN (i + 1, MAX));
    }
  g_assert_null (store->files[5].open);
  g_assert_nonnull (store->files[6].open);

  /* 6 is used again, so 7 is the one to go. */
  bt_file_set_release_in_disk (set,
                               bt_file_set_acquire_in_disk (set, store, 6, BT_OPEN_READ, NULL));
  bt_file_set_release_in_disk (set,
                               bt_file_set_acquire_in_disk (set, store, 0, BT_OPEN_READ, NULL));
  g_assert_nonnull (store->files[6].open);
  g_assert_null (store->files[7].open);

  /* Those in use stay, however many. */
  for (guint32 i = 0; i < 6; i++)
    open[i] = bt_file_set_acquire_in_disk (set, store, i, BT_OPEN_READ, NULL);
  g_assert_cmpuint (bt_file_set_n_open (set), ==, 6);
  for (guint32 i = 0; i < 6; i++)
    bt_file_set_release_in_disk (set, open[i]);
  g_assert_cmpuint (bt_file_set_n_open (set), ==, 6);

  /* Opened for reading, then for writing: who reads keeps his until he is done. */
  bt_file_set_close_store_in_disk (set, store);
  g_assert_cmpuint (bt_file_set_n_open (set), ==, 0);
  open[0] = bt_file_set_acquire_in_disk (set, store, 0, BT_OPEN_READ, NULL);
  open[1] = bt_file_set_acquire_in_disk (set, store, 0, BT_OPEN_WRITE, NULL);
  g_assert_true (open[0] != open[1] && !open[0]->writable && open[1]->writable);
  open[2] = bt_file_set_acquire_in_disk (set, store, 0, BT_OPEN_READ, NULL);
  g_assert_true (open[2] == open[1]);
  fd = open[0]->fd;
  g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);
  bt_file_set_release_in_disk (set, open[0]);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
  bt_file_set_release_in_disk (set, open[1]);
  bt_file_set_release_in_disk (set, open[2]);
  g_assert_cmpuint (bt_file_set_n_open (set), ==, 1);

  bt_file_store_close_in_disk (store);
  bt_file_store_free (store);
  bt_file_set_free (set);
}

/* Without descriptors, those that are idle make room. */
static void
test_out_of_descriptors_child (void)
{
  enum
  {
    N = 60
  };
  BtDraftFile files[N];
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (int));
  const struct rlimit limit = { 120, 120 };
  FtDisk *disk;
  int fd;

  for (guint i = 0; i < N; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("%u", i));
      files[i] = (BtDraftFile){ names->pdata[i], 20000 };
    }
  disk = ft_disk_new (files, N, 16384);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  ft_disk_write_all (disk);
  g_assert_cmpuint (bt_file_set_n_open (bt_disk_get_file_set (disk->disk)), ==, N);
  while ((fd = dup (STDERR_FILENO)) >= 0)
    g_array_append_val (taken, fd);
  g_assert_cmpint (errno, ==, EMFILE);
  ft_disk_close (disk);
  ft_disk_open (disk, NULL);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  while ((fd = dup (STDERR_FILENO)) >= 0)
    g_array_append_val (taken, fd);
  ft_disk_write_all (disk);
  for (guint i = 0; i < taken->len; i++)
    close (g_array_index (taken, int, i));
  ft_disk_free (disk);
}

static void
test_out_of_descriptors (void)
{
  g_test_trap_subprocess ("/disk/file-set/out-of-descriptors/subprocess", 0,
                          G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

typedef struct
{
  BtFileSet *set;
  BtOpenFile *open;
} Use;

static gpointer
release_later (gpointer data)
{
  Use *use = data;

  g_usleep (50000); /* most likely it is waited for by now */
  bt_file_set_release_in_disk (use->set, use->open);
  return NULL;
}

/* The last descriptor is in use by another worker, who is waited for. */
static void
test_wait_for_room_child (void)
{
  static const BtDraftFile two[] = { { "0", 10 }, { "1", 10 } };
  const struct rlimit limit = { 120, 120 };
  g_autoptr (FtDisk) disk = ft_disk_new (two, 2, 16384);
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (int));
  const BtStorageConfig config = { disk->root, NULL };
  Use use = { .set = bt_file_set_new (4) };
  BtFileStore *store = bt_file_store_new (disk->metainfo, &config, use.set, 1);
  g_autoptr (GError) error = NULL;
  BtOpenFile *open;
  GThread *other;
  int fd;

  ft_disk_write_all (disk);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  use.open = bt_file_set_acquire_in_disk (use.set, store, 0, BT_OPEN_READ, NULL);
  g_assert_nonnull (use.open);
  other = g_thread_new ("other", release_later, &use);
  while ((fd = dup (STDERR_FILENO)) >= 0)
    g_array_append_val (taken, fd);
  g_assert_cmpint (errno, ==, EMFILE);
  open = bt_file_set_acquire_in_disk (use.set, store, 1, BT_OPEN_READ, &error);
  g_thread_join (other);
  g_assert_no_error (error);
  for (guint i = 0; i < taken->len; i++)
    close (g_array_index (taken, int, i));
  bt_file_set_release_in_disk (use.set, open);
  bt_file_store_close_in_disk (store);
  bt_file_store_free (store);
  bt_file_set_free (use.set);
}

static void
test_wait_for_room (void)
{
  g_test_trap_subprocess ("/disk/file-set/wait-for-room/subprocess", 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* What is only read or checked is opened for nothing else, so no time of it changes. */
static void
test_read_only_use (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (one, 1, 16384);
  guint8 byte;

  ft_disk_put (disk, "root/t/d/file", disk->content, 1000);
  g_assert_true (ft_disk_is_ok (disk, 0));
  ft_assert_no_disk_error (ft_disk_read (disk, 5, &byte, 1));
  g_assert_false (store_of (disk)->files[0].open->writable);
  ft_assert_no_disk_error (ft_disk_write_content (disk, 0, 1));
  g_assert_true (store_of (disk)->files[0].open->writable);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);

  g_test_add_func ("/disk/file-set/beneath", test_beneath);
  g_test_add_func ("/disk/file-set/old-kernel", test_old_kernel);
  g_test_add_func ("/disk/file-set/old-kernel/subprocess", test_old_kernel_child);
  g_test_add_func ("/disk/file-set/old-sandbox", test_old_sandbox);
  g_test_add_func ("/disk/file-set/old-sandbox/subprocess", test_old_sandbox_child);
  g_test_add_func ("/disk/file-set/in-the-way", test_in_the_way);
  g_test_add_func ("/disk/file-set/least-recently-used", test_least_recently_used);
  g_test_add_func ("/disk/file-set/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/disk/file-set/out-of-descriptors/subprocess", test_out_of_descriptors_child);
  g_test_add_func ("/disk/file-set/wait-for-room", test_wait_for_room);
  g_test_add_func ("/disk/file-set/wait-for-room/subprocess", test_wait_for_room_child);
  g_test_add_func ("/disk/file-set/read-only-use", test_read_only_use);
  return ft_disk_test_run ();
}
