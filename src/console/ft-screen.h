/* ft-screen.h: a terminal with a log above, a table below it, and a line to type in at the bottom.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FtScreen:
 *
 * The log scrolls in a region of its own, so the table and the line being typed are never moved and
 * the kernel can go on editing that line. Each frame is one write.
 */
typedef struct _FtScreen FtScreen;

/* Smaller than this, plain lines are better. */
#define FT_SCREEN_MIN_ROWS 8
#define FT_SCREEN_MIN_COLUMNS 20

/* @fd: the terminal; @with_prompt: somebody may type */
FtScreen *ft_screen_new (int fd, guint columns, guint rows, gboolean utf8, gboolean with_prompt);
/* Gives the terminal back, the log left on it. */
void ft_screen_free (FtScreen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtScreen, ft_screen_free)

guint ft_screen_get_columns (FtScreen *screen);
/* Lines that a table can have. */
guint ft_screen_get_room (FtScreen *screen);

/* @line: cleaned (ft_text_clean()); shown with the next draw */
void ft_screen_log (FtScreen *screen, const char *line);
/* @table: of char*, each cut to the columns. FALSE: the terminal is gone. */
gboolean ft_screen_draw (FtScreen *screen, GPtrArray *table);
/* The line in the bottom was entered: an empty one is wanted. */
void ft_screen_entered (FtScreen *screen);

/* The next draw paints everything. */
void ft_screen_resize (FtScreen *screen, guint columns, guint rows);
/* Gives the terminal to somebody else, until the next draw. */
void ft_screen_suspend (FtScreen *screen);

G_END_DECLS
