/* bt-http-session.c: the sessions of libsoup: one for each way that a fetch may go.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#define MAX_CONNECTIONS 100
#define MAX_CONNECTIONS_PER_HOST 6
/* Without a byte; a fetch has a limit for all of it besides. */
#define INACTIVITY_TIMEOUT_S 30
#define IDLE_TIMEOUT_S 30

/* Returns: (transfer full) (nullable): what sockets of the session are bound to: an address of one family has
 * none of the other */
static GSocketAddress *
make_local_address (BtGioWorld *world, BtFetchFamily family)
{
  g_autoptr (GInetAddress) ip = NULL;
  char text[BT_ENDPOINT_TEXT_SIZE];

  if (world->bound)
    {
      bt_endpoint_format_ip (&world->bind_address, text);
      ip = g_inet_address_new_from_string (text);
    }
  else if (family != BT_FETCH_ANY)
    ip = g_inet_address_new_any (family == BT_FETCH_IPV4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  return ip != NULL ? g_inet_socket_address_new (ip, 0) : NULL;
}

SoupSession *
bt_gio_world_get_session (BtGioWorld *world, BtFetchFamily family)
{
  g_autoptr (GSocketAddress) local = NULL;
  SoupSession **session = &world->sessions[family];

  if (*session != NULL)
    return *session;

  local = make_local_address (world, family);
  *session = soup_session_new_with_options (
    "max-conns", MAX_CONNECTIONS,
    "max-conns-per-host", MAX_CONNECTIONS_PER_HOST,
    "timeout", INACTIVITY_TIMEOUT_S,
    "idle-timeout", IDLE_TIMEOUT_S,
    "user-agent", world->user_agent,
    "local-address", local,
    NULL);
  /* The way to a proxy, and from it, is not the one that the person asked for. */
  if (world->bound || world->interface != NULL)
    soup_session_set_proxy_resolver (*session, NULL);
  return *session;
}

void
bt_gio_world_end_sessions (BtGioWorld *world)
{
  for (guint i = 0; i < G_N_ELEMENTS (world->sessions); i++)
    {
      if (world->sessions[i] != NULL)
        soup_session_abort (world->sessions[i]);
      g_clear_object (&world->sessions[i]);
    }
}
