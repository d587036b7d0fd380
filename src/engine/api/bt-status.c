/* bt-status.c: the life of the values that faces are told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-status.h"

G_DEFINE_BOXED_TYPE (BtUpdate, bt_update, bt_update_ref, bt_update_unref)

static GRefString *
ref_text (GRefString *text)
{
  return text != NULL ? g_ref_string_acquire (text) : NULL;
}

static void
clear_text (GRefString **text)
{
  g_clear_pointer (text, g_ref_string_release);
}

void
bt_torrent_status_copy (const BtTorrentStatus *from, BtTorrentStatus *to)
{
  *to = *from;
  to->name = ref_text (from->name);
  to->save_path = ref_text (from->save_path);
  to->data_path = ref_text (from->data_path);
  to->reason_text = ref_text (from->reason_text);
  to->tracker = ref_text (from->tracker);
  to->options = from->options != NULL ? bt_torrent_options_ref (from->options) : NULL;
}

void
bt_torrent_status_clear (BtTorrentStatus *status)
{
  clear_text (&status->name);
  clear_text (&status->save_path);
  clear_text (&status->data_path);
  clear_text (&status->reason_text);
  clear_text (&status->tracker);
  g_clear_pointer (&status->options, bt_torrent_options_unref);
}

static void
clear_peers (GArray *peers)
{
  for (guint i = 0; i < peers->len; i++)
    clear_text (&g_array_index (peers, BtPeerStatus, i).client);
  g_array_unref (peers);
}

static void
clear_trackers (GArray *trackers)
{
  for (guint i = 0; i < trackers->len; i++)
    {
      clear_text (&g_array_index (trackers, BtTrackerStatus, i).url);
      clear_text (&g_array_index (trackers, BtTrackerStatus, i).message);
    }
  g_array_unref (trackers);
}

BtDetail *
bt_detail_ref (BtDetail *detail)
{
  g_atomic_ref_count_inc (&detail->refs);
  return detail;
}

void
bt_detail_unref (BtDetail *detail)
{
  if (!g_atomic_ref_count_dec (&detail->refs))
    return;
  g_clear_pointer (&detail->files, bt_file_list_unref);
  g_clear_pointer (&detail->peers, clear_peers);
  g_clear_pointer (&detail->trackers, clear_trackers);
  g_clear_pointer (&detail->pieces, g_bytes_unref);
  g_clear_pointer (&detail->bans, g_ptr_array_unref);
  clear_text (&detail->comment);
  clear_text (&detail->created_by);
  g_free (detail);
}

BtUpdate *
bt_update_ref (BtUpdate *update)
{
  g_atomic_ref_count_inc (&update->refs);
  return update;
}

void
bt_update_unref (BtUpdate *update)
{
  if (!g_atomic_ref_count_dec (&update->refs))
    return;
  for (guint i = 0; i < update->torrents->len; i++)
    bt_torrent_status_clear (&g_array_index (update->torrents, BtTorrentStatus, i));
  for (guint i = 0; i < update->events->len; i++)
    clear_text (&g_array_index (update->events, BtEvent, i).text);
  g_array_unref (update->torrents);
  g_array_unref (update->removed);
  g_array_unref (update->events);
  g_clear_pointer (&update->detail, bt_detail_unref);
  clear_text (&update->listen_error);
  g_free (update);
}
