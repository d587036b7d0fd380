/* bt-bencode.h: bencode (BEP 3), decoded without copies or recursion, encoded canonically.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BT_BENCODE_NONE, /* the node of a lookup that found nothing */
  BT_BENCODE_INT,
  BT_BENCODE_STRING,
  BT_BENCODE_LIST,
  BT_BENCODE_DICT,
} BtBencodeType;

/**
 * BtBencodeFlags:
 * @BT_BENCODE_STRICT: anything but the canonical form is an error
 * @BT_BENCODE_UNSORTED: keys out of order are accepted, as v1 torrents in the wild have them;
 *   duplicate keys, leading zeros and "-0" stay errors
 * @BT_BENCODE_TRAILING: bytes may follow the root value (ut_metadata); see @consumed
 */
typedef enum
{
  BT_BENCODE_STRICT = 0,
  BT_BENCODE_UNSORTED = 1 << 0,
  BT_BENCODE_TRAILING = 1 << 1,
} BtBencodeFlags;

typedef struct
{
  guint max_depth;
  guint max_tokens;
} BtBencodeLimits;

extern const BtBencodeLimits bt_bencode_limits_torrent; /* for files */
extern const BtBencodeLimits bt_bencode_limits_tracker; /* for tracker replies */
extern const BtBencodeLimits bt_bencode_limits_message; /* for peer messages and datagrams */

typedef struct _BtBencode BtBencode;

/**
 * BtNode:
 *
 * A value inside a document, passed by value; valid as long as the document.
 * A node of type %BT_BENCODE_NONE stands for "not there": every accessor takes
 * it and answers with nothing, so lookups can be chained.
 */
typedef struct
{
  const BtBencode *doc;
  guint32 token;
} BtNode;

/**
 * bt_bencode_decode:
 * @data: (array length=length): the bytes; borrowed, must outlive the document
 * @length: number of bytes
 * @limits: caps on depth and tokens
 * @flags: what is tolerated
 * @consumed: (out) (optional): bytes of the root value
 * @error: return location
 *
 * Decodes in one pass with an explicit stack. Integers must fit int64.
 *
 * Returns: (transfer full): the document, or %NULL with %BT_ERROR_MALFORMED
 *   or %BT_ERROR_LIMIT and a message that says what is wrong at which byte
 */
BtBencode *bt_bencode_decode (const void *data,
                              gsize length,
                              const BtBencodeLimits *limits,
                              BtBencodeFlags flags,
                              gsize *consumed,
                              GError **error);
void bt_bencode_free (BtBencode *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBencode, bt_bencode_free)

BtNode bt_bencode_root (const BtBencode *doc);

BtBencodeType bt_node_type (BtNode node);

/* The raw bytes of a value: what is hashed for an info-hash. NULL and 0 for none. */
const guint8 *bt_node_span (BtNode node, gsize *length);

/* FALSE (and @out untouched) when the node is not of the type. */
gboolean bt_node_int (BtNode node, gint64 *out);
gboolean bt_node_string (BtNode node, const char **out, gsize *length); /* not NUL-terminated */

/* The number of items of a list or of entries of a dict; else 0. O(1). */
guint bt_node_length (BtNode node);

/* Children in order. For a dict the values; the key comes beside. Start with
 * bt_node_iter_init() and call next until FALSE. */
typedef struct
{
  BtNode parent;
  guint32 next;
  guint32 left;
} BtNodeIter;
void bt_node_iter_init (BtNodeIter *iter, BtNode container);
gboolean bt_node_iter_next (BtNodeIter *iter, BtNode *value);
gboolean bt_node_iter_next_entry (BtNodeIter *iter, const char **key, gsize *key_length, BtNode *value);

/* The value of @key in a dict, a NONE node if there is none. Keys are literals of ours. */
BtNode bt_node_get (BtNode dict, const char *key);

/* Lookups with a type: FALSE when absent or of another type. */
gboolean bt_node_get_int (BtNode dict, const char *key, gint64 *out);
gboolean bt_node_get_string (BtNode dict, const char *key, const char **out, gsize *length);
BtNode bt_node_get_list (BtNode dict, const char *key); /* NONE unless it is a list */
BtNode bt_node_get_dict (BtNode dict, const char *key);

/* Encoding. Values are appended to a GByteArray; keys must be written in ascending
 * byte order (asserted), each followed by one value. */
typedef struct _BtBencodeWriter BtBencodeWriter;

BtBencodeWriter *bt_bencode_writer_new (void);
void bt_bencode_writer_free (BtBencodeWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBencodeWriter, bt_bencode_writer_free)
void bt_bencode_writer_begin_dict (BtBencodeWriter *writer);
void bt_bencode_writer_begin_list (BtBencodeWriter *writer);
void bt_bencode_writer_end (BtBencodeWriter *writer);
void bt_bencode_writer_key (BtBencodeWriter *writer, const char *key);
void bt_bencode_writer_key_bytes (BtBencodeWriter *writer, const void *key, gsize length);
void bt_bencode_writer_int (BtBencodeWriter *writer, gint64 value);
void bt_bencode_writer_string (BtBencodeWriter *writer, const char *text);
void bt_bencode_writer_bytes (BtBencodeWriter *writer, const void *bytes, gsize length);
/* Writes one whole value that is already encoded, as it is. */
void bt_bencode_writer_raw (BtBencodeWriter *writer, const void *bytes, gsize length);
/* Writes a decoded value again, in canonical form (keys sorted). */
void bt_bencode_writer_node (BtBencodeWriter *writer, BtNode node);
/* Ends writing; asserts that everything is closed. Returns: (transfer full): the bytes. */
GBytes *bt_bencode_writer_finish (BtBencodeWriter *writer);

G_END_DECLS
