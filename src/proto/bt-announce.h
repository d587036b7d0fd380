/* bt-announce.h: what is said to a tracker and what it answers, whatever the protocol (BEP 3).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-handshake.h"

G_BEGIN_DECLS

typedef enum
{
  BT_ANNOUNCE_NONE,
  BT_ANNOUNCE_COMPLETED, /* numbers are those of BEP 15 */
  BT_ANNOUNCE_STARTED,
  BT_ANNOUNCE_STOPPED,
} BtAnnounceEvent;

typedef struct
{
  BtSha1 info_hash;
  guint8 peer_id[BT_PEER_ID_SIZE];
  guint16 port;
  guint64 uploaded;
  guint64 downloaded;
  guint64 left;
  BtAnnounceEvent event;
  gint num_want;          /* -1: the tracker's default */
  guint32 key;
  const char *tracker_id; /* (nullable), echoed */
} BtAnnounceRequest;

typedef struct
{
  GArray *peers;            /* of BtEndpoint: usable, at most BT_LIMIT_TRACKER_PEERS */
  gint64 interval_s;        /* -1: not said */
  gint64 min_interval_s;    /* -1: not said */
  gint64 retry_in_s;        /* BEP 31, beside a failure; -1: not said, G_MAXINT64: never */
  gint64 n_seeds;           /* -1: not said */
  gint64 n_leechers;        /* -1: not said */
  gint64 n_downloaded;      /* -1: not said */
  char *warning;            /* (nullable), fit for display */
  char *failure;            /* (nullable), fit for display: then nothing else counts but retry_in_s */
  char *tracker_id;         /* (nullable) */
  gboolean encrypted;       /* it came over TLS, and so went what it answers */
  BtEndpoint external_ip;   /* BEP 24; unspecified if not said */
  BtEndpoint other_external_ip; /* the same, where the answers of two families were put together */
} BtAnnounceReply;

BtAnnounceReply *bt_announce_reply_new (void);
void bt_announce_reply_free (BtAnnounceReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtAnnounceReply, bt_announce_reply_free)

typedef struct
{
  gint64 n_seeds;
  gint64 n_leechers;
  gint64 n_downloaded;
} BtScrapeReply;

G_END_DECLS
