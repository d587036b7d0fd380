/* ft-command.h: a line of standard input as a command.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-types.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FT_COMMAND_NONE, /* an empty line */
  FT_COMMAND_ADD,
  FT_COMMAND_LIST,
  FT_COMMAND_QUEUE,
  FT_COMMAND_START,
  FT_COMMAND_PAUSE,
  FT_COMMAND_STOP,
  FT_COMMAND_REMOVE,
  FT_COMMAND_VERIFY,
  FT_COMMAND_FILES,
  FT_COMMAND_PEERS,
  FT_COMMAND_TRACKERS,
  FT_COMMAND_MODE,
  FT_COMMAND_STATUS,
  FT_COMMAND_DHT,
  FT_COMMAND_HELP,
  FT_COMMAND_EXIT,
} FtCommandKind;

/**
 * FtCommand:
 * @kind: what to do
 * @all: every torrent is meant: "all", or no name where that means all
 * @names: names of torrents, or the file of `add`; never NULL
 * @path: (nullable): of `add --path`
 * @with_data: `remove --data`
 * @has_mode: `mode` has an argument
 * @mode: the argument
 */
typedef struct
{
  FtCommandKind kind;
  gboolean all;
  GStrv names;
  char *path;
  gboolean with_data;
  gboolean has_mode;
  BtMode mode;
} FtCommand;

/**
 * ft_command_parse:
 * @line: as it was typed; quotes and backslashes work as in a shell
 *
 * The word of the command may be shortened while it is unambiguous. Where one name is expected,
 * a name with spaces needs no quotes.
 *
 * Returns: (transfer full): the command, or %NULL with %G_OPTION_ERROR and a message for the user
 */
FtCommand *ft_command_parse (const char *line, GError **error);
void ft_command_free (FtCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtCommand, ft_command_free)

/* One line for each command. */
const char *ft_command_help (void);

/* "all", "downloading" or "seeding". */
gboolean ft_mode_from_text (const char *text, BtMode *mode);
const char *ft_mode_to_text (BtMode mode);

G_END_DECLS
