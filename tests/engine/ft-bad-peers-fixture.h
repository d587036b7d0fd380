/* ft-bad-peers-fixture.h: an engine beside a peer that misbehaves on loopback.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-gio-world.h"
#include "bt-limits.h"
#include "ft-bad-peer.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define BLOCK 16384u
#define GOOD_IP "127.0.0.3"
#define BAD_IP "127.0.0.2"

static const FtSampleFile files[] = { { "a.bin", 2 * 1024 * 1024 + 77777 }, { "b.bin", 99 }, { NULL, 0 } };
static const FtSampleFile small_files[] = { { "a.bin", 12 * BLOCK - 5 }, { NULL, 0 } };

/* Peers of the test run in its own thread; the engines have theirs. */
typedef struct
{
  BtWorld *world;
  FtSample *sample;
  FtBadPeer *bad;
  FtNode *node;
  BtTorrentId id;
} Fixture;

static inline Fixture *
fixture_new (const FtSampleFile *list, guint32 piece_length, const FtManners *manners)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->world = bt_gio_world_new (NULL, NULL, "test");
  self->sample = ft_sample_new (list, piece_length, 77);
  self->bad = ft_bad_peer_new (self->world, BAD_IP, self->sample, manners);
  self->node = ft_node_new (NULL, BT_MODE_ALL);
  return self;
}

static inline void
fixture_free (Fixture *self)
{
  ft_node_free (self->node);
  ft_bad_peer_free (self->bad);
  self->world->ops->free (self->world);
  ft_sample_free (self->sample);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)
