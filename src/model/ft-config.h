/* ft-config.h: what a person set, as the engine's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-config.h"

G_BEGIN_DECLS

/* Keys of the schema. */
#define FT_SETTING_DOWNLOAD_FOLDER "download-folder" /* absolute path, or empty for the user's own */
#define FT_SETTING_INCOMPLETE_FOLDER "incomplete-folder"
#define FT_SETTING_INCOMPLETE_FOLDER_ENABLED "incomplete-folder-enabled"
#define FT_SETTING_MODE "mode"
#define FT_SETTING_TAGS "tags"
#define FT_SETTING_LIMIT_DOWN "limit-down" /* kB/s: thousands of bytes a second */
#define FT_SETTING_LIMIT_DOWN_ENABLED "limit-down-enabled"
#define FT_SETTING_LIMIT_UP "limit-up"
#define FT_SETTING_LIMIT_UP_ENABLED "limit-up-enabled"
#define FT_SETTING_ALTERNATIVE_LIMIT_DOWN "alternative-limit-down" /* 0: none */
#define FT_SETTING_ALTERNATIVE_LIMIT_UP "alternative-limit-up"
#define FT_SETTING_ALTERNATIVE_LIMITS "alternative-limits"
#define FT_SETTING_SCHEDULE "schedule"
#define FT_SETTING_SCHEDULE_ENABLED "schedule-enabled"
#define FT_SETTING_METERED "metered"
#define FT_SETTING_SEED_RATIO "seed-ratio"
#define FT_SETTING_SEED_RATIO_ENABLED "seed-ratio-enabled"
#define FT_SETTING_SEED_TIME "seed-time" /* minutes */
#define FT_SETTING_SEED_TIME_ENABLED "seed-time-enabled"
#define FT_SETTING_SEED_IDLE "seed-idle" /* minutes */
#define FT_SETTING_SEED_IDLE_ENABLED "seed-idle-enabled"
#define FT_SETTING_SEED_ACTION "seed-action"
#define FT_SETTING_QUEUE_DOWNLOADS "queue-downloads"
#define FT_SETTING_QUEUE_DOWNLOADS_ENABLED "queue-downloads-enabled"
#define FT_SETTING_QUEUE_SEEDS "queue-seeds"
#define FT_SETTING_QUEUE_SEEDS_ENABLED "queue-seeds-enabled"
#define FT_SETTING_LISTEN_PORT "listen-port"
#define FT_SETTING_BIND_INTERFACE "bind-interface"
#define FT_SETTING_ENCRYPTION "encryption"
#define FT_SETTING_DHT "dht"
#define FT_SETTING_DHT_ROUTERS "dht-routers"
#define FT_SETTING_PEX "pex"
#define FT_SETTING_LSD "lsd"
#define FT_SETTING_UTP "utp"
#define FT_SETTING_PORT_MAPPING "port-mapping"
#define FT_SETTING_MAX_PEERS "max-peers"
#define FT_SETTING_MAX_PEERS_PER_TORRENT "max-peers-per-torrent"

/* Takes over every setting that concerns the engine; leaves the rest of @config as it is. The limits
 * are the usual ones: which of them hold now is decided by #FtPolicy. */
void ft_config_load_settings (BtConfig *config, GSettings *settings);

/* Whether ft_config_load_settings() reads this key. */
gboolean ft_config_has_key (const char *key);

/* Returns: (transfer full): the absolute path of the folder that downloads go to */
char *ft_config_dup_download_folder (GSettings *settings);
/* Returns: (transfer full): the absolute path of the folder of incomplete data, whether it is used or not */
char *ft_config_dup_incomplete_folder (GSettings *settings);

/* A limit of the settings in bytes a second. */
guint64 ft_config_get_limit (GSettings *settings, const char *key);

G_END_DECLS
