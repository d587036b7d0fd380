/* bt-bencode.c: the bencode decoder, one pass over the bytes into an array of tokens.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-reader.h"

/* A document is the array of its tokens in the order of the bytes. A container is followed by
 * what it holds, a key by its value; @next steps over a whole value, so that children are walked
 * without looking inside them. Keys are tokens of type string. Numbers are read again from the
 * bytes when they are asked for: by then they are known to be well-formed. */
typedef struct
{
  guint32 offset;     /* of the first byte */
  guint32 end;        /* of the byte after the last */
  guint32 next;       /* index of the token after this value and all that is in it */
  guint32 type : 3;   /* BtBencodeType */
  guint32 extra : 29; /* containers: items or entries; strings: bytes before the text */
} Token;

#define MAX_TOKENS ((1u << 29) - 1) /* what Token.extra can count */

struct _BtBencode
{
  const guint8 *data;
  Token *tokens;
};

/* A container that is not closed yet. */
typedef struct
{
  guint32 token;
  guint32 last_key; /* token of the key before, 0: none (token 0 is the root, never a key) */
  gboolean wants_value;
  gboolean unsorted;
} Frame;

typedef struct
{
  BtReader reader;
  const guint8 *data;
  gsize length;
  BtBencodeFlags flags;
  guint max_depth;
  guint max_tokens;
  GArray *tokens;
  GArray *stack;
  GError **error;
} Parser;

const BtBencodeLimits bt_bencode_limits_torrent = {
  .max_depth = BT_LIMIT_TORRENT_DEPTH,
  .max_tokens = BT_LIMIT_TORRENT_TOKENS,
};

const BtBencodeLimits bt_bencode_limits_tracker = {
  .max_depth = BT_LIMIT_MESSAGE_DEPTH,
  .max_tokens = BT_LIMIT_TRACKER_TOKENS,
};

const BtBencodeLimits bt_bencode_limits_message = {
  .max_depth = BT_LIMIT_MESSAGE_DEPTH,
  .max_tokens = BT_LIMIT_MESSAGE_TOKENS,
};

static gsize
get_offset (const Parser *parser)
{
  return parser->length - parser->reader.left;
}

static Token *
get_token (const Parser *parser, guint32 index)
{
  return &g_array_index (parser->tokens, Token, index);
}

static Frame *
get_top (const Parser *parser)
{
  return parser->stack->len > 0 ? &g_array_index (parser->stack, Frame, parser->stack->len - 1)
                                : NULL;
}

/* Returns FALSE, so that it can end a function. */
static gboolean
fail_at (Parser *parser, BtError code, gsize offset, const char *what)
{
  g_set_error (parser->error, BT_ERROR, code, "%s at byte %" G_GSIZE_FORMAT, what, offset);
  return FALSE;
}

static gboolean
fail (Parser *parser, const char *what)
{
  return fail_at (parser, BT_ERROR_MALFORMED, get_offset (parser), what);
}

static gboolean
fail_at_end (Parser *parser)
{
  return fail_at (parser, BT_ERROR_MALFORMED, parser->length, "Bencoded data is cut short");
}

static gboolean
peek (const Parser *parser, guint8 *byte)
{
  BtReader ahead = parser->reader;

  return bt_reader_u8 (&ahead, byte);
}

static gboolean
add_token (Parser *parser, BtBencodeType type, gsize offset, guint32 extra)
{
  Token token = {
    .offset = (guint32) offset,
    .end = (guint32) get_offset (parser),
    .next = parser->tokens->len + 1,
    .type = type,
    .extra = extra & MAX_TOKENS, /* no more are read */
  };

  if (parser->tokens->len >= parser->max_tokens)
    return fail_at (parser, BT_ERROR_LIMIT, offset, "Bencoded data has too many values");
  g_array_append_val (parser->tokens, token);
  return TRUE;
}

/* Reads decimal digits up to and with @terminator. There is one way to write each number: no sign,
 * no leading zero. */
static gboolean
read_decimal (Parser *parser, char terminator, guint64 max, guint64 *out)
{
  guint64 value = 0;
  guint n_digits = 0;
  guint8 byte;

  while (peek (parser, &byte) && g_ascii_isdigit (byte))
    {
      guint digit = byte - '0';

      if (n_digits > 0 && value == 0)
        return fail (parser, "A number in bencoded data has a leading zero");
      if (value > (max - digit) / 10)
        return fail (parser, "A number in bencoded data is too large");
      value = value * 10 + digit;
      n_digits++;
      if (!bt_reader_skip (&parser->reader, 1))
        return fail_at_end (parser);
    }
  if (parser->reader.left == 0)
    return fail_at_end (parser);
  if (n_digits == 0 || byte != (guint8) terminator)
    return fail (parser, "A number in bencoded data is malformed");
  *out = value;
  return bt_reader_skip (&parser->reader, 1);
}

static gboolean
parse_int (Parser *parser)
{
  gsize offset = get_offset (parser);
  gboolean negative;
  guint64 magnitude;
  guint8 byte;

  if (!bt_reader_skip (&parser->reader, 1) || !peek (parser, &byte))
    return fail_at_end (parser);
  negative = byte == '-' && bt_reader_skip (&parser->reader, 1);
  if (!read_decimal (parser, 'e', (guint64) G_MAXINT64 + (negative ? 1 : 0), &magnitude))
    return FALSE;
  if (negative && magnitude == 0)
    return fail_at (parser, BT_ERROR_MALFORMED, offset, "Bencoded data has a minus zero");
  return add_token (parser, BT_BENCODE_INT, offset, 0);
}

static gboolean
parse_string (Parser *parser)
{
  gsize offset = get_offset (parser);
  gsize header;
  guint64 length;

  if (!read_decimal (parser, ':', G_MAXUINT64, &length))
    return FALSE;
  header = get_offset (parser) - offset;
  if (length > parser->reader.left || !bt_reader_skip (&parser->reader, (gsize) length))
    return fail (parser, "A string in bencoded data is longer than the data");
  return add_token (parser, BT_BENCODE_STRING, offset, (guint32) header);
}

static gboolean
begin_container (Parser *parser, BtBencodeType type)
{
  Frame frame = { .token = parser->tokens->len };
  gsize offset = get_offset (parser);

  if (parser->stack->len >= parser->max_depth)
    return fail_at (parser, BT_ERROR_LIMIT, offset, "Bencoded data is nested too deeply");
  if (!bt_reader_skip (&parser->reader, 1))
    return fail_at_end (parser);
  if (!add_token (parser, type, offset, 0))
    return FALSE;
  g_array_append_val (parser->stack, frame);
  return TRUE;
}

static int
compare_strings (const Parser *parser, const Token *a, const Token *b)
{
  gsize a_length = a->end - a->offset - a->extra;
  gsize b_length = b->end - b->offset - b->extra;
  int order = memcmp (parser->data + a->offset + a->extra, parser->data + b->offset + b->extra,
                      MIN (a_length, b_length));

  if (order != 0)
    return order;
  return a_length < b_length ? -1 : a_length > b_length;
}

static int
compare_keys_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Parser *parser = user_data;

  return compare_strings (parser, get_token (parser, *(const guint32 *) a),
                          get_token (parser, *(const guint32 *) b));
}

/* In a dict whose order is broken an equal key need not be the one before: sort the keys and look
 * at neighbours, so that a million keys cost n log n. */
static gboolean
check_duplicates (Parser *parser, guint32 dict)
{
  guint n_keys = get_token (parser, dict)->extra;
  g_autofree guint32 *keys = g_new (guint32, n_keys);
  guint32 key = dict + 1;

  for (guint i = 0; i < n_keys; i++)
    {
      keys[i] = key;
      key = get_token (parser, key + 1)->next;
    }
  g_qsort_with_data (keys, (int) n_keys, sizeof (guint32), compare_keys_cb, parser);
  for (guint i = 1; i < n_keys; i++)
    if (compare_keys_cb (&keys[i - 1], &keys[i], parser) == 0)
      return fail_at (parser, BT_ERROR_MALFORMED,
                      get_token (parser, MAX (keys[i - 1], keys[i]))->offset,
                      "A dictionary key is given twice");
  return TRUE;
}

static gboolean
end_container (Parser *parser)
{
  Frame frame = *get_top (parser);
  Token *token = get_token (parser, frame.token);

  if (frame.wants_value)
    return fail (parser, "A dictionary key has no value");
  if (!bt_reader_skip (&parser->reader, 1))
    return fail_at_end (parser);
  token->end = (guint32) get_offset (parser);
  token->next = parser->tokens->len;
  g_array_set_size (parser->stack, parser->stack->len - 1);
  return !frame.unsorted || check_duplicates (parser, frame.token);
}

static gboolean
check_order (Parser *parser, Frame *frame, guint32 key)
{
  const Token *token = get_token (parser, key);
  int order;

  if (frame->last_key == 0)
    return TRUE;
  order = compare_strings (parser, get_token (parser, frame->last_key), token);
  if (order == 0)
    return fail_at (parser, BT_ERROR_MALFORMED, token->offset, "A dictionary key is given twice");
  if (order > 0 && (parser->flags & BT_BENCODE_UNSORTED) == 0)
    return fail_at (parser, BT_ERROR_MALFORMED, token->offset, "A dictionary key is out of order");
  frame->unsorted |= order > 0;
  return TRUE;
}

static gboolean
parse_key (Parser *parser, Frame *frame)
{
  guint32 key = parser->tokens->len;
  guint8 byte;

  if (!peek (parser, &byte) || !g_ascii_isdigit (byte))
    return fail (parser, "A dictionary key must be a string");
  if (!parse_string (parser) || !check_order (parser, frame, key))
    return FALSE;
  frame->last_key = key;
  frame->wants_value = TRUE;
  return TRUE;
}

static gboolean
parse_value (Parser *parser, guint8 first)
{
  switch (first)
    {
    case 'i':
      return parse_int (parser);
    case 'l':
      return begin_container (parser, BT_BENCODE_LIST);
    case 'd':
      return begin_container (parser, BT_BENCODE_DICT);
    default:
      if (g_ascii_isdigit (first))
        return parse_string (parser);
      return fail (parser, "A bencoded value must start with a digit, i, l or d");
    }
}

/* One key, one value, the start of a container or the end of one. */
static gboolean
parse_step (Parser *parser)
{
  Frame *frame = get_top (parser);
  Token *container = frame != NULL ? get_token (parser, frame->token) : NULL;
  guint8 byte;

  if (!peek (parser, &byte))
    return fail_at_end (parser);
  if (frame == NULL)
    return parse_value (parser, byte);
  if (byte == 'e')
    return end_container (parser);
  if (container->type == BT_BENCODE_DICT && !frame->wants_value)
    return parse_key (parser, frame);
  container->extra++;
  frame->wants_value = FALSE;
  return parse_value (parser, byte);
}

static gboolean
parse_document (Parser *parser, gsize *consumed)
{
  do
    {
      if (!parse_step (parser))
        return FALSE;
    }
  while (parser->stack->len > 0);

  if (parser->reader.left > 0 && (parser->flags & BT_BENCODE_TRAILING) == 0)
    return fail (parser, "Bencoded data is followed by something else");
  if (consumed != NULL)
    *consumed = get_offset (parser);
  return TRUE;
}

BtBencode *
bt_bencode_decode (const void *data,
                   gsize length,
                   const BtBencodeLimits *limits,
                   BtBencodeFlags flags,
                   gsize *consumed,
                   GError **error)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (Token));
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Frame));
  Parser parser = {
    .reader = bt_reader (data, length),
    .data = data,
    .length = length,
    .flags = flags,
    .max_depth = limits->max_depth,
    .max_tokens = MIN (limits->max_tokens, MAX_TOKENS),
    .tokens = tokens,
    .stack = stack,
    .error = error,
  };
  BtBencode *doc;

  if (length > G_MAXUINT32)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, "Bencoded data is longer than 4 GiB");
      return NULL;
    }
  if (!parse_document (&parser, consumed))
    return NULL;
  doc = g_new (BtBencode, 1);
  doc->data = data;
  doc->tokens = (Token *) (void *) g_array_steal (tokens, NULL);
  return doc;
}

void
bt_bencode_free (BtBencode *doc)
{
  g_free (doc->tokens);
  g_free (doc);
}

static const Token *
look_up (BtNode node)
{
  return node.doc != NULL ? &node.doc->tokens[node.token] : NULL;
}

static BtNode
make_none (void)
{
  return (BtNode){ NULL, 0 };
}

BtNode
bt_bencode_root (const BtBencode *doc)
{
  return (BtNode){ doc, 0 };
}

BtBencodeType
bt_node_type (BtNode node)
{
  const Token *token = look_up (node);

  return token != NULL ? (BtBencodeType) token->type : BT_BENCODE_NONE;
}

const guint8 *
bt_node_span (BtNode node, gsize *length)
{
  const Token *token = look_up (node);

  *length = token != NULL ? token->end - token->offset : 0;
  return token != NULL ? node.doc->data + token->offset : NULL;
}

gboolean
bt_node_int (BtNode node, gint64 *out)
{
  const Token *token = look_up (node);
  guint64 magnitude = 0;
  gboolean negative;
  guint32 at;

  if (token == NULL || token->type != BT_BENCODE_INT)
    return FALSE;
  at = token->offset + 1;
  negative = node.doc->data[at] == '-';
  for (at += negative ? 1 : 0; at < token->end - 1; at++)
    magnitude = magnitude * 10 + (node.doc->data[at] - '0');
  /* Modulo 2^64, because -INT64_MIN does not exist. */
  *out = (gint64) (negative ? 0 - magnitude : magnitude);
  return TRUE;
}

gboolean
bt_node_string (BtNode node, const char **out, gsize *length)
{
  const Token *token = look_up (node);

  if (token == NULL || token->type != BT_BENCODE_STRING)
    return FALSE;
  *out = (const char *) node.doc->data + token->offset + token->extra;
  *length = token->end - token->offset - token->extra;
  return TRUE;
}

guint
bt_node_length (BtNode node)
{
  const Token *token = look_up (node);

  if (token == NULL || (token->type != BT_BENCODE_LIST && token->type != BT_BENCODE_DICT))
    return 0;
  return token->extra;
}

void
bt_node_iter_init (BtNodeIter *iter, BtNode container)
{
  iter->parent = container;
  iter->next = container.token + 1;
  iter->left = bt_node_length (container);
}

gboolean
bt_node_iter_next (BtNodeIter *iter, BtNode *value)
{
  if (iter->left == 0)
    return FALSE;
  if (bt_node_type (iter->parent) == BT_BENCODE_DICT)
    iter->next++;
  *value = (BtNode){ iter->parent.doc, iter->next };
  iter->next = look_up (*value)->next;
  iter->left--;
  return TRUE;
}

gboolean
bt_node_iter_next_entry (BtNodeIter *iter, const char **key, gsize *key_length, BtNode *value)
{
  BtNode key_node = { iter->parent.doc, iter->next };

  if (iter->left == 0 || bt_node_type (iter->parent) != BT_BENCODE_DICT)
    return FALSE;
  return bt_node_string (key_node, key, key_length) && bt_node_iter_next (iter, value);
}

BtNode
bt_node_get (BtNode dict, const char *key)
{
  gsize length = strlen (key);
  const char *entry_key;
  gsize entry_length;
  BtNodeIter iter;
  BtNode value;

  bt_node_iter_init (&iter, dict);
  while (bt_node_iter_next_entry (&iter, &entry_key, &entry_length, &value))
    if (entry_length == length && memcmp (entry_key, key, length) == 0)
      return value;
  return make_none ();
}

gboolean
bt_node_get_int (BtNode dict, const char *key, gint64 *out)
{
  return bt_node_int (bt_node_get (dict, key), out);
}

gboolean
bt_node_get_string (BtNode dict, const char *key, const char **out, gsize *length)
{
  return bt_node_string (bt_node_get (dict, key), out, length);
}

BtNode
bt_node_get_list (BtNode dict, const char *key)
{
  BtNode value = bt_node_get (dict, key);

  return bt_node_type (value) == BT_BENCODE_LIST ? value : make_none ();
}

BtNode
bt_node_get_dict (BtNode dict, const char *key)
{
  BtNode value = bt_node_get (dict, key);

  return bt_node_type (value) == BT_BENCODE_DICT ? value : make_none ();
}
