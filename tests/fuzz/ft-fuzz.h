/* ft-fuzz.h: what every fuzz target is: a function that takes any bytes and holds to its promises.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Called by libFuzzer, or by ft-fuzz-driver.c with the seeds. Whatever is wrong ends the program. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
