/* ft-tags-row.h: a row that shows tags and lets a person choose among those that were made.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-tags.h"

G_BEGIN_DECLS

#define FT_TYPE_TAGS_ROW (ft_tags_row_get_type ())
G_DECLARE_FINAL_TYPE (FtTagsRow, ft_tags_row, FT, TAGS_ROW, AdwActionRow)

/**
 * FtTagsRow:
 *
 * Hidden while there are no tags to choose.
 *
 * Properties: tags (#GStrv of names, in the person's order).
 */

/* @tags: what can be chosen */
void ft_tags_row_set_model (FtTagsRow *row, FtTags *tags);

const char *const *ft_tags_row_get_tags (FtTagsRow *row);
void ft_tags_row_set_tags (FtTagsRow *row, const char *const *tags);

G_END_DECLS
