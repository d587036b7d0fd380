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

/* Limits. */

static BtLimits *
make_own_limits (BtTorrent *torrent, BtLimits *parent)
{
  const BtTorrentOptions *options = torrent->options;
  gint64 now = bt_core_now (torrent->core);

  if (torrent->own_limits == NULL)
    {
      torrent->own_limits = g_new (BtLimits, 1);
      bt_limits_init (torrent->own_limits, parent, options->limit_down_bytes_per_s,
                      options->limit_up_bytes_per_s, now);
      return torrent->own_limits;
    }
  torrent->own_limits->down.parent = &parent->down;
  torrent->own_limits->up.parent = &parent->up;
  bt_limits_set (torrent->own_limits, options->limit_down_bytes_per_s, options->limit_up_bytes_per_s, now);
  return torrent->own_limits;
}

static void
take_from (BtTorrent *torrent, BtLimits *limits)
{
  if (torrent->limits == limits)
    return;
  torrent->limits = limits;
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      if (peer->ready)
        bt_link_set_limiters (peer->link, &limits->down, &limits->up);
    }
}

void
bt_torrent_apply_limits (BtTorrent *torrent)
{
  const BtTorrentOptions *options = torrent->options;
  BtLimits *limits = bt_core_limits_for (torrent->core, (const char *const *) options->tags);

  if (options->limit_down_bytes_per_s > 0 || options->limit_up_bytes_per_s > 0)
    {
      take_from (torrent, make_own_limits (torrent, limits));
      return;
    }
  take_from (torrent, limits);
  g_clear_pointer (&torrent->own_limits, g_free);
}

void
bt_torrent_apply_options (BtTorrent *torrent)
{
  apply_name (torrent);
  bt_torrent_apply_limits (torrent);
  if (!bt_torrent_is_folded (torrent))
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
  bt_torrent_trim_peers (torrent);
  bt_torrent_note_queue (torrent);
  if (bt_torrent_goal_is_due (torrent))
    bt_core_goal_due (torrent->core);
  bt_core_seek_peers (torrent->core, torrent);
  bt_torrent_touch (torrent, BT_CHANGED_OPTIONS);
  bt_torrent_save_choice (torrent);
}
