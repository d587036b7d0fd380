/* test-console-show.c: what is printed of a .torrent file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-show.h"
#include "ft-test.h"

#include <time.h>

/* Two files, one executable, one with a deceptive name; two tiers; a web seed; private. */
static const char torrent_text[]
  = "d8:announce17:http://a/announce13:announce-listll17:http://a/announce17:http://b/announceel"
    "17:http://c/announceee7:comment13:a \033[2Jcomment10:created by5:maker"
    "13:creation datei1000000000e4:infod5:filesld4:attr1:x6:lengthi3e4:pathl3:runeed6:lengthi5e4:pathl2:..5:b.txteee"
    "4:name4:demo12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa7:privatei1e6:source3:src"
    "e8:url-list9:http://w/e";

static BtTorrentFile *
describe (const void *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (GError) error = NULL;
  BtTorrentFile *file = bt_torrent_file_describe (bytes, &error);

  g_assert_no_error (error);
  return file;
}

static void
assert_line (const char *text, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (!g_strv_contains ((const char *const *) lines, line))
    g_error ("No line “%s” in:\n%s", line, text);
}

static void
test_text (void)
{
  g_autoptr (BtTorrentFile) file = describe (torrent_text, sizeof torrent_text - 1);
  g_autofree char *text = ft_show_text (file);

  assert_line (text, "Name: demo");
  assert_line (text, "Total size: 8 bytes (8 bytes)");
  assert_line (text, "Piece length: 16.0 KiB (16384 bytes)");
  assert_line (text, "Pieces: 1");
  assert_line (text, "Private: yes");
  assert_line (text, "Version: 1");
  assert_line (text, "Created on: 2001-09-09 01:46:40 UTC");
  assert_line (text, "Created by: maker");
  assert_line (text, "Source: src");
  assert_line (text, "  Tier 1:");
  assert_line (text, "    http://b/announce");
  assert_line (text, "  Tier 2:");
  assert_line (text, "    http://c/announce");
  assert_line (text, "    http://w/");
  assert_line (text, "Files: 2");
  assert_line (text, "   3 bytes  demo/run  [executable]");
  assert_line (text, "   5 bytes  demo/_/b.txt");
  g_assert_null (strchr (text, '\033'));
}

static void
test_json (void)
{
  g_autoptr (BtTorrentFile) file = describe (torrent_text, sizeof torrent_text - 1);
  g_autofree char *json = ft_show_json (file);
  const char *hash = strstr (json, "\"info_hash\":\"");

  g_assert_true (g_str_has_prefix (json, "{\"name\":\"demo\","));
  g_assert_nonnull (hash);
  g_assert_cmpuint (strspn (hash + strlen ("\"info_hash\":\""), "0123456789abcdef"), ==, 40);
  g_assert_nonnull (strstr (json, "\"size\":8,\"piece_length\":16384,\"pieces\":1,\"private\":true,"
                                  "\"hybrid\":false,\"multi_file\":true,"));
  g_assert_nonnull (strstr (json, "\"creation_date\":1000000000"));
  g_assert_nonnull (strstr (json, "\"trackers\":[[\"http://a/announce\",\"http://b/announce\"],"
                                  "[\"http://c/announce\"]],\"web_seeds\":[\"http://w/\"]"));
  g_assert_nonnull (strstr (json, "{\"path\":\"demo/run\",\"size\":3,\"executable\":true,"
                                  "\"hidden\":false,\"symlink\":false,\"target\":null}"));
  g_assert_null (strchr (json, '\n'));
}

static void
test_errors_name_fields (void)
{
  static const struct
  {
    const char *torrent;
    const char *field;
  } cases[] = {
    { "d4:infod6:lengthi1e4:name1:a12:piece lengthi0e6:pieces20:aaaaaaaaaaaaaaaaaaaaee",
      "piece length" },
    { "d4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces19:aaaaaaaaaaaaaaaaaaaee",
      "pieces" },
    { "d4:infod6:lengthi-1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee",
      "length" },
    { "d8:announce1:xe", "info" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes
        = g_bytes_new_static (cases[i].torrent, strlen (cases[i].torrent));
      g_autoptr (GError) error = NULL;

      g_assert_null (bt_torrent_file_describe (bytes, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, cases[i].field));
    }
}

/* "Mon Jan 22 00:57:20 2007" -> "2007-01-22 00:57:20 UTC" */
static char *
convert_date (const char *date)
{
  struct tm time = { 0 };
  char text[64];

  g_assert_nonnull (strptime (date, "%a %b %d %H:%M:%S %Y", &time));
  g_assert_cmpuint (strftime (text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &time), >, 0);
  return g_strdup (text);
}

static void
assert_value (const char *text, const char *label, const char *value)
{
  g_autofree char *line = g_strconcat (label, value, NULL);

  assert_line (text, line);
}

/* One line of the expected text: "  Hash v1: 43fd…", "  http://…", "  file (782.3 MB)". */
static void
compare_line (const char *text, const char *line, gboolean is_file)
{
  static const char *const labels[][2] = {
    { "  Name: ", "Name: " },           { "  Hash v1: ", "Info-hash: " },
    { "  Created by: ", "Created by: " }, { "  Comment: ", "Comment: " },
    { "  Source: ", "Source: " },       { "  Piece Count: ", "Pieces: " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_str_has_prefix (line, labels[i][0]))
      assert_value (text, labels[i][1], line + strlen (labels[i][0]));
  if (g_str_has_prefix (line, "  Created on: "))
    {
      g_autofree char *date = convert_date (line + strlen ("  Created on: "));
      assert_value (text, "Created on: ", date);
    }
  if (g_str_has_prefix (line, "  http"))
    assert_value (text, "    ", line + 2);
  if (is_file && g_str_has_prefix (line, "  ") && strrchr (line, '(') != NULL)
    {
      g_autofree char *path = g_strndup (line + 2, (gsize) (strrchr (line, '(') - line - 3));
      g_autofree char *ending = g_strconcat ("  ", path, "\n", NULL);
      g_assert_nonnull (strstr (text, ending));
    }
}

static void
compare_with_show (const char *folder, const char *stem)
{
  g_autofree char *torrent_path = g_strdup_printf ("%s/%s.torrent", folder, stem);
  g_autofree char *show_path = g_strdup_printf ("%s/%s.show", folder, stem);
  g_autofree char *data = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *text = NULL;
  g_autoptr (BtTorrentFile) file = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean in_files = FALSE;
  gsize length;

  g_assert_true (g_file_get_contents (torrent_path, &data, &length, NULL));
  g_assert_true (g_file_get_contents (show_path, &expected, NULL, NULL));
  file = describe (data, length);
  text = ft_show_text (file);
  lines = g_strsplit (expected, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      compare_line (text, lines[i], in_files);
      in_files |= strcmp (lines[i], "FILES") == 0;
    }
  g_assert_true (in_files);
}

static void
test_conformance (void)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *folder = NULL;

  if (dir == NULL)
    return;
  folder = g_build_filename (dir, "transmission", "show", NULL);
  compare_with_show (folder, "Thor_and_the_Amazon_Women.avi");
  compare_with_show (folder, "bitcomet.utf-8.special");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/show/text", test_text);
  g_test_add_func ("/console/show/json", test_json);
  g_test_add_func ("/console/show/errors-name-fields", test_errors_name_fields);
  g_test_add_func ("/console/show/conformance", test_conformance);
  return g_test_run ();
}
