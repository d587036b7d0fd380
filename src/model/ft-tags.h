/* ft-tags.h: the tags that a person made, in the person's order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-session.h"
#include "ft-tag.h"

G_BEGIN_DECLS

#define FT_SETTING_TAGS "tags"

#define FT_TYPE_TAGS (ft_tags_get_type ())
G_DECLARE_FINAL_TYPE (FtTags, ft_tags, FT, TAGS, GObject)

/**
 * FtTags:
 *
 * A #GListModel of #FtTag, kept in the settings. Names are unique without regard to case. A tag is changed
 * in place and never replaced, also when the settings are changed elsewhere. Tags that torrents of the session
 * carry but nobody made here (from the terminal program, or after settings were lost) are added by themselves.
 *
 * FtTags::changed:
 * @tags: the tags
 *
 * Anything of any tag changed, or their order.
 */

FtTags *ft_tags_new (GSettings *settings);

/* @session: (nullable): whose torrents carry them: a tag that is renamed or removed is so on them too. */
void ft_tags_set_session (FtTags *tags, FtSession *session);

/* Returns: (transfer none) (nullable): the tag of that name, without regard to case */
FtTag *ft_tags_lookup (FtTags *tags, const char *name);

/* Whether a tag may be called so: @except (nullable) is the one that is being edited. The message is for a
 * person. Errors: %BT_ERROR_MALFORMED, %BT_ERROR_EXISTS. */
gboolean ft_tags_check_name (FtTags *tags, const char *name, FtTag *except, GError **error);

/* (transfer none): the colour of the palette that is used least */
const char *ft_tags_get_next_color (FtTags *tags);

/* Appends a tag with the values of @draft. Returns: (transfer none) (nullable): the tag. Errors: as
 * ft_tags_check_name(), %BT_ERROR_LIMIT if there are too many. */
FtTag *ft_tags_add (FtTags *tags, FtTag *draft, GError **error);
/* Gives @tag, which is in the list, the values of @draft. Errors: as ft_tags_check_name() */
gboolean ft_tags_edit (FtTags *tags, FtTag *tag, FtTag *draft, GError **error);
/* Takes it off every torrent too. */
void ft_tags_remove (FtTags *tags, FtTag *tag);
/* @position: where it is then; past the end: last */
void ft_tags_move (FtTags *tags, FtTag *tag, guint position);

/* Adds those that @torrents (of #FtTorrent) carry and that are not here; for a session this happens by itself. */
void ft_tags_add_missing (FtTags *tags, GListModel *torrents);

G_END_DECLS
