/* ft-console-private.h: what the parts of the terminal program share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-engine.h"
#include "ft-demo.h"
#include "ft-input.h"
#include "ft-mounts.h"
#include "ft-options.h"
#include "ft-output.h"
#include "ft-patience.h"
#include "ft-roster.h"

G_BEGIN_DECLS

typedef struct
{
  FtOptions *options;
  BtConfig *config;    /* as the engine has it now */
  GMainLoop *loop;
  BtEngine *engine;
  FtMounts *mounts;    /* (nullable): with it */
  FtRoster *roster;
  FtOutput *output;
  FtInput *input;
  int exit_status;

  gboolean starting;   /* the engine has not answered yet */
  gboolean started;
  gboolean settled;    /* what was saved is in the roster */
  gboolean stopping;
  FtPatience *patience; /* (nullable): with the end */
  gboolean input_ended;

  guint n_adding;      /* files that the engine has not answered yet */
  guint n_failed;      /* files that could not be added */
  GHashTable *awaited; /* ids that were added but not seen in an update */

  GQueue lines;        /* of char*: commands that wait */
  guint n_busy;        /* orders of the command being done that were not answered */
  BtTorrentId verifying; /* the next command waits for the end of this check */
  guint hold_id;       /* the next command waits for an update, or this timeout */

  FtDemo *demo;        /* (nullable) */
  BtTorrentId demo_id;
  gboolean demo_judged;
  guint demo_timeout_id;
  guint settle_id;
} FtConsole;

/* ft-console.c */

/* Says goodbye, saves, leaves with @status; 0 leaves an earlier failure as it is. */
void ft_console_stop (FtConsole *console, int status);
/* With --exit-when-done: leaves if nothing is left to wait for. */
void ft_console_consider_leaving (FtConsole *console);

/* ft-console-add.c */

/* @save_path: (nullable), as typed */
void ft_console_add_file (FtConsole *console, const char *file, const char *save_path);

/* ft-console-commands.c */

void ft_console_take_line (FtConsole *console, const char *line);
/* Goes on with commands that wait, if they may. */
void ft_console_run_commands (FtConsole *console);
/* Whether a command waits or is being done. */
gboolean ft_console_has_commands (FtConsole *console);
void ft_console_commands_after_update (FtConsole *console, const BtUpdate *update);

/* ft-console-demo.c */

/* Instead of starting the engine: makes the demonstration, then calls @ready. */
void ft_console_demo_start (FtConsole *console, void (*ready) (FtConsole *console));
void ft_console_demo_add (FtConsole *console);
void ft_console_demo_after_update (FtConsole *console);
/* @done: called at once when there is no demonstration */
void ft_console_demo_stop (FtConsole *console, void (*done) (FtConsole *console));

G_END_DECLS
