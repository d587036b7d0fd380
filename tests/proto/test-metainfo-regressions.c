/* test-metainfo-regressions.c: torrents that once broke another client, each a test of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-test-torrent.h"

typedef struct
{
  const char *name;
  const char *torrent;
  BtError code;
  const char *message;
} Broken;

static const Broken broken[] = {
  /* It was 16384 once cut to 32 bits. */
  { "piece-length-beyond-32-bits",
    "{ 'info' { 'length' 1 'name' 'x' 'piece length' 4294983680 'pieces' #20 } }", BT_ERROR_LIMIT,
    "info.piece length: it is too large" },
  /* Something was divided by it. */
  { "piece-length-zero", "{ 'info' { 'length' 1 'name' 'x' 'piece length' 0 'pieces' #20 } }",
    BT_ERROR_MALFORMED, "info.piece length: it is not positive" },
  { "length-sum-overflow",
    WITH_FILES ("{ 'length' 9223372036854775807 'path' ['a'] }"
                "{ 'length' 9223372036854775807 'path' ['b'] } { 'length' 3 'path' ['c'] }"),
    BT_ERROR_LIMIT, "info.files[0].length: it is too large" },
  { "length-sum-just-over",
    WITH_FILES ("{ 'length' 281474976710656 'path' ['a'] } { 'length' 1 'path' ['b'] }"),
    BT_ERROR_LIMIT, "info.files: their total size is too large" },
  { "length-negative", WITH_FILES ("{ 'length' -1 'path' ['a'] } { 'length' 2 'path' ['b'] }"),
    BT_ERROR_MALFORMED, "info.files[0].length: it is negative" },
  /* The last hash was read past its end. */
  { "pieces-no-multiple-of-20",
    "{ 'info' { 'length' 98304 'name' 'x' 'piece length' 16384 'pieces' #119 } }",
    BT_ERROR_MALFORMED, "info.pieces: it has 119 bytes where 6 pieces need 120" },
  { "pieces-beyond-the-last",
    "{ 'info' { 'length' 98304 'name' 'x' 'piece length' 16384 'pieces' #121 } }",
    BT_ERROR_MALFORMED, "info.pieces: it has 121 bytes where 6 pieces need 120" },
  { "pieces-twice",
    "{ 'info' { 'length' 425 'name' 'x' 'piece length' 16384 'pieces' #20 'pieces' #20 } }",
    BT_ERROR_MALFORMED, "torrent: " },
  { "name-empty", "{ 'info' { 'length' 1 'name' '' 'piece length' 16384 'pieces' #20 } }",
    BT_ERROR_MALFORMED, "info.name: it is missing, empty" },
  { "files-and-length", "{ 'info' { 'files' [" FILE_AT ("'a'") "] 'length' 1" TAIL "} }",
    BT_ERROR_MALFORMED, "info: it has both files and length" },
  { "leading-zero", "{ 'info' { 'length' 0425" TAIL "} }", BT_ERROR_MALFORMED, "torrent: " },
  { "minus-zero", WITH_ROOT ("'creation date' -0"), BT_ERROR_MALFORMED, "torrent: " },
  { "root-of-31-bytes",
    HYBRID ("'a' { '' { 'length' 10 'pieces root' #31 } }" TREE_DB, V1_FILES, "16384", "#60", ""),
    BT_ERROR_MALFORMED, "info.file tree: a pieces root is missing or not of 32" },
  { "root-of-zeros",
    HYBRID ("'a' { '' { 'length' 10 'pieces root'"
            " <0000000000000000000000000000000000000000000000000000000000000000> } }" TREE_DB,
            V1_FILES,
            "16384",
            "#60",
            ""),
    BT_ERROR_MALFORMED, "info.file tree: a pieces root is all zeros" },
};

static void
test_broken (gconstpointer data)
{
  const Broken *row = data;
  g_autoptr (GBytes) bytes = ft_notation (row->torrent);

  assert_refused (bytes, row->code, row->message);
}

/* Torrents that aborted the program and that one can live with. */
typedef struct
{
  const char *name;
  const char *torrent;
  const char *first; /* path of file 0 */
  const char *last;  /* of the last one */
} Odd;

static const Odd odd[] = {
  { "path-element-empty", WITH_FILES (FILE_AT ("'' 'a'") FILE_AT ("'a' ''")), "temp/_/a",
    "temp/a/_" },
  { "file-as-directory", WITH_FILES (FILE_AT ("'a'") FILE_AT ("'a' 'b'")), "temp/a.1", "temp/a/b" },
  { "directory-as-file", WITH_FILES (FILE_AT ("'a' 'b'") FILE_AT ("'a'")), "temp/a/b", "temp/a.1" },
  { "path-twice", WITH_FILES (FILE_AT ("'a'") FILE_AT ("'a'")), "temp/a", "temp/a.1" },
  { "path-out-of-folder", WITH_FILES (FILE_AT ("'..' '..' 'etc'") FILE_AT ("'a/../../b'")),
    "temp/_/_/etc", "temp/a....b" },
  { "path-absolute", WITH_FILES (FILE_AT ("'/' 'etc'") FILE_AT ("'/etc/passwd'")), "temp/_/etc",
    "temp/etcpasswd" },
  { "path-with-nul", WITH_FILES (FILE_AT ("'a\\0.txt'")), "temp/a_.txt", "temp/a_.txt" },
  { "name-right-to-left",
    "{ 'info' { 'length' 1 'name' 'photo\xe2\x80\xaegpj.exe' 'piece length' 16384 'pieces' #20 } }",
    "photogpj.exe", "photogpj.exe" },
  { "name-out-of-folder",
    "{ 'info' { 'length' 1 'name' '../../x' 'piece length' 16384 'pieces' #20 } }", "....x",
    "....x" },
};

static void
test_odd (gconstpointer data)
{
  const Odd *row = data;
  g_autoptr (BtMetainfo) metainfo = parse (row->torrent);

  g_assert_cmpstr (metainfo->files[0].path, ==, row->first);
  g_assert_cmpstr (metainfo->files[metainfo->n_files - 1].path, ==, row->last);
}

static GBytes *
nest (const char *before, guint depth, const char *after)
{
  g_autoptr (GString) notation = g_string_new (before);

  for (guint i = 0; i < depth; i++)
    g_string_append_c (notation, '[');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (notation, ']');
  g_string_append (notation, after);
  return ft_notation (notation->str);
}

/* The stack ended before the nesting did. */
static void
test_nested (void)
{
  g_autoptr (GBytes) deep = nest ("{ 'info' 1 'x' ", 200, "}");
  g_autoptr (GBytes) abyss = nest ("{ 'info' 1 'x' ", 1000000, "}");
  g_autoptr (GBytes) fits = nest ("{ 'info' { 'length' 1" TAIL "} 'x' ", 99, "}");
  g_autoptr (BtMetainfo) metainfo = parse_bytes (fits);

  g_assert_nonnull (metainfo);
  assert_refused (deep, BT_ERROR_LIMIT, "torrent: ");
  assert_refused (abyss, BT_ERROR_LIMIT, "torrent: ");
}

/* Cut inside a number of a value that nobody reads. */
static void
test_cut_number (void)
{
  static const char *const cut[] = { "d4:infod1:xi12", "d4:infod1:xi", "d4:infod1:xi-", "d1:a99" };

  for (gsize i = 0; i < G_N_ELEMENTS (cut); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (cut[i], strlen (cut[i]));

      assert_refused (bytes, BT_ERROR_MALFORMED, "torrent: ");
    }
}

/* A line of our own in the request to the tracker. */
static void
test_tracker_with_line_break (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse (WITH_ROOT ("'announce' 'http://tracker.example/a\r\nHost: internal'"));

  g_assert_cmpuint (metainfo->tiers->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *path = g_strconcat ("/proto/metainfo-regressions/", broken[i].name, NULL);
      g_test_add_data_func (path, &broken[i], test_broken);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *path = g_strconcat ("/proto/metainfo-regressions/", odd[i].name, NULL);
      g_test_add_data_func (path, &odd[i], test_odd);
    }
  g_test_add_func ("/proto/metainfo-regressions/nested", test_nested);
  g_test_add_func ("/proto/metainfo-regressions/cut-number", test_cut_number);
  g_test_add_func ("/proto/metainfo-regressions/tracker-with-line-break",
                   test_tracker_with_line_break);
  return g_test_run ();
}
