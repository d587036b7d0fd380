/* test-recent-folders.c: the folders chosen lately are kept, each once, the newest first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-recent-folders.h"

static void
assert_recent (GSettings *settings, const char *joined)
{
  g_auto (GStrv) folders = ft_recent_folders_dup (settings);
  g_autofree char *found = g_strjoinv (" ", folders);

  g_assert_cmpstr (found, ==, joined);
}

static void
test_order (void)
{
  const char *strange[] = { "relative", "/kept", NULL };
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);

  assert_recent (settings, "");
  ft_recent_folders_add (settings, "/a");
  ft_recent_folders_add (settings, "/b");
  ft_recent_folders_add (settings, "/a");
  assert_recent (settings, "/a /b");
  for (guint i = 1; i <= 9; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%u", i);

      ft_recent_folders_add (settings, path);
    }
  assert_recent (settings, "/9 /8 /7 /6 /5 /4 /3 /2");
  /* A name that is no text cannot be saved. */
  ft_recent_folders_add (settings, "/\xff");
  assert_recent (settings, "/9 /8 /7 /6 /5 /4 /3 /2");
  g_settings_set_strv (settings, FT_SETTING_RECENT_FOLDERS, strange);
  assert_recent (settings, "/kept");
  g_settings_reset (settings, FT_SETTING_RECENT_FOLDERS);
}

static void
assert_display (const char *path, const char *expected)
{
  g_autofree char *name = ft_folder_dup_display_path (path);

  g_assert_cmpstr (name, ==, expected);
}

/* The folders of the document portal are called what they are outside of the sandbox. */
static void
test_display (void)
{
  g_autofree char *inside = g_build_filename (g_get_home_dir (), "Videos", NULL);
  g_autofree char *beside = g_strconcat (g_get_home_dir (), "-other", NULL);
  g_autofree char *inside_name = ft_folder_dup_display_path (inside);
  g_autofree char *home_name = ft_folder_dup_display_path (g_get_home_dir ());
  g_autofree char *beside_name = ft_folder_dup_display_path (beside);
  g_autofree char *raw_name = ft_folder_dup_display_path ("/\xff");

  assert_display ("/run/user/1000/doc/5f3a/Films", "Films");
  assert_display ("/run/user/1000/doc/by-app/org.a.B/5f3a/Films/Old ones", "Films/Old ones");
  assert_display ("/run/flatpak/doc/0c/Films", "Films");
  assert_display ("/run/user/1000/doc/5f3a", "/run/user/1000/doc/5f3a");
  assert_display ("/run/user/1000/docs/5f3a/Films", "/run/user/1000/docs/5f3a/Films");
  g_assert_cmpstr (inside_name, ==, "~/Videos");
  g_assert_cmpstr (home_name, ==, "~");
  g_assert_cmpstr (beside_name, ==, beside);
  g_assert_true (g_utf8_validate (raw_name, -1, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/recent-folders/order", test_order);
  g_test_add_func ("/model/recent-folders/display", test_display);
  return g_test_run ();
}
