/* ft-demo-tracker.h: a small HTTP tracker on loopback, for the demonstration and for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Answers in the main context that was the thread's default when it was made. */
typedef struct _FtDemoTracker FtDemoTracker;

/* Listens on a free port of 127.0.0.1 and, where there is IPv6, of ::1. */
FtDemoTracker *ft_demo_tracker_new (GError **error);
void ft_demo_tracker_free (FtDemoTracker *tracker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtDemoTracker, ft_demo_tracker_free)

/* The announce URL on 127.0.0.1 or on ::1. Returns: (transfer full) (nullable): NULL when it does
 * not listen there. */
char *ft_demo_tracker_dup_url (FtDemoTracker *tracker, GSocketFamily family);
/* What it tells peers to wait between announces; 5 s unless set. */
void ft_demo_tracker_set_interval (FtDemoTracker *tracker, guint interval_s);
/* Announces that were answered with peers, of all torrents, so far. */
guint ft_demo_tracker_get_n_announces (FtDemoTracker *tracker);

G_END_DECLS
