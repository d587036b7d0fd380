/* test-metadata.c: the messages about details, and the torrent file that comes of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-metadata.h"
#include "bt-metainfo.h"
#include "bt-metainfo-builder.h"
#include "bt-random.h"
#include "ft-test.h"

static BtMetadataMessage
decode (const char *text)
{
  g_autoptr (GError) error = NULL;
  BtMetadataMessage message;

  g_assert_true (bt_metadata_decode (text, strlen (text), &message, &error));
  g_assert_no_error (error);
  return message;
}

static void
assert_refused (const char *text, int code)
{
  g_autoptr (GError) error = NULL;
  BtMetadataMessage message;

  g_assert_false (bt_metadata_decode (text, strlen (text), &message, &error));
  g_assert_error (error, BT_ERROR, code);
}

/* The examples of BEP 9, its misprints put right. */
static void
test_read (void)
{
  BtMetadataMessage message = decode ("d8:msg_typei0e5:piecei0ee");

  g_assert_cmpint (message.type, ==, BT_METADATA_REQUEST);
  g_assert_cmpuint (message.block, ==, 0);
  message = decode ("d8:msg_typei1e5:piecei2e10:total_sizei34256eexxxxxxxx");
  g_assert_cmpint (message.type, ==, BT_METADATA_DATA);
  g_assert_cmpuint (message.block, ==, 2);
  g_assert_cmpuint (message.total_size, ==, 34256);
  g_assert_cmpmem (message.data, message.length, "xxxxxxxx", 8);
  message = decode ("d8:msg_typei2e5:piecei7ee");
  g_assert_cmpint (message.type, ==, BT_METADATA_REJECT);
  g_assert_cmpuint (message.block, ==, 7);
  /* Keys that we do not know, and in the wrong order. */
  message = decode ("d5:piecei3e8:msg_typei0e1:xd1:yleee");
  g_assert_cmpint (message.type, ==, BT_METADATA_REQUEST);
  g_assert_cmpuint (message.block, ==, 3);
}

/* What may come of a later version, or can not be of use: passed over. */
static void
test_pass_over (void)
{
  static const char *const texts[] = {
    "d8:msg_typei3e5:piecei0ee",
    "d8:msg_typei-1e5:piecei0ee",
    "d8:msg_typei4294967296e5:piecei0ee",
    "d8:msg_typei0e5:piecei-1ee",
    "d8:msg_typei0e5:piecei1920ee",
    "d8:msg_typei0e5:piecei4294967296ee",
    "d8:msg_typei1e5:piecei0e10:total_sizei5ee",
    "d8:msg_typei1e5:piecei0eexxxxx",
    "d8:msg_typei1e5:piecei0e10:total_sizei0eexxxxx",
    "d8:msg_typei1e5:piecei0e10:total_sizei31457281eexxxxx",
    "d8:msg_typei1e5:piecei0e10:total_size1:5exxxxx",
  };
  g_autofree char *long_block = g_strnfill (BT_LIMIT_BLOCK + 1, 'x');
  g_autofree char *too_much = g_strconcat ("d8:msg_typei1e5:piecei0e10:total_sizei40000ee", long_block, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (decode (texts[i]).type, ==, BT_METADATA_UNKNOWN);
  g_assert_cmpint (decode (too_much).type, ==, BT_METADATA_UNKNOWN);
}

static void
test_refuse (void)
{
  g_autofree char *long_text = g_strnfill (BT_METADATA_MAX_MESSAGE + 1, 'x');

  assert_refused ("", BT_ERROR_MALFORMED);
  assert_refused ("x", BT_ERROR_MALFORMED);
  assert_refused ("de", BT_ERROR_MALFORMED);
  assert_refused ("le", BT_ERROR_MALFORMED);
  assert_refused ("d8:msg_typei0ee", BT_ERROR_MALFORMED);
  assert_refused ("d8:msg_type1:05:piecei0ee", BT_ERROR_MALFORMED);
  assert_refused ("d8:msg_typei0e5:piecei0e", BT_ERROR_MALFORMED);
  assert_refused (long_text, BT_ERROR_LIMIT);
}

static void
assert_written (BtMetadataMessage message, const char *expected)
{
  char bytes[BT_METADATA_MAX_HEAD];
  gsize length = bt_metadata_encode (&message, bytes);

  g_assert_cmpmem (bytes, length, expected, strlen (expected));
}

static void
test_write (void)
{
  BtMetadataMessage message = { .type = BT_METADATA_REQUEST };

  assert_written (message, "d8:msg_typei0e5:piecei0ee");
  message = (BtMetadataMessage){ .type = BT_METADATA_DATA, .block = 1919, .total_size = BT_LIMIT_METADATA };
  assert_written (message, "d8:msg_typei1e5:piecei1919e10:total_sizei31457280ee");
  message = (BtMetadataMessage){ .type = BT_METADATA_REJECT, .block = G_MAXUINT32 };
  assert_written (message, "d8:msg_typei2e5:piecei4294967295ee");
}

static void
test_sizes (void)
{
  g_assert_cmpuint (bt_metadata_n_blocks (1), ==, 1);
  g_assert_cmpuint (bt_metadata_n_blocks (16384), ==, 1);
  g_assert_cmpuint (bt_metadata_n_blocks (16385), ==, 2);
  g_assert_cmpuint (bt_metadata_n_blocks (G_MAXUINT32), ==, 262144);
  g_assert_cmpuint (bt_metadata_block_size (16385, 0), ==, 16384);
  g_assert_cmpuint (bt_metadata_block_size (16385, 1), ==, 1);
  g_assert_cmpuint (bt_metadata_block_size (16385, 2), ==, 0);
  g_assert_cmpuint (bt_metadata_block_size (16384, 0), ==, 16384);
}

/* The torrent file. */

static BtMetainfo *
make_metainfo (GBytes **bytes)
{
  static const guint8 hashes[3 * BT_SHA1_SIZE] = { 1, 2, 3 };
  BtMetainfoDraft draft = { .name = "a", .piece_length = 16384 };
  BtDraftFile file = { .length = 40000 };
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo;

  *bytes = bt_metainfo_build (&draft, &file, 1, hashes, sizeof hashes);
  metainfo = bt_metainfo_parse (*bytes, &error);
  g_assert_no_error (error);
  return metainfo;
}

static GBytes *
get_details (BtMetainfo *metainfo)
{
  return g_bytes_new_from_bytes (metainfo->torrent, metainfo->info_offset, metainfo->info_length);
}

static BtMagnet *
make_magnet (const BtMetainfo *metainfo, const char *more)
{
  char hex[BT_SHA1_HEX_SIZE];
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  BtMagnet *magnet;

  bt_sha1_to_hex (&metainfo->info_hash, hex);
  link = g_strconcat ("magnet:?xt=urn:btih:", hex, more, NULL);
  magnet = bt_magnet_parse (link, &error);
  g_assert_no_error (error);
  return magnet;
}

static void
test_make_torrent (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtMetainfo) metainfo = make_metainfo (&bytes);
  g_autoptr (BtMagnet) magnet = make_magnet (metainfo, "&dn=other&tr=http://a/announce&tr=udp://b:1&ws=http://w/x"
                                                       "&dht=router.example:6881&dht=[2001:db8::1]:7");
  g_autoptr (BtMagnet) bare = make_magnet (metainfo, "");
  g_autoptr (GBytes) details = get_details (metainfo);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torrent = bt_metadata_make_torrent (magnet, details, &error);
  g_autoptr (GBytes) small = bt_metadata_make_torrent (bare, details, &error);
  g_autoptr (BtMetainfo) made = NULL;
  g_autoptr (BtMetainfo) made_of_bare = NULL;

  g_assert_no_error (error);
  made = bt_metainfo_parse (torrent, &error);
  g_assert_no_error (error);
  g_assert_true (bt_sha1_equal (&made->info_hash, &metainfo->info_hash));
  g_assert_cmpstr (made->name, ==, "a");
  g_assert_cmpuint (made->tiers->len, ==, 2);
  g_assert_cmpstr (((char **) g_ptr_array_index (made->tiers, 0))[0], ==, "http://a/announce");
  g_assert_cmpstr (((char **) g_ptr_array_index (made->tiers, 1))[0], ==, "udp://b:1");
  g_assert_cmpstr (made->web_seeds[0], ==, "http://w/x");
  g_assert_null (made->web_seeds[1]);
  g_assert_cmpstr (made->nodes[0], ==, "router.example:6881");
  g_assert_cmpstr (made->nodes[1], ==, "[2001:db8::1]:7");
  made_of_bare = bt_metainfo_parse (small, &error);
  g_assert_no_error (error);
  g_assert_true (bt_sha1_equal (&made_of_bare->info_hash, &metainfo->info_hash));
  g_assert_cmpuint (made_of_bare->tiers->len, ==, 0);
}

/* A wrong block is a lie of peers; a hash that belongs to another torrent is not. */
static void
test_wrong (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtMetainfo) metainfo = make_metainfo (&bytes);
  g_autoptr (BtMagnet) magnet = make_magnet (metainfo, "");
  g_autoptr (BtMagnet) hybrid
    = make_magnet (metainfo, "&xt=urn:btmh:1220d5614d1e3aeb6204388620b14275a841cc2ec69e1f29ef6bc7bfc2862a22f096");
  g_autoptr (GBytes) details = get_details (metainfo);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (details, 1, 20);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (bt_metadata_make_torrent (hybrid, details, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (bt_metadata_make_torrent (magnet, part, &error));
  g_assert_no_error (error);
  g_assert_null (bt_metadata_make_torrent (magnet, nothing, &error));
  g_assert_no_error (error);
}

/* Mutated at random: whatever it reads is inside what it was given. */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    "d8:msg_typei0e5:piecei0ee",
    "d8:msg_typei1e5:piecei2e10:total_sizei34256eexxxxxxxxxxxxxxxxxxxx",
    "d8:msg_typei2e5:piecei7e1:xd1:yli1ei2eeee",
  };
  guint n_data = 0;
  BtRandom random;

  bt_random_seed (&random, 9);
  for (guint i = 0; i < 100000; i++)
    {
      const char *seed = seeds[i % G_N_ELEMENTS (seeds)];
      gsize length = strlen (seed) - bt_random_below (&random, 4) * (i % 2);
      g_autofree guint8 *bytes = g_memdup2 (seed, length);
      BtMetadataMessage message;

      for (guint n = bt_random_below (&random, 4); n > 0; n--)
        bytes[bt_random_below (&random, (guint32) length)] = (guint8) bt_random_u32 (&random);
      if (!bt_metadata_decode (bytes, length, &message, NULL) || message.type != BT_METADATA_DATA)
        continue;
      n_data++;
      g_assert_true (message.data > bytes && message.data + message.length == bytes + length);
      g_assert_cmpuint (message.length, >, 0);
    }
  g_assert_cmpuint (n_data, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/metadata/read", test_read);
  g_test_add_func ("/proto/metadata/pass-over", test_pass_over);
  g_test_add_func ("/proto/metadata/refuse", test_refuse);
  g_test_add_func ("/proto/metadata/write", test_write);
  g_test_add_func ("/proto/metadata/sizes", test_sizes);
  g_test_add_func ("/proto/metadata/make-torrent", test_make_torrent);
  g_test_add_func ("/proto/metadata/wrong", test_wrong);
  g_test_add_func ("/proto/metadata/mutations", test_mutations);
  return g_test_run ();
}
