/* ft-file-calls.h: the file calls of this program: counted, made to fail, written down.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-power.h"

G_BEGIN_DECLS

/* The program that links this has open(), pwrite(), fdatasync() and their like from here; so have the libraries it
 * uses, SQLite for one. They do what they always do, but for paths beneath the folder that is watched. */

typedef enum
{
  FT_CALL_OPEN = 1 << 0,    /* what is there */
  FT_CALL_LOOK = 1 << 1,    /* stat() */
  FT_CALL_READ = 1 << 2,
  FT_CALL_WRITE = 1 << 3,   /* and whatever changes the length */
  FT_CALL_SYNC = 1 << 4,
  FT_CALL_MAKE = 1 << 5,    /* a file or folder */
  FT_CALL_RENAME = 1 << 6,
  FT_CALL_REMOVE = 1 << 7,
  FT_CALL_ALL = (1 << 8) - 1,
} FtCalls;

/* @root: (nullable): absolute; calls beneath it are counted from 0 on. NULL: nothing is watched any more */
void ft_file_calls_watch (const char *root);
/* Of those kinds, beneath @path (absolute, beneath the root): the call after @skip others and the @n - 1 after it
 * fail with @error_number. @n: 0: none fails any more. */
void ft_file_calls_fail (FtCalls kinds, const char *path, guint skip, guint n, int error_number);
/* Of the kinds and the path that were last given. */
guint ft_file_calls_count (void);
guint ft_file_calls_n_failed (void);
/* @folder: (nullable): is on another disk: no file can be renamed into it or out of it. */
void ft_file_calls_set_border (const char *folder);
/* So many bytes are free on every disk, whatever others write there. 0: as it is */
void ft_file_calls_set_room (guint64 bytes);
/* @power: (nullable): all that changes is written down there, and nothing waits for the platter. */
void ft_file_calls_set_power (FtPower *power);

G_END_DECLS
