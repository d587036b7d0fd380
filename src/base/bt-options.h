/* bt-options.h: what a person set for one torrent, as plain values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BT_GOAL_STOP,    /* paused, and said so */
  BT_GOAL_REMOVE,  /* out of the list; the data stays */
  BT_GOAL_NOTHING, /* only told of */
} BtGoalAction;

/**
 * BtGoals:
 *
 * When a torrent has seeded enough: whichever comes first. 0 of any means that it does not count.
 * Goals that are reached when the person starts it again count anew from there.
 */
typedef struct
{
  double ratio;     /* uploaded to wanted bytes */
  gint64 seeding_s; /* spent seeding, over all sessions */
  gint64 idle_s;    /* seeding without anybody taking anything */
  BtGoalAction action;
} BtGoals;

/**
 * BtTorrentOptions:
 *
 * Immutable once it is shared; held by reference. Limits of 0 mean "none of its own": those of its
 * tags and of the engine still hold.
 */
typedef struct
{
  gatomicrefcount refs;
  char *name;  /* (nullable): shown in place of the torrent's own */
  GStrv tags;  /* (not nullable): in the person's order, each once; see BT_LIMIT_TAGS */
  guint64 limit_down_bytes_per_s;
  guint64 limit_up_bytes_per_s;
  guint max_peers;        /* 0: the configured number */
  gboolean sequential;    /* pieces in order, for watching while it downloads */
  gboolean ignores_queue; /* runs whatever the queue says */
  gboolean own_goals;     /* @goals, in place of the configured ones */
  BtGoals goals;
} BtTorrentOptions;

/* Which fields of the options a command sets. */
typedef enum
{
  BT_OPTION_NAME = 1 << 0,
  BT_OPTION_TAGS = 1 << 1,
  BT_OPTION_LIMITS = 1 << 2,
  BT_OPTION_MAX_PEERS = 1 << 3,
  BT_OPTION_SEQUENTIAL = 1 << 4,
  BT_OPTION_QUEUE = 1 << 5,
  BT_OPTION_GOALS = 1 << 6, /* own_goals with goals */
  BT_OPTION_ALL = (1 << 7) - 1,
} BtOptionMask;

/* With defaults. Returns: (transfer full) */
BtTorrentOptions *bt_torrent_options_new (void);
/* Returns: (transfer full): a copy of its own of @from in which the fields that @mask names are those of @with. */
BtTorrentOptions *bt_torrent_options_merge (const BtTorrentOptions *from, const BtTorrentOptions *with,
                                            BtOptionMask mask);
/* Returns: (transfer full): a copy of its own in which every text is fit for display and every number is in
 * its range: blank and repeated tags are gone, and of many the first BT_LIMIT_TAGS stay. */
BtTorrentOptions *bt_torrent_options_clean (const BtTorrentOptions *options);
/* Returns: (transfer full) (nullable): a tag as options hold it, or NULL if nothing is left of it */
char *bt_tag_clean (const char *tag);
gboolean bt_torrent_options_equal (const BtTorrentOptions *a, const BtTorrentOptions *b);
BtTorrentOptions *bt_torrent_options_ref (BtTorrentOptions *options);
void bt_torrent_options_unref (BtTorrentOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTorrentOptions, bt_torrent_options_unref)

G_END_DECLS
