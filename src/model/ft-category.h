/* ft-category.h: what torrents are doing, in the few groups that a person looks for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"

G_BEGIN_DECLS

/**
 * FtCategory:
 *
 * A torrent may be in several. "Downloading" and "Seeding" hold all that are meant to, whether anything
 * flows or not. "Waiting" holds those of them that want to go on and cannot: no peers, a queue, a plan;
 * the seconds in which one starts, asks its trackers or connects are no waiting, nor is a seed that nobody
 * wants anything of. "Paused" holds what a person, a goal or the mode stopped; "Checking" what is being read
 * from the disk; "Problems" what an error stopped or holds up.
 */
typedef enum
{
  FT_CATEGORY_ALL,
  FT_CATEGORY_DOWNLOADING,
  FT_CATEGORY_SEEDING,
  FT_CATEGORY_WAITING,
  FT_CATEGORY_PAUSED,
  FT_CATEGORY_CHECKING,
  FT_CATEGORY_PROBLEMS,
} FtCategory;

#define FT_N_CATEGORIES (FT_CATEGORY_PROBLEMS + 1)

/* What a category is made of. */
#define FT_CATEGORY_FACTS BT_CHANGED_STATE

/* Returns: one bit a category: 1 << FT_CATEGORY_… */
guint ft_category_get_bits (const BtTorrentStatus *status);
gboolean ft_category_contains (FtCategory category, const BtTorrentStatus *status);

const char *ft_category_get_title (FtCategory category);     /* translated */
const char *ft_category_get_icon_name (FtCategory category); /* of a symbolic icon */
/* (nullable): what is to be said when none is in it; NULL of all: then there is none at all. Translated. */
const char *ft_category_get_empty_text (FtCategory category);

/* The state that a torrent with @status looks like: one in trouble looks stopped by a problem even where it goes on
 * with what it can, and what stopped because it is complete looks complete. */
BtState ft_category_get_look (const BtTorrentStatus *status);

G_END_DECLS
