/* test-metainfo.c: what is read from .torrent files, and what is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-limits.h"
#include "bt-metainfo.h"
#include "bt-path.h"
#include "ft-notation.h"

/* One piece of 16 KiB. */
#define TAIL " 'name' 'temp' 'piece length' 16384 'pieces' #20 "
#define SINGLE "{ 'info' { 'length' 425" TAIL "} }"
#define WITH_INFO(more) "{ 'info' { 'length' 425" TAIL more "} }"
#define WITH_ROOT(more) "{ " more " 'info' { 'length' 425" TAIL "} }"
#define WITH_FILES(files) "{ 'info' { 'files' [" files "]" TAIL "} }"
#define FILE_AT(path) "{ 'length' 1 'path' [" path "] }"

static BtMetainfo *
parse_bytes (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo = bt_metainfo_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (metainfo);
  return metainfo;
}

static BtMetainfo *
parse (const char *notation)
{
  g_autoptr (GBytes) bytes = ft_notation (notation);

  return parse_bytes (bytes);
}

static void
assert_refused (GBytes *bytes, BtError code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (bytes, &error);

  g_assert_null (metainfo);
  g_assert_nonnull (error);
  if (error->code != (int) code || !g_str_has_prefix (error->message, message))
    g_error ("wanted %d \"%s\", got %d \"%s\"", code, message, error->code, error->message);
  g_assert_null (bt_metainfo_parse (bytes, NULL));
}

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
  g_autoptr (GString) fits = g_string_new ("{ 'info' { 'files' [ { 'length' 1 'path' [");
  g_autoptr (GString) nested = g_string_new ("{ 'x' ");
  g_autoptr (BtMetainfo) metainfo = NULL;
  g_autoptr (GBytes) over = NULL;
  g_autoptr (GBytes) deep = NULL;

  for (guint i = 0; i < BT_LIMIT_PATH_DEPTH; i++)
    g_string_append (fits, "'d'");
  {
    g_autofree char *good = g_strconcat (fits->str, "] } ]" TAIL "} }", NULL);
    g_autofree char *bad = g_strconcat (fits->str, "'d'] } ]" TAIL "} }", NULL);

    metainfo = parse (good);
    over = ft_notation (bad);
  }
  g_assert_cmpuint (strlen (metainfo->files[0].path), ==, 4 + 2 * BT_LIMIT_PATH_DEPTH);
  assert_refused (over, BT_ERROR_LIMIT, "info.files[0].path: it has more than 100");

  for (guint i = 0; i < 200; i++)
    g_string_append (nested, "[");
  for (guint i = 0; i < 200; i++)
    g_string_append (nested, "]");
  g_string_append (nested, "}");
  deep = ft_notation (nested->str);
  assert_refused (deep, BT_ERROR_LIMIT, "torrent: ");
}

static void
test_too_large (void)
{
  gsize size = BT_LIMIT_TORRENT_BYTES + 1;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  assert_refused (bytes, BT_ERROR_LIMIT, "torrent: it has more than");
}

static void
test_names (void)
{
  static const struct
  {
    const char *info;
    const char *name; /* NULL: the info-hash */
  } names[] = {
    { "'name' '/test1/test2/test3'", "test1test2test3" },
    { "'name' 'test2/../test3/.././../../test4'", "test2..test3.......test4" },
    { "'name' 'a\\0b'", "a_b" },
    { "'name' 'plain' 'name.utf-8' 'better'", "better" },
    { "'name' 'plain' 'name.utf-8' ''", "plain" },
    { "'name' 'plain' 'name.utf-8' 3", "plain" },
    { "'name.utf-8' 'alone'", "alone" },
    { "'name' '_'", "_" },
    { "'name' ''", NULL },
    { "'name' '.'", NULL },
    { "'name' '..'", NULL },
    { "'name' '//'", NULL },
    { "'name' 'invoice\xe2\x80\xaexcod.exe'", "invoicexcod.exe" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *torrent = g_strdup_printf (
        "{ 'info' { 'length' 1 'piece length' 16384 'pieces' #20 %s } }", names[i].info);
      g_autoptr (BtMetainfo) metainfo = parse (torrent);
      char hex[BT_SHA1_HEX_SIZE];

      bt_sha1_to_hex (&metainfo->info_hash, hex);
      g_assert_cmpstr (metainfo->name, ==, names[i].name != NULL ? names[i].name : hex);
      g_assert_cmpstr (metainfo->files[0].path, ==, metainfo->name);
    }
}

static void
test_duplicates (void)
{
  static const struct
  {
    const char *files;
    const char *paths; /* joined by blanks */
  } cases[] = {
    { FILE_AT ("'a.txt'") FILE_AT ("'a.txt'") FILE_AT ("'a.txt'"), "a.txt a.1.txt a.2.txt" },
    { FILE_AT ("'A.txt'") FILE_AT ("'a.TXT'"), "A.txt a.1.TXT" },
    { FILE_AT ("'d' 'x'") FILE_AT ("'D' 'X'"), "d/x D/X.1" },
    { FILE_AT ("'caf\xc3\xa9'") FILE_AT ("'cafe\xcc\x81'"), "caf\xc3\xa9 cafe\xcc\x81.1" },
    { FILE_AT ("'/' 'foo'") FILE_AT ("'\\\\' 'foo'"), "_/foo _/foo.1" },
    { FILE_AT ("''") FILE_AT ("'..'") FILE_AT ("'.'"), "_ _.1 _.2" },
    /* a directory wins, whichever comes first */
    { FILE_AT ("'a'") FILE_AT ("'a' 'b'"), "a.1 a/b" },
    { FILE_AT ("'a' 'b'") FILE_AT ("'a'"), "a/b a.1" },
    { FILE_AT ("'A'") FILE_AT ("'a' 'b' 'c'"), "A.1 a/b/c" },
    { FILE_AT ("'a' 'b'") FILE_AT ("'a' 'b' 'c'") FILE_AT ("'a'"), "a/b.1 a/b/c a.1" },
    { FILE_AT ("'a'") FILE_AT ("'a' 'b'") FILE_AT ("'a'"), "a.1 a/b a.2" },
    /* nobody is pushed out of a name of their own */
    { FILE_AT ("'a'") FILE_AT ("'a'") FILE_AT ("'a.1'"), "a a.2 a.1" },
    { FILE_AT ("'a'") FILE_AT ("'a'") FILE_AT ("'a.1' 'x'"), "a a.2 a.1/x" },
    /* what only looks alike */
    { FILE_AT ("'a'") FILE_AT ("'a!'") FILE_AT ("'ab'"), "a a! ab" },
    { FILE_AT ("'a' 'b'") FILE_AT ("'a!'") FILE_AT ("'a.b' 'c'"), "a/b a! a.b/c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *torrent = g_strdup_printf (WITH_FILES ("%s"), cases[i].files);
      g_autoptr (BtMetainfo) metainfo = parse (torrent);
      g_autoptr (GString) paths = g_string_new (NULL);

      for (guint32 f = 0; f < metainfo->n_files; f++)
        g_string_append_printf (paths, "%s%s", f > 0 ? " " : "",
                                metainfo->files[f].path + strlen ("temp/"));
      g_assert_cmpstr (paths->str, ==, cases[i].paths);
    }
}

/* @n files of one name cost (n - 1)(n - 2) / 2 tries. */
static GBytes *
make_equal_names (guint n)
{
  g_autoptr (GString) torrent = g_string_new ("{ 'info' { 'files' [");

  for (guint i = 0; i < n; i++)
    g_string_append (torrent, FILE_AT ("'same'"));
  g_string_append (torrent, "]" TAIL "} }");
  return ft_notation (torrent->str);
}

static void
test_many_duplicates (void)
{
  g_autoptr (GBytes) fits = make_equal_names (33);
  g_autoptr (GBytes) over = make_equal_names (34);
  g_autoptr (BtMetainfo) metainfo = parse_bytes (fits);

  g_assert_cmpstr (metainfo->files[32].path, ==, "temp/same.32");
  assert_refused (over, BT_ERROR_LIMIT, "info.files[33].path: too many files");
}

static char *
join_tiers (const BtMetainfo *metainfo)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < metainfo->tiers->len; i++)
    g_ptr_array_add (tiers, g_strjoinv (" ", metainfo->tiers->pdata[i]));
  g_ptr_array_add (tiers, NULL);
  return g_strjoinv (" | ", (char **) tiers->pdata);
}

static void
test_trackers (void)
{
  static const struct
  {
    const char *root;
    const char *tiers;
  } cases[] = {
    { "", "" },
    { "'announce' 'http://a/x'", "http://a/x" },
    { "'announce' 3", "" },
    { "'announce' ''", "" },
    { "'announce' '\t http://a/x \r\n'", "http://a/x" },
    { "'announce' 'ftp://a/x'", "" },
    { "'announce' ['http://a/x']", "http://a/x" },
    { "'announce' 'http://a/x' 'announce-list' [['http://b/x' 'udp://c:1'] ['https://d/x']]",
      "http://b/x udp://c:1 | https://d/x" },
    { "'announce' 'http://a/x' 'announce-list' ''", "http://a/x" },
    { "'announce' 'http://a/x' 'announce-list' []", "http://a/x" },
    { "'announce' 'http://a/x' 'announce-list' [[''] [] ['wss://b']]", "http://a/x" },
    { "'announce-list' [['http://a/x'] [] [''] [3 'http://b/x'] {'c' 'd'}]",
      "http://a/x | http://b/x" },
    { "'announce-list' [['http://a/x' 'http://a/x'] ['http://a/x' 'http://b/x'] ['http://b/x']]",
      "http://a/x | http://b/x" },
    /* written flat, by those who did not read BEP 12 */
    { "'announce-list' ['http://a/x' 'http://b/x']", "http://a/x | http://b/x" },
    { "'announce-list' [['http://a/x\\0y' 'http://a/?info_hash=1' 'http://a/\r\nX: y']]", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *torrent = g_strdup_printf (WITH_ROOT ("%s"), cases[i].root);
      g_autoptr (BtMetainfo) metainfo = parse (torrent);
      g_autofree char *tiers = join_tiers (metainfo);

      g_assert_cmpstr (tiers, ==, cases[i].tiers);
    }
}

static void
test_many_trackers (void)
{
  g_autoptr (GString) root = g_string_new ("'announce-list' [");
  g_autofree char *torrent = NULL;
  g_autoptr (BtMetainfo) metainfo = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (root, "['udp://t%u.example:1']", i);
  torrent = g_strdup_printf (WITH_ROOT ("%s ] "), root->str);
  metainfo = parse (torrent);
  g_assert_cmpuint (metainfo->tiers->len, ==, BT_LIMIT_TRACKERS);
}

static void
test_web_seeds (void)
{
  static const struct
  {
    const char *url_list;
    const char *single;
    const char *multi;
  } cases[] = {
    { "''", "", "" },
    { "[]", "", "" },
    { "7", "", "" },
    { "[[''] -20 '']", "", "" },
    { "'http://a/file'", "http://a/file", "http://a/file/" },
    { "['http://a/file' 'https://b/file/']", "http://a/file https://b/file/",
      "http://a/file/ https://b/file/" },
    { "['http://a/f' 'http://a/f' 'http://a/f/' 'http://a/f']", "http://a/f http://a/f/",
      "http://a/f/" },
    { "[' http://a/test file/foo bar ']", "http://a/test%20file/foo%20bar",
      "http://a/test%20file/foo%20bar/" },
    { "['http://a/\xc3\xa9%20x']", "http://a/%C3%A9%20x", "http://a/%C3%A9%20x/" },
    { "['ftp://a/' 'udp://a:1' '/8/items/' 'http://xn--a/' 'http://a b/' 'http://a/\r\nb']", "",
      "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *one =
        g_strdup_printf ("{ 'info' { 'length' 1" TAIL "} 'url-list' %s }", cases[i].url_list);
      g_autofree char *many = g_strdup_printf (
        "{ 'info' { 'files' [" FILE_AT ("'a'") "]" TAIL "} 'url-list' %s }", cases[i].url_list);
      g_autoptr (BtMetainfo) single = parse (one);
      g_autoptr (BtMetainfo) multi = parse (many);
      g_autofree char *single_seeds = g_strjoinv (" ", single->web_seeds);
      g_autofree char *multi_seeds = g_strjoinv (" ", multi->web_seeds);

      g_assert_cmpstr (single_seeds, ==, cases[i].single);
      g_assert_cmpstr (multi_seeds, ==, cases[i].multi);
    }
}

static void
test_nodes (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse ("{ 'info' { 'length' 1" TAIL "} 'nodes' [['192.0.2.1' 6881] ['dht.example' 1]"
           " ['2001:db8::1' 65535] ['192.0.2.1' 0] ['192.0.2.1' 65536] ['192.0.2.1' -1]"
           " ['192.0.2.1' '6881'] ['192.0.2.1'] [6881 '192.0.2.1'] ['' 1] ['a/b' 1] ['a@b' 1]"
           " ['a:b@c' 1] 'udp://a:1' {} 7] }");
  g_autofree char *nodes = g_strjoinv (" ", metainfo->nodes);

  g_assert_cmpstr (nodes, ==, "192.0.2.1:6881 dht.example:1 [2001:db8::1]:65535");
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

/* Version 1 and 2 in one, of a directory with two files, of which the first is padded. */
#define ROOT "'pieces root' #32"
#define ROOT_A "'pieces root' 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'"
#define HYBRID(tree, files, piece_length, pieces, more)                                            \
  "{ 'info' { 'file tree' {" tree "} 'files' [" files "] 'meta version' 2 'name' 'temp'"           \
  " 'piece length' " piece_length " 'pieces' " pieces " } " more "}"
#define TREE_A "'a' { '' { 'length' 10 " ROOT_A " } }"
#define TREE_DB "'d' { 'b' { '' { 'length' 20000 " ROOT " } } }"
#define FILE_A "{ 'length' 10 'path' ['a'] }"
#define FILE_PAD "{ 'attr' 'p' 'length' 16374 'path' ['.pad' '16374'] }"
#define FILE_DB "{ 'length' 20000 'path' ['d' 'b'] }"
#define V1_FILES FILE_A FILE_PAD FILE_DB
#define LAYERS(root, hashes) "'piece layers' { '" root "' " hashes " }"
#define ROOT_TEXT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_hybrid (void)
{
  static const char *const good[] = {
    HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", ""),
    HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "#64")),
    /* padding at the end */
    HYBRID (TREE_A TREE_DB, V1_FILES "{ 'attr' 'p' 'length' 12768 }", "16384", "#60", ""),
    /* empty files need no root and no boundary */
    HYBRID ("'a' { '' { 'length' 0 } }" TREE_DB, "{ 'length' 0 'path' ['a'] }" FILE_DB, "16384",
            "#40", ""),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (BtMetainfo) metainfo = parse (good[i]);

      g_assert_true (metainfo->is_hybrid);
      g_assert_cmpuint (metainfo->piece_length, ==, 16384);
    }
  {
    g_autoptr (BtMetainfo) single =
      parse ("{ 'info' { 'file tree' { 'temp' { '' { 'length' 9 " ROOT " } } } 'length' 9"
             " 'meta version' 2" TAIL "} }");

    g_assert_true (single->is_hybrid);
    g_assert_cmpuint (single->total_size, ==, 9);
  }
}

static void
test_hybrid_refused (void)
{
  static const struct
  {
    const char *torrent;
    const char *message;
  } cases[] = {
    { HYBRID ("", V1_FILES, "16384", "#60", ""), "info.file tree: it is missing" },
    { HYBRID ("'' { 'length' 10 " ROOT " }", V1_FILES, "16384", "#60", ""),
      "info.file tree: it is" },
    { HYBRID ("'a' 7 " TREE_DB, V1_FILES, "16384", "#60", ""), "info.file tree: an entry is not" },
    { HYBRID ("'a' {} " TREE_DB, V1_FILES, "16384", "#60", ""), "info.file tree: an entry is not" },
    { HYBRID ("'a' { 'length' 10 " ROOT "}" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: an entry is not" },
    { HYBRID ("'a' { '' 7 }" TREE_DB, V1_FILES, "16384", "#60", ""), "info.file tree: a file has" },
    { HYBRID ("'a' { '' { 'length' 10 " ROOT "} 'b' {} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a file has" },
    { HYBRID (TREE_A, V1_FILES, "16384", "#60", ""), "info.file tree: it has fewer" },
    { HYBRID (TREE_A TREE_DB "'e' { '' { 'length' 0 } }", V1_FILES, "16384", "#60", ""),
      "info.file tree: it has more" },
    { HYBRID ("'a' { '' { 'length' 11 " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a length" },
    { HYBRID ("'a' { '' { " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a length" },
    { HYBRID ("'A' { '' { 'length' 10 " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a name" },
    { HYBRID ("'a' { 'a' { '' { 'length' 10 " ROOT "} } }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a name" },
    { HYBRID ("'a' { '' { 'length' 10 } }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a pieces root is missing" },
    { HYBRID ("'a' { '' { 'length' 10 'pieces root' #31 } }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a pieces root is missing or not of 32" },
    { HYBRID ("'a' { '' { 'length' 10 'pieces root'"
              " '\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0"
              "\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' } }" TREE_DB,
              V1_FILES, "16384", "#60", ""),
      "info.file tree: a pieces root is all zeros" },
    { HYBRID ("'a' { '' { 'attr' 'p' 'length' 10 " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60",
              ""),
      "info.file tree: padding" },
    { HYBRID (TREE_A TREE_DB, FILE_A FILE_DB, "16384", "#40", ""),
      "info.files: a file of a hybrid" },
    { HYBRID (TREE_A TREE_DB, FILE_DB FILE_PAD FILE_A, "16384", "#60", ""),
      "info.file tree: a length" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16383", "#60", ""), "info.piece length: version 2" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "24576", "#40", ""), "info.piece length: version 2" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "8192", "#100", ""), "info.piece length: version 2" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", "'piece layers' 7"),
      "piece layers: it is not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS ("short", "#64")),
      "piece layers: an entry is not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "7")),
      "piece layers: an entry is not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "#63")),
      "piece layers: an entry has not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60",
              LAYERS ("baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "#64")),
      "piece layers: an entry belongs" },
    /* the soft errors of version 1 are hard here */
    { "{ 'info' { 'length' 9 'file tree' { 'temp' { '' { 'length' 9 " ROOT
      " } } } 'meta version' 2" TAIL "} }",
      "info: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = ft_notation (cases[i].torrent);

      assert_refused (bytes, BT_ERROR_MALFORMED, cases[i].message);
    }
}

static void
write_key_string (BtBencodeWriter *writer, const char *key, const char *text)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_string (writer, text);
}

static void
write_key_int (BtBencodeWriter *writer, const char *key, gint64 value)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_int (writer, value);
}

/* A torrent of @n_files files of 16 KiB each, a piece for each, in directories of a hundred. */
static GBytes *
make_large (guint n_files)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  g_autofree guint8 *hashes = g_malloc0 ((gsize) n_files * 20);

  bt_bencode_writer_begin_dict (writer);
  bt_bencode_writer_key (writer, "info");
  bt_bencode_writer_begin_dict (writer);
  bt_bencode_writer_key (writer, "files");
  bt_bencode_writer_begin_list (writer);
  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *folder = g_strdup_printf ("folder %u", i / 100);
      g_autofree char *name = g_strdup_printf ("file %u.dat", i / 2);

      bt_bencode_writer_begin_dict (writer);
      write_key_int (writer, "length", 16384);
      bt_bencode_writer_key (writer, "path");
      bt_bencode_writer_begin_list (writer);
      bt_bencode_writer_string (writer, folder);
      bt_bencode_writer_string (writer, name);
      bt_bencode_writer_end (writer);
      bt_bencode_writer_end (writer);
    }
  bt_bencode_writer_end (writer);
  write_key_string (writer, "name", "large");
  write_key_int (writer, "piece length", 16384);
  bt_bencode_writer_key (writer, "pieces");
  bt_bencode_writer_bytes (writer, hashes, (gsize) n_files * 20);
  bt_bencode_writer_end (writer);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}

/* Each name stands there twice; work that grew with the square would not come to an end. */
static void
test_large (void)
{
  g_autoptr (GBytes) bytes = make_large (200000);
  g_autoptr (BtMetainfo) metainfo = NULL;
  gint64 start = g_get_monotonic_time ();

  metainfo = parse_bytes (bytes);
  g_test_message ("200000 files read in %.3f s",
                  (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  g_assert_cmpuint (metainfo->n_files, ==, 200000);
  g_assert_cmpuint (metainfo->n_pieces, ==, 200000);
  g_assert_cmpstr (metainfo->files[199998].path, ==, "large/folder 1999/file 99999.dat");
  g_assert_cmpstr (metainfo->files[199999].path, ==, "large/folder 1999/file 99999.1.dat");
}

static void
assert_path_is_safe (const char *path)
{
  g_auto (GStrv) components = g_strsplit (path, "/", -1);

  for (gsize i = 0; components[i] != NULL; i++)
    g_assert_true (bt_path_is_safe (components[i]));
}

/* What every metainfo keeps, however its torrent came about. */
static void
assert_invariants (const BtMetainfo *metainfo)
{
  guint64 total = 0, payload = 0;
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (metainfo->n_files, >, 0);
  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      const BtFile *file = &metainfo->files[i];

      g_assert_cmpuint (file->offset, ==, total);
      total += file->length;
      assert_path_is_safe (file->path);
      if (file->target != NULL)
        assert_path_is_safe (file->target);
      if (metainfo->multi_file)
        g_assert_true (g_str_has_prefix (file->path, metainfo->name)
                       && file->path[strlen (metainfo->name)] == '/');
      if (file->flags & BT_FILE_PAD)
        continue;
      payload += file->length;
      g_assert_true (g_hash_table_add (keys, bt_path_collision_key (file->path)));
    }
  g_assert_cmpuint (total, ==, metainfo->total_size);
  g_assert_cmpuint (payload, ==, metainfo->payload_size);
  g_assert_cmpuint (payload, >, 0);
  g_assert_cmpuint (metainfo->n_pieces, <=, BT_LIMIT_PIECES);
  g_assert_cmpuint ((guint64) (metainfo->n_pieces - 1) * metainfo->piece_length, <, total);
  g_assert_cmpuint ((guint64) metainfo->n_pieces * metainfo->piece_length, >=, total);
  g_assert_cmpuint (bt_metainfo_piece_size (metainfo, metainfo->n_pieces - 1), >, 0);
  assert_path_is_safe (metainfo->name);
}

static const char *const seeds[] = {
  SINGLE,
  "{ 'announce' 'udp://t.example:6969' 'announce-list' [['http://a/x'] ['udp://b:1/']]"
  " 'comment' 'c' 'info' { 'files' [{ 'attr' 'x' 'length' 10 'path' ['a' 'b.txt'] }"
  " { 'attr' 'p' 'length' 6 'path' ['.pad' '6'] } { 'length' 9 'path' ['a' 'c.txt'] }"
  " { 'attr' 'l' 'length' 0 'path' ['l'] 'symlink path' ['a' 'b.txt'] } { 'length' 1 'path' ['a'] "
  "}]" TAIL "'private' 1 'source' 's' } 'nodes' [['192.0.2.1' 1]] 'url-list' ['http://a/b c'] }",
  HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "#64")),
};

static void
mutate (GRand *rand, GByteArray *bytes)
{
  static const char letters[] = "0123456789eidl:-/.p\\\xff\x80";
  int n = g_rand_int_range (rand, 1, 4);

  while (n-- > 0)
    {
      guint at = (guint) g_rand_int_range (rand, 0, (gint32) bytes->len);

      switch (g_rand_int_range (rand, 0, 4))
        {
        case 0:
          bytes->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
          break;
        case 1:
          bytes->data[at] = (guint8) g_rand_int_range (rand, 0, 256);
          break;
        case 2:
          bytes->data[at] = (guint8) letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
          break;
        default:
          if (bytes->len > 1)
            g_byte_array_remove_index (bytes, at);
        }
    }
}

/* Seeded: the same bytes on each run. */
static void
test_mutations (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (52);
  guint n_accepted = 0, n_refused = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr (GBytes) seed = ft_notation (seeds[i]);
      gsize length = g_bytes_get_size (seed);

      for (guint round = 0; round < 20000; round++)
        {
          g_autoptr (GByteArray) bytes = g_byte_array_new ();
          g_autoptr (GBytes) mutated = NULL;
          g_autoptr (GError) error = NULL;
          g_autoptr (BtMetainfo) metainfo = NULL;

          g_byte_array_append (bytes, g_bytes_get_data (seed, NULL), (guint) length);
          mutate (rand, bytes);
          mutated = g_bytes_new (bytes->data, bytes->len);
          metainfo = bt_metainfo_parse (mutated, &error);
          g_assert_true ((metainfo == NULL) == (error != NULL));
          if (metainfo != NULL)
            assert_invariants (metainfo);
          if (metainfo != NULL)
            n_accepted++;
          else
            n_refused++;
        }
    }
  /* Else it would not have looked at both sides. */
  g_assert_cmpuint (n_accepted, >, 1000);
  g_assert_cmpuint (n_refused, >, 1000);
}

/* Every prefix of a torrent is one that was cut short. */
static void
test_truncated (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr (GBytes) seed = ft_notation (seeds[i]);
      gsize length = g_bytes_get_size (seed);

      for (gsize n = 0; n < length; n++)
        {
          g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (seed, NULL), n);

          assert_refused (cut, BT_ERROR_MALFORMED, "torrent: ");
        }
    }
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
  g_test_add_func ("/proto/metainfo/names", test_names);
  g_test_add_func ("/proto/metainfo/duplicates", test_duplicates);
  g_test_add_func ("/proto/metainfo/many-duplicates", test_many_duplicates);
  g_test_add_func ("/proto/metainfo/trackers", test_trackers);
  g_test_add_func ("/proto/metainfo/many-trackers", test_many_trackers);
  g_test_add_func ("/proto/metainfo/web-seeds", test_web_seeds);
  g_test_add_func ("/proto/metainfo/nodes", test_nodes);
  g_test_add_func ("/proto/metainfo/texts", test_texts);
  g_test_add_func ("/proto/metainfo/dates", test_dates);
  g_test_add_func ("/proto/metainfo/private", test_private);
  g_test_add_func ("/proto/metainfo/line-break", test_line_break);
  g_test_add_func ("/proto/metainfo/unsorted", test_unsorted);
  g_test_add_func ("/proto/metainfo/refs", test_refs);
  g_test_add_func ("/proto/metainfo/hybrid", test_hybrid);
  g_test_add_func ("/proto/metainfo/hybrid-refused", test_hybrid_refused);
  g_test_add_func ("/proto/metainfo/large", test_large);
  g_test_add_func ("/proto/metainfo/truncated", test_truncated);
  g_test_add_func ("/proto/metainfo/mutations", test_mutations);
  return g_test_run ();
}
