/* ft-policy.c: what holds now: which limits, and whether anything is transferred at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-policy.h"

#include "ft-config.h"
#include "ft-interfaces.h"
#include "ft-schedule.h"

#include <glib/gi18n-lib.h>

#define LOOK_AGAIN_S 60 /* how long a sleep or a clock that was set may go unnoticed */

/* As in the schema. */
typedef enum
{
  METERED_IGNORE,
  METERED_PAUSE,
  METERED_LIMIT,
} Metered;

struct _FtPolicy
{
  GObject parent_instance;

  GSettings *settings;
  GNetworkMonitor *monitor; /* (nullable) */
  FtPolicyOps ops;
  gpointer user_data;
  guint timer_id;           /* runs while the plan is followed and changes */
  char *allowed_network;    /* (nullable): where it goes on though it costs money */

  gboolean limited;
  gboolean can_go_on;
  BtSuspend suspended;
  char *text;               /* (nullable) */
};

enum
{
  PROP_0,
  PROP_LIMITED,
  PROP_SUSPENDED,
  PROP_TEXT,
  PROP_CAN_GO_ON,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtPolicy, ft_policy, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* What was found, before it is compared with what held. */
typedef struct
{
  Metered metered;      /* what follows from the network */
  FtPaint paint;        /* what follows from the plan */
  gboolean by_hand;     /* the slower limits are switched on */
  GDateTime *now;
  GDateTime *change;    /* (nullable): of the plan */
} Findings;

static void
findings_clear (Findings *findings)
{
  g_clear_pointer (&findings->now, g_date_time_unref);
  g_clear_pointer (&findings->change, g_date_time_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Findings, findings_clear)

static GDateTime *
dup_now (gpointer user_data)
{
  return g_date_time_new_now_local ();
}

static char *
dup_network (gpointer user_data)
{
  return ft_interfaces_describe_network ();
}

/* The network. */

static Metered
find_metered (FtPolicy *self)
{
  Metered setting = (Metered) g_settings_get_enum (self->settings, FT_SETTING_METERED);
  g_autofree char *network = NULL;

  if (self->monitor == NULL || !g_network_monitor_get_network_metered (self->monitor))
    {
      g_clear_pointer (&self->allowed_network, g_free);
      return METERED_IGNORE;
    }
  if (self->allowed_network == NULL)
    return setting;
  network = self->ops.dup_network (self->user_data);
  if (g_str_equal (network, self->allowed_network))
    return METERED_IGNORE;
  g_clear_pointer (&self->allowed_network, g_free);
  return setting;
}

/* The plan. */

static void
look_at_plan (FtPolicy *self, Findings *findings)
{
  g_autofree char *text = g_settings_get_string (self->settings, FT_SETTING_SCHEDULE);
  FtSchedule schedule;

  if (!ft_schedule_parse (&schedule, text))
    g_warning ("The week's plan in the settings is none: it is not followed");
  findings->paint = ft_schedule_at (&schedule, findings->now);
  findings->change = ft_schedule_next_change (&schedule, findings->now);
}

static void
find (FtPolicy *self, Findings *findings)
{
  findings->now = self->ops.dup_now (self->user_data);
  findings->metered = find_metered (self);
  findings->by_hand = g_settings_get_boolean (self->settings, FT_SETTING_ALTERNATIVE_LIMITS);
  findings->paint = FT_PAINT_FULL;
  if (g_settings_get_boolean (self->settings, FT_SETTING_SCHEDULE_ENABLED))
    look_at_plan (self, findings);
}

/* Words. */

/* Returns: "14:00", "Monday 14:00" */
static char *
format_until (GDateTime *now, GDateTime *until)
{
  if (g_date_time_difference (until, now) < G_TIME_SPAN_DAY
      && g_date_time_get_day_of_month (now) == g_date_time_get_day_of_month (until))
    /* Translators: a time of today, see strftime() */
    return g_date_time_format (until, C_("time of today", "%H:%M"));
  /* Translators: a day of the week and a time, see strftime() */
  return g_date_time_format (until, C_("time in this week", "%A %H:%M"));
}

static char *
describe_plan (const Findings *findings)
{
  g_autofree char *until = NULL;
  gboolean is_off = findings->paint == FT_PAINT_OFF;

  if (findings->change == NULL)
    return g_strdup (is_off ? _("Paused by the week’s plan") : _("Slower by the week’s plan"));
  until = format_until (findings->now, findings->change);
  /* Translators: %s is a time, such as 14:00 or Monday 14:00 */
  return g_strdup_printf (is_off ? _("Paused by the week’s plan until %s")
                                 : _("Slower by the week’s plan until %s"),
                          until);
}

/* What cannot be helped comes first, then what can. */
static char *
describe (const Findings *findings)
{
  if (findings->paint == FT_PAINT_OFF)
    return describe_plan (findings);
  if (findings->metered == METERED_PAUSE)
    return g_strdup (_("Paused: this network may cost money"));
  if (findings->metered == METERED_LIMIT)
    return g_strdup (_("Slower: this network may cost money"));
  if (findings->by_hand)
    return g_strdup (_("The slower limits are on"));
  if (findings->paint == FT_PAINT_LIMITED)
    return describe_plan (findings);
  return NULL;
}

/* Taking it over. */

static void
notify_if (FtPolicy *self, gboolean changed, guint prop_id)
{
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
take (FtPolicy *self, const Findings *findings)
{
  g_autofree char *old_text = self->text;
  gboolean was_limited = self->limited, could_go_on = self->can_go_on;
  BtSuspend was_suspended = self->suspended;

  self->text = describe (findings);
  self->limited = findings->by_hand || findings->paint == FT_PAINT_LIMITED || findings->metered == METERED_LIMIT;
  self->suspended = findings->paint == FT_PAINT_OFF        ? BT_SUSPEND_SCHEDULE
                    : findings->metered == METERED_PAUSE ? BT_SUSPEND_METERED
                                                         : BT_SUSPEND_NONE;
  self->can_go_on = findings->metered != METERED_IGNORE && findings->paint != FT_PAINT_OFF;

  g_object_freeze_notify (G_OBJECT (self));
  notify_if (self, self->limited != was_limited, PROP_LIMITED);
  notify_if (self, self->suspended != was_suspended, PROP_SUSPENDED);
  notify_if (self, self->can_go_on != could_go_on, PROP_CAN_GO_ON);
  notify_if (self, g_strcmp0 (self->text, old_text) != 0, PROP_TEXT);
  g_object_thaw_notify (G_OBJECT (self));
  if (self->limited != was_limited || self->suspended != was_suspended)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
timer_cb (gpointer user_data)
{
  FtPolicy *self = user_data;

  self->timer_id = 0;
  ft_policy_refresh (self);
  return G_SOURCE_REMOVE;
}

static void
set_timer (FtPolicy *self, const Findings *findings)
{
  gint64 wait_us;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (findings->change == NULL)
    return;
  wait_us = g_date_time_difference (findings->change, findings->now);
  self->timer_id
    = g_timeout_add ((guint) (CLAMP (wait_us, 1, LOOK_AGAIN_S * G_USEC_PER_SEC) / 1000 + 1), timer_cb, self);
}

void
ft_policy_refresh (FtPolicy *self)
{
  g_auto (Findings) findings = { 0 };

  g_return_if_fail (FT_IS_POLICY (self));

  find (self, &findings);
  set_timer (self, &findings);
  take (self, &findings);
}

static void
setting_changed_cb (FtPolicy *self, const char *key)
{
  static const char *const keys[] = { FT_SETTING_ALTERNATIVE_LIMITS, FT_SETTING_SCHEDULE,
                                      FT_SETTING_SCHEDULE_ENABLED, FT_SETTING_METERED, NULL };

  if (g_strv_contains (keys, key))
    ft_policy_refresh (self);
  /* How slow the slower limits are matters only while they hold. */
  else if (self->limited && g_str_has_prefix (key, "alternative-limit-"))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
ft_policy_dispose (GObject *object)
{
  FtPolicy *self = FT_POLICY (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->settings);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (ft_policy_parent_class)->dispose (object);
}

static void
ft_policy_finalize (GObject *object)
{
  FtPolicy *self = FT_POLICY (object);

  g_free (self->allowed_network);
  g_free (self->text);

  G_OBJECT_CLASS (ft_policy_parent_class)->finalize (object);
}

static void
ft_policy_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtPolicy *self = FT_POLICY (object);

  switch (prop_id)
    {
    case PROP_LIMITED:
      g_value_set_boolean (value, self->limited);
      break;
    case PROP_SUSPENDED:
      g_value_set_int (value, self->suspended);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_CAN_GO_ON:
      g_value_set_boolean (value, self->can_go_on);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_policy_class_init (FtPolicyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = ft_policy_dispose;
  object_class->finalize = ft_policy_finalize;
  object_class->get_property = ft_policy_get_property;

  properties[PROP_LIMITED] = g_param_spec_boolean ("limited", NULL, NULL, FALSE, flags);
  properties[PROP_SUSPENDED] = g_param_spec_int ("suspended", NULL, NULL, BT_SUSPEND_NONE, BT_SUSPEND_METERED,
                                                 BT_SUSPEND_NONE, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_CAN_GO_ON] = g_param_spec_boolean ("can-go-on", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED]
    = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ft_policy_init (FtPolicy *self)
{
}

FtPolicy *
ft_policy_new (GSettings *settings, GNetworkMonitor *monitor, const FtPolicyOps *ops, gpointer user_data)
{
  static const FtPolicyOps real_ops = { dup_now, dup_network };
  FtPolicy *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (monitor == NULL || G_IS_NETWORK_MONITOR (monitor), NULL);

  self = g_object_new (FT_TYPE_POLICY, NULL);
  self->settings = g_object_ref (settings);
  self->ops = ops != NULL ? *ops : real_ops;
  self->user_data = user_data;
  g_signal_connect_object (settings, "changed", G_CALLBACK (setting_changed_cb), self, G_CONNECT_SWAPPED);
  if (monitor != NULL)
    {
      self->monitor = g_object_ref (monitor);
      g_signal_connect_object (monitor, "notify::network-metered", G_CALLBACK (ft_policy_refresh), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (monitor, "network-changed", G_CALLBACK (ft_policy_refresh), self,
                               G_CONNECT_SWAPPED);
    }
  ft_policy_refresh (self);
  return self;
}

gboolean
ft_policy_get_limited (FtPolicy *self)
{
  g_return_val_if_fail (FT_IS_POLICY (self), FALSE);

  return self->limited;
}

BtSuspend
ft_policy_get_suspended (FtPolicy *self)
{
  g_return_val_if_fail (FT_IS_POLICY (self), BT_SUSPEND_NONE);

  return self->suspended;
}

const char *
ft_policy_get_text (FtPolicy *self)
{
  g_return_val_if_fail (FT_IS_POLICY (self), NULL);

  return self->text;
}

gboolean
ft_policy_get_can_go_on (FtPolicy *self)
{
  g_return_val_if_fail (FT_IS_POLICY (self), FALSE);

  return self->can_go_on;
}

void
ft_policy_go_on (FtPolicy *self)
{
  g_return_if_fail (FT_IS_POLICY (self));

  g_free (self->allowed_network);
  self->allowed_network = self->ops.dup_network (self->user_data);
  ft_policy_refresh (self);
}

/* The slower limits never make anything faster: of both the lower holds. */
static guint64
get_slower (guint64 usual, guint64 alternative)
{
  return usual == 0 || (alternative != 0 && alternative < usual) ? alternative : usual;
}

void
ft_policy_apply (FtPolicy *self, BtConfig *config)
{
  g_return_if_fail (FT_IS_POLICY (self));
  g_return_if_fail (config != NULL);

  config->suspend = self->suspended;
  if (!self->limited)
    return;
  config->limit_down_bytes_per_s
    = get_slower (config->limit_down_bytes_per_s,
                  ft_config_get_limit (self->settings, FT_SETTING_ALTERNATIVE_LIMIT_DOWN));
  config->limit_up_bytes_per_s
    = get_slower (config->limit_up_bytes_per_s,
                  ft_config_get_limit (self->settings, FT_SETTING_ALTERNATIVE_LIMIT_UP));
}
