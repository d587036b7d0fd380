/* ft-addition-private.h: what the files of an addition share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-addition.h"

G_BEGIN_DECLS

#define FT_ADDITION_MAX_TITLE_BYTES 1024

struct _FtAddition
{
  GObject parent_instance;

  GFile *file; /* (nullable): one of these two */
  char *link;  /* (nullable) */

  FtAdditionState state;
  GError *error;              /* (nullable) */
  GCancellable *loading;
  gboolean accepts_unusual; /* a file that is larger than torrents usually are */
  GBytes *torrent;            /* (nullable) */
  char *own_name;             /* (nullable): as it calls itself, fit for display */
  BtFileList *files;          /* (nullable) */
  guint n_all_files;          /* pads counted: as many priorities are given */
  guint64 total_size;
  FtFileTree *tree;           /* (nullable): once somebody wants to choose */
  BtSha1 info_hash;
  gboolean is_private;
  GPtrArray *tiers;           /* (nullable) of GStrv: that it names */
  BtTorrentId existing;
  GPtrArray *new_tiers;       /* (nullable) of GStrv */

  FtSession *session; /* (nullable): while its list is followed */
  gulong list_handler;

  /* Of a link that is in the list for its details alone. */
  FtTorrent *listed;    /* (nullable): it, there */
  BtTorrentId prepared; /* 0: it was not put there by this */
  gboolean preparing;   /* on its way there */
  gboolean adopted;     /* it was there before */
  gulong start_handler; /* while it waits for the session */
  gboolean asking;      /* its files are on their way */
  gboolean discarded;

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
/* How it calls itself; what a person called it stays. */
void ft_addition_set_own_name (FtAddition *addition, const char *name);
/* Takes @files. What they say of what is wanted holds. */
void ft_addition_take_files (FtAddition *addition, BtFileList *files, guint n_all_files);
/* What it says of itself is another now. */
void ft_addition_notify_text (FtAddition *addition);

/* Returns: (transfer full): what there is to say of it */
char *ft_addition_dup_subtitle (FtAddition *addition);

/* @torrent: of the same link, in the list for its details alone: they are awaited. */
void ft_addition_follow (FtAddition *addition, FtTorrent *torrent);
void ft_addition_unfollow (FtAddition *addition);

/* Finds out what it has that the torrent in the list has not; then it is a duplicate. */
void ft_addition_examine_existing (FtAddition *addition, FtSession *session, BtTorrentId existing,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* From now on what comes into the list does not make it a duplicate: it may be itself. */
void ft_addition_leave_list (FtAddition *addition);
gboolean ft_addition_examine_finish (FtAddition *addition, GAsyncResult *result);

G_END_DECLS
