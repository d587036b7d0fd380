/* fuzz-udp-tracker.c: what a UDP tracker may answer, first to a connect and then to an announce.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-random.h"
#include "bt-udp-tracker.h"

#include <string.h>

#define CONNECT_REPLY 16
#define MAX_PACKET 2048

/* As an answer to what is asked now: with its transaction id, which nobody could guess. */
static void
give (BtUdpExchange *exchange, const BtEndpoint *tracker, const guint8 *data, gsize size)
{
  guint8 asked[BT_UDP_TRACKER_MAX_PACKET];
  guint8 answer[MAX_PACKET];
  gsize n = bt_udp_exchange_poll (exchange, 1, asked);

  size = MIN (size, sizeof answer);
  if (size > 0)
    memcpy (answer, data, size);
  if (n >= 16 && size >= 8)
    memcpy (answer + 4, asked + 12, 4);
  bt_udp_exchange_receive (exchange, 1, tracker, answer, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(BtAnnounceReply) reply = NULL;
  BtUdpConnections *connections = bt_udp_connections_new ();
  BtAnnounceRequest request = { .num_want = -1 };
  BtUdpExchange *exchange;
  BtEndpoint tracker;
  BtRandom random;

  bt_random_seed (&random, 1);
  g_assert_true (bt_endpoint_parse_ip (&tracker, size % 2 == 0 ? "20.0.0.1" : "2a02::1", 6969));
  exchange = bt_udp_exchange_new_announce (connections, &tracker, &request, "/a?b", &random);
  give (exchange, &tracker, data, MIN (size, CONNECT_REPLY));
  give (exchange, &tracker, data + MIN (size, CONNECT_REPLY), size - MIN (size, CONNECT_REPLY));
  reply = bt_udp_exchange_take_announce (exchange);
  if (bt_udp_exchange_state (exchange) == BT_UDP_EXCHANGE_WAITING)
    g_assert_null (reply);
  bt_udp_exchange_free (exchange);
  bt_udp_connections_free (connections);
  return 0;
}
