/* bt-core-magnet.c: what a magnet link leads to takes its place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* First it is saved, so that it is right whatever follows. Then the torrent of the link ends, and one of the
 * metainfo begins with all that a person set for it, under the same id: for faces it is the same torrent. */

typedef struct
{
  BtMetainfo *metainfo;
  BtCommand *command;
} Resolving;

/* Takes @error. */
static void
answer (Resolving *resolving, GError *error)
{
  bt_command_reply (resolving->command, error);
  bt_metainfo_unref (resolving->metainfo);
  g_free (resolving);
}

static void
replace (BtCore *core, BtTorrent *old, BtMetainfo *metainfo, const BtResume *resume)
{
  BtTorrentId id = bt_torrent_get_id (old);
  BtTorrent *torrent;
  guint index;

  if (!g_ptr_array_find (core->torrents, old, &index))
    g_assert_not_reached ();
  g_hash_table_remove (core->by_hash, &metainfo->info_hash);
  bt_core_dequeue (core, old);
  torrent = bt_torrent_new (core, id, metainfo, resume, BT_LOAD_NEW);
  bt_torrent_set_saved (torrent);
  core->torrents->pdata[index] = torrent;
  bt_core_enqueue (core, torrent);
  g_hash_table_insert (core->by_id, GUINT_TO_POINTER (id), torrent);
  g_hash_table_insert (core->by_hash, &bt_torrent_get_metainfo (torrent)->info_hash, torrent);
}

static void
add_options (BtResume *resume, const BtTorrentOptions *options)
{
  BtTorrentOptions *joined = bt_core_join_options (resume->options, options);

  bt_torrent_options_unref (resume->options);
  resume->options = joined;
}

/* What is said now counts more than what was said of the link. */
static void
apply_request (BtResume *resume, const BtCommand *command)
{
  resume->intent = command->intent;
  if (command->path != NULL)
    {
      g_free (resume->save_path);
      resume->save_path = g_strdup (command->path);
    }
  if (command->priorities != NULL)
    {
      g_clear_pointer (&resume->priorities, g_bytes_unref);
      resume->priorities = g_bytes_ref (command->priorities);
    }
  if (command->options != NULL && resume->options != NULL)
    add_options (resume, command->options);
  if (command->tiers != NULL)
    {
      g_clear_pointer (&resume->extra_tiers, g_ptr_array_unref);
      resume->extra_tiers = g_ptr_array_ref (command->tiers);
    }
}

static BtResume *
make_resume (BtTorrent *torrent, const Resolving *resolving)
{
  BtResume *resume = bt_torrent_make_resolved_resume (torrent, resolving->metainfo);

  apply_request (resume, resolving->command);
  return resume;
}

static void
link_closed_cb (BtTorrent *torrent, const GError *error, gpointer data)
{
  Resolving *resolving = data;
  BtCore *core = resolving->command->core;
  g_autoptr(BtResume) resume = make_resume (torrent, resolving);

  /* If the engine is being stopped it is there when it starts again. */
  if (core->running)
    replace (core, torrent, resolving->metainfo, resume);
  else
    bt_core_forget (core, torrent);
  answer (resolving, NULL);
}

static void
resolved_cb (BtTorrent *torrent, const GError *error, gpointer data)
{
  Resolving *resolving = data;

  if (error == NULL && bt_torrent_can_resolve (torrent))
    bt_torrent_close (torrent, TRUE, FALSE, link_closed_cb, resolving);
  else if (error == NULL && resolving->command->core->running)
    answer (resolving, g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "It was removed meanwhile"));
  else
    answer (resolving, error != NULL ? g_error_copy (error) : NULL);
}

void
bt_core_resolve (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, BtCommand *command)
{
  Resolving *resolving = g_new (Resolving, 1);
  g_autoptr(BtResume) resume = NULL;

  resolving->metainfo = bt_metainfo_ref (metainfo);
  resolving->command = command;
  command->result_id = bt_torrent_get_id (torrent);
  resume = make_resume (torrent, resolving);
  bt_torrent_resolve (torrent, command->bytes, resume, resolved_cb, resolving);
}
