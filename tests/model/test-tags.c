/* test-tags.c: tags are kept, stay themselves, and show what torrents carry.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-update.h"
#include "ft-tags.h"
#include "ft-torrent-list.h"

typedef struct
{
  GSettings *settings;
  FtTags *tags;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->settings = g_settings_new (APP_ID);
  g_settings_reset (fixture->settings, FT_SETTING_TAGS);
  fixture->tags = ft_tags_new (fixture->settings);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->tags);
  g_settings_reset (fixture->settings, FT_SETTING_TAGS);
  g_object_unref (fixture->settings);
}

static FtTag *
add (Fixture *fixture, const char *name)
{
  g_autoptr (FtTag) draft = ft_tag_new (name, ft_tags_get_next_color (fixture->tags));
  g_autoptr (GError) error = NULL;
  FtTag *tag = ft_tags_add (fixture->tags, draft, &error);

  g_assert_no_error (error);
  return tag;
}

static char *
join_names (FtTags *tags)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (tags)); i++)
    {
      g_autoptr (FtTag) tag = g_list_model_get_item (G_LIST_MODEL (tags), i);

      g_string_append_printf (names, "%s%s", i > 0 ? "," : "", ft_tag_get_name (tag));
    }
  return g_string_free (names, FALSE);
}

static void
check_names (FtTags *tags, const char *expected)
{
  g_autofree char *names = join_names (tags);

  g_assert_cmpstr (names, ==, expected);
}

/* Also what others read of it. */
static void
check_saved (Fixture *fixture, const char *expected)
{
  g_autoptr (FtTags) again = ft_tags_new (fixture->settings);

  check_names (fixture->tags, expected);
  check_names (again, expected);
}

static void
log_items_cb (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u ", position, removed, added);
}

static void
test_edit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FtTag) draft = NULL;
  FtTag *linux_tag = add (fixture, "  Linux ");
  FtTag *music = add (fixture, "Music");

  add (fixture, "Books");
  check_saved (fixture, "Linux,Music,Books");
  g_signal_connect (fixture->tags, "items-changed", G_CALLBACK (log_items_cb), log);

  draft = ft_tag_copy (music);
  g_object_set (draft, "name", "Songs", "color", "#ABCDEF", "folder", "/srv/music", "limit-down", 500,
                "limit-up", 50, "start", FT_TAG_START_PAUSE, NULL);
  g_assert_true (ft_tags_edit (fixture->tags, music, draft, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (ft_tag_get_name (music), ==, "Songs");
  g_assert_cmpstr (ft_tag_get_color (music), ==, "#abcdef");
  g_assert_cmpstr (log->str, ==, "");
  g_assert_true (ft_tags_lookup (fixture->tags, "sONGS") == music);
  g_assert_null (ft_tags_lookup (fixture->tags, "Music"));

  ft_tags_move (fixture->tags, linux_tag, 99);
  check_saved (fixture, "Songs,Books,Linux");
  ft_tags_move (fixture->tags, linux_tag, 1);
  check_saved (fixture, "Songs,Linux,Books");
  ft_tags_remove (fixture->tags, linux_tag);
  check_saved (fixture, "Songs,Books");
  g_assert_cmpstr (log->str, ==, "0-3+3 1-2+2 1-1+0 ");
}

/* Every value comes back from the settings. */
static void
test_values (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtTags) again = NULL;
  g_autoptr (FtTag) draft = ft_tag_new ("Films", "#33d17a");
  FtTag *tag;

  g_object_set (draft, "folder", "/srv/films", "limit-down", 7, "limit-up", 8, "start", FT_TAG_START_START, NULL);
  g_assert_nonnull (ft_tags_add (fixture->tags, draft, NULL));
  again = ft_tags_new (fixture->settings);
  tag = ft_tags_lookup (again, "Films");
  g_assert_nonnull (tag);
  g_assert_cmpstr (ft_tag_get_color (tag), ==, "#33d17a");
  g_assert_cmpstr (ft_tag_get_folder (tag), ==, "/srv/films");
  g_assert_cmpuint (ft_tag_get_limit_down (tag), ==, 7);
  g_assert_cmpuint (ft_tag_get_limit_up (tag), ==, 8);
  g_assert_cmpint (ft_tag_get_start (tag), ==, FT_TAG_START_START);
}

static void
check_refused (FtTags *tags, const char *name, int code)
{
  g_autoptr (FtTag) draft = ft_tag_new (name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ft_tags_add (tags, draft, &error));
  g_assert_error (error, BT_ERROR, code);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (64, 'x');
  g_autofree char *too_long = g_strnfill (65, 'y');
  g_autofree char *clean = NULL;
  g_autoptr (GError) error = NULL;
  FtTag *tag = add (fixture, "Größe");

  check_refused (fixture->tags, "", BT_ERROR_MALFORMED);
  check_refused (fixture->tags, " \n\xe2\x80\x8b ", BT_ERROR_MALFORMED);
  check_refused (fixture->tags, too_long, BT_ERROR_MALFORMED);
  check_refused (fixture->tags, "gRÖSSE", BT_ERROR_EXISTS);
  add (fixture, longest);
  /* A name that it has already is no other's. */
  g_assert_true (ft_tags_check_name (fixture->tags, "GRÖSSE", tag, &error));
  g_assert_no_error (error);
  clean = ft_tag_clean_name ("\xff" "a\tb\xe2\x80\xae ");
  g_assert_cmpstr (clean, ==, "\xef\xbf\xbd" "a b");
}

/* Longer than a name by a character of several bytes: not cut, refused. */
static void
test_cut (void)
{
  for (gsize length = 60; length < 70; length++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      g_autofree char *clean = NULL;

      while (name->len < length)
        g_string_append_c (name, 'x');
      g_string_append (name, "\xf0\x9f\x8e\xb5");
      clean = ft_tag_clean_name (name->str);
      if (name->len <= 64)
        g_assert_cmpstr (clean, ==, name->str);
      else
        g_assert_null (clean);
    }
}

static void
set_saved (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), text, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_settings_set_value (fixture->settings, FT_SETTING_TAGS, variant));
}

static void
count_cb (int *count)
{
  (*count)++;
}

/* Changed elsewhere: the items stay, what changed is told of. */
static void
test_outside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtTag) one = g_object_ref (add (fixture, "One"));
  g_autoptr (FtTag) two = g_object_ref (add (fixture, "Two"));
  int folders = 0, colors = 0, changes = 0;

  g_signal_connect_swapped (two, "notify::folder", G_CALLBACK (count_cb), &folders);
  g_signal_connect_swapped (two, "notify::color", G_CALLBACK (count_cb), &colors);
  g_signal_connect_swapped (fixture->tags, "changed", G_CALLBACK (count_cb), &changes);
  set_saved (fixture, "[{'name': <'Three'>}, {'name': <'Two'>, 'folder': <'/two'>, 'color': <'#33d17a'>}]");
  check_names (fixture->tags, "Three,Two");
  g_assert_true (ft_tags_lookup (fixture->tags, "Two") == two);
  g_assert_cmpint (folders, ==, 1);
  g_assert_cmpint (colors, ==, 0);
  g_assert_cmpint (changes, ==, 1);
  g_assert_cmpstr (ft_tag_get_folder (two), ==, "/two");
}

static void
test_bad_settings (Fixture *fixture, gconstpointer data)
{
  FtTag *good;

  set_saved (fixture, "[{'color': <'#000000'>}, {'name': <3>}, {'name': <''>}, {},"
                      " {'name': <'Good'>, 'color': <'red'>, 'folder': <'relative'>, 'limit-down': <'x'>,"
                      "  'limit-up': <int32 5>, 'start': <'never'>, 'unknown': <1>},"
                      " {'name': <'GOOD'>, 'color': <'#123456'>}]");
  check_names (fixture->tags, "Good");
  good = ft_tags_lookup (fixture->tags, "Good");
  g_assert_cmpstr (ft_tag_get_color (good), ==, ft_tag_get_palette ()[0]);
  g_assert_cmpstr (ft_tag_get_folder (good), ==, "");
  g_assert_cmpuint (ft_tag_get_limit_down (good), ==, 0);
  g_assert_cmpuint (ft_tag_get_limit_up (good), ==, 0);
  g_assert_cmpint (ft_tag_get_start (good), ==, FT_TAG_START_DEFAULT);
}

static double
luminance_of (const char *hex)
{
  return (g_ascii_xdigit_value (hex[1]) * 3 + g_ascii_xdigit_value (hex[3]) * 6
          + g_ascii_xdigit_value (hex[5])) / 150.0;
}

static void
test_colors (Fixture *fixture, gconstpointer data)
{
  const char *const *palette = ft_tag_get_palette ();

  for (gsize i = 0; palette[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d", (int) i);
      FtTag *tag = add (fixture, name);

      /* Each colour once before one comes twice. */
      g_assert_cmpstr (ft_tag_get_color (tag), ==, palette[i]);
    }
  g_assert_cmpstr (ft_tags_get_next_color (fixture->tags), ==, palette[0]);
  for (gsize i = 0; palette[i] != NULL; i++)
    {
      g_autoptr (FtTag) tag = ft_tag_new ("x", palette[i]);
      gboolean is_dark = luminance_of (palette[i]) < 0.25;
      gboolean is_light = luminance_of (palette[i]) > 0.6;

      if (is_dark || is_light)
        g_assert_cmpstr (ft_tag_get_text_color (tag), ==, is_dark ? "#ffffff" : "#000000");
    }
}

static void
apply_tagged (FtTorrentList *torrents, BtTorrentId id, const char *tags)
{
  BtUpdate *update = ft_fake_update_new ();
  BtTorrentStatus *status = ft_fake_update_add (update, id, BT_CHANGED_ALL, "torrent");

  g_strfreev (status->options->tags);
  status->options->tags = g_strsplit (tags, ",", -1);
  ft_torrent_list_apply (torrents, update);
  bt_update_unref (update);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtTorrentList) torrents = ft_torrent_list_new ();

  add (fixture, "linux");
  apply_tagged (torrents, 1, "Linux,new");
  apply_tagged (torrents, 2, "NEW,other,");
  ft_tags_add_missing (fixture->tags, G_LIST_MODEL (torrents));
  check_saved (fixture, "linux,new,other");
  g_assert_cmpstr (ft_tag_get_color (ft_tags_lookup (fixture->tags, "other")), ==, ft_tag_get_palette ()[2]);
  ft_tags_add_missing (fixture->tags, G_LIST_MODEL (torrents));
  check_saved (fixture, "linux,new,other");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/model/tags/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("edit", test_edit);
  ADD ("values", test_values);
  ADD ("names", test_names);
  ADD ("outside", test_outside);
  ADD ("bad-settings", test_bad_settings);
  ADD ("colors", test_colors);
  ADD ("missing", test_missing);
#undef ADD
  g_test_add_func ("/model/tags/cut", test_cut);
  return g_test_run ();
}
