/* ft-query.h: which torrents a person wants to see.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-category.h"
#include "ft-torrent.h"

G_BEGIN_DECLS

/* Fields are set by functions; to begin with every torrent is wanted. */
typedef struct
{
  FtCategory category;
  char *tag;         /* (nullable): without case, as tags are compared */
  gboolean untagged; /* only those without a tag */
  char *tracker;     /* (nullable): a host; empty: only those without a tracker */
  GStrv words;       /* (not nullable): folded; each is to be in the name */
} FtQuery;

FtQuery *ft_query_new (void);
void ft_query_free (FtQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtQuery, ft_query_free)

/* One of them at a time: the others are let go. */
void ft_query_set_category (FtQuery *query, FtCategory category);
void ft_query_set_tag (FtQuery *query, const char *tag);
void ft_query_set_untagged (FtQuery *query);
void ft_query_set_tracker (FtQuery *query, const char *tracker);

/* What a person typed; beside the above. Returns: whether it asks for anything else than before. */
gboolean ft_query_set_text (FtQuery *query, const char *text);

gboolean ft_query_matches (const FtQuery *query, FtTorrent *torrent);
/* What the answer is made of. */
BtChanged ft_query_get_facts (const FtQuery *query);

/* Returns: (transfer full): @text without case and accents, for comparing */
char *ft_query_fold (const char *text);

G_END_DECLS
