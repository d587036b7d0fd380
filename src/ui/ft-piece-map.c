/* ft-piece-map.c: a picture of which pieces are here, coming, to be had or missing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-piece-map.h"

#include "ft-piece-shares.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define RADIUS 4

struct _FtPieceMap
{
  GtkWidget parent_instance;

  GBytes *pieces; /* (nullable) */
  guint first;
  guint count;
};

enum
{
  PROP_0,
  PROP_PIECES,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtPieceMap, ft_piece_map, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

static const char *const color_names[FT_N_PIECE_KINDS] = {
  [BT_PIECE_MISSING] = "ft_piece_missing",
  [BT_PIECE_AVAILABLE] = "ft_piece_available",
  [BT_PIECE_IN_FLIGHT] = "ft_piece_in_flight",
  [BT_PIECE_HAD] = "ft_piece_had",
};

/* Not by colour alone: what is nearer to being here stands higher. */
static const float heights[FT_N_PIECE_KINDS] = {
  [BT_PIECE_MISSING] = 0,
  [BT_PIECE_AVAILABLE] = 0.4f,
  [BT_PIECE_IN_FLIGHT] = 0.7f,
  [BT_PIECE_HAD] = 1,
};

static const guint8 *
get_shown (GBytes *pieces, guint first)
{
  return pieces != NULL ? (const guint8 *) g_bytes_get_data (pieces, NULL) + first : NULL;
}

static void
look_up_colors (FtPieceMap *self, GdkRGBA colors[FT_N_PIECE_KINDS])
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));

  for (guint kind = 0; kind < FT_N_PIECE_KINDS; kind++)
    if (!gtk_style_context_lookup_color (context, color_names[kind], &colors[kind]))
      gtk_style_context_get_color (context, &colors[kind]);
}

/* What stands in a cell: how high, and the average of premultiplied colours. What is missing is nothing. */
static float
mix (const FtPieceShares *cell, const GdkRGBA colors[FT_N_PIECE_KINDS], GdkRGBA *mixed)
{
  float height = 0, weights = 0;

  *mixed = (GdkRGBA) { 0 };
  for (guint kind = BT_PIECE_AVAILABLE; kind < FT_N_PIECE_KINDS; kind++)
    {
      float weight = cell->of[kind] * colors[kind].alpha;

      mixed->red += weight * colors[kind].red;
      mixed->green += weight * colors[kind].green;
      mixed->blue += weight * colors[kind].blue;
      mixed->alpha += weight;
      weights += cell->of[kind];
      height += cell->of[kind] * heights[kind];
    }
  if (mixed->alpha <= 0)
    return 0;
  mixed->red /= mixed->alpha;
  mixed->green /= mixed->alpha;
  mixed->blue /= mixed->alpha;
  mixed->alpha = MIN (mixed->alpha / weights, 1);
  return MIN (height, 1);
}

/* Neighbours that look the same are one rectangle. */
static void
draw_cells (FtPieceMap *self, GtkSnapshot *snapshot, const FtPieceShares *cells, guint n_cells)
{
  float width = gtk_widget_get_width (GTK_WIDGET (self));
  float height = gtk_widget_get_height (GTK_WIDGET (self));
  float step = width / n_cells;
  gboolean reversed = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  GdkRGBA colors[FT_N_PIECE_KINDS];
  guint end;

  look_up_colors (self, colors);
  gtk_snapshot_append_color (snapshot, &colors[BT_PIECE_MISSING], &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (guint begin = 0; begin < n_cells; begin = end)
    {
      GdkRGBA color;
      float x, w, h = height * mix (&cells[begin], colors, &color);

      for (end = begin + 1; end < n_cells && memcmp (&cells[end], &cells[begin], sizeof *cells) == 0; end++)
        ;
      w = (end - begin) * step;
      x = reversed ? width - begin * step - w : begin * step;
      if (h > 0)
        gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (x, height - h, w, h));
    }
}

static void
ft_piece_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FtPieceMap *self = FT_PIECE_MAP (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  guint n_cells = (guint) (width * gtk_widget_get_scale_factor (widget));
  g_autofree FtPieceShares *cells = NULL;
  GskRoundedRect outline;

  if (width <= 0 || height <= 0 || self->count == 0)
    return;
  cells = g_new (FtPieceShares, n_cells);
  ft_piece_shares_make (get_shown (self->pieces, self->first), self->count, cells, n_cells);
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), MIN (RADIUS, height / 2.0f));
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  draw_cells (self, snapshot, cells, n_cells);
  gtk_snapshot_pop (snapshot);
}

static void
ft_piece_map_finalize (GObject *object)
{
  FtPieceMap *self = FT_PIECE_MAP (object);

  g_clear_pointer (&self->pieces, g_bytes_unref);

  G_OBJECT_CLASS (ft_piece_map_parent_class)->finalize (object);
}

static void
ft_piece_map_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PIECES:
      g_value_set_boxed (value, FT_PIECE_MAP (object)->pieces);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_piece_map_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GBytes *pieces;

  switch (prop_id)
    {
    case PROP_PIECES:
      pieces = g_value_get_boxed (value);
      ft_piece_map_set_pieces (FT_PIECE_MAP (object), pieces, 0,
                               pieces != NULL ? (guint) g_bytes_get_size (pieces) : 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_piece_map_class_init (FtPieceMapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = ft_piece_map_finalize;
  object_class->get_property = ft_piece_map_get_property;
  object_class->set_property = ft_piece_map_set_property;

  properties[PROP_PIECES] = g_param_spec_boxed ("pieces", NULL, NULL, G_TYPE_BYTES,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  widget_class->snapshot = ft_piece_map_snapshot;
  gtk_widget_class_set_css_name (widget_class, "piecemap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ft_piece_map_init (FtPieceMap *self)
{
}

static gboolean
looks_the_same (FtPieceMap *self, GBytes *pieces, guint first, guint count)
{
  return count == self->count
         && (count == 0
             || memcmp (get_shown (pieces, first), get_shown (self->pieces, self->first), count) == 0);
}

static void
describe (FtPieceMap *self)
{
  guint counts[FT_N_PIECE_KINDS];
  g_autofree char *text = NULL;

  ft_piece_shares_count (get_shown (self->pieces, self->first), self->count, counts);
  text = ft_describe_pieces (counts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *text != '\0' ? text : _("Pieces"), -1);
}

void
ft_piece_map_set_pieces (FtPieceMap *self, GBytes *pieces, guint first, guint count)
{
  gsize size = pieces != NULL ? g_bytes_get_size (pieces) : 0;
  g_autoptr (GBytes) old = NULL;

  g_return_if_fail (FT_IS_PIECE_MAP (self));

  first = (guint) MIN (first, size);
  count = (guint) MIN (count, size - first);
  if (looks_the_same (self, pieces, first, count))
    return;
  old = self->pieces;
  self->pieces = pieces != NULL ? g_bytes_ref (pieces) : NULL;
  self->first = first;
  self->count = count;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
