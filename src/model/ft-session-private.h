/* ft-session-private.h: what the files of the session share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-engine.h"
#include "ft-session.h"

G_BEGIN_DECLS

/* Returns: (transfer none) (nullable): NULL unless commands can be given */
BtEngine *ft_session_get_engine (FtSession *session);

G_END_DECLS
