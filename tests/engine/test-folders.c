/* test-folders.c: which folders are in use, and what they are called within those above them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-folders.h"

static gboolean
lead_below (const BtFolders *folders, const char *folder, const char *part)
{
  g_autofree char *key = bt_folders_make_key (part);

  return bt_folders_lead_below (folders, folder, key);
}

static void
test_below (void)
{
  g_autoptr(BtFolders) folders = bt_folders_new ();

  g_assert_false (lead_below (folders, "/", "home"));
  bt_folders_use (folders, "/home/me/Films/Old");
  g_assert_true (lead_below (folders, "/", "home"));
  g_assert_true (lead_below (folders, "/home/me", "Films"));
  g_assert_true (lead_below (folders, "/home/me", "films"));
  g_assert_true (lead_below (folders, "/home/me/Films", "OLD"));
  /* Folders are what they are written as; it is what would be in them that may differ in case. */
  g_assert_false (lead_below (folders, "/home/me/films", "Old"));
  g_assert_false (lead_below (folders, "/home/me", "Old"));
  g_assert_false (lead_below (folders, "/home/me", "Film"));
  g_assert_false (lead_below (folders, "/home/m", "e"));
  /* It is not below itself. */
  g_assert_false (lead_below (folders, "/home/me/Films/Old", ""));
}

static void
test_not_utf8 (void)
{
  g_autoptr(BtFolders) folders = bt_folders_new ();

  bt_folders_use (folders, "/\xff/A\xfe/b");
  g_assert_true (lead_below (folders, "/\xff", "A\xfe"));
  g_assert_false (lead_below (folders, "/\xff", "a\xfe"));
  g_assert_true (lead_below (folders, "/\xff/A\xfe", "B"));
}

/* As long as somebody uses it, and then what is above it as long as others do. */
static void
test_leave (void)
{
  g_autoptr(BtFolders) folders = bt_folders_new ();

  bt_folders_use (folders, "/a/b/c");
  bt_folders_use (folders, "/a/b/c");
  bt_folders_use (folders, "/a/B");
  bt_folders_leave (folders, "/a/b/c");
  g_assert_true (lead_below (folders, "/a/b", "c"));
  bt_folders_leave (folders, "/a/b/c");
  g_assert_false (lead_below (folders, "/a/b", "c"));
  g_assert_true (lead_below (folders, "/a", "b"));
  bt_folders_leave (folders, "/a/B");
  g_assert_false (lead_below (folders, "/a", "b"));
  g_assert_false (lead_below (folders, "/", "a"));
  bt_folders_use (folders, "/");
  bt_folders_leave (folders, "/");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/folders/below", test_below);
  g_test_add_func ("/engine/folders/not-utf8", test_not_utf8);
  g_test_add_func ("/engine/folders/leave", test_leave);
  return g_test_run ();
}
