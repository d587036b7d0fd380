/* test-lsd.c: announcements to the local network, written and read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-lsd.h"
#include "bt-random.h"
#include "ft-test.h"

#define HASH "2c6b6858d61da9543d4231a71db4b1c9264b0685"
#define OTHER "000102030405060708090a0b0c0d0e0f10111213"

static gboolean
read_text (const char *text, BtLsdMessage *message)
{
  return bt_lsd_read (text, strlen (text), message);
}

static void
assert_hash (const BtSha1 *hash, const char *expected)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (hash, hex);
  g_assert_cmpstr (hex, ==, expected);
}

static void
test_write (void)
{
  BtSha1 first, second;
  const BtSha1 *hashes[] = { &first, &second };
  char out[BT_LSD_MAX_SIZE];
  guint n;
  gsize size;

  g_assert_true (bt_sha1_from_hex (HASH, &first) && bt_sha1_from_hex (OTHER, &second));
  size = bt_lsd_write (FALSE, 6881, hashes, 1, NULL, out, &n);
  g_assert_cmpuint (n, ==, 1);
  static const char plain[] = "BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: " HASH
                              "\r\n\r\n\r\n";
  g_assert_cmpmem (out, size, plain, sizeof plain - 1);

  size = bt_lsd_write (TRUE, 65535, hashes, 2, "ft-abc", out, &n);
  g_assert_cmpuint (n, ==, 2);
  static const char both[] = "BT-SEARCH * HTTP/1.1\r\nHost: [ff15::efc0:988f]:6771\r\nPort: 65535\r\nInfohash: " HASH
                             "\r\nInfohash: " OTHER "\r\ncookie: ft-abc\r\n\r\n\r\n";
  g_assert_cmpmem (out, size, both, sizeof both - 1);
}

/* As many as fit; what is read again is what was written. */
static void
test_many (void)
{
  BtSha1 all[100] = { 0 };
  const BtSha1 *hashes[G_N_ELEMENTS (all)];
  char out[BT_LSD_MAX_SIZE];
  BtLsdMessage message;
  guint n;
  gsize size;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      all[i].bytes[0] = (guint8) i;
      hashes[i] = &all[i];
    }
  size = bt_lsd_write (TRUE, 65535, hashes, G_N_ELEMENTS (all), "0123456789abcdef", out, &n);
  g_assert_cmpuint (size, <=, BT_LSD_MAX_SIZE);
  g_assert_cmpuint (size + 52, >, BT_LSD_MAX_SIZE);
  g_assert_true (bt_lsd_read (out, size, &message));
  g_assert_cmpuint (message.n_hashes, ==, n);
  g_assert_cmpuint (message.port, ==, 65535);
  g_assert_cmpstr (message.cookie, ==, "0123456789abcdef");
  for (guint i = 0; i < n; i++)
    g_assert_true (bt_sha1_equal (&message.hashes[i], &all[i]));
}

/* As others write it. */
static void
test_read (void)
{
  BtLsdMessage message;

  g_assert_true (read_text ("BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: " HASH
                            "\r\ncookie: 1a2b\r\n\r\n\r\n",
                            &message));
  g_assert_cmpuint (message.port, ==, 6881);
  g_assert_cmpuint (message.n_hashes, ==, 1);
  assert_hash (&message.hashes[0], HASH);
  g_assert_cmpstr (message.cookie, ==, "1a2b");

  /* Upper case, no blank, one blank line, bare line feeds, headers that nobody knows, wrong ones between. */
  g_assert_true (read_text ("bt-search * http/1.0\nX-Thing: a\nINFOHASH:2C6B6858D61DA9543D4231A71DB4B1C9264B0685\n"
                            "infohash: 12\nInfohash : " OTHER " \nnonsense\nport:\t80\n\n",
                            &message));
  g_assert_cmpuint (message.port, ==, 80);
  g_assert_cmpuint (message.n_hashes, ==, 2);
  assert_hash (&message.hashes[0], HASH);
  assert_hash (&message.hashes[1], OTHER);
  g_assert_cmpstr (message.cookie, ==, "");

  /* No blank line at all; a cookie of somebody's that is too long to be ours. */
  g_assert_true (read_text ("BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: " HASH "\r\ncookie: "
                            "0123456789012345678901234567890123456789012345678901234567890123456789",
                            &message));
  g_assert_cmpstr (message.cookie, ==, "");
}

static void
test_no_message (void)
{
  static const char *const none[] = {
    "",
    "\r\n",
    "BT-SEARCH * HTTP/1.1",
    "BT-SEARCH * HTTP/1.1\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\nInfohash: " HASH "\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\nPort: 0\r\nInfohash: " HASH "\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\nPort: 65536\r\nInfohash: " HASH "\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\nPort: -1\r\nInfohash: " HASH "\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\nPort: 68 81\r\nInfohash: " HASH "\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: " HASH "0\r\n\r\n",
    "BT-SEARCH * HTTP/1.1\r\n\r\nPort: 6881\r\nInfohash: " HASH "\r\n\r\n", /* after the end */
    "M-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: " HASH "\r\n\r\n",
    " BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: " HASH "\r\n\r\n",
  };
  BtLsdMessage message;

  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    if (read_text (none[i], &message))
      g_error ("read as an announcement: %s", none[i]);
}

static void
test_no_more_than_there_is_room_for (void)
{
  g_autoptr (GString) text = g_string_new ("BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\n");
  BtLsdMessage message;

  for (guint i = 0; i < 2 * BT_LSD_MAX_HASHES; i++)
    g_string_append (text, "Infohash: " HASH "\r\n");
  g_assert_true (read_text (text->str, &message));
  g_assert_cmpuint (message.n_hashes, ==, BT_LSD_MAX_HASHES);
}

static void
test_mutations (void)
{
  static const char text[] = "BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: " HASH
                             "\r\ncookie: 1a2b\r\n\r\n\r\n";
  BtRandom random;

  bt_random_seed (&random, 5);
  for (guint i = 0; i < 20000; i++)
    {
      gsize size = bt_random_below (&random, sizeof text);
      g_autofree char *bytes = g_memdup2 (text, sizeof text);
      g_autofree char *copy = NULL;
      BtLsdMessage message;

      for (guint n = bt_random_below (&random, 4); n > 0; n--)
        bytes[bt_random_below (&random, sizeof text)] = (char) bt_random_u32 (&random);
      copy = g_memdup2 (bytes, size);
      if (!bt_lsd_read (copy, size, &message))
        continue;
      g_assert_cmpuint (message.port, !=, 0);
      g_assert_cmpuint (message.n_hashes, ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lsd/write", test_write);
  g_test_add_func ("/lsd/many", test_many);
  g_test_add_func ("/lsd/read", test_read);
  g_test_add_func ("/lsd/no-message", test_no_message);
  g_test_add_func ("/lsd/no-more-than-there-is-room-for", test_no_more_than_there_is_room_for);
  g_test_add_func ("/lsd/mutations", test_mutations);
  return g_test_run ();
}
