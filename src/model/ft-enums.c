/* ft-enums.c: the engine's enumerations as types that properties and expressions know.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-enums.h"

#include "bt-status.h"

G_DEFINE_ENUM_TYPE (FtIntent, ft_intent,
                    G_DEFINE_ENUM_VALUE (BT_INTENT_RUN, "run"),
                    G_DEFINE_ENUM_VALUE (BT_INTENT_PAUSE, "pause"),
                    G_DEFINE_ENUM_VALUE (BT_INTENT_STOP, "stop"),
                    G_DEFINE_ENUM_VALUE (BT_INTENT_DETAILS, "details"))

G_DEFINE_ENUM_TYPE (FtMode, ft_mode,
                    G_DEFINE_ENUM_VALUE (BT_MODE_ALL, "all"),
                    G_DEFINE_ENUM_VALUE (BT_MODE_DOWNLOADING, "downloading"),
                    G_DEFINE_ENUM_VALUE (BT_MODE_SEEDING, "seeding"))

G_DEFINE_ENUM_TYPE (FtState, ft_state,
                    G_DEFINE_ENUM_VALUE (BT_STATE_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (BT_STATE_CHECKING, "checking"),
                    G_DEFINE_ENUM_VALUE (BT_STATE_DOWNLOADING, "downloading"),
                    G_DEFINE_ENUM_VALUE (BT_STATE_SEEDING, "seeding"),
                    G_DEFINE_ENUM_VALUE (BT_STATE_PAUSED, "paused"),
                    G_DEFINE_ENUM_VALUE (BT_STATE_STOPPED, "stopped"),
                    G_DEFINE_ENUM_VALUE (BT_STATE_MOVING, "moving"),
                    G_DEFINE_ENUM_VALUE (BT_STATE_ERROR, "error"))
