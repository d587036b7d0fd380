/* hanging-disk.c: loaded before a program: a folder on a disk that answers nothing, not even an error.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#undef _FILE_OFFSET_BITS /* open() and open64() are two */
#undef _FORTIFY_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FT_HANGING_DISK: whoever opens something beneath it waits for ever. */
static void
hang_beneath (const char *path)
{
  const char *disk = getenv ("FT_HANGING_DISK");

  while (disk != NULL && strncmp (path, disk, strlen (disk)) == 0)
    pause ();
}

#define OPEN(name)                                                               \
  int name (const char *path, int flags, ...)                                    \
  {                                                                              \
    int (*real) (const char *, int, ...) = dlsym (RTLD_NEXT, #name);             \
    va_list arguments;                                                           \
    int mode;                                                                    \
                                                                                 \
    va_start (arguments, flags);                                                 \
    mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg (arguments, int) : 0; \
    va_end (arguments);                                                          \
    hang_beneath (path);                                                         \
    return real (path, flags, mode);                                             \
  }

OPEN (open)
OPEN (open64)
