/* ft-output.h: what is told to the user: a live table, plain lines, or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-roster.h"

G_BEGIN_DECLS

/**
 * FtOutput:
 *
 * Standard output is a live table when it is a terminal and lines otherwise; messages about what
 * went wrong go to standard error as well, or instead.
 */
typedef struct _FtOutput FtOutput;

/* @roster: borrowed, must outlive it; @json: objects; @live: a table where it is possible */
FtOutput *ft_output_new (FtRoster *roster, gboolean json, gboolean live);
/* Gives the terminal back. */
void ft_output_free (FtOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtOutput, ft_output_free)

gboolean ft_output_is_json (FtOutput *output);
gboolean ft_output_is_live (FtOutput *output);
/* Nobody reads standard output any more. */
gboolean ft_output_is_broken (FtOutput *output);

/* One line of text or one object. */
void ft_output_line (FtOutput *output, const char *line);
/* Many; frees them. */
void ft_output_lines (FtOutput *output, GPtrArray *lines);
/* What concerns the program: a line of text, or an object {"event": @event, "message": @text}. */
void ft_output_say (FtOutput *output, const char *event, const char *text);
/* Something that was asked for failed. @event: of the object; @file: (nullable): which file */
void ft_output_failure (FtOutput *output, const char *event, const char *file, const char *text);

/* @old: (nullable): NULL for a torrent that is seen for the first time */
void ft_output_changed (FtOutput *output,
                        const BtTorrentStatus *old,
                        const BtTorrentStatus *status);
void ft_output_removed (FtOutput *output, const BtTorrentStatus *status);
/* @status: (nullable): of the torrent that it is about */
void ft_output_event (FtOutput *output, const BtEvent *event, const BtTorrentStatus *status);

/* Shows the table, and what was said since it was shown last. */
void ft_output_draw (FtOutput *output);
/* A line was typed and entered. */
void ft_output_entered (FtOutput *output);
/* The terminal has another size. */
void ft_output_resized (FtOutput *output);
/* Gives the terminal to somebody else until the next draw. */
void ft_output_suspend (FtOutput *output);

G_END_DECLS
