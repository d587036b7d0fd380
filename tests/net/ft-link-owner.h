/* ft-link-owner.h: an owner of a link that writes down all it is told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-link.h"
#include "ft-fake-world.h"

G_BEGIN_DECLS

#define FT_LINK_MEMORY (64u * 16384)

typedef struct _FtLinkOwner FtLinkOwner;
struct _FtLinkOwner
{
  FtFakeNet *net;
  gboolean owns_net;
  BtWorld *world;
  BtTimers *timers;
  BtLink *link;   /* NULL once it is closed */
  BtStream *near; /* of the link, while it is open */
  BtStream *far;  /* (nullable): the other end, played by the test */
  GString *log;   /* a line for each call but progress and drained */
  guint n_calls;
  guint n_closed;
  guint n_drained;
  BtCloseReason reason;
  char *detail;
  guint64 progress; /* bytes told by block_progress */
  guint8 *memory;   /* a block is received at block.begin, whatever its piece */
  gboolean refuse;  /* gives no place to blocks */
  /* (nullable): called in each callback, after it was written down. */
  void (*react) (FtLinkOwner *owner, const char *what);
  gpointer react_data;
};

extern const BtLinkOps ft_link_owner_ops;

/* A network with one host, and a link at one end of a pair of streams. */
FtLinkOwner *ft_link_owner_new (guint64 seed);
/* The same, and the owner was told that it is connected. */
FtLinkOwner *ft_link_owner_new_settled (guint64 seed);
/* An owner without a link yet, on a network that is there; connect or take a stream. @net:
 * (nullable): NULL in another world, then @timers is the caller's to set. */
FtLinkOwner *ft_link_owner_new_on (FtFakeNet *net, BtWorld *world);
void ft_link_owner_free (FtLinkOwner *owner); /* closes what is open */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtLinkOwner, ft_link_owner_free)

/* What the far end sends and gets. */
void ft_link_owner_push (FtLinkOwner *owner, const void *bytes, gsize length);
void ft_link_owner_push_hex (FtLinkOwner *owner, const char *hex);
void ft_link_owner_push_handshake (FtLinkOwner *owner);
GBytes *ft_link_owner_pull (FtLinkOwner *owner);
void ft_link_owner_close_far (FtLinkOwner *owner);

/* Messages made for tests. */
void ft_add_handshake (GByteArray *bytes);
void ft_add_simple (GByteArray *bytes, BtMessageId id);
void ft_add_index (GByteArray *bytes, BtMessageId id, guint32 piece);
void ft_add_block (GByteArray *bytes, BtMessageId id, guint32 piece, guint32 begin, guint32 length);
void ft_add_piece (GByteArray *bytes, guint32 piece, guint32 begin, guint32 length);
void ft_add_bitfield (GByteArray *bytes, guint32 length);
void ft_add_extended (GByteArray *bytes, guint8 id, guint32 length);
void ft_add_unknown (GByteArray *bytes, guint8 id, guint32 length); /* id included in the length */
void ft_add_keep_alive (GByteArray *bytes);
/* A handshake and all messages, with unknown ones between them. Its blocks: @block_length bytes of
 * the pieces 1, 2 and 4 at 0, 1 and 3 times that, and one byte of piece 3 at twice that. */
GByteArray *ft_make_stream (guint32 block_length);

/* The byte at an offset of a block: each piece and offset has its own. */
guint8 ft_block_byte (guint32 piece, guint32 offset);
void ft_fill_block (guint8 *out, guint32 piece, guint32 begin, guint32 length);

G_END_DECLS
