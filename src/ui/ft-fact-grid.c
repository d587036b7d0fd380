/* ft-fact-grid.c: children in as many columns of one width as there is room for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fact-grid.h"

#define SPACING 12

struct _FtFactGrid
{
  GtkWidget parent_instance;

  int column_width;
};

enum
{
  PROP_0,
  PROP_COLUMN_WIDTH,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtFactGrid, ft_fact_grid, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
first_shown (FtFactGrid *self)
{
  return next_shown (gtk_widget_get_first_child (GTK_WIDGET (self)));
}

static int
count_columns (FtFactGrid *self, int width)
{
  return MAX (1, (width + SPACING) / (self->column_width + SPACING));
}

static int
get_cell_width (FtFactGrid *self, int width)
{
  int n_columns = count_columns (self, width);

  return MAX (0, (width - (n_columns - 1) * SPACING) / n_columns);
}

/* Of the row that @child begins; moves it to the next. */
static int
measure_row (GtkWidget **child, int n_columns, int cell_width)
{
  int height = 0;

  for (int i = 0; i < n_columns && *child != NULL; i++)
    {
      int natural;

      gtk_widget_measure (*child, GTK_ORIENTATION_VERTICAL, cell_width, NULL, &natural, NULL, NULL);
      height = MAX (height, natural);
      *child = next_shown (gtk_widget_get_next_sibling (*child));
    }
  return height;
}

static int
measure_height (FtFactGrid *self, int width)
{
  GtkWidget *child = first_shown (self);
  int height = 0;

  while (child != NULL)
    {
      height += measure_row (&child, count_columns (self, width), get_cell_width (self, width));
      if (child != NULL)
        height += SPACING;
    }
  return height;
}

static void
ft_fact_grid_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  FtFactGrid *self = FT_FACT_GRID (widget);

  *minimum = 0;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = measure_height (self, for_size >= 0 ? for_size : self->column_width);
  else
    {
      for (GtkWidget *child = first_shown (self); child != NULL;
           child = next_shown (gtk_widget_get_next_sibling (child)))
        {
          int least;

          gtk_widget_measure (child, orientation, -1, &least, NULL, NULL, NULL);
          *minimum = MAX (*minimum, least);
        }
      *natural = MAX (*minimum, 3 * self->column_width + 2 * SPACING);
    }
}

static void
ft_fact_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FtFactGrid *self = FT_FACT_GRID (widget);
  int n_columns = count_columns (self, width);
  int cell_width = get_cell_width (self, width);
  gboolean reversed = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *child = first_shown (self);
  int y = 0;

  while (child != NULL)
    {
      GtkWidget *end = child;
      int row_height = measure_row (&end, n_columns, cell_width);

      for (int i = 0; child != end; i++, child = next_shown (gtk_widget_get_next_sibling (child)))
        {
          int x = i * (cell_width + SPACING);
          GtkAllocation cell = { reversed ? width - x - cell_width : x, y, cell_width, row_height };

          gtk_widget_size_allocate (child, &cell, -1);
        }
      y += row_height + SPACING;
    }
}

static GtkSizeRequestMode
ft_fact_grid_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ft_fact_grid_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (ft_fact_grid_parent_class)->dispose (object);
}

static void
ft_fact_grid_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_COLUMN_WIDTH:
      g_value_set_int (value, FT_FACT_GRID (object)->column_width);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_fact_grid_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_COLUMN_WIDTH:
      FT_FACT_GRID (object)->column_width = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (object));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_fact_grid_class_init (FtFactGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ft_fact_grid_dispose;
  object_class->get_property = ft_fact_grid_get_property;
  object_class->set_property = ft_fact_grid_set_property;
  widget_class->measure = ft_fact_grid_measure;
  widget_class->size_allocate = ft_fact_grid_size_allocate;
  widget_class->get_request_mode = ft_fact_grid_get_request_mode;

  properties[PROP_COLUMN_WIDTH]
    = g_param_spec_int ("column-width", NULL, NULL, 1, G_MAXINT16, 120,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ft_fact_grid_init (FtFactGrid *self)
{
}
