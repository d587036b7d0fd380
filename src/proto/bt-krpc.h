/* bt-krpc.h: the datagrams of the DHT as values (BEP 5, 32, 33, 42, 43, 44, 51).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-node-id.h"

G_BEGIN_DECLS

#define BT_KRPC_MAX_BYTES 1024      /* that we send (BEP 32) … */
#define BT_KRPC_MAX_ITEM_BYTES 1472 /* … unless an item of BEP 44 is inside: one Ethernet frame */

#define BT_KRPC_MAX_NODES 32  /* kept of one message in each family; nodes send 8 or 16 */
#define BT_KRPC_MAX_VALUES 200 /* more do not fit into a datagram that is not fragmented */
#define BT_KRPC_MAX_TRANSACTION 32 /* bytes that we echo */
#define BT_KRPC_MAX_TOKEN 64 /* nodes use 4 to 20 bytes; a longer one is as if there were none */

#define BT_KRPC_BLOOM_SIZE 256
#define BT_KRPC_KEY_SIZE 32
#define BT_KRPC_SIGNATURE_SIZE 64

/* Our "v": two letters of the client, two bytes of its version. */
#define BT_KRPC_VERSION "FT\0\1"
#define BT_KRPC_VERSION_SIZE 4

typedef enum
{
  BT_KRPC_QUERY,
  BT_KRPC_REPLY,
  BT_KRPC_ERROR,
} BtKrpcType;

typedef enum
{
  BT_KRPC_UNKNOWN, /* a method we do not know that names a target: to be answered as find_node */
  BT_KRPC_PING,
  BT_KRPC_FIND_NODE,
  BT_KRPC_GET_PEERS,
  BT_KRPC_ANNOUNCE_PEER,
  BT_KRPC_GET,
  BT_KRPC_PUT,
  BT_KRPC_SAMPLE_INFOHASHES,
} BtKrpcMethod;

/* Codes of errors; 0 is none. */
typedef enum
{
  BT_KRPC_ERROR_GENERIC = 201,
  BT_KRPC_ERROR_SERVER = 202,
  BT_KRPC_ERROR_PROTOCOL = 203, /* a malformed query, a wrong token */
  BT_KRPC_ERROR_METHOD = 204,
  BT_KRPC_ERROR_TOO_BIG = 205,   /* the item */
  BT_KRPC_ERROR_SIGNATURE = 206,
  BT_KRPC_ERROR_SALT = 207,
  BT_KRPC_ERROR_CAS = 301,
  BT_KRPC_ERROR_SEQUENCE = 302,
} BtKrpcErrorCode;

typedef enum
{
  BT_KRPC_WANT_DEFAULT = 0, /* nothing said: the family of the datagram */
  BT_KRPC_WANT_IPV4 = 1 << 0,
  BT_KRPC_WANT_IPV6 = 1 << 1,
} BtKrpcWant;

/* Bytes that belong to somebody else; NULL when there are none. */
typedef struct
{
  const guint8 *data;
  gsize length;
} BtKrpcSpan;

typedef struct
{
  BtNodeId id;
  BtEndpoint endpoint;
} BtKrpcNode;

/* An item of BEP 44. An immutable one has its value alone. */
typedef struct
{
  BtKrpcSpan value;        /* "v" as it was encoded, canonical; NULL when there is none */
  const guint8 *key;       /* (nullable) 32 bytes */
  const guint8 *signature; /* (nullable) 64 bytes, there when @key is */
  BtKrpcSpan salt;
  gboolean has_sequence;
  gint64 sequence;
  gboolean has_cas;
  gint64 cas;
} BtKrpcItem;

/**
 * BtKrpcMessage:
 *
 * One datagram. All zero is a query without anything. What is decoded borrows from the datagram
 * (spans, and pointers to bytes); what is encoded borrows from the caller. No field is allocated.
 */
typedef struct
{
  BtKrpcType type;
  BtKrpcSpan transaction; /* "t" */
  BtKrpcSpan version;     /* "v" at the top */
  gboolean read_only;     /* "ro" (BEP 43): asks, but does not answer; not to be kept */
  gboolean has_ip;
  BtEndpoint ip;          /* "ip" (BEP 42): how the sender sees the receiver; port 0: not said */
  BtNodeId id;            /* of the sender; of errors nothing */

  /* Queries. */
  BtKrpcMethod method;
  BtKrpcErrorCode problem; /* decoded: what the query must be answered with; 0: it is fine */
  BtNodeId target;         /* "target" or "info_hash" */
  BtKrpcWant want;
  gboolean noseed;
  gboolean scrape;         /* get_peers wants filters (BEP 33) */
  gboolean seed;           /* announce_peer */
  gboolean implied_port;   /* announce_peer: the port is that of the datagram */
  guint16 port;            /* announce_peer; 0 only with @implied_port */

  /* Queries and replies. */
  BtKrpcSpan token;
  BtKrpcItem item; /* in a get only its sequence */

  /* Replies. */
  gboolean has_samples; /* BEP 51 */
  gint64 interval_s;
  gint64 n_stored;      /* "num" */
  BtKrpcSpan samples;   /* of 20 bytes each */
  const guint8 *seeds;  /* (nullable) "BFsd", BT_KRPC_BLOOM_SIZE bytes */
  const guint8 *peers;  /* (nullable) "BFpe" */

  /* Errors. */
  gint64 code;
  BtKrpcSpan text;

  /* Replies again. Nodes of both families, in the order of the datagram. */
  gboolean has_nodes;  /* "nodes" is there, if empty */
  gboolean has_nodes6;
  guint n_nodes;
  guint n_nodes6;
  guint n_values;
  BtKrpcNode nodes[BT_KRPC_MAX_NODES];
  BtKrpcNode nodes6[BT_KRPC_MAX_NODES];
  BtEndpoint values[BT_KRPC_MAX_VALUES]; /* peers of either family */
} BtKrpcMessage;

/**
 * bt_krpc_decode:
 * @data: (array length=length): the datagram; must outlive what is read
 * @length: number of bytes
 * @from: where it came from
 * @out: (out caller-allocates): what it says
 *
 * Reads a datagram. Fields of the wrong type or length are as if they were absent. Left out of
 * nodes, values and "ip" are addresses where nobody can be, and local ones that an address of the
 * Internet tells of: nobody shall send us into our own network.
 *
 * A query that can be answered, if only with an error, is read: see @problem.
 *
 * Returns: FALSE when there is nothing that could be answered or used
 */
gboolean bt_krpc_decode (const void *data,
                         gsize length,
                         const BtEndpoint *from,
                         BtKrpcMessage *out);

/* The beginnings of what we send; the rest is zero and filled in by the caller. @transaction and
 * @query must outlive the message. A reply and an error echo the transaction and tell @to its own
 * address. */
void bt_krpc_init_query (BtKrpcMessage *message,
                         BtKrpcMethod method,
                         const BtNodeId *id,
                         const void *transaction,
                         gsize transaction_length);
void bt_krpc_init_reply (BtKrpcMessage *message,
                         const BtKrpcMessage *query,
                         const BtNodeId *id,
                         const BtEndpoint *to);
void bt_krpc_init_error (BtKrpcMessage *message,
                         const BtKrpcMessage *query,
                         BtKrpcErrorCode code,
                         const BtEndpoint *to);

/**
 * bt_krpc_encode:
 * @message: a message of ours
 * @out: the datagram
 *
 * Writes a message. Of a reply that would be too long peers are left out first, then nodes, from
 * their ends.
 *
 * Returns: bytes of the datagram, at most BT_KRPC_MAX_BYTES, or BT_KRPC_MAX_ITEM_BYTES with an item;
 *   0 when it does not fit
 */
gsize bt_krpc_encode (const BtKrpcMessage *message, guint8 out[BT_KRPC_MAX_ITEM_BYTES]);

G_END_DECLS
