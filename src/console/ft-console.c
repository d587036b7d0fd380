/* ft-console.c: the life of the terminal program: start, updates, signals, end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-console.h"

#include "ft-console-private.h"
#include "ft-describe.h"
#include "ft-descriptors.h"
#include "ft-log.h"
#include "ft-show.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* After the start an update brings what was saved. Where nothing was, none may come. */
#define SETTLE_MS 2000

/* The end. */

static void
quit (FtConsole *console)
{
  ft_output_say (console->output, "stopped", _("Saved; goodbye"));
  g_main_loop_quit (console->loop);
}

static void
engine_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = NULL;

  if (!bt_engine_finish (BT_ENGINE (object), result, &error))
    {
      g_autofree char *text = ft_describe_error (error);

      console->exit_status = 1;
      ft_output_failure (console->output, "error", NULL, text);
    }
  ft_console_demo_stop (console, quit);
}

static void
stop_parts (FtConsole *console)
{
  if (console->engine == NULL)
    {
      ft_console_demo_stop (console, quit);
      return;
    }
  /* The torrents leave the engine now, which is nothing to report. */
  g_signal_handlers_disconnect_by_data (console->engine, console);
  bt_engine_stop_async (console->engine, NULL, engine_stopped_cb, console);
}

/* A disk that hangs cannot be waited for, nor can its threads. What was not saved is as after a crash: the next start
 * looks at it. */
static void
leave_without_engine_cb (gpointer owner)
{
  FtConsole *console = owner;

  ft_output_failure (console->output, "error", NULL, _("The disk does not answer; what is not saved is checked at the next start"));
  ft_output_free (console->output);
  fflush (stdout);
  _exit (1);
}

void
ft_console_stop (FtConsole *console, int status)
{
  if (status != 0)
    console->exit_status = status;
  if (console->stopping)
    return;
  console->stopping = TRUE;
  g_clear_handle_id (&console->settle_id, g_source_remove);
  g_clear_handle_id (&console->hold_id, g_source_remove);
  ft_output_say (console->output, "stopping", _("Stopping"));
  ft_output_draw (console->output);
  console->patience = ft_patience_new (console->engine, BT_STOP_PATIENCE_S * 1000, leave_without_engine_cb, console);
  if (console->engine != NULL)
    bt_engine_leave (console->engine);
  /* A start that is under way comes to its end first. */
  if (!console->starting)
    stop_parts (console);
}

/* Leaving when done. */

typedef enum
{
  OUTCOME_PENDING,
  OUTCOME_COMPLETE,
  OUTCOME_FAILED,
  OUTCOME_IGNORED, /* the user took it out of the queue */
} Outcome;

static Outcome
judge (const FtConsole *console, const BtTorrentStatus *status)
{
  switch (status->state)
    {
    case BT_STATE_SEEDING:
      return OUTCOME_COMPLETE;
    case BT_STATE_STOPPED:
      return status->reason == BT_REASON_COMPLETE ? OUTCOME_COMPLETE : OUTCOME_IGNORED;
    case BT_STATE_ERROR:
      return OUTCOME_FAILED;
    case BT_STATE_DOWNLOADING:
      /* Nothing more is requested: checked is all it can become. */
      if (console->config->mode == BT_MODE_SEEDING && status->reason == BT_REASON_MODE)
        return OUTCOME_COMPLETE;
      return status->reason == BT_REASON_FILES_CHANGED ? OUTCOME_FAILED : OUTCOME_PENDING;
    case BT_STATE_PAUSED:
      return status->done >= status->wanted && !status->is_magnet ? OUTCOME_COMPLETE : OUTCOME_PENDING;
    default:
      return OUTCOME_PENDING;
    }
}

static gboolean
is_waiting (FtConsole *console)
{
  return !console->settled || console->stopping || console->n_adding > 0
         || g_hash_table_size (console->awaited) > 0 || ft_console_has_commands (console);
}

void
ft_console_consider_leaving (FtConsole *console)
{
  gboolean failed = console->n_failed > 0;
  guint n = ft_roster_get_n (console->roster);

  if (!console->options->exit_when_done || is_waiting (console))
    return;
  for (guint i = 0; i < n; i++)
    {
      Outcome outcome = judge (console, ft_roster_get (console->roster, i));

      if (outcome == OUTCOME_PENDING)
        return;
      failed |= outcome == OUTCOME_FAILED;
    }
  /* With nothing to do yet, commands may still bring something. */
  if (n == 0 && !failed && !console->input_ended)
    return;
  ft_console_stop (console, failed ? 1 : 0);
}

/* Updates. */

static void
take_torrents (FtConsole *console, const BtUpdate *update)
{
  for (guint i = 0; i < update->torrents->len; i++)
    {
      const BtTorrentStatus *status = &g_array_index (update->torrents, BtTorrentStatus, i);
      const BtTorrentStatus *old = ft_roster_lookup (console->roster, status->id);

      ft_output_changed (console->output, old, status);
      ft_roster_put (console->roster, status);
      g_hash_table_remove (console->awaited, GUINT_TO_POINTER (status->id));
    }
}

static void
take_removed (FtConsole *console, const BtUpdate *update)
{
  for (guint i = 0; i < update->removed->len; i++)
    {
      BtTorrentId id = g_array_index (update->removed, BtTorrentId, i);
      const BtTorrentStatus *status = ft_roster_lookup (console->roster, id);

      if (status != NULL)
        ft_output_removed (console->output, status);
      ft_roster_remove (console->roster, id);
      g_hash_table_remove (console->awaited, GUINT_TO_POINTER (id));
    }
}

static void
take_events (FtConsole *console, const BtUpdate *update)
{
  for (guint i = 0; i < update->events->len; i++)
    {
      const BtEvent *event = &g_array_index (update->events, BtEvent, i);

      ft_output_event (console->output, event, ft_roster_lookup (console->roster, event->id));
    }
}

static void
settle (FtConsole *console)
{
  g_clear_handle_id (&console->settle_id, g_source_remove);
  console->settled = console->started;
}

static void
update_cb (BtEngine *engine, BtUpdate *update, gpointer user_data)
{
  FtConsole *console = user_data;

  take_torrents (console, update);
  take_events (console, update);
  if (console->starting)
    return;
  take_removed (console, update);
  ft_roster_set_totals (console->roster, update);
  settle (console);
  ft_console_commands_after_update (console, update);
  ft_console_demo_after_update (console);
  ft_console_consider_leaving (console);
  if (ft_output_is_broken (console->output))
    ft_console_stop (console, 1);
}

/* The start. */

static gboolean
settle_timed_out_cb (gpointer user_data)
{
  FtConsole *console = user_data;

  console->settle_id = 0;
  settle (console);
  ft_console_run_commands (console);
  ft_console_consider_leaving (console);
  return G_SOURCE_REMOVE;
}

static void
add_arguments (FtConsole *console)
{
  for (guint i = 0; console->options->files[i] != NULL; i++)
    ft_console_add_file (console, console->options->files[i], NULL);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  console->starting = FALSE;
  console->started = bt_engine_finish (BT_ENGINE (object), result, &error);
  if (console->stopping)
    {
      stop_parts (console);
      return;
    }
  if (!console->started)
    {
      g_autofree char *why = ft_describe_error (error);

      ft_output_failure (console->output, "error", NULL, why);
      ft_console_stop (console, 1);
      return;
    }
  text = g_strdup_printf (_("Saving to %s"), console->config->download_dir);
  ft_output_say (console->output, "started", text);
  console->settle_id = g_timeout_add (SETTLE_MS, settle_timed_out_cb, console);
  if (console->demo != NULL)
    ft_console_demo_add (console);
  else
    add_arguments (console);
  ft_output_draw (console->output);
}

static gboolean
make_folder (FtConsole *console, const char *folder)
{
  g_autofree char *text = NULL;

  if (folder == NULL || g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;
  text = g_strdup (g_strerror (errno));
  ft_output_failure (console->output, "error", folder, text);
  return FALSE;
}

static void
mounts_changed_cb (gpointer owner)
{
  bt_engine_disks_changed (((FtConsole *) owner)->engine);
}

static void
start_engine (FtConsole *console)
{
  if (console->stopping)
    {
      stop_parts (console);
      return;
    }
  if (!make_folder (console, console->config->state_dir)
      || !make_folder (console, console->config->download_dir))
    {
      ft_console_stop (console, 1);
      return;
    }
  console->engine = bt_engine_new (console->config);
  console->mounts = ft_mounts_new (mounts_changed_cb, console);
  console->starting = TRUE;
  g_signal_connect (console->engine, "update", G_CALLBACK (update_cb), console);
  bt_engine_start_async (console->engine, NULL, started_cb, console);
}

/* Input and signals. */

static void
input_cb (const char *line, gpointer user_data)
{
  FtConsole *console = user_data;

  if (line != NULL)
    {
      ft_console_take_line (console, line);
      return;
    }
  console->input_ended = TRUE;
  ft_console_consider_leaving (console);
}

static gboolean
leave_cb (gpointer user_data)
{
  ft_console_stop (user_data, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
resized_cb (gpointer user_data)
{
  FtConsole *console = user_data;

  ft_output_resized (console->output);
  return G_SOURCE_CONTINUE;
}

/* Ctrl+Z: the terminal is given back before, and painted anew after. */
static gboolean
suspend_cb (int fd, GIOCondition condition, gpointer user_data)
{
  FtConsole *console = user_data;
  struct signalfd_siginfo info;

  if (read (fd, &info, sizeof info) != sizeof info)
    return G_SOURCE_CONTINUE;
  ft_output_suspend (console->output);
  raise (SIGSTOP);
  ft_output_resized (console->output);
  return G_SOURCE_CONTINUE;
}

static void
watch_suspension (FtConsole *console)
{
  sigset_t set;
  int fd;

  sigemptyset (&set);
  sigaddset (&set, SIGTSTP);
  /* Before any thread begins, so that all inherit it. */
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd >= 0)
    g_unix_fd_add (fd, G_IO_IN, suspend_cb, console);
}

static void
watch_signals (FtConsole *console)
{
  /* A reader that went away is an error of write(), not the end without a word. */
  signal (SIGPIPE, SIG_IGN);
  g_unix_signal_add (SIGINT, leave_cb, console);
  g_unix_signal_add (SIGTERM, leave_cb, console);
  g_unix_signal_add (SIGHUP, leave_cb, console);
  if (!ft_output_is_live (console->output))
    return;
  g_unix_signal_add (SIGWINCH, resized_cb, console);
  watch_suspension (console);
}

/* The whole. */

static FtConsole *
console_new (FtOptions *options)
{
  FtConsole *console = g_new0 (FtConsole, 1);
  /* Debug messages on the same terminal would run through the table. */
  gboolean live = options->debug == NULL || !isatty (STDERR_FILENO);

  console->options = options;
  console->config = bt_config_copy (options->config);
  console->loop = g_main_loop_new (NULL, FALSE);
  console->roster = ft_roster_new ();
  console->output = ft_output_new (console->roster, options->json, live);
  console->awaited = g_hash_table_new (NULL, NULL);
  g_queue_init (&console->lines);
  return console;
}

static void
console_free (FtConsole *console)
{
  ft_input_free (console->input);
  g_clear_pointer (&console->patience, ft_patience_free);
  g_clear_pointer (&console->mounts, ft_mounts_free);
  g_clear_object (&console->engine);
  g_clear_object (&console->demo);
  ft_output_free (console->output);
  ft_roster_free (console->roster);
  g_hash_table_unref (console->awaited);
  g_queue_clear_full (&console->lines, g_free);
  g_main_loop_unref (console->loop);
  bt_config_free (console->config);
  ft_options_free (console->options);
  g_free (console);
}

/* Takes @options. */
static int
run (FtOptions *options)
{
  FtConsole *console = console_new (options);
  int status;

  ft_descriptors_allow_many ();
  watch_signals (console);
  console->input = ft_input_new (STDIN_FILENO, input_cb, console);
  if (options->demo)
    ft_console_demo_start (console, start_engine);
  else
    start_engine (console);
  g_main_loop_run (console->loop);
  status = console->exit_status;
  console_free (console);
  return status;
}

static int
fail_usage (const char *message)
{
  fprintf (stderr, "friendtorrent-console: %s\n", message);
  fprintf (stderr, "%s\n", _("“friendtorrent-console --help” lists the options."));
  return 2;
}

static int
print_and_leave (char *text)
{
  fputs (text, stdout);
  g_free (text);
  return fflush (stdout) == 0 ? 0 : 1;
}

int
ft_console_main (int argc, char *argv[])
{
  g_autoptr (FtOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  if (argc > 1 && strcmp (argv[1], "show") == 0)
    return ft_show_run ((const char *const *) argv + 2);
  options = ft_options_parse ((const char *const *) argv, &error);
  if (options == NULL)
    return fail_usage (error->message);
  if (options->help)
    return print_and_leave (ft_options_help ());
  if (options->version)
    return print_and_leave (g_strdup ("friendtorrent-console " PACKAGE_VERSION "\n"));
  if (options->demo && options->files[0] != NULL)
    return fail_usage (_("--demo takes no file"));
  if (options->debug != NULL)
    g_log_set_writer_func (ft_log_write, ft_log_new (options->debug),
                           (GDestroyNotify) ft_log_free);
  return run (g_steal_pointer (&options));
}
