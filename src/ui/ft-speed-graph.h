/* ft-speed-graph.h: a graph of the last hour's speeds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-speed-history.h"

G_BEGIN_DECLS

#define FT_TYPE_SPEED_GRAPH (ft_speed_graph_get_type ())
G_DECLARE_FINAL_TYPE (FtSpeedGraph, ft_speed_graph, FT, SPEED_GRAPH, GtkWidget)

/* @samples: (array fixed-size=FT_SPEED_SAMPLES): copied. What is not known is a gap. Download is an area, upload
 * a dashed line, so that they are told apart without colours (ft_speed_down, ft_speed_up of the stylesheet). */
void ft_speed_graph_set_samples (FtSpeedGraph *graph, const FtSpeedSample *samples);

G_END_DECLS
