/* test-metainfo.c: what is read from .torrent files, and what is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-test-torrent.h"

static void
test_single (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse ("{ 'announce' 'udp://tracker.example:6969' 'comment' 'a comment' 'created by' 'me'"
           " 'creation date' 1234567 'info' { 'attr' 'xh' 'length' 40000 'name' 'file.bin'"
           " 'piece length' 16384 'pieces' #60 'private' 1 'source' 'SRC' } }");
  BtSha1 expected;
  const guint8 *data = g_bytes_get_data (metainfo->torrent, NULL);

  g_assert_cmpstr (metainfo->name, ==, "file.bin");
  g_assert_false (metainfo->multi_file);
  g_assert_cmpuint (metainfo->piece_length, ==, 16384);
  g_assert_cmpuint (metainfo->n_pieces, ==, 3);
  g_assert_cmpuint (metainfo->total_size, ==, 40000);
  g_assert_cmpuint (metainfo->payload_size, ==, 40000);
  g_assert_cmpuint (metainfo->n_files, ==, 1);
  g_assert_cmpstr (metainfo->files[0].path, ==, "file.bin");
  g_assert_cmpuint (metainfo->files[0].flags, ==, BT_FILE_EXECUTABLE | BT_FILE_HIDDEN);
  g_assert_true (metainfo->is_private);
  g_assert_false (metainfo->is_hybrid);
  g_assert_cmpuint (metainfo->tiers->len, ==, 1);
  g_assert_cmpstr (metainfo->comment, ==, "a comment");
  g_assert_cmpstr (metainfo->created_by, ==, "me");
  g_assert_cmpstr (metainfo->source, ==, "SRC");
  g_assert_cmpint (metainfo->creation_date, ==, 1234567);

  g_assert_cmpint (data[metainfo->info_offset], ==, 'd');
  g_assert_cmpint (data[metainfo->info_offset + metainfo->info_length - 1], ==, 'e');
  expected = bt_sha1 (data + metainfo->info_offset, metainfo->info_length);
  g_assert_true (bt_sha1_equal (&expected, &metainfo->info_hash));

  g_assert_cmpuint (bt_metainfo_piece_size (metainfo, 0), ==, 16384);
  g_assert_cmpuint (bt_metainfo_piece_size (metainfo, 2), ==, 40000 - 2 * 16384);
  g_assert_cmpuint (bt_metainfo_piece_offset (metainfo, 2), ==, 32768);
  g_assert_true (bt_metainfo_piece_hash (metainfo, 2)->bytes
                 == bt_metainfo_piece_hash (metainfo, 0)->bytes + 40);
  g_assert_cmpmem (bt_metainfo_piece_hash (metainfo, 2), 20, "aaaaaaaaaaaaaaaaaaaa", 20);
}

static void
test_multi (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse (WITH_FILES ("{ 'length' 10 'path' ['a' 'b.txt'] }"
                       "{ 'length' 0 'path' ['empty'] }"
                       "{ 'attr' 'p' 'length' 6 'path' ['.pad' '6'] }"
                       "{ 'attr' 'l' 'length' 99 'path' ['link'] 'symlink path' ['a' '..' 'b'] }"
                       "{ 'attr' 'lx' 'path' ['loose'] }"
                       "{ 'length' 20 'path' ['ignored'] 'path.utf-8' ['\xc3\xa9'] }"));

  g_assert_true (metainfo->multi_file);
  g_assert_cmpuint (metainfo->n_files, ==, 6);
  g_assert_cmpuint (metainfo->total_size, ==, 36);
  g_assert_cmpuint (metainfo->payload_size, ==, 30);
  g_assert_cmpstr (metainfo->files[0].path, ==, "temp/a/b.txt");
  g_assert_cmpstr (metainfo->files[1].path, ==, "temp/empty");
  g_assert_cmpuint (metainfo->files[2].flags, ==, BT_FILE_PAD);
  g_assert_cmpuint (metainfo->files[2].offset, ==, 10);
  g_assert_cmpuint (metainfo->files[3].flags, ==, BT_FILE_SYMLINK);
  g_assert_cmpuint (metainfo->files[3].length, ==, 0);
  g_assert_cmpstr (metainfo->files[3].target, ==, "temp/a/_/b");
  g_assert_cmpuint (metainfo->files[4].flags, ==, BT_FILE_SYMLINK | BT_FILE_EXECUTABLE);
  g_assert_null (metainfo->files[4].target);
  g_assert_cmpstr (metainfo->files[5].path, ==, "temp/\xc3\xa9");
  g_assert_cmpuint (metainfo->files[5].offset, ==, 16);
}

static void
test_pads (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse (WITH_FILES ("{ 'length' 10 'path' ['a'] }"
                       "{ 'attr' 'p' 'length' 6 }"
                       "{ 'attr' 'p' 'length' 6 'path' ['.pad' '6'] }"
                       "{ 'length' 4 'path' ['.pad' '6'] }"
                       "{ 'length' 5 'path' ['x' '_____padding_file_0_if you see this'] }"));

  g_assert_cmpuint (metainfo->files[1].flags, ==, BT_FILE_PAD);
  g_assert_cmpstr (metainfo->files[1].path, ==, "temp/.pad/6");
  /* Padding is never on disk: no file has to make way for it. */
  g_assert_cmpstr (metainfo->files[2].path, ==, "temp/.pad/6");
  g_assert_cmpstr (metainfo->files[3].path, ==, "temp/.pad/6");
  g_assert_cmpuint (metainfo->files[4].flags, ==, BT_FILE_PAD);
  g_assert_cmpuint (metainfo->payload_size, ==, 14);
}

static const struct
{
  const char *torrent;
  BtError code;
  const char *message;
} refused[] = {
  { "", BT_ERROR_MALFORMED, "torrent: " },
  { "'text'", BT_ERROR_MALFORMED, "torrent: it is not a dictionary" },
  { "[]", BT_ERROR_MALFORMED, "torrent: it is not a dictionary" },
  { SINGLE " 0", BT_ERROR_MALFORMED, "torrent: bytes follow its end" },
  { "{}", BT_ERROR_MALFORMED, "info: " },
  { "{ 'info' 'text' }", BT_ERROR_MALFORMED, "info: " },
  { "{ 'info' [] }", BT_ERROR_MALFORMED, "info: " },
  { "{ 'info' {} }", BT_ERROR_MALFORMED, "info.piece length: it is missing" },

  { "{ 'info' { 'length' 1 'piece length' 16384 'pieces' #20 } }", BT_ERROR_MALFORMED,
    "info.name: " },
  { "{ 'info' { 'length' 1 'name' 7 'piece length' 16384 'pieces' #20 } }", BT_ERROR_MALFORMED,
    "info.name: " },

  { "{ 'info' { 'length' 1 'name' 'x' 'pieces' #20 } }", BT_ERROR_MALFORMED,
    "info.piece length: it is missing" },
  { "{ 'info' { 'length' 1 'name' 'x' 'piece length' '16384' 'pieces' #20 } }", BT_ERROR_MALFORMED,
    "info.piece length: it is missing or not" },
  { "{ 'info' { 'length' 1 'name' 'x' 'piece length' 0 'pieces' #20 } }", BT_ERROR_MALFORMED,
    "info.piece length: it is not positive" },
  { "{ 'info' { 'length' 1 'name' 'x' 'piece length' -16384 'pieces' #20 } }", BT_ERROR_MALFORMED,
    "info.piece length: it is not positive" },
  { "{ 'info' { 'length' 1 'name' 'x' 'piece length' 536854529 'pieces' #20 } }", BT_ERROR_LIMIT,
    "info.piece length: it is too large" },
  /* 2^32 + 16384: 16384 when it is cut to 32 bits */
  { "{ 'info' { 'length' 1 'name' 'x' 'piece length' 4294983680 'pieces' #20 } }", BT_ERROR_LIMIT,
    "info.piece length: it is too large" },

  { "{ 'info' { 'length' 425 'name' 'x' 'piece length' 16384 } }", BT_ERROR_MALFORMED,
    "info.pieces: it is missing" },
  { "{ 'info' { 'length' 425 'name' 'x' 'piece length' 16384 'pieces' 1 } }", BT_ERROR_MALFORMED,
    "info.pieces: it is missing or not a string" },
  { "{ 'info' { 'length' 425 'name' 'x' 'piece length' 16384 'pieces' #19 } }", BT_ERROR_MALFORMED,
    "info.pieces: it has 19 bytes where 1 pieces need 20" },
  { "{ 'info' { 'length' 425 'name' 'x' 'piece length' 16384 'pieces' #24 } }", BT_ERROR_MALFORMED,
    "info.pieces: it has 24 bytes" },
  { "{ 'info' { 'length' 425 'name' 'x' 'piece length' 16384 'pieces' #40 } }", BT_ERROR_MALFORMED,
    "info.pieces: it has 40 bytes" },
  { "{ 'info' { 'length' 16385 'name' 'x' 'piece length' 16384 'pieces' #20 } }",
    BT_ERROR_MALFORMED, "info.pieces: it has 20 bytes where 2 pieces need 40" },
  { "{ 'info' { 'length' 34359754753 'name' 'x' 'piece length' 16384 'pieces' #20 } }",
    BT_ERROR_LIMIT, "info.pieces: there are too many" },
  { "{ 'info' { 'length' 1 'name' 'x' 'piece length' 16384 'root hash' #20 } }",
    BT_ERROR_UNSUPPORTED, "info.root hash: " },
  { "{ 'info' { 'length' 425 'name' 'x' 'piece length' 16384 'pieces' #20 'pieces' #20 } }",
    BT_ERROR_MALFORMED, "torrent: " },

  { "{ 'info' {" TAIL "} }", BT_ERROR_MALFORMED, "info: it has neither files nor length" },
  { "{ 'info' { 'files' [" FILE_AT ("'a'") "] 'length' 1" TAIL "} }", BT_ERROR_MALFORMED,
    "info: it has both files and length" },
  { "{ 'info' { 'files' {}" TAIL "} }", BT_ERROR_MALFORMED, "info.files: it is not a list" },
  { WITH_FILES (""), BT_ERROR_MALFORMED, "info.files: it is empty" },
  { WITH_FILES (FILE_AT ("'a'") " 7"), BT_ERROR_MALFORMED, "info.files[1]: it is not" },
  { WITH_FILES ("{ 'path' ['a'] }"), BT_ERROR_MALFORMED, "info.files[0].length: it is missing" },
  { WITH_FILES ("{ 'length' [45] 'path' ['a'] }"), BT_ERROR_MALFORMED, "info.files[0].length: " },
  { WITH_FILES ("{ 'length' -45 'path' ['a'] }"), BT_ERROR_MALFORMED,
    "info.files[0].length: it is negative" },
  { WITH_FILES ("{ 'length' 281474976710657 'path' ['a'] }"), BT_ERROR_LIMIT,
    "info.files[0].length: it is too large" },
  /* two lengths whose sum overflows, were there no cap on each */
  { WITH_FILES ("{ 'length' 9223372036854775807 'path' ['a'] }"
                "{ 'length' 9223372036854775807 'path' ['b'] }"
                "{ 'length' 3 'path' ['c'] }"),
    BT_ERROR_LIMIT, "info.files[0].length: it is too large" },
  { WITH_FILES ("{ 'length' 281474976710656 'path' ['a'] }" FILE_AT ("'b'")), BT_ERROR_LIMIT,
    "info.files: their total size is too large" },
  { WITH_FILES (FILE_AT ("'a'") "{ 'length' 1 }"), BT_ERROR_MALFORMED,
    "info.files[1].path: it is" },
  { WITH_FILES (FILE_AT ("")), BT_ERROR_MALFORMED, "info.files[0].path: it is missing, empty" },
  { WITH_FILES ("{ 'length' 1 'path' 'a' }"), BT_ERROR_MALFORMED, "info.files[0].path: it is" },
  { WITH_FILES (FILE_AT ("'a' 12")), BT_ERROR_MALFORMED,
    "info.files[0].path: a component is not a string" },
  { WITH_FILES ("{ 'attr' 'l' 'path' ['a'] 'symlink path' ['b' 4] }"), BT_ERROR_MALFORMED,
    "info.files[0].symlink path: a component" },
  { WITH_FILES ("{ 'length' 0 'path' ['a'] }"), BT_ERROR_MALFORMED,
    "info.files: their total size is zero" },
  { WITH_FILES ("{ 'attr' 'p' 'length' 5 }"), BT_ERROR_MALFORMED,
    "info.files: their total size is zero" },
  { "{ 'info' { 'length' 0 'name' 'x' 'piece length' 16384 'pieces' '' } }", BT_ERROR_MALFORMED,
    "info.length: it is zero" },
  { "{ 'info' { 'length' -1" TAIL "} }", BT_ERROR_MALFORMED, "info.length: it is negative" },
  { "{ 'info' { 'length' '1'" TAIL "} }", BT_ERROR_MALFORMED, "info.length: it is missing or not" },

  { WITH_INFO ("'meta version' 3"), BT_ERROR_UNSUPPORTED, "info.meta version: it is newer" },
  { "{ 'info' { 'meta version' 3 } }", BT_ERROR_UNSUPPORTED, "info.meta version: it is newer" },
  { WITH_INFO ("'meta version' 0"), BT_ERROR_MALFORMED, "info.meta version: " },
  { WITH_INFO ("'meta version' '2'"), BT_ERROR_MALFORMED, "info.meta version: " },
  { "{ 'info' { 'file tree' { 'a' { '' { 'length' 1 'pieces root' #32 } } } 'meta version' 2"
    " 'name' 'a' 'piece length' 16384 } 'piece layers' {} }",
    BT_ERROR_UNSUPPORTED, "info.meta version: version 2 is not supported yet" },
};

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GBytes) bytes = ft_notation (refused[i].torrent);

      assert_refused (bytes, refused[i].code, refused[i].message);
    }
}

static void
test_depth (void)
{
  g_autofree char *components = g_strnfill (BT_LIMIT_PATH_DEPTH, '+');
  g_auto (GStrv) parts = g_strsplit (components, "+", -1);
  g_autofree char *deep = g_strjoinv ("'d'", parts);
  g_autofree char *fits = g_strdup_printf (WITH_FILES (FILE_AT ("%s")), deep);
  g_autofree char *over = g_strdup_printf (WITH_FILES (FILE_AT ("%s 'd'")), deep);
  g_autoptr (BtMetainfo) metainfo = parse (fits);
  g_autoptr (GBytes) bytes = ft_notation (over);

  g_assert_cmpuint (strlen (metainfo->files[0].path), ==, 4 + 2 * BT_LIMIT_PATH_DEPTH);
  assert_refused (bytes, BT_ERROR_LIMIT, "info.files[0].path: it has more than 100");
}

static void
test_too_large (void)
{
  gsize size = BT_LIMIT_TORRENT_BYTES + 1;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  assert_refused (bytes, BT_ERROR_LIMIT, "torrent: it has more than");
}

static void
test_texts (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse ("{ 'comment' 'plain' 'comment.utf-8' 'b\xc3\xa9tter\n\xe2\x80\xaeline' 'created by' ''"
           " 'creation date' -5 'info' { 'length' 1" TAIL "'publisher' 'old' } }");
  g_autoptr (BtMetainfo) long_text = parse (WITH_ROOT ("'comment' #100000 'created by' #100000"));

  g_assert_cmpstr (metainfo->comment, ==, "b\xc3\xa9tter line");
  g_assert_null (metainfo->created_by);
  g_assert_cmpstr (metainfo->source, ==, "old");
  g_assert_cmpint (metainfo->creation_date, ==, 0);
  g_assert_cmpuint (strlen (long_text->comment), ==, BT_LIMIT_TEXT_COMMENT);
  g_assert_cmpuint (strlen (long_text->created_by), ==, BT_LIMIT_TEXT_CLIENT);
}

static void
test_dates (void)
{
  static const struct
  {
    const char *date;
    gint64 seconds;
  } dates[] = {
    { "0", 0 },
    { "1", 1 },
    { "253402300799", 253402300799 },
    { "1406613545141", 1406613545 }, /* milliseconds */
    { "9223372036854775807", 0 },
    { "-1", 0 },
    { "'2024'", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *torrent = g_strdup_printf (WITH_ROOT ("'creation date' %s"), dates[i].date);
      g_autoptr (BtMetainfo) metainfo = parse (torrent);

      g_assert_cmpint (metainfo->creation_date, ==, dates[i].seconds);
    }
}

static void
test_private (void)
{
  static const struct
  {
    const char *info;
    gboolean is_private;
  } cases[] = {
    { "", FALSE },
    { "'private' 1", TRUE },
    { "'private' 0", FALSE },
    { "'private' 2", FALSE },
    { "'private' '1'", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *torrent = g_strdup_printf (WITH_INFO ("%s"), cases[i].info);
      g_autoptr (BtMetainfo) metainfo = parse (torrent);

      g_assert_cmpint (metainfo->is_private, ==, cases[i].is_private);
    }
  /* Only inside info, where it is part of the hash. */
  g_autoptr (BtMetainfo) outside = parse (WITH_ROOT ("'private' 1"));
  g_assert_false (outside->is_private);
}

/* A line break at the end is passed over, and is no part of the info-hash. */
static void
test_line_break (void)
{
  g_autoptr (GBytes) bytes = ft_notation (SINGLE);
  g_autoptr (BtMetainfo) metainfo = parse_bytes (bytes);
  g_autoptr (GByteArray) longer = g_byte_array_new ();

  g_byte_array_append (longer, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  g_byte_array_append (longer, (const guint8 *) "\r\n", 2);
  {
    g_autoptr (GBytes) ended = g_bytes_new (longer->data, longer->len);
    g_autoptr (BtMetainfo) same = parse_bytes (ended);

    g_assert_true (bt_sha1_equal (&metainfo->info_hash, &same->info_hash));
  }
}

/* The hash is of the bytes as they came, in whatever order the keys are. */
static void
test_unsorted (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse ("{ 'info' { 'name' 'temp' 'length' 425 'piece length' 16384 'pieces' #20 } }");
  g_autoptr (GBytes) info =
    ft_notation ("{ 'name' 'temp' 'length' 425 'piece length' 16384 'pieces' #20 }");
  BtSha1 expected = bt_sha1 (g_bytes_get_data (info, NULL), g_bytes_get_size (info));

  g_assert_true (bt_sha1_equal (&expected, &metainfo->info_hash));
}

static void
test_refs (void)
{
  g_autoptr (GBytes) bytes = ft_notation (SINGLE);
  BtMetainfo *metainfo = parse_bytes (bytes);

  g_assert_true (bt_metainfo_ref (metainfo) == metainfo);
  bt_metainfo_unref (metainfo);
  g_assert_cmpstr (metainfo->name, ==, "temp");
  g_clear_pointer (&bytes, g_bytes_unref);
  /* It holds the bytes by itself. */
  g_assert_cmpmem (metainfo->piece_hashes, 4, "aaaa", 4);
  bt_metainfo_unref (metainfo);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/metainfo/single", test_single);
  g_test_add_func ("/proto/metainfo/multi", test_multi);
  g_test_add_func ("/proto/metainfo/pads", test_pads);
  g_test_add_func ("/proto/metainfo/refused", test_refused);
  g_test_add_func ("/proto/metainfo/depth", test_depth);
  g_test_add_func ("/proto/metainfo/too-large", test_too_large);
  g_test_add_func ("/proto/metainfo/texts", test_texts);
  g_test_add_func ("/proto/metainfo/dates", test_dates);
  g_test_add_func ("/proto/metainfo/private", test_private);
  g_test_add_func ("/proto/metainfo/line-break", test_line_break);
  g_test_add_func ("/proto/metainfo/unsorted", test_unsorted);
  g_test_add_func ("/proto/metainfo/refs", test_refs);
  return g_test_run ();
}
