/* test-add.c: .torrent files that are so large that the engine reads them aside.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "ft-swarm.h"
#include "ft-test.h"

#include <string.h>

#define N_FILES 20000

/* Of which there is no data. */
static GBytes *
make_torrent (const char *name, guint n_files)
{
  GString *text = g_string_new ("d4:infod5:filesl");

  for (guint i = 0; i < n_files; i++)
    g_string_append_printf (text, "d6:lengthi1e4:pathl17:A file %06u.binee", i);
  g_string_append_printf (text, "e4:name%u:%s12:piece lengthi262144e6:pieces20:01234567890123456789ee",
                          (guint) strlen (name), name);
  return g_string_free_to_bytes (text);
}

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static void
begin (FtNode *node, GBytes *torrent, GAsyncResult **result)
{
  BtAddRequest request = { .torrent = torrent, .intent = BT_INTENT_PAUSE };

  bt_engine_add_async (node->engine, &request, NULL, answered_cb, result);
}

static guint
find_position (FtNode *node, BtTorrentId id)
{
  /* Places are given a little later. */
  ft_wait_until (ft_node_status (node, id) != NULL && ft_node_status (node, id)->queue_position != 0);
  return ft_node_status (node, id)->queue_position;
}

/* A small one does not overtake it, and who adds it again meanwhile hears that it is there. */
static void
test_order (void)
{
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(GBytes) large = make_torrent ("large", N_FILES);
  g_autoptr(GBytes) small = make_torrent ("small", 2);
  g_autoptr(GAsyncResult) first = NULL, again = NULL, second = NULL;
  g_autoptr(GError) error = NULL;
  BtTorrentId ids[2], existing;

  begin (node, large, &first);
  begin (node, large, &again);
  begin (node, small, &second);
  ft_wait_until (first != NULL && again != NULL && second != NULL);
  ids[0] = bt_engine_add_finish (node->engine, first, NULL, &error);
  g_assert_no_error (error);
  ids[1] = bt_engine_add_finish (node->engine, second, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bt_engine_add_finish (node->engine, again, &existing, &error), ==, 0);
  g_assert_error (error, BT_ERROR, BT_ERROR_EXISTS);
  g_assert_cmpuint (existing, ==, ids[0]);
  g_assert_cmpuint (find_position (node, ids[0]), ==, 1);
  g_assert_cmpuint (find_position (node, ids[1]), ==, 2);
}

static void
test_malformed (void)
{
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(GBytes) large = make_torrent ("large", N_FILES);
  g_autoptr(GBytes) part = g_bytes_new_from_bytes (large, 0, g_bytes_get_size (large) - 1);
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (ft_node_try_add (node, part, &error), ==, 0);
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
}

/* Whoever asked hears of it, and the engine ends. */
static void
test_stop (void)
{
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(BtEngine) engine = g_object_ref (node->engine);
  g_autoptr(GPtrArray) torrents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GAsyncResult *results[4] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *name = g_strdup_printf ("large %u", i);

      g_ptr_array_add (torrents, make_torrent (name, N_FILES));
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    begin (node, torrents->pdata[i], &results[i]);
  ft_node_stop (node);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr(GError) error = NULL;

      ft_wait_until (results[i] != NULL);
      if (bt_engine_add_finish (engine, results[i], NULL, &error) == 0)
        g_assert_error (error, BT_ERROR, BT_ERROR_CANCELLED);
      g_object_unref (results[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/add/order", test_order);
  g_test_add_func ("/engine/add/malformed", test_malformed);
  g_test_add_func ("/engine/add/stop", test_stop);
  return g_test_run ();
}
