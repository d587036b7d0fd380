/* ft-patience.h: how long the end of an engine is waited for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* A disk that hangs cannot be waited for, and a slow one must be: what counts is how long nothing has come on. */
typedef struct _FtPatience FtPatience;

/* @over is called once, when nothing has come on for @ms. @engine: (nullable) */
FtPatience *ft_patience_new (BtEngine *engine, guint ms, void (*over) (gpointer owner), gpointer owner);
void ft_patience_free (FtPatience *patience);

G_END_DECLS
