/* ft-setting-rows.h: controls of a template that are bound to the settings they are named after.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Each of @keys is the id of a control in the template: a GtkSwitch, a GtkSpinButton, which gets its range from
 * the schema, or an AdwComboRow, whose rows are the words of the schema in their order. In class_init: */
void ft_setting_rows_install (GtkWidgetClass *widget_class, const char *const *keys);
/* After the template was made. @type: of the class that installed them */
void ft_setting_rows_bind (GtkWidget *widget, GType type, const char *const *keys, GSettings *settings);

G_END_DECLS
