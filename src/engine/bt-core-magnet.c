/* bt-core-magnet.c: what a magnet link leads to takes its place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* First it is saved, so that it is right whatever follows. Then the torrent of the link becomes one of the metainfo,
 * with all that a person set for it, with its peers and its id: for faces it is the same torrent. */

typedef struct
{
  BtCore *core;
  BtMetainfo *metainfo;
  BtCommand *command; /* (nullable): NULL: its peers gave the details */
} Resolving;

/* Takes @error. */
static void
answer (Resolving *resolving, GError *error)
{
  if (resolving->command != NULL)
    bt_command_reply (resolving->command, error);
  else
    g_clear_error (&error);
  bt_metainfo_unref (resolving->metainfo);
  g_free (resolving);
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
      resume->save_path = g_canonicalize_filename (command->path, "/");
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

  if (resolving->command != NULL)
    apply_request (resume, resolving->command);
  return resume;
}

/* What a person changed while it was being saved counts. */
static void
take_up (BtCore *core, BtTorrent *torrent, const Resolving *resolving)
{
  g_autoptr(BtResume) resume = make_resume (torrent, resolving);

  bt_torrent_take_up (torrent, resolving->metainfo, resume);
  bt_core_event (core, bt_torrent_get_id (torrent), BT_EVENT_LOG, "Its details are known now");
}

/* If the engine is being stopped it is there when it starts again. */
static void
resolved_cb (BtTorrent *torrent, const GError *error, gpointer data)
{
  Resolving *resolving = data;
  BtCore *core = resolving->core;
  GError *problem = error != NULL ? g_error_copy (error) : NULL;

  if (problem == NULL && bt_torrent_can_resolve (torrent))
    take_up (core, torrent, resolving);
  else if (problem == NULL && core->running)
    problem = g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "It was removed meanwhile");
  else if (problem != NULL)
    bt_torrent_fail (torrent, problem);
  answer (resolving, problem);
}

static void
resolve (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, GBytes *bytes, BtCommand *command)
{
  Resolving *resolving = g_new (Resolving, 1);
  g_autoptr(BtResume) resume = NULL;

  resolving->core = core;
  resolving->metainfo = bt_metainfo_ref (metainfo);
  resolving->command = command;
  resume = make_resume (torrent, resolving);
  bt_torrent_resolve (torrent, metainfo, bytes, resume, resolved_cb, resolving);
}

void
bt_core_resolve (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, BtCommand *command)
{
  command->result_id = bt_torrent_get_id (torrent);
  resolve (core, torrent, metainfo, command->bytes, command);
}

/* A torrent is unfolded that may have the same files. */
static void
take_up_again (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_parse (command->bytes, NULL);

  if (core->running && torrent != NULL && metainfo != NULL && bt_torrent_can_resolve (torrent))
    bt_core_take_up (core, torrent, metainfo, command->bytes);
  bt_command_reply (command, NULL);
}

static gboolean
wait_for (BtCore *core, BtTorrent *torrent, GBytes *bytes, BtTorrentId folded)
{
  BtCommand *command = bt_command_new (take_up_again);

  command->core = core;
  command->id = bt_torrent_get_id (torrent);
  command->bytes = g_bytes_ref (bytes);
  if (bt_core_wait_for (core, command, folded))
    return TRUE;
  bt_command_free (command);
  return FALSE;
}

void
bt_core_take_up (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, GBytes *bytes)
{
  g_autoptr(GError) error = NULL;
  BtTorrentId folded = 0;

  if (bt_torrent_get_intent (torrent) != BT_INTENT_DETAILS)
    error = bt_torrent_check_details (torrent, metainfo, &folded);
  if (error != NULL)
    {
      bt_torrent_fail (torrent, error);
      return;
    }
  if (folded != 0 && wait_for (core, torrent, bytes, folded))
    return;
  resolve (core, torrent, metainfo, bytes, NULL);
}
