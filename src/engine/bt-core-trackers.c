/* bt-core-trackers.c: orders that concern the trackers of torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"
#include "bt-tiers.h"

/* Of one torrent: what is right for one may betray a secret of another.
 * Returns: (nullable): NULL with an error */
static BtTorrent *
find (BtCore *core, BtCommand *command, GError **error)
{
  BtTorrent *torrent = bt_core_find (core, command->id);

  if (torrent == NULL)
    g_set_error (error, BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent");
  return torrent;
}

void
bt_core_set_trackers (BtCore *core, BtCommand *command)
{
  GError *error = NULL;
  BtTorrent *torrent = find (core, command, &error);
  g_autoptr(GPtrArray) tiers = torrent != NULL ? bt_tiers_clean (command->tiers, &error) : NULL;

  if (tiers != NULL)
    bt_torrent_set_tiers (torrent, tiers);
  bt_command_reply (command, error);
}

void
bt_core_add_trackers (BtCore *core, BtCommand *command)
{
  GError *error = NULL;
  BtTorrent *torrent = find (core, command, &error);
  g_autoptr(GPtrArray) tiers = torrent != NULL ? bt_tiers_clean (command->tiers, &error) : NULL;

  if (tiers != NULL && !bt_torrent_add_tiers (torrent, tiers))
    error = g_error_new (BT_ERROR, BT_ERROR_LIMIT, "A torrent may have %d trackers", BT_LIMIT_TRACKERS);
  bt_command_reply (command, error);
}

void
bt_core_announce_to (BtCore *core, BtCommand *command)
{
  GError *error = NULL;
  BtTorrent *torrent = find (core, command, &error);

  if (torrent != NULL && !bt_torrent_announce_to (torrent, command->text))
    error = g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "It has no such tracker");
  bt_command_reply (command, error);
}
