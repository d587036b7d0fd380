/* make-state.c: a state directory with many torrents, for measuring programs that start with it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-metainfo-builder.h"
#include "bt-random.h"
#include "bt-state-db.h"

#include <stdlib.h>

#define PIECE_LENGTH (256 * 1024)
#define FILES_PER_FOLDER 100

typedef struct
{
  BtStateDb *db;
  BtRandom random;
  guint n_added;
  gboolean loaded;
} Maker;

static const char *const words[] = {
  "Debian", "Fedora", "Archive", "Lectures", "Concert", "Season", "Field", "Recordings", "Maps", "Survey",
  "Open", "Movie", "Library", "Collected", "Works", "Photographs", "Sessions", "Sources", "Images", "Atlas",
};

static char *
make_name (Maker *maker, guint number)
{
  const char *first = words[bt_random_below (&maker->random, G_N_ELEMENTS (words))];
  const char *second = words[bt_random_below (&maker->random, G_N_ELEMENTS (words))];

  return g_strdup_printf ("%s %s %u", first, second, number);
}

static void
add_file (GArray *files, guint64 length)
{
  BtDraftFile file = { .length = length };

  file.path = g_strdup_printf ("Folder %03u/File %06u.bin", files->len / FILES_PER_FOLDER, files->len);
  g_array_append_val (files, file);
}

static void
clear_file (gpointer data)
{
  g_free ((char *) ((BtDraftFile *) data)->path);
}

static GBytes *
make_torrent (Maker *maker, const char *name, guint n_files)
{
  const char *trackers[] = { NULL, NULL };
  BtMetainfoDraft draft = { .name = name, .multi_file = TRUE, .piece_length = PIECE_LENGTH, .trackers = trackers };
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (BtDraftFile));
  g_autofree char *tracker = g_strdup_printf ("http://tracker%u.example/announce", bt_random_below (&maker->random, 12));
  g_autofree guint8 *hashes = NULL;
  guint64 total = 0;
  gsize n_hash_bytes;

  g_array_set_clear_func (files, clear_file);
  trackers[0] = tracker;
  for (guint i = 0; i < n_files; i++)
    {
      guint64 length = 1 + bt_random_below (&maker->random, n_files > 1000 ? 100000 : 20000000);

      add_file (files, length);
      total += length;
    }
  n_hash_bytes = (total + PIECE_LENGTH - 1) / PIECE_LENGTH * 20;
  hashes = g_malloc (n_hash_bytes);
  bt_random_fill (&maker->random, hashes, n_hash_bytes);
  return bt_metainfo_build (&draft, (const BtDraftFile *) files->data, files->len, hashes, n_hash_bytes);
}

static void
added_cb (const GError *error, gpointer owner)
{
  Maker *maker = owner;

  if (error != NULL)
    g_error ("A torrent was not saved: %s", error->message);
  maker->n_added++;
}

/* One in ten is started and waits for peers, the others are paused. */
static void
add_torrent (Maker *maker, guint number, guint n_files)
{
  g_autofree char *name = make_name (maker, number);
  g_autoptr (GBytes) torrent = make_torrent (maker, name, n_files);
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (torrent, NULL);
  g_autoptr (BtResume) resume = bt_resume_new ();

  resume->save_path = g_strdup_printf ("/tmp/friendtorrent-bench-%u", number % 3);
  resume->intent = number % 10 == 0 ? BT_INTENT_RUN : BT_INTENT_PAUSE;
  resume->added_at = 1700000000 + number;
  bt_state_db_add (maker->db, &metainfo->info_hash, torrent, resume, added_cb, maker);
}

static void
loaded_cb (BtStateLoad *load, const GError *error, gpointer owner)
{
  Maker *maker = owner;

  if (error != NULL)
    g_error ("The state cannot be used: %s", error->message);
  maker->loaded = TRUE;
}

int
main (int argc, char *argv[])
{
  Maker maker = { 0 };
  BtMailbox *mailbox = bt_mailbox_new (NULL);
  g_autoptr (GError) error = NULL;
  guint n_torrents = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 0;
  guint n_large = argc > 3 ? (guint) strtoul (argv[3], NULL, 10) : 0;
  guint n_wanted = n_torrents + (n_large > 0);

  if (n_torrents == 0)
    {
      g_printerr ("%s STATE_DIR TORRENTS [FILES_OF_ONE_MORE]\n", argv[0]);
      return 2;
    }
  bt_random_seed (&maker.random, 1);
  g_mkdir_with_parents (argv[1], 0700);
  maker.db = bt_state_db_open (argv[1], mailbox, &error);
  if (maker.db == NULL)
    g_error ("%s", error->message);
  bt_state_db_load (maker.db, loaded_cb, &maker);
  while (!maker.loaded)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < n_torrents; i++)
    add_torrent (&maker, i, 1 + bt_random_below (&maker.random, 20));
  if (n_large > 0)
    add_torrent (&maker, n_torrents, n_large);
  while (maker.n_added < n_wanted)
    g_main_context_iteration (NULL, TRUE);
  bt_state_db_close (maker.db, TRUE);
  bt_mailbox_unref (mailbox);
  return 0;
}
