/* ft-config.c: what a person set, as the engine's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-config.h"

#define INCOMPLETE_FOLDER "Incomplete" /* in the download folder, unless another was chosen */
#define BYTES_PER_KB 1000
#define SECONDS_PER_MINUTE 60

/* One switch and what it turns on. */
static guint
get_if_enabled (GSettings *settings, const char *enabled_key, const char *key)
{
  return g_settings_get_boolean (settings, enabled_key) ? g_settings_get_uint (settings, key) : 0;
}

static void
load_folders (BtConfig *config, GSettings *settings)
{
  g_free (config->download_dir);
  config->download_dir = ft_config_dup_download_folder (settings);
  g_clear_pointer (&config->incomplete_dir, g_free);
  if (g_settings_get_boolean (settings, FT_SETTING_INCOMPLETE_FOLDER_ENABLED))
    config->incomplete_dir = ft_config_dup_incomplete_folder (settings);
}

static void
load_tag_limits (BtConfig *config, GSettings *settings)
{
  g_autoptr (GVariant) tags = g_settings_get_value (settings, FT_SETTING_TAGS);

  g_ptr_array_set_size (config->tag_limits, 0);
  for (gsize i = 0; i < g_variant_n_children (tags); i++)
    {
      g_autoptr (GVariant) tag = g_variant_get_child_value (tags, i);
      const char *name = NULL;
      guint32 down = 0, up = 0;

      g_variant_lookup (tag, "name", "&s", &name);
      g_variant_lookup (tag, "limit-down", "u", &down);
      g_variant_lookup (tag, "limit-up", "u", &up);
      if (name != NULL && *name != '\0' && (down != 0 || up != 0))
        bt_config_add_tag_limit (config, name, (guint64) down * BYTES_PER_KB,
                                 (guint64) up * BYTES_PER_KB);
    }
}

static void
load_limits (BtConfig *config, GSettings *settings)
{
  config->limit_down_bytes_per_s
    = (guint64) get_if_enabled (settings, FT_SETTING_LIMIT_DOWN_ENABLED, FT_SETTING_LIMIT_DOWN)
      * BYTES_PER_KB;
  config->limit_up_bytes_per_s
    = (guint64) get_if_enabled (settings, FT_SETTING_LIMIT_UP_ENABLED, FT_SETTING_LIMIT_UP)
      * BYTES_PER_KB;
  load_tag_limits (config, settings);
}

static void
load_goals (BtConfig *config, GSettings *settings)
{
  config->goals.ratio = g_settings_get_boolean (settings, FT_SETTING_SEED_RATIO_ENABLED)
                          ? g_settings_get_double (settings, FT_SETTING_SEED_RATIO)
                          : 0;
  config->goals.seeding_s
    = (gint64) get_if_enabled (settings, FT_SETTING_SEED_TIME_ENABLED, FT_SETTING_SEED_TIME)
      * SECONDS_PER_MINUTE;
  config->goals.idle_s
    = (gint64) get_if_enabled (settings, FT_SETTING_SEED_IDLE_ENABLED, FT_SETTING_SEED_IDLE)
      * SECONDS_PER_MINUTE;
  config->goals.action = (BtGoalAction) g_settings_get_enum (settings, FT_SETTING_SEED_ACTION);
  config->max_active_downloads
    = get_if_enabled (settings, FT_SETTING_QUEUE_DOWNLOADS_ENABLED, FT_SETTING_QUEUE_DOWNLOADS);
  config->max_active_seeds
    = get_if_enabled (settings, FT_SETTING_QUEUE_SEEDS_ENABLED, FT_SETTING_QUEUE_SEEDS);
}

static void
load_network (BtConfig *config, GSettings *settings)
{
  g_autofree char *interface = g_settings_get_string (settings, FT_SETTING_BIND_INTERFACE);

  config->listen_port = (guint16) g_settings_get_uint (settings, FT_SETTING_LISTEN_PORT);
  g_free (config->bind_interface);
  config->bind_interface = *interface != '\0' ? g_steal_pointer (&interface) : NULL;
  config->encryption = (BtEncryption) g_settings_get_enum (settings, FT_SETTING_ENCRYPTION);
  config->dht = g_settings_get_boolean (settings, FT_SETTING_DHT);
  g_strfreev (config->dht_routers);
  config->dht_routers = g_settings_get_strv (settings, FT_SETTING_DHT_ROUTERS);
  config->pex = g_settings_get_boolean (settings, FT_SETTING_PEX);
  config->lsd = g_settings_get_boolean (settings, FT_SETTING_LSD);
  config->utp = g_settings_get_boolean (settings, FT_SETTING_UTP);
  config->port_mapping = g_settings_get_boolean (settings, FT_SETTING_PORT_MAPPING);
  config->max_peers = g_settings_get_uint (settings, FT_SETTING_MAX_PEERS);
  config->max_peers_per_torrent = g_settings_get_uint (settings, FT_SETTING_MAX_PEERS_PER_TORRENT);
}

void
ft_config_load_settings (BtConfig *config, GSettings *settings)
{
  g_return_if_fail (config != NULL);
  g_return_if_fail (G_IS_SETTINGS (settings));

  load_folders (config, settings);
  config->mode = (BtMode) g_settings_get_enum (settings, FT_SETTING_MODE);
  load_limits (config, settings);
  load_goals (config, settings);
  load_network (config, settings);
}

gboolean
ft_config_has_key (const char *key)
{
  static const char *const keys[] = {
    FT_SETTING_DOWNLOAD_FOLDER, FT_SETTING_INCOMPLETE_FOLDER, FT_SETTING_INCOMPLETE_FOLDER_ENABLED,
    FT_SETTING_MODE, FT_SETTING_TAGS, FT_SETTING_LIMIT_DOWN, FT_SETTING_LIMIT_DOWN_ENABLED,
    FT_SETTING_LIMIT_UP, FT_SETTING_LIMIT_UP_ENABLED, FT_SETTING_SEED_RATIO,
    FT_SETTING_SEED_RATIO_ENABLED, FT_SETTING_SEED_TIME, FT_SETTING_SEED_TIME_ENABLED,
    FT_SETTING_SEED_IDLE, FT_SETTING_SEED_IDLE_ENABLED, FT_SETTING_SEED_ACTION,
    FT_SETTING_QUEUE_DOWNLOADS, FT_SETTING_QUEUE_DOWNLOADS_ENABLED, FT_SETTING_QUEUE_SEEDS,
    FT_SETTING_QUEUE_SEEDS_ENABLED, FT_SETTING_LISTEN_PORT, FT_SETTING_BIND_INTERFACE,
    FT_SETTING_ENCRYPTION, FT_SETTING_DHT, FT_SETTING_DHT_ROUTERS, FT_SETTING_PEX, FT_SETTING_LSD,
    FT_SETTING_UTP, FT_SETTING_PORT_MAPPING, FT_SETTING_MAX_PEERS, FT_SETTING_MAX_PEERS_PER_TORRENT, NULL
  };

  return g_strv_contains (keys, key);
}

char *
ft_config_dup_download_folder (GSettings *settings)
{
  g_autofree char *folder = g_settings_get_string (settings, FT_SETTING_DOWNLOAD_FOLDER);
  g_autoptr (BtConfig) defaults = NULL;

  if (g_path_is_absolute (folder))
    return g_steal_pointer (&folder);
  defaults = bt_config_new ();
  return g_steal_pointer (&defaults->download_dir);
}

char *
ft_config_dup_incomplete_folder (GSettings *settings)
{
  g_autofree char *folder = g_settings_get_string (settings, FT_SETTING_INCOMPLETE_FOLDER);
  g_autofree char *parent = NULL;

  if (g_path_is_absolute (folder))
    return g_steal_pointer (&folder);
  parent = ft_config_dup_download_folder (settings);
  return g_build_filename (parent, INCOMPLETE_FOLDER, NULL);
}

guint64
ft_config_get_limit (GSettings *settings, const char *key)
{
  return (guint64) g_settings_get_uint (settings, key) * BYTES_PER_KB;
}
