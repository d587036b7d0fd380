/* ft-window-show.c: one torrent shown because somebody asked for it from outside the window.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

void
ft_window_show_torrent (FtWindow *self, BtTorrentId id)
{
  guint position;

  g_return_if_fail (FT_IS_WINDOW (self));

  ft_window_reveal (self, id);
  position = ft_window_find (self, id);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
}
