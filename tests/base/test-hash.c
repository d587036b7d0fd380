/* test-hash.c: digests against the vectors of FIPS 180, and their text form.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-hash.h"

#include "ft-test.h"

static const char long_text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static void
assert_digest (const guint8 *digest, gsize length, const char *hex)
{
  g_autoptr (GBytes) expected = ft_test_hex (hex);

  g_assert_cmpmem (digest, length, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
check_hasher (BtHashType type, gsize size, const char *empty, const char *abc, const char *longer)
{
  g_autoptr (BtHasher) hasher = bt_hasher_new (type);
  guint8 digest[32];

  bt_hasher_update (hasher, "abc", 3);
  bt_hasher_finish (hasher, digest);
  assert_digest (digest, size, abc);
  /* Anew with the same handle, in pieces. */
  for (guint i = 0; i < sizeof long_text - 1; i += 7)
    bt_hasher_update (hasher, long_text + i, MIN (7, sizeof long_text - 1 - i));
  bt_hasher_update (hasher, NULL, 0);
  bt_hasher_finish (hasher, digest);
  assert_digest (digest, size, longer);
  bt_hasher_finish (hasher, digest);
  assert_digest (digest, size, empty);
}

static void
test_hasher (void)
{
  check_hasher (BT_HASH_SHA1, BT_SHA1_SIZE, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "a9993e364706816aba3e25717850c26c9cd0d89d",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  check_hasher (BT_HASH_SHA256, 32,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* As many as there are lanes, more, and too few; of lengths that end at all places; begun in the middle of a
 * block or not. */
static void
check_many (guint n, GRand *random)
{
  BtHashPart parts[4 * BT_HASH_MANY] = { 0 };
  BtHasher *alone[G_N_ELEMENTS (parts)];
  guint8 digest[BT_SHA1_SIZE], expected[BT_SHA1_SIZE];

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (parts));
  for (guint i = 0; i < n; i++)
    {
      gsize length = (gsize) g_rand_int_range (random, 0, i % 3 == 0 ? 4096 : 1100);
      gsize before = i % 5 == 0 ? (gsize) g_rand_int_range (random, 0, sizeof long_text) : 0;
      guint8 *data = g_malloc (length + 1);

      for (gsize j = 0; j < length; j++)
        data[j] = (guint8) g_rand_int (random);
      alone[i] = bt_hasher_new (BT_HASH_SHA1);
      bt_hasher_update (alone[i], long_text, before);
      bt_hasher_update (alone[i], data, length);
      parts[i] = (BtHashPart){ bt_hasher_new (BT_HASH_SHA1), data, length };
      bt_hasher_update (parts[i].hasher, long_text, before);
    }
  bt_hasher_update_many (parts, n);
  for (guint i = 0; i < n; i++)
    {
      /* Goes on as any other. */
      bt_hasher_update (parts[i].hasher, long_text, i % sizeof long_text);
      bt_hasher_update (alone[i], long_text, i % sizeof long_text);
      bt_hasher_finish (parts[i].hasher, digest);
      bt_hasher_finish (alone[i], expected);
      g_assert_cmpmem (digest, sizeof digest, expected, sizeof expected);
      bt_hasher_free (parts[i].hasher);
      bt_hasher_free (alone[i]);
      g_free ((gpointer) parts[i].data);
    }
}

static void
test_many (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20);

  g_test_message ("worth with %u at once", bt_hasher_worth_many ());
  for (guint round = 0; round < 20; round++)
    for (guint n = 0; n <= 3 * BT_HASH_MANY; n += round % 4 + 1)
      check_many (n, random);
}

static void
test_sha1 (void)
{
  BtSha1 digest = bt_sha1 ("abc", 3);

  assert_digest (digest.bytes, BT_SHA1_SIZE, "a9993e364706816aba3e25717850c26c9cd0d89d");
  digest = bt_sha1 (NULL, 0);
  assert_digest (digest.bytes, BT_SHA1_SIZE, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

static void
test_hex (void)
{
  BtSha1 digest = bt_sha1 ("abc", 3);
  char hex[BT_SHA1_HEX_SIZE];
  BtSha1 back = { { 0 } };

  bt_sha1_to_hex (&digest, hex);
  g_assert_cmpstr (hex, ==, "a9993e364706816aba3e25717850c26c9cd0d89d");
  g_assert_true (bt_sha1_from_hex (hex, &back));
  g_assert_true (bt_sha1_equal (&digest, &back));
  g_assert_true (bt_sha1_from_hex ("A9993E364706816ABA3E25717850C26C9CD0D89D", &back));
  g_assert_true (bt_sha1_equal (&digest, &back));
}

static void
test_hex_invalid (void)
{
  static const char *const texts[] = {
    "",
    "a",
    "a9993e364706816aba3e25717850c26c9cd0d89",
    "a9993e364706816aba3e25717850c26c9cd0d89d0",
    "a9993e364706816aba3e25717850c26c9cd0d89g",
    "g9993e364706816aba3e25717850c26c9cd0d89d",
    " 9993e364706816aba3e25717850c26c9cd0d89d",
  };
  BtSha1 out = { { 1, 2, 3 } };
  const BtSha1 before = out;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *copy = g_strdup (texts[i]);

      g_assert_false (bt_sha1_from_hex (copy, &out));
      g_assert_true (bt_sha1_equal (&out, &before));
    }
}

static void
test_table (void)
{
  g_autoptr (GHashTable) table = g_hash_table_new (bt_sha1_hash, bt_sha1_equal);
  BtSha1 keys[100];

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      keys[i] = bt_sha1 (&i, sizeof i);
      g_hash_table_insert (table, &keys[i], GUINT_TO_POINTER (i));
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      BtSha1 copy = keys[i];

      g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (table, &copy)), ==, i);
      copy.bytes[19] ^= 1;
      g_assert_false (g_hash_table_contains (table, &copy));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/hash/hasher", test_hasher);
  g_test_add_func ("/base/hash/many", test_many);
  g_test_add_func ("/base/hash/sha1", test_sha1);
  g_test_add_func ("/base/hash/hex", test_hex);
  g_test_add_func ("/base/hash/hex-invalid", test_hex_invalid);
  g_test_add_func ("/base/hash/table", test_table);
  return g_test_run ();
}
