/* test-policy.c: what holds now, in a world with a clock and networks of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-config.h"
#include "ft-policy.h"
#include "ft-schedule.h"

/* A monitor that says what a test tells it. */

#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject parent_instance;

  gboolean metered;
};

enum
{
  PROP_0,
  PROP_AVAILABLE,
  PROP_METERED,
  PROP_CONNECTIVITY,
};

static gboolean
test_monitor_init_now (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
test_monitor_initable_init (GInitableIface *iface)
{
  iface->init = test_monitor_init_now;
}

static void
test_monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMonitor, test_monitor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, test_monitor_initable_init)
                               G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, test_monitor_iface_init))

static void
test_monitor_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_METERED)
    g_value_set_boolean (value, TEST_MONITOR (object)->metered);
  else if (prop_id == PROP_AVAILABLE)
    g_value_set_boolean (value, TRUE);
  else
    g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = test_monitor_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
test_monitor_init (TestMonitor *self)
{
}

typedef struct
{
  GSettings *settings;
  TestMonitor *monitor;
  const char *now;
  const char *network;
  FtPolicy *policy;
  guint n_changed;
} Fixture;

static GDateTime *
dup_now (gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");

  return g_date_time_new_from_iso8601 (fixture->now, zone);
}

static char *
dup_network (gpointer user_data)
{
  Fixture *fixture = user_data;

  return g_strdup (fixture->network);
}

static void
changed_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const FtPolicyOps ops = { dup_now, dup_network };
  static const char *const keys[]
    = { FT_SETTING_ALTERNATIVE_LIMITS, FT_SETTING_ALTERNATIVE_LIMIT_DOWN, FT_SETTING_ALTERNATIVE_LIMIT_UP,
        FT_SETTING_SCHEDULE, FT_SETTING_SCHEDULE_ENABLED, FT_SETTING_METERED, FT_SETTING_LIMIT_DOWN,
        FT_SETTING_LIMIT_DOWN_ENABLED };

  fixture->settings = g_settings_new (APP_ID);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (fixture->settings, keys[i]);
  fixture->monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  fixture->now = "2024-01-01T12:00:00";
  fixture->network = "home";
  fixture->policy = ft_policy_new (fixture->settings, G_NETWORK_MONITOR (fixture->monitor), &ops, fixture);
  g_signal_connect_swapped (fixture->policy, "changed", G_CALLBACK (changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->policy);
  g_clear_object (&fixture->monitor);
  g_clear_object (&fixture->settings);
}

static void
set_metered (Fixture *fixture, gboolean metered)
{
  fixture->monitor->metered = metered;
  g_object_notify (G_OBJECT (fixture->monitor), "network-metered");
}

static void
set_time (Fixture *fixture, const char *now)
{
  fixture->now = now;
  ft_policy_refresh (fixture->policy);
}

/* Monday: limited from 8 to 10, off from 10 to 12. */
static void
set_plan (Fixture *fixture)
{
  FtSchedule schedule = { { 0 } };
  g_autofree char *text = NULL;

  schedule.hours[8] = schedule.hours[9] = FT_PAINT_LIMITED;
  schedule.hours[10] = schedule.hours[11] = FT_PAINT_OFF;
  text = ft_schedule_format (&schedule);
  g_settings_set_string (fixture->settings, FT_SETTING_SCHEDULE, text);
  g_settings_set_boolean (fixture->settings, FT_SETTING_SCHEDULE_ENABLED, TRUE);
}

static void
assert_holds (Fixture *fixture, gboolean limited, BtSuspend suspended, const char *text)
{
  g_assert_cmpint (ft_policy_get_limited (fixture->policy), ==, limited);
  g_assert_cmpint (ft_policy_get_suspended (fixture->policy), ==, suspended);
  g_assert_cmpstr (ft_policy_get_text (fixture->policy), ==, text);
}

static void
assert_limits (Fixture *fixture, guint64 down, guint64 up)
{
  g_autoptr (BtConfig) config = bt_config_new ();

  config->suspend = BT_SUSPEND_METERED;
  ft_config_load_settings (config, fixture->settings);
  ft_policy_apply (fixture->policy, config);
  g_assert_cmpuint (config->limit_down_bytes_per_s, ==, down);
  g_assert_cmpuint (config->limit_up_bytes_per_s, ==, up);
  g_assert_cmpint (config->suspend, ==, ft_policy_get_suspended (fixture->policy));
}

static void
test_by_hand (Fixture *fixture, gconstpointer data)
{
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
  assert_limits (fixture, 0, 0);
  g_settings_set_boolean (fixture->settings, FT_SETTING_ALTERNATIVE_LIMITS, TRUE);
  assert_holds (fixture, TRUE, BT_SUSPEND_NONE, "The slower limits are on");
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  assert_limits (fixture, 100000, 100000);

  /* While they hold, another number holds at once. */
  g_settings_set_uint (fixture->settings, FT_SETTING_ALTERNATIVE_LIMIT_DOWN, 50);
  g_assert_cmpuint (fixture->n_changed, ==, 2);
  assert_limits (fixture, 50000, 100000);
  g_settings_set_boolean (fixture->settings, FT_SETTING_ALTERNATIVE_LIMITS, FALSE);
  g_assert_cmpuint (fixture->n_changed, ==, 3);
  g_settings_set_uint (fixture->settings, FT_SETTING_ALTERNATIVE_LIMIT_DOWN, 60);
  g_assert_cmpuint (fixture->n_changed, ==, 3);
  assert_limits (fixture, 0, 0);
}

/* Nothing becomes faster by them. */
static void
test_never_faster (Fixture *fixture, gconstpointer data)
{
  g_settings_set_boolean (fixture->settings, FT_SETTING_ALTERNATIVE_LIMITS, TRUE);
  g_settings_set_boolean (fixture->settings, FT_SETTING_LIMIT_DOWN_ENABLED, TRUE);
  g_settings_set_uint (fixture->settings, FT_SETTING_LIMIT_DOWN, 20);
  assert_limits (fixture, 20000, 100000);
  g_settings_set_uint (fixture->settings, FT_SETTING_ALTERNATIVE_LIMIT_DOWN, 0);
  g_settings_set_uint (fixture->settings, FT_SETTING_ALTERNATIVE_LIMIT_UP, 0);
  assert_limits (fixture, 20000, 0);
}

static void
test_plan (Fixture *fixture, gconstpointer data)
{
  set_time (fixture, "2024-01-01T07:59:59");
  set_plan (fixture);
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
  set_time (fixture, "2024-01-01T08:00:00");
  assert_holds (fixture, TRUE, BT_SUSPEND_NONE, "Slower by the week’s plan until 10:00");
  set_time (fixture, "2024-01-01T10:00:00");
  assert_holds (fixture, FALSE, BT_SUSPEND_SCHEDULE, "Paused by the week’s plan until 12:00");
  set_time (fixture, "2024-01-01T12:00:00");
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
  g_assert_cmpuint (fixture->n_changed, ==, 3);
  /* The clock is set back, or the computer slept for a week. */
  set_time (fixture, "2024-01-01T11:00:00");
  assert_holds (fixture, FALSE, BT_SUSPEND_SCHEDULE, "Paused by the week’s plan until 12:00");
  set_time (fixture, "2024-01-08T09:00:00");
  assert_holds (fixture, TRUE, BT_SUSPEND_NONE, "Slower by the week’s plan until 10:00");
  g_settings_set_boolean (fixture->settings, FT_SETTING_SCHEDULE_ENABLED, FALSE);
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
}

static void
test_plan_of_days (Fixture *fixture, gconstpointer data)
{
  FtSchedule schedule = { { 0 } };
  g_autofree char *off = g_strnfill (FT_SCHEDULE_HOURS, 'o');
  g_autofree char *text = NULL;

  for (guint i = 0; i < 60; i++)
    schedule.hours[i] = FT_PAINT_OFF;
  text = ft_schedule_format (&schedule);
  g_settings_set_string (fixture->settings, FT_SETTING_SCHEDULE, text);
  g_settings_set_boolean (fixture->settings, FT_SETTING_SCHEDULE_ENABLED, TRUE);
  assert_holds (fixture, FALSE, BT_SUSPEND_SCHEDULE, "Paused by the week’s plan until Wednesday 12:00");
  g_settings_set_string (fixture->settings, FT_SETTING_SCHEDULE, off);
  assert_holds (fixture, FALSE, BT_SUSPEND_SCHEDULE, "Paused by the week’s plan");
}

static void
test_metered (Fixture *fixture, gconstpointer data)
{
  set_metered (fixture, TRUE);
  assert_holds (fixture, FALSE, BT_SUSPEND_METERED, "Paused: this network may cost money");
  g_assert_true (ft_policy_get_can_go_on (fixture->policy));
  g_settings_set_string (fixture->settings, FT_SETTING_METERED, "limit");
  assert_holds (fixture, TRUE, BT_SUSPEND_NONE, "Slower: this network may cost money");
  g_assert_true (ft_policy_get_can_go_on (fixture->policy));
  g_settings_set_string (fixture->settings, FT_SETTING_METERED, "ignore");
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
  g_assert_false (ft_policy_get_can_go_on (fixture->policy));
  g_settings_set_string (fixture->settings, FT_SETTING_METERED, "pause");
  set_metered (fixture, FALSE);
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
}

/* Going on is for this network: not for the next, and not for the next time. */
static void
test_go_on (Fixture *fixture, gconstpointer data)
{
  set_metered (fixture, TRUE);
  ft_policy_go_on (fixture->policy);
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
  g_assert_false (ft_policy_get_can_go_on (fixture->policy));
  /* Something changed in the same network. */
  g_signal_emit_by_name (fixture->monitor, "network-changed", TRUE);
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);

  fixture->network = "phone";
  g_signal_emit_by_name (fixture->monitor, "network-changed", TRUE);
  assert_holds (fixture, FALSE, BT_SUSPEND_METERED, "Paused: this network may cost money");

  ft_policy_go_on (fixture->policy);
  assert_holds (fixture, FALSE, BT_SUSPEND_NONE, NULL);
  set_metered (fixture, FALSE);
  set_metered (fixture, TRUE);
  assert_holds (fixture, FALSE, BT_SUSPEND_METERED, "Paused: this network may cost money");
}

/* What a person cannot change by going on is said first. */
static void
test_both (Fixture *fixture, gconstpointer data)
{
  set_plan (fixture);
  set_metered (fixture, TRUE);
  set_time (fixture, "2024-01-01T10:30:00");
  assert_holds (fixture, FALSE, BT_SUSPEND_SCHEDULE, "Paused by the week’s plan until 12:00");
  g_assert_false (ft_policy_get_can_go_on (fixture->policy));
  set_time (fixture, "2024-01-01T09:30:00");
  assert_holds (fixture, TRUE, BT_SUSPEND_METERED, "Paused: this network may cost money");
  ft_policy_go_on (fixture->policy);
  assert_holds (fixture, TRUE, BT_SUSPEND_NONE, "Slower by the week’s plan until 10:00");
}

static void
test_no_monitor (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (FtPolicy) policy = ft_policy_new (settings, NULL, NULL, NULL);

  g_assert_false (ft_policy_get_limited (policy));
  ft_policy_go_on (policy);
  g_assert_cmpint (ft_policy_get_suspended (policy), ==, BT_SUSPEND_NONE);
}

static void
add_test (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/model/policy/by-hand", test_by_hand);
  add_test ("/model/policy/never-faster", test_never_faster);
  add_test ("/model/policy/plan", test_plan);
  add_test ("/model/policy/plan-of-days", test_plan_of_days);
  add_test ("/model/policy/metered", test_metered);
  add_test ("/model/policy/go-on", test_go_on);
  add_test ("/model/policy/both", test_both);
  g_test_add_func ("/model/policy/no-monitor", test_no_monitor);
  return g_test_run ();
}
