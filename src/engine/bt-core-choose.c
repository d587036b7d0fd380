/* bt-core-choose.c: a torrent that was there for its details alone becomes what somebody chose.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

static GStrv
join_tags (GStrv before, GStrv asked)
{
  g_autoptr(GStrvBuilder) tags = g_strv_builder_new ();

  g_strv_builder_addv (tags, (const char **) before);
  g_strv_builder_addv (tags, (const char **) asked);
  return g_strv_builder_end (tags);
}

BtTorrentOptions *
bt_core_join_options (const BtTorrentOptions *before, const BtTorrentOptions *asked)
{
  BtOptionMask mask = BT_OPTION_TAGS | BT_OPTION_SEQUENTIAL | (asked->name != NULL ? BT_OPTION_NAME : 0);
  g_autoptr(BtTorrentOptions) with = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) joined = NULL;

  with->name = g_strdup (asked->name);
  g_strfreev (with->tags);
  with->tags = join_tags (before->tags, asked->tags);
  with->sequential = before->sequential || asked->sequential;
  joined = bt_torrent_options_merge (before, with, mask);
  return bt_torrent_options_clean (joined);
}

/* Those it has stay: more than it may have is no reason not to begin. A private torrent has only its own. */
static void
add_trackers (BtTorrent *torrent, const BtMetainfo *metainfo, const BtCommand *command)
{
  if (command->tiers != NULL)
    bt_torrent_set_tiers (torrent, command->tiers);
  else if (!metainfo->is_private && bt_torrent_may_share (torrent))
    bt_torrent_add_tiers (torrent, metainfo->tiers);
}

void
bt_core_choose (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, BtCommand *command)
{
  GError *error = NULL;

  command->result_id = bt_torrent_get_id (torrent);
  if (command->path != NULL)
    error = bt_torrent_choose_place (torrent, command->path);
  if (error != NULL)
    {
      bt_command_reply (command, error);
      return;
    }
  add_trackers (torrent, metainfo, command);
  if (command->options != NULL)
    {
      g_autoptr(BtTorrentOptions) joined
        = bt_core_join_options (bt_torrent_get_options (torrent), command->options);

      bt_torrent_set_options (torrent, joined);
    }
  if (command->priorities != NULL)
    bt_torrent_set_priorities (torrent, command->priorities);
  bt_torrent_set_intent (torrent, command->intent);
  bt_torrent_save (torrent);
  bt_command_reply (command, NULL);
}
