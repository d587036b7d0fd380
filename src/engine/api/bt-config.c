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

BtConfig *
bt_config_new (void)
{
  BtConfig *config = g_new0 (BtConfig, 1);

  config->download_dir = default_download_dir ();
  config->mode = BT_MODE_ALL;
  config->encryption = BT_ENCRYPTION_ALLOW;
  config->dht = TRUE;
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
  copy->state_dir = g_strdup (config->state_dir);
  copy->bind_address = g_strdup (config->bind_address);
  return copy;
}

void
bt_config_free (BtConfig *config)
{
  g_free (config->download_dir);
  g_free (config->state_dir);
  g_free (config->bind_address);
  g_free (config);
}
