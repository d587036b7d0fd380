/* bt-state-db.c: the thread of the state database.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-private.h"

#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

struct _BtStateDb
{
  BtStateDoor *door;
  BtStateReader *reader;
  BtQuarantine *quarantine; /* the thread's own while it loads, the caller's after that */
  char *directory; /* (nullable): none in memory */
  char *path;
  int lock_fd;
  gboolean has_thread; /* else all is done in the caller's, at the call */
  pthread_t thread;

  pthread_mutex_t mutex;
  pthread_cond_t wake;
  BtStateRequest *first; /* under the mutex, up to @stopping */
  BtStateRequest **last;
  GHashTable *saves; /* info-hash → the save that waits and may be merged with */
  gboolean stopping;
  gboolean stop_clean;

  sqlite3 *db;     /* (nullable): the thread's own */
  gboolean backs_up;
  GError *damaged; /* (nullable): what had to be set aside; reported by the load */
};

/* Opening and mending: in the caller's thread, which is quick, or in ours. */

static void
note_damage (BtStateDb *self, const char *aside, guint n_saved)
{
  g_clear_error (&self->damaged);
  g_set_error (&self->damaged, BT_ERROR, BT_ERROR_STATE,
               "The list of torrents was damaged; %u could be saved of it, the rest is in “%s”",
               n_saved, aside);
}

/* Brings over what can be read. Returns: FALSE when it cannot be written */
static gboolean
salvage (BtStateDb *self, const char *aside)
{
  g_autofree char *backup = g_strconcat (aside, ".bak", NULL);
  guint n_saved;

  if (!bt_state_salvage (self->db, aside, &n_saved))
    return FALSE;
  if (n_saved == 0 && g_file_test (backup, G_FILE_TEST_EXISTS) && !bt_state_salvage (self->db, backup, &n_saved))
    return FALSE;
  note_damage (self, aside, n_saved);
  return TRUE;
}

/* Puts the file out of the way and begins a new one. When that cannot be, because the disk is at fault and not the
 * file, for one, all is as it was, and the database is closed: it is opened again with the next change. */
static gboolean
begin_anew (BtStateDb *self, GError **error)
{
  g_autofree char *aside = NULL;
  gboolean damaged;

  g_clear_pointer (&self->db, sqlite3_close);
  aside = bt_state_set_aside (self->path, error);
  if (aside == NULL)
    return FALSE;
  self->db = bt_state_sql_open (self->path, &damaged, error);
  if (self->db != NULL && salvage (self, aside))
    return TRUE;
  if (self->db != NULL)
    bt_state_sql_set_error (self->db, sqlite3_extended_errcode (self->db), error);
  g_clear_pointer (&self->db, sqlite3_close);
  bt_state_put_back (self->path, aside);
  return FALSE;
}

static gboolean
open_or_begin_anew (BtStateDb *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean damaged;

  self->db = bt_state_sql_open (self->path, &damaged, &local_error);
  if (self->db != NULL)
    return TRUE;
  if (damaged && self->directory != NULL)
    return begin_anew (self, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* The thread: changes. */

static gboolean
set_clean_in_disk (BtStateDb *self, gboolean clean, GError **error)
{
  return bt_state_sql_exec (self->db,
                            clean ? "INSERT OR REPLACE INTO session VALUES ('clean', '1')"
                                  : "INSERT OR REPLACE INTO session VALUES ('clean', '0')",
                            error);
}

static gboolean
is_own_fault (const GError *error)
{
  return g_error_matches (error, BT_ERROR, BT_ERROR_EXISTS)
         || g_error_matches (error, BT_ERROR, BT_ERROR_NOT_FOUND);
}

/* @result: (out): what SQLite says, when it fails. */
static gboolean
try_changes_in_disk (BtStateDb *self, BtStateRequest *first, int *result, GError **error)
{
  gboolean ok = bt_state_sql_exec (self->db, "BEGIN IMMEDIATE", error);

  for (BtStateRequest *request = first; ok && request != NULL; request = request->next)
    {
      g_clear_error (&request->error);
      if (!bt_state_sql_change (self->db, &request->change, &request->error)
          && !is_own_fault (request->error))
        {
          g_propagate_error (error, g_steal_pointer (&request->error));
          ok = FALSE;
        }
    }
  ok = ok && bt_state_sql_exec (self->db, "COMMIT", error);
  *result = sqlite3_extended_errcode (self->db);
  if (!ok)
    bt_state_sql_exec (self->db, "ROLLBACK", NULL);
  return ok;
}

/* Whether the cause of a failure could be taken out of the way. */
static gboolean
mend_in_disk (BtStateDb *self, int result)
{
  if (self->directory == NULL)
    return FALSE;
  if ((result & 0xff) == SQLITE_FULL)
    return bt_state_drop_ballast (self->directory);
  return bt_state_sql_is_damage (result) && self->damaged == NULL && begin_anew (self, NULL);
}

/* All of them in one transaction; when it fails, all fail. */
static void
do_changes_in_disk (BtStateDb *self, BtStateRequest *first)
{
  g_autoptr (GError) error = NULL;
  int result = SQLITE_OK;

  if (self->db == NULL && !open_or_begin_anew (self, &error))
    g_prefix_error (&error, "The state database is not open: ");
  else if (!try_changes_in_disk (self, first, &result, &error) && mend_in_disk (self, result))
    {
      g_clear_error (&error);
      try_changes_in_disk (self, first, &result, &error);
    }
  for (BtStateRequest *request = first; error != NULL && request != NULL; request = request->next)
    {
      g_clear_error (&request->error);
      request->error = g_error_copy (error);
    }
}

/* The thread: loading. */

/* SQLite calls after so many steps of its own: a few rows. */
#define STEPS 100

typedef struct
{
  BtStateDoor *door;
  const BtStateRequest *load;
  gint64 told; /* monotonic µs */
} Teller;

static int
step_cb (void *data)
{
  Teller *teller = data;
  gint64 now = g_get_monotonic_time ();

  if (now - teller->told >= G_USEC_PER_SEC)
    {
      teller->told = now;
      bt_state_door_tell_in_disk (teller->door, teller->load);
    }
  return 0;
}

static int
load_telling (BtStateDb *self, BtStateRequest *request)
{
  Teller teller = { self->door, request, g_get_monotonic_time () };
  int result;

  sqlite3_progress_handler (self->db, STEPS, request->progress != NULL ? step_cb : NULL, &teller);
  result = bt_state_sql_load (self->db, self->quarantine, request->load);
  sqlite3_progress_handler (self->db, 0, NULL, NULL);
  return result;
}

static gboolean
was_clean (const BtStateLoad *load)
{
  return load->rows->len == 0 || g_strcmp0 (g_hash_table_lookup (load->session, "clean"), "1") == 0;
}

/* Returns: FALSE when the file is bad. */
static gboolean
load_in_disk (BtStateDb *self, BtStateRequest *request)
{
  int result;

  g_clear_pointer (&request->load, bt_state_load_free);
  request->load = bt_state_load_new ();
  result = load_telling (self, request);
  request->load->was_clean = self->damaged == NULL && was_clean (request->load);
  g_hash_table_remove (request->load->session, "clean");
  if (result == SQLITE_OK)
    return request->load->was_clean || self->damaged != NULL || bt_state_sql_check (self->db);
  if (!bt_state_sql_is_damage (result))
    bt_state_sql_set_error (self->db, result, &request->error);
  return !bt_state_sql_is_damage (result);
}

/* That the state cannot be marked unclean, because the disk is full, keeps nobody from his
 * torrents. */
static void
do_load_in_disk (BtStateDb *self, BtStateRequest *request)
{
  gboolean good;

  good = self->db != NULL && load_in_disk (self, request);
  if (!good && self->directory != NULL && self->damaged == NULL)
    good = begin_anew (self, &request->error) && load_in_disk (self, request);
  if (!good && request->error == NULL)
    g_set_error (&request->error, BT_ERROR, BT_ERROR_STATE, "The state database cannot be read");
  if (request->error != NULL)
    g_clear_pointer (&request->load, bt_state_load_free);
  else if (self->damaged != NULL)
    request->error = g_error_copy (self->damaged);
  if (self->db != NULL)
    set_clean_in_disk (self, FALSE, request->error == NULL ? &request->error : NULL);
}

/* Also of a program that runs for months. One that failed is not tried again with every change. */
static void
back_up_in_disk (BtStateDb *self)
{
  if (self->backs_up && self->db != NULL && self->damaged == NULL)
    self->backs_up = bt_state_back_up (self->db, self->path);
}

/* What can wait until the torrents are there. */
static void
keep_house_in_disk (BtStateDb *self)
{
  if (self->directory == NULL || self->db == NULL)
    return;
  bt_state_make_ballast (self->directory);
  self->backs_up = TRUE;
}

/* The thread: its loop. */

static BtStateRequest *
steal_in_disk (BtStateDb *self)
{
  BtStateRequest *requests;

  pthread_mutex_lock (&self->mutex);
  while (self->first == NULL && !self->stopping)
    pthread_cond_wait (&self->wake, &self->mutex);
  requests = g_steal_pointer (&self->first);
  self->last = &self->first;
  g_hash_table_remove_all (self->saves);
  pthread_mutex_unlock (&self->mutex);
  return requests;
}

/* Cuts the list behind a load, or before the next one. Returns: the rest. */
static BtStateRequest *
cut (BtStateRequest *first)
{
  BtStateRequest *last = first;
  BtStateRequest *rest;

  while (!first->is_load && last->next != NULL && !last->next->is_load)
    last = last->next;
  rest = last->next;
  last->next = NULL;
  return rest;
}

static void
do_requests_in_disk (BtStateDb *self, BtStateRequest *requests)
{
  while (requests != NULL)
    {
      BtStateRequest *rest = cut (requests);
      gboolean is_load = requests->is_load;

      bt_state_reader_lock_in_disk (self->reader);
      if (is_load)
        do_load_in_disk (self, requests);
      else
        do_changes_in_disk (self, requests);
      bt_state_reader_unlock_in_disk (self->reader, self->db);
      bt_state_door_post_in_disk (self->door, requests);
      if (is_load)
        keep_house_in_disk (self);
      back_up_in_disk (self);
      requests = rest;
    }
}

static void
end_in_disk (BtStateDb *self)
{
  bt_state_reader_lock_in_disk (self->reader);
  if (self->db != NULL && self->stop_clean)
    set_clean_in_disk (self, TRUE, NULL);
  g_clear_pointer (&self->db, sqlite3_close);
  bt_state_reader_unlock_in_disk (self->reader, NULL);
}

static void *
run_in_disk (void *data)
{
  BtStateDb *self = data;
  BtStateRequest *requests;

  while ((requests = steal_in_disk (self)) != NULL)
    do_requests_in_disk (self, requests);
  end_in_disk (self);
  return NULL;
}

static gboolean
start_thread (BtStateDb *self, GError **error)
{
  sigset_t all, before;
  int result;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  result = pthread_create (&self->thread, NULL, run_in_disk, self);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (result == 0)
    {
      pthread_setname_np (self->thread, "ft-state");
      self->has_thread = TRUE;
      return TRUE;
    }
  g_set_error (error, BT_ERROR, BT_ERROR_STATE, "Could not start a thread: %s",
               g_strerror (result));
  return FALSE;
}

/* The caller's thread. */

static BtStateDb *
db_new (const char *directory, BtMailbox *mailbox)
{
  BtStateDb *self = g_new0 (BtStateDb, 1);

  self->door = bt_state_door_new (mailbox);
  self->reader = bt_state_reader_new ();
  self->directory = g_strdup (directory);
  self->path =
    directory != NULL ? g_build_filename (directory, "state.db", NULL) : g_strdup (":memory:");
  self->lock_fd = -1;
  self->last = &self->first;
  self->saves = g_hash_table_new (bt_sha1_hash, bt_sha1_equal);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->wake, NULL);
  return self;
}

static void
db_free (BtStateDb *self)
{
  g_clear_pointer (&self->db, sqlite3_close);
  g_clear_pointer (&self->quarantine, bt_quarantine_free);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_clear_error (&self->damaged);
  bt_state_door_unref (self->door);
  bt_state_reader_unref (self->reader);
  g_hash_table_unref (self->saves);
  pthread_cond_destroy (&self->wake);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->directory);
  g_free (self->path);
  g_free (self);
}

static gboolean
lock_directory (BtStateDb *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, "lock", NULL);

  if (g_mkdir_with_parents (self->directory, 0700) == 0)
    self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd >= 0 && flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (self->lock_fd >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, BT_ERROR, BT_ERROR_BUSY, "“%s” is in use by another instance",
                 self->directory);
  else
    g_set_error (error, BT_ERROR, BT_ERROR_STATE, "Could not lock “%s”: %s", self->directory,
                 g_strerror (errno));
  return FALSE;
}

static BtStateDb *
open_db (const char *directory, gboolean threaded, BtMailbox *mailbox, GError **error)
{
  BtStateDb *self = db_new (directory, mailbox);
  gboolean ok = directory == NULL || lock_directory (self, error);

  if (ok)
    self->quarantine = bt_quarantine_new (directory);
  if (ok && open_or_begin_anew (self, error) && (!threaded || start_thread (self, error)))
    return self;
  db_free (self);
  return NULL;
}

BtStateDb *
bt_state_db_open (const char *directory, BtMailbox *mailbox, GError **error)
{
  return open_db (directory, TRUE, mailbox, error);
}

BtStateDb *
bt_state_db_open_memory (BtMailbox *mailbox, GError **error)
{
  return open_db (NULL, TRUE, mailbox, error);
}

BtStateDb *
bt_state_db_open_here (const char *directory, BtMailbox *mailbox, GError **error)
{
  return open_db (directory, FALSE, mailbox, error);
}

static void
push_locked (BtStateDb *self, BtStateRequest *request)
{
  *self->last = request;
  self->last = &request->next;
  pthread_cond_signal (&self->wake);
}

/* Without a thread nothing ever waits. */
static void
work_off (BtStateDb *self)
{
  if (!self->has_thread)
    do_requests_in_disk (self, steal_in_disk (self));
}

/* A save that waits for the torrent must not be merged with one that comes after this. */
static void
push (BtStateDb *self, BtStateRequest *request)
{
  pthread_mutex_lock (&self->mutex);
  g_hash_table_remove (self->saves, &request->change.info_hash);
  push_locked (self, request);
  pthread_mutex_unlock (&self->mutex);
  work_off (self);
}

void
bt_state_db_load (BtStateDb *db, BtStateLoadFunc done, BtStateProgressFunc progress, gpointer owner)
{
  BtStateRequest *request = bt_state_request_new (BT_CHANGE_SET, NULL);

  request->is_load = TRUE;
  request->loaded = done;
  request->progress = progress;
  request->load_owner = owner;
  push (db, request);
}

BtStateReader *
bt_state_db_get_reader (BtStateDb *db)
{
  return db->reader;
}

BtQuarantine *
bt_state_db_get_quarantine (BtStateDb *db)
{
  return db->quarantine;
}

/* Takes @request. */
static void
push_with_resume (BtStateDb *db, BtStateRequest *request, const BtResume *resume, BtDiskFunc done, gpointer owner)
{
  if (resume != NULL)
    bt_state_request_set_resume (request, resume);
  bt_state_request_add_waiter (request, done, owner);
  push (db, request);
}

void
bt_state_db_add (BtStateDb *db,
                 const BtSha1 *info_hash,
                 GBytes *torrent,
                 const BtResume *resume,
                 BtDiskFunc done,
                 gpointer owner)
{
  BtStateRequest *request = bt_state_request_new (BT_CHANGE_ADD, info_hash);

  request->change.torrent = g_bytes_ref (torrent);
  push_with_resume (db, request, resume, done, owner);
}

void
bt_state_db_add_magnet (BtStateDb *db,
                        const BtSha1 *info_hash,
                        const char *link,
                        const BtResume *resume,
                        BtDiskFunc done,
                        gpointer owner)
{
  BtStateRequest *request = bt_state_request_new (BT_CHANGE_ADD, info_hash);

  request->change.value = g_strdup (link);
  push_with_resume (db, request, resume, done, owner);
}

void
bt_state_db_resolve (BtStateDb *db,
                     const BtSha1 *info_hash,
                     GBytes *torrent,
                     const BtResume *resume,
                     BtDiskFunc done,
                     gpointer owner)
{
  BtStateRequest *request = bt_state_request_new (BT_CHANGE_RESOLVE, info_hash);

  request->change.torrent = g_bytes_ref (torrent);
  push_with_resume (db, request, resume, done, owner);
}

void
bt_state_db_save (BtStateDb *db,
                  const BtSha1 *info_hash,
                  const BtResume *resume,
                  BtDiskFunc done,
                  gpointer owner)
{
  BtStateRequest *request = bt_state_request_new (BT_CHANGE_SAVE, info_hash);
  BtStateRequest *waiting;

  bt_state_request_set_resume (request, resume);
  bt_state_request_add_waiter (request, done, owner);
  pthread_mutex_lock (&db->mutex);
  waiting = g_hash_table_lookup (db->saves, info_hash);
  if (waiting != NULL)
    {
      BtChange change = waiting->change;

      waiting->change = request->change;
      request->change = change;
      bt_state_request_add_waiter (waiting, done, owner);
      /* The table's key lies in the request, and is the same. */
    }
  else
    {
      g_hash_table_insert (db->saves, &request->change.info_hash, request);
      push_locked (db, request);
    }
  pthread_mutex_unlock (&db->mutex);
  if (waiting != NULL)
    bt_state_request_free (request);
  work_off (db);
}

void
bt_state_db_remove (BtStateDb *db, const BtSha1 *info_hash, BtDiskFunc done, gpointer owner)
{
  BtStateRequest *request = bt_state_request_new (BT_CHANGE_REMOVE, info_hash);

  bt_quarantine_end (db->quarantine, info_hash);
  bt_state_request_add_waiter (request, done, owner);
  push (db, request);
}

void
bt_state_db_set (BtStateDb *db, const char *key, const char *value)
{
  BtStateRequest *request = bt_state_request_new (BT_CHANGE_SET, NULL);

  request->change.key = g_strdup (key);
  request->change.value = g_strdup (value);
  push (db, request);
}

void
bt_state_db_close (BtStateDb *db, gboolean clean)
{
  bt_state_door_close (db->door);
  pthread_mutex_lock (&db->mutex);
  db->stopping = TRUE;
  db->stop_clean = clean;
  pthread_cond_signal (&db->wake);
  pthread_mutex_unlock (&db->mutex);
  if (db->has_thread)
    pthread_join (db->thread, NULL);
  else
    end_in_disk (db);
  db_free (db);
}
