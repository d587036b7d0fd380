/* ft-describe-mapping.c: what came of opening the port at the router, in one sentence.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

/* Not translated: so they are called everywhere. */
static const char *
name_mapper (BtMapper mapper)
{
  switch (mapper)
    {
    case BT_MAPPER_NAT_PMP:
      return "NAT-PMP";
    case BT_MAPPER_UPNP:
      return "UPnP";
    default:
      return "PCP";
    }
}

/* The codes of the three protocols that say something to a person. (nullable) */
static const char *
explain_refusal (BtMapper mapper, guint code)
{
  static const struct
  {
    guint pcp, nat_pmp, upnp;
    const char *text;
  } reasons[] = {
    { 2, 2, 606, N_("not authorised") },
    { 7, 3, 501, N_("its own network does not work") },
    { 8, 4, 728, N_("it has no room for more ports") },
    { 10, 4, 728, N_("it has no room for more ports") },
    { 11, 0, 718, N_("others have the port") },
    { 12, 0, 0, N_("it sees this computer under another address") },
  };

  for (gsize i = 0; code != 0 && i < G_N_ELEMENTS (reasons); i++)
    if (code == (mapper == BT_MAPPER_NAT_PMP ? reasons[i].nat_pmp
                 : mapper == BT_MAPPER_UPNP  ? reasons[i].upnp
                                             : reasons[i].pcp))
      return _(reasons[i].text);
  return NULL;
}

static char *
describe_refusal (BtMapper mapper, guint code)
{
  const char *why = explain_refusal (mapper, code);

  if (why != NULL)
    /* Translators: %1$s is a protocol such as "PCP", %2$s a reason such as "not authorised". */
    return g_strdup_printf (_("The router refused (%1$s): %2$s"), name_mapper (mapper), why);
  /* Translators: %1$s is a protocol such as "PCP", %2$u a number. */
  return g_strdup_printf (_("The router refused (%1$s): error %2$u"), name_mapper (mapper), code);
}

static char *
describe_second_nat (BtMapper mapper, const BtMapping *mapping)
{
  char address[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format_ip (&mapping->address, address);
  /* Translators: %1$s is an IP address, %2$u a port, %3$s a protocol such as "PCP". The router is itself behind
   * another router, or one of the provider's, which nobody here can open. */
  return g_strdup_printf (_("Behind a second NAT: the router is %1$s to the outside. Port %2$u is mapped by %3$s"),
                          address, mapping->port, name_mapper (mapper));
}

static char *
describe_mapped (BtMapper mapper, const BtMapping *mapping)
{
  if (mapper == BT_MAPPER_PCP6)
    return g_strdup_printf (_("Port %u is let through to this computer over IPv6 (PCP)"), mapping->port);
  /* Translators: %1$u is a port, %2$s a protocol such as "PCP". */
  return g_strdup_printf (_("Port %1$u is mapped by %2$s"), mapping->port, name_mapper (mapper));
}

char *
ft_describe_mapper (BtMapper mapper, const BtMapping *mapping)
{
  const char *name = name_mapper (mapper);

  switch (mapping->state)
    {
    case BT_MAPPING_ASKING:
      /* Translators: in this and the following %s is a protocol such as "PCP". */
      return g_strdup_printf (_("Asking the router to open the port (%s)"), name);
    case BT_MAPPING_MAPPED:
      return describe_mapped (mapper, mapping);
    case BT_MAPPING_SECOND_NAT:
      return describe_second_nat (mapper, mapping);
    case BT_MAPPING_REFUSED:
      return describe_refusal (mapper, mapping->code);
    case BT_MAPPING_NO_ANSWER:
      return g_strdup_printf (_("No router answers (%s)"), name);
    case BT_MAPPING_UNSUPPORTED:
      return g_strdup_printf (_("The router does not know %s"), name);
    case BT_MAPPING_BOUND:
      return g_strdup_printf (_("%s is not used while connections are bound to an address or interface"), name);
    default:
      return g_strdup_printf (_("Not used (%s)"), name);
    }
}

/* Which of them says most. */
static int
rank_mapper (BtMapper mapper, const BtMapping *mapping)
{
  static const int ranks[] = {
    [BT_MAPPING_OFF] = 0,         [BT_MAPPING_BOUND] = 1,      [BT_MAPPING_UNSUPPORTED] = 2,
    [BT_MAPPING_NO_ANSWER] = 3,   [BT_MAPPING_REFUSED] = 4,    [BT_MAPPING_ASKING] = 6,
    [BT_MAPPING_SECOND_NAT] = 7,  [BT_MAPPING_MAPPED] = 8,
  };

  /* A hole for IPv6 helps few: with it alone the others are still worth a word, but for refusals. */
  if (mapper == BT_MAPPER_PCP6 && mapping->state == BT_MAPPING_MAPPED)
    return 5;
  return mapping->state < G_N_ELEMENTS (ranks) ? ranks[mapping->state] : 0;
}

char *
ft_describe_mappings (const BtMapping mappings[BT_N_MAPPERS])
{
  BtMapper best = BT_MAPPER_PCP;

  for (guint i = 1; i < BT_N_MAPPERS; i++)
    if (rank_mapper (i, &mappings[i]) > rank_mapper (best, &mappings[best]))
      best = i;
  switch (mappings[best].state)
    {
    case BT_MAPPING_OFF:
      return g_strdup (_("The router is not asked to open the port"));
    case BT_MAPPING_ASKING:
      return g_strdup (_("Asking the router to open the port"));
    case BT_MAPPING_NO_ANSWER:
    case BT_MAPPING_UNSUPPORTED:
      return g_strdup (_("No router here opens a port when it is asked"));
    default:
      return ft_describe_mapper (best, &mappings[best]);
    }
}
