/* test-power-loss.c: the power goes at each moment at which something is synced: nothing is lost but time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "bt-picker.h"
#include "ft-file-calls.h"
#include "ft-sim.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 32768u
#define SHORT_CUTS 60 /* of the normal suite */
#define SEED_IP "10.0.0.1"
#define NODE_IP "10.0.0.2"

/* The story that is told once and written down. Everything lies in one folder: the state, downloads, things that are
 * none of ours. */

typedef enum
{
  FETCHED, /* is downloading all the time, one file is skipped until later */
  MOVED,   /* complete, then moved to another folder */
  COPIED,  /* complete, then moved to another disk */
  PAUSED,  /* and given a tag */
  LINKED,  /* began as a magnet link */
  REMOVED, /* complete, then removed with its files */
  RENAMED, /* a file of it is renamed while it comes */
  N_TORRENTS,
} Part;

static const char *const names[] = { "fetched", "moved", "copied", "paused", "linked", "removed", "renamed" };

static const FtSampleFile files[] = {
  { "a.bin", 5 * PIECE + 5 }, { "deep/b.bin", 3 * PIECE - 100 }, { "deep/er/c.bin", 777 }, { "empty", 0 },
  { "z.bin", 3 * PIECE }, { NULL, 0 },
};
#define SKIPPED 1 /* of the files */

/* From when to when something may or may not be known: before @asked it is not, after @known it is. */
typedef struct
{
  guint asked, known;
} Span;

typedef struct
{
  FtSample *sample;
  BtSha1 info_hash;
  char *folder;
  char *next_folder; /* (nullable): where it is moved to */
  Span added, removed, tagged, moved;
} Torrent;

typedef struct
{
  char *root;
  Torrent torrents[N_TORRENTS];
  FtPower *power;
} Story;

static const char *const strangers[] = { "down/fetched/keep.txt", "down/removed/sample/mine.txt", "far/keep.txt" };

static Story story;

static char *
path_of (const char *name)
{
  return g_build_filename (story.root, name, NULL);
}

static void
setup_node (BtConfig *config)
{
  g_free (config->download_dir);
  config->download_dir = path_of ("down");
  config->state_dir = path_of ("state");
  config->dht = config->lsd = config->port_mapping = FALSE;
}

static void
setup_seed (BtConfig *config)
{
  config->dht = config->lsd = config->port_mapping = FALSE;
  config->limit_up_bytes_per_s = 100000;
}

static BtSha1
get_info_hash (GBytes *torrent)
{
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_parse (torrent, NULL);

  g_assert_nonnull (metainfo);
  return metainfo->info_hash;
}

static void
make_story (void)
{
  const char *shm = "/dev/shm";
  g_autofree char *template = g_build_filename (g_access (shm, W_OK | X_OK) == 0 ? shm : g_get_tmp_dir (),
                                                "ft-power-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp (template));
  story.root = g_steal_pointer (&template);
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      Torrent *torrent = &story.torrents[i];

      torrent->sample = ft_sample_new (files, PIECE, 500 + i);
      torrent->info_hash = get_info_hash (torrent->sample->torrent);
      torrent->folder = g_build_filename (story.root, "down", names[i], NULL);
      g_assert_no_errno (g_mkdir_with_parents (torrent->folder, 0755));
      torrent->added = torrent->removed = torrent->tagged = torrent->moved = (Span){ G_MAXUINT, G_MAXUINT };
    }
  story.torrents[MOVED].next_folder = path_of ("down/elsewhere");
  story.torrents[COPIED].next_folder = path_of ("far/away");
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autofree char *path = path_of (strangers[i]);
      g_autofree char *folder = g_path_get_dirname (path);

      g_assert_no_errno (g_mkdir_with_parents (folder, 0755));
      g_assert_true (g_file_set_contents (path, strangers[i], -1, NULL));
    }
}

static void
free_story (void)
{
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      ft_sample_free (story.torrents[i].sample);
      g_free (story.torrents[i].folder);
      g_free (story.torrents[i].next_folder);
    }
  g_clear_pointer (&story.power, ft_power_free);
  ft_remove_tree (story.root);
  g_free (story.root);
}

/* Telling it. */

typedef struct
{
  FtSim *sim;
  FtSimNode *seed, *node;
} Life;

static void
begin_life (Life *life, guint64 seed)
{
  life->sim = ft_sim_new (seed);
  life->seed = ft_sim_add_node (life->sim, SEED_IP, setup_seed);
  for (guint i = 0; i < N_TORRENTS; i++)
    ft_sim_node_add (life->seed, story.torrents[i].sample->torrent, story.torrents[i].sample->dir);
  ft_sim_run_for (life->sim, FT_SIM_SECOND);
}

static BtTorrent *
find (Life *life, Part part)
{
  return g_hash_table_lookup (life->node->core->by_hash, &story.torrents[part].info_hash);
}

static void
connect_seed (Life *life, BtTorrent *torrent)
{
  BtEndpoint seed = ft_sim_node_endpoint (life->seed);

  ft_sim_node_connect (life->node, torrent, &seed);
}

static void
order (Life *life, Part part, Span *span, BtCommand *command)
{
  if (find (life, part) != NULL)
    command->id = find (life, part)->id;
  span->asked = ft_power_now (story.power);
  ft_sim_node_run (life->node, command);
  span->known = ft_power_now (story.power);
}

static void
add (Life *life, Part part)
{
  Torrent *torrent = &story.torrents[part];
  BtCommand *command = bt_command_new (bt_core_add);
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&torrent->info_hash, hex);
  command->path = g_strdup (torrent->folder);
  if (part == LINKED)
    command->text = g_strdup_printf ("magnet:?xt=urn:btih:%s", hex);
  else
    command->bytes = g_bytes_ref (torrent->sample->torrent);
  if (part == FETCHED)
    {
      guint8 priorities[] = { 1, 1, 1, 1, 1 };

      priorities[SKIPPED] = 0;
      command->priorities = g_bytes_new (priorities, sizeof priorities);
    }
  order (life, part, &torrent->added, command);
  connect_seed (life, find (life, part));
}

static void
want_all (Life *life)
{
  static const guint8 priorities[] = { 1, 1, 1, 1, 1 };
  BtCommand *command = bt_command_new (bt_core_set_priorities);
  Span span;

  command->priorities = g_bytes_new_static (priorities, sizeof priorities);
  order (life, FETCHED, &span, command);
}

static void
pause_and_tag (Life *life)
{
  static const char *const tags[] = { "later", NULL };
  BtCommand *command = bt_command_new (bt_core_set_intent);
  Span span;

  command->intent = BT_INTENT_PAUSE;
  order (life, PAUSED, &span, command);
  command = bt_command_new (bt_core_set_options);
  command->options = bt_torrent_options_new ();
  g_strfreev (command->options->tags);
  command->options->tags = g_strdupv ((char **) tags);
  command->option_mask = BT_OPTION_TAGS;
  order (life, PAUSED, &story.torrents[PAUSED].tagged, command);
}

static void
rename_file (Life *life)
{
  BtCommand *command = bt_command_new (bt_core_rename_path);
  Span span;

  command->path = g_strdup ("sample/a.bin");
  command->text = g_strdup ("another name.bin");
  order (life, RENAMED, &span, command);
}

static void
move (Life *life, Part part)
{
  BtCommand *command = bt_command_new (bt_core_move);

  command->path = g_strdup (story.torrents[part].next_folder);
  command->flag = TRUE;
  order (life, part, &story.torrents[part].moved, command);
}

static void
remove_with_files (Life *life)
{
  BtCommand *command = bt_command_new (bt_core_remove);

  command->flag = TRUE;
  order (life, REMOVED, &story.torrents[REMOVED].removed, command);
}

static gboolean
is_done (Life *life, Part part)
{
  BtTorrent *torrent = find (life, part);

  return torrent->phase == BT_PHASE_READY && bt_torrent_is_complete (torrent) && !torrent->relocating;
}

static void
tell_story (void)
{
  Life life;

  ft_file_calls_watch (story.root);
  story.power = ft_power_new (story.root);
  ft_file_calls_set_power (story.power);
  {
    g_autofree char *far_away = path_of ("far");

    ft_file_calls_set_border (far_away);
  }
  begin_life (&life, 1);
  life.node = ft_sim_add_node (life.sim, NODE_IP, setup_node);
  for (Part part = 0; part < N_TORRENTS; part++)
    add (&life, part);
  ft_sim_run_for (life.sim, 4 * FT_SIM_SECOND);
  pause_and_tag (&life);
  ft_sim_run_for (life.sim, 2 * FT_SIM_SECOND);
  story.torrents[PAUSED].tagged.known = ft_power_now (story.power);
  rename_file (&life);
  ft_sim_wait (life.sim, is_done (&life, MOVED) && is_done (&life, COPIED) && is_done (&life, REMOVED), 120);
  move (&life, MOVED);
  move (&life, COPIED);
  remove_with_files (&life);
  want_all (&life);
  ft_sim_wait (life.sim, is_done (&life, FETCHED) && is_done (&life, LINKED) && is_done (&life, RENAMED), 120);
  ft_sim_run_for (life.sim, 40 * FT_SIM_SECOND);
  ft_file_calls_watch (NULL);
  ft_sim_free (life.sim);
}

/* What must hold after a cut. */

static void
assert_strangers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autofree char *path = path_of (strangers[i]);
      g_autofree char *contents = NULL;

      g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
      g_assert_cmpstr (contents, ==, strangers[i]);
    }
}

static void
assert_list (Life *life, guint moment)
{
  for (Part part = 0; part < N_TORRENTS; part++)
    {
      const Torrent *torrent = &story.torrents[part];
      gboolean is_there = find (life, part) != NULL;

      if (moment > torrent->removed.known || moment <= torrent->added.asked)
        g_assert_false (is_there);
      else if (moment >= torrent->added.known && moment <= torrent->removed.asked)
        g_assert_true (is_there);
    }
}

/* The bytes of a file as they are on the disk; zeros where they are not. */
static void
read_file (BtTorrent *torrent, guint32 i, guint8 *out)
{
  const BtFile *file = &torrent->metainfo->files[i];
  g_autofree char *path = g_build_filename (torrent->data_path, bt_torrent_file_path (torrent, i), NULL);
  g_autofree char *contents = NULL;
  char hex[BT_SHA1_HEX_SIZE];
  gsize length;

  if (g_file_get_contents (path, &contents, &length, NULL))
    {
      memcpy (out, contents, MIN (length, file->length));
      return;
    }
  bt_sha1_to_hex (&torrent->metainfo->info_hash, hex);
  g_free (path);
  path = g_strdup_printf ("%s/.%s.parts", torrent->data_path, hex);
  if (g_file_get_contents (path, &contents, &length, NULL) && length > file->offset)
    memcpy (out, contents + file->offset, MIN (length - file->offset, file->length));
}

/* What it says to have it has. */
static void
assert_claims (Life *life, Part part)
{
  const FtSample *sample = story.torrents[part].sample;
  g_autofree guint8 *data = g_malloc0 (sample->size);
  BtTorrent *torrent = find (life, part);

  if (torrent == NULL || torrent->phase == BT_PHASE_METADATA || torrent->problem != NULL)
    return;
  g_assert_cmpint (torrent->phase, ==, BT_PHASE_READY); /* one that is folded would say nothing of its pieces */
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    read_file (torrent, i, data + torrent->metainfo->files[i].offset);
  for (guint32 piece = 0; piece < torrent->metainfo->n_pieces; piece++)
    {
      guint64 at = (guint64) piece * PIECE;

      if (bt_picker_has (torrent->picker, piece)
          && memcmp (data + at, sample->data + at, MIN (PIECE, sample->size - at)) != 0)
        g_error ("%s: piece %u is not what it is said to be", names[part], piece);
    }
}

/* One of which files were removed already when the power went is stopped by that, and nothing else is. */
static gboolean
may_be_gone (Part part, guint moment)
{
  return moment > story.torrents[part].removed.asked;
}

static gboolean
has_settled (Life *life, guint moment)
{
  for (Part part = 0; part < N_TORRENTS; part++)
    {
      BtTorrent *torrent = find (life, part);

      if (torrent == NULL || torrent->phase == BT_PHASE_METADATA
          || (torrent->problem != NULL && may_be_gone (part, moment)))
        continue;
      if (torrent->problem != NULL)
        g_error ("%s: %s", names[part], torrent->problem->message);
      if (torrent->phase != BT_PHASE_READY || torrent->relocating)
        return FALSE;
    }
  return TRUE;
}

static void
run_all (Life *life)
{
  for (Part part = 0; part < N_TORRENTS; part++)
    if (find (life, part) != NULL)
      {
        BtCommand *command = bt_command_new (bt_core_set_intent);

        command->id = find (life, part)->id;
        command->intent = BT_INTENT_RUN;
        ft_sim_node_run (life->node, command);
        connect_seed (life, find (life, part));
      }
}

static gboolean
are_done (Life *life, guint moment)
{
  for (Part part = 0; part < N_TORRENTS; part++)
    if (find (life, part) != NULL && !may_be_gone (part, moment) && !is_done (life, part))
      return FALSE;
  return TRUE;
}

static gboolean
holds_files (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);

      if (!g_file_test (child, G_FILE_TEST_IS_DIR) || holds_files (child))
        return TRUE;
    }
  return FALSE;
}

/* Complete, right, and in one place: folders that are empty may be left in the other. */
static void
assert_whole (Life *life, Part part, guint moment)
{
  const Torrent *self = &story.torrents[part];
  BtTorrent *torrent = find (life, part);
  g_autofree guint8 *data = g_malloc0 (self->sample->size);

  if (torrent == NULL || may_be_gone (part, moment))
    return;
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    read_file (torrent, i, data + torrent->metainfo->files[i].offset);
  g_assert_cmpmem (data, self->sample->size, self->sample->data, self->sample->size);
  if (self->next_folder == NULL || moment <= self->moved.asked)
    g_assert_cmpstr (torrent->data_path, ==, self->folder);
  else if (moment >= self->moved.known)
    g_assert_cmpstr (torrent->data_path, ==, self->next_folder);
  if (self->next_folder != NULL)
    {
      g_autofree char *other
        = g_build_filename (strcmp (torrent->data_path, self->folder) == 0 ? self->next_folder : self->folder, "sample", NULL);

      if (holds_files (other))
        g_error ("%s: something was left in %s", names[part], other);
    }
}

static void
assert_database (void)
{
  g_autofree char *path = path_of ("state/state.db");
  g_autofree char *folder = path_of ("state");
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  sqlite3_stmt *statement;
  const char *name;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_finalize (statement);
  sqlite3_close (db);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_null (strstr (name, "damaged"));
}

/* What a person chooses is there soon. */
static void
assert_chosen (BtTorrent *torrent)
{
  g_assert_cmpint (torrent->intent, ==, BT_INTENT_PAUSE);
  g_assert_nonnull (torrent->options->tags);
  g_assert_cmpstr (torrent->options->tags[0], ==, "later");
}

/* A new life after the cut: at first with nobody to ask. */
static void
live_on (guint moment, FtLoss loss, guint64 seed)
{
  Life life;
  BtTorrent *tagged;

  ft_power_cut (story.power, moment, loss, seed);
  assert_strangers ();
  {
    g_autofree char *far_away = path_of ("far");

    ft_file_calls_watch (story.root);
    ft_file_calls_set_border (far_away);
  }
  begin_life (&life, seed);
  ft_fake_host_set_dark (life.seed->world, TRUE);
  life.node = ft_sim_add_node (life.sim, NODE_IP, setup_node);
  assert_list (&life, moment);
  tagged = find (&life, PAUSED);
  if (moment >= story.torrents[PAUSED].tagged.known)
    assert_chosen (tagged);
  run_all (&life);
  ft_sim_wait (life.sim, has_settled (&life, moment), 60);
  for (Part part = 0; part < N_TORRENTS; part++)
    assert_claims (&life, part);
  ft_fake_host_set_dark (life.seed->world, FALSE);
  if (find (&life, FETCHED) != NULL)
    want_all (&life);
  run_all (&life);
  ft_sim_wait (life.sim, are_done (&life, moment), 300);
  for (Part part = 0; part < N_TORRENTS; part++)
    assert_whole (&life, part, moment);
  assert_strangers ();
  ft_sim_free (life.sim);
  ft_file_calls_watch (NULL);
  assert_database ();
}

static void
try_cut (guint cut)
{
  guint moment = ft_power_sync (story.power, cut / FT_N_LOSSES / 2) + (cut / FT_N_LOSSES & 1);

  g_test_message ("FT_CUT=%u: at %u, loss %u", cut, moment, cut % FT_N_LOSSES);
  live_on (moment, cut % FT_N_LOSSES, cut);
}

/* Before and after each sync, three times: all, nothing, and some of what was not synced is there. FT_CUT repeats
 * one that failed. */
static void
test_at_each_sync (void)
{
  const char *only = g_getenv ("FT_CUT");
  guint n_cuts;

  make_story ();
  tell_story ();
  n_cuts = 2 * ft_power_n_syncs (story.power) * FT_N_LOSSES;
  g_test_message ("%u syncs, %u cuts", ft_power_n_syncs (story.power), n_cuts);
  if (g_getenv ("FT_TELL") != NULL)
    ft_power_tell (story.power, 0, ft_power_now (story.power));
  if (only != NULL)
    try_cut ((guint) g_ascii_strtoull (only, NULL, 10));
  else if (g_getenv ("FT_TEST_LONG") != NULL)
    for (guint i = 0; i < n_cuts; i++)
      try_cut (i);
  else
    for (guint i = 0; i < MIN (n_cuts, SHORT_CUTS); i++)
      try_cut ((guint) g_test_rand_int_range (0, (gint32) n_cuts));
  free_story ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/power-loss/at-each-sync", test_at_each_sync);
  return g_test_run ();
}
