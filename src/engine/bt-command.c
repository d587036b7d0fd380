/* bt-command.c: one order to the engine: copied arguments there, a result back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-command.h"

BtCommand *
bt_command_new (void (*run) (BtCore *core, BtCommand *command))
{
  BtCommand *command = g_new0 (BtCommand, 1);

  command->run = run;
  return command;
}

GPtrArray *
bt_command_copy_tiers (GPtrArray *tiers)
{
  GPtrArray *copy;

  if (tiers == NULL)
    return NULL;
  copy = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 0; i < tiers->len; i++)
    g_ptr_array_add (copy, g_strdupv (g_ptr_array_index (tiers, i)));
  return copy;
}

void
bt_command_free (BtCommand *command)
{
  g_clear_pointer (&command->reply_box, bt_mailbox_unref);
  g_clear_object (&command->task);
  g_free (command->path);
  g_free (command->text);
  g_clear_pointer (&command->options, bt_torrent_options_unref);
  g_clear_pointer (&command->tiers, g_ptr_array_unref);
  g_clear_pointer (&command->result_bytes, g_bytes_unref);
  g_clear_pointer (&command->bytes, g_bytes_unref);
  g_clear_pointer (&command->priorities, g_bytes_unref);
  g_clear_pointer (&command->config, bt_config_free);
  g_clear_error (&command->error);
  g_clear_pointer (&command->detail, bt_detail_unref);
  g_free (command);
}

static void
run_command (gpointer data)
{
  BtCommand *command = data;

  command->run (command->core, command);
}

void
bt_command_post (BtCommand *command, BtMailbox *box, BtCore *core)
{
  command->core = core;
  bt_mailbox_post (box, run_command, command, (GDestroyNotify) bt_command_free);
}

static void
read_reply (gpointer data)
{
  BtCommand *command = data;

  command->reply (command);
  bt_command_free (command);
}

void
bt_command_reply (BtCommand *command, GError *error)
{
  command->error = error;
  if (command->reply_box == NULL)
    {
      bt_command_free (command);
      return;
    }
  bt_mailbox_post (command->reply_box, read_reply, command, (GDestroyNotify) bt_command_free);
}
