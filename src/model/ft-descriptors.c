/* ft-descriptors.c: room for as many sockets and files as the system lets this program have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-descriptors.h"

#include <sys/resource.h>

/* More than all peers and files need; a limit without end would make those slow who close all they could have. */
#define WANTED 65536
#define ENOUGH 256 /* for a hundred files, and for peers so many that nobody misses more */

static void
tell_if_few (rlim_t n)
{
  if (n < ENOUGH)
    g_message ("The system allows only %u open files and connections: there will be few peers at a time", (guint) n);
}

void
ft_descriptors_allow_many (void)
{
  struct rlimit limit, wanted;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  wanted = (struct rlimit){ MIN (limit.rlim_max, WANTED), limit.rlim_max };
  /* What there was is enough to go on with. */
  if (limit.rlim_cur < wanted.rlim_cur && setrlimit (RLIMIT_NOFILE, &wanted) == 0)
    limit = wanted;
  tell_if_few (limit.rlim_cur);
}
