/* ft-tracker.c: one tracker of a torrent, with what it does in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"
#include "ft-tracker-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _FtTracker
{
  GObject parent_instance;

  BtTrackerStatus status;
  gboolean leads; /* the first of its tier */
  gint64 now;
};

enum
{
  PROP_0,
  PROP_HOST,
  PROP_URL,
  /* From here on they change. */
  PROP_CHANNEL_ICON,
  PROP_CHANNEL_TEXT,
  PROP_TIER,
  PROP_HEADING,
  PROP_LEADS,
  PROP_STATE_TEXT,
  PROP_COUNTS_TEXT,
  PROP_FAILING,
  PROP_ROW_TEXT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtTracker, ft_tracker, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static char *
describe_working (const BtTrackerStatus *status, gint64 now)
{
  g_autofree char *wait = NULL;

  if (status->next_at <= now)
    return g_strdup (_("Working"));
  wait = ft_format_duration (status->next_at - now);
  /* Translators: %s is a duration such as "12 minutes". */
  return g_strdup_printf (_("Working: next announce in %s"), wait);
}

/* An error of HTTP begins with the address, which stands beside it already. */
static const char *
skip_address (const char *message)
{
  const char *end = g_str_has_prefix (message, "http") ? strstr (message, ": ") : NULL;

  return end != NULL ? end + 2 : message;
}

static char *
describe_failing (const BtTrackerStatus *status, gint64 now)
{
  const char *said = status->message != NULL ? skip_address (status->message) : _("no answer");
  g_autofree char *wait = NULL;

  if (status->next_at <= now)
    return g_strdup_printf (_("Failing: %s"), said);
  wait = ft_format_duration (status->next_at - now);
  /* Translators: what went wrong, and a duration such as "5 minutes". */
  return g_strdup_printf (_("Failing: %1$s; next try in %2$s"), said, wait);
}

char *
ft_describe_tracker (const BtTrackerStatus *status, gint64 now)
{
  switch (status->state)
    {
    case BT_TRACKER_STATUS_ASKING:
      return g_strdup (_("Being asked now"));
    case BT_TRACKER_STATUS_WORKING:
      return describe_working (status, now);
    case BT_TRACKER_STATUS_FAILING:
      return describe_failing (status, now);
    case BT_TRACKER_STATUS_IDLE:
    default:
      return g_strdup (status->next_at > now ? _("Waiting for its turn") : _("Not asked"));
    }
}

static void
add_count (GString *text, char *count)
{
  if (text->len > 0)
    g_string_append (text, C_ ("list of phrases", ", "));
  g_string_append (text, count);
  g_free (count);
}

static guint
clamp_count (gint64 n)
{
  return (guint) CLAMP (n, 0, G_MAXINT);
}

static char *
describe_last (const BtTrackerStatus *status, gint64 now)
{
  g_autofree char *ago = ft_format_duration (now - status->last_at);

  /* Translators: %s is a duration such as "3 minutes". */
  return g_strdup_printf (_("last asked %s ago"), ago);
}

static char *
describe_counts (const BtTrackerStatus *status, gint64 now)
{
  GString *text = g_string_new (NULL);
  guint n_seeds = clamp_count (status->n_seeds);
  guint n_leechers = clamp_count (status->n_leechers);
  guint n_downloaded = clamp_count (status->n_downloaded);

  if (status->n_seeds >= 0)
    add_count (text, g_strdup_printf (ngettext ("%'u seed", "%'u seeds", n_seeds), n_seeds));
  if (status->n_leechers >= 0)
    add_count (text, g_strdup_printf (ngettext ("%'u downloading", "%'u downloading", n_leechers), n_leechers));
  if (status->n_downloaded >= 0)
    add_count (text, g_strdup_printf (ngettext ("%'u download", "%'u downloads", n_downloaded), n_downloaded));
  if (status->n_peers > 0)
    add_count (text, g_strdup_printf (ngettext ("%'u peer given", "%'u peers given", status->n_peers), status->n_peers));
  if (status->last_at > 0 && status->last_at <= now)
    add_count (text, describe_last (status, now));
  return g_string_free (text, FALSE);
}

static char *
dup_host (const BtTrackerStatus *status)
{
  g_autoptr (GUri) uri = g_uri_parse (status->url, G_URI_FLAGS_PARSE_RELAXED, NULL);

  return g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : status->url);
}

/* Whether others on the way see what is announced. */
static const char *
describe_channel (const BtTrackerStatus *status)
{
  /* Translators: how a tracker is spoken to. */
  return status->encrypted ? _("Encrypted (HTTPS)") : _("Not encrypted");
}

static char *
describe_row (FtTracker *self)
{
  g_autofree char *host = dup_host (&self->status);
  g_autofree char *state = ft_describe_tracker (&self->status, self->now);
  g_autofree char *counts = describe_counts (&self->status, self->now);
  GString *text = g_string_new (NULL);

  /* Translators: read aloud: a tracker's host and what it does. */
  g_string_printf (text, C_ ("tracker", "%1$s, %2$s"), host, state);
  if (*counts != '\0')
    add_count (text, g_steal_pointer (&counts));
  add_count (text, g_strdup (describe_channel (&self->status)));
  return g_string_free (text, FALSE);
}

static void
clear_status (BtTrackerStatus *status)
{
  g_clear_pointer (&status->url, g_ref_string_release);
  g_clear_pointer (&status->message, g_ref_string_release);
}

static void
copy_status (BtTrackerStatus *to, const BtTrackerStatus *from)
{
  *to = *from;
  g_ref_string_acquire (to->url);
  if (to->message != NULL)
    g_ref_string_acquire (to->message);
}

static void
ft_tracker_finalize (GObject *object)
{
  clear_status (&FT_TRACKER (object)->status);

  G_OBJECT_CLASS (ft_tracker_parent_class)->finalize (object);
}

static void
ft_tracker_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtTracker *self = FT_TRACKER (object);

  switch (prop_id)
    {
    case PROP_HOST:
      g_value_take_string (value, dup_host (&self->status));
      break;
    case PROP_URL:
      g_value_set_string (value, self->status.url);
      break;
    case PROP_CHANNEL_ICON:
      g_value_set_static_string (value, self->status.encrypted ? "channel-secure-symbolic"
                                                               : "channel-insecure-symbolic");
      break;
    case PROP_CHANNEL_TEXT:
      g_value_set_string (value, describe_channel (&self->status));
      break;
    case PROP_TIER:
      g_value_set_uint (value, self->status.tier);
      break;
    case PROP_HEADING:
      /* Translators: trackers of one tier are asked in turn, and the next tier only when all of one fail. */
      g_value_take_string (value, g_strdup_printf (_("Tier %u"), self->status.tier + 1));
      break;
    case PROP_LEADS:
      g_value_set_boolean (value, self->leads);
      break;
    case PROP_STATE_TEXT:
      g_value_take_string (value, ft_describe_tracker (&self->status, self->now));
      break;
    case PROP_COUNTS_TEXT:
      g_value_take_string (value, describe_counts (&self->status, self->now));
      break;
    case PROP_FAILING:
      g_value_set_boolean (value, self->status.state == BT_TRACKER_STATUS_FAILING);
      break;
    case PROP_ROW_TEXT:
      g_value_take_string (value, describe_row (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_tracker_class_init (FtTrackerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_tracker_finalize;
  object_class->get_property = ft_tracker_get_property;

  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, flags);
  properties[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, flags);
  properties[PROP_CHANNEL_ICON] = g_param_spec_string ("channel-icon", NULL, NULL, NULL, flags);
  properties[PROP_CHANNEL_TEXT] = g_param_spec_string ("channel-text", NULL, NULL, NULL, flags);
  properties[PROP_TIER] = g_param_spec_uint ("tier", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_HEADING] = g_param_spec_string ("heading", NULL, NULL, NULL, flags);
  properties[PROP_LEADS] = g_param_spec_boolean ("leads", NULL, NULL, FALSE, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_COUNTS_TEXT] = g_param_spec_string ("counts-text", NULL, NULL, NULL, flags);
  properties[PROP_FAILING] = g_param_spec_boolean ("failing", NULL, NULL, FALSE, flags);
  properties[PROP_ROW_TEXT] = g_param_spec_string ("row-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_tracker_init (FtTracker *self)
{
}

FtTracker *
ft_tracker_new (const BtTrackerStatus *status, gboolean leads, gint64 now)
{
  FtTracker *self = g_object_new (FT_TYPE_TRACKER, NULL);

  copy_status (&self->status, status);
  self->leads = leads;
  self->now = now;
  return self;
}

/* There are few, and their texts count down: all are told. */
void
ft_tracker_update (FtTracker *self, const BtTrackerStatus *status, gboolean leads, gint64 now)
{
  BtTrackerStatus old = self->status;

  copy_status (&self->status, status);
  clear_status (&old);
  self->leads = leads;
  self->now = now;
  g_object_freeze_notify (G_OBJECT (self));
  for (guint prop_id = PROP_CHANNEL_ICON; prop_id < N_PROPS; prop_id++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
  g_object_thaw_notify (G_OBJECT (self));
}

const char *
ft_tracker_get_url (FtTracker *self)
{
  g_return_val_if_fail (FT_IS_TRACKER (self), NULL);

  return self->status.url;
}

guint
ft_tracker_get_tier (FtTracker *self)
{
  g_return_val_if_fail (FT_IS_TRACKER (self), 0);

  return self->status.tier;
}
