/* ft-console.h: the terminal program as a whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Runs the program and returns its exit status: 0; 1 when something failed; 2 for a command line
 * that is wrong. Uses the default main context, standard input, output and error, and signals. */
int ft_console_main (int argc, char *argv[]);

G_END_DECLS
