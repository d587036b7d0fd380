/* make-state.c: a state directory with many torrents, for measuring programs that start with it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-metainfo-builder.h"
#include "bt-random.h"
#include "bt-state-db.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_LENGTH (256 * 1024)
#define FILES_PER_FOLDER 100

typedef struct
{
  BtStateDb *db;
  BtRandom random;
  guint n_added;
  gboolean loaded;
  const char *data;    /* (nullable): a folder in which the files are made, without blocks */
  const char *tracker; /* (nullable): "": none */
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
  guint32 longest = n_files > 1000 ? 100000 : maker->data != NULL ? 50000000 : 20000000;
  g_autofree guint8 *hashes = NULL;
  guint64 total = 0;
  gsize n_hash_bytes;

  g_array_set_clear_func (files, clear_file);
  trackers[0] = maker->tracker == NULL ? tracker : maker->tracker[0] != '\0' ? maker->tracker : NULL;
  for (guint i = 0; i < n_files; i++)
    {
      guint64 length = 1 + bt_random_below (&maker->random, longest);

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

/* Its files, as they would be after a download, but that they take no room. */
static GArray *
make_files (Maker *maker, const BtMetainfo *metainfo)
{
  GArray *stamps = g_array_new (FALSE, FALSE, sizeof (BtFileStamp));

  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      g_autofree char *path = g_build_filename (maker->data, metainfo->files[i].path, NULL);
      g_autofree char *folder = g_path_get_dirname (path);
      BtFileStamp stamp;
      struct stat info;
      int fd;

      g_mkdir_with_parents (folder, 0700);
      fd = open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
      if (fd < 0 || ftruncate (fd, (off_t) metainfo->files[i].length) != 0 || fstat (fd, &info) != 0)
        g_error ("%s cannot be made", path);
      close (fd);
      stamp.size = info.st_size;
      stamp.inode = (info.st_ino & BT_INODE_NUMBER) | BT_INODE_MADE;
      stamp.mtime_ns = info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_mtim.tv_nsec;
      g_array_append_val (stamps, stamp);
    }
  return stamps;
}

static guint64
count_bytes (const BtMetainfo *metainfo, guint32 n_pieces)
{
  return MIN ((guint64) n_pieces * metainfo->piece_length, metainfo->total_size);
}

/* Of twenty, eleven are paused and eight seed; one is half there and wants the rest. */
static void
fill_as_used (Maker *maker, guint number, const BtMetainfo *metainfo, BtResume *resume)
{
  gboolean complete = number % 20 != 0;
  guint32 n_had = complete ? metainfo->n_pieces : metainfo->n_pieces / 2;
  g_autoptr (BtBitfield) have = bt_bitfield_new (metainfo->n_pieces);
  guint8 *flags = g_malloc (metainfo->n_files);

  memset (flags, 1, metainfo->n_files);
  bt_bitfield_set_range (have, 0, n_had);
  resume->intent = number % 20 < 9 ? BT_INTENT_RUN : BT_INTENT_PAUSE;
  resume->queue_key = ((guint64) number + 1) << 20;
  resume->completed_at = complete ? resume->added_at + 3600 : 0;
  resume->downloaded = count_bytes (metainfo, n_had);
  resume->have = g_bytes_new (have->bytes, bt_bitfield_n_bytes (have->n_bits));
  resume->priorities = g_bytes_new (flags, metainfo->n_files);
  resume->created = g_bytes_new_take (flags, metainfo->n_files);
  resume->stamps = make_files (maker, metainfo);
  resume->summary = bt_summary_new (metainfo);
  resume->summary->n_listed = metainfo->n_files;
  resume->summary->n_had = n_had;
  resume->summary->wanted = metainfo->payload_size;
  resume->summary->done = count_bytes (metainfo, n_had);
  resume->summary->complete = complete;
}

/* Without data, one in ten is started and waits for peers; the others are paused. */
static void
add_torrent (Maker *maker, guint number, guint n_files)
{
  g_autofree char *name = make_name (maker, number);
  g_autoptr (GBytes) torrent = make_torrent (maker, name, n_files);
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (torrent, NULL);
  g_autoptr (BtResume) resume = bt_resume_new ();

  if (maker->data != NULL)
    resume->save_path = g_canonicalize_filename (maker->data, NULL);
  else
    resume->save_path = g_strdup_printf ("/tmp/friendtorrent-bench-%u", number % 3);
  resume->intent = number % 10 == 0 ? BT_INTENT_RUN : BT_INTENT_PAUSE;
  resume->added_at = 1700000000 + number;
  if (maker->data != NULL)
    fill_as_used (maker, number, metainfo, resume);
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
      g_printerr ("%s STATE_DIR TORRENTS [FILES_OF_ONE_MORE [DATA_DIR [TRACKER]]]\n", argv[0]);
      return 2;
    }
  maker.data = argc > 4 ? argv[4] : NULL;
  maker.tracker = argc > 5 ? argv[5] : NULL;
  bt_random_seed (&maker.random, 1);
  g_mkdir_with_parents (argv[1], 0700);
  maker.db = bt_state_db_open (argv[1], mailbox, &error);
  if (maker.db == NULL)
    g_error ("%s", error->message);
  bt_state_db_load (maker.db, loaded_cb, NULL, &maker);
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
