/* bt-rests.c: the files of torrents that are at rest, and to whom of them a file belongs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-resume-private.h"
#include "bt-text.h"

#include <errno.h>

/* Of a torrent at rest no more is known here than what was saved: among it the inode numbers of its files. They say
 * whose a file may be, whatever name leads to it. Numbers of devices are other ones with the next mount, so only the
 * numbers of inodes are compared; and some file systems use those again. So whoever has the right number is looked at:
 * its details are read from the state database, and its path has to lead to the very file.
 *
 * That is asked seldom: before a torrent takes a file for its own that it did not make. The numbers are gathered when it
 * is asked for the first time, for ten thousand torrents in a tenth of a second. Those of torrents that come later are
 * at the end, not sorted until they are many; those of torrents that woke stay until they are half of all, and are
 * nobody's: serial numbers are not used again. */

#define NAME_BYTES 200
#define TAIL_MAX 1024
#define MAX_READINGS 16

struct _BtRest
{
  BtSha1 info_hash;
  guint32 serial;
  guint32 n_entries;
  GRefString *name;
  GRefString *root;
  GBytes *saved;
  BtStateReader *reader;
};

typedef struct
{
  guint64 inode; /* as in a stamp */
  guint32 serial; /* of the torrent, which may be awake by now */
  guint32 file;
} Entry;

struct _BtRests
{
  pthread_mutex_t lock; /* never held while a disk is waited for */
  GHashTable *by_serial; /* guint -> BtRest */
  guint32 last_serial;
  GArray *entries;      /* (nullable) of Entry, sorted by number; NULL: to be made */
  guint n_sorted;       /* of them */
  guint n_dead;
};

/* What was read of one. */
typedef struct
{
  BtSha1 info_hash;
  GBytes *saved;        /* (nullable): NULL: it is nothing yet */
  BtMetainfo *metainfo; /* (nullable): it could not be read, as the next */
  BtResume *resume;
} Reading;

/* Each file of a torrent may have the number of a file of several that are at rest. */
struct _BtRestReadings
{
  Reading all[MAX_READINGS];
  guint next; /* of them, to be taken for another */
};

BtRests *
bt_rests_new (void)
{
  BtRests *rests = g_new0 (BtRests, 1);

  pthread_mutex_init (&rests->lock, NULL);
  rests->by_serial = g_hash_table_new (NULL, NULL);
  return rests;
}

void
bt_rests_free (BtRests *rests)
{
  g_assert (g_hash_table_size (rests->by_serial) == 0);
  g_hash_table_unref (rests->by_serial);
  g_clear_pointer (&rests->entries, g_array_unref);
  pthread_mutex_destroy (&rests->lock);
  g_free (rests);
}

/* The numbers: under the lock. */

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  guint64 one = ((const Entry *) a)->inode & BT_INODE_NUMBER, other = ((const Entry *) b)->inode & BT_INODE_NUMBER;

  return (one > other) - (one < other);
}

static void
sort_entries (BtRests *rests)
{
  g_array_sort (rests->entries, compare_entries);
  rests->n_sorted = rests->entries->len;
}

static void
append_entries (BtRests *rests, BtRest *rest)
{
  g_autofree guint64 *inodes = NULL;
  guint32 n = bt_resume_read_inodes (rest->saved, &inodes);
  guint before = rests->entries->len;

  for (guint32 file = 0; file < n; file++)
    if (inodes[file] != 0)
      g_array_append_vals (rests->entries, &(Entry){ inodes[file], rest->serial, file }, 1);
  rest->n_entries = rests->entries->len - before;
}

static void
gather (BtRests *rests)
{
  GHashTableIter iter;
  gpointer rest;

  rests->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  rests->n_dead = 0;
  g_hash_table_iter_init (&iter, rests->by_serial);
  while (g_hash_table_iter_next (&iter, NULL, &rest))
    append_entries (rests, rest);
  sort_entries (rests);
}

static guint
find_sorted (const BtRests *rests, guint64 number)
{
  guint low = 0, high = rests->n_sorted;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if ((g_array_index (rests->entries, Entry, middle).inode & BT_INODE_NUMBER) < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Coming and going. */

BtRest *
bt_rests_add (BtRests *rests, const BtRestConfig *config)
{
  BtRest *rest = g_new0 (BtRest, 1);

  rest->info_hash = *config->info_hash;
  rest->name = g_ref_string_acquire (config->name);
  rest->root = g_ref_string_acquire (config->root);
  rest->saved = g_bytes_ref (config->saved);
  rest->reader = bt_state_reader_ref (config->reader);
  pthread_mutex_lock (&rests->lock);
  do
    rest->serial = ++rests->last_serial;
  while (g_hash_table_contains (rests->by_serial, GUINT_TO_POINTER (rest->serial)));
  g_hash_table_insert (rests->by_serial, GUINT_TO_POINTER (rest->serial), rest);
  if (rests->entries != NULL)
    append_entries (rests, rest);
  pthread_mutex_unlock (&rests->lock);
  return rest;
}

static void
clear_rest (BtRest *rest)
{
  g_ref_string_release (rest->name);
  g_ref_string_release (rest->root);
  g_bytes_unref (rest->saved);
  bt_state_reader_unref (rest->reader);
}

void
bt_rests_remove (BtRests *rests, BtRest *rest)
{
  pthread_mutex_lock (&rests->lock);
  g_hash_table_remove (rests->by_serial, GUINT_TO_POINTER (rest->serial));
  rests->n_dead += rest->n_entries;
  if (rests->entries != NULL && rests->n_dead > rests->entries->len / 2)
    g_clear_pointer (&rests->entries, g_array_unref);
  pthread_mutex_unlock (&rests->lock);
  clear_rest (rest);
  g_free (rest);
}

/* Who may have a file. */

/* A torrent that may have it as @file: a copy of what is known, for the time after the lock. */
typedef struct
{
  BtRest rest;
  guint32 file;
  gboolean elsewhere;
} Suspect;

static void
clear_suspect (gpointer data)
{
  clear_rest (&((Suspect *) data)->rest);
}

static void
add_suspect (GArray *suspects, const BtRest *rest, const Entry *entry)
{
  Suspect suspect = { *rest, entry->file, (entry->inode & BT_INODE_ELSEWHERE) != 0 };

  g_ref_string_acquire (rest->name);
  g_ref_string_acquire (rest->root);
  g_bytes_ref (rest->saved);
  bt_state_reader_ref (rest->reader);
  g_array_append_val (suspects, suspect);
}

static void
suspect (BtRests *rests, GArray *suspects, const Entry *entry, const BtSha1 *own)
{
  const BtRest *rest = g_hash_table_lookup (rests->by_serial, GUINT_TO_POINTER (entry->serial));

  if (rest != NULL && !bt_sha1_equal (&rest->info_hash, own))
    add_suspect (suspects, rest, entry);
}

static GArray *
find_suspects (BtRests *rests, const BtSha1 *own, guint64 number)
{
  GArray *suspects = g_array_new (FALSE, FALSE, sizeof (Suspect));
  const Entry *entries;

  g_array_set_clear_func (suspects, clear_suspect);
  pthread_mutex_lock (&rests->lock);
  if (rests->entries == NULL)
    gather (rests);
  else if (rests->entries->len - rests->n_sorted > TAIL_MAX)
    sort_entries (rests);
  entries = (const Entry *) rests->entries->data;
  for (guint i = find_sorted (rests, number);
       i < rests->n_sorted && (entries[i].inode & BT_INODE_NUMBER) == number; i++)
    suspect (rests, suspects, &entries[i], own);
  for (guint i = rests->n_sorted; i < rests->entries->len; i++)
    if ((entries[i].inode & BT_INODE_NUMBER) == number)
      suspect (rests, suspects, &entries[i], own);
  pthread_mutex_unlock (&rests->lock);
  return suspects;
}

/* Who has it: without the lock, for a disk is waited for. */

static void
clear_reading (Reading *reading)
{
  g_clear_pointer (&reading->saved, g_bytes_unref);
  g_clear_pointer (&reading->metainfo, bt_metainfo_unref);
  g_clear_pointer (&reading->resume, bt_resume_free);
}

void
bt_rest_readings_free (BtRestReadings *readings)
{
  for (guint i = 0; readings != NULL && i < MAX_READINGS; i++)
    clear_reading (&readings->all[i]);
  g_free (readings);
}

/* Piece hashes are not kept: they are most of what it weighs. */
static void
read_details (const BtRest *rest, Reading *reading)
{
  g_autoptr(GBytes) torrent = bt_state_reader_read_torrent (rest->reader, &rest->info_hash, NULL);

  clear_reading (reading);
  reading->info_hash = rest->info_hash;
  reading->saved = g_bytes_ref (rest->saved);
  reading->resume = bt_resume_decode (rest->saved, NULL);
  if (torrent != NULL)
    reading->metainfo = bt_metainfo_parse (torrent, NULL);
  if (reading->metainfo != NULL)
    g_bytes_unref (bt_metainfo_detach_torrent (reading->metainfo));
}

/* One that woke and rests again was saved again. */
static const Reading *
get_details (const BtRest *rest, BtRestReadings **readings)
{
  Reading *reading;

  if (*readings == NULL)
    *readings = g_new0 (BtRestReadings, 1);
  for (guint i = 0; i < MAX_READINGS; i++)
    if ((*readings)->all[i].saved == rest->saved && bt_sha1_equal (&(*readings)->all[i].info_hash, &rest->info_hash))
      return &(*readings)->all[i];
  reading = &(*readings)->all[(*readings)->next];
  (*readings)->next = ((*readings)->next + 1) % MAX_READINGS;
  read_details (rest, reading);
  return reading;
}

static const char *
get_path (const Reading *reading, guint32 file)
{
  const GPtrArray *renamed = reading->resume->renamed;

  for (guint i = 0; renamed != NULL && i < renamed->len; i++)
    if (((const BtRenamed *) g_ptr_array_index (renamed, i))->file == file)
      return ((const BtRenamed *) g_ptr_array_index (renamed, i))->path;
  return reading->metainfo->files[file].path;
}

static gboolean
is_there (int error_number)
{
  switch (error_number)
    {
    case ENOENT:
    case ENOTDIR:
    case ENOTCONN: /* the program that served it is gone */
    case EIO:
    case ESTALE:
    case EHOSTDOWN:
    case ETIMEDOUT:
    case ENODEV:
      return FALSE;
    default:
      return TRUE;
    }
}

/* A drive that is not there, or does not answer, has no file that was just seen. */
static gboolean
is_on_device (const char *root, dev_t device)
{
  struct stat info;

  if (stat (root, &info) == 0)
    return info.st_dev == device;
  return is_there (errno);
}

/* If it cannot be seen, it may; but no torrent has more files than its details say. */
static gboolean
has_file (const Suspect *suspect, BtFileStore *store, const BtSeenFile *seen, BtSameness same,
          BtRestReadings **readings)
{
  const Reading *reading;

  if (!suspect->elsewhere && !is_on_device (suspect->rest.root, seen->info.st_dev))
    return FALSE;
  reading = get_details (&suspect->rest, readings);
  if (reading->metainfo != NULL && suspect->file >= reading->metainfo->n_files)
    return FALSE;
  return reading->metainfo == NULL || reading->resume == NULL
         || bt_file_compare_in_disk (store->set, seen, suspect->rest.root, get_path (reading, suspect->file)) >= same;
}

char *
bt_rests_find_owner_in_disk (BtRests *rests, BtFileStore *store, const BtSeenFile *seen, BtSameness same,
                             BtRestReadings **readings)
{
  g_autoptr(GArray) suspects = find_suspects (rests, &store->metainfo->info_hash,
                                               seen->info.st_ino & BT_INODE_NUMBER);

  for (guint i = 0; i < suspects->len; i++)
    {
      const Suspect *suspect = &g_array_index (suspects, Suspect, i);

      if (has_file (suspect, store, seen, same, readings))
        return bt_text_for_display (suspect->rest.name, strlen (suspect->rest.name), NAME_BYTES);
    }
  return NULL;
}
