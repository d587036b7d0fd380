/* ft-describe-private.h: what the files that make sentences share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-describe.h"

G_BEGIN_DECLS

/* "no peer was found" and a time to come become "no peer was found; next try in 4 minutes". */
char *ft_describe_append_until (const char *sentence, gint64 until, gint64 now);
/* @text: (nullable): comes in brackets */
char *ft_describe_append_text (const char *sentence, const char *text);
/* Of a magnet link, and of what was fetched for its details alone. Returns: (transfer full) (nullable): NULL: it is
 * as with any torrent */
char *ft_describe_link (const BtTorrentStatus *status, gint64 now);

G_END_DECLS
