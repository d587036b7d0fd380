/* test-demo.c: the demonstration's life: started, stopped, and stopped while it starts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-demo.h"
#include "ft-test.h"

#include "bt-metainfo.h"

typedef struct
{
  gboolean done;
  GError *error;
} Answer;

typedef gboolean (*FinishFunc) (FtDemo *demo, GAsyncResult *result, GError **error);

static void
take_answer (GObject *object, GAsyncResult *result, FinishFunc finish, Answer *answer)
{
  gboolean ok = finish (FT_DEMO (object), result, &answer->error);

  g_assert_cmpint (ok, ==, answer->error == NULL);
  answer->done = TRUE;
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  take_answer (object, result, ft_demo_start_finish, user_data);
}

static void
verified_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  take_answer (object, result, ft_demo_verify_finish, user_data);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  take_answer (object, result, ft_demo_stop_finish, user_data);
}

static void
stop (FtDemo *demo)
{
  Answer stopped = { FALSE };

  ft_demo_stop_async (demo, stopped_cb, &stopped);
  ft_test_iterate (NULL, stopped.done, 60);
  g_assert_no_error (stopped.error);
}

static void
test_life (void)
{
  g_autoptr (FtDemo) demo = ft_demo_new ();
  g_autoptr (BtMetainfo) metainfo = NULL;
  g_autofree char *download_dir = NULL;
  Answer started = { FALSE };
  Answer verified = { FALSE };

  ft_demo_start_async (demo, started_cb, &started);
  ft_test_iterate (NULL, started.done, 60);
  g_assert_no_error (started.error);
  metainfo = bt_metainfo_parse (ft_demo_get_torrent (demo), NULL);
  g_assert_nonnull (metainfo);
  download_dir = g_strdup (ft_demo_get_download_dir (demo));
  g_assert_true (g_file_test (download_dir, G_FILE_TEST_IS_DIR));

  /* Nothing was downloaded: that is not the same as the source. */
  ft_demo_verify_async (demo, verified_cb, &verified);
  ft_test_iterate (NULL, verified.done, 60);
  g_assert_error (verified.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&verified.error);

  stop (demo);
  g_assert_false (g_file_test (download_dir, G_FILE_TEST_EXISTS));
}

static void
test_stop_while_starting (void)
{
  g_autoptr (FtDemo) demo = ft_demo_new ();
  g_autofree char *download_dir = NULL;
  Answer started = { FALSE };

  ft_demo_start_async (demo, started_cb, &started);
  download_dir = g_strdup (ft_demo_get_download_dir (demo));
  stop (demo);
  g_assert_true (started.done);
  g_assert_error (started.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&started.error);
  g_assert_false (g_file_test (download_dir, G_FILE_TEST_EXISTS));
}

static void
test_stop_unstarted (void)
{
  g_autoptr (FtDemo) demo = ft_demo_new ();

  stop (demo);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/demo/life", test_life);
  g_test_add_func ("/demo/demo/stop-while-starting", test_stop_while_starting);
  g_test_add_func ("/demo/demo/stop-unstarted", test_stop_unstarted);
  return g_test_run ();
}
