/* ft-demo-job.h: work that blocks, in a thread of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-mailbox.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* In the thread. @source and @data are those of the task. */
typedef gboolean (*FtDemoWork) (gpointer source, gpointer data, GError **error);

/* Runs @work, then returns @task with its result where @mailbox is read. */
void ft_demo_job_run (BtMailbox *mailbox, GTask *task, FtDemoWork work);

G_END_DECLS
