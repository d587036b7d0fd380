/* ft-column.c: what can be shown of torrents side by side, and sorted by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-column.h"

#include "bt-compare.h"
#include "ft-describe.h"

#include <glib/gi18n-lib.h>

/* A column's order, where it is that of one value of the status. */
#define DEFINE_ORDER(name, value)                                                                  \
  static int compare_##name (FtTorrent *first, FtTorrent *second)                                  \
  {                                                                                                \
    const BtTorrentStatus *a = ft_torrent_get_status (first);                                      \
    const BtTorrentStatus *b = ft_torrent_get_status (second);                                     \
                                                                                                   \
    return BT_COMPARE (value (a), value (b));                                                         \
  }

static double
get_progress (const BtTorrentStatus *status)
{
  if (status->is_magnet)
    return 0;
  if (status->wanted == 0 || status->done >= status->wanted)
    return 1;
  return (double) status->done / (double) status->wanted;
}

/* What moves, then what is to move, then what does not: problems first, as they want a person. */
static int
get_state_rank (const BtTorrentStatus *status)
{
  static const int ranks[] = {
    [BT_STATE_ERROR] = 0,   [BT_STATE_DOWNLOADING] = 1, [BT_STATE_MOVING] = 3, [BT_STATE_CHECKING] = 4,
    [BT_STATE_SEEDING] = 5, [BT_STATE_LOADING] = 7,     [BT_STATE_PAUSED] = 8, [BT_STATE_STOPPED] = 9,
  };

  return ranks[status->state] + (status->reason != BT_REASON_NONE && status->state != BT_STATE_ERROR);
}

static guint
get_other_peers (const BtTorrentStatus *status)
{
  return status->n_peers - MIN (status->n_seeds, status->n_peers);
}

/* Unknown is longer than anything. */
static gint64
get_eta (const BtTorrentStatus *status)
{
  return status->state == BT_STATE_DOWNLOADING && status->eta_s >= 0 ? status->eta_s : G_MAXINT64;
}

/* Of data that was there already, nothing was downloaded; it counts as if it had been. */
static guint64
get_received (const BtTorrentStatus *status)
{
  return status->downloaded > 0 ? status->downloaded : status->done;
}

static double
get_ratio (const BtTorrentStatus *status)
{
  guint64 received = get_received (status);

  return received > 0 ? (double) status->uploaded / (double) received : 0;
}

static gint64
get_completed (const BtTorrentStatus *status)
{
  return status->completed_at > 0 ? status->completed_at : G_MAXINT64;
}

/* What is in no queue comes last. */
static guint
get_queue_position (const BtTorrentStatus *status)
{
  return status->queue_position > 0 ? status->queue_position : G_MAXUINT;
}

#define GET_SIZE(status) (status)->total_size
#define GET_SEEDS(status) (status)->n_seeds
#define GET_DOWN(status) (status)->rate_down
#define GET_UP(status) (status)->rate_up
#define GET_ADDED(status) (status)->added_at
#define GET_AVAILABILITY(status) (status)->availability

DEFINE_ORDER (size, GET_SIZE)
DEFINE_ORDER (progress, get_progress)
DEFINE_ORDER (state, get_state_rank)
DEFINE_ORDER (seeds, GET_SEEDS)
DEFINE_ORDER (peers, get_other_peers)
DEFINE_ORDER (down, GET_DOWN)
DEFINE_ORDER (up, GET_UP)
DEFINE_ORDER (eta, get_eta)
DEFINE_ORDER (ratio, get_ratio)
DEFINE_ORDER (added, GET_ADDED)
DEFINE_ORDER (completed, get_completed)
DEFINE_ORDER (availability, GET_AVAILABILITY)
DEFINE_ORDER (queue, get_queue_position)

static int
compare_name (FtTorrent *a, FtTorrent *b)
{
  return g_strcmp0 (ft_torrent_get_sort_key (a), ft_torrent_get_sort_key (b));
}

/* Tag by tag, so that those with the same first tag stand together; without any: last. */
static int
compare_tags (FtTorrent *a, FtTorrent *b)
{
  char **tags_a = ft_torrent_get_status (a)->options->tags;
  char **tags_b = ft_torrent_get_status (b)->options->tags;

  for (; *tags_a != NULL && *tags_b != NULL; tags_a++, tags_b++)
    {
      int order = g_utf8_collate (*tags_a, *tags_b);

      if (order != 0)
        return order;
    }
  return (*tags_a == NULL) - (*tags_b == NULL);
}

/* What has none comes last. */
static int
compare_tracker (FtTorrent *a, FtTorrent *b)
{
  const char *tracker_a = ft_torrent_get_status (a)->tracker;
  const char *tracker_b = ft_torrent_get_status (b)->tracker;

  if (tracker_a == NULL || tracker_b == NULL)
    return (tracker_a == NULL) - (tracker_b == NULL);
  return g_strcmp0 (tracker_a, tracker_b);
}

static int
compare_path (FtTorrent *a, FtTorrent *b)
{
  return g_strcmp0 (ft_torrent_get_status (a)->save_path, ft_torrent_get_status (b)->save_path);
}

/* Texts. */

static char *
dup_name (FtTorrent *torrent)
{
  return g_strdup (ft_torrent_get_status (torrent)->name);
}

static char *
dup_size (FtTorrent *torrent)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);

  return status->is_magnet ? g_strdup ("") : ft_format_size (status->total_size);
}

static char *
dup_progress (FtTorrent *torrent)
{
  return ft_format_percent (get_progress (ft_torrent_get_status (torrent)));
}

static char *
dup_state (FtTorrent *torrent)
{
  return ft_describe_state (ft_torrent_get_status (torrent), g_get_real_time () / G_USEC_PER_SEC);
}

static char *
format_swarm (guint connected, gint64 in_swarm)
{
  if (in_swarm < 0)
    return g_strdup_printf ("%u", connected);
  /* Translators: peers that are connected, and those that there are: "3 (12)". */
  return g_strdup_printf (C_ ("peers", "%1$u (%2$u)"), connected, (guint) MIN (in_swarm, G_MAXUINT));
}

static char *
dup_seeds (FtTorrent *torrent)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);

  return format_swarm (status->n_seeds, status->swarm_seeds);
}

static char *
dup_peers (FtTorrent *torrent)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);

  return format_swarm (get_other_peers (status), status->swarm_leechers);
}

static char *
format_rate (guint64 rate)
{
  return rate > 0 ? ft_format_speed (rate) : g_strdup ("");
}

static char *
dup_down (FtTorrent *torrent)
{
  return format_rate (ft_torrent_get_status (torrent)->rate_down);
}

static char *
dup_up (FtTorrent *torrent)
{
  return format_rate (ft_torrent_get_status (torrent)->rate_up);
}

static char *
dup_eta (FtTorrent *torrent)
{
  gint64 eta = get_eta (ft_torrent_get_status (torrent));

  return eta < G_MAXINT64 ? ft_format_duration (MAX (eta, 1)) : g_strdup ("");
}

static char *
dup_ratio (FtTorrent *torrent)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);

  return ft_format_ratio (status->uploaded, get_received (status));
}

static char *
dup_tags (FtTorrent *torrent)
{
  /* Translators: between the names of tags in a list. */
  return g_strjoinv (C_ ("tags", ", "), ft_torrent_get_status (torrent)->options->tags);
}

static char *
dup_added (FtTorrent *torrent)
{
  return ft_format_moment (ft_torrent_get_status (torrent)->added_at);
}

static char *
dup_completed (FtTorrent *torrent)
{
  return ft_format_moment (ft_torrent_get_status (torrent)->completed_at);
}

static char *
dup_tracker (FtTorrent *torrent)
{
  const char *tracker = ft_torrent_get_status (torrent)->tracker;

  return g_strdup (tracker != NULL ? tracker : "");
}

static char *
dup_path (FtTorrent *torrent)
{
  return g_filename_display_name (ft_torrent_get_status (torrent)->save_path);
}

static char *
dup_availability (FtTorrent *torrent)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);

  return status->n_peers > 0 ? g_strdup_printf ("%.2f", status->availability) : g_strdup ("");
}

static char *
dup_queue (FtTorrent *torrent)
{
  guint position = ft_torrent_get_status (torrent)->queue_position;

  return position > 0 ? g_strdup_printf ("%u", position) : g_strdup ("");
}

/* A sentence about the state counts peers, and says how far a check is. */
#define STATE_FACTS (BT_CHANGED_STATE | BT_CHANGED_PROGRESS | BT_CHANGED_PEERS)

static const FtColumn columns[] = {
  { "name", BT_CHANGED_NAME, 140, TRUE, TRUE, FALSE, compare_name, dup_name, NC_ ("column", "Name") },
  { "size", BT_CHANGED_NAME, 92, TRUE, FALSE, TRUE, compare_size, dup_size, NC_ ("column", "Size") },
  { "progress", BT_CHANGED_PROGRESS | BT_CHANGED_NAME | BT_CHANGED_STATE, 105, TRUE, FALSE, TRUE, compare_progress,
    dup_progress, NC_ ("column", "Progress") },
  { "state", STATE_FACTS, 130, TRUE, TRUE, FALSE, compare_state, dup_state, NC_ ("column", "State") },
  { "seeds", BT_CHANGED_PEERS, 80, FALSE, FALSE, TRUE, compare_seeds, dup_seeds, NC_ ("column", "Seeds") },
  { "peers", BT_CHANGED_PEERS, 80, FALSE, FALSE, TRUE, compare_peers, dup_peers, NC_ ("column", "Peers") },
  { "down", BT_CHANGED_SPEED, 90, TRUE, FALSE, TRUE, compare_down, dup_down, NC_ ("column", "Download") },
  { "up", BT_CHANGED_SPEED, 90, FALSE, FALSE, TRUE, compare_up, dup_up, NC_ ("column", "Upload") },
  { "eta", BT_CHANGED_SPEED | BT_CHANGED_STATE, 110, FALSE, FALSE, TRUE, compare_eta, dup_eta,
    NC_ ("column", "Time Left") },
  { "ratio", BT_CHANGED_TOTALS | BT_CHANGED_PROGRESS, 70, FALSE, FALSE, TRUE, compare_ratio, dup_ratio,
    NC_ ("column", "Ratio") },
  { "tags", BT_CHANGED_OPTIONS, 130, FALSE, FALSE, FALSE, compare_tags, dup_tags, NC_ ("column", "Tags") },
  { "added", BT_CHANGED_NAME, 130, FALSE, FALSE, FALSE, compare_added, dup_added, NC_ ("column", "Added") },
  { "completed", BT_CHANGED_PROGRESS, 130, FALSE, FALSE, FALSE, compare_completed, dup_completed,
    NC_ ("column", "Completed") },
  { "tracker", BT_CHANGED_TRACKER, 150, FALSE, FALSE, FALSE, compare_tracker, dup_tracker,
    NC_ ("column", "Tracker") },
  { "path", BT_CHANGED_NAME, 200, FALSE, FALSE, FALSE, compare_path, dup_path, NC_ ("column", "Folder") },
  { "availability", BT_CHANGED_PEERS, 100, FALSE, FALSE, TRUE, compare_availability, dup_availability,
    NC_ ("column", "Availability") },
  { "queue", BT_CHANGED_OPTIONS, 90, FALSE, FALSE, TRUE, compare_queue, dup_queue,
    NC_ ("column", "Queue Place") },
};

const FtColumn *
ft_column_get_all (guint *n_columns)
{
  *n_columns = G_N_ELEMENTS (columns);
  return columns;
}

const FtColumn *
ft_column_lookup (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_strcmp0 (columns[i].id, id) == 0)
      return &columns[i];
  return NULL;
}

const char *
ft_column_get_title (const FtColumn *column)
{
  g_return_val_if_fail (column != NULL, NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "column", column->title);
}

int
ft_column_compare (const FtColumn *column, FtTorrent *a, FtTorrent *b)
{
  int order;

  g_return_val_if_fail (column != NULL, 0);

  order = column->compare (a, b);
  if (order == 0)
    order = compare_name (a, b);
  return order != 0 ? order : BT_COMPARE (ft_torrent_get_id (a), ft_torrent_get_id (b));
}

BtChanged
ft_column_get_order_facts (const FtColumn *column)
{
  g_return_val_if_fail (column != NULL, 0);

  return column->facts | BT_CHANGED_NAME;
}
