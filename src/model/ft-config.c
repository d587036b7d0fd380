/* ft-config.c: what a person set, as the engine's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-config.h"

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

void
ft_config_load_settings (BtConfig *config, GSettings *settings)
{
  g_return_if_fail (config != NULL);
  g_return_if_fail (G_IS_SETTINGS (settings));

  g_free (config->download_dir);
  config->download_dir = ft_config_dup_download_folder (settings);
  config->mode = (BtMode) g_settings_get_enum (settings, FT_SETTING_MODE);
}
