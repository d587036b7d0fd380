/* ft-config.h: what a person set, as the engine's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-config.h"

G_BEGIN_DECLS

/* Keys of the schema. */
#define FT_SETTING_DOWNLOAD_FOLDER "download-folder" /* absolute path, or empty for the user's own */
#define FT_SETTING_MODE "mode"

/* Takes over every setting that concerns the engine; leaves the rest of @config as it is. */
void ft_config_load_settings (BtConfig *config, GSettings *settings);

/* Returns: (transfer full): the absolute path of the folder that downloads go to */
char *ft_config_dup_download_folder (GSettings *settings);

G_END_DECLS
