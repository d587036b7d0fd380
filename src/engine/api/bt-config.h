/* bt-config.h: what the engine is told about how to work: plain values, copied on the way in.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-options.h"
#include "bt-types.h"

G_BEGIN_DECLS

typedef enum
{
  BT_ENCRYPTION_OFF,
  BT_ENCRYPTION_ALLOW,
  BT_ENCRYPTION_PREFER,
  BT_ENCRYPTION_REQUIRE,
} BtEncryption;

/* A limit that all torrents with a tag share. */
typedef struct
{
  char *tag;
  guint64 limit_down_bytes_per_s; /* 0: none */
  guint64 limit_up_bytes_per_s;
} BtTagLimit;

/**
 * BtConfig:
 *
 * Made with bt_config_new(), which fills in defaults; freed with bt_config_free(). Limits of 0 mean
 * "no limit". What concerns a part that is not built yet is kept and has no effect.
 */
typedef struct
{
  char *download_dir;  /* absolute; default: the user's download folder */
  char *incomplete_dir; /* (nullable): absolute; data is here until it is complete, then moved to its folder */
  char *state_dir;     /* (nullable): NULL keeps nothing after the end */
  BtMode mode;
  guint16 listen_port; /* 0: any */
  /* Every socket uses these or none is opened; while the interface is not there all waits for it. Names of
   * hosts are looked up by the system's resolver, which goes its own ways. */
  char *bind_address;   /* (nullable): an IP literal */
  char *bind_interface; /* (nullable): a name such as "wg0" */
  BtEncryption encryption;
  gboolean dht, pex, lsd, utp, port_mapping;
  GStrv dht_routers;    /* (not nullable): "host:port" of those who are asked while nobody else of the DHT is known */
  guint64 limit_down_bytes_per_s;
  guint64 limit_up_bytes_per_s;
  GPtrArray *tag_limits;       /* of BtTagLimit; of a torrent's tags the first that has one counts */
  guint max_active_downloads;  /* 0: no limit. One that does not move for a while is not counted */
  guint max_active_seeds;      /* likewise */
  BtGoals goals;
  BtSuspend suspend;
  guint max_peers;             /* of the engine; default 500 */
  guint max_peers_per_torrent; /* default 100 */
  guint upload_slots;          /* of the engine; default 20 */
  guint upload_slots_per_torrent; /* default 8 */
  guint stop_timeout_ms;       /* for `stopped` announces at the end; default 5000 */
  guint update_interval_ms;    /* between updates; default 500 */
} BtConfig;

/* Adds a tag's limit. */
void bt_config_add_tag_limit (BtConfig *config, const char *tag, guint64 limit_down_bytes_per_s,
                              guint64 limit_up_bytes_per_s);

BtConfig *bt_config_new (void);
BtConfig *bt_config_copy (const BtConfig *config);
void bt_config_free (BtConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtConfig, bt_config_free)

G_END_DECLS
