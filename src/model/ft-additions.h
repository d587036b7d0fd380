/* ft-additions.h: what several that are about to be added are together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-addition.h"

G_BEGIN_DECLS

/* @additions: of #FtAddition; (nullable): none */

guint ft_additions_count_in_state (GListModel *additions, FtAdditionState state);
/* Bytes that those need which are ready and go to no folder of their own. */
guint64 ft_additions_sum_required (GListModel *additions);
/* Of links whose details have not come nobody knows how much they need. */
gboolean ft_additions_know_files (GListModel *additions);
gboolean ft_additions_have_file (GListModel *additions);
/* Returns: (transfer full) (element-type FtAddition): those that are in the list of torrents because they were
 * prepared */
GPtrArray *ft_additions_dup_prepared (GListModel *additions);
/* Returns: (transfer none) (nullable): another of the same torrent, that stands before @addition */
FtAddition *ft_additions_find_twin (GListModel *additions, FtAddition *addition);

G_END_DECLS
