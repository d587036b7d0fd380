/* ft-show.h: what a .torrent file or a link holds, as text or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* Returns: (transfer full): lines, each ended with a line break. */
char *ft_show_text (const BtTorrentFile *file);
/* Returns: (transfer full): one object, without a line break. */
char *ft_show_json (const BtTorrentFile *file);

/**
 * ft_show_run:
 * @arguments: what follows "show" on the command line
 *
 * Prints each file to standard output, or what is wrong with it to standard error.
 *
 * Returns: the exit status: 0; 1 if a file cannot be shown; 2 for a wrong command line
 */
int ft_show_run (const char *const *arguments);

G_END_DECLS
