/* bt-file-set.c: the open files of all torrents, the least recently used closed first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors in use may go beyond @max_open for a moment; idle ones never do. */
struct _BtFileSet
{
  pthread_mutex_t lock;
  pthread_cond_t freed; /* one is idle, or was closed */
  BtFileClaims *claims;
  BtRests *rests;
  guint max_open;
  guint n_open;
  guint n_closing; /* no longer open to anybody, but still with a descriptor */
  guint n_lent;    /* times that a file is in use outside */
  int sink;        /* what is written to it is gone; -1: there is none, so nothing is lent */
  GQueue idle;     /* of BtOpenFile, by their own links, the least recently used first */
  GQueue returned; /* those that were given back when they were nobody's any more: the next worker closes them */
};

BtFileSet *
bt_file_set_new (guint max_open)
{
  BtFileSet *set = g_new0 (BtFileSet, 1);

  pthread_mutex_init (&set->lock, NULL);
  pthread_cond_init (&set->freed, NULL);
  set->rests = bt_rests_new ();
  set->claims = bt_file_claims_new (set->rests);
  set->max_open = max_open;
  set->sink = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  g_queue_init (&set->idle);
  g_queue_init (&set->returned);
  return set;
}

guint
bt_file_set_n_open (BtFileSet *set)
{
  guint n;

  pthread_mutex_lock (&set->lock);
  n = set->n_open;
  pthread_mutex_unlock (&set->lock);
  return n;
}

/* Under the lock: @link is of an open file that nobody uses. */
static void
add_closing (BtFileSet *set, GQueue *closing, GList *link)
{
  g_queue_push_tail_link (closing, link);
  set->n_closing++;
}

/* Under the lock: nobody finds it any more. It goes to @closing (a list by its own link) if nobody
 * uses it, else its last user closes it. */
static void
detach (BtFileSet *set, BtOpenFile *open, GQueue *closing)
{
  BtStoreFile *slot = &open->store->files[open->file];

  if (slot->open == open)
    slot->open = NULL;
  open->detached = TRUE;
  set->n_open--;
  if (open->users == 0)
    {
      g_queue_unlink (&set->idle, &open->link);
      add_closing (set, closing, &open->link);
    }
}

/* Without the lock: close() may wait for a file server. */
static void
close_all (BtFileSet *set, GQueue *closing)
{
  GList *link;

  while ((link = g_queue_pop_head_link (closing)) != NULL)
    {
      BtOpenFile *open = link->data;

      close (open->fd);
      g_free (open);
      pthread_mutex_lock (&set->lock);
      set->n_closing--;
      pthread_cond_broadcast (&set->freed);
      pthread_mutex_unlock (&set->lock);
    }
}

void
bt_file_set_free (BtFileSet *set)
{
  g_assert (set->n_open == 0 && set->n_lent == 0);
  close_all (set, &set->returned);
  if (set->sink >= 0)
    close (set->sink);
  bt_file_claims_free (set->claims);
  bt_rests_free (set->rests);
  pthread_cond_destroy (&set->freed);
  pthread_mutex_destroy (&set->lock);
  g_free (set);
}

BtFileClaims *
bt_file_set_get_claims (BtFileSet *set)
{
  return set->claims;
}

BtRests *
bt_file_set_get_rests (BtFileSet *set)
{
  return set->rests;
}

int
bt_file_set_sink (const BtFileSet *set)
{
  return set->sink;
}

/* Under the lock. */
static GQueue
steal_returned (BtFileSet *set)
{
  GQueue stolen = set->returned;

  g_queue_init (&set->returned);
  return stolen;
}

/* Under the lock. */
static void
detach_idle (BtFileSet *set, guint max_open, GQueue *closing)
{
  while (set->n_open > max_open && set->idle.head != NULL)
    detach (set, set->idle.head->data, closing);
}

static void
trim_idle (BtFileSet *set)
{
  GQueue closing = G_QUEUE_INIT;

  pthread_mutex_lock (&set->lock);
  detach_idle (set, set->max_open, &closing);
  pthread_mutex_unlock (&set->lock);
  close_all (set, &closing);
}

/* Under the lock: until a file that others use is idle, or one that they close is closed. Not for long: this thread may
 * be the one that uses them, and a file server that hangs must not hang all. */
static void
wait_for_others (BtFileSet *set)
{
  guint n_closing = set->n_closing;
  struct timespec until;

  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec++;
  while (set->idle.head == NULL && set->returned.head == NULL && set->n_closing >= n_closing
         && set->n_open + set->n_closing > 0)
    if (pthread_cond_timedwait (&set->freed, &set->lock, &until) != 0)
      return;
}

gboolean
bt_file_set_make_room_in_disk (BtFileSet *set, int error_number)
{
  GQueue closing;

  if (error_number != EMFILE && error_number != ENFILE)
    return FALSE;
  pthread_mutex_lock (&set->lock);
  closing = steal_returned (set);
  detach_idle (set, 0, &closing);
  if (closing.head == NULL)
    {
      wait_for_others (set);
      closing = steal_returned (set);
      detach_idle (set, 0, &closing);
    }
  pthread_mutex_unlock (&set->lock);
  close_all (set, &closing);
  return TRUE;
}

static BtOpenFile *
use_open (BtFileSet *set, BtFileStore *store, guint32 file, BtOpenMode mode)
{
  BtOpenFile *open;

  pthread_mutex_lock (&set->lock);
  open = store->files[file].open;
  if (open != NULL && mode == BT_OPEN_WRITE && (!open->writable || !bt_file_claims_may_write (store, file)))
    open = NULL;
  if (open != NULL && open->users++ == 0)
    g_queue_unlink (&set->idle, &open->link);
  pthread_mutex_unlock (&set->lock);
  return open;
}

static int
open_by_name (BtFileStore *store, guint32 file, BtOpenMode mode, int root_fd, gboolean *made)
{
  const char *path = bt_file_store_path (store, file);
  int fd = bt_beneath_open (root_fd, path, mode == BT_OPEN_WRITE ? O_RDWR : O_RDONLY);

  if (fd >= 0 || errno != ENOENT || mode != BT_OPEN_WRITE)
    return fd;
  fd = bt_beneath_create (root_fd, path, O_RDWR);
  if (fd >= 0)
    {
      *made = TRUE;
      atomic_store (&store->files[file].created, TRUE);
      atomic_store (&store->files[file].fresh, TRUE);
      return fd;
    }
  /* Another worker was faster. */
  return errno == EEXIST ? bt_beneath_open (root_fd, path, O_RDWR) : -1;
}

static void
set_not_regular_error (BtFileStore *store, guint32 file, GError **error)
{
  g_autofree char *path = g_build_filename (store->root, bt_file_store_path (store, file), NULL);
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, BT_ERROR, BT_ERROR_DISK, "“%s” is in the way: it is not a regular file",
               shown);
}

static void
set_open_error (BtFileStore *store,
                guint32 file,
                int root_fd,
                int error_number,
                BtOpenMode mode,
                GError **error)
{
  const char *path = bt_file_store_path (store, file);
  struct stat info;

  /* Opening a socket or a device gives errors that would be taken for a drive that is gone. */
  if (bt_beneath_stat (root_fd, path, &info) == 0 && !S_ISREG (info.st_mode))
    set_not_regular_error (store, file, error);
  else if (error_number == ENOENT && mode == BT_OPEN_READ)
    g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "“%s/%s” does not exist", store->root, path);
  else
    bt_file_store_set_error (store, path, "open", error_number, error);
}

/* Reading is everybody's: torrents with the same data may be seeded from one file. */
static gboolean
claim_file (BtFileSet *set, BtFileStore *store, guint32 file, BtOpenMode mode, const struct stat *info, gboolean made,
            GError **error)
{
  if (mode == BT_OPEN_WRITE)
    return bt_file_claims_take_in_disk (set->claims, store, file, info, made, error);
  bt_file_claims_note_in_disk (set->claims, store, file, info);
  return TRUE;
}

static int
open_file (BtFileSet *set, BtFileStore *store, guint32 file, BtOpenMode mode, struct stat *info, GError **error)
{
  BtRootUse use = mode == BT_OPEN_WRITE ? BT_ROOT_MAKE : BT_ROOT_USE;
  int root_fd = bt_file_store_root_in_disk (store, use, error);
  gboolean made = FALSE;
  int fd;

  if (root_fd < 0)
    return -1;
  fd = open_by_name (store, file, mode, root_fd, &made);
  if (fd < 0 && bt_file_set_make_room_in_disk (set, errno))
    fd = open_by_name (store, file, mode, root_fd, &made);
  if (fd < 0 || fstat (fd, info) < 0)
    {
      set_open_error (store, file, root_fd, errno, mode, error);
    }
  else if (!S_ISREG (info->st_mode))
    {
      set_not_regular_error (store, file, error);
    }
  else if (claim_file (set, store, file, mode, info, made, error))
    {
      return fd;
    }
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
will_do (const BtOpenFile *open, const BtOpenFile *mine)
{
  return open->ino == mine->ino && open->device == mine->device && open->writable >= mine->writable;
}

/* Another worker may have opened the same file meanwhile. Its descriptor is used if it will do,
 * else ours takes its place. */
static BtOpenFile *
insert (BtFileSet *set, BtFileStore *store, guint32 file, BtOpenMode mode, int fd, const struct stat *info)
{
  BtOpenFile *mine = g_new0 (BtOpenFile, 1);
  BtStoreFile *slot = &store->files[file];
  GQueue closing = G_QUEUE_INIT;
  BtOpenFile *open;

  mine->store = store;
  mine->file = file;
  mine->fd = fd;
  mine->device = info->st_dev;
  mine->ino = info->st_ino;
  mine->writable = mode == BT_OPEN_WRITE;
  mine->link.data = mine;

  pthread_mutex_lock (&set->lock);
  open = slot->open;
  if (open != NULL && !will_do (open, mine))
    {
      detach (set, open, &closing);
      open = NULL;
    }
  if (open == NULL)
    {
      open = slot->open = mine;
      set->n_open++;
    }
  else
    {
      add_closing (set, &closing, &mine->link);
      if (open->users == 0)
        g_queue_unlink (&set->idle, &open->link);
    }
  open->users++;
  pthread_mutex_unlock (&set->lock);
  close_all (set, &closing);
  trim_idle (set);
  return open;
}

BtOpenFile *
bt_file_set_acquire_in_disk (BtFileSet *set,
                             BtFileStore *store,
                             guint32 file,
                             BtOpenMode mode,
                             GError **error)
{
  BtOpenFile *open = use_open (set, store, file, mode);
  struct stat info;
  int fd;

  if (open != NULL)
    return open;
  fd = open_file (set, store, file, mode, &info, error);
  return fd >= 0 ? insert (set, store, file, mode, fd, &info) : NULL;
}

/* Under the lock. FALSE: so much is lent that descriptors might run out. */
static gboolean
begin_loan (BtFileSet *set)
{
  gboolean may = set->n_lent < set->max_open / 2;

  set->n_lent += may;
  return may;
}

BtOpenFile *
bt_file_set_lend_open (BtFileSet *set, BtFileStore *store, guint32 file)
{
  BtOpenFile *open;

  pthread_mutex_lock (&set->lock);
  open = store->files[file].open;
  if (open != NULL && !begin_loan (set))
    open = NULL;
  if (open != NULL && open->users++ == 0)
    g_queue_unlink (&set->idle, &open->link);
  pthread_mutex_unlock (&set->lock);
  return open;
}

/* Under the lock. */
static void
end_use (BtFileSet *set, BtOpenFile *open, GQueue *closing)
{
  if (--open->users > 0)
    return;
  if (open->detached)
    add_closing (set, closing, &open->link);
  else
    g_queue_push_tail_link (&set->idle, &open->link);
  pthread_cond_signal (&set->freed);
}

void
bt_file_set_release_in_disk (BtFileSet *set, BtOpenFile *open)
{
  GQueue closing;

  pthread_mutex_lock (&set->lock);
  closing = steal_returned (set);
  end_use (set, open, &closing);
  pthread_mutex_unlock (&set->lock);
  close_all (set, &closing);
}

gboolean
bt_file_set_lend_in_disk (BtFileSet *set, BtOpenFile *open)
{
  gboolean may;

  pthread_mutex_lock (&set->lock);
  may = begin_loan (set);
  pthread_mutex_unlock (&set->lock);
  return may;
}

void
bt_file_set_give_back (BtFileSet *set, BtOpenFile *open)
{
  pthread_mutex_lock (&set->lock);
  set->n_lent--;
  end_use (set, open, &set->returned);
  pthread_mutex_unlock (&set->lock);
}

void
bt_file_set_close_store_in_disk (BtFileSet *set, BtFileStore *store)
{
  GQueue closing;

  pthread_mutex_lock (&set->lock);
  closing = steal_returned (set);
  for (guint32 i = 0; i <= store->metainfo->n_files; i++)
    if (store->files[i].open != NULL)
      detach (set, store->files[i].open, &closing);
  pthread_mutex_unlock (&set->lock);
  close_all (set, &closing);
}
