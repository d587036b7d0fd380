/* ft-file-calls-private.h: what the functions that stand for those of the C library share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-file-calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>

G_BEGIN_DECLS

typedef struct
{
  pthread_mutex_t lock;
  char *root;   /* (nullable) */
  char *border; /* (nullable) */
  FtPower *power; /* (nullable) */
  FtCalls kinds;
  char *path;   /* (nullable): that calls fail beneath */
  guint skip, n, n_calls, n_failed;
  int error_number;
  guint64 room; /* 0: as it is */
} FtFileCallsState;

extern FtFileCallsState ft_file_calls;

gboolean ft_file_calls_is_beneath (const char *path, const char *root);
gboolean ft_file_calls_get_path (int dir_fd, const char *name, char out[PATH_MAX]);
/* @name: (nullable): NULL when it is about @dir_fd itself. @path: (out): of what the call is about, "" when it is not
 * watched. Returns: FALSE with errno when it fails */
gboolean ft_file_calls_begin (FtCalls kind, int dir_fd, const char *name, char path[PATH_MAX]);

/* Keeps errno. */
#define NOTE(path, statement)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    int note_errno = errno;                                                                        \
    pthread_mutex_lock (&ft_file_calls.lock);                                                              \
    if ((path)[0] != '\0' && ft_file_calls.power != NULL)                                                                  \
      statement;                                                                                   \
    pthread_mutex_unlock (&ft_file_calls.lock);                                                            \
    errno = note_errno;                                                                            \
  }                                                                                                \
  G_STMT_END

#define REAL(type, name)                                                                           \
  static type real;                                                                                \
  if (real == NULL)                                                                                \
  real = (type) (gpointer) dlsym (RTLD_NEXT, name)

#define AS(name) __asm__ (name)
/* Where a file offset always has 64 bits there is a second name. */
#if G_MAXLONG == G_MAXINT64
#define ALSO(name, of) __asm__ (".globl " name "\n\t.set " name ", " of)
#else
#define ALSO(name, of) __asm__ ("")
#endif

G_END_DECLS
