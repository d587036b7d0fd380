/* ft-mounts.h: says when something was mounted: a drive may be there again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Asks the kernel alone, so that it works without a desktop. */
typedef struct _FtMounts FtMounts;

/* @changed is called once for all that happens within a second. */
FtMounts *ft_mounts_new (void (*changed) (gpointer owner), gpointer owner);
void ft_mounts_free (FtMounts *mounts);

G_END_DECLS
