/* ft-roster.h: what is known of all torrents, as the engine told it last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"

G_BEGIN_DECLS

/* What concerns no single torrent. */
typedef struct
{
  guint64 rate_down, rate_up;
  guint64 total_downloaded, total_uploaded;
  guint n_peers;
  gint64 free_bytes;
  guint16 listen_port;
  gboolean incoming_seen;
  BtMapping mappings[BT_N_MAPPERS];
  BtEndpoint external_ipv4, external_ipv6; /* unspecified while not known */
  BtDhtFacts dht[2];      /* IPv4, IPv6 */
  BtMode mode;
} FtTotals;

typedef struct _FtRoster FtRoster;

FtRoster *ft_roster_new (void);
void ft_roster_free (FtRoster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtRoster, ft_roster_free)

/* Torrents in the order in which they were added. */
guint ft_roster_get_n (FtRoster *roster);
const BtTorrentStatus *ft_roster_get (FtRoster *roster, guint index);
/* (nullable) */
const BtTorrentStatus *ft_roster_lookup (FtRoster *roster, BtTorrentId id);
const FtTotals *ft_roster_get_totals (FtRoster *roster);

/* Keeps a copy of @status in place of what was known. */
void ft_roster_put (FtRoster *roster, const BtTorrentStatus *status);
void ft_roster_remove (FtRoster *roster, BtTorrentId id);
void ft_roster_set_totals (FtRoster *roster, const BtUpdate *update);

/**
 * ft_roster_find:
 * @name: a name or its beginning, or the beginning of an info-hash (4 digits at least)
 *
 * A whole name wins over a beginning, the same case over another, a name over a hash.
 *
 * Returns: the id, or 0 with %BT_ERROR_NOT_FOUND and a message for the user
 */
BtTorrentId ft_roster_find (FtRoster *roster, const char *name, GError **error);

G_END_DECLS
