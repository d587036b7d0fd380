/* ft-text.h: texts cut and padded to columns of a terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All texts are UTF-8; all results are (transfer full). */

/* Columns that a terminal uses: wide characters take two, combining ones none. */
guint ft_text_width (const char *text);

/* Exactly @width columns: padded with spaces at the end, or cut with "…". */
char *ft_text_fit (const char *text, guint width);
/* The same with the text at the right. */
char *ft_text_fit_right (const char *text, guint width);

/* Safe to print: made valid, each control replaced by "?", special blanks by a space. Nothing that
 * comes from a torrent or a file name reaches a terminal without it. */
char *ft_text_clean (const char *text);

/* For terminals that do not show UTF-8: our signs become similar ones, other characters "?"; the
 * columns stay as they are. Escape sequences of ours pass. */
char *ft_text_to_ascii (const char *text);

G_END_DECLS
