/* ft-color-dot.h: a round spot in the colour of a tag.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FT_TYPE_COLOR_DOT (ft_color_dot_get_type ())
G_DECLARE_FINAL_TYPE (FtColorDot, ft_color_dot, FT, COLOR_DOT, GtkWidget)

/* Properties: color (#rrggbb, nullable: nothing is drawn). It says nothing to a screen reader. */

G_END_DECLS
