/* bt-core.c: the engine's root object: makes the parts, holds the torrents, takes commands.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#include "bt-gio-world.h"
#include "bt-peer-id.h"

#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif

#define POOL_IDLE_BYTES (8 * 1024 * 1024)
#define MEMORY_DELAY_US (5 * G_USEC_PER_SEC) /* the files of all torrents have been looked at by then */

static BtWorld *
make_gio_world (GMainContext *context, const BtConfig *config, gpointer data, GError **error)
{
  BtEndpoint bind_address;
  gboolean is_bound;

  if (!bt_core_get_bind_address (config, &bind_address, &is_bound, error))
    return NULL;
  return bt_gio_world_new (context, is_bound ? &bind_address : NULL, bt_user_agent ());
}

static BtDisk *
make_real_disk (BtMailbox *mailbox, gpointer data)
{
  return bt_disk_new (mailbox, 0);
}

const BtOutside bt_outside_real = {
  .make_world = make_gio_world,
  .make_disk = make_real_disk,
  .retry_us = 30 * G_USEC_PER_SEC,
  .save_delay_us = 15 * G_USEC_PER_SEC,
  .disk_patience_us = 10 * G_USEC_PER_SEC,
};

BtCore *
bt_core_new (const BtConfig *config,
             const BtOutside *outside,
             GMainContext *context,
             BtMailbox *mailbox,
             BtCoreUpdateFunc update,
             gpointer data)
{
  BtCore *core = g_new0 (BtCore, 1);

  core->config = bt_config_copy (config);
  core->outside = *outside;
  core->context = g_main_context_ref (context);
  core->mailbox = bt_mailbox_ref (mailbox);
  core->update = update;
  core->update_data = data;
  core->torrents = g_ptr_array_new ();
  core->queue = g_ptr_array_new ();
  core->by_id = g_hash_table_new (NULL, NULL);
  core->by_hash = g_hash_table_new_full (bt_sha1_hash, bt_sha1_equal, g_free, NULL);
  bt_core_init_tops (core);
  core->arrivals = g_ptr_array_new ();
  g_queue_init (&core->awake);
  g_queue_init (&core->resting);
  g_queue_init (&core->seekers);
  core->dialling = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);
  core->attempts = bt_attempts_new ();
  core->reading = TRUE;
  core->free_bytes = -1;
  bt_core_init_checks (core);
  g_queue_init (&core->fetches);
  return core;
}

static void
wake_world (gint64 deadline, gpointer data)
{
  BtCore *core = data;

  core->world->ops->wake_at (core->world, deadline);
}

static void
run_timers (gpointer owner)
{
  BtCore *core = owner;

  bt_timers_run (core->timers, bt_core_now (core));
}

/* What all torrents have saved was in memory for a moment; the C library would keep the room. */
static void
give_memory_back (gpointer owner, gint64 now)
{
#ifdef HAVE_MALLOC_TRIM
  malloc_trim (0);
#endif
}

void
bt_core_give_memory_back_soon (BtCore *core)
{
  bt_timer_start (&core->memory_timer, bt_core_now (core) + MEMORY_DELAY_US);
}

/* Makes what must live in the engine's thread. The world may refuse (a bind address that is none):
 * then the start command says so. */
static gboolean
make_parts (BtCore *core, GError **error)
{
  guint64 seed;

  core->world = core->outside.make_world (core->context, core->config, core->outside.data, error);
  if (core->world == NULL)
    return FALSE;
  core->world->wake = run_timers;
  core->world->owner = core;
  core->world->ops->random (core->world, &seed, sizeof seed);
  bt_random_seed (&core->random, seed);
  core->timers = bt_timers_new (wake_world, core);
  bt_core_init_disk_wait (core);
  core->disk = core->outside.make_disk (core->mailbox, core->outside.data);
  core->pool = bt_buffer_pool_new (POOL_IDLE_BYTES);
  core->trackers = bt_tracker_client_new (core->world, core->timers);
  core->thinker = core->outside.one_thread ? bt_thinker_new_here (core->mailbox) : bt_thinker_new (core->mailbox);
  core->metadata_budget.limit = BT_LIMIT_METADATA_TOTAL;
  bt_timer_init (&core->memory_timer, core->timers, give_memory_back, core);
  bt_core_init_address (core);
  bt_core_init_limits (core);
  bt_core_init_updates (core);
  bt_core_init_dht (core);
  bt_core_init_queue (core);
  bt_core_init_goals (core);
  bt_core_init_folding (core);
  return TRUE;
}

void
bt_core_open (BtCore *core)
{
  g_main_context_push_thread_default (core->context);
}

void
bt_core_free (BtCore *core)
{
  g_assert (core->torrents->len == 0);

  bt_core_end_updates (core);
  if (core->timers != NULL)
    {
      bt_timer_stop (&core->memory_timer);
      bt_core_end_folding (core);
    }
  g_clear_pointer (&core->trackers, bt_tracker_client_free);
  g_clear_pointer (&core->thinker, bt_thinker_free);
  g_clear_pointer (&core->mapper, bt_port_mapper_free);
  bt_core_free_lsd (core);
  if (core->disk != NULL)
    core->disk->ops->free (core->disk);
  g_clear_pointer (&core->votes, bt_address_vote_free);
  g_clear_pointer (&core->pool, bt_buffer_pool_free);
  g_clear_pointer (&core->tag_limits, g_hash_table_unref);
  bt_core_end_dht (core);
  g_clear_pointer (&core->timers, bt_timers_free);
  if (core->world != NULL)
    core->world->ops->free (core->world);
  g_main_context_pop_thread_default (core->context);
  g_ptr_array_unref (core->torrents);
  g_ptr_array_unref (core->queue);
  g_ptr_array_unref (core->arrivals);
  g_hash_table_unref (core->dialling);
  bt_attempts_free (core->attempts);
  g_hash_table_unref (core->by_id);
  g_hash_table_unref (core->by_hash);
  bt_core_free_tops (core);
  g_hash_table_unref (core->checks);
  g_free (core->no_network);
  bt_mailbox_unref (core->mailbox);
  g_main_context_unref (core->context);
  bt_config_free (core->config);
  g_free (core->listen_error);
  g_free (core);
}

gint64
bt_core_to_unix (BtCore *core, gint64 monotonic)
{
  if (monotonic <= 0 || monotonic == G_MAXINT64)
    return 0;
  return bt_core_unix_now (core) + (monotonic - bt_core_now (core)) / G_USEC_PER_SEC;
}

BtTorrent *
bt_core_find (BtCore *core, BtTorrentId id)
{
  return g_hash_table_lookup (core->by_id, GUINT_TO_POINTER (id));
}

static BtTorrent *
enter (BtCore *core, BtTorrent *torrent)
{
  const BtSha1 *info_hash = &bt_torrent_get_metainfo (torrent)->info_hash;

  g_ptr_array_add (core->torrents, torrent);
  g_hash_table_insert (core->by_id, GUINT_TO_POINTER (core->last_id), torrent);
  g_hash_table_insert (core->by_hash, g_memdup2 (info_hash, sizeof *info_hash), torrent);
  bt_core_enqueue (core, torrent);
  bt_core_wake (core, torrent);
  return torrent;
}

BtTorrent *
bt_core_make_torrent (BtCore *core, BtMetainfo *metainfo, const BtResume *resume, BtLoad load)
{
  BtTorrent *torrent = enter (core, bt_torrent_new (core, ++core->last_id, metainfo, resume, load));

  bt_torrent_find_top (torrent);
  return torrent;
}

/* It is over for this torrent: nothing leads to it any more. */
void
bt_core_forget (BtCore *core, BtTorrent *torrent)
{
  BtTorrentId id = bt_torrent_get_id (torrent);

  bt_core_dequeue_check (core, torrent);
  bt_core_leave_unfolding (core, torrent);
  bt_torrent_leave_top (torrent);
  g_ptr_array_remove (core->torrents, torrent);
  bt_core_dequeue (core, torrent);
  g_hash_table_remove (core->by_id, GUINT_TO_POINTER (id));
  g_hash_table_remove (core->by_hash, &bt_torrent_get_metainfo (torrent)->info_hash);
  g_array_append_val (core->removed, id);
  if (core->watched == id)
    core->watched = 0;
  bt_core_came_on (core);
  bt_core_touch (core);
}

/* Starting. */

/* What was saved is lost, but for where the data is: it is looked at when the person says so, and
 * nothing is written before. */
static BtResume *
make_lost_resume (BtCore *core, const BtStateRow *row)
{
  BtResume *resume = bt_resume_new ();

  resume->save_path = g_strdup (row->save_path != NULL ? row->save_path : core->config->download_dir);
  resume->intent = BT_INTENT_PAUSE;
  resume->added_at = bt_core_unix_now (core);
  return resume;
}

static void
load_whole (BtCore *core, BtStateRow *row, BtLoad load)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(BtMetainfo) metainfo = bt_core_read_metainfo (row->torrent, row->magnet, &error);

  /* The others' bytes do not have to be there at the same time. */
  g_clear_pointer (&row->torrent, g_bytes_unref);
  if (metainfo != NULL && g_hash_table_contains (core->by_hash, &metainfo->info_hash))
    return;
  if (metainfo == NULL)
    {
      bt_core_event (core, 0, BT_EVENT_PROBLEM, "A saved torrent cannot be read: %s", error->message);
      return;
    }
  if (row->resume == NULL)
    {
      bt_core_event (core, 0, BT_EVENT_PROBLEM, "What was saved of \"%s\" is damaged: start it to check its data",
                     metainfo->name);
      row->resume = make_lost_resume (core, row);
    }
  bt_core_make_torrent (core, metainfo, row->resume, load);
}

static void
load_folded (BtCore *core, BtStateRow *row, BtLoad load)
{
  BtTorrent *torrent = enter (core, bt_torrent_new_folded (core, ++core->last_id, row->resume, row->saved, load));
  const char *top = row->resume->top;

  bt_torrent_enter_top (torrent, top != NULL ? top : row->resume->summary->outline->name);
}

/* Nobody knows what is in there: it is listed, so that it is not missed, and its row stays as it is. */
static void
load_sealed (BtCore *core, BtStateRow *row, BtLoad load)
{
  g_autoptr(BtMetainfo) metainfo = NULL;
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&row->info_hash, hex);
  metainfo = bt_core_read_metainfo (NULL, hex, NULL);
  row->resume = make_lost_resume (core, row);
  row->resume->summary = bt_summary_new (metainfo);
  row->saved = g_bytes_new (NULL, 0);
  load_folded (core, row, load);
}

/* With ten thousand torrents there is no time to read them all, nor room. */
static void
load_row (BtCore *core, BtStateRow *row, BtLoad load)
{
  BtQuarantine *quarantine = bt_state_db_get_quarantine (core->db);

  if (!row->sealed)
    bt_quarantine_read (quarantine, &row->info_hash);
  if (row->saved == NULL && !row->sealed)
    load_whole (core, row, load);
  else if (g_hash_table_contains (core->by_hash, &row->info_hash))
    return;
  else if (row->sealed)
    load_sealed (core, row, load);
  else
    load_folded (core, row, load);
}

static void
load_rows (BtCore *core, const BtStateLoad *load)
{
  for (guint i = 0; i < load->rows->len; i++)
    load_row (core, g_ptr_array_index (load->rows, i), load->was_clean ? BT_LOAD_CLEAN : BT_LOAD_UNCLEAN);
  bt_quarantine_all_read (bt_state_db_get_quarantine (core->db));
}

static void
loaded_cb (BtStateLoad *load, const GError *error, gpointer owner)
{
  BtCommand *command = owner;
  BtCore *core = command->core;

  if (core->db == NULL)
    {
      bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_CANCELLED, "The engine was stopped"));
      return;
    }
  if (load == NULL)
    {
      bt_state_db_close (g_steal_pointer (&core->db), FALSE);
      bt_command_reply (command, g_error_copy (error));
      return;
    }
  if (error != NULL)
    bt_core_event (core, 0, BT_EVENT_PROBLEM, "%s", error->message);
  core->running = TRUE;
  bt_core_load_dht (core, load->session);
  bt_core_open_network (core);
  load_rows (core, load);
  bt_core_give_memory_back_soon (core);
  bt_core_touch (core);
  bt_command_reply (command, NULL);
}

static void
load_progress_cb (gpointer owner)
{
  BtCommand *command = owner;

  bt_core_came_on (command->core);
}

static BtStateDb *
open_state (BtCore *core, GError **error)
{
  const char *directory = core->config->state_dir;

  if (core->outside.one_thread)
    return bt_state_db_open_here (directory, core->mailbox, error);
  return directory != NULL ? bt_state_db_open (directory, core->mailbox, error)
                           : bt_state_db_open_memory (core->mailbox, error);
}

void
bt_core_start (BtCore *core, BtCommand *command)
{
  GError *error = NULL;

  if (core->world != NULL)
    {
      bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_EXISTS, "The engine runs already"));
      return;
    }
  if (!make_parts (core, &error))
    {
      bt_command_reply (command, error);
      return;
    }
  core->db = open_state (core, &error);
  if (core->db == NULL)
    {
      bt_command_reply (command, error);
      return;
    }
  bt_state_db_load (core->db, loaded_cb, load_progress_cb, command);
}
