/* bt-address-vote.c: which address the Internet sees us at, by the votes of those who see us (BEP 24, 42, 10).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-address-vote.h"

#include "bt-hash.h"

#include <string.h>

#define MAX_VOTES 64 /* of one family */
#define VOTE_LIFE_US (60 * 60 * (gint64) G_USEC_PER_SEC)
#define WEIGHT_NEEDED 3

/* A tracker was chosen by the person or the torrent; peers and nodes come by themselves. */
static const guint weights[] = {
  [BT_VOTE_PEER] = 1,
  [BT_VOTE_DHT] = 1,
  [BT_VOTE_TRACKER] = 2,
  [BT_VOTE_MAPPER] = 5,
};

typedef struct
{
  BtEndpoint voter; /* its network, port 0; or the hash of its name, port 1 */
  BtEndpoint address;
  guint weight;
  gint64 at;
} Vote;

typedef struct
{
  GArray *votes;    /* of Vote, the oldest first */
  gboolean known;
  BtEndpoint address;
} Election;

struct _BtAddressVote
{
  Election elections[2]; /* IPv4, IPv6 */
  BtAddressVoteFunc changed;
  gpointer data;
};

BtAddressVote *
bt_address_vote_new (BtAddressVoteFunc changed, gpointer data)
{
  BtAddressVote *self = g_new0 (BtAddressVote, 1);

  for (guint i = 0; i < G_N_ELEMENTS (self->elections); i++)
    self->elections[i].votes = g_array_new (FALSE, FALSE, sizeof (Vote));
  self->changed = changed;
  self->data = data;
  return self;
}

void
bt_address_vote_free (BtAddressVote *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->elections); i++)
    g_array_unref (self->elections[i].votes);
  g_free (self);
}

static const Election *
get_election (const BtAddressVote *self, gboolean ipv6)
{
  return &self->elections[ipv6 ? 1 : 0];
}

/* Addresses are cheap, networks less so: /24, and /48 of IPv6. A router stands for itself. */
static BtEndpoint
network_of (const BtEndpoint *voter, BtVoteKind kind)
{
  BtEndpoint network = *voter;
  guint kept = bt_endpoint_is_ipv4 (voter) ? 15 : 6;

  network.port = 0;
  if (kind != BT_VOTE_MAPPER)
    {
      memset (network.ip + kept, 0, sizeof network.ip - kept);
      network.scope = 0;
    }
  return network;
}

static void
remove_vote_of (Election *election, const BtEndpoint *voter)
{
  for (guint i = 0; i < election->votes->len; i++)
    if (bt_endpoint_equal (&g_array_index (election->votes, Vote, i).voter, voter))
      {
        g_array_remove_index (election->votes, i);
        return;
      }
}

static void
remove_old_votes (Election *election, gint64 now)
{
  guint n = 0;

  while (n < election->votes->len && now - g_array_index (election->votes, Vote, n).at > VOTE_LIFE_US)
    n++;
  n = MAX (n, election->votes->len >= MAX_VOTES ? election->votes->len - MAX_VOTES + 1 : 0);
  if (n > 0)
    g_array_remove_range (election->votes, 0, n);
}

static guint
weigh (const Election *election, const BtEndpoint *address)
{
  guint weight = 0;

  for (guint i = 0; i < election->votes->len; i++)
    {
      const Vote *vote = &g_array_index (election->votes, Vote, i);

      if (bt_endpoint_same_ip (&vote->address, address))
        weight += vote->weight;
    }
  return weight;
}

/* Only the address that has just got a vote can win now. */
static gboolean
wins (const Election *election, const BtEndpoint *address)
{
  guint weight = weigh (election, address);

  if (weight < WEIGHT_NEEDED)
    return FALSE;
  return !election->known || weight > weigh (election, &election->address);
}

static gboolean
can_be_outside (const BtEndpoint *address)
{
  BtEndpoint somebody = *address;

  somebody.port = 1;
  return !bt_endpoint_is_local (address) && bt_endpoint_is_usable_peer (&somebody);
}

static void
count (BtAddressVote *self, const BtEndpoint *voter, BtVoteKind kind, const BtEndpoint *address, gint64 now)
{
  gboolean ipv6 = !bt_endpoint_is_ipv4 (address);
  Election *election = &self->elections[ipv6 ? 1 : 0];
  Vote vote = { *voter, *address, weights[kind], now };

  if (!can_be_outside (address))
    return;
  vote.address.port = 0;
  vote.address.scope = 0;
  remove_vote_of (election, voter);
  remove_old_votes (election, now);
  g_array_append_val (election->votes, vote);
  if ((election->known && bt_endpoint_same_ip (&election->address, &vote.address))
      || !wins (election, &vote.address))
    return;
  election->known = TRUE;
  election->address = vote.address;
  if (self->changed != NULL)
    self->changed (ipv6, &election->address, self->data);
}

void
bt_address_vote_cast (BtAddressVote *self, const BtEndpoint *voter, BtVoteKind kind, const BtEndpoint *address,
                      gint64 now)
{
  BtEndpoint network = network_of (voter, kind);

  if (kind == BT_VOTE_MAPPER || !bt_endpoint_is_local (voter))
    count (self, &network, kind, address, now);
}

void
bt_address_vote_cast_by_name (BtAddressVote *self, const char *host, BtVoteKind kind, const BtEndpoint *address,
                              gint64 now)
{
  BtSha1 digest = bt_sha1 (host, strlen (host));
  BtEndpoint voter;

  bt_endpoint_set_ipv6 (&voter, digest.bytes, 1);
  count (self, &voter, kind, address, now);
}

gboolean
bt_address_vote_get (const BtAddressVote *self, gboolean ipv6, BtEndpoint *address)
{
  const Election *election = get_election (self, ipv6);

  if (election->known)
    *address = election->address;
  return election->known;
}

gboolean
bt_address_vote_is_ours (const BtAddressVote *self, const BtEndpoint *endpoint)
{
  const Election *election = get_election (self, !bt_endpoint_is_ipv4 (endpoint));

  return election->known && bt_endpoint_same_ip (&election->address, endpoint);
}

void
bt_address_vote_reset (BtAddressVote *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->elections); i++)
    {
      Election *election = &self->elections[i];
      gboolean was_known = election->known;

      g_array_set_size (election->votes, 0);
      election->known = FALSE;
      if (was_known && self->changed != NULL)
        self->changed (i == 1, NULL, self->data);
    }
}
