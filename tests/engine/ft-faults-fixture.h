/* ft-faults-fixture.h: an engine whose files and folders the test damages, beside a seed that it holds back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>
#include <unistd.h>

#include "bt-gio-world.h"
#include "bt-picker.h"
#include "ft-bad-peer.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 65536u
#define ALL G_MAXINT / 2

static const FtSampleFile files[] = {
  { "a.bin", 12 * PIECE + 5 }, { "empty", 0 }, { "deep/b.bin", 9 * PIECE - 100 }, { "c.bin", 77 }, { NULL, 0 },
};

/* A seed that the test holds back, a folder that may be a mount, a place for the state. */
typedef struct
{
  BtWorld *world;
  FtSample *sample;
  FtBadPeer *seed;
  char *dir;   /* of the downloads */
  char *state;
  FtNode *node;
  BtTorrentId id;
} Fixture;

static inline Fixture *
fixture_new (const FtSampleFile *list, guint hold_after)
{
  FtManners manners = { .hold_after = hold_after };
  Fixture *self = g_new0 (Fixture, 1);

  self->world = bt_gio_world_new (NULL, NULL, "test");
  self->sample = ft_sample_new (list, PIECE, 88);
  self->seed = ft_bad_peer_new (self->world, "127.0.0.2", self->sample, &manners);
  self->dir = g_dir_make_tmp ("ft-faults-XXXXXX", NULL);
  self->state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  return self;
}

static inline void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->node, ft_node_free);
  ft_bad_peer_free (self->seed);
  self->world->ops->free (self->world);
  ft_sample_free (self->sample);
  ft_remove_tree (self->dir);
  ft_remove_tree (self->state);
  g_free (self->dir);
  g_free (self->state);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static inline void
start_node (Fixture *self)
{
  self->node = ft_node_new_full (self->state, self->dir, NULL);
}

static inline char *
path_in (const char *dir, const char *name)
{
  return g_build_filename (dir, "sample", name, NULL);
}

static const BtTorrentStatus *
status_of (Fixture *self)
{
  return ft_node_status (self->node, self->id);
}

static inline gboolean
is_stopped_by (Fixture *self, BtReason reason)
{
  return ft_node_in_state (self->node, self->id, BT_STATE_ERROR) && status_of (self)->reason == reason;
}

static inline void
add (Fixture *self)
{
  self->id = ft_node_add (self->node, self->sample->torrent, self->dir, FALSE);
}

static inline void
connect_seed (Fixture *self)
{
  ft_node_connect_to (self->node, self->id, &self->seed->local);
}

static inline void
finish (Fixture *self)
{
  ft_wait_until (ft_node_is_complete (self->node, self->id)
                 && ft_node_in_state (self->node, self->id, BT_STATE_SEEDING));
  ft_sample_assert_equal (self->sample, self->dir);
}

static inline void
download_all (Fixture *self)
{
  start_node (self);
  add (self);
  connect_seed (self);
  finish (self);
}

/* The second life of a node: torrents have the numbers in the order they were added. It remembers the
 * seed, which gives nothing until it is told to. */
static inline void
restart (Fixture *self)
{
  g_clear_pointer (&self->node, ft_node_free);
  ft_bad_peer_let_go (self->seed, 0);
  start_node (self);
  self->id = 1;
  ft_wait_until (status_of (self) != NULL);
}

static inline void
finish_from_seed (Fixture *self)
{
  ft_bad_peer_let_go (self->seed, ALL);
  connect_seed (self);
  finish (self);
}

static inline goffset
size_of (const char *path)
{
  GStatBuf info;

  return g_lstat (path, &info) == 0 ? info.st_size : -1;
}

static inline GBytes *
make_priorities (guint8 a, guint8 empty, guint8 b, guint8 c)
{
  guint8 bytes[] = { a, empty, b, c };

  return g_bytes_new (bytes, sizeof bytes);
}
