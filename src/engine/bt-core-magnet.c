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

void
bt_core_take_up (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, GBytes *bytes)
{
  resolve (core, torrent, metainfo, bytes, NULL);
}
