/* bt-torrent-edits.c: what another program changed in files that were complete is spared until a person says so.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-layout.h"

/* What a person has, and maybe changed, is not overwritten without being asked: a tag that was put into a song makes its
 * piece a wrong one. A file that is gone is another matter: it is downloaded again, and so are the pieces that it shares
 * with others. */

typedef enum
{
  FILE_SAME,
  FILE_GONE,
  FILE_CHANGED,
} FileChange;

static FileChange
find_change (BtTorrent *torrent, guint32 file, const BtFileStamp *now)
{
  if (!bt_torrent_is_payload (torrent, file) || bt_torrent_is_as_stamped (torrent, file, now))
    return FILE_SAME;
  return now->size <= 0 ? FILE_GONE : FILE_CHANGED;
}

/* Only of what was had can it be said that it is no longer right. */
static void
mark_had (BtTorrent *torrent, guint32 file)
{
  guint32 first, count;

  bt_layout_file_pieces (torrent->metainfo, file, &first, &count);
  if (torrent->edited == NULL)
    torrent->edited = bt_bitfield_new (torrent->metainfo->n_pieces);
  for (guint32 piece = first; piece < first + count; piece++)
    if (bt_picker_has (torrent->picker, piece))
      bt_bitfield_set (torrent->edited, piece);
}

static void
unmark (BtTorrent *torrent, guint32 file)
{
  guint32 first, count;

  bt_layout_file_pieces (torrent->metainfo, file, &first, &count);
  for (guint32 piece = first; torrent->edited != NULL && piece < first + count; piece++)
    bt_bitfield_clear (torrent->edited, piece);
}

void
bt_torrent_note_edits (BtTorrent *torrent, const BtFileStamp *stamps)
{
  if (torrent->stamps == NULL || torrent->check_asked || !bt_torrent_is_complete (torrent))
    return;
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (find_change (torrent, i, &stamps[i]) == FILE_CHANGED)
      mark_had (torrent, i);
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (find_change (torrent, i, &stamps[i]) == FILE_GONE)
      unmark (torrent, i);
}

/* @n_wanted (out): how many of them would be downloaded again */
static guint32
count_lost (BtTorrent *torrent, guint32 *n_wanted)
{
  const BtBitfield *edited = torrent->edited;
  guint32 n = 0;

  *n_wanted = 0;
  for (guint32 piece = bt_bitfield_next_set (edited, 0); piece < edited->n_bits;
       piece = bt_bitfield_next_set (edited, piece + 1))
    if (!bt_picker_has (torrent->picker, piece))
      {
        n++;
        *n_wanted += bt_picker_get_priority (torrent->picker, piece) != BT_PRIORITY_SKIP;
      }
  return n;
}

static void
forget (BtTorrent *torrent)
{
  g_clear_pointer (&torrent->edited, bt_bitfield_free);
  torrent->spares_edits = FALSE;
}

/* Files that are skipped are not overwritten; they may be wanted again. */
void
bt_torrent_judge_edits (BtTorrent *torrent)
{
  gboolean spared_before = torrent->spares_edits;
  guint32 n_wanted;

  if (torrent->edited == NULL || torrent->phase != BT_PHASE_READY)
    return;
  if (torrent->check_asked || count_lost (torrent, &n_wanted) == 0)
    {
      forget (torrent);
      n_wanted = 0;
    }
  torrent->spares_edits = n_wanted > 0;
  bt_torrent_touch (torrent, BT_CHANGED_STATE);
  if (torrent->spares_edits && !spared_before)
    bt_core_event (torrent->core, torrent->id, BT_EVENT_PROBLEM,
                   "Another program changed the files: %u pieces are no longer right. They are downloaded again when "
                   "you verify the data", n_wanted);
}
