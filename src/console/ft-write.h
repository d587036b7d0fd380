/* ft-write.h: a text written to a descriptor as a whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Blocks until all of @text is written. FALSE: nobody reads any more. */
gboolean ft_write (int fd, const char *text);

G_END_DECLS
