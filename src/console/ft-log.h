/* ft-log.h: --debug: messages of our layers on standard error.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FtLog:
 *
 * Which debug messages are wanted. It is given to g_log_set_writer_func(), once in a process,
 * and so must live as long as the process.
 */
typedef struct _FtLog FtLog;

/* @domains: names separated by commas; "": all of ours; "all": those of libraries too */
FtLog *ft_log_new (const char *domains);
void ft_log_free (FtLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtLog, ft_log_free)

gboolean ft_log_wants (FtLog *log, const char *domain);

/* A GLogWriterFunc for any thread; @user_data: an FtLog. */
GLogWriterOutput ft_log_write (GLogLevelFlags level,
                               const GLogField *fields,
                               gsize n_fields,
                               gpointer user_data);

G_END_DECLS
