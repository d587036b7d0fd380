/* ft-speed-graph.c: a graph of the last hour's speeds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-speed-graph.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_GRID_LINES 5
#define TIME_HEIGHT 20
#define PADDING 4

struct _FtSpeedGraph
{
  GtkWidget parent_instance;

  FtSpeedSample samples[FT_SPEED_SAMPLES];
};

G_DEFINE_FINAL_TYPE (FtSpeedGraph, ft_speed_graph, GTK_TYPE_WIDGET)

/* Where things are while one picture is made. */
typedef struct
{
  FtSpeedGraph *graph;
  double left, top, width, height;
  gboolean reversed;
  gint64 scale;
} Plot;

static gint64
get_value (const FtSpeedSample *sample, gboolean up)
{
  return up ? sample->up : sample->down;
}

static double
to_x (const Plot *plot, guint i)
{
  double x = plot->width * i / (FT_SPEED_SAMPLES - 1);

  return plot->left + (plot->reversed ? plot->width - x : x);
}

static double
to_y (const Plot *plot, gint64 value)
{
  return plot->top + plot->height * (1 - (double) value / (double) plot->scale);
}

/* One stretch that is known, from @begin to before @end. */
static void
trace (cairo_t *cr, const Plot *plot, guint begin, guint end, gboolean up)
{
  cairo_move_to (cr, to_x (plot, begin), to_y (plot, get_value (&plot->graph->samples[begin], up)));
  /* A single sample is still to be seen. */
  if (end == begin + 1)
    cairo_rel_line_to (cr, plot->reversed ? -1.5 : 1.5, 0);
  for (guint i = begin + 1; i < end; i++)
    cairo_line_to (cr, to_x (plot, i), to_y (plot, get_value (&plot->graph->samples[i], up)));
}

static void
fill_below (cairo_t *cr, const Plot *plot, guint begin, guint end)
{
  trace (cr, plot, begin, end, FALSE);
  cairo_line_to (cr, to_x (plot, end - 1), plot->top + plot->height);
  cairo_line_to (cr, to_x (plot, begin), plot->top + plot->height);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
set_color (cairo_t *cr, const GdkRGBA *color, double alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
}

static void
draw_series (cairo_t *cr, const Plot *plot, const GdkRGBA *color, gboolean up)
{
  static const double dashes[] = { 5, 3 };
  guint end;

  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, dashes, up ? G_N_ELEMENTS (dashes) : 0, 0);
  for (guint begin = 0; begin < FT_SPEED_SAMPLES; begin = end + 1)
    {
      for (end = begin; end < FT_SPEED_SAMPLES && plot->graph->samples[end].down >= 0; end++)
        ;
      if (end == begin)
        continue;
      set_color (cr, color, 0.2);
      if (!up)
        fill_below (cr, plot, begin, end);
      set_color (cr, color, 1);
      trace (cr, plot, begin, end, up);
      cairo_stroke (cr);
    }
}

static void
draw_text (GtkSnapshot *snapshot, GtkWidget *widget, const char *text, double x, double y, double align,
           const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width;

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x - width * align), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* Lines with their speeds just below them. */
static void
draw_grid (GtkSnapshot *snapshot, const Plot *plot, const GdkRGBA *color)
{
  GtkWidget *widget = GTK_WIDGET (plot->graph);
  GdkRGBA faint = *color;
  double edge = plot->reversed ? plot->left + plot->width - PADDING : plot->left + PADDING;

  faint.alpha *= 0.15f;
  for (guint i = 0; i <= N_GRID_LINES; i++)
    {
      gint64 value = plot->scale * (N_GRID_LINES - i) / N_GRID_LINES;
      double y = to_y (plot, value);
      g_autofree char *text = ft_format_speed ((guint64) value);

      gtk_snapshot_append_color (snapshot, &faint,
                                 &GRAPHENE_RECT_INIT ((float) plot->left, (float) y, (float) plot->width, 1));
      if (i < N_GRID_LINES)
        draw_text (snapshot, widget, text, edge, y + 2, plot->reversed ? 1 : 0, color);
    }
}

static void
draw_times (GtkSnapshot *snapshot, const Plot *plot, const GdkRGBA *color)
{
  GtkWidget *widget = GTK_WIDGET (plot->graph);
  double y = plot->top + plot->height + 2;
  double begin = plot->reversed ? plot->left + plot->width : plot->left;
  double end = plot->reversed ? plot->left : plot->left + plot->width;

  draw_text (snapshot, widget, _("60 minutes ago"), begin, y, plot->reversed ? 1 : 0, color);
  draw_text (snapshot, widget, _("30"), plot->left + plot->width / 2, y, 0.5, color);
  draw_text (snapshot, widget, _("now"), end, y, plot->reversed ? 0 : 1, color);
}

static void
ft_speed_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FtSpeedGraph *self = FT_SPEED_GRAPH (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  Plot plot = { self, 0, 1, width, height - TIME_HEIGHT - 1, FALSE, 0 };
  FtSpeedSummary down, up;
  GdkRGBA text, down_color, up_color;
  cairo_t *cr;

  if (plot.height <= 0)
    return;
  ft_speed_summarize (self->samples, &down, &up);
  plot.scale = ft_speed_choose_scale (MAX (down.highest, up.highest));
  plot.reversed = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gtk_style_context_get_color (context, &text);
  down_color = up_color = text;
  gtk_style_context_lookup_color (context, "ft_speed_down", &down_color);
  gtk_style_context_lookup_color (context, "ft_speed_up", &up_color);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw_series (cr, &plot, &down_color, FALSE);
  draw_series (cr, &plot, &up_color, TRUE);
  cairo_destroy (cr);
  text.alpha *= 0.7f;
  draw_grid (snapshot, &plot, &text);
  draw_times (snapshot, &plot, &text);
}

static void
ft_speed_graph_class_init (FtSpeedGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ft_speed_graph_snapshot;
  gtk_widget_class_set_css_name (widget_class, "speedgraph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
describe (FtSpeedGraph *self)
{
  FtSpeedSummary down, up;
  g_autofree char *down_text = NULL;
  g_autofree char *up_text = NULL;
  g_autofree char *text = NULL;

  ft_speed_summarize (self->samples, &down, &up);
  down_text = ft_describe_speed_summary (&down);
  up_text = ft_describe_speed_summary (&up);
  /* Translators: read aloud of a graph. */
  text = g_strdup_printf (_("Speeds of the last hour. Download: %1$s. Upload: %2$s."), down_text, up_text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
ft_speed_graph_init (FtSpeedGraph *self)
{
  for (guint i = 0; i < FT_SPEED_SAMPLES; i++)
    self->samples[i] = (FtSpeedSample) { -1, -1 };
  describe (self);
}

void
ft_speed_graph_set_samples (FtSpeedGraph *self, const FtSpeedSample *samples)
{
  g_return_if_fail (FT_IS_SPEED_GRAPH (self));

  if (memcmp (self->samples, samples, sizeof self->samples) == 0)
    return;
  memcpy (self->samples, samples, sizeof self->samples);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
