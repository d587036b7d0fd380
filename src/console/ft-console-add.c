/* ft-console-add.c: files and links given to the engine.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-console-private.h"

#include "ft-describe.h"
#include "ft-load.h"

typedef struct
{
  FtConsole *console;
  char *file;
} Adding;

static void
free_adding (Adding *adding)
{
  g_free (adding->file);
  g_free (adding);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Adding, free_adding)

static void
fail (FtConsole *console, const char *file, const GError *error)
{
  g_autofree char *text = ft_describe_error (error);

  console->n_failed++;
  ft_output_failure (console->output, "failed", file, text);
}

static void
end_adding (FtConsole *console)
{
  console->n_adding--;
  ft_console_consider_leaving (console);
  ft_console_run_commands (console);
}

/* What is given is wanted: a torrent that was stopped earlier goes on. */
static void
resume_existing (FtConsole *console, BtTorrentId id, const char *file, const GError *error)
{
  g_autofree char *text = ft_describe_error (error);
  g_autofree char *line = g_strdup_printf ("%s: %s", file, text);

  bt_engine_set_intent_async (console->engine, id, BT_INTENT_RUN, NULL, NULL, NULL);
  ft_output_say (console->output, "exists", line);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Adding) adding = user_data;
  FtConsole *console = adding->console;
  g_autoptr (GError) error = NULL;
  BtTorrentId existing = 0;
  BtTorrentId id = bt_engine_add_finish (BT_ENGINE (object), result, &existing, &error);

  if (id == 0 && g_error_matches (error, BT_ERROR, BT_ERROR_EXISTS) && existing != 0)
    resume_existing (console, existing, adding->file, error);
  else if (id == 0)
    fail (console, adding->file, error);
  else if (ft_roster_lookup (console->roster, id) == NULL)
    g_hash_table_add (console->awaited, GUINT_TO_POINTER (id));
  end_adding (console);
}

void
ft_console_add_file (FtConsole *console, const char *file, const char *save_path)
{
  gboolean is_magnet = ft_load_is_magnet (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torrent
    = is_magnet ? NULL : ft_load_torrent (file, !console->options->large_torrents, &error);
  g_autofree char *path = save_path != NULL ? ft_load_resolve_path (save_path) : NULL;
  BtAddRequest request = {
    .torrent = torrent,
    .magnet = is_magnet ? file : NULL,
    .save_path = path,
    .intent = BT_INTENT_RUN,
  };
  Adding *adding;

  if (torrent == NULL && !is_magnet)
    {
      fail (console, file, error);
      return;
    }
  adding = g_new0 (Adding, 1);
  adding->console = console;
  adding->file = g_strdup (file);
  console->n_adding++;
  bt_engine_add_async (console->engine, &request, NULL, added_cb, adding);
}
