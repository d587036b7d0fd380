/* ft-links.h: links in what a person pasted, dropped or copied.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ft_link_normalize:
 * @text: one link
 *
 * Accepted are magnet links, as they are and as gvfs writes them ("magnet:///?…"), and http, https
 * and file URIs.
 *
 * An info-hash alone is none: it may be anything.
 *
 * Returns: (transfer full) (nullable): the link as the engine and GIO read it; %NULL if it is none
 */
char *ft_link_normalize (const char *text);

/* Returns: (transfer full): all links in a text, each once, in their order; words between them and
 * comments of text/uri-list are passed over. An info-hash that has a line of its own counts: somebody means it. */
GStrv ft_links_find (const char *text);

gboolean ft_link_is_magnet (const char *link);
/* On a web server, not on this computer. */
gboolean ft_link_is_web (const char *link);
/* Whether a web link says by its name that it is a .torrent file. */
gboolean ft_link_names_torrent (const char *link);

G_END_DECLS
