/* bt-bencode-writer.c: the bencode encoder, canonical by construction.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"

#include <string.h>

/* A container that is not closed yet. The key before is kept as a place in the output, where its
 * bytes are anyway. */
typedef struct
{
  gboolean is_dict;
  gboolean has_key; /* a key waits for its value */
  guint last_key;   /* where the text of the key before is, 0: none */
  guint last_key_length;
} Frame;

struct _BtBencodeWriter
{
  GByteArray *out;
  GArray *stack;
};

static Frame *
get_top (BtBencodeWriter *writer)
{
  return writer->stack->len > 0 ? &g_array_index (writer->stack, Frame, writer->stack->len - 1)
                                : NULL;
}

static void
append (BtBencodeWriter *writer, const void *bytes, gsize length)
{
  g_assert (length <= G_MAXUINT - writer->out->len);
  if (length > 0)
    g_byte_array_append (writer->out, bytes, (guint) length);
}

static void
append_string (BtBencodeWriter *writer, const void *bytes, gsize length)
{
  char head[24];
  int head_length = g_snprintf (head, sizeof head, "%" G_GSIZE_FORMAT ":", length);

  append (writer, head, (gsize) head_length);
  append (writer, bytes, length);
}

/* Every value passes here: in a dict it must follow a key. */
static void
begin_value (BtBencodeWriter *writer)
{
  Frame *frame = get_top (writer);

  if (frame == NULL || !frame->is_dict)
    return;
  g_assert (frame->has_key);
  frame->has_key = FALSE;
}

static void
begin_container (BtBencodeWriter *writer, gboolean is_dict)
{
  Frame frame = { .is_dict = is_dict };

  begin_value (writer);
  append (writer, is_dict ? "d" : "l", 1);
  g_array_append_val (writer->stack, frame);
}

static gboolean
is_ascending (const void *a, gsize a_length, const void *b, gsize b_length)
{
  int order = memcmp (a, b, MIN (a_length, b_length));

  return order < 0 || (order == 0 && a_length < b_length);
}

BtBencodeWriter *
bt_bencode_writer_new (void)
{
  BtBencodeWriter *writer = g_new (BtBencodeWriter, 1);

  writer->out = g_byte_array_new ();
  writer->stack = g_array_new (FALSE, FALSE, sizeof (Frame));
  return writer;
}

void
bt_bencode_writer_free (BtBencodeWriter *writer)
{
  g_byte_array_unref (writer->out);
  g_array_unref (writer->stack);
  g_free (writer);
}

void
bt_bencode_writer_begin_dict (BtBencodeWriter *writer)
{
  begin_container (writer, TRUE);
}

void
bt_bencode_writer_begin_list (BtBencodeWriter *writer)
{
  begin_container (writer, FALSE);
}

void
bt_bencode_writer_end (BtBencodeWriter *writer)
{
  g_assert (writer->stack->len > 0);
  g_assert (!get_top (writer)->has_key);
  append (writer, "e", 1);
  g_array_set_size (writer->stack, writer->stack->len - 1);
}

void
bt_bencode_writer_key (BtBencodeWriter *writer, const char *key)
{
  bt_bencode_writer_key_bytes (writer, key, strlen (key));
}

void
bt_bencode_writer_key_bytes (BtBencodeWriter *writer, const void *key, gsize length)
{
  Frame *frame = get_top (writer);

  g_assert (frame != NULL && frame->is_dict && !frame->has_key);
  g_assert (
    frame->last_key == 0
    || is_ascending (writer->out->data + frame->last_key, frame->last_key_length, key, length));
  append_string (writer, key, length);
  frame->has_key = TRUE;
  frame->last_key = writer->out->len - (guint) length;
  frame->last_key_length = (guint) length;
}

void
bt_bencode_writer_int (BtBencodeWriter *writer, gint64 value)
{
  char text[32];
  int length = g_snprintf (text, sizeof text, "i%" G_GINT64_FORMAT "e", value);

  begin_value (writer);
  append (writer, text, (gsize) length);
}

void
bt_bencode_writer_string (BtBencodeWriter *writer, const char *text)
{
  bt_bencode_writer_bytes (writer, text, strlen (text));
}

void
bt_bencode_writer_bytes (BtBencodeWriter *writer, const void *bytes, gsize length)
{
  begin_value (writer);
  append_string (writer, bytes, length);
}

void
bt_bencode_writer_raw (BtBencodeWriter *writer, const void *bytes, gsize length)
{
  begin_value (writer);
  append (writer, bytes, length);
}

/* A child of a container that is being written again; @key is NULL in a list. Children are kept
 * last one first, so that the next is popped from the end. */
typedef struct
{
  const char *key;
  gsize key_length;
  BtNode value;
} Entry;

static int
compare_entries_descending_cb (gconstpointer a, gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  return is_ascending (left->key, left->key_length, right->key, right->key_length) ? 1 : -1;
}

static GArray *
collect_dict (BtNode dict)
{
  GArray *entries = g_array_sized_new (FALSE, FALSE, sizeof (Entry), bt_node_length (dict));
  BtNodeIter iter;
  Entry entry;

  bt_node_iter_init (&iter, dict);
  while (bt_node_iter_next_entry (&iter, &entry.key, &entry.key_length, &entry.value))
    g_array_append_val (entries, entry);
  g_array_sort (entries, compare_entries_descending_cb);
  return entries;
}

static GArray *
collect_list (BtNode list)
{
  guint n_items = bt_node_length (list);
  GArray *entries = g_array_sized_new (FALSE, TRUE, sizeof (Entry), n_items);
  BtNodeIter iter;

  g_array_set_size (entries, n_items);
  bt_node_iter_init (&iter, list);
  for (guint i = n_items; i > 0; i--)
    {
      Entry *entry = &g_array_index (entries, Entry, i - 1);

      if (!bt_node_iter_next (&iter, &entry->value))
        g_assert_not_reached ();
    }
  return entries;
}

/* Writes a scalar, or opens a container and leaves its children in @pending. */
static void
write_one (BtBencodeWriter *writer, BtNode node, GPtrArray *pending)
{
  const guint8 *span;
  gsize length;

  switch (bt_node_type (node))
    {
    case BT_BENCODE_INT:
    case BT_BENCODE_STRING:
      span = bt_node_span (node, &length);
      bt_bencode_writer_raw (writer, span, length);
      break;
    case BT_BENCODE_LIST:
      bt_bencode_writer_begin_list (writer);
      g_ptr_array_add (pending, collect_list (node));
      break;
    case BT_BENCODE_DICT:
      bt_bencode_writer_begin_dict (writer);
      g_ptr_array_add (pending, collect_dict (node));
      break;
    case BT_BENCODE_NONE:
    default:
      g_assert_not_reached ();
    }
}

void
bt_bencode_writer_node (BtBencodeWriter *writer, BtNode node)
{
  g_autoptr (GPtrArray) pending = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  write_one (writer, node, pending);
  while (pending->len > 0)
    {
      GArray *entries = g_ptr_array_index (pending, pending->len - 1);
      Entry entry;

      if (entries->len == 0)
        {
          bt_bencode_writer_end (writer);
          g_ptr_array_set_size (pending, (int) pending->len - 1);
          continue;
        }
      entry = g_array_index (entries, Entry, entries->len - 1);
      g_array_set_size (entries, entries->len - 1);
      if (entry.key != NULL)
        bt_bencode_writer_key_bytes (writer, entry.key, entry.key_length);
      write_one (writer, entry.value, pending);
    }
}

GBytes *
bt_bencode_writer_finish (BtBencodeWriter *writer)
{
  GByteArray *out = writer->out;

  g_assert (writer->stack->len == 0);
  writer->out = g_byte_array_new ();
  return g_byte_array_free_to_bytes (out);
}
