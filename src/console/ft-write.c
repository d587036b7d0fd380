/* ft-write.c: a text written to a descriptor as a whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-write.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

gboolean
ft_write (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      gssize n = write (fd, text, left);

      if (n >= 0)
        {
          text += n;
          left -= (gsize) n;
        }
      else if (errno == EAGAIN)
        /* Somebody who shares the terminal made it non-blocking. */
        poll (&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
      else if (errno != EINTR)
        return FALSE;
    }
  return TRUE;
}
