/* test-conformance-torrents.c: every torrent of the shared conformance data gives what is stated.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-metainfo.h"
#include "ft-test-vectors.h"

/* What the manifest says of a torrent beyond "accept" and its hash: lines that describe() must
 * give, parted by line breaks. */
typedef struct
{
  const char *file;
  const char *lines;
} Fact;

#define LT "libtorrent/test_torrents/"
#define TR "transmission/"
#define PT "parse-torrent/"
#define AN "anacrolix-torrent/"

static const Fact facts[] = {
  { LT "backslash_path.torrent", "path 0 temp/_/_/bar" },
  { LT "empty_path.torrent", "path 0 temp/_/_" },
  { LT "parent_path.torrent", "path 0 temp/_/_/bar" },
  { LT "creation_date.torrent", "date 1234567" },
  { LT "duplicate_web_seeds.torrent",
    "web seeds http://foobar.com/foo http://foobar.com/foobar http://foobar.com/bar" },
  { LT "invalid_directory_name.torrent", "files 2\npath 0 test2/_/foo\npath 1 test2/_/foo.1" },
  { LT "invalid_filename2.torrent", "files 3" },
  { LT "large_piece_size.torrent", "piece length 536854528" },
  { LT "overlapping_symlinks.torrent", "target 0 SDL2.framework/Versions/Current/Headers\n"
                                       "target 1 SDL2.framework/Versions/Current/Resources\n"
                                       "target 2 SDL2.framework/Versions/Current/SDL2" },
  /* Not by an attribute, which this file lacks, but by BitComet's name. */
  { LT "pad_file.torrent", "files 2\npad 1" },
  { LT "single_multi_file.torrent", "files 1\nmulti" },
  { LT "symlink_filtered_path.torrent", "files 2\npath 0 temp/a/_/bar\ntarget 1 temp/a/_/bar" },
  { LT "url_list.torrent", "web seeds " },
  { LT "url_list2.torrent", "web seeds " },
  { LT "url_list3.torrent", "web seeds " },
  { LT "url_seed_multi.torrent", "web seeds http://test.com/file/" },
  { LT "url_seed_multi_space.torrent", "web seeds http://test.com/test%20file/foo%20bar/" },
  { LT "url_seed_multi_space_nolist.torrent", "web seeds http://test.com/test%20file/foo%20bar/" },
  { LT "whitespace_url.torrent", "tier 0 udp://test.com/announce" },
  { LT "empty-files-2.torrent", "hybrid" },
  { LT "empty-files-3.torrent", "hybrid" },
  { LT "empty-files-4.torrent", "hybrid" },
  { LT "empty-files-5.torrent", "hybrid" },
  { LT "v2.torrent", "hybrid\nfiles 1\npath 0 test64K\ntotal 65536" },
  { LT "v2_empty_file.torrent", "hybrid" },
  { LT "v2_hybrid-missing-tailpad.torrent", "hybrid" },
  { TR "path_cases/case0.torrent", "path 0 foo/a.txt" },
  { TR "path_cases/case5.torrent", "path 0 foo/a.txt/_" },
  { TR "path_cases/case7.torrent", "path 0 foo/a.txt/_" },
  { TR "assets/webseed-getright-list.torrent",
    "web seeds http://www.webseed-one.com/ http://webseed-two.com/" },
  { TR "assets/webseed-getright-string.torrent", "web seeds http://www.webseed-one.com/" },
  { PT "bitlove-intro.torrent", "piece length 1048576\nlast piece 337361" },
  { PT "leaves-duplicate-tracker.torrent", "tiers 1\ntier 0 http://tracker.example.com/announce" },
  { PT "leaves-empty-announce-list.torrent",
    "tiers 1\ntier 0 udp://tracker.publicbt.com:80/announce" },
  { PT "leaves-empty-url-list.torrent", "web seeds " },
  { PT "leaves-url-list.torrent",
    "web seeds http://www2.hn.psu.edu/faculty/jmanis/whitman/leaves-of-grass6x9.pdf" },
  { AN "metainfo/testdata/SKODAOCTAVIA336x280_archive.torrent", "n web seeds 3" },
  { AN "metainfo/testdata/flat-url-list.torrent", "web seeds https://archive.org/download/" },
  { AN "metainfo/testdata/issue_65a.torrent",
    "nodes 185.34.3.132:5680 185.34.3.103:12340 94.209.253.165:47232 78.46.103.11:34319"
    " 195.154.162.70:55011 185.34.3.137:3732" },
  { "webtorrent-fixtures/bunny.torrent", "n web seeds 1" },
  { "webtorrent-fixtures/leaves-metadata.torrent", "name Leaves of Grass by Walt Whitman.epub" },
  { "webtorrent-fixtures/alice.torrent", "path 0 alice.txt" },
  { "webtorrent-fixtures/folder.torrent", "path 0 folder/file.txt" },
  { "webtorrent-fixtures/lots-of-numbers.torrent",
    "path 0 lots-of-numbers/big numbers/10.txt\npath 5 lots-of-numbers/small numbers/3.txt" },
  { "webtorrent-fixtures/numbers.torrent", "files 3\npath 2 numbers/3.txt" },
};

/* Rows that we judge in another way than they say, and why. */
static const struct
{
  const char *file;
  const char *says; /* how the expectation begins */
  const char *lines;
  const char *why;
} judged_differently[] = {
  { TR "assets/dup-files.torrent", "REJECT",
    "files 3\npath 0 ThisIsMyTorrent/file1.txt\npath 2 ThisIsMyTorrent/file1.1.txt",
    "libtorrent gives the later of two equal names a number, and the person gets the data" },
  { TR "path_cases/case2.torrent", "REJECT", "path 0 foo/_/_",
    "contradicts libtorrent's empty_path.torrent, which names such a file _/_" },
  { TR "path_cases/case1.torrent", "accept (empty component skipped)", "path 0 foo/_/a.txt",
    "libtorrent keeps every component: dropping one could bring two files together" },
  { TR "path_cases/case3.torrent", "accept (\"/\" replaced", "path 0 foo/aa.txt",
    "libtorrent removes separators (\"/test1/test2/test3\" is test1test2test3)" },
  { TR "path_cases/case4.torrent", "accept (\".\" skipped)", "path 0 foo/_/a.txt",
    "libtorrent keeps every component" },
  { TR "path_cases/case6.torrent", "accept (\"..\" -> \"__\")", "path 0 foo/_/a.txt",
    "libtorrent gives one replacement for what comes to nothing" },
  { TR "assets/bad-utf8-path.torrent", "accept; subpath(0)",
    "path 0 bad-utf8-path/\xcf\x80"
    "file.\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\n"
    "path 1 bad-utf8-path/file_.foo",
    "libtorrent and the path rules replace broken bytes by _, not by U+FFFD" },
};

/* Accepted by those who read version 2. We say that we do not, and do not call them malformed. */
static const char *const version_2_only[] = {
  LT "v2_incomplete_piece_layer.torrent",
  LT "v2_multiple_files.torrent",
  LT "v2_only.torrent",
  AN "testdata/bittorrent-v2-test.torrent",
};

/* Says "may fail", "must not crash" and the like. Ours is refused as version 2. */
#define EITHER_WAY LT "v2_invalid_root_hash.torrent"

/* "same torrent as renamed by watch dir", but the file that we have is empty. */
#define EMPTY_COPY TR "assets/debian-11.2.0-amd64-DVD-1.iso.torrent.added"

static void
describe_file (GString *text, const BtFile *file, guint32 index)
{
  g_string_append_printf (text, "path %u %s\n", index, file->path);
  if (file->target != NULL)
    g_string_append_printf (text, "target %u %s\n", index, file->target);
  if (file->flags & BT_FILE_PAD)
    g_string_append_printf (text, "pad %u\n", index);
}

static void
describe_tiers (GString *text, const GPtrArray *tiers)
{
  g_string_append_printf (text, "tiers %u\n", tiers->len);
  for (guint i = 0; i < tiers->len; i++)
    {
      g_autofree char *urls = g_strjoinv (" ", tiers->pdata[i]);

      g_string_append_printf (text, "tier %u %s\n", i, urls);
    }
}

/* One fact a line, with a line break before the first. */
static char *
describe (const BtMetainfo *metainfo)
{
  GString *text = g_string_new ("\n");
  g_autofree char *web_seeds = g_strjoinv (" ", metainfo->web_seeds);
  g_autofree char *nodes = g_strjoinv (" ", metainfo->nodes);

  g_string_append_printf (text, "name %s\n%s%s", metainfo->name,
                          metainfo->multi_file ? "multi\n" : "",
                          metainfo->is_hybrid ? "hybrid\n" : "");
  g_string_append_printf (text, "total %" G_GUINT64_FORMAT "\n", metainfo->total_size);
  g_string_append_printf (text, "piece length %u\nlast piece %u\n", metainfo->piece_length,
                          bt_metainfo_piece_size (metainfo, metainfo->n_pieces - 1));
  g_string_append_printf (text, "date %" G_GINT64_FORMAT "\n", metainfo->creation_date);
  g_string_append_printf (text, "web seeds %s\nn web seeds %u\nnodes %s\n", web_seeds,
                          g_strv_length (metainfo->web_seeds), nodes);
  describe_tiers (text, metainfo->tiers);
  g_string_append_printf (text, "files %u\n", metainfo->n_files);
  for (guint32 i = 0; i < metainfo->n_files; i++)
    describe_file (text, &metainfo->files[i], i);
  return g_string_free (text, FALSE);
}

static void
assert_lines (const char *file, const BtMetainfo *metainfo, const char *lines)
{
  g_autofree char *text = describe (metainfo);
  g_auto (GStrv) wanted = g_strsplit (lines, "\n", -1);

  for (gsize i = 0; wanted[i] != NULL; i++)
    {
      g_autofree char *line = g_strdup_printf ("\n%s\n", wanted[i]);

      if (strstr (text, line) == NULL)
        g_error ("%s: no line \"%s\" in:%s", file, wanted[i], text);
    }
}

/* The hash that was worked out by others, if the row has one. */
static void
assert_hash (const BtMetainfo *metainfo, const char *expectation)
{
  const char *hash = strstr (expectation, "sha1(info)=");
  char hex[BT_SHA1_HEX_SIZE];

  if (hash == NULL)
    return;
  bt_sha1_to_hex (&metainfo->info_hash, hex);
  g_assert_true (g_str_has_prefix (hash + strlen ("sha1(info)="), hex));
}

static void
assert_same_again (const BtMetainfo *metainfo)
{
  const guint8 *info =
    (const guint8 *) g_bytes_get_data (metainfo->torrent, NULL) + metainfo->info_offset;
  g_autoptr (GError) error = NULL;
  g_autoptr (BtBencode) doc = bt_bencode_decode (
    info, metainfo->info_length, &bt_bencode_limits_torrent, BT_BENCODE_STRICT, NULL, &error);
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  g_autoptr (GBytes) again = NULL;

  g_assert_no_error (error);
  bt_bencode_writer_node (writer, bt_bencode_root (doc));
  again = bt_bencode_writer_finish (writer);
  g_assert_cmpmem (info, metainfo->info_length, g_bytes_get_data (again, NULL),
                   g_bytes_get_size (again));
}

static gboolean
is_version_2_only (const char *file)
{
  for (gsize i = 0; i < G_N_ELEMENTS (version_2_only); i++)
    if (strcmp (version_2_only[i], file) == 0)
      return TRUE;
  return FALSE;
}

/* Returns: the lines that are wanted in place of what the row says, or NULL. */
static const char *
find_judgement (const char *file, const char *expectation)
{
  for (gsize i = 0; i < G_N_ELEMENTS (judged_differently); i++)
    if (strcmp (judged_differently[i].file, file) == 0)
      {
        g_assert_true (g_str_has_prefix (expectation, judged_differently[i].says));
        return judged_differently[i].lines;
      }
  return NULL;
}

static void
check_accepted (const char *file, const char *expectation, const BtMetainfo *metainfo)
{
  assert_hash (metainfo, expectation);
  if (strstr (expectation, "re-encodes byte-identically") != NULL)
    assert_same_again (metainfo);
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    if (strcmp (facts[i].file, file) == 0)
      assert_lines (file, metainfo, facts[i].lines);
}

/* Returns: TRUE if the row was judged differently. */
static gboolean
check_torrent (const char *file, const char *expectation)
{
  g_autoptr (GBytes) bytes = ft_test_read_file (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (bytes, &error);
  const char *judgement = find_judgement (file, expectation);

  g_test_message ("%s: %s", file, metainfo != NULL ? "accepted" : error->message);
  if (is_version_2_only (file))
    {
      g_assert_true (g_str_has_prefix (expectation, "accept"));
      g_assert_error (error, BT_ERROR, BT_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, "version 2 is not supported yet"));
    }
  else if (judgement != NULL)
    {
      g_assert_no_error (error);
      assert_lines (file, metainfo, judgement);
    }
  else if (g_str_has_prefix (expectation, "REJECT") || strcmp (file, EMPTY_COPY) == 0
           || strcmp (file, EITHER_WAY) == 0)
    {
      g_assert_null (metainfo);
      /* It names the field. */
      g_assert_nonnull (strchr (error->message, ':'));
    }
  else
    {
      g_assert_nonnull (strstr (expectation, "accept"));
      g_assert_no_error (error);
      check_accepted (file, expectation, metainfo);
    }
  return judgement != NULL;
}

static gboolean
is_torrent (const char *file)
{
  return g_str_has_suffix (file, ".torrent") || g_str_has_suffix (file, ".torrent.added");
}

/* The rows of the manifest, GStrv each; unlike the tables, it has no escapes.
 * Returns: (transfer full): empty when the shared data is not there. */
static GPtrArray *
read_manifest (void)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GBytes) bytes = ft_test_read_file ("MANIFEST.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (bytes == NULL)
    return rows;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 1; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      g_ptr_array_add (rows, g_strsplit (lines[i], "\t", -1));
  g_assert_cmpuint (rows->len, >, 0);
  return rows;
}

static void
test_manifest (void)
{
  g_autoptr (GPtrArray) rows = read_manifest ();
  guint n_torrents = 0, n_different = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      char **row = rows->pdata[i];

      if (!is_torrent (row[0]))
        continue;
      n_torrents++;
      n_different += check_torrent (row[0], row[1]) ? 1 : 0;
    }
  if (rows->len == 0)
    return;
  g_test_message ("%u torrents", n_torrents);
  g_assert_cmpuint (n_torrents, >, 100);
  g_assert_cmpuint (n_different, ==, G_N_ELEMENTS (judged_differently));
}

/* Whatever else is there is no torrent, and harms nobody. */
static void
test_other_files (void)
{
  g_autoptr (GPtrArray) rows = read_manifest ();

  for (guint i = 0; i < rows->len; i++)
    {
      char **row = rows->pdata[i];
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      if (is_torrent (row[0]))
        continue;
      bytes = ft_test_read_file (row[0]);
      g_assert_null (bt_metainfo_parse (bytes, &error));
      g_assert_cmpint (error->domain, ==, BT_ERROR);
    }
}

/* The value of "  KEY: value" in the text of transmission-show. Returns: (nullable). */
static char *
get_field (const char *show, const char *key)
{
  g_autofree char *start = g_strdup_printf ("\n  %s: ", key);
  const char *found = strstr (show, start);

  return found != NULL ? g_strndup (found + strlen (start), strcspn (found + strlen (start), "\n"))
                       : NULL;
}

static void
assert_field (const char *show, const char *key, const char *ours)
{
  g_autofree char *theirs = get_field (show, key);

  g_assert_cmpstr (ours, ==, theirs);
}

/* "782.3 MB" is rounded; "512 KiB" is not, or hardly. */
static void
assert_size (const char *show, const char *key, guint64 ours)
{
  static const struct
  {
    const char *unit;
    double bytes;
  } units[] = { { " B", 1 },    { " kB", 1e3 },   { " MB", 1e6 },
                { " GB", 1e9 }, { " KiB", 1024 }, { " MiB", 1024 * 1024 } };
  g_autofree char *theirs = get_field (show, key);
  char *unit;
  double number = g_ascii_strtod (theirs, &unit);

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (unit, units[i].unit) == 0)
      {
        g_assert_cmpfloat (fabs ((double) ours / units[i].bytes - number), <=, 0.06);
        return;
      }
  g_assert_not_reached ();
}

static void
assert_date (const char *show, gint64 ours)
{
  g_autofree char *theirs = get_field (show, "Created on");
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (ours);
  g_autofree char *text = NULL;

  if (theirs == NULL)
    {
      g_assert_cmpint (ours, ==, 0);
      return;
    }
  text = g_date_time_format (date, "%a %b %d %T %Y");
  g_assert_cmpstr (text, ==, theirs);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The lines below FILES: "  path (size)", sorted, with padding. */
static void
assert_files (const char *show, const BtMetainfo *metainfo)
{
  g_auto (GStrv) lines = g_strsplit (strstr (show, "\nFILES\n"), "\n", -1);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  guint n = 0;

  for (guint32 i = 0; i < metainfo->n_files; i++)
    g_ptr_array_add (paths, metainfo->files[i].path);
  g_ptr_array_sort (paths, compare_texts);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *size = g_str_has_prefix (lines[i], "  ") ? g_strrstr (lines[i], " (") : NULL;
      g_autofree char *path =
        size != NULL ? g_strndup (lines[i] + 2, (gsize) (size - lines[i] - 2)) : NULL;

      if (path == NULL)
        continue;
      g_assert_cmpuint (n, <, paths->len);
      g_assert_cmpstr (path, ==, paths->pdata[n++]);
    }
  g_assert_cmpuint (n, ==, paths->len);
}

static void
assert_trackers (const char *show, const BtMetainfo *metainfo)
{
  for (guint i = 0; i < metainfo->tiers->len; i++)
    {
      g_autofree char *urls = g_strjoinv ("\n  ", metainfo->tiers->pdata[i]);
      g_autofree char *tier = g_strdup_printf ("\n  Tier #%u\n  %s\n", i + 1, urls);

      g_assert_nonnull (strstr (show, tier));
    }
  g_autofree char *next = g_strdup_printf ("Tier #%u\n", metainfo->tiers->len + 1);
  g_assert_null (strstr (show, next));
}

static void
assert_shown (const char *show, const BtMetainfo *metainfo)
{
  char hex[BT_SHA1_HEX_SIZE];
  g_autofree char *n_pieces = g_strdup_printf ("%u", metainfo->n_pieces);

  bt_sha1_to_hex (&metainfo->info_hash, hex);
  assert_field (show, "Name", metainfo->name);
  assert_field (show, "Hash v1", hex);
  assert_field (show, "Created by", metainfo->created_by);
  assert_field (show, "Comment", metainfo->comment);
  assert_field (show, "Source", metainfo->source);
  assert_field (show, "Piece Count", n_pieces);
  assert_field (show, "Privacy", metainfo->is_private ? "Private torrent" : "Public torrent");
  assert_size (show, "Piece Size", metainfo->piece_length);
  assert_size (show, "Total Size", metainfo->total_size);
  assert_date (show, metainfo->creation_date);
  assert_trackers (show, metainfo);
  assert_files (show, metainfo);
}

static void
test_show (void)
{
  /* bittorrent-v2-test is version 2 only; for the Ubuntu image there is no torrent. */
  static const struct
  {
    const char *show;
    const char *torrent;
  } pairs[] = {
    { "Thor_and_the_Amazon_Women.avi.show", TR "show/Thor_and_the_Amazon_Women.avi.torrent" },
    { "bitcomet.utf-8.special.show", TR "show/bitcomet.utf-8.special.torrent" },
    { "bittorrent-v2-hybrid-test.show", LT "v2_hybrid-missing-tailpad.torrent" },
  };
  g_autofree char *dir = ft_test_conformance_dir ();

  for (gsize i = 0; dir != NULL && i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *path = g_build_filename (dir, TR "show", pairs[i].show, NULL);
      g_autofree char *show = NULL;
      g_autoptr (GBytes) bytes = ft_test_read_file (pairs[i].torrent);
      g_autoptr (GError) error = NULL;
      g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (bytes, &error);

      g_assert_no_error (error);
      g_file_get_contents (path, &show, NULL, &error);
      g_assert_no_error (error);
      assert_shown (show, metainfo);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/conformance-torrents/manifest", test_manifest);
  g_test_add_func ("/proto/conformance-torrents/other-files", test_other_files);
  g_test_add_func ("/proto/conformance-torrents/show", test_show);
  return g_test_run ();
}
