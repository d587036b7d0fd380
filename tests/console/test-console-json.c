/* test-console-json.c: JSON as it is written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-json.h"

#include <math.h>

static void
assert_string (const char *value, const char *expected)
{
  g_autoptr (FtJson) json = ft_json_new ();
  g_autofree char *text = NULL;

  ft_json_string (json, NULL, value);
  text = ft_json_finish (json);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_strings (void)
{
  assert_string ("", "\"\"");
  assert_string ("plain", "\"plain\"");
  assert_string ("say \"hi\" \\ /", "\"say \\\"hi\\\" \\\\ /\"");
  assert_string ("a\nb\tc", "\"a\\nb\\tc\"");
  assert_string ("\001\033[0m\177", "\"\\u0001\\u001b[0m\\u007f\"");
  assert_string ("a\xc2\x9b" "b", "\"a\\u009bb\"");
  assert_string ("a\u2028b", "\"a\\u2028b\"");
  assert_string ("世界 😀", "\"世界 😀\"");
  assert_string ("bad \xc3(", "\"bad \uFFFD(\"");
  assert_string (NULL, "null");
}

static void
test_containers (void)
{
  g_autoptr (FtJson) json = ft_json_new ();
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;

  ft_json_begin_object (json, NULL);
  ft_json_begin_array (json, "empty");
  ft_json_end_array (json);
  ft_json_begin_array (json, "list");
  ft_json_int (json, NULL, -1);
  ft_json_string (json, NULL, "a,b");
  ft_json_begin_array (json, NULL);
  ft_json_null (json, NULL);
  ft_json_end_array (json);
  ft_json_begin_object (json, NULL);
  ft_json_end_object (json);
  ft_json_end_array (json);
  ft_json_string (json, "odd", "{");
  ft_json_boolean (json, "yes", TRUE);
  ft_json_end_object (json);
  text = ft_json_finish (json);
  g_assert_cmpstr (text, ==,
                   "{\"empty\":[],\"list\":[-1,\"a,b\",[null],{}],\"odd\":\"{\",\"yes\":true}");

  /* One writer writes many. */
  ft_json_begin_object (json, NULL);
  ft_json_end_object (json);
  again = ft_json_finish (json);
  g_assert_cmpstr (again, ==, "{}");
}

static void
test_numbers (void)
{
  g_autoptr (FtJson) json = ft_json_new ();
  g_autofree char *text = NULL;

  ft_json_begin_array (json, NULL);
  ft_json_int (json, NULL, G_MININT64);
  ft_json_uint (json, NULL, G_MAXUINT64);
  ft_json_double (json, NULL, 0.5);
  ft_json_double (json, NULL, NAN);
  ft_json_double (json, NULL, INFINITY);
  ft_json_end_array (json);
  text = ft_json_finish (json);
  g_assert_cmpstr (text, ==,
                   "[-9223372036854775808,18446744073709551615,0.5000,null,null]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/json/strings", test_strings);
  g_test_add_func ("/console/json/containers", test_containers);
  g_test_add_func ("/console/json/numbers", test_numbers);
  return g_test_run ();
}
