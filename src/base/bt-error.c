/* bt-error.c: the error domain.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"

G_DEFINE_QUARK (bt-error-quark, bt_error)
