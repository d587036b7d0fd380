/* bt-core-mapping.c: the listening port is kept open at the router, and told to others as it is there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

static gboolean
is_wanted (BtCore *core)
{
  return core->running && core->config->port_mapping && core->listen_port != 0 && core->no_network == NULL;
}

guint16
bt_core_get_port (BtCore *core, gboolean ipv6)
{
  guint16 port = core->mapper != NULL ? bt_port_mapper_get_port (core->mapper, ipv6) : 0;

  return core->listen_port != 0 && port != 0 ? port : core->listen_port;
}

static void
tell_port (BtCore *core)
{
  guint16 port = bt_core_get_port (core, FALSE);

  if (port == core->told_port)
    return;
  core->told_port = port;
  if (!core->running || port == 0)
    return;
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_port_changed (g_ptr_array_index (core->torrents, i));
  bt_core_address_changed (core);
}

static void
touch (BtCore *core)
{
  core->changed = TRUE;
  bt_core_touch (core);
}

static void
changed_cb (gpointer owner)
{
  tell_port (owner);
  touch (owner);
}

static void
learned_cb (const BtEndpoint *router, const BtEndpoint *external, gpointer owner)
{
  BtCore *core = owner;

  bt_address_vote_cast (core->votes, router, BT_VOTE_MAPPER, external, bt_core_now (core));
}

static void
retired_cb (gpointer owner)
{
  BtCore *core = owner;

  core->mapping_ends = FALSE;
  bt_core_check_stopped (core);
}

void
bt_core_init_mapping (BtCore *core)
{
  static const BtPortMapperOps ops = { .changed = changed_cb, .learned = learned_cb, .retired = retired_cb };

  core->mapper = bt_port_mapper_new (core->world, core->timers, &ops, core);
  bt_core_renew_mapping (core);
}

void
bt_core_renew_mapping (BtCore *core)
{
  if (core->mapper == NULL)
    return;
  touch (core);
  if (is_wanted (core))
    {
      /* Others are told when there is an answer: it may well be the same port as before. */
      bt_port_mapper_start (core->mapper, core->listen_port);
      return;
    }
  bt_port_mapper_stop (core->mapper);
  tell_port (core);
}

void
bt_core_stop_mapping (BtCore *core)
{
  if (core->mapper == NULL)
    return;
  bt_port_mapper_stop (core->mapper);
  core->mapping_ends = FALSE;
}

void
bt_core_retire_mapping (BtCore *core)
{
  if (core->mapper == NULL)
    return;
  core->mapping_ends = TRUE;
  bt_port_mapper_retire (core->mapper);
}

void
bt_core_fill_mappings (BtCore *core, BtUpdate *update)
{
  if (core->mapper != NULL)
    bt_port_mapper_get (core->mapper, update->mappings);
}
