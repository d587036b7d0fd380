/* test-torrent-bytes.c: the bytes of a torrent rest in the state database and come back the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"
#include "bt-state-db.h"
#include "bt-torrent-bytes.h"

typedef struct
{
  BtMailbox *mailbox;
  BtStateDb *db; /* (nullable) */
  BtMetainfo *metainfo;
  GBytes *torrent;
  BtTorrentBytes *bytes;
} Fixture;

static void
set_done_cb (const GError *error, gpointer owner)
{
  gboolean *done = owner;

  g_assert_no_error (error);
  *done = TRUE;
}

/* A torrent whose metainfo has given its bytes away; saved as @saved. */
static void
fixture_set_up_with (Fixture *self, GBytes *saved)
{
  const BtDraftFile files[] = { { "a", 40000 }, { "b", 30000 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (BtResume) resume = bt_resume_new ();
  gboolean done = FALSE;

  self->mailbox = bt_mailbox_new (NULL);
  self->db = bt_state_db_open_memory (self->mailbox, &error);
  g_assert_no_error (error);
  self->metainfo = ft_disk_make_metainfo (files, G_N_ELEMENTS (files), 16384, NULL);
  self->torrent = bt_metainfo_detach_torrent (self->metainfo);
  self->bytes = bt_torrent_bytes_new (self->metainfo, self->torrent);
  resume->save_path = g_strdup ("/downloads");
  bt_state_db_add (self->db, &self->metainfo->info_hash, saved != NULL ? saved : self->torrent, resume, set_done_cb,
                   &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  fixture_set_up_with (self, NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  if (self->db != NULL)
    bt_state_db_close (self->db, TRUE);
  bt_torrent_bytes_unref (self->bytes);
  g_bytes_unref (self->torrent);
  bt_metainfo_unref (self->metainfo);
  bt_mailbox_close (self->mailbox);
  bt_mailbox_unref (self->mailbox);
}

static void
let_rest (Fixture *self)
{
  bt_torrent_bytes_set_saved (self->bytes, bt_state_db_get_reader (self->db));
  bt_torrent_bytes_rest (self->bytes);
}

static void
test_come_back (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) again = NULL;

  let_rest (self);
  again = bt_torrent_bytes_get (self->bytes, &error);
  g_assert_no_error (error);
  g_assert_true (again != self->torrent);
  g_assert_true (g_bytes_equal (again, self->torrent));
}

static void
test_piece_hashes (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMetainfo) whole = bt_metainfo_parse (self->torrent, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (whole->n_pieces, >, 3);
  let_rest (self);
  for (guint32 i = 0; i < whole->n_pieces; i++)
    {
      BtSha1 hash;

      g_assert_true (bt_torrent_bytes_get_piece_hash (self->bytes, i, &hash, &error));
      g_assert_no_error (error);
      g_assert_true (bt_sha1_equal (&hash, bt_metainfo_piece_hash (whole, i)));
    }
}

/* What nobody has saved stays. */
static void
test_unsaved (Fixture *self, gconstpointer unused)
{
  g_autoptr (GBytes) same = NULL;

  bt_torrent_bytes_rest (self->bytes);
  same = bt_torrent_bytes_get (self->bytes, NULL);
  g_assert_true (same == self->torrent);
}

static void
assert_lost (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  BtSha1 hash;

  g_assert_false (bt_torrent_bytes_get_piece_hash (self->bytes, 0, &hash, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_STATE);
}

static void
test_database_closed (Fixture *self, gconstpointer unused)
{
  let_rest (self);
  bt_state_db_close (g_steal_pointer (&self->db), TRUE);
  assert_lost (self);
}

static void
test_removed (Fixture *self, gconstpointer unused)
{
  gboolean done = FALSE;

  let_rest (self);
  bt_state_db_remove (self->db, &self->metainfo->info_hash, set_done_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  assert_lost (self);
}

static void
test_damaged (void)
{
  Fixture self = { 0 };
  g_autofree guint8 *junk = g_malloc0 (1000);
  g_autoptr (GBytes) saved = g_bytes_new (junk, 1000);

  fixture_set_up_with (&self, saved);
  let_rest (&self);
  assert_lost (&self);
  fixture_tear_down (&self, NULL);
}

static gpointer
read_often (gpointer data)
{
  Fixture *self = data;

  for (guint i = 0; i < 500; i++)
    {
      BtSha1 hash;

      g_assert_true (bt_torrent_bytes_get_piece_hash (self->bytes, i % self->metainfo->n_pieces, &hash, NULL));
      bt_torrent_bytes_rest (self->bytes);
    }
  return NULL;
}

/* Workers read while the database's thread writes. */
static void
test_threads (Fixture *self, gconstpointer unused)
{
  GThread *readers[3];

  let_rest (self);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    readers[i] = g_thread_new ("reader", read_often, self);
  for (guint i = 0; i < 200; i++)
    bt_state_db_set (self->db, "key", i % 2 == 0 ? "even" : "odd");
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    g_thread_join (readers[i]);
}

#define ADD(path, func) g_test_add ("/torrent-bytes/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  ft_disk_test_init (&argc, &argv);
  ADD ("come-back", test_come_back);
  ADD ("piece-hashes", test_piece_hashes);
  ADD ("unsaved", test_unsaved);
  ADD ("database-closed", test_database_closed);
  ADD ("removed", test_removed);
  ADD ("threads", test_threads);
  g_test_add_func ("/torrent-bytes/damaged", test_damaged);
  return ft_disk_test_run ();
}
