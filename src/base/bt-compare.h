/* bt-compare.h: what comes first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Below 0, 0 or above 0, for whatever has an order; each argument is taken twice. */
#define BT_COMPARE(a, b) (((a) > (b)) - ((a) < (b)))
