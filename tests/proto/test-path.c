/* test-path.c: names of strangers made into names of files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-path.h"
#include "ft-test-vectors.h"

#define TEN "abcdefghi_"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define STEM_240 HUNDRED HUNDRED TEN TEN TEN TEN

static void
test_sanitize (void)
{
  static const struct
  {
    const char *name;
    const char *safe;
  } names[] = {
    { "plain.txt", "plain.txt" },
    { "", "_" },
    { ".", "_" },
    { "..", "_" },
    { "...", "..." },
    { ".hidden", ".hidden" },
    { "/", "_" },
    { "//\\", "_" },
    { "/etc/passwd", "etcpasswd" },
    { "../../x", "....x" },
    { "/..", "_" },
    { "a\\b", "ab" },
    { "c:", "c:" },
    { " blanks ", " blanks " },
    { "trailing...", "trailing..." },
    { "tab\there", "tab_here" },
    { "line\nbreak\r", "line_break_" },
    { "del\x7f", "del_" },
    { "c1\xc2\x85!", "c1_!" },
    { "\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9" },
    { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
    /* one broken character, one replacement */
    { "a\x80z", "a_z" },
    { "a\xc2z", "a_z" },
    { "a\xe2\x9fz", "a_z" },
    { "a\xf0\x9f\x92", "a_" },
    { "a\xf8\x9f\x9f\x9f\x9fz", "a_z" },
    { "a\xff\xfez", "a__z" },
    /* over-long, surrogate, beyond Unicode */
    { "a\xc0\xafz", "a_z" },
    { "a\xc0\xae\xc0\xae", "a__" },
    { "a\xed\xa0\x80z", "a_z" },
    { "a\xf4\x90\x80\x80z", "a_z" },
    /* what deceives: marks, overrides, joiners */
    { "evil\xe2\x80\xaegnp.exe", "evilgnp.exe" },
    { "foo\xe2\x80\x8b\xe2\x81\xa6\xd8\x9c\xef\xbb\xbf"
      "bar",
      "foobar" },
    { ".\xe2\x80\x8e.", "_" },
    { "\xe2\x80\x8e", "_" },
    /* 240 bytes, then nothing but an extension */
    { STEM_240, STEM_240 },
    { STEM_240 "x", STEM_240 },
    { STEM_240 "xyz.test", STEM_240 ".test" },
    { STEM_240 "xyz.12345678", STEM_240 ".12345678" },
    { STEM_240 "xyz.123456789", STEM_240 },
    { HUNDRED HUNDRED TEN TEN TEN "abcdefghi\xe2\x80\x94"
                                  "abcde.jpg",
      HUNDRED HUNDRED TEN TEN TEN "abcdefghi\xe2\x80\x94.jpg" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *safe = bt_path_sanitize (names[i].name, strlen (names[i].name));

      g_assert_cmpstr (safe, ==, names[i].safe);
      g_assert_true (bt_path_is_safe (safe));
      g_assert_true (bt_path_is_safe (names[i].name) == (strcmp (safe, names[i].name) == 0));
    }
}

static void
test_nul (void)
{
  g_autofree char *inside = bt_path_sanitize ("a\0b", 3);
  g_autofree char *alone = bt_path_sanitize ("\0", 1);
  g_autofree char *nothing = bt_path_sanitize (NULL, 0);

  g_assert_cmpstr (inside, ==, "a_b");
  g_assert_cmpstr (alone, ==, "_");
  g_assert_cmpstr (nothing, ==, "_");
}

static void
assert_harmless (const char *name)
{
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpstr (name, !=, "");
  g_assert_cmpstr (name, !=, ".");
  g_assert_cmpstr (name, !=, "..");
  g_assert_null (strchr (name, '/'));
  g_assert_null (strchr (name, '\\'));
  g_assert_cmpuint (strlen (name), <=, 252);
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

/* Whatever comes, what is given is harmless, and stays as it is when it is given again. */
static void
test_random (void)
{
  static const char *const parts[] = {
    ".",
    "..",
    "/",
    "\\",
    "a",
    "Z",
    " ",
    "\xe2\x80\x94",
    "\xe2\x80\xae",
    "\xc0",
    "\xae",
    "\xf0\x9f",
    "\xf0\x9f\x98\x80",
    "\x80",
    "\x1f",
    "\xc2\x80",
    ".jpg",
    "abcdefgh",
    STEM_240,
    HUNDRED,
    "_",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20240607);

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      int n = g_rand_int_range (rand, 0, 12);

      for (int i = 0; i < n; i++)
        if (g_rand_int_range (rand, 0, 8) == 0)
          g_string_append_c (name, (char) g_rand_int_range (rand, 0, 256));
        else
          g_string_append (name, parts[g_rand_int_range (rand, 0, G_N_ELEMENTS (parts))]);

      g_autofree char *safe = bt_path_sanitize (name->str, name->len);
      g_autofree char *numbered = bt_path_numbered (safe, (guint) g_rand_int_range (rand, 1, 501));

      assert_harmless (safe);
      g_assert_true (bt_path_is_safe (safe));
      assert_harmless (numbered);
      g_assert_true (bt_path_is_safe (numbered));
      g_assert_cmpstr (numbered, !=, safe);
    }
}

static void
test_collision_key (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean collide;
  } pairs[] = {
    { "a/b.txt", "a/b.txt", TRUE },
    { "A/b.TXT", "a/B.txt", TRUE },
    { "a/b", "a/c", FALSE },
    /* composed and decomposed, upper and lower */
    { "caf\xc3\xa9", "cafe\xcc\x81", TRUE },
    { "CAF\xc3\x89", "cafe\xcc\x81", TRUE },
    { "caf\xc3\xa9", "cafe", FALSE },
    { "stra\xc3\x9f"
      "e",
      "STRASSE", TRUE },
    { "\xce\xa3", "\xcf\x82", TRUE },
    { "\xef\xac\x81", "fi", TRUE },
    { "\xc2\xb2", "2", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *a = bt_path_collision_key (pairs[i].a);
      g_autofree char *b = bt_path_collision_key (pairs[i].b);

      g_assert_true ((strcmp (a, b) == 0) == pairs[i].collide);
    }
}

static void
test_numbered (void)
{
  static const struct
  {
    const char *path;
    guint number;
    const char *numbered;
  } paths[] = {
    { "dir/name.ext", 2, "dir/name.2.ext" },
    { "name", 1, "name.1" },
    { "a.b/name", 1, "a.b/name.1" },
    { "a/.hidden", 1, "a/.hidden.1" },
    { "x.tar.gz", 500, "x.tar.500.gz" },
    { "Mr. Smith goes home", 1, "Mr. Smith goes home.1" },
    { "dots...", 3, "dots...3." },
    { "d/" STEM_240, 12, "d/" HUNDRED HUNDRED TEN TEN TEN "abcdefg.12" },
    { STEM_240 ".jpg", 500, HUNDRED HUNDRED TEN TEN TEN "abcdef.500.jpg" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *numbered = bt_path_numbered (paths[i].path, paths[i].number);

      g_assert_cmpstr (numbered, ==, paths[i].numbered);
    }
}

/* Rows of the table that drop a component. libtorrent has two ways: "force", which gives every
 * component a name, and the other, which drops what comes to nothing. It reads the paths of
 * torrents with force, and so do we: the rows without give what the rows with force give. */
static const struct
{
  const char *elements;
  const char *ours;
} kept_components[] = {
  { "a|..|c", "a/_/c" },  { "a|..", "a/_" },      { "/..|.|c", "_/_/c" },
  { "c:|.|c", "c:/_/c" }, { "\\c|.|c", "c/_/c" }, { "//\\", "_" },
};

static char *
sanitize_all (const char *elements)
{
  g_auto (GStrv) parts = g_strsplit (elements, "|", -1);
  g_autoptr (GString) path = g_string_new (NULL);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      const char *part = strcmp (parts[i], "<EMPTY>") == 0 ? "" : parts[i];
      g_autofree char *safe = bt_path_sanitize (part, strlen (part));

      g_string_append_printf (path, "%s%s", i > 0 ? "/" : "", safe);
    }
  return g_string_free (g_steal_pointer (&path), FALSE);
}

static void
test_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("libtorrent/vectors/sanitize_path.tsv");
  guint n_different = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const char *elements = ft_test_cell (rows->pdata[i], 1)->str;
      gboolean force = ft_test_cell (rows->pdata[i], 2)->str[0] == '1';
      const char *expected = ft_test_cell (rows->pdata[i], 3)->str;
      g_autofree char *path = sanitize_all (elements);

      for (gsize k = 0; !force && k < G_N_ELEMENTS (kept_components); k++)
        if (strcmp (kept_components[k].elements, elements) == 0)
          {
            g_assert_cmpstr (expected, !=, kept_components[k].ours);
            expected = kept_components[k].ours;
            n_different++;
          }
      g_assert_cmpstr (path, ==, expected);
    }
  g_assert_cmpuint (n_different, ==, rows != NULL ? G_N_ELEMENTS (kept_components) : 0);
}

static void
test_portable (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("transmission/vectors/filename_portable.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      gboolean safe = bt_path_is_safe (ft_test_cell (rows->pdata[i], 0)->str);

      g_assert_cmpint (safe, ==, ft_test_cell (rows->pdata[i], 1)->str[0] == '1');
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/path/sanitize", test_sanitize);
  g_test_add_func ("/proto/path/nul", test_nul);
  g_test_add_func ("/proto/path/random", test_random);
  g_test_add_func ("/proto/path/collision-key", test_collision_key);
  g_test_add_func ("/proto/path/numbered", test_numbered);
  g_test_add_func ("/proto/path/table", test_table);
  g_test_add_func ("/proto/path/portable", test_portable);
  return g_test_run ();
}
