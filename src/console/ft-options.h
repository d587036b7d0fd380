/* ft-options.h: the command line of friendtorrent-console.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-config.h"

G_BEGIN_DECLS

/**
 * FtOptions:
 * @config: for the engine; folders are absolute
 * @path_given: --path was there
 * @exit_when_done: leave once everything is complete
 * @large_torrents: .torrent files may be larger than usual
 * @json: one object a line
 * @demo: run the embedded demonstration
 * @help, @version: print it and leave
 * @debug: (nullable): domains, "" for all of ours
 * @files: what is to be added, as typed; never NULL
 */
typedef struct
{
  BtConfig *config;
  gboolean path_given;
  gboolean exit_when_done;
  gboolean large_torrents;
  gboolean json;
  gboolean demo;
  gboolean help;
  gboolean version;
  char *debug;
  GStrv files;
} FtOptions;

/* @arguments: with the program's name first. Errors: %G_OPTION_ERROR, with a message that names the
 * option. */
FtOptions *ft_options_parse (const char *const *arguments, GError **error);
void ft_options_free (FtOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtOptions, ft_options_free)

/* Returns: (transfer full): what --help prints. */
char *ft_options_help (void);

G_END_DECLS
