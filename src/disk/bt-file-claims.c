/* bt-file-claims.c: which file on the disk is whose, whatever names lead to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"
#include "bt-text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A file is known by its device and inode number, so by whatever link, mount or second name it is reached. It belongs
 * to the first store that has it, and only that one may write to it; further ones may read, so that torrents with the
 * same data can be seeded from one file. A store that made the file goes before those that found it. What is claimed
 * stays so until the store is freed or its files are looked at anew, open or not.
 *
 * Inode numbers are used again, and some file systems make them up: so before anybody is refused, it is seen that the
 * path of the first still leads to the very file. */

#define NAME_BYTES 200

typedef enum
{
  STANDING_NONE,
  STANDING_FIRST,
  STANDING_LATER,
} Standing;

struct _BtFileClaims
{
  pthread_mutex_t lock; /* never held while a disk is waited for */
  GHashTable *firsts;   /* of BtStoreFile, by what it is on the disk: a set. Those after it by @next */
};

static guint
hash_file (gconstpointer key)
{
  const BtStoreFile *file = key;

  return (guint) (file->ino ^ file->ino >> 32) * 0x9e3779b1u ^ file->device;
}

static gboolean
is_same_file (gconstpointer a, gconstpointer b)
{
  const BtStoreFile *one = a, *other = b;

  return one->ino == other->ino && one->device == other->device;
}

BtFileClaims *
bt_file_claims_new (void)
{
  BtFileClaims *claims = g_new0 (BtFileClaims, 1);

  pthread_mutex_init (&claims->lock, NULL);
  claims->firsts = g_hash_table_new (hash_file, is_same_file);
  return claims;
}

void
bt_file_claims_free (BtFileClaims *claims)
{
  g_assert (g_hash_table_size (claims->firsts) == 0);
  g_hash_table_unref (claims->firsts);
  pthread_mutex_destroy (&claims->lock);
  g_free (claims);
}

/* What follows is done under the lock. */

/* The kernel's own device numbers have 32 bits. */
static guint32
shorten_device (dev_t device)
{
  return major (device) << 20 | minor (device);
}

static void
put_first (BtFileClaims *claims, BtStoreFile *file)
{
  g_hash_table_add (claims->firsts, file);
  atomic_store (&file->standing, STANDING_FIRST);
}

static void
leave (BtFileClaims *claims, BtStoreFile *file)
{
  BtStoreFile *first;

  if (file->claimant == NULL)
    return;
  first = g_hash_table_lookup (claims->firsts, file);
  if (first == file && file->next != NULL)
    put_first (claims, file->next);
  else if (first == file)
    g_hash_table_remove (claims->firsts, file);
  while (first != file && first->next != file)
    first = first->next;
  if (first != file)
    first->next = file->next;
  file->next = NULL;
  file->claimant = NULL;
  atomic_store (&file->standing, STANDING_NONE);
}

/* @made: just now, so whoever had this number before has it no more */
static void
enter (BtFileClaims *claims, BtFileStore *store, BtStoreFile *file, const struct stat *info, gboolean made)
{
  BtStoreFile *first;

  file->ino = info->st_ino;
  file->device = shorten_device (info->st_dev);
  while (made && (first = g_hash_table_lookup (claims->firsts, file)) != NULL)
    leave (claims, first);
  first = g_hash_table_lookup (claims->firsts, file);
  file->claimant = store;
  if (first == NULL || (atomic_load (&file->created) && !atomic_load (&first->created)))
    {
      file->next = first;
      put_first (claims, file);
      if (first != NULL)
        atomic_store (&first->standing, STANDING_LATER);
      return;
    }
  atomic_store (&file->standing, STANDING_LATER);
  while (first->next != NULL)
    first = first->next;
  first->next = file;
}

static void
claim (BtFileClaims *claims, BtFileStore *store, BtStoreFile *file, const struct stat *info, gboolean made)
{
  if (!made && file->claimant != NULL && file->ino == info->st_ino && file->device == shorten_device (info->st_dev))
    return;
  leave (claims, file);
  enter (claims, store, file, info, made);
}

/* Refusing. */

/* Who has the file, as of when the lock was held. */
typedef struct
{
  BtStoreFile *file;
  guint64 id;
  char *root;
  char *path;
  char *name;
} Owner;

static void
clear_owner (Owner *owner)
{
  g_free (owner->root);
  g_free (owner->path);
  g_free (owner->name);
}

/* Under the lock. Those that were let go only finish what was asked for before. FALSE: no other store goes before. */
static gboolean
find_owner (BtFileClaims *claims, BtStoreFile *file, Owner *owner)
{
  BtStoreFile *first = g_hash_table_lookup (claims->firsts, file);
  BtFileStore *store;

  while (first->claimant != file->claimant && atomic_load (&first->claimant->abandoned))
    {
      leave (claims, first);
      first = g_hash_table_lookup (claims->firsts, file);
    }
  store = first->claimant;
  if (store == file->claimant)
    return FALSE;
  owner->file = first;
  owner->id = store->id;
  owner->root = g_strdup (store->root);
  owner->path = g_strdup (bt_file_store_path (store, (guint32) (first - store->files)));
  owner->name = bt_text_for_display (store->metainfo->name, strlen (store->metainfo->name), NAME_BYTES);
  return TRUE;
}

static int
open_path (const Owner *owner)
{
  int root_fd = open (owner->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = root_fd >= 0 ? bt_beneath_open (root_fd, owner->path, O_PATH) : -1;
  int saved = errno;

  if (root_fd >= 0)
    close (root_fd);
  errno = saved;
  return fd;
}

/* Whether its path leads to what is open as @fd. Both are open meanwhile, so neither number can be used again. If it
 * cannot be seen, it may. */
static gboolean
leads_to (const Owner *owner, BtFileSet *set, int fd)
{
  struct stat here, there;
  gboolean same;
  int path_fd = open_path (owner);

  if (path_fd < 0 && bt_file_set_make_room_in_disk (set, errno))
    path_fd = open_path (owner);
  if (path_fd < 0)
    return errno != ENOENT && errno != ENOTDIR && errno != ELOOP;
  same = fstat (fd, &here) != 0 || fstat (path_fd, &there) != 0
         || (here.st_ino == there.st_ino && here.st_dev == there.st_dev);
  close (path_fd);
  return same;
}

static void
set_taken_error (BtFileStore *store, guint32 file, const Owner *owner, GError **error)
{
  g_autofree char *path = g_build_filename (store->root, bt_file_store_path (store, file), NULL);
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, BT_ERROR, BT_ERROR_TAKEN, "“%s” is also a file of “%s”", shown, owner->name);
}

/* It may be another one meanwhile, or none. */
static void
drop_owner (BtFileClaims *claims, BtStoreFile *file, const Owner *owner)
{
  BtStoreFile *first;

  pthread_mutex_lock (&claims->lock);
  first = g_hash_table_lookup (claims->firsts, file);
  if (first == owner->file && first->claimant->id == owner->id)
    leave (claims, first);
  pthread_mutex_unlock (&claims->lock);
}

/* The calls. */

void
bt_file_claims_note_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, const struct stat *info)
{
  BtStoreFile *self = &store->files[file];

  pthread_mutex_lock (&claims->lock);
  if (info != NULL)
    claim (claims, store, self, info, FALSE);
  else
    leave (claims, self);
  pthread_mutex_unlock (&claims->lock);
}

gboolean
bt_file_claims_take_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, int fd, const struct stat *info,
                             gboolean made, GError **error)
{
  BtStoreFile *self = &store->files[file];

  for (;;)
    {
      Owner owner = { 0 };
      gboolean refused;

      pthread_mutex_lock (&claims->lock);
      claim (claims, store, self, info, made);
      refused = find_owner (claims, self, &owner);
      pthread_mutex_unlock (&claims->lock);
      if (!refused)
        return TRUE;
      refused = leads_to (&owner, store->set, fd);
      if (refused)
        {
          set_taken_error (store, file, &owner, error);
          bt_file_claims_note_in_disk (claims, store, file, NULL);
        }
      else
        drop_owner (claims, self, &owner);
      clear_owner (&owner);
      if (refused)
        return FALSE;
    }
}

gboolean
bt_file_claims_may_write (BtFileStore *store, guint32 file)
{
  return atomic_load (&store->files[file].standing) == STANDING_FIRST;
}

void
bt_file_claims_set_names (BtFileClaims *claims, BtFileStore *store, char **names)
{
  char **old;

  pthread_mutex_lock (&claims->lock);
  old = store->names;
  store->names = names;
  pthread_mutex_unlock (&claims->lock);
  bt_file_store_free_names (old, store->metainfo->n_files);
}

void
bt_file_claims_drop (BtFileClaims *claims, BtFileStore *store)
{
  pthread_mutex_lock (&claims->lock);
  for (guint32 i = 0; i <= store->metainfo->n_files; i++)
    leave (claims, &store->files[i]);
  pthread_mutex_unlock (&claims->lock);
}
