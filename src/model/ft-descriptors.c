/* ft-descriptors.c: room for as many sockets and files as the system lets this program have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-descriptors.h"

#include <sys/resource.h>

/* More than all peers and files need; a limit without end would make those slow who close all they could have. */
#define WANTED 65536

void
ft_descriptors_allow_many (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MIN (limit.rlim_max, WANTED))
    return;
  limit.rlim_cur = MIN (limit.rlim_max, WANTED);
  /* What there was is enough to go on with. */
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_debug ("The limit of descriptors stays as it is");
}
