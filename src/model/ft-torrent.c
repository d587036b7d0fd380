/* ft-torrent.c: one torrent as an object whose properties faces bind to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent.h"

#include "ft-describe.h"
#include "ft-enums.h"
#include "ft-query.h"

struct _FtTorrent
{
  GObject parent_instance;

  BtTorrentStatus status;
  /* (nullable): made when they are first asked for */
  char *sort_key;
  char *search_key;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_STATE,
  PROP_INTENT,
  PROP_PROGRESS,
  PROP_TOTAL_SIZE,
  PROP_RATE_DOWN,
  PROP_RATE_UP,
  PROP_ETA,
  PROP_N_PEERS,
  PROP_STATE_TEXT,
  PROP_PROGRESS_TEXT,
  PROP_SPEED_TEXT,
  PROP_ROW_TEXT,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtTorrent, ft_torrent, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static GQuark property_quarks[N_PROPS]; /* details of notify */
static guint notify_signal;
static guint signals[N_SIGNALS];

/* Which facts a property is made of. */
static const BtChanged property_facts[N_PROPS] = {
  [PROP_NAME] = BT_CHANGED_NAME,
  [PROP_STATE] = BT_CHANGED_STATE,
  [PROP_INTENT] = BT_CHANGED_STATE,
  [PROP_PROGRESS] = BT_CHANGED_STATE | BT_CHANGED_PROGRESS,
  [PROP_TOTAL_SIZE] = BT_CHANGED_NAME,
  [PROP_RATE_DOWN] = BT_CHANGED_SPEED,
  [PROP_RATE_UP] = BT_CHANGED_SPEED,
  [PROP_ETA] = BT_CHANGED_SPEED,
  [PROP_N_PEERS] = BT_CHANGED_PEERS,
  [PROP_STATE_TEXT] = BT_CHANGED_STATE | BT_CHANGED_PROGRESS | BT_CHANGED_PEERS,
  [PROP_PROGRESS_TEXT] = BT_CHANGED_STATE | BT_CHANGED_PROGRESS | BT_CHANGED_SPEED,
  [PROP_SPEED_TEXT] = BT_CHANGED_SPEED,
  [PROP_ROW_TEXT] = BT_CHANGED_NAME | BT_CHANGED_STATE | BT_CHANGED_PROGRESS | BT_CHANGED_SPEED
                    | BT_CHANGED_PEERS,
};

static gint64
unix_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static double
compute_progress (const BtTorrentStatus *status)
{
  if (status->state == BT_STATE_CHECKING)
    return CLAMP (status->check_progress, 0, 1);
  if (status->is_magnet)
    return status->metadata_size > 0 ? MIN ((double) status->metadata_done / status->metadata_size, 1) : 0;
  if (status->wanted == 0 || status->done >= status->wanted)
    return 1;
  return (double) status->done / (double) status->wanted;
}

static void
forget_keys (FtTorrent *self)
{
  g_clear_pointer (&self->sort_key, g_free);
  g_clear_pointer (&self->search_key, g_free);
}

static void
ft_torrent_finalize (GObject *object)
{
  FtTorrent *self = FT_TORRENT (object);

  forget_keys (self);
  bt_torrent_status_clear (&self->status);

  G_OBJECT_CLASS (ft_torrent_parent_class)->finalize (object);
}

static void
get_text (FtTorrent *self, guint prop_id, GValue *value)
{
  const BtTorrentStatus *status = &self->status;

  switch (prop_id)
    {
    case PROP_STATE_TEXT:
      g_value_take_string (value, ft_describe_state (status, unix_now ()));
      break;
    case PROP_PROGRESS_TEXT:
      g_value_take_string (value, ft_describe_progress (status));
      break;
    case PROP_SPEED_TEXT:
      g_value_take_string (value, ft_describe_speeds (status->rate_down, status->rate_up));
      break;
    case PROP_ROW_TEXT:
      g_value_take_string (value, ft_describe_row (status, unix_now ()));
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
ft_torrent_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtTorrent *self = FT_TORRENT (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_uint (value, self->status.id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->status.name);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->status.state);
      break;
    case PROP_INTENT:
      g_value_set_enum (value, self->status.intent);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, compute_progress (&self->status));
      break;
    case PROP_TOTAL_SIZE:
      g_value_set_uint64 (value, self->status.total_size);
      break;
    case PROP_RATE_DOWN:
      g_value_set_uint64 (value, self->status.rate_down);
      break;
    case PROP_RATE_UP:
      g_value_set_uint64 (value, self->status.rate_up);
      break;
    case PROP_ETA:
      g_value_set_int64 (value, self->status.eta_s);
      break;
    case PROP_N_PEERS:
      g_value_set_uint (value, self->status.n_peers);
      break;
    case PROP_STATE_TEXT:
    case PROP_PROGRESS_TEXT:
    case PROP_SPEED_TEXT:
    case PROP_ROW_TEXT:
      get_text (self, prop_id, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_torrent_class_init (FtTorrentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_torrent_finalize;
  object_class->get_property = ft_torrent_get_property;

  properties[PROP_ID] = g_param_spec_uint ("id", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_STATE]
    = g_param_spec_enum ("state", NULL, NULL, FT_TYPE_STATE, BT_STATE_LOADING, flags);
  properties[PROP_INTENT]
    = g_param_spec_enum ("intent", NULL, NULL, FT_TYPE_INTENT, BT_INTENT_RUN, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_TOTAL_SIZE]
    = g_param_spec_uint64 ("total-size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_RATE_DOWN]
    = g_param_spec_uint64 ("rate-down", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_RATE_UP] = g_param_spec_uint64 ("rate-up", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_ETA] = g_param_spec_int64 ("eta", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_N_PEERS] = g_param_spec_uint ("n-peers", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_PROGRESS_TEXT] = g_param_spec_string ("progress-text", NULL, NULL, NULL, flags);
  properties[PROP_SPEED_TEXT] = g_param_spec_string ("speed-text", NULL, NULL, NULL, flags);
  properties[PROP_ROW_TEXT] = g_param_spec_string ("row-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  notify_signal = g_signal_lookup ("notify", G_TYPE_OBJECT);
  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    property_quarks[i] = g_quark_from_static_string (g_param_spec_get_name (properties[i]));

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ft_torrent_init (FtTorrent *self)
{
}

FtTorrent *
ft_torrent_new (const BtTorrentStatus *status)
{
  FtTorrent *self;

  g_return_val_if_fail (status != NULL, NULL);

  self = g_object_new (FT_TYPE_TORRENT, NULL);
  bt_torrent_status_copy (status, &self->status);
  return self;
}

/* Of ten thousand only those on the screen have listeners; for the others notifying would be most of the cost. */
static gboolean
has_listener (FtTorrent *self, guint prop_id)
{
  return g_signal_has_handler_pending (self, notify_signal, property_quarks[prop_id], TRUE);
}

static void
notify_facts (FtTorrent *self, BtChanged changed)
{
  gboolean to_all = g_signal_has_handler_pending (self, notify_signal, 0, TRUE);

  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    if ((property_facts[i] & changed) != 0 && (to_all || has_listener (self, i)))
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

void
ft_torrent_update (FtTorrent *self, const BtTorrentStatus *status)
{
  BtTorrentStatus old = self->status;

  g_return_if_fail (FT_IS_TORRENT (self));
  g_return_if_fail (status != NULL && status->id == self->status.id);

  bt_torrent_status_copy (status, &self->status);
  bt_torrent_status_clear (&old);
  if ((status->changed & BT_CHANGED_NAME) != 0)
    forget_keys (self);

  notify_facts (self, status->changed);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, (guint) status->changed);
}

BtTorrentId
ft_torrent_get_id (FtTorrent *self)
{
  g_return_val_if_fail (FT_IS_TORRENT (self), 0);

  return self->status.id;
}

const BtTorrentStatus *
ft_torrent_get_status (FtTorrent *self)
{
  g_return_val_if_fail (FT_IS_TORRENT (self), NULL);

  return &self->status;
}

double
ft_torrent_get_progress (FtTorrent *self)
{
  g_return_val_if_fail (FT_IS_TORRENT (self), 0);

  return compute_progress (&self->status);
}

const char *
ft_torrent_get_sort_key (FtTorrent *self)
{
  g_return_val_if_fail (FT_IS_TORRENT (self), NULL);

  /* As a file manager orders names: digits by their value. */
  if (self->sort_key == NULL)
    {
      g_autofree char *without_case = g_utf8_casefold (self->status.name, -1);

      self->sort_key = g_utf8_collate_key_for_filename (without_case, -1);
    }
  return self->sort_key;
}

const char *
ft_torrent_get_search_key (FtTorrent *self)
{
  g_return_val_if_fail (FT_IS_TORRENT (self), NULL);

  if (self->search_key == NULL)
    self->search_key = ft_query_fold (self->status.name);
  return self->search_key;
}

gboolean
ft_torrent_counts_down (FtTorrent *self, gint64 now)
{
  g_return_val_if_fail (FT_IS_TORRENT (self), FALSE);

  return self->status.reason_until > now;
}

void
ft_torrent_refresh_texts (FtTorrent *self)
{
  g_return_if_fail (FT_IS_TORRENT (self));

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_TEXT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW_TEXT]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, (guint) BT_CHANGED_STATE);
}
