/* ft-enums.h: the engine's enumerations as types that properties and expressions know.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FT_TYPE_INTENT (ft_intent_get_type ()) /* BtIntent */
#define FT_TYPE_MODE (ft_mode_get_type ())     /* BtMode; the nicks are those of the settings */
#define FT_TYPE_STATE (ft_state_get_type ())   /* BtState */

GType ft_intent_get_type (void);
GType ft_mode_get_type (void);
GType ft_state_get_type (void);

G_END_DECLS
