/* test-file-tree.c: the tree of a torrent's files: order, sums, changes in place, rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-tree.h"

static void
clear_file (gpointer data)
{
  g_ref_string_release (((BtFileStatus *) data)->path);
}

static GArray *
new_files (void)
{
  GArray *files = g_array_new (FALSE, TRUE, sizeof (BtFileStatus));

  g_array_set_clear_func (files, clear_file);
  return files;
}

static void
add_file (GArray *files, const char *path, guint64 length)
{
  BtFileStatus file = { .path = g_ref_string_new (path), .length = length, .priority = 4, .index = files->len };

  if (files->len > 0)
    {
      BtFileStatus *before = &g_array_index (files, BtFileStatus, files->len - 1);

      file.offset = before->offset + before->length;
    }
  g_array_append_val (files, file);
}

static GArray *
new_sample (void)
{
  GArray *files = new_files ();

  add_file (files, "Show/part 10.mkv", 100);
  add_file (files, "Show/part 2.mkv", 200);
  add_file (files, "Show/Extras/notes.txt", 30);
  add_file (files, "Show/part 1.mkv", 300);
  add_file (files, "Show/Extras/Deep/ÄRGER.nfo", 7);
  return files;
}

static BtFileStatus *
nth (GArray *files, guint i)
{
  return &g_array_index (files, BtFileStatus, i);
}

/* As the engine does it: a list that is made from the one before. */
static void
give_files (FtFileTree *tree, GArray *files, guint n_all)
{
  BtFileList *last = g_object_get_data (G_OBJECT (tree), "last");
  BtFileStatus *first = (BtFileStatus *) (gpointer) files->data;
  g_autofree guint *places = g_new (guint, files->len);
  BtFileList *list;

  for (guint i = 0; i < files->len; i++)
    {
      places[i] = i;
      g_ref_string_acquire (first[i].path);
    }
  if (last != NULL && bt_file_list_length (last) == files->len)
    list = bt_file_list_copy_with (last, places, first, files->len);
  else
    list = bt_file_list_new (first, files->len);
  ft_file_tree_set_files (tree, list, n_all);
  g_object_set_data_full (G_OBJECT (tree), "last", list, (GDestroyNotify) bt_file_list_unref);
}

static char *
join_names (GListModel *list)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (FtFileItem) item = g_list_model_get_item (list, i);

      g_string_append_printf (names, "%s%s", i > 0 ? "|" : "", ft_file_item_get_name (item));
    }
  return g_string_free (names, FALSE);
}

static GListModel *
open_at (FtFileTree *tree, GListModel *list, guint position)
{
  g_autoptr (FtFileItem) item = g_list_model_get_item (list, position);

  return ft_file_tree_open_folder (tree, item);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* Folders first, numbers by their value; what is in no folder stands in the root. */
static void
test_order (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  GListModel *root = ft_file_tree_get_root (tree);
  g_autoptr (GListModel) show = NULL;
  g_autoptr (GListModel) extras = NULL;
  g_autofree char *root_names = NULL;
  g_autofree char *show_names = NULL;
  g_autofree char *extras_names = NULL;

  give_files (tree, files, 0);
  g_assert_true (ft_file_tree_is_ready (tree));
  root_names = join_names (root);
  g_assert_cmpstr (root_names, ==, "Show");
  show = open_at (tree, root, 0);
  show_names = join_names (show);
  g_assert_cmpstr (show_names, ==, "Extras|part 1.mkv|part 2.mkv|part 10.mkv");
  extras = open_at (tree, show, 0);
  extras_names = join_names (extras);
  g_assert_cmpstr (extras_names, ==, "Deep|notes.txt");
  g_assert_null (open_at (tree, show, 1));
  g_assert_cmpuint (ft_file_tree_get_total_size (tree), ==, 637);
  g_assert_cmpuint (ft_file_tree_get_n_files (tree), ==, 5);
}

/* One object a row for as long as somebody has it. */
static void
test_same_item (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  g_autoptr (FtFileItem) first = NULL;
  g_autoptr (FtFileItem) second = NULL;

  give_files (tree, files, 0);
  first = g_list_model_get_item (ft_file_tree_get_root (tree), 0);
  second = g_list_model_get_item (ft_file_tree_get_root (tree), 0);
  g_assert_true (first == second);
}

/* Progress reaches the folders above, and only rows that differ are told. */
static void
test_progress (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  g_autoptr (FtFileItem) show = NULL;
  g_autoptr (FtFileItem) extras = NULL;
  g_autoptr (GListModel) list = NULL;
  guint n_show = 0, n_extras = 0, n_lists = 0;
  double progress;

  give_files (tree, files, 0);
  show = g_list_model_get_item (ft_file_tree_get_root (tree), 0);
  list = ft_file_tree_open_folder (tree, show);
  extras = g_list_model_get_item (list, 0);
  g_signal_connect_swapped (show, "notify::progress", G_CALLBACK (count_cb), &n_show);
  g_signal_connect_swapped (extras, "notify", G_CALLBACK (count_cb), &n_extras);
  g_signal_connect_swapped (ft_file_tree_get_root (tree), "items-changed", G_CALLBACK (count_cb), &n_lists);

  nth (files, 0)->done = 100;
  nth (files, 1)->done = 50;
  give_files (tree, files, 0);
  g_object_get (show, "progress", &progress, NULL);
  g_assert_cmpfloat_with_epsilon (progress, 150.0 / 637, 1e-9);
  g_assert_cmpuint (n_show, ==, 1);
  g_assert_cmpuint (n_extras, ==, 0);
  nth (files, 0)->done = 0; /* a check found it broken */
  give_files (tree, files, 0);
  g_object_get (show, "progress", &progress, NULL);
  g_assert_cmpfloat_with_epsilon (progress, 50.0 / 637, 1e-9);
  g_assert_cmpuint (n_lists, ==, 0);
}

static void
choose (FtFileTree *tree, FtFileItem *item, guint8 priority)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  g_ptr_array_add (items, item);
  ft_file_tree_set_priority (tree, items, priority);
}

/* A folder is chosen, not, or in part; what is asked for is one byte a file, pads included. */
static void
test_priorities (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  g_autoptr (FtFileItem) show = NULL;
  g_autoptr (FtFileItem) extras = NULL;
  g_autoptr (GListModel) list = NULL;
  g_autoptr (GBytes) priorities = NULL;
  const guint8 expected[] = { 4, 4, 4, 0, 4, 0, 4 };
  guint n_changed = 0;

  nth (files, 2)->index = 3; /* a pad before it, and one at the end */
  nth (files, 3)->index = 4;
  nth (files, 4)->index = 5;
  give_files (tree, files, 7);
  g_signal_connect_swapped (tree, "priorities-changed", G_CALLBACK (count_cb), &n_changed);
  show = g_list_model_get_item (ft_file_tree_get_root (tree), 0);
  list = ft_file_tree_open_folder (tree, show);
  extras = g_list_model_get_item (list, 0);
  choose (tree, extras, FT_PRIORITY_SKIP);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_false (ft_file_item_is_wanted (extras));
  g_assert_true (ft_file_item_is_mixed (show));
  g_assert_cmpint (ft_file_item_get_priority (extras), ==, FT_PRIORITY_SKIP);
  g_assert_cmpint (ft_file_item_get_priority (show), ==, -1);
  g_assert_cmpuint (ft_file_tree_get_wanted_size (tree), ==, 600);
  g_assert_cmpuint (ft_file_tree_get_n_wanted (tree), ==, 3);
  priorities = ft_file_tree_dup_priorities (tree);
  g_assert_cmpmem (g_bytes_get_data (priorities, NULL), g_bytes_get_size (priorities), expected, sizeof expected);

  /* What the engine still says does not undo it, until it has been told. */
  ft_file_tree_hold_priorities (tree);
  nth (files, 2)->done = 1;
  nth (files, 2)->priority = 1;
  give_files (tree, files, 7);
  g_assert_false (ft_file_item_is_wanted (extras));
  ft_file_tree_release_priorities (tree, TRUE);
  g_assert_false (ft_file_item_is_wanted (extras));
  give_files (tree, files, 7);
  g_assert_cmpuint (ft_file_tree_get_n_wanted (tree), ==, 5);

  /* It did not take it: that is seen at once. */
  choose (tree, extras, FT_PRIORITY_SKIP);
  ft_file_tree_hold_priorities (tree);
  ft_file_tree_release_priorities (tree, FALSE);
  g_assert_true (ft_file_item_is_wanted (extras));
  g_assert_false (ft_file_item_is_mixed (show));
  g_assert_cmpuint (n_changed, ==, 2);

  ft_file_tree_set_all_priorities (tree, FT_PRIORITY_HIGH);
  g_assert_cmpint (ft_file_item_get_priority (show), ==, FT_PRIORITY_HIGH);
}

/* A folder that is renamed keeps its row. */
static void
test_rename (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  g_autoptr (GArray) renamed = new_files ();
  g_autoptr (FtFileItem) show = NULL;
  g_autoptr (FtFileItem) extras = NULL;
  g_autoptr (FtFileItem) notes = NULL;
  g_autoptr (GListModel) list = NULL;
  g_autoptr (GListModel) inner = NULL;
  g_autofree char *path = NULL;
  guint n_named = 0, n_lists = 0;

  add_file (renamed, "Show/part 10.mkv", 100);
  add_file (renamed, "Show/part 2.mkv", 200);
  add_file (renamed, "Show/More/notes.txt", 30);
  add_file (renamed, "Show/part 1.mkv", 300);
  add_file (renamed, "Show/More/Deep/ÄRGER.nfo", 7);
  give_files (tree, files, 0);
  show = g_list_model_get_item (ft_file_tree_get_root (tree), 0);
  list = ft_file_tree_open_folder (tree, show);
  extras = g_list_model_get_item (list, 0);
  inner = ft_file_tree_open_folder (tree, extras);
  notes = g_list_model_get_item (inner, 1);
  g_signal_connect_swapped (extras, "notify::name", G_CALLBACK (count_cb), &n_named);
  g_signal_connect_swapped (ft_file_tree_get_root (tree), "items-changed", G_CALLBACK (count_cb), &n_lists);
  give_files (tree, renamed, 0);
  g_assert_cmpstr (ft_file_item_get_name (extras), ==, "More");
  path = ft_file_item_dup_path (notes);
  g_assert_cmpstr (path, ==, "Show/More/notes.txt");
  g_assert_cmpuint (n_named, ==, 1);
  g_assert_cmpuint (n_lists, ==, 0);
}

static void
changed_cb (GListModel *list, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u ", position, removed, added);
}

static void
moved_cb (FtFileTree *tree, FtFileItem *item, guint place, GString *log)
{
  g_string_append_printf (log, "%s:%u ", ft_file_item_get_name (item), place);
}

/* What is called otherwise stands where it belongs at once; the rows around it stay. */
static void
test_rename_place (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  g_autoptr (GArray) renamed = new_files ();
  g_autoptr (FtFileItem) show = NULL;
  g_autoptr (GListModel) list = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  add_file (renamed, "Show/part 10.mkv", 100);
  add_file (renamed, "Show/zebra.mkv", 200);
  add_file (renamed, "Show/Extras/notes.txt", 30);
  add_file (renamed, "Show/part 1.mkv", 300);
  add_file (renamed, "Show/Extras/Deep/ÄRGER.nfo", 7);
  give_files (tree, files, 0);
  show = g_list_model_get_item (ft_file_tree_get_root (tree), 0);
  list = ft_file_tree_open_folder (tree, show);
  before = join_names (list);
  g_assert_cmpstr (before, ==, "Extras|part 1.mkv|part 2.mkv|part 10.mkv");
  g_signal_connect (list, "items-changed", G_CALLBACK (changed_cb), log);
  g_signal_connect (tree, "moved", G_CALLBACK (moved_cb), log);
  give_files (tree, renamed, 0);
  after = join_names (list);
  g_assert_cmpstr (after, ==, "Extras|part 1.mkv|part 10.mkv|zebra.mkv");
  g_assert_cmpstr (log->str, ==, "2-1+0 3-0+1 zebra.mkv:3 ");
}

/* By the name of the file or of a folder it is in, whatever the case. */
static void
test_search (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  g_autoptr (GListModel) by_name = NULL;
  g_autoptr (GListModel) by_folder = NULL;
  g_autoptr (GListModel) umlaut = NULL;
  g_autoptr (GListModel) nothing = NULL;
  g_autofree char *names = NULL;

  give_files (tree, files, 0);
  by_name = ft_file_tree_search (tree, "PART 1");
  names = join_names (by_name);
  g_assert_cmpstr (names, ==, "part 1.mkv|part 10.mkv");
  by_folder = ft_file_tree_search (tree, "extras");
  g_assert_cmpuint (g_list_model_get_n_items (by_folder), ==, 2);
  umlaut = ft_file_tree_search (tree, "ärger");
  g_assert_cmpuint (g_list_model_get_n_items (umlaut), ==, 1);
  nothing = ft_file_tree_search (tree, "zzz");
  g_assert_cmpuint (g_list_model_get_n_items (nothing), ==, 0);
}

/* The pieces of a file, the shared ones at its ends included. */
static void
test_pieces (void)
{
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_sample ();
  g_autoptr (GBytes) pieces = g_bytes_new_static ("\3\3\0\0\0\0\0", 7); /* of 100 bytes */
  g_autoptr (GBytes) more = g_bytes_new_static ("\3\3\0\3\0\0\0", 7);
  g_autoptr (GListModel) list = NULL;
  g_autoptr (FtFileItem) second = NULL;
  g_autoptr (FtFileItem) first = NULL;
  g_autoptr (GBytes) of_second = NULL;
  guint n_second = 0, n_first = 0;

  give_files (tree, files, 0);
  ft_file_tree_set_pieces (tree, pieces, 100);
  list = open_at (tree, ft_file_tree_get_root (tree), 0);
  first = g_list_model_get_item (list, 1);  /* part 1: bytes 330 … 630 */
  second = g_list_model_get_item (list, 2); /* part 2: bytes 100 … 300 */
  g_object_get (second, "pieces", &of_second, NULL);
  g_assert_cmpuint (g_bytes_get_size (of_second), ==, 2);
  g_signal_connect_swapped (second, "notify::pieces", G_CALLBACK (count_cb), &n_second);
  g_signal_connect_swapped (first, "notify::pieces", G_CALLBACK (count_cb), &n_first);
  ft_file_tree_set_pieces (tree, more, 100);
  g_assert_cmpuint (n_second, ==, 0);
  g_assert_cmpuint (n_first, ==, 1);
}

static void
spin_until_full (GListModel *list, guint n_items)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (g_list_model_get_n_items (list) != n_items)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* Many files are built in a thread, and a list of them grows; what came meanwhile is there at the end. */
static void
test_many (void)
{
  const guint n_files = 30000;
  g_autoptr (FtFileTree) tree = ft_file_tree_new ();
  g_autoptr (GArray) files = new_files ();
  g_autoptr (FtFileItem) first = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_strdup_printf ("file %05u", n_files - i);

      add_file (files, path, 1);
    }
  give_files (tree, files, 0);
  g_assert_false (ft_file_tree_is_ready (tree));
  nth (files, n_files - 1)->done = 1;
  give_files (tree, files, 0);
  spin_until_full (ft_file_tree_get_root (tree), n_files);
  first = g_list_model_get_item (ft_file_tree_get_root (tree), 0);
  g_assert_cmpstr (ft_file_item_get_name (first), ==, "file 00001");
  g_object_get (first, "row-text", &text, NULL);
  g_assert_cmpstr (text, ==, "file 00001, 1 byte, 100 percent, Normal");

  /* Called off: another torrent is looked at. */
  nth (files, 0)->length = 2;
  give_files (tree, files, 0);
  ft_file_tree_clear (tree);
  g_assert_cmpuint (g_list_model_get_n_items (ft_file_tree_get_root (tree)), ==, 0);
  g_assert_cmpstr (ft_file_item_get_name (first), ==, "file 00001");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/file-tree/order", test_order);
  g_test_add_func ("/model/file-tree/same-item", test_same_item);
  g_test_add_func ("/model/file-tree/progress", test_progress);
  g_test_add_func ("/model/file-tree/priorities", test_priorities);
  g_test_add_func ("/model/file-tree/rename", test_rename);
  g_test_add_func ("/model/file-tree/rename-place", test_rename_place);
  g_test_add_func ("/model/file-tree/search", test_search);
  g_test_add_func ("/model/file-tree/pieces", test_pieces);
  g_test_add_func ("/model/file-tree/many", test_many);
  return g_test_run ();
}
