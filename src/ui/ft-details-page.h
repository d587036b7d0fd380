/* ft-details-page.h: what the pages of the details have in common.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS_PAGE (ft_details_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (FtDetailsPage, ft_details_page, FT, DETAILS_PAGE, AdwBin)

/**
 * FtDetailsPageClass:
 * @parts: what of the torrent is watched while the page is seen
 * @torrent_changed: (nullable): another torrent, or none, is shown from now on
 * @update: (nullable): the torrent's status may have changed; only while the page is seen
 * @take_detail: (nullable): its details came; only while the page is seen
 *
 * Properties: session (#FtSession), torrent (nullable #FtTorrent).
 */
struct _FtDetailsPageClass
{
  AdwBinClass parent_class;

  BtDetailParts parts;
  void (*torrent_changed) (FtDetailsPage *page);
  void (*update) (FtDetailsPage *page);
  void (*take_detail) (FtDetailsPage *page, const BtDetail *detail);
};

FtSession *ft_details_page_get_session (FtDetailsPage *page); /* (transfer none) */
FtTorrent *ft_details_page_get_torrent (FtDetailsPage *page); /* (transfer none) (nullable) */
/* Returns: 0 if there is none */
BtTorrentId ft_details_page_get_id (FtDetailsPage *page);

void ft_details_page_set_torrent (FtDetailsPage *page, FtTorrent *torrent);
BtDetailParts ft_details_page_get_parts (FtDetailsPage *page);
void ft_details_page_update (FtDetailsPage *page);
void ft_details_page_take_detail (FtDetailsPage *page, const BtDetail *detail);

/* A toast at the foot of the details; @text is not markup. */
void ft_details_page_show_text (FtDetailsPage *page, const char *text);
void ft_details_page_show_error (FtDetailsPage *page, const GError *error);
void ft_details_page_add_toast (FtDetailsPage *page, AdwToast *toast);
/* A command's callback that says what failed; @user_data: (transfer full): the page. */
void ft_details_page_done_cb (GObject *session, GAsyncResult *result, gpointer user_data);

G_END_DECLS
