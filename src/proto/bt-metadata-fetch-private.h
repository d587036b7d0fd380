/* bt-metadata-fetch-private.h: what is there of a link's details, for the files that share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-metadata-fetch.h"

G_BEGIN_DECLS

#define ASKED_AT_ONCE 2
#define NOBODY G_MAXUINT32

typedef struct
{
  GBytes *data;     /* (nullable) */
  gint64 asked_at;  /* 0: not, or nobody will answer any more */
  guint32 asked_of; /* the peer that was asked last */
  guint32 source;   /* who gave it: index in sources */
  guint n_asked;
} BtMetadataBlock;

/* What peers that claim one size have. */
typedef struct
{
  guint32 size;
  guint n_blocks;
  BtMetadataBlock *blocks;      /* (nullable): NULL until somebody is asked */
  guint n_done;
  guint n_peers;
  gboolean handed_out; /* complete, and being looked at */
  gboolean by_one;     /* was wrong before: asked of one peer alone */
  guint32 sole;        /* that one, or NOBODY */
  gint64 moved_at;     /* something came, or it was begun */
} BtMetadataVersion;

typedef struct
{
  guint32 block;
  gint64 at; /* 0: free */
} BtMetadataAsked;

typedef struct
{
  guint32 id;
  BtEndpoint endpoint;
  BtMetadataVersion *version; /* (nullable) */
  BtMetadataAsked asked[ASKED_AT_ONCE];
  gint64 rests_until;
  gboolean gave; /* something of what is there */
  guint n_claims;
  guint n_useless;
} BtMetadataPeer;

/* A source that is left alone, whatever connection it comes by. */
typedef struct
{
  BtEndpoint endpoint;
  gint64 until;
} BtMetadataRest;

struct _BtMetadataFetch
{
  BtMetadataBudget *budget;
  BtRandom *random;
  GHashTable *peers;   /* id -> BtMetadataPeer */
  GPtrArray *versions; /* of BtMetadataVersion */
  GArray *sources;     /* of BtEndpoint: everybody who gave a block */
  GArray *rests;       /* of BtMetadataRest */
};

/* bt-metadata-version.c: the sizes that peers claim, and the blocks that are there of each. */
gboolean bt_metadata_has_room (BtMetadataFetch *fetch, gsize bytes);
/* FALSE if there is no room for as many. */
gboolean bt_metadata_allocate_blocks (BtMetadataFetch *fetch, BtMetadataVersion *version);
void bt_metadata_free_blocks (BtMetadataFetch *fetch, BtMetadataVersion *version);
BtMetadataVersion *bt_metadata_find_version (BtMetadataFetch *fetch, guint32 size);
BtMetadataVersion *bt_metadata_make_version (BtMetadataFetch *fetch, guint32 size);
void bt_metadata_free_version (BtMetadataFetch *fetch, BtMetadataVersion *version);
/* Whether one source gave all of it. */
gboolean bt_metadata_is_of_one (const BtMetadataVersion *version);

guint bt_metadata_count_asked (const BtMetadataPeer *peer);

G_END_DECLS
