/* ft-fake-nat.c: routers that translate addresses, on a network in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-private.h"

#define PATIENCE_US (120 * G_USEC_PER_SEC)

/* One port of the router's. */
typedef struct
{
  FtFakeHost *host;
  BtEndpoint inner;
  guint16 port;
  BtEndpoint remote; /* of a symmetric one: for this alone */
  GArray *remotes;   /* of BtEndpoint: something was sent to them */
  gint64 used;
} Mapping;

typedef struct
{
  guint16 port;
  FtFakeHost *host;
} Forward;

struct _FtFakeNat
{
  FtFakeNet *net;
  BtEndpoint address; /* port 0 */
  FtNatKind kind;
  GPtrArray *hosts;    /* of FtFakeHost; not owned */
  GPtrArray *mappings; /* of Mapping */
  GArray *forwards;    /* of Forward */
};

static void
free_mapping (gpointer data)
{
  Mapping *mapping = data;

  g_array_unref (mapping->remotes);
  g_free (mapping);
}

FtFakeNat *
ft_fake_net_add_nat (FtFakeNet *net, const char *ip, FtNatKind kind)
{
  FtFakeNat *nat = g_new0 (FtFakeNat, 1);

  nat->net = net;
  nat->kind = kind;
  g_assert_true (bt_endpoint_parse_ip (&nat->address, ip, 0));
  g_assert_null (ft_fake_net_find_host (net, &nat->address));
  nat->hosts = g_ptr_array_new ();
  nat->mappings = g_ptr_array_new_with_free_func (free_mapping);
  nat->forwards = g_array_new (FALSE, FALSE, sizeof (Forward));
  g_ptr_array_add (net->nats, nat);
  return nat;
}

void
ft_fake_nat_free (FtFakeNat *nat)
{
  g_ptr_array_unref (nat->hosts);
  g_ptr_array_unref (nat->mappings);
  g_array_unref (nat->forwards);
  g_free (nat);
}

void
ft_fake_nat_add_host (FtFakeNat *nat, BtWorld *world)
{
  FtFakeHost *host = (FtFakeHost *) world;

  g_assert_null (host->nat);
  g_hash_table_remove (nat->net->by_ip, &host->address);
  host->nat = nat;
  g_ptr_array_add (nat->hosts, host);
}

void
ft_fake_nat_forget_host (FtFakeNat *nat, FtFakeHost *host)
{
  g_ptr_array_remove (nat->hosts, host);
  for (guint i = nat->mappings->len; i > 0; i--)
    if (((Mapping *) g_ptr_array_index (nat->mappings, i - 1))->host == host)
      g_ptr_array_remove_index (nat->mappings, i - 1);
  for (guint i = nat->forwards->len; i > 0; i--)
    if (g_array_index (nat->forwards, Forward, i - 1).host == host)
      g_array_remove_index (nat->forwards, i - 1);
}

FtFakeNat *
ft_fake_host_get_nat (BtWorld *world)
{
  return ((FtFakeHost *) world)->nat;
}

BtEndpoint
ft_fake_host_get_outer (BtWorld *world)
{
  FtFakeHost *host = (FtFakeHost *) world;

  return host->nat != NULL ? host->nat->address : host->address;
}

void
ft_fake_nat_forward (FtFakeNat *nat, guint16 port, BtWorld *world)
{
  Forward forward = { port, (FtFakeHost *) world };

  g_array_append_val (nat->forwards, forward);
}

/* Going out. */

static void
forget_old_mappings (FtFakeNat *nat)
{
  for (guint i = nat->mappings->len; i > 0; i--)
    if (((Mapping *) g_ptr_array_index (nat->mappings, i - 1))->used < nat->net->now - PATIENCE_US)
      g_ptr_array_remove_index (nat->mappings, i - 1);
}

static gboolean
is_for (const FtFakeNat *nat, const Mapping *mapping, const BtEndpoint *inner, const BtEndpoint *to)
{
  return bt_endpoint_equal (&mapping->inner, inner)
         && (nat->kind != FT_NAT_SYMMETRIC || bt_endpoint_equal (&mapping->remote, to));
}

static Mapping *
find_or_make_mapping (FtFakeHost *host, const BtEndpoint *inner, const BtEndpoint *to)
{
  FtFakeNat *nat = host->nat;
  Mapping *mapping;

  forget_old_mappings (nat);
  for (guint i = 0; i < nat->mappings->len; i++)
    if (is_for (nat, g_ptr_array_index (nat->mappings, i), inner, to))
      return g_ptr_array_index (nat->mappings, i);
  mapping = g_new0 (Mapping, 1);
  mapping->host = host;
  mapping->inner = *inner;
  mapping->remote = *to;
  mapping->port = ft_fake_net_next_port (nat->net);
  mapping->remotes = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  g_ptr_array_add (nat->mappings, mapping);
  return mapping;
}

static gboolean
has_sent_to (const Mapping *mapping, const BtEndpoint *remote, gboolean port_too)
{
  for (guint i = 0; i < mapping->remotes->len; i++)
    {
      const BtEndpoint *known = &g_array_index (mapping->remotes, BtEndpoint, i);

      if (port_too ? bt_endpoint_equal (known, remote) : bt_endpoint_same_ip (known, remote))
        return TRUE;
    }
  return FALSE;
}

static FtFakeHost *
find_inside (FtFakeNat *nat, const BtEndpoint *endpoint)
{
  for (guint i = 0; nat != NULL && i < nat->hosts->len; i++)
    {
      FtFakeHost *host = g_ptr_array_index (nat->hosts, i);

      if (bt_endpoint_same_ip (&host->address, endpoint))
        return host;
    }
  return NULL;
}

void
ft_fake_nat_leave (FtFakeHost *host, BtEndpoint *from, const BtEndpoint *to)
{
  Mapping *mapping;

  if (host->nat == NULL || bt_endpoint_is_multicast (to) || find_inside (host->nat, to) != NULL)
    return;
  mapping = find_or_make_mapping (host, from, to);
  if (!has_sent_to (mapping, to, TRUE))
    g_array_append_val (mapping->remotes, *to);
  mapping->used = host->net->now;
  *from = host->nat->address;
  from->port = mapping->port;
}

/* Coming in. */

static gboolean
lets_in (const FtFakeNat *nat, const Mapping *mapping, const BtEndpoint *from)
{
  return nat->kind == FT_NAT_FULL_CONE || has_sent_to (mapping, from, nat->kind != FT_NAT_RESTRICTED);
}

static FtFakeHost *
find_forwarded (FtFakeNat *nat, BtEndpoint *to)
{
  for (guint i = 0; i < nat->forwards->len; i++)
    {
      const Forward *forward = &g_array_index (nat->forwards, Forward, i);
      guint16 port = to->port;

      if (forward->port != port)
        continue;
      *to = forward->host->address;
      to->port = port;
      return forward->host;
    }
  return NULL;
}

static FtFakeHost *
enter (FtFakeNat *nat, const BtEndpoint *from, BtEndpoint *to, gboolean stream)
{
  FtFakeHost *host = find_forwarded (nat, to);

  if (host != NULL || stream)
    return host;
  forget_old_mappings (nat);
  for (guint i = 0; i < nat->mappings->len; i++)
    {
      Mapping *mapping = g_ptr_array_index (nat->mappings, i);

      if (mapping->port == to->port && lets_in (nat, mapping, from))
        {
          *to = mapping->inner;
          return mapping->host;
        }
    }
  return NULL;
}

FtFakeHost *
ft_fake_nat_arrive (FtFakeNet *net, FtFakeNat *inside, const BtEndpoint *from, BtEndpoint *to, gboolean stream)
{
  FtFakeHost *neighbour = find_inside (inside, to);

  if (neighbour != NULL)
    return neighbour;
  for (guint i = 0; i < net->nats->len; i++)
    {
      FtFakeNat *nat = g_ptr_array_index (net->nats, i);

      if (bt_endpoint_same_ip (&nat->address, to))
        return enter (nat, from, to, stream);
    }
  return ft_fake_net_find_host (net, to);
}
