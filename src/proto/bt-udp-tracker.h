/* bt-udp-tracker.h: one exchange with a UDP tracker, without the socket (BEP 15, 41).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-announce.h"
#include "bt-random.h"

G_BEGIN_DECLS

/* Connection ids, kept 60 s for each tracker address and shared by all exchanges with it. */
typedef struct _BtUdpConnections BtUdpConnections;
BtUdpConnections *bt_udp_connections_new (void);
void bt_udp_connections_free (BtUdpConnections *connections);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtUdpConnections, bt_udp_connections_free)

/* One announce or scrape: connect if needed, ask, retransmit after 15·2^n s for n = 0…8. The owner
 * sends what it hands out, brings it datagrams, and calls it when its deadline has come. */
typedef struct _BtUdpExchange BtUdpExchange;

typedef enum
{
  BT_UDP_EXCHANGE_WAITING,
  BT_UDP_EXCHANGE_DONE,   /* a reply can be taken */
  BT_UDP_EXCHANGE_FAILED, /* an error can be taken */
} BtUdpExchangeState;

#define BT_UDP_TRACKER_MAX_PACKET 2200 /* the longest URL that is allowed, in BEP 41 chunks, fits */

/* @connections: borrowed, must outlive the exchange. @url_path: (nullable): path and query of the
 * announce URL, sent as BEP 41 URLData. @secret: seeded from the system's generator, for
 * transaction ids; used here only. Peers are read as of the family of @tracker. */
BtUdpExchange *bt_udp_exchange_new_announce (BtUdpConnections *connections,
                                             const BtEndpoint *tracker,
                                             const BtAnnounceRequest *request,
                                             const char *url_path,
                                             BtRandom *secret);
BtUdpExchange *bt_udp_exchange_new_scrape (BtUdpConnections *connections,
                                           const BtEndpoint *tracker,
                                           const BtSha1 *info_hash,
                                           BtRandom *secret);
void bt_udp_exchange_free (BtUdpExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtUdpExchange, bt_udp_exchange_free)

/* To be called at once and when deadline has come. Returns the bytes of a datagram to send to the
 * tracker now, 0 for none. */
gsize bt_udp_exchange_poll (BtUdpExchange *exchange,
                            gint64 now,
                            guint8 out[BT_UDP_TRACKER_MAX_PACKET]);
gint64 bt_udp_exchange_deadline (const BtUdpExchange *exchange);

/* TRUE when the datagram was for this exchange (source and transaction id match); poll then. */
gboolean bt_udp_exchange_receive (BtUdpExchange *exchange,
                                  gint64 now,
                                  const BtEndpoint *from,
                                  const void *packet,
                                  gsize length);

BtUdpExchangeState bt_udp_exchange_state (const BtUdpExchange *exchange);
/* An error packet is a reply with failure. Returns: (transfer full) (nullable): NULL unless done */
BtAnnounceReply *bt_udp_exchange_take_announce (BtUdpExchange *exchange);
/* FALSE with BT_ERROR_TIMED_OUT unless done, with BT_ERROR_REMOTE for an error packet. */
gboolean bt_udp_exchange_take_scrape (BtUdpExchange *exchange, BtScrapeReply *out, GError **error);

G_END_DECLS
