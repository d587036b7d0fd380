/* bt-quarantine.c: which torrents the program was at when it ended: a small file beside the state database.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <unistd.h>

/* A line each, all of one length, so that one is written over another in place: hash, risk, how often the program
 * ended, whether it is under way. The first is that of the torrent that is being read. */
#define LINE_LENGTH 47
#define LINE_FORMAT "%s %c %u %c\n"
#define LINE_EMPTY "                                              \n"

#define MAX_ENTRIES 64
#define HELD_AFTER 2
#define MAX_COUNT 9

typedef struct
{
  BtSha1 info_hash;
  BtRisk risk;
  guint count;
  gboolean under_way;
} Entry; /* neither counted nor under way: free */

struct _BtQuarantine
{
  char *path; /* (nullable) */
  int fd;     /* -1: none */
  pthread_mutex_t mutex; /* of the next two */
  Entry reading;
  gboolean leaving; /* set by the one that begins */
  Entry entries[MAX_ENTRIES];
  guint n_entries;
};

static gboolean
is_free (const Entry *entry)
{
  return entry->count == 0 && !entry->under_way;
}

/* Returns: (nullable) */
static Entry *
find (BtQuarantine *self, const BtSha1 *info_hash)
{
  for (guint i = 0; i < self->n_entries; i++)
    if (!is_free (&self->entries[i]) && bt_sha1_equal (&self->entries[i].info_hash, info_hash))
      return &self->entries[i];
  return NULL;
}

/* Returns: (nullable): NULL when there are too many */
static Entry *
find_or_add (BtQuarantine *self, const BtSha1 *info_hash, BtRisk risk)
{
  Entry *entry = find (self, info_hash);

  for (guint i = 0; entry == NULL && i < self->n_entries; i++)
    if (is_free (&self->entries[i]))
      entry = &self->entries[i];
  if (entry == NULL && self->n_entries < MAX_ENTRIES)
    entry = &self->entries[self->n_entries++];
  if (entry != NULL && is_free (entry))
    *entry = (Entry){ .info_hash = *info_hash };
  if (entry != NULL)
    entry->risk = risk;
  return entry;
}

/* The file. */

static void
write_entry (BtQuarantine *self, const Entry *entry)
{
  gsize index = entry == &self->reading ? 0 : (gsize) (entry - self->entries) + 1;
  char hash[2 * BT_SHA1_SIZE + 1], line[LINE_LENGTH + 1] = LINE_EMPTY;

  if (self->fd < 0)
    return;
  if (!is_free (entry))
    {
      bt_sha1_to_hex (&entry->info_hash, hash);
      g_snprintf (line, sizeof line, LINE_FORMAT, hash, entry->risk == BT_RISK_READING ? 'r' : 's', entry->count,
                  entry->under_way ? '*' : '-');
    }
  if (pwrite (self->fd, line, LINE_LENGTH, (off_t) (index * LINE_LENGTH)) != LINE_LENGTH)
    g_debug ("What is begun cannot be written down: %s", g_strerror (errno));
}

/* FALSE: an empty line, or one that was not written whole. */
static gboolean
parse_line (const char *line, Entry *entry)
{
  char hash[2 * BT_SHA1_SIZE + 1];

  g_strlcpy (hash, line, sizeof hash);
  line += sizeof hash;
  if (!bt_sha1_from_hex (hash, &entry->info_hash) || (line[0] != 'r' && line[0] != 's') || !g_ascii_isdigit (line[2])
      || (line[4] != '*' && line[4] != '-') || line[5] != '\n')
    return FALSE;
  entry->risk = line[0] == 'r' ? BT_RISK_READING : BT_RISK_STARTING;
  entry->count = (guint) g_ascii_digit_value (line[2]);
  entry->under_way = line[4] == '*';
  return TRUE;
}

/* What is there twice, as read and as begun, is one. */
static void
take_up (BtQuarantine *self, const Entry *before)
{
  guint count = MIN (before->count + before->under_way, MAX_COUNT);
  Entry *entry = count > 0 ? find_or_add (self, &before->info_hash, before->risk) : NULL;

  if (entry != NULL)
    entry->count = MAX (entry->count, count);
}

static void
rewrite (BtQuarantine *self)
{
  if (self->fd >= 0 && ftruncate (self->fd, 0) != 0)
    g_debug ("What was begun cannot be forgotten: %s", g_strerror (errno));
  write_entry (self, &self->reading);
  for (guint i = 0; i < self->n_entries; i++)
    write_entry (self, &self->entries[i]);
}

static void
read_file (BtQuarantine *self)
{
  char bytes[(MAX_ENTRIES + 1) * LINE_LENGTH];
  gssize length = pread (self->fd, bytes, sizeof bytes, 0);

  for (gssize at = LINE_LENGTH; at + LINE_LENGTH <= length; at += LINE_LENGTH)
    {
      Entry before;

      if (parse_line (bytes + at, &before))
        take_up (self, &before);
    }
  /* Last, for it was the last thing that was done. */
  if (length >= LINE_LENGTH && parse_line (bytes, &self->reading))
    take_up (self, &self->reading);
  self->reading = (Entry){ .count = 0 };
  rewrite (self);
}

BtQuarantine *
bt_quarantine_new (const char *directory)
{
  BtQuarantine *self = g_new0 (BtQuarantine, 1);

  self->fd = -1;
  pthread_mutex_init (&self->mutex, NULL);
  if (directory == NULL)
    return self;
  self->path = g_build_filename (directory, "under-way", NULL);
  self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd >= 0)
    read_file (self);
  else
    g_debug ("What is begun cannot be written down: %s", g_strerror (errno));
  return self;
}

void
bt_quarantine_free (BtQuarantine *self)
{
  guint n_held = 0;

  for (guint i = 0; i < self->n_entries; i++)
    if (self->entries[i].count >= HELD_AFTER)
      self->entries[n_held++] = self->entries[i];
  for (guint i = 0; i < n_held; i++)
    self->entries[i].under_way = FALSE;
  self->n_entries = n_held;
  self->reading = (Entry){ .count = 0 };
  if (n_held > 0)
    rewrite (self);
  else if (self->fd >= 0)
    g_unlink (self->path);
  if (self->fd >= 0)
    close (self->fd);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/* What is done. */

static void
strike_out (BtQuarantine *self, Entry *entry)
{
  *entry = (Entry){ .count = 0 };
  write_entry (self, entry);
}

void
bt_quarantine_read (BtQuarantine *self, const BtSha1 *info_hash)
{
  Entry *known = info_hash != NULL ? find (self, info_hash) : NULL;

  pthread_mutex_lock (&self->mutex);
  if (info_hash != NULL && !self->leaving)
    self->reading = (Entry){ *info_hash, BT_RISK_READING, known != NULL ? known->count : 0, TRUE };
  else
    self->reading = (Entry){ .count = 0 };
  write_entry (self, &self->reading);
  pthread_mutex_unlock (&self->mutex);
}

void
bt_quarantine_leave (BtQuarantine *self)
{
  pthread_mutex_lock (&self->mutex);
  self->leaving = TRUE;
  self->reading = (Entry){ .count = 0 };
  write_entry (self, &self->reading);
  pthread_mutex_unlock (&self->mutex);
}

void
bt_quarantine_all_read (BtQuarantine *self)
{
  bt_quarantine_read (self, NULL);
  for (guint i = 0; i < self->n_entries; i++)
    {
      Entry *entry = &self->entries[i];

      if (!is_free (entry) && entry->risk == BT_RISK_READING && entry->count < HELD_AFTER)
        strike_out (self, entry);
    }
}

void
bt_quarantine_begin (BtQuarantine *self, const BtSha1 *info_hash)
{
  Entry *entry = self->leaving ? NULL : find_or_add (self, info_hash, BT_RISK_STARTING);

  if (entry == NULL)
    return;
  entry->under_way = TRUE;
  write_entry (self, entry);
}

void
bt_quarantine_end (BtQuarantine *self, const BtSha1 *info_hash)
{
  Entry *entry = find (self, info_hash);

  if (entry != NULL)
    strike_out (self, entry);
}

gboolean
bt_quarantine_suspects (BtQuarantine *self, const BtSha1 *info_hash)
{
  Entry *entry = find (self, info_hash);

  return entry != NULL && entry->count > 0;
}

gboolean
bt_quarantine_holds (BtQuarantine *self, const BtSha1 *info_hash, BtRisk risk)
{
  Entry *entry = find (self, info_hash);

  return entry != NULL && entry->count >= HELD_AFTER && entry->risk == risk;
}

void
bt_quarantine_release (BtQuarantine *self, const BtSha1 *info_hash)
{
  Entry *entry = find (self, info_hash);

  if (entry == NULL)
    return;
  entry->count = MIN (entry->count, HELD_AFTER - 1);
  write_entry (self, entry);
}
