/* ft-addition-private.h: what the files of an addition share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-addition.h"

G_BEGIN_DECLS

struct _FtAddition
{
  GObject parent_instance;

  GFile *file; /* (nullable): one of these two */
  char *link;  /* (nullable) */

  FtAdditionState state;
  GError *error;              /* (nullable) */
  GBytes *torrent;            /* (nullable) */
  BtTorrentFile *description; /* (nullable) */
  BtFileList *files;          /* (nullable) */
  FtFileTree *tree;           /* (nullable): once somebody wants to choose */
  BtSha1 info_hash;
  gboolean is_private;
  GPtrArray *tiers;           /* (nullable) of GStrv: that it names */
  BtTorrentId existing;
  GPtrArray *new_tiers;       /* (nullable) of GStrv */

  FtSession *session; /* (nullable): while its list is followed */
  gulong list_handler;

  char *name;        /* (nullable): NULL: its own */
  char *folder;      /* (nullable) */
  gboolean start;
  gboolean sequential;
  GStrv tags;
  GBytes *priorities; /* (nullable) */
  guint64 wanted_size;
  guint n_wanted;
  FtAfterAdding after;
  gboolean quiet;
};

/* Notifies of all that depends on it. Takes @error. */
void ft_addition_set_state (FtAddition *addition, FtAdditionState state, GError *error);
/* Counts what is wanted anew. */
void ft_addition_update_wanted (FtAddition *addition);

/* Finds out what it has that the torrent in the list has not; then it is a duplicate. */
void ft_addition_examine_existing (FtAddition *addition, FtSession *session, BtTorrentId existing,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* From now on what comes into the list does not make it a duplicate: it may be itself. */
void ft_addition_leave_list (FtAddition *addition);
gboolean ft_addition_examine_finish (FtAddition *addition, GAsyncResult *result);

G_END_DECLS
