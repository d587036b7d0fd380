/* ft-dht-net.c: a network of DHT nodes with a clock of its own: hours in seconds, the same each time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-dht-net.h"

#include <string.h>

#define START ((gint64) 1000 * G_USEC_PER_SEC)
#define MIN_DELAY_US 5000
#define MAX_DELAY_US 90000
#define JOIN_US (FT_DHT_SECOND / 10)

/* Something arrives, or somebody wakes. */
typedef struct
{
  gint64 time;
  guint64 number; /* who was first is first */
  guint host;
  BtEndpoint from;
  GBytes *bytes; /* (nullable): NULL: it wakes */
} Event;

static gboolean
is_before (const Event *a, const Event *b)
{
  return a->time != b->time ? a->time < b->time : a->number < b->number;
}

static Event *
nth_event (FtDhtNet *net, guint n)
{
  return &g_array_index (net->events, Event, n);
}

static void
swap (FtDhtNet *net, guint a, guint b)
{
  Event event = *nth_event (net, a);

  *nth_event (net, a) = *nth_event (net, b);
  *nth_event (net, b) = event;
}

static void
push (FtDhtNet *net, Event event)
{
  guint position = net->events->len;

  event.number = net->last_event++;
  g_array_append_val (net->events, event);
  for (; position > 0 && is_before (nth_event (net, position), nth_event (net, (position - 1) / 2));
       position = (position - 1) / 2)
    swap (net, position, (position - 1) / 2);
}

static Event
pop (FtDhtNet *net)
{
  Event first = *nth_event (net, 0);
  guint position = 0;

  swap (net, 0, net->events->len - 1);
  g_array_set_size (net->events, net->events->len - 1);
  for (;;)
    {
      guint least = position;

      for (guint child = 2 * position + 1; child <= 2 * position + 2; child++)
        if (child < net->events->len && is_before (nth_event (net, child), nth_event (net, least)))
          least = child;
      if (least == position)
        return first;
      swap (net, position, least);
      position = least;
    }
}

static void
free_host (gpointer data)
{
  FtDhtHost *host = data;

  g_clear_pointer (&host->dht, bt_dht_free);
  g_clear_pointer (&host->vote, bt_address_vote_free);
  g_free (host);
}

FtDhtNet *
ft_dht_net_new (guint64 seed, gboolean is_ipv6)
{
  FtDhtNet *net = g_new0 (FtDhtNet, 1);
  const char *wanted = g_getenv ("FT_SEED");

  if (wanted != NULL)
    seed = g_ascii_strtoull (wanted, NULL, 10);
  g_test_message ("seed %" G_GUINT64_FORMAT, seed);
  bt_random_seed (&net->random, seed);
  net->now = START;
  net->is_ipv6 = is_ipv6;
  net->hosts = g_ptr_array_new_with_free_func (free_host);
  net->by_address = g_hash_table_new (bt_endpoint_hash, bt_endpoint_equal);
  net->events = g_array_new (FALSE, FALSE, sizeof (Event));
  return net;
}

void
ft_dht_net_free (FtDhtNet *net)
{
  for (guint i = 0; i < net->hosts->len; i++)
    {
      FtDhtHost *host = g_ptr_array_index (net->hosts, i);

      if (host->dht != NULL)
        bt_dht_set_sibling (host->dht, NULL);
    }
  for (guint i = 0; i < net->events->len; i++)
    g_clear_pointer (&nth_event (net, i)->bytes, g_bytes_unref);
  g_array_unref (net->events);
  g_hash_table_unref (net->by_address);
  g_ptr_array_unref (net->hosts);
  g_free (net);
}

BtEndpoint
ft_dht_net_nth_address (const FtDhtNet *net, guint n)
{
  const guint8 ipv4[4] = { (guint8) (11 + (n >> 16)), (guint8) (n >> 8), (guint8) n, 77 };
  const guint8 ipv6[16] = { 0x2a, 0x02, 0x10, 0, (guint8) (n >> 8), (guint8) n, [15] = 1 };
  BtEndpoint endpoint;

  if (net->is_ipv6)
    bt_endpoint_set_ipv6 (&endpoint, ipv6, 6881);
  else
    bt_endpoint_set_ipv4 (&endpoint, ipv4, 6881);
  return endpoint;
}

void
ft_dht_host_rearm (FtDhtHost *host)
{
  gint64 deadline = bt_dht_deadline (host->dht);

  if (deadline >= host->wakes_at)
    return;
  host->wakes_at = deadline;
  push (host->net, (Event){ .time = MAX (deadline, host->net->now), .host = host->index });
}

void
ft_dht_net_send (FtDhtNet *net,
                 const BtEndpoint *from,
                 const BtEndpoint *to,
                 const void *bytes,
                 gsize length)
{
  const FtDhtHost *host = g_hash_table_lookup (net->by_address, to);
  Event event = { .from = *from };

  net->n_datagrams++;
  net->n_bytes += length;
  event.time = net->now + MIN_DELAY_US + bt_random_below (&net->random, MAX_DELAY_US - MIN_DELAY_US);
  if (host == NULL || host->is_down || bt_random_below (&net->random, 100) < net->loss_percent)
    return;
  event.host = host->index;
  event.bytes = g_bytes_new (bytes, length);
  push (net, event);
}

static void
send_cb (gpointer owner, const BtEndpoint *to, const void *bytes, gsize length)
{
  FtDhtHost *host = owner;

  if (!host->is_down)
    ft_dht_net_send (host->net, &host->address, to, bytes, length);
}

static void
random_cb (gpointer owner, void *out, gsize length)
{
  FtDhtHost *host = owner;

  bt_random_fill (&host->net->random, out, length);
}

static void
told_address_cb (gpointer owner, const BtEndpoint *voter, const BtEndpoint *address, gint64 now)
{
  FtDhtHost *host = owner;

  bt_address_vote_cast (host->vote, voter, BT_VOTE_DHT, address, now);
}

static void
address_changed_cb (gboolean ipv6, const BtEndpoint *address, gpointer data)
{
  FtDhtHost *host = data;

  bt_dht_set_address (host->dht, address, host->net->now);
}

static void
id_changed_cb (gpointer owner)
{
  FtDhtHost *host = owner;

  host->n_id_changes++;
}

static const BtDhtOps ops = {
  .send = send_cb,
  .random = random_cb,
  .told_address = told_address_cb,
  .id_changed = id_changed_cb,
};

static void
begin (FtDhtHost *host, const BtNodeId *id, gboolean read_only)
{
  FtDhtNet *net = host->net;
  BtNodeId fitting = bt_node_id_make (&host->address, &net->random);
  BtDhtConfig config = {
    .is_ipv6 = net->is_ipv6,
    .read_only = read_only,
    .id = id != NULL ? id : &fitting,
  };
  BtRandom random;

  bt_random_seed (&random, bt_random_u64 (&net->random));
  host->vote = bt_address_vote_new (address_changed_cb, host);
  host->dht = bt_dht_new (&ops, host, &config, &random, net->now);
  host->wakes_at = G_MAXINT64;
  ft_dht_host_rearm (host);
}

FtDhtHost *
ft_dht_net_add_stranger (FtDhtNet *net,
                         const BtEndpoint *address,
                         FtDhtHandler handler,
                         gpointer data)
{
  FtDhtHost *host = g_new0 (FtDhtHost, 1);

  host->net = net;
  host->index = net->hosts->len;
  host->address = address != NULL ? *address : ft_dht_net_nth_address (net, host->index);
  host->handler = handler;
  host->data = data;
  g_ptr_array_add (net->hosts, host);
  g_hash_table_insert (net->by_address, &host->address, host);
  return host;
}

FtDhtHost *
ft_dht_net_add (FtDhtNet *net, const BtNodeId *id)
{
  FtDhtHost *host = ft_dht_net_add_stranger (net, NULL, NULL, NULL);

  begin (host, id, FALSE);
  return host;
}

FtDhtHost *
ft_dht_net_add_read_only (FtDhtNet *net)
{
  FtDhtHost *host = ft_dht_net_add_stranger (net, NULL, NULL, NULL);

  begin (host, NULL, TRUE);
  return host;
}

void
ft_dht_net_grow (FtDhtNet *net, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      FtDhtHost *host = ft_dht_net_add (net, NULL);
      FtDhtHost *first = g_ptr_array_index (net->hosts, 0);

      if (host != first)
        bt_dht_add_address (host->dht, &first->address, net->now);
      ft_dht_host_rearm (host);
      ft_dht_net_run (net, JOIN_US);
    }
}

void
ft_dht_host_restart (FtDhtHost *host, const BtNodeId *id)
{
  g_clear_pointer (&host->dht, bt_dht_free);
  g_clear_pointer (&host->vote, bt_address_vote_free);
  begin (host, id, FALSE);
}

void
ft_dht_host_move (FtDhtHost *host, const BtEndpoint *address)
{
  g_hash_table_remove (host->net->by_address, &host->address);
  host->address = *address;
  g_hash_table_insert (host->net->by_address, &host->address, host);
}

static void
arrive (FtDhtNet *net, FtDhtHost *host, const Event *event)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (event->bytes, &length);

  if (host->is_down)
    return;
  if (host->handler != NULL)
    host->handler (host, &event->from, bytes, length);
  else
    bt_dht_input (host->dht, &event->from, bytes, length, net->now);
}

static void
wake (FtDhtNet *net, FtDhtHost *host, const Event *event)
{
  if (event->time < host->wakes_at) /* of a node that has been replaced */
    return;
  host->wakes_at = G_MAXINT64;
  bt_dht_tick (host->dht, net->now);
}

static void
happen (FtDhtNet *net, const Event *event)
{
  FtDhtHost *host = g_ptr_array_index (net->hosts, event->host);

  if (event->bytes != NULL)
    arrive (net, host, event);
  else if (host->dht != NULL)
    wake (net, host, event);
  if (host->dht != NULL)
    ft_dht_host_rearm (host);
}

void
ft_dht_net_run (FtDhtNet *net, gint64 us)
{
  gint64 end = net->now + us;

  while (net->events->len > 0 && nth_event (net, 0)->time <= end)
    {
      Event event = pop (net);

      net->now = MAX (net->now, event.time);
      happen (net, &event);
      g_clear_pointer (&event.bytes, g_bytes_unref);
    }
  net->now = end;
}

static void
peers_cb (gpointer data, const BtEndpoint *peers, guint n_peers)
{
  FtDhtFound *found = data;

  for (guint i = 0; i < n_peers; i++)
    g_assert_true (g_hash_table_add (found->peers, g_memdup2 (&peers[i], sizeof peers[i])));
}

static void
done_cb (gpointer data, const BtDhtPeersResult *result)
{
  FtDhtFound *found = data;

  g_assert_false (found->is_done);
  found->is_done = TRUE;
  found->result = *result;
}

FtDhtFound *
ft_dht_host_find (FtDhtHost *host, const BtSha1 *info_hash, guint16 port)
{
  FtDhtFound *found = g_new0 (FtDhtFound, 1);
  BtDhtPeersQuery query = { .info_hash = *info_hash, .announce = port != 0, .port = port };

  found->peers = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);
  g_assert_cmpuint (
    bt_dht_find_peers (host->dht, &query, peers_cb, done_cb, found, host->net->now), !=, 0);
  ft_dht_host_rearm (host);
  for (guint i = 0; i < 200 && !found->is_done; i++)
    ft_dht_net_run (host->net, FT_DHT_SECOND);
  g_assert_true (found->is_done);
  return found;
}

void
ft_dht_found_free (FtDhtFound *found)
{
  g_hash_table_unref (found->peers);
  g_free (found);
}

/* The nodes that are really closest to one, itself left out; at most @k. */
static guint
find_closest (FtDhtNet *net, const BtNodeId *target, guint k, const BtNodeId **out)
{
  guint n = 0;

  for (guint i = 0; i < net->hosts->len; i++)
    {
      const FtDhtHost *host = g_ptr_array_index (net->hosts, i);
      const BtNodeId *id = host->dht != NULL ? bt_dht_id (host->dht) : NULL;
      guint position;

      if (id == NULL || host->is_down || bt_sha1_equal (id, target))
        continue;
      for (position = n; position > 0 && bt_node_id_compare (target, id, out[position - 1]) < 0; position--)
        if (position < k)
          out[position] = out[position - 1];
      if (position < k)
        out[position] = id;
      n = MIN (n + 1, k);
    }
  return n;
}

guint
ft_dht_host_count_neighbours (FtDhtHost *host, guint k)
{
  g_autoptr (GArray) known = bt_dht_save (host->dht, G_MAXUINT, host->net->now);
  g_autoptr (GHashTable) ids = g_hash_table_new (bt_sha1_hash, bt_sha1_equal);
  g_autofree const BtNodeId **closest = g_new (const BtNodeId *, k);
  guint n_closest = find_closest (host->net, bt_dht_id (host->dht), k, closest);
  guint n_known = 0;

  for (guint i = 0; i < known->len; i++)
    g_hash_table_add (ids, &g_array_index (known, BtKrpcNode, i).id);
  for (guint i = 0; i < n_closest; i++)
    n_known += g_hash_table_contains (ids, closest[i]);
  return n_known;
}
