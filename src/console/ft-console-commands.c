/* ft-console-commands.c: commands of standard input, done one after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-console-private.h"

#include "ft-command.h"
#include "ft-describe.h"
#include "ft-lines.h"
#include "ft-objects.h"
#include "ft-text.h"

#include <glib/gi18n-lib.h>

/* A command that changes something is over when an update has shown the change, so that a "list"
 * after it tells the truth. When nothing changed, no update comes. */
#define HOLD_MS 1500

static gint64
unix_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
fail (FtConsole *console, const GError *error)
{
  g_autofree char *text = ft_describe_error (error);

  ft_output_failure (console->output, "error", NULL, text);
}

static void
fail_text (FtConsole *console, const GError *error)
{
  ft_output_failure (console->output, "error", NULL, error->message);
}

gboolean
ft_console_has_commands (FtConsole *console)
{
  return !g_queue_is_empty (&console->lines) || console->n_busy > 0 || console->verifying != 0
         || console->hold_id != 0;
}

static void
end_hold (FtConsole *console)
{
  g_clear_handle_id (&console->hold_id, g_source_remove);
}

static gboolean
hold_timed_out_cb (gpointer user_data)
{
  FtConsole *console = user_data;

  console->hold_id = 0;
  ft_console_run_commands (console);
  ft_console_consider_leaving (console);
  return G_SOURCE_REMOVE;
}

static void
hold_until_update (FtConsole *console)
{
  end_hold (console);
  console->hold_id = g_timeout_add (HOLD_MS, hold_timed_out_cb, console);
}

static void
end_order (FtConsole *console)
{
  console->n_busy--;
  ft_console_run_commands (console);
  ft_console_consider_leaving (console);
}

static void
ordered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = NULL;

  if (!bt_engine_finish (BT_ENGINE (object), result, &error))
    fail (console, error);
  else
    hold_until_update (console);
  end_order (console);
}

static void
order_intent (FtConsole *console, BtTorrentId id, BtIntent intent)
{
  console->n_busy++;
  bt_engine_set_intent_async (console->engine, id, intent, NULL, ordered_cb, console);
}

/* All of the names or none: half a command is no help. Returns: (nullable): NULL after saying what
 * is wrong. */
static GArray *
find_torrents (FtConsole *console, const char *const *names)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (BtTorrentId));

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      BtTorrentId id = ft_roster_find (console->roster, names[i], &error);

      if (id == 0)
        {
          fail_text (console, error);
          return NULL;
        }
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

static BtTorrentId
find_torrent (FtConsole *console, const FtCommand *command)
{
  g_autoptr (GError) error = NULL;
  BtTorrentId id = ft_roster_find (console->roster, command->names[0], &error);

  if (id == 0)
    fail_text (console, error);
  return id;
}

static void
set_intents (FtConsole *console, const FtCommand *command, BtIntent intent)
{
  g_autoptr (GArray) ids = NULL;

  if (command->all)
    {
      order_intent (console, 0, intent);
      return;
    }
  ids = find_torrents (console, (const char *const *) command->names);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    order_intent (console, g_array_index (ids, BtTorrentId, i), intent);
}

/* What is stopped stays so until it is queued. */
static void
pause_all (FtConsole *console)
{
  for (guint i = 0; i < ft_roster_get_n (console->roster); i++)
    {
      const BtTorrentStatus *status = ft_roster_get (console->roster, i);

      if (status->intent == BT_INTENT_RUN)
        order_intent (console, status->id, BT_INTENT_PAUSE);
    }
}

static void
resume_paused (FtConsole *console)
{
  for (guint i = 0; i < ft_roster_get_n (console->roster); i++)
    {
      const BtTorrentStatus *status = ft_roster_get (console->roster, i);

      if (status->intent == BT_INTENT_PAUSE)
        order_intent (console, status->id, BT_INTENT_RUN);
    }
}

static void
remove_torrent (FtConsole *console, const FtCommand *command)
{
  BtTorrentId id = find_torrent (console, command);

  if (id == 0)
    return;
  console->n_busy++;
  bt_engine_remove_async (console->engine, id, command->with_data, NULL, ordered_cb, console);
}

static void
verify_begun_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = NULL;

  if (!bt_engine_finish (BT_ENGINE (object), result, &error))
    {
      console->verifying = 0;
      fail (console, error);
    }
  end_order (console);
}

/* In lines, what follows waits for the end of the check, so that a script can rely on it; in a
 * table its progress is seen, and the user can go on. */
static void
verify_torrent (FtConsole *console, const FtCommand *command)
{
  BtTorrentId id = find_torrent (console, command);

  if (id == 0)
    return;
  console->n_busy++;
  if (!ft_output_is_live (console->output))
    console->verifying = id;
  bt_engine_verify_async (console->engine, id, NULL, verify_begun_cb, console);
}

static void
detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BtDetail) detail
    = bt_engine_get_detail_finish (BT_ENGINE (object), result, &error);
  const BtTorrentStatus *status
    = detail != NULL ? ft_roster_lookup (console->roster, detail->id) : NULL;

  if (detail == NULL)
    fail (console, error);
  else if (status != NULL && ft_output_is_json (console->output))
    ft_output_lines (console->output, ft_objects_detail (detail, status, unix_now ()));
  else if (status != NULL)
    ft_output_lines (console->output, ft_lines_detail (detail, unix_now ()));
  end_order (console);
}

static void
show_detail (FtConsole *console, const FtCommand *command, BtDetailParts parts)
{
  BtTorrentId id = find_torrent (console, command);

  if (id == 0)
    return;
  console->n_busy++;
  bt_engine_get_detail_async (console->engine, id, parts, NULL, detail_cb, console);
}

static void
set_mode (FtConsole *console, const FtCommand *command)
{
  if (!command->has_mode)
    {
      ft_output_say (console->output, "mode", ft_mode_to_text (console->config->mode));
      return;
    }
  console->config->mode = command->mode;
  console->n_busy++;
  bt_engine_set_config_async (console->engine, console->config, NULL, ordered_cb, console);
}

static void
show_list (FtConsole *console)
{
  if (ft_output_is_json (console->output))
    ft_output_lines (console->output, ft_objects_list (console->roster, unix_now ()));
  else
    ft_output_lines (console->output, ft_lines_list (console->roster, unix_now ()));
}

static void
show_status (FtConsole *console)
{
  g_autofree char *object = NULL;

  if (!ft_output_is_json (console->output))
    {
      ft_output_lines (console->output, ft_lines_status (console->roster));
      return;
    }
  object = ft_objects_status (console->roster, unix_now ());
  ft_output_line (console->output, object);
}

static void
show_dht (FtConsole *console)
{
  if (ft_output_is_json (console->output))
    ft_output_lines (console->output, ft_objects_dht (console->roster, unix_now ()));
  else
    ft_output_lines (console->output, ft_lines_dht (console->roster));
}

static void
show_help (FtConsole *console)
{
  g_auto (GStrv) lines = g_strsplit (ft_command_help (), "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    ft_output_say (console->output, "help", lines[i]);
}

/* What only tells. */
static void
do_question (FtConsole *console, const FtCommand *command)
{
  switch (command->kind)
    {
    case FT_COMMAND_LIST:
      show_list (console);
      break;
    case FT_COMMAND_FILES:
      show_detail (console, command, BT_DETAIL_FILES);
      break;
    case FT_COMMAND_PEERS:
      show_detail (console, command, BT_DETAIL_PEERS);
      break;
    case FT_COMMAND_TRACKERS:
      show_detail (console, command, BT_DETAIL_TRACKERS);
      break;
    case FT_COMMAND_STATUS:
      show_status (console);
      break;
    case FT_COMMAND_DHT:
      show_dht (console);
      break;
    case FT_COMMAND_HELP:
      show_help (console);
      break;
    default:
      break; /* an empty line */
    }
}

static void
do_command (FtConsole *console, const FtCommand *command)
{
  switch (command->kind)
    {
    case FT_COMMAND_ADD:
      ft_console_add_file (console, command->names[0], command->path);
      break;
    case FT_COMMAND_QUEUE:
      set_intents (console, command, BT_INTENT_RUN);
      break;
    case FT_COMMAND_START:
      resume_paused (console);
      break;
    case FT_COMMAND_PAUSE:
      if (command->all)
        pause_all (console);
      else
        set_intents (console, command, BT_INTENT_PAUSE);
      break;
    case FT_COMMAND_STOP:
      set_intents (console, command, BT_INTENT_STOP);
      break;
    case FT_COMMAND_REMOVE:
      remove_torrent (console, command);
      break;
    case FT_COMMAND_VERIFY:
      verify_torrent (console, command);
      break;
    case FT_COMMAND_MODE:
      set_mode (console, command);
      break;
    case FT_COMMAND_EXIT:
      ft_console_stop (console, 0);
      break;
    default:
      do_question (console, command);
    }
}

static void
do_line (FtConsole *console, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FtCommand) command = ft_command_parse (line, &error);

  if (command == NULL)
    fail_text (console, error);
  else
    do_command (console, command);
}

static gboolean
may_run (FtConsole *console)
{
  return console->settled && !console->stopping && console->n_adding == 0 && console->n_busy == 0
         && console->verifying == 0 && console->hold_id == 0
         && g_hash_table_size (console->awaited) == 0;
}

void
ft_console_run_commands (FtConsole *console)
{
  while (may_run (console) && !g_queue_is_empty (&console->lines))
    {
      g_autofree char *line = g_queue_pop_head (&console->lines);

      do_line (console, line);
    }
  ft_output_draw (console->output);
}

void
ft_console_take_line (FtConsole *console, const char *line)
{
  ft_output_entered (console->output);
  if (ft_output_is_live (console->output) && *line != '\0')
    {
      /* The line was typed below the table; what is answered stands in the log. */
      g_autofree char *clean = ft_text_clean (line);
      g_autofree char *echo = g_strconcat ("> ", clean, NULL);
      ft_output_line (console->output, echo);
    }
  g_queue_push_tail (&console->lines, g_strdup (line));
  ft_console_run_commands (console);
  ft_console_consider_leaving (console);
}

/* Whether the check that a command waits for has come to an end, one way or another. */
static gboolean
is_verified (FtConsole *console, const BtUpdate *update)
{
  if (console->verifying == 0 || console->n_busy > 0)
    return FALSE;
  if (ft_roster_lookup (console->roster, console->verifying) == NULL)
    return TRUE;
  for (guint i = 0; i < update->events->len; i++)
    {
      const BtEvent *event = &g_array_index (update->events, BtEvent, i);

      if (event->id == console->verifying
          && (event->kind == BT_EVENT_CHECKED || event->kind == BT_EVENT_PROBLEM))
        return TRUE;
    }
  return FALSE;
}

void
ft_console_commands_after_update (FtConsole *console, const BtUpdate *update)
{
  end_hold (console);
  if (is_verified (console, update))
    console->verifying = 0;
  ft_console_run_commands (console);
}
