/* ft-event-log.h: what happened to each torrent, in words, as far as it is remembered.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-status.h"

G_BEGIN_DECLS

#define FT_EVENT_LOG_MAX 200 /* of one torrent; the oldest go */

#define FT_TYPE_LOG_ENTRY (ft_log_entry_get_type ())
G_DECLARE_FINAL_TYPE (FtLogEntry, ft_log_entry, FT, LOG_ENTRY, GObject)

/* Properties, all read-only, never markup: text, time-text, row-text (both). */

/* Returns: (transfer full): a translated sentence for its kind, with the engine's own words after it */
char *ft_describe_event (const BtEvent *event);

typedef struct _FtEventLog FtEventLog;

FtEventLog *ft_event_log_new (void);
void ft_event_log_free (FtEventLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtEventLog, ft_event_log_free)

void ft_event_log_add (FtEventLog *log, const BtEvent *event);
void ft_event_log_forget (FtEventLog *log, BtTorrentId id);
/* Returns: (transfer none): of #FtLogEntry, the newest first; it grows */
GListModel *ft_event_log_get (FtEventLog *log, BtTorrentId id);

G_END_DECLS
