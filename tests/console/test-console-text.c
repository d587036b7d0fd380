/* test-console-text.c: texts cut and padded to columns.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-text.h"

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_width (void)
{
  g_assert_cmpuint (ft_text_width (""), ==, 0);
  g_assert_cmpuint (ft_text_width ("abc"), ==, 3);
  g_assert_cmpuint (ft_text_width ("grün"), ==, 4);
  g_assert_cmpuint (ft_text_width ("gru\u0308n"), ==, 4);
  g_assert_cmpuint (ft_text_width ("世界"), ==, 4);
}

static void
test_fit (void)
{
  assert_text (ft_text_fit ("abc", 5), "abc  ");
  assert_text (ft_text_fit ("abc", 3), "abc");
  assert_text (ft_text_fit ("abcd", 3), "ab…");
  assert_text (ft_text_fit ("abcd", 1), "…");
  assert_text (ft_text_fit ("abcd", 0), "");
  assert_text (ft_text_fit ("", 2), "  ");
  /* A wide character that has only one column left is left out whole. */
  assert_text (ft_text_fit ("世界人", 6), "世界人");
  assert_text (ft_text_fit ("世界人", 5), "世界…");
  assert_text (ft_text_fit ("世界人", 4), "世… ");
  /* A combining character stays with its base. */
  assert_text (ft_text_fit ("abu\u0308xyz", 4), "abu\u0308…");
}

static void
test_fit_right (void)
{
  assert_text (ft_text_fit_right ("abc", 5), "  abc");
  assert_text (ft_text_fit_right ("abcd", 3), "ab…");
}

static void
test_clean (void)
{
  assert_text (ft_text_clean ("plain"), "plain");
  assert_text (ft_text_clean ("a\033[31mb\r\n\x7f"), "a?[31mb???");
  assert_text (ft_text_clean ("a\xc2\x9b" "b"), "a?b");
  assert_text (ft_text_clean ("1.4\u00a0MB"), "1.4 MB");
  assert_text (ft_text_clean ("a\xff"), "a\uFFFD");
  assert_text (ft_text_clean ("a\u2028b"), "a?b");
}

static void
test_ascii (void)
{
  assert_text (ft_text_to_ascii ("██░… ↓ ↑"), "##.~ v ^");
  assert_text (ft_text_to_ascii ("grün"), "gr?n");
  /* Columns stay what they were. */
  assert_text (ft_text_to_ascii ("世x"), "??x");
  assert_text (ft_text_to_ascii ("\033[1mu\u0308"), "\033[1mu");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/text/width", test_width);
  g_test_add_func ("/console/text/fit", test_fit);
  g_test_add_func ("/console/text/fit-right", test_fit_right);
  g_test_add_func ("/console/text/clean", test_clean);
  g_test_add_func ("/console/text/ascii", test_ascii);
  return g_test_run ();
}
