/* ft-describe-dht.c: how our node of the distributed hash table does, in one sentence.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

/* Whichever family does better. */
static BtDhtFactsState
get_best_state (const BtDhtFacts dht[2])
{
  static const BtDhtFactsState order[]
    = { BT_DHT_FACTS_WORKING, BT_DHT_FACTS_STARTING, BT_DHT_FACTS_NO_ANSWER, BT_DHT_FACTS_ALONE };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (dht[0].state == order[i] || dht[1].state == order[i])
      return order[i];
  return BT_DHT_FACTS_OFF;
}

static char *
describe_working (guint n_ipv4, guint n_ipv6)
{
  guint n = n_ipv4 + n_ipv6;

  if (n_ipv4 > 0 && n_ipv6 > 0)
    /* Translators: %1$u of all nodes, %2$u of those. */
    return g_strdup_printf (ngettext ("Works: %1$u node answers, %2$u over IPv6",
                                      "Works: %1$u nodes answer, %2$u of them over IPv6", n), n, n_ipv6);
  return g_strdup_printf (ngettext ("Works: %u node answers", "Works: %u nodes answer", n), n);
}

char *
ft_describe_dht (const BtDhtFacts dht[2])
{
  switch (get_best_state (dht))
    {
    case BT_DHT_FACTS_WORKING:
      return describe_working (dht[0].state == BT_DHT_FACTS_WORKING ? dht[0].n_good : 0,
                               dht[1].state == BT_DHT_FACTS_WORKING ? dht[1].n_good : 0);
    case BT_DHT_FACTS_STARTING:
      return g_strdup (_("Looking for nodes that answer"));
    case BT_DHT_FACTS_NO_ANSWER:
      return g_strdup (_("No node answers: the network may not let it through"));
    case BT_DHT_FACTS_ALONE:
      return g_strdup (_("No node is known that could be asked: it begins when a torrent or a peer names one"));
    default:
      /* Translators: the distributed hash table */
      return g_strdup (C_("dht", "Not used"));
    }
}
