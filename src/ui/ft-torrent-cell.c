/* ft-torrent-cell.c: one fact of one torrent in the table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-cell.h"

#include "ft-category.h"

#define MIN_WIDTH 24
#define MIN_WIDTH_EXPANDING 100
#define BAR_HEIGHT 8
#define BAR_GAP 6

/* A table keeps some two hundred rows of a dozen cells: a cell has no children, and makes its text and its layout
 * when it is drawn. */
struct _FtTorrentCell
{
  GtkWidget parent_instance;

  const FtColumn *column;
  FtTorrent *torrent; /* (nullable) */
  gulong changed_id;  /* 0 without a torrent */

  char *text;          /* (nullable): not made since the last change */
  PangoLayout *layout; /* (nullable): likewise */
};

G_DEFINE_FINAL_TYPE (FtTorrentCell, ft_torrent_cell, GTK_TYPE_WIDGET)

static gboolean
is_column (FtTorrentCell *self, const char *id)
{
  return g_str_equal (self->column->id, id);
}

/* The focus is on the row, which holds a widget for each cell: its name is what is read aloud. */
static void
update_sentence (FtTorrentCell *self)
{
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkWidget *row = cell != NULL ? gtk_widget_get_parent (cell) : NULL;
  g_autofree char *sentence = NULL;

  if (row == NULL || self->torrent == NULL)
    return;
  g_object_get (self->torrent, "row-text", &sentence, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}

static void
forget_text (FtTorrentCell *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_object (&self->layout);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
changed_cb (FtTorrentCell *self, guint changed)
{
  if ((changed & self->column->facts) != 0)
    forget_text (self);
  if (is_column (self, "name"))
    update_sentence (self);
}

/* Drawing. */

static void
make_text (FtTorrentCell *self)
{
  self->text = self->column->dup_text (self->torrent);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text, -1);
}

static void
make_layout (FtTorrentCell *self)
{
  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->text);
  pango_layout_set_single_paragraph_mode (self->layout, TRUE);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_END);
  if (self->column->numeric)
    {
      g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

      /* Figures of one width: what counts does not jump. */
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
      pango_layout_set_attributes (self->layout, attributes);
    }
}

/* Returns: how wide it is. */
static float
draw_text (FtTorrentCell *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  float room = (float) gtk_widget_get_width (GTK_WIDGET (self));
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  PangoRectangle extents;
  float x;

  /* Its own direction is that of its text; where it stands is that of the table. */
  pango_layout_set_width (self->layout, (int) room * PANGO_SCALE);
  pango_layout_get_pixel_extents (self->layout, NULL, &extents);
  x = self->column->numeric != rtl ? room - (float) extents.width : 0;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
    snapshot, &GRAPHENE_POINT_INIT (x - (float) extents.x,
                                    (float) (gtk_widget_get_height (GTK_WIDGET (self)) - extents.height) / 2));
  gtk_snapshot_append_layout (snapshot, self->layout, color);
  gtk_snapshot_restore (snapshot);
  return (float) extents.width;
}

static GdkRGBA
get_bar_color (FtTorrentCell *self, GtkStyleContext *style, GdkRGBA color)
{
  switch (ft_category_get_look (ft_torrent_get_status (self->torrent)))
    {
    case BT_STATE_DOWNLOADING:
      gtk_style_context_lookup_color (style, "accent_bg_color", &color);
      break;
    case BT_STATE_SEEDING:
      gtk_style_context_lookup_color (style, "success_bg_color", &color);
      break;
    case BT_STATE_ERROR:
      gtk_style_context_lookup_color (style, "error_bg_color", &color);
      break;
    default:
      color.alpha *= 0.4f;
    }
  return color;
}

/* Beside a text at the end that takes @taken. */
static void
draw_bar (FtTorrentCell *self, GtkSnapshot *snapshot, GtkStyleContext *style, const GdkRGBA *color, float taken)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float width = (float) gtk_widget_get_width (widget) - taken - BAR_GAP;
  float filled = width * (float) ft_torrent_get_progress (self->torrent);
  float x = rtl ? taken + BAR_GAP : 0;
  float y = (float) (gtk_widget_get_height (widget) - BAR_HEIGHT) / 2;
  GdkRGBA trough = *color;
  GdkRGBA bar = get_bar_color (self, style, *color);
  GskRoundedRect outline;

  if (width < BAR_HEIGHT)
    return;
  trough.alpha *= 0.15f;
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x, y, width, BAR_HEIGHT), BAR_HEIGHT / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &trough, &outline.bounds);
  if (filled > 0)
    gtk_snapshot_append_color (snapshot, &bar,
                               &GRAPHENE_RECT_INIT (rtl ? x + width - filled : x, y, filled, BAR_HEIGHT));
  gtk_snapshot_pop (snapshot);
}

/* The bar has one length in all rows: it leaves room for the longest text. */
static float
measure_longest (FtTorrentCell *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics
    = pango_context_get_metrics (context, NULL, pango_context_get_language (context));
  int digit = pango_font_metrics_get_approximate_digit_width (metrics);

  pango_font_metrics_unref (metrics);
  return (float) (5 * digit) / PANGO_SCALE;
}

static void
ft_torrent_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FtTorrentCell *self = FT_TORRENT_CELL (widget);
  GtkStyleContext *style;
  GdkRGBA color;
  float width;

  if (self->torrent == NULL)
    return;
  if (self->text == NULL)
    make_text (self);
  if (*self->text == '\0')
    return;
  if (self->layout == NULL)
    make_layout (self);
  style = gtk_widget_get_style_context (widget);
  gtk_style_context_get_color (style, &color);
  width = draw_text (self, snapshot, &color);
  if (is_column (self, "progress"))
    draw_bar (self, snapshot, style, &color, MAX (width, measure_longest (self)));
}

static void
ft_torrent_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      const FtColumn *column = FT_TORRENT_CELL (widget)->column;

      *minimum = column->expands ? MIN_WIDTH_EXPANDING : MIN_WIDTH;
      *natural = column->width;
      return;
    }
  metrics = pango_context_get_metrics (context, NULL, pango_context_get_language (context));
  *minimum = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics) + pango_font_metrics_get_descent (metrics));
  *natural = *minimum;
  pango_font_metrics_unref (metrics);
}

/* Another font, or another colour. */
static void
ft_torrent_cell_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ft_torrent_cell_parent_class)->css_changed (widget, change);

  g_clear_object (&FT_TORRENT_CELL (widget)->layout);
}

/* What the width may have cut, and only then. */
static gboolean
ft_torrent_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  FtTorrentCell *self = FT_TORRENT_CELL (widget);

  if (self->layout == NULL || !pango_layout_is_ellipsized (self->layout))
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->text);
  return TRUE;
}

static void
ft_torrent_cell_root (GtkWidget *widget)
{
  FtTorrentCell *self = FT_TORRENT_CELL (widget);

  GTK_WIDGET_CLASS (ft_torrent_cell_parent_class)->root (widget);

  if (is_column (self, "name"))
    update_sentence (self);
}

static void
ft_torrent_cell_dispose (GObject *object)
{
  FtTorrentCell *self = FT_TORRENT_CELL (object);

  if (self->torrent != NULL)
    g_clear_signal_handler (&self->changed_id, self->torrent);
  g_clear_object (&self->torrent);
  g_clear_object (&self->layout);
  g_clear_pointer (&self->text, g_free);

  G_OBJECT_CLASS (ft_torrent_cell_parent_class)->dispose (object);
}

static void
ft_torrent_cell_class_init (FtTorrentCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_torrent_cell_dispose;
  widget_class->css_changed = ft_torrent_cell_css_changed;
  widget_class->measure = ft_torrent_cell_measure;
  widget_class->query_tooltip = ft_torrent_cell_query_tooltip;
  widget_class->root = ft_torrent_cell_root;
  widget_class->snapshot = ft_torrent_cell_snapshot;
  gtk_widget_class_set_css_name (widget_class, "torrentcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
ft_torrent_cell_init (FtTorrentCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
ft_torrent_cell_new (const FtColumn *column)
{
  FtTorrentCell *self;

  g_return_val_if_fail (column != NULL, NULL);

  self = g_object_new (FT_TYPE_TORRENT_CELL, NULL);
  self->column = column;
  return GTK_WIDGET (self);
}

void
ft_torrent_cell_set_torrent (FtTorrentCell *self, FtTorrent *torrent)
{
  g_return_if_fail (FT_IS_TORRENT_CELL (self));
  g_return_if_fail (torrent == NULL || FT_IS_TORRENT (torrent));

  if (torrent == self->torrent)
    return;
  if (self->torrent != NULL)
    g_clear_signal_handler (&self->changed_id, self->torrent);
  g_set_object (&self->torrent, torrent);
  if (torrent != NULL)
    self->changed_id = g_signal_connect_swapped (torrent, "changed", G_CALLBACK (changed_cb), self);
  forget_text (self);
  if (is_column (self, "name"))
    update_sentence (self);
}

FtTorrent *
ft_torrent_cell_get_torrent (FtTorrentCell *self)
{
  g_return_val_if_fail (FT_IS_TORRENT_CELL (self), NULL);

  return self->torrent;
}
