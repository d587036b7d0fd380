/* bt-core-fetch.c: a .torrent file that a person wants from a web server.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#define TIMEOUT_S 60
#define HTTP_OK 200

typedef struct
{
  BtCore *core;
  BtCommand *command;
  BtFetch *fetch;
  GList link; /* in core->fetches */
} BtTorrentFetch;

/* Takes @error. */
static void
finish (BtTorrentFetch *fetch, GError *error)
{
  g_queue_unlink (&fetch->core->fetches, &fetch->link);
  bt_command_reply (fetch->command, error);
  g_free (fetch);
}

/* (nullable): what is wrong with an answer. A page of the web is the usual mistake; the rest is told by whoever
 * reads the torrent. */
static GError *
judge (guint status, GBytes *body)
{
  gsize size;
  const char *bytes = g_bytes_get_data (body, &size);

  if (status != HTTP_OK)
    return g_error_new (BT_ERROR, BT_ERROR_REMOTE, "The server answered with the status %u", status);
  if (size == 0 || bytes[0] != 'd')
    return g_error_new (BT_ERROR, BT_ERROR_MALFORMED, "The server sent something that is no .torrent file");
  return NULL;
}

static void
fetched_cb (guint status, GBytes *body, const GError *error, gpointer owner)
{
  BtTorrentFetch *fetch = owner;
  GError *problem = body != NULL ? judge (status, body) : g_error_copy (error);

  if (problem == NULL)
    fetch->command->result_bytes = g_bytes_ref (body);
  finish (fetch, problem);
}

void
bt_core_fetch_torrent (BtCore *core, BtCommand *command)
{
  BtFetchRequest request = {
    .url = command->text,
    .purpose = BT_FETCH_TORRENT,
    .max_bytes = BT_LIMIT_USUAL_TORRENT_BYTES,
    .timeout_s = TIMEOUT_S,
  };
  BtTorrentFetch *fetch;

  if (!core->running)
    {
      bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_CANCELLED, "The engine is not running"));
      return;
    }
  if (core->no_network != NULL)
    {
      bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NETWORK, "Nothing is sent or received: %s",
                                              core->no_network));
      return;
    }
  fetch = g_new0 (BtTorrentFetch, 1);
  fetch->core = core;
  fetch->command = command;
  fetch->link.data = fetch;
  g_queue_push_tail_link (&core->fetches, &fetch->link);
  fetch->fetch = core->world->ops->fetch (core->world, &request, fetched_cb, fetch);
}

static void
cancel (BtTorrentFetch *fetch, const char *why)
{
  fetch->core->world->ops->fetch_cancel (fetch->core->world, fetch->fetch);
  finish (fetch, g_error_new_literal (BT_ERROR, BT_ERROR_CANCELLED, why));
}

void
bt_core_cancel_fetch (BtCore *core, BtCommand *command)
{
  for (GList *link = core->fetches.head; link != NULL; link = link->next)
    {
      BtTorrentFetch *fetch = link->data;

      if (fetch->command->ticket == command->ticket)
        {
          cancel (fetch, "It was called off");
          break;
        }
    }
  bt_command_reply (command, NULL);
}

void
bt_core_cancel_fetches (BtCore *core)
{
  while (!g_queue_is_empty (&core->fetches))
    cancel (g_queue_peek_head (&core->fetches), "The network was closed");
}
