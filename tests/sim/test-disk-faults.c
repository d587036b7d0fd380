/* test-disk-faults.c: each call of the storage and of the database fails: the reason is said, and nothing is lost.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

#include "bt-picker.h"
#include "ft-file-calls.h"
#include "ft-sim.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 32768u
#define SHORT_FAULTS 60 /* of the normal suite, of the disk and of the state each */
#define SEED_IP "10.0.0.1"
#define NODE_IP "10.0.0.2"
#define LONGEST (90 * FT_SIM_SECOND) /* that a fault lasts */
#define AFTER (35 * FT_SIM_SECOND)   /* that it lasts after it was noticed */

static const FtSampleFile files[] = {
  { "a.bin", 5 * PIECE + 5 }, { "deep/b.bin", 3 * PIECE - 100 }, { "empty", 0 }, { "z.bin", 2 * PIECE }, { NULL, 0 },
};
#define SKIPPED 1 /* of the files, at first */

typedef struct
{
  int error_number;
  FtCalls calls;
  BtError code; /* what is said to be the matter */
} Kind;

#define CHANGES (FT_CALL_WRITE | FT_CALL_MAKE | FT_CALL_RENAME)

static const Kind kinds[] = {
  { ENOSPC, CHANGES | FT_CALL_SYNC, BT_ERROR_DISK_FULL },
  { EIO, FT_CALL_ALL, BT_ERROR_DISK },
  { EROFS, CHANGES | FT_CALL_REMOVE, BT_ERROR_DISK_READ_ONLY },
  { EMFILE, FT_CALL_OPEN | FT_CALL_MAKE | FT_CALL_LOOK, BT_ERROR_DISK },
  { ENODEV, FT_CALL_ALL, BT_ERROR_DISK_MISSING },
};

static struct
{
  FtSample *sample;
  BtSha1 info_hash;
  char *root, *files, *down, *far_folder, *state;
} place;

/* One run. */
typedef struct
{
  FtSim *sim;
  FtSimNode *seed, *node;
  const Kind *kind;  /* (nullable): nothing fails */
  gboolean on_state;
  gboolean lasts;    /* until it was noticed, and a while after; else one call fails */
  gboolean over;
  gint64 since;      /* 0: nothing has failed yet */
  gint64 noticed;    /* 0: nobody has */
  guint n_reasons;   /* that were said */
} Run;

static void
setup_seed (BtConfig *config)
{
  config->dht = config->lsd = config->port_mapping = FALSE;
}

static void
setup_node (BtConfig *config)
{
  setup_seed (config);
  g_free (config->download_dir);
  config->download_dir = g_strdup (place.down);
  config->state_dir = g_strdup (place.state);
}

static void
make_place (void)
{
  const char *shm = "/dev/shm";
  g_autoptr(BtMetainfo) metainfo = NULL;

  place.root = g_build_filename (g_access (shm, W_OK | X_OK) == 0 ? shm : g_get_tmp_dir (), "ft-faults-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (place.root));
  place.files = g_build_filename (place.root, "files", NULL);
  place.down = g_build_filename (place.files, "down", NULL);
  place.far_folder = g_build_filename (place.files, "far", NULL);
  place.state = g_build_filename (place.root, "state", NULL);
  place.sample = ft_sample_new (files, PIECE, 77);
  metainfo = bt_metainfo_parse (place.sample->torrent, NULL);
  place.info_hash = metainfo->info_hash;
}

static void
free_place (void)
{
  ft_sample_free (place.sample);
  ft_remove_tree (place.root);
  g_free (place.root);
  g_free (place.files);
  g_free (place.down);
  g_free (place.far_folder);
  g_free (place.state);
}

/* The fault. */

static BtTorrent *
find (Run *run)
{
  return g_hash_table_lookup (run->node->core->by_hash, &place.info_hash);
}

static void
end_fault (Run *run)
{
  run->over = TRUE;
  ft_file_calls_fail (0, place.root, 0, 0, 0);
}

/* The reason that is said must be the right one. What is known of the state is another matter. */
static void
assert_reason (Run *run, const GError *error)
{
  g_assert_nonnull (run->kind);
  run->n_reasons++;
  if (run->noticed == 0)
    run->noticed = ft_fake_net_now (run->sim->net);
  if (!run->on_state && !g_error_matches (error, BT_ERROR, run->kind->code))
    g_error ("%s, but was told: %s", g_strerror (run->kind->error_number), error->message);
}

static void
watch (Run *run)
{
  BtTorrent *torrent = find (run);
  gint64 now = ft_fake_net_now (run->sim->net);

  if (run->kind == NULL || run->over)
    return;
  if (torrent != NULL && torrent->problem != NULL && run->noticed == 0)
    assert_reason (run, torrent->problem);
  if (ft_file_calls_n_failed () == 0)
    return;
  if (run->since == 0)
    run->since = now;
  if (!run->lasts || now > run->since + LONGEST || (run->noticed != 0 && now > run->noticed + AFTER))
    end_fault (run);
}

#define wait_for(run, condition)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 wait_end = ft_fake_net_now ((run)->sim->net) + 600 * FT_SIM_SECOND;                     \
    ft_sim_settle ((run)->sim);                                                                    \
    while (watch (run), !(condition))                                                              \
      if (!ft_sim_step ((run)->sim, wait_end))                                                     \
        g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition);                 \
  }                                                                                                \
  G_STMT_END

static void
wait_a_while (Run *run)
{
  gint64 end = ft_fake_net_now (run->sim->net) + 10 * FT_SIM_SECOND;

  while (ft_sim_step (run->sim, end))
    watch (run);
  watch (run);
}

/* Until it is done. What fails says why, and is asked again when the fault is over. Returns: FALSE when something is
 * there already */
static gboolean
order (Run *run, BtCommand *(*make) (Run *run))
{
  for (guint i = 0; i < 100; i++)
    {
      BtTorrentId id;
      g_autoptr(GError) error = ft_sim_node_try (run->node, make (run), &id);

      if (error == NULL)
        return TRUE;
      if (g_error_matches (error, BT_ERROR, BT_ERROR_EXISTS))
        return FALSE;
      if (!g_error_matches (error, BT_ERROR, BT_ERROR_BUSY))
        assert_reason (run, error);
      wait_a_while (run);
    }
  g_error ("it is never done");
  return FALSE;
}

/* The orders. */

static BtCommand *
make_add (Run *run)
{
  BtCommand *command = bt_command_new (bt_core_add);
  guint8 priorities[] = { 1, 1, 1, 1 };

  priorities[SKIPPED] = 0;
  command->bytes = g_bytes_ref (place.sample->torrent);
  command->path = g_strdup (place.down);
  command->priorities = g_bytes_new (priorities, sizeof priorities);
  return command;
}

static BtCommand *
make_for (Run *run, void (*func) (BtCore *core, BtCommand *command))
{
  BtCommand *command = bt_command_new (func);

  command->id = find (run)->id;
  return command;
}

static BtCommand *
make_want_all (Run *run)
{
  static const guint8 priorities[] = { 1, 1, 1, 1 };
  BtCommand *command = make_for (run, bt_core_set_priorities);

  command->priorities = g_bytes_new_static (priorities, sizeof priorities);
  return command;
}

static BtCommand *
make_rename (Run *run)
{
  BtCommand *command = make_for (run, bt_core_rename_path);

  command->path = g_strdup ("sample/a.bin");
  command->text = g_strdup ("another.bin");
  return command;
}

static BtCommand *
make_move (Run *run)
{
  BtCommand *command = make_for (run, bt_core_move);

  command->path = g_strdup (place.far_folder);
  command->flag = TRUE;
  return command;
}

static BtCommand *
make_verify (Run *run)
{
  return make_for (run, bt_core_verify);
}

static BtCommand *
make_remove (Run *run)
{
  BtCommand *command = make_for (run, bt_core_remove);

  command->flag = TRUE;
  return command;
}

/* The run. */

static gboolean
has_file (const char *folder, guint32 i, const char *name)
{
  g_autofree char *path = g_build_filename (folder, "sample", name, NULL);
  g_autofree char *contents = NULL;
  guint64 at = 0;
  gsize length;

  for (guint32 k = 0; k < i; k++)
    at += files[k].length;
  return g_file_get_contents (path, &contents, &length, NULL) && length == files[i].length
         && memcmp (contents, place.sample->data + at, length) == 0;
}

static void
assert_files (const char *folder, gboolean renamed)
{
  for (guint32 i = 0; files[i].path != NULL; i++)
    g_assert_true (has_file (folder, i, i == 0 && renamed ? "another.bin" : files[i].path));
}

static gboolean
is_whole (Run *run)
{
  BtTorrent *torrent = find (run);
  gboolean seeds_folded = torrent->phase == BT_PHASE_FOLDED && torrent->active; /* its files were looked at */

  return (torrent->phase == BT_PHASE_READY || seeds_folded) && torrent->problem == NULL
         && bt_torrent_is_complete (torrent) && !torrent->relocating;
}

static void
begin_life (Run *run)
{
  run->sim = ft_sim_new (1);
  run->seed = ft_sim_add_node (run->sim, SEED_IP, setup_seed);
  ft_sim_node_add (run->seed, place.sample->torrent, place.sample->dir);
  ft_sim_run_for (run->sim, FT_SIM_SECOND);
  run->node = ft_sim_add_node (run->sim, NODE_IP, setup_node);
}

static void
download (Run *run)
{
  BtEndpoint seed = ft_sim_node_endpoint (run->seed);

  order (run, make_add);
  ft_sim_node_connect (run->node, find (run), &seed);
  wait_for (run, is_whole (run));
  order (run, make_want_all);
  wait_for (run, is_whole (run) && find (run)->done == place.sample->size);
  g_assert_cmpuint (find (run)->downloaded, <=, 2 * place.sample->size);
}

static void
handle (Run *run)
{
  order (run, make_rename);
  wait_for (run, is_whole (run));
  /* A move that failed on the way has said so, left all where it was, and waits for the next order. When the fault
   * kept it from removing its copies as well, the next one takes them for its own. */
  while (strcmp (find (run)->data_path, place.far_folder) != 0)
    {
      g_assert_true (order (run, make_move));
      wait_a_while (run);
      wait_for (run, is_whole (run));
    }
  order (run, make_verify);
  wait_for (run, is_whole (run) && !find (run)->check_asked && find (run)->done == place.sample->size);
}

/* All is had without asking anybody. */
static void
live_again (Run *run)
{
  begin_life (run);
  ft_fake_host_set_dark (run->seed->world, TRUE);
  g_assert_nonnull (find (run));
  wait_for (run, is_whole (run));
  g_assert_cmpuint (find (run)->done, ==, place.sample->size);
  order (run, make_remove);
  g_assert_false (has_file (place.far_folder, 0, "another.bin"));
  ft_sim_free (run->sim);
}

/* With nothing of the run before. */
static void
begin_run (Run *run)
{
  ft_remove_tree (place.files);
  ft_remove_tree (place.state);
  g_assert_no_errno (g_mkdir_with_parents (place.down, 0755));
  g_assert_no_errno (g_mkdir (place.far_folder, 0755));
  ft_file_calls_watch (place.root);
  ft_file_calls_set_border (place.far_folder);
  begin_life (run);
}

/* Returns: how many calls there were that could fail */
static guint
do_run (const Kind *kind, gboolean on_state, gboolean lasts, guint skip)
{
  Run run = { .kind = kind, .on_state = on_state, .lasts = lasts };
  const Kind *counted = kind != NULL ? kind : &kinds[0];
  guint n;

  begin_run (&run);
  ft_file_calls_fail (counted->calls, on_state ? place.state : place.files, skip, kind == NULL ? 0 : lasts ? G_MAXUINT / 2 : 1,
                      counted->error_number);
  download (&run);
  handle (&run);
  ft_sim_run_for (run.sim, 40 * FT_SIM_SECOND);
  watch (&run);
  n = ft_file_calls_count ();
  end_fault (&run);
  ft_sim_run_for (run.sim, 60 * FT_SIM_SECOND);
  wait_for (&run, is_whole (&run));
  assert_files (place.far_folder, TRUE);
  ft_sim_free (run.sim);
  run.kind = NULL;
  live_again (&run);
  ft_file_calls_watch (NULL);
  return n;
}

/* How many calls of a kind there are when nothing fails. */
static guint
count_calls (const Kind *kind, gboolean on_state)
{
  Kind counted = *kind;

  counted.error_number = 0;
  return do_run (&counted, on_state, FALSE, G_MAXUINT / 2);
}

static void
try_fault (gboolean on_state, guint kind, gboolean lasts, guint skip)
{
  g_test_message ("FT_FAULT=%u:%u:%u %s", kind, lasts, skip, g_strerror (kinds[kind].error_number));
  do_run (&kinds[kind], on_state, lasts, skip);
}

/* Those that once found something. */
static const struct
{
  gboolean on_state;
  guint kind, lasts, skip;
} found[] = {
  { FALSE, 0, 1, 16 }, /* what was in the parts file stayed there when its file was wanted */
  { TRUE, 0, 1, 0 },   /* a torrent that could not be saved when it was added never was */
  { TRUE, 1, 1, 0 },   /* the database was closed for good */
  { TRUE, 1, 1, 8 },   /* it had been saved, though it had been said that it could not be */
};

/* Each call, with each error, once and for a while. FT_FAULT repeats one that failed. */
static void
test_faults (gconstpointer data)
{
  gboolean on_state = GPOINTER_TO_INT (data);
  const char *only = g_getenv ("FT_FAULT");
  guint n_calls[G_N_ELEMENTS (kinds)], kind, lasts, skip;

  make_place ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      n_calls[i] = count_calls (&kinds[i], on_state);
      g_test_message ("%u calls that may fail with: %s", n_calls[i], g_strerror (kinds[i].error_number));
    }
  if (only != NULL && sscanf (only, "%u:%u:%u", &kind, &lasts, &skip) == 3 && kind < G_N_ELEMENTS (kinds))
    try_fault (on_state, kind, lasts != 0, skip);
  else if (g_getenv ("FT_TEST_LONG") != NULL)
    for (kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
      for (skip = 0; skip < 2 * n_calls[kind]; skip++)
        try_fault (on_state, kind, skip & 1, skip / 2);
  for (guint i = 0; only == NULL && i < G_N_ELEMENTS (found); i++)
    if (found[i].on_state == on_state)
      try_fault (on_state, found[i].kind, found[i].lasts != 0, found[i].skip);
  if (only == NULL && g_getenv ("FT_TEST_LONG") == NULL)
    for (guint i = 0; i < SHORT_FAULTS; i++)
      {
        kind = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (kinds));
        if (n_calls[kind] > 0)
          try_fault (on_state, kind, g_test_rand_bit (), (guint) g_test_rand_int_range (0, (gint32) n_calls[kind]));
      }
  free_place ();
}

/* As a kernel that could not write them, and says so once. The file's time is what it was. */
static void
lose_bytes (const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *contents = NULL;
  struct timespec times[2];
  GStatBuf info;
  gsize length;

  g_assert_no_errno (g_stat (path, &info));
  g_assert_true (g_file_get_contents (path, &contents, &length, &error));
  memset (contents + PIECE, 0, PIECE);
  g_assert_true (g_file_set_contents_full (path, contents, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0644, &error));
  times[0] = info.st_atim;
  times[1] = info.st_mtim;
  g_assert_no_errno (utimensat (AT_FDCWD, path, times, 0));
}

/* A sync fails once, and all that follow are good. What was written before it is gone all the same: it is read again,
 * and comes from the seed once more. */
static void
test_lost_with_a_sync (void)
{
  Run run = { .kind = &kinds[1] };
  g_autofree char *path = NULL;
  BtEndpoint seed;

  make_place ();
  path = g_build_filename (place.down, "sample", "a.bin", NULL);
  g_assert_no_errno (g_mkdir_with_parents (place.down, 0755));
  ft_file_calls_watch (place.root);
  begin_life (&run);
  ft_file_calls_fail (FT_CALL_SYNC, path, 0, 1, EIO);
  order (&run, make_add);
  seed = ft_sim_node_endpoint (run.seed);
  ft_sim_node_connect (run.node, find (&run), &seed);
  wait_for (&run, run.noticed != 0);
  g_assert_true (bt_picker_has (find (&run)->picker, 1));
  lose_bytes (path);
  ft_sim_run_for (run.sim, 60 * FT_SIM_SECOND);
  wait_for (&run, is_whole (&run));
  g_assert_true (has_file (place.down, 0, "a.bin"));
  ft_sim_free (run.sim);
  ft_file_calls_watch (NULL);
  free_place ();
}

static gboolean
is_far (Run *run)
{
  return strcmp (find (run)->data_path, place.far_folder) == 0 && !find (run)->relocating;
}

static void
restart (Run *run)
{
  ft_sim_free (run->sim);
  begin_life (run);
  wait_for (run, find (run) != NULL && !find (run)->relocating);
}

static void
strand (guint skip, gboolean restarts)
{
  Run run = { .kind = NULL };

  begin_run (&run);
  download (&run);
  ft_file_calls_fail (FT_CALL_SYNC | FT_CALL_RENAME | FT_CALL_REMOVE, place.far_folder, skip, G_MAXUINT / 2, EIO);
  g_assert_true (order (&run, make_move));
  ft_sim_run_for (run.sim, 10 * FT_SIM_SECOND);
  end_fault (&run);
  if (restarts)
    restart (&run);
  if (!is_far (&run))
    g_assert_true (order (&run, make_move));
  wait_for (&run, is_far (&run));
  assert_files (place.far_folder, FALSE);
  g_assert_false (has_file (place.down, 0, "a.bin"));
  ft_sim_free (run.sim);
  ft_file_calls_watch (NULL);
}

/* A move fails on the way, and so does taking it back: the next one takes what is there for its own, after a restart
 * as well. */
static void
test_stranded (void)
{
  make_place ();
  for (guint skip = 0; skip < 12; skip++)
    {
      strand (skip, FALSE);
      strand (skip, TRUE);
    }
  free_place ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sim/disk-faults/files", GINT_TO_POINTER (FALSE), test_faults);
  g_test_add_data_func ("/sim/disk-faults/state", GINT_TO_POINTER (TRUE), test_faults);
  g_test_add_func ("/sim/disk-faults/lost-with-a-sync", test_lost_with_a_sync);
  g_test_add_func ("/sim/disk-faults/stranded", test_stranded);
  return g_test_run ();
}
