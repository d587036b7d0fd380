/* ft-fact.h: one fact with its name, such as "Size: 1.4 GB".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FT_TYPE_FACT (ft_fact_get_type ())
G_DECLARE_FINAL_TYPE (FtFact, ft_fact, FT, FACT, GtkBox)

/**
 * FtFact:
 *
 * Properties: title, value (not markup; the fact is hidden while it is empty). What is appended as a
 * child stands beside them: a button.
 */

void ft_fact_set_value (FtFact *fact, const char *value);
/* Takes @value. */
void ft_fact_take_value (FtFact *fact, char *value);

G_END_DECLS
