/* ft-tag.h: one tag that torrents may carry, with what it sets for them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FT_TYPE_TAG_START (ft_tag_start_get_type ())

/* Whether a new torrent with the tag starts. The nicks are the words of the settings. */
typedef enum
{
  FT_TAG_START_DEFAULT, /* as the add dialog says */
  FT_TAG_START_START,
  FT_TAG_START_PAUSE,
} FtTagStart;

GType ft_tag_start_get_type (void);

#define FT_TYPE_TAG (ft_tag_get_type ())
G_DECLARE_FINAL_TYPE (FtTag, ft_tag, FT, TAG, GObject)

/**
 * FtTag:
 *
 * A plain value with properties that a dialog can bind to; what is taken into #FtTags is checked there.
 * One that is in #FtTags is changed by ft_tags_edit() only, so that it is saved.
 *
 * Properties: name (not markup), color (#rrggbb, in lower case; anything else is not taken), folder (absolute
 * path or empty), limit-down, limit-up (kB/s, 0: none), start (#FtTagStart); read-only: text-color (of text on
 * the colour, #rrggbb).
 */

/* @color: (nullable): #rrggbb; NULL: the first of the palette */
FtTag *ft_tag_new (const char *name, const char *color);
/* (transfer full): one of its own, to be edited in a dialog */
FtTag *ft_tag_copy (FtTag *tag);

const char *ft_tag_get_name (FtTag *tag);
const char *ft_tag_get_color (FtTag *tag);
const char *ft_tag_get_text_color (FtTag *tag);
const char *ft_tag_get_folder (FtTag *tag);
guint ft_tag_get_limit_down (FtTag *tag);
guint ft_tag_get_limit_up (FtTag *tag);
FtTagStart ft_tag_get_start (FtTag *tag);

/* All values of @from; notifies what changed. */
void ft_tag_assign (FtTag *tag, FtTag *from);

/* As the settings keep it. */
GVariant *ft_tag_to_variant (FtTag *tag); /* (transfer floating): a{sv} */
/* Returns: (transfer full) (nullable): NULL if it has no name; what else is wrong in it has defaults. */
FtTag *ft_tag_from_variant (GVariant *variant);

/* Returns: (transfer full) (nullable): @name as a tag may be called: trimmed, valid UTF-8, nothing invisible;
 * NULL if it is empty or too long. */
char *ft_tag_clean_name (const char *name);

/* Pleasant colours to choose from, NULL-terminated. (transfer none) */
const char *const *ft_tag_get_palette (void);

G_END_DECLS
