/* ft-swarm.h: engines of one process on loopback, with data to share, for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* A file of the sample: path below the torrent's folder and length. Ended by a NULL path. */
typedef struct
{
  const char *path;
  guint64 length;
} FtSampleFile;

/* A folder with data that nobody else has, and its torrent. */
typedef struct
{
  char *dir;       /* holds the folder "sample" */
  GBytes *torrent;
  guint8 *data;    /* (array length=size): of all files in order */
  guint32 piece_length;
  guint64 size;
} FtSample;

FtSample *ft_sample_new (const FtSampleFile *files, guint32 piece_length, guint seed);
FtSample *ft_sample_new_private (const FtSampleFile *files, guint32 piece_length, guint seed);
void ft_sample_free (FtSample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtSample, ft_sample_free)
/* Asserts that every file below @dir has the bytes of the sample. */
void ft_sample_assert_equal (const FtSample *sample, const char *dir);

/* An engine with folders of its own, and what it last said of each torrent. */
typedef struct
{
  BtEngine *engine;
  BtConfig *config;
  char *dir;             /* downloads */
  gboolean owns_dir;     /* it goes with the node */
  GHashTable *statuses;  /* BtTorrentId -> BtTorrentStatus */
  GPtrArray *events;     /* of char*: "KIND text" */
  guint16 port;
  BtDhtFacts dht[2];     /* IPv4, IPv6 */
  guint n_finished;
} FtNode;

/* @state_dir: (nullable). Starts and waits until it runs. */
FtNode *ft_node_new (const char *state_dir, BtMode mode);
/* @dir: (nullable): of the downloads, and kept; %NULL: one of its own. Settings beyond the mode are changed by @setup
 * (nullable) before the start. */
FtNode *ft_node_new_full (const char *state_dir, const char *dir, void (*setup) (BtConfig *config));
/* A setup: the DHT, whose node asks nobody first. There is room for one router. */
void ft_config_use_dht (BtConfig *config);
/* Stops the engine and waits. */
void ft_node_stop (FtNode *node);
void ft_node_free (FtNode *node);
/* Tells the engine what was changed in @config. */
void ft_node_configure (FtNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtNode, ft_node_free)

BtTorrentId ft_node_add (FtNode *node, GBytes *torrent, const char *save_path, gboolean trust);
BtTorrentId ft_node_add_with_priorities (FtNode *node, GBytes *torrent, const char *save_path, GBytes *priorities);
BtTorrentId ft_node_try_add (FtNode *node, GBytes *torrent, GError **error);
BtTorrentId ft_node_try_request (FtNode *node, const BtAddRequest *request, GError **error);
BtTorrentId ft_node_add_request (FtNode *node, const BtAddRequest *request);
void ft_node_set_options (FtNode *node, BtTorrentId id, BtTorrentOptions *options, BtOptionMask mask);
void ft_node_rename_tag (FtNode *node, const char *tag, const char *new_tag);
void ft_node_move_in_queue (FtNode *node, BtTorrentId id, BtQueueMove move);
const BtTorrentStatus *ft_node_status (FtNode *node, BtTorrentId id); /* (nullable) */
void ft_node_set_intent (FtNode *node, BtTorrentId id, BtIntent intent);
void ft_node_remove (FtNode *node, BtTorrentId id, gboolean with_data);
void ft_node_set_priorities (FtNode *node, BtTorrentId id, GBytes *priorities);
void ft_node_verify (FtNode *node, BtTorrentId id);
/* Each waits for the answer. Returns: (transfer full) (nullable): the error */
GError *ft_node_move (FtNode *node, BtTorrentId id, const char *folder, gboolean with_files);
GError *ft_node_rename (FtNode *node, BtTorrentId id, const char *path, const char *name);
/* To a node that is bound to the same address. */
void ft_node_connect (FtNode *node, BtTorrentId id, guint16 port); /* at 127.0.0.1 */
void ft_node_connect_to (FtNode *node, BtTorrentId id, const BtEndpoint *endpoint);
BtDetail *ft_node_detail (FtNode *node, BtTorrentId id, BtDetailParts parts);
gboolean ft_node_is_complete (FtNode *node, BtTorrentId id);
gboolean ft_node_in_state (FtNode *node, BtTorrentId id, BtState state);
gboolean ft_node_said (FtNode *node, const char *part);

/* Removes a folder with all that is in it. */
void ft_remove_tree (const char *path);

#define FT_WAIT_S 60
#define ft_wait_until(condition) ft_test_iterate (NULL, condition, FT_WAIT_S)

G_END_DECLS
