/* bt-core-add.c: a torrent is added, from a .torrent file or a link.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#include "bt-tiers.h"

/* A file of 200,000 files takes a third of a second to read, in which no peer would be served: what is large is read
 * aside. What comes after it waits, so that the queue has the order in which torrents were added. */
#define LARGE (256 * 1024)

BtMetainfo *
bt_core_read_metainfo (GBytes *torrent, const char *link, GError **error)
{
  g_autoptr(BtMagnet) magnet = NULL;

  if (torrent != NULL)
    return bt_metainfo_parse (torrent, error);
  magnet = bt_magnet_parse (link, error);
  return magnet != NULL ? bt_metainfo_new_from_magnet (magnet) : NULL;
}

static gboolean
clean_tiers (BtCommand *command, GError **error)
{
  GPtrArray *clean;

  if (command->tiers == NULL)
    return TRUE;
  clean = bt_tiers_clean (command->tiers, error);
  if (clean == NULL)
    return FALSE;
  g_ptr_array_unref (command->tiers);
  command->tiers = clean;
  return TRUE;
}

/* The .torrent file of a link is no second torrent. */
static gboolean
can_resolve (BtTorrent *there, const BtMetainfo *metainfo)
{
  return metainfo->magnet == NULL && bt_torrent_can_resolve (there);
}

/* As many as there are, whether the link or the file is given. */
static guint32
count_files (BtTorrent *there, const BtMetainfo *metainfo)
{
  return there != NULL && !bt_torrent_is_magnet (there) ? bt_torrent_get_metainfo (there)->n_files : metainfo->n_files;
}

/* Whoever chooses for a link at the moment its details are being saved need not wait: what is set then counts. */
static gboolean
is_busy (BtTorrent *there, const BtMetainfo *metainfo)
{
  return bt_torrent_is_resolving (there) && !(metainfo->magnet != NULL && bt_torrent_can_be_chosen_for (there));
}

static GError *
check_can_add (BtCore *core, BtCommand *command, BtMetainfo *metainfo)
{
  GError *error = NULL;
  BtTorrent *there = g_hash_table_lookup (core->by_hash, &metainfo->info_hash);

  if (there != NULL && is_busy (there, metainfo))
    {
      command->result_id = bt_torrent_get_id (there);
      return g_error_new (BT_ERROR, BT_ERROR_BUSY, "\"%s\" is being added", metainfo->name);
    }
  if (there != NULL && !can_resolve (there, metainfo) && !bt_torrent_can_be_chosen_for (there))
    {
      command->result_id = bt_torrent_get_id (there);
      return g_error_new (BT_ERROR, BT_ERROR_EXISTS, "\"%s\" is there already", metainfo->name);
    }
  if (!clean_tiers (command, &error))
    return error;
  if (command->path != NULL && !g_path_is_absolute (command->path))
    return g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "\"%s\" is not an absolute path", command->path);
  if (command->priorities != NULL && g_bytes_get_size (command->priorities) != count_files (there, metainfo))
    return g_error_new (BT_ERROR, BT_ERROR_MALFORMED,
                        "Priorities for %" G_GSIZE_FORMAT " files were given, it has %u",
                        g_bytes_get_size (command->priorities), count_files (there, metainfo));
  return NULL;
}

static BtResume *
make_first_resume (BtCore *core, BtCommand *command)
{
  BtResume *resume = bt_resume_new ();

  resume->save_path = g_canonicalize_filename (command->path != NULL ? command->path : core->config->download_dir,
                                               "/");
  if (core->config->incomplete_dir != NULL && !command->flag)
    resume->data_path = g_strdup (core->config->incomplete_dir);
  resume->intent = command->intent;
  resume->added_at = bt_core_unix_now (core);
  resume->queue_key = bt_core_next_queue_key (core);
  if (command->priorities != NULL)
    resume->priorities = g_bytes_ref (command->priorities);
  if (command->tiers != NULL)
    resume->extra_tiers = g_ptr_array_ref (command->tiers);
  if (command->options != NULL)
    resume->options = bt_torrent_options_clean (command->options);
  return resume;
}

/* That it cannot be saved now keeps nobody from downloading: it is told of, and tried again. */
static void
added_cb (const GError *error, gpointer owner)
{
  BtCommand *command = owner;
  BtTorrent *torrent = bt_core_find (command->core, command->result_id);
  gboolean exists = g_error_matches (error, BT_ERROR, BT_ERROR_EXISTS);

  if (error == NULL && torrent != NULL)
    bt_torrent_set_saved (torrent);
  else if (torrent != NULL && !exists)
    bt_torrent_note_unlisted (torrent, error);
  bt_command_reply (command, exists ? g_error_copy (error) : NULL);
}

static void
save_new (BtCore *core, const BtMetainfo *metainfo, const BtResume *resume, BtCommand *command)
{
  g_autofree char *link = NULL;

  if (metainfo->magnet == NULL)
    {
      bt_state_db_add (core->db, &metainfo->info_hash, command->bytes, resume, added_cb, command);
      return;
    }
  link = bt_magnet_format (metainfo->magnet);
  bt_state_db_add_magnet (core->db, &metainfo->info_hash, link, resume, added_cb, command);
}

static void
add_new (BtCore *core, BtMetainfo *metainfo, BtCommand *command)
{
  g_autoptr(BtResume) resume = make_first_resume (core, command);

  bt_core_make_torrent (core, metainfo, resume, command->flag ? BT_LOAD_TRUSTED : BT_LOAD_NEW);
  command->result_id = core->last_id;
  save_new (core, metainfo, resume, command);
}

/* TRUE: the command runs again when more is known of another torrent. */
static gboolean
check_files (BtCore *core, BtCommand *command, BtMetainfo *metainfo, GError **error)
{
  BtTorrent *there = g_hash_table_lookup (core->by_hash, &metainfo->info_hash);
  BtTorrentId folded;

  *error = bt_core_check_addition (core, there, metainfo, command, &folded);
  return folded != 0 && bt_core_wait_for (core, command, folded);
}

/* @error: (transfer full) (nullable): why it could not be read */
static void
add (BtCore *core, BtCommand *command, BtMetainfo *metainfo, GError *error)
{
  BtTorrent *there;

  if (!core->running && error == NULL)
    error = g_error_new (BT_ERROR, BT_ERROR_CANCELLED, "The engine is not running");
  if (error == NULL)
    error = check_can_add (core, command, metainfo);
  if (error == NULL && check_files (core, command, metainfo, &error))
    return;
  if (error != NULL)
    {
      bt_command_reply (command, error);
      return;
    }
  there = g_hash_table_lookup (core->by_hash, &metainfo->info_hash);
  if (there == NULL)
    add_new (core, metainfo, command);
  else if (can_resolve (there, metainfo))
    bt_core_resolve (core, there, metainfo, command);
  else
    bt_core_choose (core, there, metainfo, command);
}

/* Reading. */

typedef struct
{
  BtCommand *command;
  BtMetainfo *metainfo; /* (nullable): NULL with an error */
  GError *error;
} Reading;

static void
read_aside (gpointer data)
{
  Reading *reading = data;

  reading->metainfo = bt_core_read_metainfo (reading->command->bytes, reading->command->text, &reading->error);
}

static void
read_cb (gpointer data)
{
  Reading *reading = data;
  BtCore *core = reading->command->core;

  core->n_reading--;
  add (core, reading->command, reading->metainfo, reading->error);
  g_clear_pointer (&reading->metainfo, bt_metainfo_unref);
  g_free (reading);
  bt_core_check_stopped (core);
}

void
bt_core_add (BtCore *core, BtCommand *command)
{
  gboolean is_large = command->bytes != NULL && g_bytes_get_size (command->bytes) > LARGE;
  Reading *reading;

  if (!core->running)
    {
      add (core, command, NULL, NULL);
      return;
    }
  reading = g_new0 (Reading, 1);
  reading->command = command;
  core->n_reading++;
  if (is_large || core->n_reading > 1)
    {
      bt_thinker_ask (core->thinker, read_aside, read_cb, reading);
      return;
    }
  read_aside (reading);
  read_cb (reading);
}
