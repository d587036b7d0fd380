/* ft-swarm.c: engines of one process on loopback, with data to share, for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-swarm.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "bt-engine-private.h"
#include "bt-hash.h"
#include "bt-metainfo-builder.h"
#include "bt-random.h"
#include "ft-test.h"

void
ft_remove_tree (const char *path)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && (dir = g_dir_open (path, 0, NULL)) != NULL)
    while ((name = g_dir_read_name (dir)) != NULL)
      {
        g_autofree char *child = g_build_filename (path, name, NULL);

        ft_remove_tree (child);
      }
  g_remove (path);
}

static char *
make_dir (const char *template)
{
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp (template, &error);

  g_assert_no_error (error);
  return dir;
}

/* Samples. */

static void
write_file (const char *dir, const FtSampleFile *file, const guint8 *data)
{
  g_autofree char *path = g_build_filename (dir, "sample", file->path, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, (const char *) data, (gssize) file->length, &error);
  g_assert_no_error (error);
}

static GByteArray *
hash_pieces (const guint8 *data, guint64 size, guint32 piece_length)
{
  GByteArray *hashes = g_byte_array_new ();

  for (guint64 offset = 0; offset < size; offset += piece_length)
    {
      BtSha1 digest = bt_sha1 (data + offset, MIN (piece_length, size - offset));

      g_byte_array_append (hashes, digest.bytes, sizeof digest.bytes);
    }
  return hashes;
}

static FtSample *
make_sample (const FtSampleFile *files, guint32 piece_length, guint seed, gboolean is_private)
{
  FtSample *sample = g_new0 (FtSample, 1);
  BtMetainfoDraft draft = { .name = "sample", .multi_file = TRUE, .piece_length = piece_length,
                            .is_private = is_private };
  g_autoptr(GArray) list = g_array_new (FALSE, FALSE, sizeof (BtDraftFile));
  g_autoptr(GByteArray) hashes = NULL;
  guint8 *data;
  BtRandom random;
  guint64 offset = 0;

  for (const FtSampleFile *file = files; file->path != NULL; file++)
    {
      BtDraftFile entry = { file->path, file->length };

      sample->size += file->length;
      g_array_append_val (list, entry);
    }
  data = sample->data = g_malloc (sample->size);
  bt_random_seed (&random, seed);
  bt_random_fill (&random, data, sample->size);
  sample->dir = make_dir ("ft-sample-XXXXXX");
  sample->piece_length = piece_length;
  for (const FtSampleFile *file = files; file->path != NULL; file++)
    {
      write_file (sample->dir, file, data + offset);
      offset += file->length;
    }
  hashes = hash_pieces (data, sample->size, piece_length);
  sample->torrent = bt_metainfo_build (&draft, (const BtDraftFile *) (gpointer) list->data, list->len,
                                       hashes->data, hashes->len);
  return sample;
}

FtSample *
ft_sample_new (const FtSampleFile *files, guint32 piece_length, guint seed)
{
  return make_sample (files, piece_length, seed, FALSE);
}

FtSample *
ft_sample_new_private (const FtSampleFile *files, guint32 piece_length, guint seed)
{
  return make_sample (files, piece_length, seed, TRUE);
}

void
ft_sample_free (FtSample *sample)
{
  ft_remove_tree (sample->dir);
  g_free (sample->dir);
  g_free (sample->data);
  g_bytes_unref (sample->torrent);
  g_free (sample);
}

static void
assert_same_tree (const char *a, const char *b)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = g_dir_open (a, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      g_autofree char *contents_a = NULL;
      g_autofree char *contents_b = NULL;
      gsize length_a, length_b;

      g_file_get_contents (a, &contents_a, &length_a, &error);
      g_assert_no_error (error);
      g_file_get_contents (b, &contents_b, &length_b, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (contents_a, length_a, contents_b, length_b);
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child_a = g_build_filename (a, name, NULL);
      g_autofree char *child_b = g_build_filename (b, name, NULL);

      assert_same_tree (child_a, child_b);
    }
}

void
ft_sample_assert_equal (const FtSample *sample, const char *dir)
{
  g_autofree char *a = g_build_filename (sample->dir, "sample", NULL);
  g_autofree char *b = g_build_filename (dir, "sample", NULL);

  assert_same_tree (a, b);
}

/* Nodes. */

static void
free_status (gpointer data)
{
  bt_torrent_status_clear (data);
  g_free (data);
}

static void
take_status (FtNode *node, const BtTorrentStatus *status)
{
  BtTorrentStatus *copy = g_new (BtTorrentStatus, 1);

  bt_torrent_status_copy (status, copy);
  g_hash_table_insert (node->statuses, GUINT_TO_POINTER (status->id), copy);
}

static void
update_cb (BtEngine *engine, BtUpdate *update, gpointer user_data)
{
  FtNode *node = user_data;

  for (guint i = 0; i < update->torrents->len; i++)
    take_status (node, &g_array_index (update->torrents, BtTorrentStatus, i));
  for (guint i = 0; i < update->removed->len; i++)
    g_hash_table_remove (node->statuses, GUINT_TO_POINTER (g_array_index (update->removed, BtTorrentId, i)));
  for (guint i = 0; i < update->events->len; i++)
    {
      const BtEvent *event = &g_array_index (update->events, BtEvent, i);

      node->n_finished += event->kind == BT_EVENT_FINISHED;
      g_ptr_array_add (node->events, g_strdup_printf ("%d %s", event->kind, event->text));
    }
  node->port = update->listen_port;
  memcpy (node->dht, update->dht, sizeof node->dht);
}

/* Commands are asynchronous; tests wait for each. */
typedef struct
{
  gboolean done;
  GAsyncResult *result;
} FtCall;

static void
called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FtCall *call = user_data;

  call->result = g_object_ref (result);
  call->done = TRUE;
}

static void
finish_call (FtNode *node, FtCall *call)
{
  g_autoptr(GError) error = NULL;

  ft_wait_until (call->done);
  bt_engine_finish (node->engine, call->result, &error);
  g_assert_no_error (error);
  g_object_unref (call->result);
}

/* The real world, but nothing that a test has to sit through. */
static BtEngine *
make_engine (const BtConfig *config)
{
  BtOutside outside = bt_outside_real;

  outside.retry_us = G_USEC_PER_SEC / 10;
  outside.save_delay_us = G_USEC_PER_SEC / 10;
  return bt_engine_new_with_outside (config, &outside);
}

/* GLib makes what it needs for errors with the first of them, in a way that ThreadSanitizer cannot see:
 * so that one comes before there are threads. */
static void
make_first_error (void)
{
  g_autoptr(GError) error = g_error_new_literal (BT_ERROR, BT_ERROR_CANCELLED, "The first");

  g_assert_nonnull (error);
}

FtNode *
ft_node_new_full (const char *state_dir, const char *dir, void (*setup) (BtConfig *config))
{
  FtNode *node = g_new0 (FtNode, 1);
  FtCall call = { 0 };

  make_first_error ();
  node->owns_dir = dir == NULL;
  node->dir = node->owns_dir ? make_dir ("ft-node-XXXXXX") : g_strdup (dir);
  node->statuses = g_hash_table_new_full (NULL, NULL, NULL, free_status);
  node->events = g_ptr_array_new_with_free_func (g_free);
  node->config = bt_config_new ();
  g_free (node->config->download_dir);
  node->config->download_dir = g_strdup (node->dir);
  node->config->state_dir = g_strdup (state_dir);
  node->config->bind_address = g_strdup ("127.0.0.1");
  node->config->update_interval_ms = 20;
  node->config->stop_timeout_ms = 1000;
  node->config->dht = FALSE; /* tests of it say so */
  if (setup != NULL)
    setup (node->config);
  node->engine = make_engine (node->config);
  g_signal_connect (node->engine, "update", G_CALLBACK (update_cb), node);
  bt_engine_start_async (node->engine, NULL, called_cb, &call);
  finish_call (node, &call);
  ft_wait_until (node->port != 0);
  return node;
}

static void
set_downloading (BtConfig *config)
{
  config->mode = BT_MODE_DOWNLOADING;
}

static void
set_seeding (BtConfig *config)
{
  config->mode = BT_MODE_SEEDING;
}

FtNode *
ft_node_new (const char *state_dir, BtMode mode)
{
  static void (*const setups[]) (BtConfig *config) = {
    [BT_MODE_ALL] = NULL,
    [BT_MODE_DOWNLOADING] = set_downloading,
    [BT_MODE_SEEDING] = set_seeding,
  };

  return ft_node_new_full (state_dir, NULL, setups[mode]);
}

void
ft_config_use_dht (BtConfig *config)
{
  config->dht = TRUE;
  g_strfreev (config->dht_routers);
  config->dht_routers = g_new0 (char *, 2);
}

void
ft_node_stop (FtNode *node)
{
  FtCall call = { 0 };

  if (node->engine == NULL)
    return;
  bt_engine_stop_async (node->engine, NULL, called_cb, &call);
  finish_call (node, &call);
  g_signal_handlers_disconnect_by_data (node->engine, node);
  g_clear_object (&node->engine);
}

void
ft_node_configure (FtNode *node)
{
  FtCall call = { 0 };

  bt_engine_set_config_async (node->engine, node->config, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_free (FtNode *node)
{
  ft_node_stop (node);
  if (node->owns_dir)
    ft_remove_tree (node->dir);
  g_free (node->dir);
  g_hash_table_unref (node->statuses);
  g_ptr_array_unref (node->events);
  bt_config_free (node->config);
  g_free (node);
}

static BtTorrentId
add (FtNode *node, const BtAddRequest *request, GError **error)
{
  FtCall call = { 0 };
  BtTorrentId id;

  bt_engine_add_async (node->engine, request, NULL, called_cb, &call);
  ft_wait_until (call.done);
  id = bt_engine_add_finish (node->engine, call.result, NULL, error);
  g_object_unref (call.result);
  return id;
}

BtTorrentId
ft_node_try_add (FtNode *node, GBytes *torrent, GError **error)
{
  BtAddRequest request = { .torrent = torrent };

  return add (node, &request, error);
}

BtTorrentId
ft_node_try_request (FtNode *node, const BtAddRequest *request, GError **error)
{
  return add (node, request, error);
}

BtTorrentId
ft_node_add_request (FtNode *node, const BtAddRequest *request)
{
  g_autoptr(GError) error = NULL;
  BtTorrentId id = add (node, request, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (id, !=, 0);
  ft_wait_until (ft_node_status (node, id) != NULL);
  return id;
}

BtTorrentId
ft_node_add (FtNode *node, GBytes *torrent, const char *save_path, gboolean trust)
{
  BtAddRequest request = { .torrent = torrent, .save_path = save_path, .trust_data = trust };

  return ft_node_add_request (node, &request);
}

BtTorrentId
ft_node_add_with_priorities (FtNode *node, GBytes *torrent, const char *save_path, GBytes *priorities)
{
  BtAddRequest request = { .torrent = torrent, .save_path = save_path, .priorities = priorities };

  return ft_node_add_request (node, &request);
}

void
ft_node_set_options (FtNode *node, BtTorrentId id, BtTorrentOptions *options, BtOptionMask mask)
{
  FtCall call = { 0 };

  bt_engine_set_options_async (node->engine, id, options, mask, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_rename_tag (FtNode *node, const char *tag, const char *new_tag)
{
  FtCall call = { 0 };

  bt_engine_rename_tag_async (node->engine, tag, new_tag, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_move_in_queue (FtNode *node, BtTorrentId id, BtQueueMove move)
{
  FtCall call = { 0 };

  bt_engine_move_in_queue_async (node->engine, id, move, NULL, called_cb, &call);
  finish_call (node, &call);
}

const BtTorrentStatus *
ft_node_status (FtNode *node, BtTorrentId id)
{
  return g_hash_table_lookup (node->statuses, GUINT_TO_POINTER (id));
}

void
ft_node_set_intent (FtNode *node, BtTorrentId id, BtIntent intent)
{
  FtCall call = { 0 };

  bt_engine_set_intent_async (node->engine, id, intent, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_remove (FtNode *node, BtTorrentId id, gboolean with_data)
{
  FtCall call = { 0 };

  bt_engine_remove_async (node->engine, id, with_data, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_set_priorities (FtNode *node, BtTorrentId id, GBytes *priorities)
{
  FtCall call = { 0 };

  bt_engine_set_priorities_async (node->engine, id, priorities, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_verify (FtNode *node, BtTorrentId id)
{
  FtCall call = { 0 };

  bt_engine_verify_async (node->engine, id, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_connect_to (FtNode *node, BtTorrentId id, const BtEndpoint *endpoint)
{
  FtCall call = { 0 };

  bt_engine_add_peer_async (node->engine, id, endpoint, NULL, called_cb, &call);
  finish_call (node, &call);
}

void
ft_node_connect (FtNode *node, BtTorrentId id, guint16 port)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, node->config->bind_address, port));
  ft_node_connect_to (node, id, &endpoint);
}

static GError *
finish_with_error (FtNode *node, FtCall *call)
{
  GError *error = NULL;

  ft_wait_until (call->done);
  bt_engine_finish (node->engine, call->result, &error);
  g_object_unref (call->result);
  return error;
}

GError *
ft_node_move (FtNode *node, BtTorrentId id, const char *folder, gboolean with_files)
{
  FtCall call = { 0 };

  bt_engine_move_async (node->engine, id, folder, with_files, NULL, called_cb, &call);
  return finish_with_error (node, &call);
}

GError *
ft_node_rename (FtNode *node, BtTorrentId id, const char *path, const char *name)
{
  FtCall call = { 0 };

  bt_engine_rename_path_async (node->engine, id, path, name, NULL, called_cb, &call);
  return finish_with_error (node, &call);
}

BtDetail *
ft_node_detail (FtNode *node, BtTorrentId id, BtDetailParts parts)
{
  FtCall call = { 0 };
  g_autoptr(GError) error = NULL;
  BtDetail *detail;

  bt_engine_get_detail_async (node->engine, id, parts, NULL, called_cb, &call);
  ft_wait_until (call.done);
  detail = bt_engine_get_detail_finish (node->engine, call.result, &error);
  g_assert_no_error (error);
  g_object_unref (call.result);
  return detail;
}

gboolean
ft_node_is_complete (FtNode *node, BtTorrentId id)
{
  const BtTorrentStatus *status = ft_node_status (node, id);

  /* Of a link nothing is wanted before its details are known. */
  return status != NULL && !status->is_magnet && status->state != BT_STATE_LOADING
         && status->state != BT_STATE_CHECKING && status->done == status->wanted;
}

gboolean
ft_node_in_state (FtNode *node, BtTorrentId id, BtState state)
{
  const BtTorrentStatus *status = ft_node_status (node, id);

  return status != NULL && status->state == state;
}

gboolean
ft_node_said (FtNode *node, const char *part)
{
  for (guint i = 0; i < node->events->len; i++)
    if (strstr (g_ptr_array_index (node->events, i), part) != NULL)
      return TRUE;
  return FALSE;
}
