/* bt-torrent-named.c: peers that a magnet link names, some of them by host.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#define MAX_NAMINGS 20u /* names of a link that are looked up */

typedef struct
{
  BtTorrent *torrent;
  BtLookup *lookup;
} Naming;

static void
found_cb (GArray *endpoints, const GError *error, gpointer owner)
{
  Naming *naming = owner;
  BtTorrent *torrent = naming->torrent;

  g_ptr_array_remove_fast (torrent->namings, naming);
  for (guint i = 0; endpoints != NULL && i < endpoints->len; i++)
    bt_torrent_add_peer (torrent, &g_array_index (endpoints, BtEndpoint, i), BT_SOURCE_MANUAL);
}

/* @peer: "host:port" */
static void
look_up (BtTorrent *torrent, const char *peer)
{
  BtWorld *world = torrent->core->world;
  g_autofree char *host = NULL;
  guint16 port;
  Naming *naming;

  if (torrent->namings->len >= MAX_NAMINGS || !bt_endpoint_split (peer, &host, &port))
    return;
  naming = g_new (Naming, 1);
  naming->torrent = torrent;
  naming->lookup = world->ops->lookup (world, host, port, found_cb, naming);
  g_ptr_array_add (torrent->namings, naming);
}

void
bt_torrent_stop_naming (BtTorrent *torrent)
{
  BtWorld *world = torrent->core->world;

  for (guint i = 0; torrent->namings != NULL && i < torrent->namings->len; i++)
    {
      Naming *naming = g_ptr_array_index (torrent->namings, i);

      world->ops->lookup_cancel (world, naming->lookup);
    }
  g_clear_pointer (&torrent->namings, g_ptr_array_unref);
}

void
bt_torrent_add_named_peers (BtTorrent *torrent)
{
  bt_torrent_stop_naming (torrent);
  torrent->namings = g_ptr_array_new_with_free_func (g_free);
  for (char **peer = torrent->metainfo->magnet->peers; *peer != NULL; peer++)
    {
      BtEndpoint endpoint;

      if (bt_endpoint_parse (&endpoint, *peer))
        bt_torrent_add_peer (torrent, &endpoint, BT_SOURCE_MANUAL);
      else
        look_up (torrent, *peer);
    }
}
