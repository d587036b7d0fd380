/* test-config.c: what a person set reaches the engine's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-config.h"
#include "ft-enums.h"

static void
test_defaults (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (BtConfig) config = bt_config_new ();
  g_autoptr (BtConfig) defaults = bt_config_new ();

  config->listen_port = 4711;
  ft_config_load_settings (config, settings);
  g_assert_cmpstr (config->download_dir, ==, defaults->download_dir);
  g_assert_cmpint (config->mode, ==, BT_MODE_ALL);
  /* What is no setting stays. */
  g_assert_cmpuint (config->listen_port, ==, 4711);
}

static void
test_values (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (BtConfig) config = bt_config_new ();
  g_autoptr (BtConfig) defaults = bt_config_new ();

  g_settings_set_string (settings, FT_SETTING_DOWNLOAD_FOLDER, "/srv/torrents");
  g_settings_set_string (settings, FT_SETTING_MODE, "seeding");
  ft_config_load_settings (config, settings);
  g_assert_cmpstr (config->download_dir, ==, "/srv/torrents");
  g_assert_cmpint (config->mode, ==, BT_MODE_SEEDING);

  /* A path that is none means the user's own folder. */
  g_settings_set_string (settings, FT_SETTING_DOWNLOAD_FOLDER, "torrents");
  ft_config_load_settings (config, settings);
  g_assert_cmpstr (config->download_dir, ==, defaults->download_dir);
  g_settings_reset (settings, FT_SETTING_DOWNLOAD_FOLDER);
  g_settings_reset (settings, FT_SETTING_MODE);
}

/* The schema's words are the engine's. */
static void
test_modes (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (GTypeClass) modes = g_type_class_ref (FT_TYPE_MODE);

  for (int mode = BT_MODE_ALL; mode <= BT_MODE_SEEDING; mode++)
    {
      g_autofree char *nick = NULL;

      g_assert_true (g_settings_set_enum (settings, FT_SETTING_MODE, mode));
      nick = g_settings_get_string (settings, FT_SETTING_MODE);
      g_assert_cmpstr (nick, ==, g_enum_get_value (G_ENUM_CLASS (modes), mode)->value_nick);
    }
  g_settings_reset (settings, FT_SETTING_MODE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/config/defaults", test_defaults);
  g_test_add_func ("/model/config/values", test_values);
  g_test_add_func ("/model/config/modes", test_modes);
  return g_test_run ();
}
