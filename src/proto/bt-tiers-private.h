/* bt-tiers-private.h: what the files of a torrent's trackers share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-tiers.h"

G_BEGIN_DECLS

struct _BtTiers
{
  GPtrArray *trackers; /* of BtTracker, owned, sorted by tier */
  gboolean is_private;
  gboolean running;
  BtRandom random;
};

G_END_DECLS
