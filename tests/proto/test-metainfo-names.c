/* test-metainfo-names.c: names of torrents and their files, and how they are kept apart.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"
#include "ft-test-torrent.h"

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/metainfo-names/names", test_names);
  g_test_add_func ("/proto/metainfo-names/duplicates", test_duplicates);
  g_test_add_func ("/proto/metainfo-names/many-duplicates", test_many_duplicates);
  g_test_add_func ("/proto/metainfo-names/large", test_large);
  return g_test_run ();
}
