/* ft-power.c: what is on a disk after the power was cut, as it follows from what was done before.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-power.h"

#include "bt-random.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The size of what a disk writes all or none of. */
#define SECTOR 512u

typedef enum
{
  OP_MAKE,   /* a file, or a folder when it has no object */
  OP_RENAME,
  OP_REMOVE, /* a file, or a folder when it has no object */
  OP_WRITE,
  OP_RESIZE,
  OP_PUNCH,
  OP_TIME,
  OP_SYNC,   /* of an object, of a folder, or, when it has neither, of all */
} OpKind;

typedef struct
{
  OpKind kind;
  guint object;  /* 0: none */
  gboolean data_only;
  char *path;    /* (nullable) */
  char *to;      /* (nullable) */
  guint64 offset;
  guint64 length;
  GBytes *bytes; /* (nullable) */
  struct timespec time; /* of the object after it */
} Op;

struct _FtPower
{
  char *root;
  GPtrArray *ops;      /* of Op */
  GArray *syncs;       /* of guint: where in @ops */
  GHashTable *objects; /* inode -> number of the object it is now */
  guint n_objects;
};

static void
free_op (gpointer data)
{
  Op *op = data;

  g_free (op->path);
  g_free (op->to);
  g_clear_pointer (&op->bytes, g_bytes_unref);
  g_free (op);
}

/* Writing down. */

static Op *
add_op (FtPower *self, OpKind kind)
{
  Op *op = g_new0 (Op, 1);

  op->kind = kind;
  g_ptr_array_add (self->ops, op);
  return op;
}

static Op *
add_fd_op (FtPower *self, OpKind kind, int fd)
{
  struct stat info;
  gpointer object;
  Op *op;

  g_assert_no_errno (fstat (fd, &info));
  object = g_hash_table_lookup (self->objects, GUINT_TO_POINTER (info.st_ino));
  if (object == NULL)
    return NULL;
  op = add_op (self, kind);
  op->object = GPOINTER_TO_UINT (object);
  op->time = info.st_mtim;
  return op;
}

void
ft_power_made (FtPower *self, const char *path, int fd)
{
  Op *op = add_op (self, OP_MAKE);
  struct stat info;

  op->path = g_strdup (path);
  if (fd < 0)
    return;
  g_assert_no_errno (fstat (fd, &info));
  op->object = ++self->n_objects;
  op->time = info.st_mtim;
  g_hash_table_insert (self->objects, GUINT_TO_POINTER (info.st_ino), GUINT_TO_POINTER (op->object));
}

void
ft_power_renamed (FtPower *self, const char *from, const char *to)
{
  Op *op = add_op (self, OP_RENAME);

  op->path = g_strdup (from);
  op->to = g_strdup (to);
}

void
ft_power_removed (FtPower *self, const char *path, gboolean folder)
{
  Op *op = add_op (self, OP_REMOVE);

  op->path = g_strdup (path);
  op->object = folder ? 0 : 1;
}

void
ft_power_written (FtPower *self, int fd, guint64 offset, const void *data, gsize length)
{
  Op *op = add_fd_op (self, OP_WRITE, fd);

  if (op == NULL)
    return;
  op->offset = offset;
  op->length = length;
  op->bytes = g_bytes_new (data, length);
}

void
ft_power_resized (FtPower *self, int fd, guint64 size)
{
  Op *op = add_fd_op (self, OP_RESIZE, fd);

  if (op != NULL)
    op->length = size;
}

void
ft_power_punched (FtPower *self, int fd, guint64 offset, guint64 length)
{
  Op *op = add_fd_op (self, OP_PUNCH, fd);

  if (op == NULL)
    return;
  op->offset = offset;
  op->length = length;
}

void
ft_power_timed (FtPower *self, int fd)
{
  add_fd_op (self, OP_TIME, fd);
}

void
ft_power_synced (FtPower *self, int fd, const char *path, gboolean data_only)
{
  struct stat info;
  Op *op;

  g_assert_no_errno (fstat (fd, &info));
  g_array_append_val (self->syncs, self->ops->len);
  op = add_op (self, OP_SYNC);
  op->data_only = data_only;
  if (S_ISDIR (info.st_mode))
    op->path = g_strdup (path);
  else
    op->object = GPOINTER_TO_UINT (g_hash_table_lookup (self->objects, GUINT_TO_POINTER (info.st_ino)));
  g_assert_true (op->path != NULL || op->object != 0);
}

void
ft_power_synced_all (FtPower *self)
{
  g_array_append_val (self->syncs, self->ops->len);
  add_op (self, OP_SYNC);
}

guint
ft_power_now (const FtPower *self)
{
  return self->ops->len;
}

guint
ft_power_n_syncs (const FtPower *self)
{
  return self->syncs->len;
}

guint
ft_power_sync (const FtPower *self, guint i)
{
  return g_array_index (self->syncs, guint, i);
}

/* The begin. */

static void
note_file (FtPower *self, const char *path)
{
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  ft_power_made (self, path, fd);
  ft_power_written (self, fd, 0, contents, length);
  close (fd);
}

static void
note_tree (FtPower *self, const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      note_file (self, path);
      return;
    }
  if (strcmp (path, self->root) != 0)
    ft_power_made (self, path, -1);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      note_tree (self, child);
    }
}

FtPower *
ft_power_new (const char *root)
{
  FtPower *self = g_new0 (FtPower, 1);

  self->root = g_strdup (root);
  self->ops = g_ptr_array_new_with_free_func (free_op);
  self->syncs = g_array_new (FALSE, FALSE, sizeof (guint));
  self->objects = g_hash_table_new (NULL, NULL);
  note_tree (self, root);
  add_op (self, OP_SYNC);
  return self;
}

void
ft_power_free (FtPower *self)
{
  g_ptr_array_unref (self->ops);
  g_array_unref (self->syncs);
  g_hash_table_unref (self->objects);
  g_free (self->root);
  g_free (self);
}

/* The cut. */

typedef struct
{
  FtPower *power;
  guint moment;
  FtLoss loss;
  BtRandom random;
  guint names_end;  /* names that were changed before this are as they were left */
  guint *synced;    /* of each object: what was done before this is on the platter, its times excepted */
  guint *all_synced; /* and its times */
  int *fds;         /* of each object; -1: it is lost */
  struct timespec *times;
} Cut;

static gboolean
is_parent (const char *folder, const char *path)
{
  gsize length = strlen (folder);

  return path != NULL && strncmp (path, folder, length) == 0 && path[length] == '/'
         && strchr (path + length + 1, '/') == NULL;
}

static gboolean
is_name_op (const Op *op)
{
  return op->kind == OP_MAKE || op->kind == OP_RENAME || op->kind == OP_REMOVE;
}

static void
find_synced (Cut *cut, guint at, const Op *sync)
{
  FtPower *power = cut->power;

  if (sync->object != 0)
    {
      cut->synced[sync->object] = at;
      if (!sync->data_only)
        cut->all_synced[sync->object] = at;
      return;
    }
  for (guint i = 1; sync->path == NULL && i <= power->n_objects; i++)
    cut->synced[i] = cut->all_synced[i] = at;
  for (guint i = at; i > cut->names_end; i--)
    {
      const Op *op = g_ptr_array_index (power->ops, i - 1);

      if (is_name_op (op)
          && (sync->path == NULL || is_parent (sync->path, op->path) || is_parent (sync->path, op->to)))
        cut->names_end = i;
    }
}

/* How much of the names that were not synced is there. */
static void
draw_names_end (Cut *cut)
{
  if (cut->loss == FT_LOSS_NOTHING)
    cut->names_end = cut->moment;
  else if (cut->loss == FT_LOSS_SOME)
    cut->names_end += bt_random_below (&cut->random, cut->moment - cut->names_end + 1);
}

/* Whether something that was not synced is there. */
static gboolean
survives (Cut *cut)
{
  switch (cut->loss)
    {
    case FT_LOSS_NOTHING:
      return TRUE;
    case FT_LOSS_ALL:
      return FALSE;
    case FT_LOSS_SOME:
    case FT_N_LOSSES:
    default:
      return bt_random_below (&cut->random, 3) != 0;
    }
}

static void
do_name_op (Cut *cut, const Op *op)
{
  switch (op->kind)
    {
    case OP_MAKE:
      if (op->object == 0)
        g_assert_no_errno (g_mkdir (op->path, 0755));
      else
        cut->fds[op->object] = g_open (op->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
      g_assert_true (op->object == 0 || cut->fds[op->object] >= 0);
      break;
    case OP_RENAME:
      g_assert_no_errno (g_rename (op->path, op->to));
      break;
    case OP_REMOVE:
    default:
      g_assert_no_errno (op->object == 0 ? g_rmdir (op->path) : g_unlink (op->path));
      break;
    }
}

static void
write_all (int fd, guint64 offset, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gssize n = pwrite (fd, data, length, (off_t) offset);

      g_assert_cmpint (n, >, 0);
      data += n;
      offset += (gsize) n;
      length -= (gsize) n;
    }
}

/* Some of its sectors got there, in no order. */
static void
tear (Cut *cut, int fd, const Op *op, const guint8 *data)
{
  for (guint64 at = 0; at < op->length;)
    {
      guint64 n_sectors = 1 + bt_random_below (&cut->random, 16);
      guint64 end = ((op->offset + at) / SECTOR + n_sectors) * SECTOR - op->offset;

      end = MIN (end, op->length);
      if (bt_random_below (&cut->random, 2) == 0)
        write_all (fd, op->offset + at, data + at, end - at);
      at = end;
    }
}

static void
do_data_op (Cut *cut, guint at, const Op *op)
{
  int fd = cut->fds[op->object];
  gboolean synced = at < (op->kind == OP_TIME ? cut->all_synced : cut->synced)[op->object];
  gboolean is_there = synced || survives (cut);

  if (fd < 0)
    return;
  if (at < cut->all_synced[op->object] || survives (cut))
    cut->times[op->object] = op->time;
  if (op->kind == OP_WRITE)
    {
      const guint8 *data = g_bytes_get_data (op->bytes, NULL);

      if (is_there && !synced && cut->loss == FT_LOSS_SOME && bt_random_below (&cut->random, 3) == 0)
        tear (cut, fd, op, data);
      else if (is_there)
        write_all (fd, op->offset, data, op->length);
    }
  else if (op->kind == OP_RESIZE && is_there)
    g_assert_no_errno (ftruncate (fd, (off_t) op->length));
  else if (op->kind == OP_PUNCH && is_there)
    g_assert_no_errno (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) op->offset,
                                  (off_t) op->length));
}

static void
empty_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        empty_folder (child);
      g_remove (child);
    }
}

static void
finish_files (Cut *cut)
{
  for (guint i = 1; i <= cut->power->n_objects; i++)
    {
      const struct timespec times[2] = { cut->times[i], cut->times[i] };

      if (cut->fds[i] < 0)
        continue;
      g_assert_no_errno (futimens (cut->fds[i], times));
      close (cut->fds[i]);
    }
}

/* For somebody who looks into a cut that failed. */
void
ft_power_tell (const FtPower *self, guint from, guint to)
{
  static const char *const kinds[] = { "make", "rename", "remove", "write", "resize", "punch", "time", "sync" };

  for (guint i = from; i < MIN (to, self->ops->len); i++)
    {
      const Op *op = g_ptr_array_index (self->ops, i);

      g_printerr ("%u: %s %u %s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", i, kinds[op->kind], op->object,
                  op->path != NULL ? op->path : "", op->to != NULL ? op->to : "", op->offset, op->length);
    }
}

void
ft_power_cut (FtPower *self, guint moment, FtLoss loss, guint64 seed)
{
  gsize n = (gsize) self->n_objects + 1;
  g_autofree guint *synced = g_new0 (guint, n);
  g_autofree guint *all_synced = g_new0 (guint, n);
  g_autofree int *fds = g_new (int, n);
  g_autofree struct timespec *times = g_new0 (struct timespec, n);
  Cut cut = { .power = self, .moment = moment, .loss = loss, .synced = synced, .all_synced = all_synced, .fds = fds,
              .times = times };

  g_assert_cmpuint (moment, <=, self->ops->len);
  bt_random_seed (&cut.random, seed);
  memset (fds, 0xff, n * sizeof *fds);
  empty_folder (self->root);
  for (guint i = 0; i < moment; i++)
    {
      const Op *op = g_ptr_array_index (self->ops, i);

      if (op->kind == OP_SYNC)
        find_synced (&cut, i, op);
    }
  draw_names_end (&cut);
  for (guint i = 0; i < moment; i++)
    {
      const Op *op = g_ptr_array_index (self->ops, i);

      if (is_name_op (op) && i < cut.names_end)
        do_name_op (&cut, op);
      if (op->kind == OP_MAKE && op->object != 0)
        times[op->object] = op->time;
      else if (op->kind >= OP_WRITE && op->kind < OP_SYNC)
        do_data_op (&cut, i, op);
    }
  finish_files (&cut);
}
