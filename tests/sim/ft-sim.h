/* ft-sim.h: whole engines on the network in memory and its clock: hours of a swarm in a moment.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-torrent-private.h"
#include "ft-fake-world.h"
#include "ft-virtual-disk.h"

G_BEGIN_DECLS

/* Everything runs in the thread of the test, and the test may look into it. */
typedef struct
{
  FtFakeNet *net;
  FtVirtualDisks *disks;
  GPtrArray *nodes; /* of FtSimNode */
} FtSim;

typedef struct
{
  FtSim *sim;
  BtWorld *world;
  BtCore *core;
  BtMailbox *mailbox;
  char *dir;              /* downloads */
  gboolean told;          /* an update came that is to be acknowledged */
  guint16 port;
  guint n_failed_pieces;  /* as it told */
  guint64 progress;       /* likewise */
  guint n_came_on;        /* how often that was more, while it stopped */
} FtSimNode;

FtSim *ft_sim_new (guint64 seed);
void ft_sim_free (FtSim *sim); /* stops the engines */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtSim, ft_sim_free)

/* An engine at @ip. @setup: (nullable): changes the settings it starts with */
FtSimNode *ft_sim_add_node (FtSim *sim, const char *ip, void (*setup) (BtConfig *config));
/* The same; of @config the folders are set here; one for what is incomplete may be below them. */
FtSimNode *ft_sim_add_node_with (FtSim *sim, const char *ip, BtConfig *config);
/* The engine stops, and another one begins there, which knows nothing but its folder. */
void ft_sim_node_restart (FtSimNode *node);
/* Waits for the answer to a command, which it takes; one that fails fails the test. Returns: its torrent, if any */
BtTorrentId ft_sim_node_run (FtSimNode *node, BtCommand *command);
/* The same for one that may fail. Returns: (transfer full) (nullable): how */
GError *ft_sim_node_try (FtSimNode *node, BtCommand *command, BtTorrentId *id);
/* @save_path: (nullable): where the data is already */
BtTorrent *ft_sim_node_add (FtSimNode *node, GBytes *torrent, const char *save_path);
BtTorrent *ft_sim_node_add_link (FtSimNode *node, const char *link);
void ft_sim_node_connect (FtSimNode *node, BtTorrent *torrent, const BtEndpoint *endpoint);
/* Where it listens. */
BtEndpoint ft_sim_node_endpoint (FtSimNode *node);
/* Takes what @change makes of the settings. */
void ft_sim_node_configure (FtSimNode *node, void (*change) (BtConfig *config));
/* (nullable): ready, from @ip */
BtPeer *ft_sim_find_peer (BtTorrent *torrent, const char *ip);

/* Does all that is due, jobs of the disk included, without letting time pass. */
void ft_sim_settle (FtSim *sim);
/* Lets time pass until something is due, at most until @end; FALSE when nothing was. */
gboolean ft_sim_step (FtSim *sim, gint64 end);
void ft_sim_run_for (FtSim *sim, gint64 us);

#define FT_SIM_SECOND ((gint64) G_USEC_PER_SEC)

/* Fails when it has not come true after @seconds of the network's time. */
#define ft_sim_wait(sim, condition, seconds)                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 ft_end = ft_fake_net_now ((sim)->net) + (gint64) (seconds) * FT_SIM_SECOND;             \
    ft_sim_settle (sim);                                                                           \
    while (!(condition))                                                                           \
      if (!ft_sim_step (sim, ft_end))                                                              \
        g_error ("%s:%d: waited %d s for: %s", __FILE__, __LINE__, (int) (seconds), #condition);   \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
