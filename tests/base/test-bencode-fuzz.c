/* test-bencode-fuzz.c: mutated documents are either written again as they were or refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-random.h"

#include "ft-test-vectors.h"

#define N_ROUNDS 60000
#define MAX_DEPTH 12

static const BtBencodeLimits limits = { .max_depth = MAX_DEPTH, .max_tokens = 100 };

/* A second opinion, as simple as the grammar: whether the bytes are one canonical value. It may
 * recurse, because the caller gives it little. */
typedef struct
{
  const char *at;
  gsize left;
  guint n_tokens;
} Reference;

static gboolean
take (Reference *self, char c)
{
  if (self->left == 0 || *self->at != c)
    return FALSE;
  self->at++;
  self->left--;
  return TRUE;
}

static gboolean
take_digits (Reference *self, GString *digits)
{
  while (self->left > 0 && g_ascii_isdigit (*self->at))
    {
      g_string_append_c (digits, *self->at);
      self->at++;
      self->left--;
    }
  return digits->len > 0 && (digits->len == 1 || digits->str[0] != '0');
}

static gboolean
take_int (Reference *self)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  gboolean negative = take (self, '-');
  const char *max = negative ? "9223372036854775808" : "9223372036854775807";

  if (!take_digits (self, digits) || (negative && digits->str[0] == '0'))
    return FALSE;
  if (digits->len > 19 || (digits->len == 19 && strcmp (digits->str, max) > 0))
    return FALSE;
  return take (self, 'e');
}

static gboolean
take_string (Reference *self, GString *string)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  guint64 length;

  if (!take_digits (self, digits) || !take (self, ':'))
    return FALSE;
  if (!g_ascii_string_to_unsigned (digits->str, 10, 0, self->left, &length, NULL))
    return FALSE;
  g_string_append_len (string, self->at, (gssize) length);
  self->at += length;
  self->left -= length;
  return ++self->n_tokens <= limits.max_tokens;
}

/* Text order of C++ and Python: as bytes, the shorter one first. */
static int
compare (const GString *a, const GString *b)
{
  int order = memcmp (a->str, b->str, MIN (a->len, b->len));

  return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static gboolean
take_value (Reference *self, guint depth)
{
  g_autoptr (GString) key = g_string_new (NULL);
  g_autoptr (GString) before = NULL;
  gboolean is_dict;

  if (take (self, 'i'))
    return ++self->n_tokens <= limits.max_tokens && take_int (self);
  is_dict = take (self, 'd');
  if (!is_dict && !take (self, 'l'))
    return take_string (self, key);
  if (depth == MAX_DEPTH || ++self->n_tokens > limits.max_tokens)
    return FALSE;
  while (!take (self, 'e'))
    {
      g_string_truncate (key, 0);
      if (is_dict && (!take_string (self, key) || (before && compare (before, key) >= 0)))
        return FALSE;
      g_clear_pointer (&before, ft_test_free_cell);
      before = g_string_new_len (key->str, (gssize) key->len);
      if (!take_value (self, depth + 1))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_canonical (const GByteArray *bytes)
{
  Reference self = { (const char *) bytes->data, bytes->len, 0 };

  return take_value (&self, 0) && self.left == 0;
}

static GBytes *
write_again (const BtBencode *doc)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();

  bt_bencode_writer_node (writer, bt_bencode_root (doc));
  return bt_bencode_writer_finish (writer);
}

static BtBencode *
decode (const void *data, gsize length, BtBencodeFlags flags)
{
  g_autoptr (GError) error = NULL;
  BtBencode *doc = bt_bencode_decode (data, length, &limits, flags, NULL, &error);

  g_assert_true ((doc == NULL) == (error != NULL));
  g_assert_true (error == NULL || error->domain == BT_ERROR);
  return doc;
}

/* Returns: whether the bytes are canonical. */
static gboolean
check (const GByteArray *bytes)
{
  /* Of its exact size, so that a sanitizer sees the first byte that is read too far. */
  g_autofree guint8 *copy = g_memdup2 (bytes->data, bytes->len);
  g_autoptr (BtBencode) strict = decode (copy, bytes->len, BT_BENCODE_STRICT);
  g_autoptr (BtBencode) lenient = decode (copy, bytes->len, BT_BENCODE_UNSORTED);
  g_autoptr (BtBencode) again = NULL;
  g_autoptr (GBytes) written = NULL;

  g_assert_true ((strict != NULL) == is_canonical (bytes));
  g_assert_true (strict == NULL || lenient != NULL);
  if (lenient == NULL)
    return FALSE;
  written = write_again (lenient);
  g_assert_cmpuint (g_bytes_get_size (written), ==, bytes->len);
  again = decode (g_bytes_get_data (written, NULL), bytes->len, BT_BENCODE_STRICT);
  g_assert_nonnull (again);
  g_assert_true (strict == NULL
                 || memcmp (g_bytes_get_data (written, NULL), copy, bytes->len) == 0);
  return strict != NULL;
}

static void
add_random_value (BtBencodeWriter *writer, BtRandom *random, guint depth)
{
  guint kind = bt_random_below (random, depth < 4 ? 4 : 2);
  guint n_children = bt_random_below (random, 5);
  guint8 key = 0;

  if (kind == 0)
    bt_bencode_writer_int (writer, (gint64) bt_random_u64 (random) >> bt_random_below (random, 64));
  else if (kind == 1)
    bt_bencode_writer_bytes (writer, "0123456789e", bt_random_below (random, 12));
  if (kind < 2)
    return;
  if (kind == 2)
    bt_bencode_writer_begin_list (writer);
  else
    bt_bencode_writer_begin_dict (writer);
  for (guint i = 0; i < n_children; i++)
    {
      key += 1 + bt_random_below (random, 50);
      if (kind == 3)
        bt_bencode_writer_key_bytes (writer, &key, 1);
      add_random_value (writer, random, depth + 1);
    }
  bt_bencode_writer_end (writer);
}

static GByteArray *
make_document (BtRandom *random)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();

  add_random_value (writer, random, 0);
  return g_bytes_unref_to_array (bt_bencode_writer_finish (writer));
}

static void
mutate (GByteArray *bytes, BtRandom *random)
{
  static const char alphabet[] = "ilde:-0123456789a";
  guint at = bt_random_below (random, bytes->len);
  guint other = bt_random_below (random, bytes->len);
  guint8 byte = bytes->data[other];

  switch (bt_random_below (random, 6))
    {
    case 0: /* one byte becomes another that means something */
      bytes->data[at] = (guint8) alphabet[bt_random_below (random, sizeof alphabet - 1)];
      break;
    case 1: /* one bit */
      bytes->data[at] ^= (guint8) (1 << bt_random_below (random, 8));
      break;
    case 2: /* swap two bytes */
      bytes->data[other] = bytes->data[at];
      bytes->data[at] = byte;
      break;
    case 3: /* cut a span out */
      g_byte_array_remove_range (bytes, at, bt_random_below (random, MIN (bytes->len - at, 8)));
      break;
    case 4: /* cut the end off */
      g_byte_array_set_size (bytes, at + 1);
      break;
    default: /* append what is there */
      g_byte_array_append (bytes, &byte, 1);
      break;
    }
}

static void
test_mutations (void)
{
  guint n_accepted = 0;
  guint n_refused = 0;
  BtRandom random;

  bt_random_seed (&random, 20240229);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (GByteArray) bytes = make_document (&random);
      guint n_mutations = bt_random_below (&random, 4);

      for (guint j = 0; j < n_mutations && bytes->len > 0; j++)
        mutate (bytes, &random);
      if (check (bytes))
        n_accepted++;
      else
        n_refused++;
    }
  /* Both ways were taken often, or the test says nothing. */
  g_assert_cmpuint (n_accepted, >, N_ROUNDS / 10);
  g_assert_cmpuint (n_refused, >, N_ROUNDS / 10);
}

/* Every beginning of a document is refused, and the document with one byte more. */
static void
test_cut (void)
{
  static const char text[] = "d1:ali1e2:xyd1:ki-7eee1:bd1:c3:fooe10:0123456789i0e4:name0:e";
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (gsize length = 0; length < sizeof text - 1; length++)
    {
      g_byte_array_set_size (bytes, 0);
      g_byte_array_append (bytes, (const guint8 *) text, (guint) length);
      g_assert_false (check (bytes));
    }
}

static void
test_regressions (void)
{
  static const char *const names[] = {
    "anacrolix-torrent/fuzz/Fuzz/65cfcaf31066e158.bin",
    "anacrolix-torrent/fuzz/Fuzz/9d85a0638af39a02.bin",
    "anacrolix-torrent/fuzz/FuzzInterfaceRoundTrip/2674fedd58e056c9.bin",
    "anacrolix-torrent/fuzz/FuzzInterfaceRoundTrip/321f4f280d23ac90.bin",
    "anacrolix-torrent/fuzz/FuzzInterfaceRoundTrip/49dbd4b139383deb.bin",
    "anacrolix-torrent/fuzz/FuzzInterfaceRoundTrip/808391fc9a93d899.bin",
    "anacrolix-torrent/fuzz/FuzzInterfaceRoundTrip/eef53fca91deb00d.bin",
    "anacrolix-dht/fuzz/Fuzz/117dda76a43a98a3.bin",
    "anacrolix-dht/fuzz/Fuzz/31b2f454be1b4d63.bin",
    "anacrolix-dht/fuzz/Fuzz/4a43a45d00d5c5e3.bin",
    "anacrolix-dht/fuzz/Fuzz/6689889ce70ac776.bin",
    "anacrolix-dht/fuzz/Fuzz/93d0f4f0a98376f2.bin",
    "anacrolix-dht/fuzz/Fuzz/c500fd462b7e35c8.bin",
    "anacrolix-dht/fuzz/Fuzz/d615394400826e65.bin",
    "anacrolix-dht/fuzz/Fuzz/e8a96cc0b520916a.bin",
    "transmission/fuzz/metainfo-regression-1.bin",
    "node-bencode/announce-compacted-peers.bin",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GBytes *file = ft_test_read_file (names[i]);
      g_autoptr (GByteArray) bytes = file != NULL ? g_bytes_unref_to_array (file) : NULL;

      if (bytes != NULL)
        check (bytes);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/bencode-fuzz/mutations", test_mutations);
  g_test_add_func ("/base/bencode-fuzz/cut", test_cut);
  g_test_add_func ("/base/bencode-fuzz/regressions", test_regressions);
  return g_test_run ();
}
