/* bt-file-claims.c: which file on the disk is whose, whatever names lead to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"
#include "bt-text.h"

#include <sys/sysmacros.h>

/* A file is known by its device and inode number, so by whatever link, mount or second name it is reached. It belongs
 * to the first store that has it, and only that one may write to it; further ones may read, so that torrents with the
 * same data can be seeded from one file. Before a store takes a file that it did not make, it is asked whether a torrent
 * has it that is at rest (bt-rests.c); what is its own once stays so, also after a restart, and goes before what others
 * only found. A store that made the file goes before all. What is claimed stays so until the store is freed or its
 * files are looked at anew, open or not.
 *
 * Inode numbers are used again, and some file systems make them up: so before anybody is refused, it is seen that the
 * path of the first still leads to the very file. Where all files have one number, none is claimed: paths decide. */

#define NAME_BYTES 200

typedef enum
{
  STANDING_NONE,
  STANDING_FIRST, /* but not asked yet whether a torrent at rest has it */
  STANDING_OWNER,
  STANDING_LATER,
} Standing;

struct _BtFileClaims
{
  pthread_mutex_t lock; /* never held while a disk is waited for */
  BtRests *rests;
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
bt_file_claims_new (BtRests *rests)
{
  BtFileClaims *claims = g_new0 (BtFileClaims, 1);

  pthread_mutex_init (&claims->lock, NULL);
  claims->rests = rests;
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

/* Whether it was its own before, and it is the same file still. */
static gboolean
is_known (const BtStoreFile *file)
{
  return file->known != 0 && (file->known & BT_INODE_NUMBER) == (file->ino & BT_INODE_NUMBER);
}

static gboolean
is_maker (const BtStoreFile *file)
{
  return is_known (file) && (file->known & BT_INODE_MADE) != 0;
}

static void
put_first (BtFileClaims *claims, BtStoreFile *file)
{
  g_hash_table_add (claims->firsts, file);
  atomic_store (&file->standing, is_known (file) ? STANDING_OWNER : STANDING_FIRST);
}

static void
put_later (BtStoreFile *file)
{
  file->known = 0;
  atomic_store (&file->standing, STANDING_LATER);
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

/* No file has the number of a folder, nor none. */
static gboolean
has_number (const BtFileStore *store, const struct stat *info)
{
  return info->st_ino != 0 && (info->st_ino != store->root_ino || info->st_dev != store->root_dev);
}

/* Just now, so whoever had this number before has it no more. */
static void
take_over (BtFileClaims *claims, BtStoreFile *file)
{
  BtStoreFile *first;

  while ((first = g_hash_table_lookup (claims->firsts, file)) != NULL)
    {
      leave (claims, first);
      first->known = 0;
    }
  file->known = (file->ino & BT_INODE_NUMBER) | BT_INODE_MADE;
}

static gboolean
goes_before (const BtStoreFile *file, const BtStoreFile *first)
{
  return first == NULL || (is_maker (file) && !is_maker (first)) || (is_known (file) && !is_known (first));
}

static void
enter (BtFileClaims *claims, BtFileStore *store, BtStoreFile *file, const struct stat *info, gboolean made)
{
  BtStoreFile *first;

  file->ino = info->st_ino;
  file->device = shorten_device (info->st_dev);
  if (made)
    take_over (claims, file);
  first = g_hash_table_lookup (claims->firsts, file);
  file->claimant = store;
  if (goes_before (file, first))
    {
      file->next = first;
      put_first (claims, file);
      if (first != NULL)
        put_later (first);
      return;
    }
  put_later (file);
  file->next = first->next;
  first->next = file;
}

static void
claim (BtFileClaims *claims, BtFileStore *store, BtStoreFile *file, const struct stat *info, gboolean made)
{
  if (!has_number (store, info))
    {
      leave (claims, file);
      atomic_store (&file->standing, STANDING_OWNER);
      return;
    }
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
set_owner (Owner *owner, BtStoreFile *first)
{
  BtFileStore *store = first->claimant;

  owner->file = first;
  owner->id = store->id;
  owner->root = g_strdup (store->root);
  owner->path = g_strdup (bt_file_store_path (store, (guint32) (first - store->files)));
  owner->name = bt_text_for_display (store->metainfo->name, strlen (store->metainfo->name), NAME_BYTES);
}

static void
clear_owner (Owner *owner)
{
  g_free (owner->root);
  g_free (owner->path);
  g_free (owner->name);
}

/* Under the lock. Those that were let go only finish what was asked for before. FALSE: no other store goes before.
 * @asked (out): nor, then, has a torrent at rest */
static gboolean
find_owner (BtFileClaims *claims, BtStoreFile *file, Owner *owner, gboolean *asked)
{
  BtStoreFile *first = g_hash_table_lookup (claims->firsts, file);

  while (first->claimant != file->claimant && atomic_load (&first->claimant->abandoned))
    {
      leave (claims, first);
      first = g_hash_table_lookup (claims->firsts, file);
    }
  *asked = atomic_load (&first->standing) == STANDING_OWNER;
  if (first->claimant == file->claimant)
    return FALSE;
  set_owner (owner, first);
  return TRUE;
}

static void
set_taken_error (BtFileStore *store, const char *path, const char *name, GError **error)
{
  g_autofree char *full = g_build_filename (store->root, path, NULL);
  g_autofree char *shown = g_filename_display_name (full);

  g_set_error (error, BT_ERROR, BT_ERROR_TAKEN, "“%s” is also a file of “%s”", shown, name);
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

/* The root is open for whoever asks. */
static BtSeenFile
see (BtFileStore *store, guint32 file, const struct stat *info)
{
  return (BtSeenFile){ bt_file_store_root_in_disk (store, BT_ROOT_USE, NULL), bt_file_store_path (store, file), *info };
}

/* Asks those at rest. Two names of one file may be the torrent's own. Returns: (transfer full) (nullable): the name of
 * the one that has it; none of it is the store's then */
static char *
become_owner (BtFileClaims *claims, BtFileStore *store, guint32 file, const BtSeenFile *seen, BtRestReadings **readings)
{
  BtStoreFile *self = &store->files[file], *first;
  char *name = NULL;

  if (file < store->metainfo->n_files) /* nobody else has a parts file */
    name = bt_rests_find_owner_in_disk (claims->rests, store, seen, BT_SAME_FILE, readings);
  pthread_mutex_lock (&claims->lock);
  first = self->claimant != NULL && self->ino == seen->info.st_ino ? g_hash_table_lookup (claims->firsts, self) : NULL;
  if (name != NULL)
    {
      leave (claims, self);
    }
  else if (first != NULL && first->claimant == store && atomic_load (&first->standing) == STANDING_FIRST)
    {
      first->known = first->ino & BT_INODE_NUMBER;
      atomic_store (&first->standing, STANDING_OWNER);
    }
  pthread_mutex_unlock (&claims->lock);
  return name;
}

/* The calls. */

void
bt_file_claims_note_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, const struct stat *info)
{
  BtStoreFile *self = &store->files[file];

  pthread_mutex_lock (&claims->lock);
  if (info != NULL)
    {
      claim (claims, store, self, info, FALSE);
    }
  else
    {
      leave (claims, self);
      self->known = 0;
      atomic_store (&self->standing, STANDING_NONE);
    }
  pthread_mutex_unlock (&claims->lock);
}

guint64
bt_file_claims_look_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, const struct stat *info,
                             BtRestReadings **readings)
{
  BtStoreFile *self = &store->files[file];
  guint64 inode = 0;

  bt_file_claims_note_in_disk (claims, store, file, info);
  if (atomic_load (&self->standing) == STANDING_FIRST)
    {
      const BtSeenFile seen = see (store, file, info);

      g_free (become_owner (claims, store, file, &seen, readings));
    }
  pthread_mutex_lock (&claims->lock);
  if (self->claimant != NULL && atomic_load (&self->standing) == STANDING_OWNER)
    inode = self->known | (info->st_dev != store->root_dev ? BT_INODE_ELSEWHERE : 0);
  pthread_mutex_unlock (&claims->lock);
  return inode;
}

/* The file is open, so that its number cannot be used again meanwhile. Returns: (transfer full) (nullable): the name of
 * the torrent that has it; NULL if that is this one, or if it is to be asked again */
static char *
try_to_take (BtFileClaims *claims, BtFileStore *store, guint32 file, const BtSeenFile *seen, gboolean made,
             BtRestReadings **readings, gboolean *taken)
{
  BtStoreFile *self = &store->files[file];
  gboolean asked = TRUE, other;
  Owner owner = { 0 };
  char *name = NULL;

  pthread_mutex_lock (&claims->lock);
  claim (claims, store, self, &seen->info, made);
  other = self->claimant != NULL && find_owner (claims, self, &owner, &asked);
  pthread_mutex_unlock (&claims->lock);
  *taken = !other && asked;
  if (other && bt_file_compare_in_disk (store->set, seen, owner.root, owner.path) != BT_SAME_NOT)
    name = g_steal_pointer (&owner.name);
  else if (other)
    drop_owner (claims, self, &owner);
  else if (!asked)
    name = become_owner (claims, store, file, seen, readings);
  clear_owner (&owner);
  return name;
}

gboolean
bt_file_claims_take_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, const struct stat *info,
                             gboolean made, GError **error)
{
  const BtSeenFile seen = see (store, file, info);
  g_autoptr (BtRestReadings) readings = NULL;
  g_autofree char *name = NULL;
  gboolean taken = FALSE;

  while (!taken && name == NULL)
    name = try_to_take (claims, store, file, &seen, made, &readings, &taken);
  if (taken)
    return TRUE;
  set_taken_error (store, seen.path, name, error);
  bt_file_claims_note_in_disk (claims, store, file, NULL);
  return FALSE;
}

/* Under the lock. FALSE: no other store has it. */
static gboolean
find_other (BtFileClaims *claims, BtFileStore *store, const struct stat *info, Owner *owner)
{
  BtStoreFile key = { .ino = info->st_ino, .device = shorten_device (info->st_dev) };
  BtStoreFile *first = g_hash_table_lookup (claims->firsts, &key);

  while (first != NULL && first->claimant != store && atomic_load (&first->claimant->abandoned))
    first = first->next;
  if (first == NULL || first->claimant == store)
    return FALSE;
  set_owner (owner, first);
  return TRUE;
}

/* Returns: (transfer full) (nullable) */
static char *
find_holder (BtFileClaims *claims, BtFileStore *store, const BtSeenFile *seen, BtRestReadings **readings)
{
  Owner owner = { 0 };
  gboolean other;
  char *name = NULL;

  pthread_mutex_lock (&claims->lock);
  other = find_other (claims, store, &seen->info, &owner);
  pthread_mutex_unlock (&claims->lock);
  if (other && bt_file_compare_in_disk (store->set, seen, owner.root, owner.path) == BT_SAME_NAME)
    name = g_steal_pointer (&owner.name);
  else
    name = bt_rests_find_owner_in_disk (claims->rests, store, seen, BT_SAME_NAME, readings);
  clear_owner (&owner);
  return name;
}

gboolean
bt_file_claims_may_remove_in_disk (BtFileClaims *claims, BtFileStore *store, int root_fd, const char *path,
                                   BtRestReadings **readings, GError **error)
{
  BtSeenFile seen = { root_fd, path, { 0 } };
  g_autofree char *name = NULL;

  if (bt_beneath_stat (root_fd, path, &seen.info) < 0 || !S_ISREG (seen.info.st_mode)
      || !has_number (store, &seen.info))
    return TRUE;
  name = find_holder (claims, store, &seen, readings);
  if (name == NULL)
    return TRUE;
  set_taken_error (store, path, name, error);
  return FALSE;
}

gboolean
bt_file_claims_may_write (BtFileStore *store, guint32 file)
{
  return atomic_load (&store->files[file].standing) == STANDING_OWNER;
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
