/* ft-torrent-summary.c: name, tags, progress and state of one torrent, drawn as one piece.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-summary.h"

#include "ft-category.h"
#include "ft-describe.h"

#define LINE_GAP 4
#define BAR_HEIGHT 8
#define COLUMN_GAP 12
#define PILL_GAP 6
#define PILL_PADDING 8
#define CAPTION_SCALE 0.82 /* as the platform's class "caption" */
#define MIN_WIDTH 100
#define NATURAL_WIDTH 300
#define MAX_PILLS 4

struct _FtTorrentSummary
{
  GtkWidget parent_instance;

  FtTorrent *torrent; /* (nullable) */
  gulong changed_id;
  FtTags *tags;       /* (nullable) */
};

/* What one drawing needs to know. */
typedef struct
{
  FtTorrentSummary *self;
  GtkSnapshot *snapshot;
  GtkStyleContext *style;
  const BtTorrentStatus *status;
  GdkRGBA color; /* of text */
  float width;
  float y;       /* of the line that is drawn next */
  gboolean rtl;
} Drawing;

G_DEFINE_FINAL_TYPE (FtTorrentSummary, ft_torrent_summary, GTK_TYPE_WIDGET)

/* Texts. */

static PangoLayout *
make_layout (FtTorrentSummary *self, const char *text, double scale, PangoWeight weight)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_weight_new (weight));
  /* Figures of one width: what counts does not jump. */
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

static PangoLayout *
make_caption (FtTorrentSummary *self, const char *text)
{
  return make_layout (self, text, CAPTION_SCALE, PANGO_WEIGHT_NORMAL);
}

static float
get_width (PangoLayout *layout)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return (float) width;
}

/* Between @start and @end, counted from where reading begins; at the end of that if @to_end. */
static void
draw_text (Drawing *drawing, PangoLayout *layout, float start, float end, gboolean to_end, const GdkRGBA *color)
{
  float room = MAX (end - start, 0);
  float width, x;

  pango_layout_set_width (layout, (int) room * PANGO_SCALE);
  width = MIN (get_width (layout), room);
  x = to_end ? end - width : start;
  if (drawing->rtl)
    x = drawing->width - x - width;
  /* A layout with a width aligns by itself; it is given no more than it needs. */
  pango_layout_set_width (layout, (int) (width + 1) * PANGO_SCALE);
  gtk_snapshot_save (drawing->snapshot);
  gtk_snapshot_translate (drawing->snapshot, &GRAPHENE_POINT_INIT (x, drawing->y));
  gtk_snapshot_append_layout (drawing->snapshot, layout, color);
  gtk_snapshot_restore (drawing->snapshot);
}

static float
get_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return (float) height;
}

static GdkRGBA
look_up (Drawing *drawing, const char *name)
{
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (drawing->style, name, &color))
    color = drawing->color;
  return color;
}

static GdkRGBA
fade (GdkRGBA color, float alpha)
{
  color.alpha *= alpha;
  return color;
}

/* Tags: from the end of the first line. Returns: where the name must end. */

static float
draw_pill (Drawing *drawing, const char *name, float end, float height)
{
  g_autoptr (PangoLayout) layout = make_caption (drawing->self, name);
  FtTag *tag = drawing->self->tags != NULL ? ft_tags_lookup (drawing->self->tags, name) : NULL;
  GdkRGBA background = fade (drawing->color, 0.15f);
  GdkRGBA text = drawing->color;
  float width = MIN (get_width (layout), drawing->width / 4) + 2 * PILL_PADDING;
  float start = end - width;
  GskRoundedRect outline;

  if (tag != NULL && gdk_rgba_parse (&background, ft_tag_get_color (tag)))
    gdk_rgba_parse (&text, ft_tag_get_text_color (tag));
  gsk_rounded_rect_init_from_rect (
    &outline,
    &GRAPHENE_RECT_INIT (drawing->rtl ? drawing->width - end : start, drawing->y, width, height), height / 2);
  gtk_snapshot_push_rounded_clip (drawing->snapshot, &outline);
  gtk_snapshot_append_color (drawing->snapshot, &background, &outline.bounds);
  gtk_snapshot_pop (drawing->snapshot);
  drawing->y += (height - get_height (layout)) / 2;
  draw_text (drawing, layout, start + PILL_PADDING, end - PILL_PADDING, FALSE, &text);
  drawing->y -= (height - get_height (layout)) / 2;
  return start - PILL_GAP;
}

static void
draw_name (Drawing *drawing)
{
  g_autoptr (PangoLayout) layout = make_layout (drawing->self, drawing->status->name, 1, PANGO_WEIGHT_BOLD);
  GStrv tags = drawing->status->options->tags;
  float height = get_height (layout);
  float end = drawing->width;

  /* Half of the line belongs to the name. */
  for (guint i = 0; tags[i] != NULL && i < MAX_PILLS && end > drawing->width * 0.75f; i++)
    end = draw_pill (drawing, tags[i], end, height);
  draw_text (drawing, layout, 0, end, FALSE, &drawing->color);
  drawing->y += height + LINE_GAP;
}

/* Progress. */

static GdkRGBA
get_bar_color (Drawing *drawing)
{
  switch (ft_category_get_look (drawing->status))
    {
    case BT_STATE_DOWNLOADING:
      return look_up (drawing, "accent_bg_color");
    case BT_STATE_SEEDING:
      return look_up (drawing, "success_bg_color");
    case BT_STATE_ERROR:
      return look_up (drawing, "error_bg_color");
    default:
      return fade (drawing->color, 0.4f);
    }
}

static void
draw_bar (Drawing *drawing)
{
  float filled = drawing->width * (float) ft_torrent_get_progress (drawing->self->torrent);
  GdkRGBA trough = fade (drawing->color, 0.15f);
  GdkRGBA bar = get_bar_color (drawing);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (
    &outline, &GRAPHENE_RECT_INIT (0, drawing->y, drawing->width, BAR_HEIGHT), BAR_HEIGHT / 2.0f);
  gtk_snapshot_push_rounded_clip (drawing->snapshot, &outline);
  gtk_snapshot_append_color (drawing->snapshot, &trough, &outline.bounds);
  if (filled > 0)
    gtk_snapshot_append_color (
      drawing->snapshot, &bar,
      &GRAPHENE_RECT_INIT (drawing->rtl ? drawing->width - filled : 0, drawing->y, filled, BAR_HEIGHT));
  gtk_snapshot_pop (drawing->snapshot);
  drawing->y += BAR_HEIGHT + LINE_GAP;
}

static void
draw_numbers (Drawing *drawing)
{
  g_autofree char *progress = ft_describe_progress (drawing->status);
  g_autofree char *speeds = ft_describe_speeds (drawing->status->rate_down, drawing->status->rate_up);
  g_autoptr (PangoLayout) progress_layout = make_caption (drawing->self, progress);
  g_autoptr (PangoLayout) speed_layout = make_caption (drawing->self, speeds);
  float end = drawing->width;

  if (*speeds != '\0')
    {
      float start = end - MIN (get_width (speed_layout), drawing->width * 0.6f);

      draw_text (drawing, speed_layout, start, end, TRUE, &drawing->color);
      end = start - COLUMN_GAP;
    }
  draw_text (drawing, progress_layout, 0, end, FALSE, &drawing->color);
  drawing->y += get_height (progress_layout) + LINE_GAP;
}

static void
draw_state (Drawing *drawing)
{
  g_autofree char *state = ft_describe_state (drawing->status, g_get_real_time () / G_USEC_PER_SEC);
  g_autoptr (PangoLayout) layout = make_caption (drawing->self, state);
  gboolean is_trouble = ft_category_get_look (drawing->status) == BT_STATE_ERROR;
  GdkRGBA color = is_trouble ? look_up (drawing, "error_color") : fade (drawing->color, 0.75f);

  draw_text (drawing, layout, 0, drawing->width, FALSE, &color);
}

static void
ft_torrent_summary_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FtTorrentSummary *self = FT_TORRENT_SUMMARY (widget);
  Drawing drawing = {
    .self = self,
    .snapshot = snapshot,
    .style = gtk_widget_get_style_context (widget),
    .width = (float) gtk_widget_get_width (widget),
    .rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL,
  };

  if (self->torrent == NULL)
    return;
  drawing.status = ft_torrent_get_status (self->torrent);
  gtk_style_context_get_color (drawing.style, &drawing.color);
  draw_name (&drawing);
  draw_bar (&drawing);
  draw_numbers (&drawing);
  draw_state (&drawing);
}

/* As a layout will be: the metrics of a font count scripts that do not occur. */
static int
measure_line (FtTorrentSummary *self, double scale, PangoWeight weight)
{
  g_autoptr (PangoLayout) layout = make_layout (self, "Ag", scale, weight);

  return (int) get_height (layout);
}

static void
ft_torrent_summary_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  FtTorrentSummary *self = FT_TORRENT_SUMMARY (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NATURAL_WIDTH;
      return;
    }
  *minimum = measure_line (self, 1, PANGO_WEIGHT_BOLD) + BAR_HEIGHT
             + 2 * measure_line (self, CAPTION_SCALE, PANGO_WEIGHT_NORMAL) + 3 * LINE_GAP;
  *natural = *minimum;
}

static void
ft_torrent_summary_dispose (GObject *object)
{
  FtTorrentSummary *self = FT_TORRENT_SUMMARY (object);

  ft_torrent_summary_set_torrent (self, NULL);
  ft_torrent_summary_set_tags (self, NULL);

  G_OBJECT_CLASS (ft_torrent_summary_parent_class)->dispose (object);
}

static void
ft_torrent_summary_class_init (FtTorrentSummaryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_torrent_summary_dispose;
  widget_class->measure = ft_torrent_summary_measure;
  widget_class->snapshot = ft_torrent_summary_snapshot;
  gtk_widget_class_set_css_name (widget_class, "torrentsummary");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ft_torrent_summary_init (FtTorrentSummary *self)
{
}

void
ft_torrent_summary_set_torrent (FtTorrentSummary *self, FtTorrent *torrent)
{
  g_return_if_fail (FT_IS_TORRENT_SUMMARY (self));
  g_return_if_fail (torrent == NULL || FT_IS_TORRENT (torrent));

  if (torrent == self->torrent)
    return;
  if (self->torrent != NULL)
    g_clear_signal_handler (&self->changed_id, self->torrent);
  g_set_object (&self->torrent, torrent);
  if (torrent != NULL)
    self->changed_id
      = g_signal_connect_swapped (torrent, "changed", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ft_torrent_summary_set_tags (FtTorrentSummary *self, FtTags *tags)
{
  g_return_if_fail (FT_IS_TORRENT_SUMMARY (self));
  g_return_if_fail (tags == NULL || FT_IS_TAGS (tags));

  if (tags == self->tags)
    return;
  if (self->tags != NULL)
    g_signal_handlers_disconnect_by_data (self->tags, self);
  g_set_object (&self->tags, tags);
  if (tags != NULL)
    g_signal_connect_swapped (tags, "changed", G_CALLBACK (gtk_widget_queue_draw), self);
}
