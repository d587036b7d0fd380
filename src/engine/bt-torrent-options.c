/* bt-torrent-options.c: what a person set for a torrent takes effect.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

static const char *
shown_name (BtTorrent *torrent)
{
  return torrent->options->name != NULL ? torrent->options->name : torrent->metainfo->name;
}

static void
apply_name (BtTorrent *torrent)
{
  if (strcmp (torrent->name_text, shown_name (torrent)) == 0)
    return;
  g_ref_string_release (torrent->name_text);
  torrent->name_text = g_ref_string_new (shown_name (torrent));
  bt_torrent_touch (torrent, BT_CHANGED_NAME);
}

void
bt_torrent_apply_options (BtTorrent *torrent)
{
  apply_name (torrent);
  bt_picker_set_sequential (torrent->picker, torrent->options->sequential);
}

BtTorrentOptions *
bt_torrent_get_options (BtTorrent *torrent)
{
  return torrent->options;
}

void
bt_torrent_set_options (BtTorrent *torrent, BtTorrentOptions *options)
{
  if (torrent->phase == BT_PHASE_CLOSING || bt_torrent_options_equal (torrent->options, options))
    return;
  bt_torrent_options_unref (torrent->options);
  torrent->options = bt_torrent_options_ref (options);
  bt_torrent_apply_options (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_OPTIONS);
  torrent->dirty = TRUE;
  bt_torrent_save_soon (torrent);
}
