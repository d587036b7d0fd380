/* ft-dht-net.h: a network of DHT nodes with a clock of its own: hours in seconds, the same each time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-address-vote.h"
#include "bt-dht.h"

#define FT_DHT_SECOND ((gint64) G_USEC_PER_SEC)
#define FT_DHT_MINUTE (60 * FT_DHT_SECOND)

typedef struct _FtDhtNet FtDhtNet;
typedef struct _FtDhtHost FtDhtHost;

/* Somebody who is no node of ours: gets every datagram that arrives. */
typedef void (*FtDhtHandler) (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length);

struct _FtDhtHost
{
  FtDhtNet *net;
  guint index;
  BtEndpoint address; /* as others see it */
  BtDht *dht;         /* (nullable) */
  BtAddressVote *vote; /* (nullable) */
  FtDhtHandler handler; /* (nullable) */
  gpointer data;        /* of the handler */
  gboolean is_down;     /* nothing arrives */
  guint n_id_changes;
  gint64 wakes_at;
};

struct _FtDhtNet
{
  BtRandom random;
  gint64 now;
  gboolean is_ipv6; /* of hosts that are added */
  guint loss_percent;
  guint64 n_datagrams;
  guint64 n_bytes;
  GPtrArray *hosts;       /* of FtDhtHost */
  GHashTable *by_address; /* of FtDhtHost */
  GArray *events;         /* a heap */
  guint64 last_event;
};

/* Prints the seed: FT_SEED in the environment sets it. */
FtDhtNet *ft_dht_net_new (guint64 seed, gboolean is_ipv6);
void ft_dht_net_free (FtDhtNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtDhtNet, ft_dht_net_free)

/* Each is in a network of its own. */
BtEndpoint ft_dht_net_nth_address (const FtDhtNet *net, guint n);
/* A node of ours. @id: (nullable): one that fits its address. */
FtDhtHost *ft_dht_net_add (FtDhtNet *net, const BtNodeId *id);
FtDhtHost *ft_dht_net_add_read_only (FtDhtNet *net);
/* Somebody else. @address: (nullable): the next free one */
FtDhtHost *ft_dht_net_add_stranger (FtDhtNet *net, const BtEndpoint *address, FtDhtHandler handler, gpointer data);
/* @n nodes that join through the first, a few a second. */
void ft_dht_net_grow (FtDhtNet *net, guint n);

/* The node ends; a new one begins at the same address. */
void ft_dht_host_restart (FtDhtHost *host, const BtNodeId *id);
void ft_dht_host_move (FtDhtHost *host, const BtEndpoint *address);
/* To be called after a call of the node's that may change its deadline. */
void ft_dht_host_rearm (FtDhtHost *host);

/* From wherever @from says it is. */
void ft_dht_net_send (FtDhtNet *net, const BtEndpoint *from, const BtEndpoint *to, const void *bytes, gsize length);
void ft_dht_net_run (FtDhtNet *net, gint64 us);

/* What a search found. Free with g_free(). */
typedef struct
{
  GHashTable *peers; /* of BtEndpoint */
  gboolean is_done;
  BtDhtPeersResult result;
} FtDhtFound;
void ft_dht_found_free (FtDhtFound *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtDhtFound, ft_dht_found_free)

/* Runs the network until the search is done. @port: announced, 0: not. Returns: (transfer full) */
FtDhtFound *ft_dht_host_find (FtDhtHost *host, const BtSha1 *info_hash, guint16 port);
/* How many of the nodes that are really closest to it the table of the node has, of @k. */
guint ft_dht_host_count_neighbours (FtDhtHost *host, guint k);
