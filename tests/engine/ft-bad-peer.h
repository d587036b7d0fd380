/* ft-bad-peer.h: a small peer whose manners a test chooses, in any world.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-handshake.h"
#include "bt-message.h"
#include "bt-world.h"
#include "ft-swarm.h"

G_BEGIN_DECLS

typedef struct _FtBadPeer FtBadPeer;
typedef struct _FtBadLink FtBadLink;

/* What makes it bad. With nothing set it is a seed that serves whatever is asked of it. */
typedef struct
{
  BtCapabilities capabilities; /* that its handshake claims */
  gsize write_max;             /* bytes of one write */
  guint64 close_after;         /* bytes written on a connection; then it hangs up */
  guint64 stall_after;         /* the same; then nothing more is written, most likely within a block */
  guint hold_after;            /* blocks; further ones wait for ft_bad_peer_let_go() */

  /* Instead of its handshake. */
  void (*shake) (FtBadLink *link);
  /* When both handshakes are done, instead of ft_bad_link_greet(). */
  void (*greet) (FtBadLink *link);
  /* Before each message that it says. */
  void (*before) (FtBadLink *link);
  /* A request came; instead of ft_bad_link_serve(). */
  void (*request) (FtBadLink *link, const BtBlock *block);
  /* Any message came; @body starts after the id. */
  void (*message) (FtBadLink *link, guint8 id, const guint8 *body, gsize length);
  /* Damages what it is about to serve. */
  void (*alter) (FtBadLink *link, const BtBlock *block, guint8 *data);
} FtManners;

struct _FtBadPeer
{
  BtWorld *world;
  const FtSample *sample;
  FtManners manners;
  BtEndpoint local;
  BtListener *listener;
  BtHandshake handshake;
  gpointer data;        /* for the manners */
  GPtrArray *links;     /* of FtBadLink that are open */

  /* What it saw. */
  guint n_links;        /* ever */
  guint n_closed;       /* by the other side */
  guint got[256];       /* messages by id */
  guint64 n_received;   /* bytes */
  guint64 n_served;     /* payload bytes, all connections */
  guint n_blocks;       /* asked for */
  guint64 n_payload_in; /* bytes of blocks that came */
  gboolean was_broken;  /* what came could not be messages */
};

struct _FtBadLink
{
  FtBadPeer *peer;
  BtStream *stream;
  GByteArray *in, *out;
  gsize written;        /* of @out */
  gboolean outgoing, connected, shaken;
  gboolean deaf;        /* reads nothing any more */
  gboolean hangs_up;
  gboolean inside_before;
  guint64 n_written;
  guint got[256];
  GArray *held;         /* of BtBlock */
  guint step;           /* for the manners to count in */
};

/* Listens on a port of its own at @ip. @world: runs in the default context, or is simulated. */
FtBadPeer *ft_bad_peer_new (BtWorld *world, const char *ip, const FtSample *sample, const FtManners *manners);
void ft_bad_peer_free (FtBadPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtBadPeer, ft_bad_peer_free)
/* Goes to somebody instead of being found. */
void ft_bad_peer_connect (FtBadPeer *peer, const BtEndpoint *remote);
/* Gives @n more blocks, those that it held back first. */
void ft_bad_peer_let_go (FtBadPeer *peer, guint n);
/* Whether it is asked for more than it gives. */
gboolean ft_bad_peer_is_holding (FtBadPeer *peer);

/* For manners. */
void ft_bad_link_shake (FtBadLink *link); /* the handshake that it sends by itself */
void ft_bad_link_greet (FtBadLink *link); /* all pieces, and an unchoke */
void ft_bad_link_serve (FtBadLink *link, const BtBlock *block);
void ft_bad_link_write (FtBadLink *link, const void *bytes, gsize length); /* as it is */
void ft_bad_link_say (FtBadLink *link, guint8 id, const void *payload, gsize length);
void ft_bad_link_say_index (FtBadLink *link, guint8 id, guint32 piece);
void ft_bad_link_say_block (FtBadLink *link, guint8 id, const BtBlock *block);
void ft_bad_link_say_bits (FtBadLink *link, gboolean all);
void ft_bad_link_go_deaf (FtBadLink *link);
void ft_bad_link_hang_up (FtBadLink *link); /* when all is written */

G_END_DECLS
