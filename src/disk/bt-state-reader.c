/* bt-state-reader.c: torrents read again from the state database, from any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-reader.h"

#include "bt-error.h"
#include "bt-state-private.h"

#include <pthread.h>

/* The connection is the database's, locked exclusively: there can be no other. The database's thread holds
 * the lock while it works with it. */
struct _BtStateReader
{
  gatomicrefcount refs;
  pthread_mutex_t lock;
  sqlite3 *db; /* (nullable): under the lock; NULL while there is none */
};

BtStateReader *
bt_state_reader_new (void)
{
  BtStateReader *self = g_new0 (BtStateReader, 1);

  g_atomic_ref_count_init (&self->refs);
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

BtStateReader *
bt_state_reader_ref (BtStateReader *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
bt_state_reader_unref (BtStateReader *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

void
bt_state_reader_lock_in_disk (BtStateReader *self)
{
  pthread_mutex_lock (&self->lock);
}

void
bt_state_reader_unlock_in_disk (BtStateReader *self, sqlite3 *db)
{
  self->db = db;
  pthread_mutex_unlock (&self->lock);
}

GBytes *
bt_state_reader_read_torrent (BtStateReader *self, const BtSha1 *info_hash, GError **error)
{
  GBytes *bytes = NULL;

  pthread_mutex_lock (&self->lock);
  if (self->db != NULL)
    bytes = bt_state_sql_read_torrent (self->db, info_hash, error);
  else
    g_set_error (error, BT_ERROR, BT_ERROR_STATE, "The list of torrents is closed");
  pthread_mutex_unlock (&self->lock);
  return bytes;
}
