/* ft-addition.h: one torrent that is about to be added: what it holds and what was chosen for it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-file-tree.h"
#include "ft-session.h"
#include "ft-settle-file.h"

G_BEGIN_DECLS

/* Keys of the schema. */
#define FT_SETTING_SHOW_ADD_DIALOG "show-add-dialog"
#define FT_SETTING_START_ADDED "start-added"
#define FT_SETTING_ADD_SEQUENTIAL "add-sequential"
#define FT_SETTING_ADDED_TORRENT_FILES "added-torrent-files"

#define FT_TYPE_ADDITION (ft_addition_get_type ())
G_DECLARE_FINAL_TYPE (FtAddition, ft_addition, FT, ADDITION, GObject)

#define FT_TYPE_ADDITION_STATE (ft_addition_state_get_type ())

typedef enum
{
  FT_ADDITION_WAITING,   /* nothing was read yet */
  FT_ADDITION_LOADING,
  FT_ADDITION_READY,
  FT_ADDITION_DUPLICATE, /* it is in the list; see ft_addition_get_existing() */
  FT_ADDITION_FAILED,    /* it cannot be added; see ft_addition_get_error() */
} FtAdditionState;

GType ft_addition_state_get_type (void);

/**
 * FtAddition:
 *
 * Made for a file or a link, then loaded, prepared if it is a link and a person is asked, chosen for, and added once.
 *
 * Properties: state (#FT_TYPE_ADDITION_STATE, read-only); title, subtitle (what it is and what it
 * holds, or why it cannot be added, in words, never markup; read-only); wanted-size (bytes of the
 * files that are chosen, read-only); name (how it is called in the list), folder (absolute path;
 * %NULL: the configured one), start, sequential, tags (#GStrv).
 */

/* @file: one that stands for a link, as programs that know only files pass it on, is taken for that */
FtAddition *ft_addition_new_for_file (GFile *file);
/* @link: as of ft_link_normalize() */
FtAddition *ft_addition_new_for_link (const char *link);

/* What was chosen last, as the settings have it. */
void ft_addition_take_settings (FtAddition *addition, GSettings *settings);

/* Reads and describes; the state says how it went, and so does the result. To be a duplicate is no
 * failure. One that comes into the list later makes it a duplicate too, until it is added. */
void ft_addition_load_async (FtAddition *addition, FtSession *session, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ft_addition_load_finish (FtAddition *addition, GAsyncResult *result, GError **error);
/* Whether it failed only because its file is larger than usual. Then it can be accepted, and loaded again. */
gboolean ft_addition_is_unusual (FtAddition *addition);
void ft_addition_accept_unusual (FtAddition *addition);
/* If it is being loaded: it fails then, with %G_IO_ERROR_CANCELLED, and no server is waited for. */
void ft_addition_stop_loading (FtAddition *addition);

/**
 * ft_addition_prepare:
 *
 * Puts a link that was loaded into the list of @session, which may still be starting, for nothing but its details,
 * so that a person can choose. The title, the files and what is chosen of them by the link change when they come,
 * with a notification of the state; until then the subtitle says how it stands. It stays there unless it is
 * discarded.
 */
void ft_addition_prepare (FtAddition *addition, FtSession *session);
/* Whether it is in the list, or will be, because it was prepared. */
gboolean ft_addition_is_prepared (FtAddition *addition);
/* Whether two that are ready are links, or files, of the same torrent. */
gboolean ft_addition_is_same (FtAddition *addition, FtAddition *other);
/* Stops loading it; out of the list, if it is there because it was prepared. Nothing else is done with it afterwards. */
void ft_addition_discard (FtAddition *addition, FtSession *session);
/* Returns: 0 … 1: how much of its details is there; -1: nothing, or nobody knows how much they are */
double ft_addition_get_details_progress (FtAddition *addition);

/* Adds it as it was chosen. It must be loaded. */
void ft_addition_add_async (FtAddition *addition, FtSession *session, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
/* Returns: its id, or 0 with an error; of %BT_ERROR_EXISTS it is a duplicate from now on. */
BtTorrentId ft_addition_add_finish (FtAddition *addition, GAsyncResult *result, GError **error);

FtAdditionState ft_addition_get_state (FtAddition *addition);
/* Returns: (transfer none) (nullable): only when it failed */
const GError *ft_addition_get_error (FtAddition *addition);
/* Returns: (transfer none) (nullable): the file that it comes from */
GFile *ft_addition_get_file (FtAddition *addition);
gboolean ft_addition_is_magnet (FtAddition *addition);
/* Whether it is the address of a .torrent file, which a server is asked for. */
gboolean ft_addition_is_web (FtAddition *addition);
/* Returns: (transfer full): what it is called, or, before that is known, where it comes from */
char *ft_addition_dup_title (FtAddition *addition);

/* The torrent in the list that is the same; 0: none. */
BtTorrentId ft_addition_get_existing (FtAddition *addition);
/* Returns: (transfer none) (nullable) (element-type GStrv): trackers that the existing torrent does
 * not have; %NULL if there is none, or if one of the two is private */
GPtrArray *ft_addition_get_new_tiers (FtAddition *addition);
guint ft_addition_count_new_trackers (FtAddition *addition);

/* Whether it is known what it holds: not before it is loaded, nor of a link whose details have not come. */
gboolean ft_addition_has_files (FtAddition *addition);
guint64 ft_addition_get_wanted_size (FtAddition *addition);

/* Returns: (transfer none) (nullable): its files, to choose from: what is chosen there is what is
 * downloaded; %NULL as long as nothing is known of them */
FtFileTree *ft_addition_get_tree (FtAddition *addition);
/* Which files are downloaded: one byte a file, pads counted; %NULL: all. */
void ft_addition_set_priorities (FtAddition *addition, GBytes *priorities);

const char *ft_addition_get_folder (FtAddition *addition); /* (nullable) */
void ft_addition_set_folder (FtAddition *addition, const char *folder);

/* What becomes of its file once it was added. */
FtAfterAdding ft_addition_get_after (FtAddition *addition);
void ft_addition_set_after (FtAddition *addition, FtAfterAdding after);

/* Added by itself, not by a person who waits for it: nothing is said of what went well. */
gboolean ft_addition_is_quiet (FtAddition *addition);
void ft_addition_set_quiet (FtAddition *addition, gboolean quiet);

G_END_DECLS
