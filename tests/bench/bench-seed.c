/* bench-seed.c: a torrent of very many files, and somebody who knows its details.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench-seed.h"

#include "bt-engine.h"

#include <string.h>

#define FOLDERS 200
#define FILES 1000 /* in each */
#define FILE_SIZE 100000
#define PIECE_LENGTH 262144
#define PIECES (((gint64) FOLDERS * FILES * FILE_SIZE + PIECE_LENGTH - 1) / PIECE_LENGTH)
#define BEFORE_INFO "d4:info"

struct BenchSeed
{
  BtEngine *engine;
  GBytes *torrent;
  guint16 port;
  char *link;
  gboolean ready;
  gboolean ended;
};

GBytes *
bench_large_torrent_new (void)
{
  GString *text = g_string_new (BEFORE_INFO "d5:filesl");

  for (guint i = 0; i < FOLDERS * FILES; i++)
    g_string_append_printf (text, "d6:lengthi%de4:pathl10:Folder %03u17:A file %06u.binee", FILE_SIZE, i % FOLDERS, i);
  g_string_append_printf (text, "e4:name8:Very big12:piece lengthi%de6:pieces%" G_GINT64_FORMAT ":", PIECE_LENGTH,
                          PIECES * 20);
  for (gint64 i = 0; i < PIECES; i++)
    g_string_append_printf (text, "%020" G_GINT64_FORMAT, i);
  g_string_append (text, "ee");
  return g_string_free_to_bytes (text);
}

/* One that nobody has now. */
static guint16
choose_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  BenchSeed *seed = data;
  g_autoptr (GError) error = NULL;

  if (bt_engine_add_finish (BT_ENGINE (object), result, NULL, &error) == 0)
    g_error ("The seed does not take its torrent: %s", error->message);
  seed->ready = TRUE;
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  BenchSeed *seed = data;
  g_autoptr (GError) error = NULL;
  BtAddRequest request = { .torrent = seed->torrent, .intent = BT_INTENT_RUN };

  if (!bt_engine_finish (BT_ENGINE (object), result, &error))
    g_error ("The seed does not start: %s", error->message);
  bt_engine_add_async (seed->engine, &request, NULL, added_cb, seed);
}

/* Names nobody but the seed. */
static char *
make_link (GBytes *torrent, guint16 port)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (torrent, &size);
  gsize before = strlen (BEFORE_INFO);
  g_autofree char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA1, data + before, size - before - 1);

  return g_strdup_printf ("magnet:?xt=urn:btih:%s&dn=Very%%20big&x.pe=127.0.0.1:%u", hash, port);
}

BenchSeed *
bench_seed_new (GBytes *torrent)
{
  BenchSeed *seed = g_new0 (BenchSeed, 1);
  BtConfig *config = bt_config_new ();

  seed->torrent = g_bytes_ref (torrent);
  seed->port = config->listen_port = choose_port ();
  seed->link = make_link (torrent, seed->port);
  g_clear_pointer (&config->bind_address, g_free);
  config->bind_address = g_strdup ("127.0.0.1");
  g_free (config->download_dir);
  config->download_dir = g_build_filename (g_get_tmp_dir (), "friendtorrent-bench-nothing", NULL);
  config->dht = config->pex = config->lsd = config->port_mapping = FALSE;
  seed->engine = bt_engine_new (config);
  bt_config_free (config);
  bt_engine_start_async (seed->engine, NULL, started_cb, seed);
  return seed;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  BenchSeed *seed = data;

  bt_engine_finish (BT_ENGINE (object), result, NULL);
  seed->ended = TRUE;
}

void
bench_seed_free (BenchSeed *seed)
{
  bt_engine_stop_async (seed->engine, NULL, stopped_cb, seed);
  while (!seed->ended)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (seed->engine);
  g_bytes_unref (seed->torrent);
  g_free (seed->link);
  g_free (seed);
}

gboolean
bench_seed_is_ready (BenchSeed *seed)
{
  return seed->ready;
}

const char *
bench_seed_get_link (BenchSeed *seed)
{
  return seed->link;
}
