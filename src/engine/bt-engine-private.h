/* bt-engine-private.h: an engine in a world of the caller's choice, for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-core.h"
#include "bt-engine.h"

G_BEGIN_DECLS

BtEngine *bt_engine_new_with_outside (const BtConfig *config, const BtOutside *outside);

G_END_DECLS
