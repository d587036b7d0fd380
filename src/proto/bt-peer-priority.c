/* bt-peer-priority.c: the order in which two peers would rather have each other than somebody else (BEP 40).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-priority.h"

#include "bt-crc32c.h"
#include "bt-writer.h"

#define IPV4_OFFSET 12
#define MASK 0x55

typedef struct
{
  const guint8 *bytes;
  guint length;
  guint always_kept; /* bytes that count whole, however far apart the two are */
} Address;

static Address
get_address (const BtEndpoint *endpoint)
{
  if (bt_endpoint_is_ipv4 (endpoint))
    return (Address){ endpoint->ip + IPV4_OFFSET, 4, 2 };
  return (Address){ endpoint->ip, 16, 6 };
}

/* One byte more than they have in common: IPv4 FF.FF.55.55, FF.FF.FF.55 in one /16, all in one /24; IPv6 begins with
 * /48 and goes on in the same way. Whoever has a network cannot try each of its hosts for the best number. */
static guint
count_kept (const Address *a, const Address *b)
{
  guint n = 0;

  while (n < a->length && a->bytes[n] == b->bytes[n])
    n++;
  return MAX (n + 1, a->always_kept);
}

static void
write_masked (BtWriter *writer, const Address *address, guint n_kept)
{
  for (guint i = 0; i < address->length; i++)
    bt_writer_u8 (writer, i < n_kept ? address->bytes[i] : address->bytes[i] & MASK);
}

guint32
bt_peer_priority (const BtEndpoint *us, const BtEndpoint *peer)
{
  guint8 bytes[32];
  BtWriter writer = bt_writer (bytes, sizeof bytes);
  Address a = get_address (us), b = get_address (peer);

  g_return_val_if_fail (a.length == b.length, 0);

  if (memcmp (a.bytes, b.bytes, a.length) == 0)
    {
      bt_writer_u16 (&writer, MIN (us->port, peer->port));
      bt_writer_u16 (&writer, MAX (us->port, peer->port));
    }
  else
    {
      gboolean first = memcmp (a.bytes, b.bytes, a.length) < 0;
      guint n_kept = count_kept (&a, &b);

      write_masked (&writer, first ? &a : &b, n_kept);
      write_masked (&writer, first ? &b : &a, n_kept);
    }
  return bt_crc32c (bytes, writer.used);
}
