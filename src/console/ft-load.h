/* ft-load.h: the bytes of a .torrent file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ft_load_torrent:
 * @argument: a path or a file: URI, as typed; "~/" is the home folder
 * @usual: it must not be larger than torrents usually are
 *
 * Reads at most as much as a torrent can have. Blocks.
 *
 * Returns: (transfer full): the bytes, or %NULL with an error that does not repeat @argument
 */
GBytes *ft_load_torrent (const char *argument, gboolean usual, GError **error);

/* Whether what was typed is no file but a magnet link. */
gboolean ft_load_is_magnet (const char *argument);

/* Returns: (transfer full): the absolute path that is meant by what was typed. */
char *ft_load_resolve_path (const char *argument);

G_END_DECLS
