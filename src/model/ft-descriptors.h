/* ft-descriptors.h: room for as many sockets and files as the system lets this program have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of the whole process, so it is for a program to call once, at its start: many systems give 1,024 at first. Nothing
 * here uses select(), which would end there. */
void ft_descriptors_allow_many (void);

G_END_DECLS
