/* bt-core-unbuilt.c: orders that are on the way; each goes to a file of its topic.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core.h"

static void
refuse (BtCommand *command)
{
  bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_UNSUPPORTED, "This is not built yet"));
}

void
bt_core_move_in_queue (BtCore *core, BtCommand *command)
{
  refuse (command);
}
