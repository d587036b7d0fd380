/* bt-config.c: the engine's configuration as a value.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-config.h"

static char *
default_download_dir (void)
{
  const char *dir = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  return dir != NULL ? g_strdup (dir) : g_build_filename (g_get_home_dir (), "Downloads", NULL);
}

static const char *const default_routers[] = {
  "dht.libtorrent.org:25401",
  "router.bittorrent.com:6881",
  "dht.transmissionbt.com:6881",
  NULL,
};

static void
free_tag_limit (gpointer data)
{
  BtTagLimit *limit = data;

  g_free (limit->tag);
  g_free (limit);
}

void
bt_config_add_tag_limit (BtConfig *config, const char *tag, guint64 limit_down_bytes_per_s,
                         guint64 limit_up_bytes_per_s)
{
  BtTagLimit *limit = g_new (BtTagLimit, 1);

  limit->tag = g_strdup (tag);
  limit->limit_down_bytes_per_s = limit_down_bytes_per_s;
  limit->limit_up_bytes_per_s = limit_up_bytes_per_s;
  g_ptr_array_add (config->tag_limits, limit);
}

BtConfig *
bt_config_new (void)
{
  BtConfig *config = g_new0 (BtConfig, 1);

  config->tag_limits = g_ptr_array_new_with_free_func (free_tag_limit);

  config->download_dir = default_download_dir ();
  config->mode = BT_MODE_ALL;
  config->encryption = BT_ENCRYPTION_ALLOW;
  config->dht = TRUE;
  config->dht_routers = g_strdupv ((GStrv) default_routers);
  config->pex = TRUE;
  config->lsd = TRUE;
  config->utp = TRUE;
  config->port_mapping = TRUE;
  config->max_peers = 500;
  config->max_peers_per_torrent = 100;
  config->upload_slots = 20;
  config->upload_slots_per_torrent = 8;
  config->stop_timeout_ms = 5000;
  config->update_interval_ms = 500;
  return config;
}

BtConfig *
bt_config_copy (const BtConfig *config)
{
  BtConfig *copy = g_new (BtConfig, 1);

  *copy = *config;
  copy->download_dir = g_strdup (config->download_dir);
  copy->incomplete_dir = g_strdup (config->incomplete_dir);
  copy->state_dir = g_strdup (config->state_dir);
  copy->bind_address = g_strdup (config->bind_address);
  copy->bind_interface = g_strdup (config->bind_interface);
  copy->dht_routers = g_strdupv (config->dht_routers);
  copy->tag_limits = g_ptr_array_new_with_free_func (free_tag_limit);
  for (guint i = 0; i < config->tag_limits->len; i++)
    {
      const BtTagLimit *limit = g_ptr_array_index (config->tag_limits, i);

      bt_config_add_tag_limit (copy, limit->tag, limit->limit_down_bytes_per_s, limit->limit_up_bytes_per_s);
    }
  return copy;
}

void
bt_config_free (BtConfig *config)
{
  g_free (config->download_dir);
  g_free (config->incomplete_dir);
  g_free (config->state_dir);
  g_free (config->bind_address);
  g_free (config->bind_interface);
  g_strfreev (config->dht_routers);
  g_ptr_array_unref (config->tag_limits);
  g_free (config);
}
