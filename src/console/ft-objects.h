/* ft-objects.h: what the engine says as JSON objects, one a line.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"
#include "ft-roster.h"

G_BEGIN_DECLS

/* The field names are documented in friendtorrent-console(1) and do not change. All results are
 * (transfer full); an array holds char*. @now: Unix seconds, the field "time". */

char *ft_objects_torrent (const char *event, const BtTorrentStatus *status, gint64 now);
GPtrArray *ft_objects_list (FtRoster *roster, gint64 now);
char *ft_objects_status (FtRoster *roster, gint64 now);
/* One object for each family. */
GPtrArray *ft_objects_dht (FtRoster *roster, gint64 now);
/* One object for each file, peer and tracker that @detail has. */
GPtrArray *ft_objects_detail (const BtDetail *detail, const BtTorrentStatus *status, gint64 now);
/* @status: (nullable): of the torrent that it is about. */
char *ft_objects_event (const BtEvent *event, const BtTorrentStatus *status);
/* An event with up to two texts: @name and @value may be NULL. */
char *ft_objects_message (const char *event,
                          const char *name,
                          const char *value,
                          const char *message,
                          gint64 now);

G_END_DECLS
