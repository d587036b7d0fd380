/* ft-column.h: what can be shown of torrents side by side, and sorted by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-torrent.h"

G_BEGIN_DECLS

typedef struct
{
  const char *id;    /* as the settings name it */
  BtChanged facts;   /* what its text and its order are made of */
  int width;         /* pixels, to begin with */
  gboolean shown;    /* to begin with */
  gboolean expands;  /* takes a share of the room that is left */
  gboolean numeric;  /* aligned at the end, with digits of one width */

  /* < 0, 0, > 0 */
  int (*compare) (FtTorrent *a, FtTorrent *b);
  /* (transfer full): in words, never markup; empty when there is nothing to say */
  char *(*dup_text) (FtTorrent *torrent);

  const char *title; /* (private): untranslated */
} FtColumn;

/* (array length=n_columns): in the order in which they are shown to begin with */
const FtColumn *ft_column_get_all (guint *n_columns);
/* Returns: (nullable) */
const FtColumn *ft_column_lookup (const char *id);

/* Translated. */
const char *ft_column_get_title (const FtColumn *column);

/* Orders any two: those that @column does not tell apart, by name, then by age. */
int ft_column_compare (const FtColumn *column, FtTorrent *a, FtTorrent *b);
/* What that order is made of. */
BtChanged ft_column_get_order_facts (const FtColumn *column);

G_END_DECLS
