/* ft-describe-health.c: whether a torrent can be completed, and from whom, in one sentence.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* What the trackers know of, where nobody is connected. (nullable) */
static char *
describe_swarm (const BtTorrentStatus *status)
{
  guint n = (guint) CLAMP (status->swarm_seeds, 0, G_MAXINT);

  if (status->swarm_seeds < 0)
    return NULL;
  if (n == 0)
    return g_strdup (_("The trackers know of nobody who has all of it"));
  return g_strdup_printf (ngettext ("The trackers know of %u seed; it is not connected",
                                    "The trackers know of %u seeds; none is connected", n),
                          n);
}

static char *
describe_alone (const BtTorrentStatus *status)
{
  char *swarm = describe_swarm (status);

  return swarm != NULL ? swarm : g_strdup (_("Unknown: nobody is connected"));
}

static char *
describe_seeds (guint n)
{
  return g_strdup_printf (ngettext ("Healthy: %u seed is connected", "Healthy: %u seeds are connected", n), n);
}

/* Peers without a seed: a whole copy among them, or parts that nobody has. */
static char *
describe_copies (const BtTorrentStatus *status)
{
  double lacking = 1 - status->availability;
  g_autofree char *percent = NULL;

  if (lacking <= 0)
    return g_strdup (_("Good: no seed is connected, but the connected peers have all of it together"));
  if (lacking >= 1)
    return g_strdup (_("Poor: the connected peers have nothing of it yet"));
  /* Rounded up, so that what is lacking is never nothing; half a percent keeps it from falling to the one below. */
  percent = ft_format_percent ((MAX (ceil (lacking * 100 - 1e-6), 1) + 0.5) / 100);
  /* Translators: %s is a share such as "3 %". */
  return g_strdup_printf (_("Incomplete: nobody who is connected has %s of it"), percent);
}

static char *
describe_complete (const BtTorrentStatus *status)
{
  guint n = (guint) CLAMP (status->swarm_seeds, 0, G_MAXINT);

  if (status->n_seeds > 0)
    return g_strdup_printf (ngettext ("Complete here, and with %u connected seed",
                                      "Complete here, and with %u connected seeds", status->n_seeds),
                            status->n_seeds);
  if (status->n_peers > 0 && status->availability >= 1)
    return g_strdup (_("Complete here, and among the connected peers together"));
  if (n > 0)
    return g_strdup_printf (ngettext ("Complete here; the trackers know of %u seed",
                                      "Complete here; the trackers know of %u seeds", n),
                            n);
  return g_strdup (_("Complete here: nobody else is known to have all of it"));
}

char *
ft_describe_health (const BtTorrentStatus *status)
{
  if (status->is_magnet)
    return g_strdup (_("Unknown: its details have not come yet"));
  if (status->total_size > 0 && status->wanted == status->total_size && status->done >= status->wanted)
    return describe_complete (status);
  if (status->n_seeds > 0)
    return describe_seeds (status->n_seeds);
  return status->n_peers > 0 ? describe_copies (status) : describe_alone (status);
}
