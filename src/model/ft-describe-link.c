/* ft-describe-link.c: how it stands with the details of a magnet link, as a sentence.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe-private.h"

#include <glib/gi18n-lib.h>

static char *
describe_nobody (const BtTorrentStatus *status, gint64 now)
{
  g_autofree char *said = ft_describe_append_until (_("Waiting for the details: nobody who has them was found"),
                                                    status->reason_until, now);

  return ft_describe_append_text (said, status->reason_text);
}

static char *
describe_no_answer (const BtTorrentStatus *status, gint64 now)
{
  guint n = status->reason_count;
  g_autofree char *said
    = n == 1 ? g_strdup (_("Waiting for the details: the only known peer does not answer"))
             : g_strdup_printf (ngettext ("Waiting for the details: the %u known peer does not answer",
                                          "Waiting for the details: none of the %u known peers answers", n),
                                n);

  return ft_describe_append_until (said, status->reason_until, now);
}

static char *
describe_no_details (guint n)
{
  if (n == 0)
    return g_strdup (_("Looking for people who have the details"));
  if (n == 1)
    return g_strdup (_("Waiting for the details: the connected peer has not given them yet"));
  return g_strdup_printf (ngettext ("Waiting for the details: the %u connected peer has not given them yet",
                                    "Waiting for the details: none of the %u connected peers has given them yet", n),
                          n);
}

static char *
describe_receiving (const BtTorrentStatus *status)
{
  double size = MAX (status->metadata_size, 1);
  g_autofree char *percent = ft_format_percent (MIN (status->metadata_done / size, 1));

  /* Translators: %s is a share such as "45 %". */
  return g_strdup_printf (_("Receiving the details: %s"), percent);
}

static char *
describe_fetching (const BtTorrentStatus *status, gint64 now)
{
  switch (status->reason)
    {
    case BT_REASON_ANNOUNCING:
    case BT_REASON_SEARCHING:
      return g_strdup (_("Looking for people who have the details"));
    case BT_REASON_NO_PEERS:
      return describe_nobody (status, now);
    case BT_REASON_NO_TRACKER:
      return g_strdup (_("Waiting for the details: the link names nobody who could be asked"));
    case BT_REASON_CONNECTING:
      return g_strdup_printf (ngettext ("Asking for the details: connecting to %u peer",
                                        "Asking for the details: connecting to %u peers", status->reason_count),
                              status->reason_count);
    case BT_REASON_NO_CONNECTION:
      return describe_no_answer (status, now);
    case BT_REASON_METADATA:
      return describe_receiving (status);
    case BT_REASON_STARTING:
    case BT_REASON_MODE:
    case BT_REASON_NETWORK:
      return NULL;
    default:
      return describe_no_details (status->reason_count);
    }
}

char *
ft_describe_link (const BtTorrentStatus *status, gint64 now)
{
  if (status->is_magnet && status->state == BT_STATE_DOWNLOADING)
    return describe_fetching (status, now);
  if (status->is_magnet && status->state == BT_STATE_PAUSED)
    return g_strdup (_("Paused: its details are not known yet"));
  if (status->intent == BT_INTENT_DETAILS && status->state == BT_STATE_PAUSED)
    return g_strdup (_("Paused: details only"));
  return NULL;
}
