/* test-torrent-file.c: a .torrent file described for a face.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine.h"
#include "ft-notation.h"

static void
test_describe (void)
{
  g_autoptr (GBytes) bytes =
    ft_notation ("{ 'announce-list' [['http://a/x' 'udp://b:1'] ['http://c/x']] 'comment' 'said'"
                 " 'created by' 'me' 'creation date' 1700000000 'info' { 'files' ["
                 "{ 'attr' 'x' 'length' 10 'path' ['..' 'a'] } { 'attr' 'p' 'length' 6 }"
                 "{ 'attr' 'l' 'path' ['l'] 'symlink path' ['a'] } { 'length' 9 'path' ['b'] }]"
                 " 'name' 'temp' 'piece length' 16 'pieces' #40 'private' 1 'source' 'SRC' }"
                 " 'url-list' 'http://w/f' }");
  g_autoptr (GError) error = NULL;
  g_autoptr (BtTorrentFile) file = bt_torrent_file_describe (bytes, &error);
  const BtFileStatus *files;

  g_assert_no_error (error);
  g_assert_cmpstr (file->name, ==, "temp");
  g_assert_true (file->multi_file && file->is_private && !file->is_hybrid);
  g_assert_cmpuint (file->total_size, ==, 19);
  g_assert_cmpuint (file->piece_length, ==, 16);
  g_assert_cmpuint (file->n_pieces, ==, 2);

  /* Padding is not listed. */
  files = (const BtFileStatus *) (void *) file->files->data;
  g_assert_cmpuint (file->files->len, ==, 3);
  g_assert_cmpuint (file->symlinks->len, ==, 3);
  g_assert_cmpstr (files[0].path, ==, "temp/_/a");
  g_assert_cmpuint (files[0].length, ==, 10);
  g_assert_cmpuint (files[0].done, ==, 0);
  g_assert_cmpuint (files[0].priority, ==, 4);
  g_assert_cmpuint (files[0].flags, ==, BT_FILE_EXECUTABLE);
  g_assert_cmpstr (files[1].path, ==, "temp/l");
  g_assert_cmpuint (files[1].flags, ==, BT_FILE_SYMLINK);
  g_assert_cmpstr (files[2].path, ==, "temp/b");
  g_assert_null (file->symlinks->pdata[0]);
  g_assert_cmpstr (file->symlinks->pdata[1], ==, "temp/a");
  g_assert_null (file->symlinks->pdata[2]);

  g_assert_cmpuint (file->tiers->len, ==, 2);
  g_assert_cmpstr (((char **) file->tiers->pdata[0])[1], ==, "udp://b:1");
  g_assert_cmpstr (file->web_seeds[0], ==, "http://w/f/");
  g_assert_cmpstr (file->comment, ==, "said");
  g_assert_cmpstr (file->created_by, ==, "me");
  g_assert_cmpstr (file->source, ==, "SRC");
  g_assert_cmpint (file->creation_date, ==, 1700000000);
}

static void
test_bare (void)
{
  g_autoptr (GBytes) bytes =
    ft_notation ("{ 'info' { 'length' 1 'name' 'x' 'piece length' 16384 'pieces' #20 } }");
  g_autoptr (GError) error = NULL;
  g_autoptr (BtTorrentFile) file = bt_torrent_file_describe (bytes, &error);
  char hex[BT_SHA1_HEX_SIZE];

  g_assert_no_error (error);
  g_assert_false (file->multi_file || file->is_private);
  g_assert_cmpuint (file->files->len, ==, 1);
  g_assert_cmpuint (file->tiers->len, ==, 0);
  g_assert_null (file->web_seeds[0]);
  g_assert_null (file->comment);
  g_assert_null (file->created_by);
  g_assert_null (file->source);
  g_assert_cmpint (file->creation_date, ==, 0);
  /* sha1sum of the info dictionary alone */
  bt_sha1_to_hex (&file->info_hash, hex);
  g_assert_cmpstr (hex, ==, "fd1ecef9f83ef3d11c63557b271320a134a6add7");
}

static void
test_refused (void)
{
  g_autoptr (GBytes) bytes = ft_notation ("{ 'info' 7 }");
  g_autoptr (GError) error = NULL;

  g_assert_null (bt_torrent_file_describe (bytes, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  g_assert_true (g_str_has_prefix (error->message, "info: "));
}

#define HASH "d2354010a3ca4ade5b7427bb093a62a3899ff381"

static void
test_magnet (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtTorrentFile) file
    = bt_magnet_describe ("magnet:?xt=urn:btih:" HASH "&dn=A+b&tr=http://a/x&tr=udp://b:1&ws=http://w/", &error);
  char hex[BT_SHA1_HEX_SIZE];

  g_assert_no_error (error);
  g_assert_true (file->is_magnet);
  g_assert_cmpstr (file->name, ==, "A b");
  bt_sha1_to_hex (&file->info_hash, hex);
  g_assert_cmpstr (hex, ==, HASH);
  g_assert_cmpuint (file->tiers->len, ==, 2);
  g_assert_cmpstr (((GStrv) file->tiers->pdata[1])[0], ==, "udp://b:1");
  g_assert_cmpstr (file->web_seeds[0], ==, "http://w/");
  g_assert_cmpuint (file->files->len, ==, 0);

  g_assert_null (bt_magnet_describe ("magnet:?dn=x", &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
}

static void
test_make_magnet (void)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();
  const char *tier[] = { "http://a/x?y=1&z", "udp://b:1", NULL };
  g_autofree char *link = NULL;
  g_autofree char *bare = NULL;
  BtSha1 info_hash;

  g_assert_true (bt_sha1_from_hex (HASH, &info_hash));
  g_ptr_array_add (tiers, tier);
  link = bt_magnet_make (&info_hash, "ä & b", tiers, NULL);
  g_assert_cmpstr (link, ==,
                   "magnet:?xt=urn:btih:" HASH "&dn=%C3%A4%20%26%20b&tr=http%3A%2F%2Fa%2Fx%3Fy%3D1%26z"
                   "&tr=udp%3A%2F%2Fb%3A1");
  bare = bt_magnet_make (&info_hash, NULL, NULL, NULL);
  g_assert_cmpstr (bare, ==, "magnet:?xt=urn:btih:" HASH);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/torrent-file/describe", test_describe);
  g_test_add_func ("/engine/torrent-file/bare", test_bare);
  g_test_add_func ("/engine/torrent-file/refused", test_refused);
  g_test_add_func ("/engine/torrent-file/magnet", test_magnet);
  g_test_add_func ("/engine/torrent-file/make-magnet", test_make_magnet);
  return g_test_run ();
}
