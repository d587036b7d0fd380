/* main.c: friendtorrent-console.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-console.h"

int
main (int argc, char *argv[])
{
  return ft_console_main (argc, argv);
}
