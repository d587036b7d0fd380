/* test-config.c: what a person set reaches the engine's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-config.h"
#include "ft-enums.h"

/* Settings of its own for each test. */
static GSettings *
make_settings (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
  return g_steal_pointer (&settings);
}

static BtConfig *
load (GSettings *settings)
{
  BtConfig *config = bt_config_new ();

  ft_config_load_settings (config, settings);
  return config;
}

static void
test_defaults (void)
{
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (BtConfig) config = bt_config_new ();
  g_autoptr (BtConfig) defaults = bt_config_new ();

  config->upload_slots = 4711;
  config->bind_address = g_strdup ("127.0.0.1");
  ft_config_load_settings (config, settings);
  g_assert_cmpstr (config->download_dir, ==, defaults->download_dir);
  g_assert_null (config->incomplete_dir);
  g_assert_cmpint (config->mode, ==, BT_MODE_ALL);
  g_assert_cmpuint (config->limit_down_bytes_per_s, ==, 0);
  g_assert_cmpuint (config->limit_up_bytes_per_s, ==, 0);
  g_assert_cmpuint (config->tag_limits->len, ==, 0);
  g_assert_cmpuint (config->max_active_downloads, ==, 0);
  g_assert_cmpuint (config->max_active_seeds, ==, 0);
  g_assert_cmpfloat (config->goals.ratio, ==, 0);
  g_assert_cmpint (config->goals.seeding_s, ==, 0);
  g_assert_cmpint (config->goals.idle_s, ==, 0);
  g_assert_null (config->bind_interface);
  g_assert_cmpuint (config->max_peers, ==, defaults->max_peers);
  g_assert_cmpuint (config->max_peers_per_torrent, ==, defaults->max_peers_per_torrent);
  /* What is no setting stays. */
  g_assert_cmpuint (config->upload_slots, ==, 4711);
  g_assert_cmpstr (config->bind_address, ==, "127.0.0.1");
}

static void
test_folders (void)
{
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (BtConfig) defaults = bt_config_new ();
  g_autoptr (BtConfig) set = NULL;
  g_autoptr (BtConfig) chosen = NULL;
  g_autoptr (BtConfig) off = NULL;
  g_autoptr (BtConfig) relative = NULL;

  g_settings_set_string (settings, FT_SETTING_DOWNLOAD_FOLDER, "/srv/torrents");
  g_settings_set_boolean (settings, FT_SETTING_INCOMPLETE_FOLDER_ENABLED, TRUE);
  set = load (settings);
  g_assert_cmpstr (set->download_dir, ==, "/srv/torrents");
  g_assert_cmpstr (set->incomplete_dir, ==, "/srv/torrents/Incomplete");

  g_settings_set_string (settings, FT_SETTING_INCOMPLETE_FOLDER, "/srv/fast");
  chosen = load (settings);
  g_assert_cmpstr (chosen->incomplete_dir, ==, "/srv/fast");

  g_settings_set_boolean (settings, FT_SETTING_INCOMPLETE_FOLDER_ENABLED, FALSE);
  off = load (settings);
  g_assert_null (off->incomplete_dir);

  /* A path that is none means the user's own folder. */
  g_settings_set_string (settings, FT_SETTING_DOWNLOAD_FOLDER, "torrents");
  relative = load (settings);
  g_assert_cmpstr (relative->download_dir, ==, defaults->download_dir);
}

static void
test_limits (void)
{
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (BtConfig) off = NULL;
  g_autoptr (BtConfig) on = NULL;

  g_settings_set_uint (settings, FT_SETTING_LIMIT_DOWN, 10000000);
  g_settings_set_uint (settings, FT_SETTING_LIMIT_UP, 7);
  off = load (settings);
  g_assert_cmpuint (off->limit_down_bytes_per_s, ==, 0);
  g_assert_cmpuint (off->limit_up_bytes_per_s, ==, 0);
  g_settings_set_boolean (settings, FT_SETTING_LIMIT_DOWN_ENABLED, TRUE);
  g_settings_set_boolean (settings, FT_SETTING_LIMIT_UP_ENABLED, TRUE);
  on = load (settings);
  g_assert_cmpuint (on->limit_down_bytes_per_s, ==, G_GUINT64_CONSTANT (10000000000));
  g_assert_cmpuint (on->limit_up_bytes_per_s, ==, 7000);
}

static void
test_goals (void)
{
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (BtConfig) config = NULL;

  g_settings_set_boolean (settings, FT_SETTING_SEED_RATIO_ENABLED, TRUE);
  g_settings_set_double (settings, FT_SETTING_SEED_RATIO, 1.5);
  g_settings_set_boolean (settings, FT_SETTING_SEED_TIME_ENABLED, TRUE);
  g_settings_set_uint (settings, FT_SETTING_SEED_TIME, 5256000);
  g_settings_set_boolean (settings, FT_SETTING_SEED_IDLE_ENABLED, TRUE);
  g_settings_set_uint (settings, FT_SETTING_SEED_IDLE, 2);
  g_settings_set_string (settings, FT_SETTING_SEED_ACTION, "remove");
  g_settings_set_boolean (settings, FT_SETTING_QUEUE_DOWNLOADS_ENABLED, TRUE);
  g_settings_set_uint (settings, FT_SETTING_QUEUE_DOWNLOADS, 3);
  g_settings_set_boolean (settings, FT_SETTING_QUEUE_SEEDS_ENABLED, TRUE);
  g_settings_set_uint (settings, FT_SETTING_QUEUE_SEEDS, 4);
  config = load (settings);
  g_assert_cmpfloat (config->goals.ratio, ==, 1.5);
  g_assert_cmpint (config->goals.seeding_s, ==, 315360000);
  g_assert_cmpint (config->goals.idle_s, ==, 120);
  g_assert_cmpint (config->goals.action, ==, BT_GOAL_REMOVE);
  g_assert_cmpuint (config->max_active_downloads, ==, 3);
  g_assert_cmpuint (config->max_active_seeds, ==, 4);
}

static void
test_network (void)
{
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (BtConfig) config = NULL;

  g_settings_set_uint (settings, FT_SETTING_LISTEN_PORT, 65535);
  g_settings_set_string (settings, FT_SETTING_BIND_INTERFACE, "wg0");
  g_settings_set_string (settings, FT_SETTING_ENCRYPTION, "require");
  g_settings_set_uint (settings, FT_SETTING_MAX_PEERS, 5);
  g_settings_set_uint (settings, FT_SETTING_MAX_PEERS_PER_TORRENT, 6);
  config = load (settings);
  g_assert_cmpuint (config->listen_port, ==, 65535);
  g_assert_cmpstr (config->bind_interface, ==, "wg0");
  g_assert_cmpint (config->encryption, ==, BT_ENCRYPTION_REQUIRE);
  g_assert_cmpuint (config->max_peers, ==, 5);
  g_assert_cmpuint (config->max_peers_per_torrent, ==, 6);
  g_settings_set_string (settings, FT_SETTING_BIND_INTERFACE, "");
  ft_config_load_settings (config, settings);
  g_assert_null (config->bind_interface);
}

/* Each protocol has a switch of its own. */
static void
test_protocols (void)
{
  static const struct
  {
    const char *key;
    gsize offset;
  } protocols[] = {
    { FT_SETTING_DHT, G_STRUCT_OFFSET (BtConfig, dht) },
    { FT_SETTING_PEX, G_STRUCT_OFFSET (BtConfig, pex) },
    { FT_SETTING_LSD, G_STRUCT_OFFSET (BtConfig, lsd) },
    { FT_SETTING_UTP, G_STRUCT_OFFSET (BtConfig, utp) },
    { FT_SETTING_PORT_MAPPING, G_STRUCT_OFFSET (BtConfig, port_mapping) },
  };
  g_autoptr (GSettings) settings = make_settings ();

  for (guint off = 0; off < G_N_ELEMENTS (protocols); off++)
    {
      g_autoptr (BtConfig) config = NULL;

      g_settings_set_boolean (settings, protocols[off].key, FALSE);
      config = load (settings);
      for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
        g_assert_cmpint (G_STRUCT_MEMBER (gboolean, config, protocols[i].offset), ==, i != off);
      g_settings_reset (settings, protocols[off].key);
    }
}

/* Who never opened the settings asks the same as who has no settings. */
static void
test_routers (void)
{
  static const char *const own[] = { "router.example:6881", NULL };
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (BtConfig) plain = bt_config_new ();
  g_autoptr (BtConfig) config = load (settings);

  g_assert_true (g_strv_equal ((const char *const *) config->dht_routers, (const char *const *) plain->dht_routers));
  g_settings_set_strv (settings, FT_SETTING_DHT_ROUTERS, own);
  ft_config_load_settings (config, settings);
  g_assert_true (g_strv_equal ((const char *const *) config->dht_routers, own));
}

static void
set_tags (GSettings *settings, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) tags = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), text, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_settings_set_value (settings, FT_SETTING_TAGS, tags));
}

/* Only tags that have a name and a limit; what is of another type than it should be is as good as none. */
static void
test_tag_limits (void)
{
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (BtConfig) config = bt_config_new ();
  const BtTagLimit *limit;

  set_tags (settings, "[{'name': <'linux'>, 'limit-down': <uint32 100>, 'limit-up': <uint32 20>},"
                      " {'name': <'films'>, 'color': <'#ff0000'>},"
                      " {'limit-down': <uint32 5>},"
                      " {'name': <''>, 'limit-up': <uint32 5>},"
                      " {'name': <7>, 'limit-up': <uint32 5>},"
                      " {'name': <'music'>, 'limit-down': <'a lot'>, 'limit-up': <uint32 4000000000>}]");
  ft_config_load_settings (config, settings);
  g_assert_cmpuint (config->tag_limits->len, ==, 2);
  limit = config->tag_limits->pdata[0];
  g_assert_cmpstr (limit->tag, ==, "linux");
  g_assert_cmpuint (limit->limit_down_bytes_per_s, ==, 100000);
  g_assert_cmpuint (limit->limit_up_bytes_per_s, ==, 20000);
  limit = config->tag_limits->pdata[1];
  g_assert_cmpstr (limit->tag, ==, "music");
  g_assert_cmpuint (limit->limit_down_bytes_per_s, ==, 0);
  g_assert_cmpuint (limit->limit_up_bytes_per_s, ==, G_GUINT64_CONSTANT (4000000000000));

  g_settings_reset (settings, FT_SETTING_TAGS);
  ft_config_load_settings (config, settings);
  g_assert_cmpuint (config->tag_limits->len, ==, 0);
}

/* The schema's words are the engine's. */
static void
test_words (void)
{
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (GTypeClass) modes = g_type_class_ref (FT_TYPE_MODE);

  for (int mode = BT_MODE_ALL; mode <= BT_MODE_SEEDING; mode++)
    {
      g_autofree char *nick = NULL;

      g_assert_true (g_settings_set_enum (settings, FT_SETTING_MODE, mode));
      nick = g_settings_get_string (settings, FT_SETTING_MODE);
      g_assert_cmpstr (nick, ==, g_enum_get_value (G_ENUM_CLASS (modes), mode)->value_nick);
    }
  g_settings_set_string (settings, FT_SETTING_SEED_ACTION, "nothing");
  g_assert_cmpint (g_settings_get_enum (settings, FT_SETTING_SEED_ACTION), ==, BT_GOAL_NOTHING);
  g_settings_set_string (settings, FT_SETTING_ENCRYPTION, "off");
  g_assert_cmpint (g_settings_get_enum (settings, FT_SETTING_ENCRYPTION), ==, BT_ENCRYPTION_OFF);
}

/* What is read is what is listened for. */
static void
test_keys (void)
{
  g_assert_true (ft_config_has_key (FT_SETTING_TAGS));
  g_assert_true (ft_config_has_key (FT_SETTING_BIND_INTERFACE));
  g_assert_false (ft_config_has_key ("window-width"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/config/defaults", test_defaults);
  g_test_add_func ("/model/config/folders", test_folders);
  g_test_add_func ("/model/config/limits", test_limits);
  g_test_add_func ("/model/config/goals", test_goals);
  g_test_add_func ("/model/config/network", test_network);
  g_test_add_func ("/model/config/protocols", test_protocols);
  g_test_add_func ("/model/config/routers", test_routers);
  g_test_add_func ("/model/config/tag-limits", test_tag_limits);
  g_test_add_func ("/model/config/words", test_words);
  g_test_add_func ("/model/config/keys", test_keys);
  return g_test_run ();
}
