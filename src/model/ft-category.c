/* ft-category.c: what torrents are doing, in the few groups that a person looks for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-category.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *title;
  const char *icon_name;
  const char *empty_text; /* (nullable) */
} categories[FT_N_CATEGORIES] = {
  [FT_CATEGORY_ALL] = { NC_ ("category", "All"), "view-list-symbolic", NULL },
  [FT_CATEGORY_DOWNLOADING]
  = { NC_ ("category", "Downloading"), "document-save-symbolic", NC_ ("category", "Nothing Is Downloading") },
  [FT_CATEGORY_SEEDING]
  = { NC_ ("category", "Seeding"), "seeding-symbolic", NC_ ("category", "Nothing Is Seeding") },
  [FT_CATEGORY_WAITING]
  = { NC_ ("category", "Waiting"), "waiting-symbolic", NC_ ("category", "Nothing Is Waiting") },
  [FT_CATEGORY_PAUSED]
  = { NC_ ("category", "Paused"), "media-playback-pause-symbolic", NC_ ("category", "Nothing Is Paused") },
  [FT_CATEGORY_CHECKING]
  = { NC_ ("category", "Checking"), "view-refresh-symbolic", NC_ ("category", "Nothing Is Being Checked") },
  [FT_CATEGORY_PROBLEMS]
  = { NC_ ("category", "Problems"), "dialog-warning-symbolic", NC_ ("category", "No Problems") },
};

static gboolean
is_waiting (const BtTorrentStatus *status)
{
  if (status->state != BT_STATE_DOWNLOADING && status->state != BT_STATE_SEEDING)
    return FALSE;
  switch (status->reason)
    {
    case BT_REASON_NO_PEERS:
    case BT_REASON_NO_TRACKER:
    case BT_REASON_NO_CONNECTION:
    case BT_REASON_PEERS_LACK_PIECES:
    case BT_REASON_CHOKED:
    case BT_REASON_MODE:
    case BT_REASON_NETWORK:
    case BT_REASON_QUEUED:
    case BT_REASON_SUSPENDED:
    case BT_REASON_NO_METADATA:
      return TRUE;
    default:
      return FALSE;
    }
}

guint
ft_category_get_bits (const BtTorrentStatus *status)
{
  guint bits = 1 << FT_CATEGORY_ALL;

  switch (status->state)
    {
    case BT_STATE_DOWNLOADING:
      bits |= 1 << FT_CATEGORY_DOWNLOADING;
      break;
    case BT_STATE_SEEDING:
      bits |= 1 << FT_CATEGORY_SEEDING;
      break;
    case BT_STATE_PAUSED:
    case BT_STATE_STOPPED:
      bits |= 1 << FT_CATEGORY_PAUSED;
      break;
    case BT_STATE_LOADING:
    case BT_STATE_CHECKING:
      bits |= 1 << FT_CATEGORY_CHECKING;
      break;
    case BT_STATE_ERROR:
      bits |= 1 << FT_CATEGORY_PROBLEMS;
      break;
    case BT_STATE_MOVING:
      break;
    }
  if (status->reason == BT_REASON_FILES_CHANGED || status->reason == BT_REASON_DISK_SLOW)
    bits |= 1 << FT_CATEGORY_PROBLEMS;
  if (is_waiting (status))
    bits |= 1 << FT_CATEGORY_WAITING;
  return bits;
}

gboolean
ft_category_contains (FtCategory category, const BtTorrentStatus *status)
{
  g_return_val_if_fail (category < FT_N_CATEGORIES, FALSE);
  g_return_val_if_fail (status != NULL, FALSE);

  return (ft_category_get_bits (status) & 1u << category) != 0;
}

BtState
ft_category_get_look (const BtTorrentStatus *status)
{
  if (ft_category_contains (FT_CATEGORY_PROBLEMS, status))
    return BT_STATE_ERROR;
  return status->reason == BT_REASON_COMPLETE ? BT_STATE_SEEDING : status->state;
}

const char *
ft_category_get_title (FtCategory category)
{
  g_return_val_if_fail (category < FT_N_CATEGORIES, NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "category", categories[category].title);
}

const char *
ft_category_get_icon_name (FtCategory category)
{
  g_return_val_if_fail (category < FT_N_CATEGORIES, NULL);

  return categories[category].icon_name;
}

const char *
ft_category_get_empty_text (FtCategory category)
{
  g_return_val_if_fail (category < FT_N_CATEGORIES, NULL);

  if (categories[category].empty_text == NULL)
    return NULL;
  return g_dpgettext2 (GETTEXT_PACKAGE, "category", categories[category].empty_text);
}
