/* ft-week-grid.c: the week's plan, to be painted hour by hour.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-week-grid.h"

#include "ft-schedule.h"
#include "ft-week-cell.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>

#define N_DAYS 7
#define N_HOURS 24
#define LABELLED_HOURS 6 /* every so many hours have a label */
#define CLOCK_S 30

/* Where in the grid its parts are. */
#define FIRST_COLUMN 1
#define FIRST_ROW 1

struct _FtWeekGrid
{
  GtkWidget parent_instance;

  FtSchedule schedule;
  FtSchedule before;          /* of the drag that goes on */
  FtPaint brush;              /* what the drag paints */
  guint first_day;            /* 0: Monday */
  guint anchor_row, anchor_hour; /* one corner of what is selected */
  guint cursor_row, cursor_hour; /* the other, which has the focus */
  FtWeekCell *cells[N_DAYS][N_HOURS]; /* by row: the first is the first day of the locale */
  FtWeekCell *now_cell;       /* (nullable) */
  guint clock_id;             /* while it is seen */

  GtkGrid *grid;
  GtkBox *legend;
};

enum
{
  PROP_0,
  PROP_PLAN,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtWeekGrid, ft_week_grid, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

/* Days. */

/* Returns: 0 for Monday. As the calendar of the toolkit reads the locale. */
static guint
find_first_day (void)
{
  union
  {
    unsigned int word;
    char *string;
  } origin = { .string = nl_langinfo (_NL_TIME_WEEK_1STDAY) };
  const char *first = nl_langinfo (_NL_TIME_FIRST_WEEKDAY);
  /* The day that the locale counts from: 19971130 is a Sunday, 19971201 a Monday. */
  guint counted_from = origin.word == 19971201 ? 0 : 6;

  return (counted_from + (guint) first[0] + N_DAYS - 1) % N_DAYS;
}

static guint
get_index (FtWeekGrid *self, guint row, guint hour)
{
  return (row + self->first_day) % N_DAYS * N_HOURS + hour;
}

/* @format: of g_date_time_format() */
static char *
format_day (FtWeekGrid *self, guint row, const char *format)
{
  /* The first of January 2024 was a Monday. */
  g_autoptr (GDateTime) day = g_date_time_new_utc (2024, 1, 1 + (int) ((row + self->first_day) % N_DAYS), 0, 0, 0);

  return g_date_time_format (day, format);
}

/* Painting. */

static FtPaint
get_paint (FtWeekGrid *self, guint row, guint hour)
{
  return (FtPaint) self->schedule.hours[get_index (self, row, hour)];
}

static FtPaint
get_next_paint (FtPaint paint)
{
  return (FtPaint) ((paint + 1) % FT_N_PAINTS);
}

static void
show_schedule (FtWeekGrid *self)
{
  for (guint row = 0; row < N_DAYS; row++)
    for (guint hour = 0; hour < N_HOURS; hour++)
      ft_week_cell_set_paint (self->cells[row][hour], get_paint (self, row, hour));
}

static void
paint_area (FtWeekGrid *self, guint row, guint hour, guint last_row, guint last_hour, FtPaint paint)
{
  for (guint r = MIN (row, last_row); r <= MAX (row, last_row); r++)
    for (guint h = MIN (hour, last_hour); h <= MAX (hour, last_hour); h++)
      self->schedule.hours[get_index (self, r, h)] = (guint8) paint;
  show_schedule (self);
}

static void
notify_plan (FtWeekGrid *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAN]);
}

/* What is selected. */

static gboolean
is_between (guint value, guint a, guint b)
{
  return value >= MIN (a, b) && value <= MAX (a, b);
}

static void
show_selection (FtWeekGrid *self)
{
  gboolean several = self->anchor_row != self->cursor_row || self->anchor_hour != self->cursor_hour;

  for (guint row = 0; row < N_DAYS; row++)
    for (guint hour = 0; hour < N_HOURS; hour++)
      ft_week_cell_set_selected (self->cells[row][hour],
                                 several && is_between (row, self->anchor_row, self->cursor_row)
                                   && is_between (hour, self->anchor_hour, self->cursor_hour));
}

/* Only one cell at a time can have the focus, so that Tab leaves the grid. */
static void
set_cursor (FtWeekGrid *self, guint row, guint hour, gboolean extend)
{
  GtkWidget *cell = GTK_WIDGET (self->cells[row][hour]);

  gtk_widget_set_focusable (cell, TRUE);
  gtk_widget_grab_focus (cell);
  if (row != self->cursor_row || hour != self->cursor_hour)
    gtk_widget_set_focusable (GTK_WIDGET (self->cells[self->cursor_row][self->cursor_hour]), FALSE);
  self->cursor_row = row;
  self->cursor_hour = hour;
  if (!extend)
    {
      self->anchor_row = row;
      self->anchor_hour = hour;
    }
  show_selection (self);
}

/* By keyboard. */

static gboolean
move_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  FtWeekGrid *self = FT_WEEK_GRID (widget);
  int rows, hours;
  gboolean extend;

  g_variant_get (arguments, "(iib)", &rows, &hours, &extend);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    hours = -hours;
  /* Above and below there is something else to go to. */
  if (!extend && !is_between ((guint) ((int) self->cursor_row + rows), 0, N_DAYS - 1))
    return FALSE;
  set_cursor (self, (guint) CLAMP ((int) self->cursor_row + rows, 0, N_DAYS - 1),
              (guint) CLAMP ((int) self->cursor_hour + hours, 0, N_HOURS - 1), extend);
  return TRUE;
}

static gboolean
jump_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  FtWeekGrid *self = FT_WEEK_GRID (widget);
  gboolean to_end, extend;

  g_variant_get (arguments, "(bb)", &to_end, &extend);
  set_cursor (self, self->cursor_row, to_end ? N_HOURS - 1 : 0, extend);
  return TRUE;
}

static gboolean
select_all_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  FtWeekGrid *self = FT_WEEK_GRID (widget);

  set_cursor (self, N_DAYS - 1, N_HOURS - 1, FALSE);
  set_cursor (self, 0, 0, TRUE);
  return TRUE;
}

static gboolean
cycle_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  FtWeekGrid *self = FT_WEEK_GRID (widget);

  paint_area (self, self->anchor_row, self->anchor_hour, self->cursor_row, self->cursor_hour,
              get_next_paint (get_paint (self, self->cursor_row, self->cursor_hour)));
  notify_plan (self);
  return TRUE;
}

static void
add_bindings (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key, keypad_key;
    int rows, hours;
  } moves[] = {
    { GDK_KEY_Up, GDK_KEY_KP_Up, -1, 0 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 1, 0 },
    { GDK_KEY_Left, GDK_KEY_KP_Left, 0, -1 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    for (int extend = FALSE; extend <= TRUE; extend++)
      {
        GdkModifierType modifiers = extend ? GDK_SHIFT_MASK : (GdkModifierType) 0;

        gtk_widget_class_add_binding (widget_class, moves[i].key, modifiers, move_cb, "(iib)", moves[i].rows,
                                      moves[i].hours, extend);
        gtk_widget_class_add_binding (widget_class, moves[i].keypad_key, modifiers, move_cb, "(iib)", moves[i].rows,
                                      moves[i].hours, extend);
      }
  for (int extend = FALSE; extend <= TRUE; extend++)
    {
      GdkModifierType modifiers = extend ? GDK_SHIFT_MASK : (GdkModifierType) 0;

      gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, modifiers, jump_cb, "(bb)", FALSE, extend);
      gtk_widget_class_add_binding (widget_class, GDK_KEY_End, modifiers, jump_cb, "(bb)", TRUE, extend);
    }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_a, GDK_CONTROL_MASK, select_all_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, 0, cycle_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Space, 0, cycle_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, cycle_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, cycle_cb, NULL);
}

/* By pointer. */

/* Returns: (transfer none) (nullable) */
static FtWeekCell *
find_cell (FtWeekGrid *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->grid), x, y, GTK_PICK_DEFAULT);

  return widget != NULL && FT_IS_WEEK_CELL (widget) ? FT_WEEK_CELL (widget) : NULL;
}

static void
drag_begin_cb (FtWeekGrid *self, double x, double y, GtkGesture *gesture)
{
  FtWeekCell *cell = find_cell (self, x, y);

  if (cell == NULL)
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  self->before = self->schedule;
  self->brush = get_next_paint (get_paint (self, ft_week_cell_get_row (cell), ft_week_cell_get_hour (cell)));
  set_cursor (self, ft_week_cell_get_row (cell), ft_week_cell_get_hour (cell), FALSE);
  paint_area (self, self->cursor_row, self->cursor_hour, self->cursor_row, self->cursor_hour, self->brush);
}

static void
drag_update_cb (FtWeekGrid *self, double offset_x, double offset_y, GtkGestureDrag *gesture)
{
  FtWeekCell *cell;
  double x, y;

  if (!gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  cell = find_cell (self, x + offset_x, y + offset_y);
  if (cell == NULL)
    return;
  set_cursor (self, ft_week_cell_get_row (cell), ft_week_cell_get_hour (cell), TRUE);
  self->schedule = self->before;
  paint_area (self, self->anchor_row, self->anchor_hour, self->cursor_row, self->cursor_hour, self->brush);
}

/* Only what was painted in the end is saved. */
static void
drag_end_cb (FtWeekGrid *self)
{
  set_cursor (self, self->cursor_row, self->cursor_hour, FALSE);
  notify_plan (self);
}

static void
drag_cancel_cb (FtWeekGrid *self)
{
  self->schedule = self->before;
  show_schedule (self);
}

static void
paint_day_cb (FtWeekGrid *self, GtkButton *button)
{
  guint row = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));

  paint_area (self, row, 0, row, N_HOURS - 1, get_next_paint (get_paint (self, row, 0)));
  notify_plan (self);
}

static void
paint_hour_cb (FtWeekGrid *self, GtkButton *button)
{
  guint hour = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));

  paint_area (self, 0, hour, N_DAYS - 1, hour, get_next_paint (get_paint (self, 0, hour)));
  notify_plan (self);
}

/* The hour that it is. */

static void
show_now (FtWeekGrid *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  guint day = (guint) g_date_time_get_day_of_week (now) - 1;
  FtWeekCell *cell = self->cells[(day + N_DAYS - self->first_day) % N_DAYS][g_date_time_get_hour (now)];

  if (cell == self->now_cell)
    return;
  if (self->now_cell != NULL)
    ft_week_cell_set_now (self->now_cell, FALSE);
  ft_week_cell_set_now (cell, TRUE);
  self->now_cell = cell;
}

static gboolean
clock_cb (gpointer user_data)
{
  show_now (user_data);
  return G_SOURCE_CONTINUE;
}

static void
ft_week_grid_map (GtkWidget *widget)
{
  FtWeekGrid *self = FT_WEEK_GRID (widget);

  GTK_WIDGET_CLASS (ft_week_grid_parent_class)->map (widget);
  show_now (self);
  self->clock_id = g_timeout_add_seconds (CLOCK_S, clock_cb, self);
}

static void
ft_week_grid_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&FT_WEEK_GRID (widget)->clock_id, g_source_remove);
  GTK_WIDGET_CLASS (ft_week_grid_parent_class)->unmap (widget);
}

/* Its parts. */

/* The keyboard has other ways to paint much at once: the headers are not on the way of the focus. */
static GtkWidget *
make_header (FtWeekGrid *self, guint index, const char *name, GCallback paint_cb)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "index", GUINT_TO_POINTER (index));
  g_signal_connect_object (button, "clicked", paint_cb, self, G_CONNECT_SWAPPED);
  return button;
}

static void
add_day (FtWeekGrid *self, guint row)
{
  g_autofree char *day = format_day (self, row, "%A");
  g_autofree char *short_day = format_day (self, row, "%a");
  /* Translators: %s is a day of the week */
  g_autofree char *all_day = g_strdup_printf (_("%s, all day"), day);
  GtkWidget *header = make_header (self, row, all_day, G_CALLBACK (paint_day_cb));

  gtk_button_set_label (GTK_BUTTON (header), short_day);
  gtk_widget_add_css_class (header, "day");
  gtk_grid_attach (self->grid, header, 0, FIRST_ROW + (int) row, 1, 1);
  for (guint hour = 0; hour < N_HOURS; hour++)
    {
      /* Translators: a day of the week and two hours of 24, as "Monday, 14 to 15 o’clock" */
      g_autofree char *name = g_strdup_printf (_("%s, %u to %u o’clock"), day, hour, hour + 1);
      GtkWidget *cell = ft_week_cell_new (name, row, hour);

      gtk_widget_set_hexpand (cell, TRUE);
      gtk_grid_attach (self->grid, cell, FIRST_COLUMN + (int) hour, FIRST_ROW + (int) row, 1, 1);
      self->cells[row][hour] = FT_WEEK_CELL (cell);
    }
}

static void
add_hours (FtWeekGrid *self)
{
  for (guint hour = 0; hour < N_HOURS; hour++)
    {
      /* Translators: two hours of 24 */
      g_autofree char *name = g_strdup_printf (_("%u to %u o’clock, every day"), hour, hour + 1);
      GtkWidget *header = make_header (self, hour, name, G_CALLBACK (paint_hour_cb));

      gtk_widget_add_css_class (header, "hour");
      gtk_grid_attach (self->grid, header, FIRST_COLUMN + (int) hour, 0, 1, 1);
    }
  for (guint hour = 0; hour < N_HOURS; hour += LABELLED_HOURS)
    {
      g_autofree char *text = g_strdup_printf ("%u", hour);
      GtkWidget *label = gtk_label_new (text);

      gtk_widget_set_halign (label, GTK_ALIGN_START);
      gtk_widget_set_can_target (label, FALSE);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "numeric");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_grid_attach (self->grid, label, FIRST_COLUMN + (int) hour, 0, LABELLED_HOURS, 1);
    }
}

static void
add_legend (FtWeekGrid *self)
{
  for (guint paint = 0; paint < FT_N_PAINTS; paint++)
    {
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *sample = ft_week_cell_new (NULL, 0, 0);
      GtkWidget *label = gtk_label_new (ft_week_cell_describe_paint ((FtPaint) paint));

      ft_week_cell_set_paint (FT_WEEK_CELL (sample), (FtPaint) paint);
      gtk_widget_set_valign (sample, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (label, "caption");
      gtk_box_append (GTK_BOX (box), sample);
      gtk_box_append (GTK_BOX (box), label);
      gtk_box_append (self->legend, box);
    }
}

static void
ft_week_grid_dispose (GObject *object)
{
  FtWeekGrid *self = FT_WEEK_GRID (object);
  GtkWidget *child;

  g_clear_handle_id (&self->clock_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (ft_week_grid_parent_class)->dispose (object);
}

static void
ft_week_grid_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtWeekGrid *self = FT_WEEK_GRID (object);

  switch (prop_id)
    {
    case PROP_PLAN:
      g_value_take_string (value, ft_schedule_format (&self->schedule));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_week_grid_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtWeekGrid *self = FT_WEEK_GRID (object);
  const char *plan = g_value_get_string (value);

  switch (prop_id)
    {
    case PROP_PLAN:
      ft_schedule_parse (&self->schedule, plan != NULL ? plan : "");
      show_schedule (self);
      notify_plan (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_week_grid_class_init (FtWeekGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ft_week_grid_dispose;
  object_class->get_property = ft_week_grid_get_property;
  object_class->set_property = ft_week_grid_set_property;
  widget_class->map = ft_week_grid_map;
  widget_class->unmap = ft_week_grid_unmap;

  properties[PROP_PLAN]
    = g_param_spec_string ("plan", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-week-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, FtWeekGrid, grid);
  gtk_widget_class_bind_template_child (widget_class, FtWeekGrid, legend);
  gtk_widget_class_bind_template_callback (widget_class, drag_begin_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_update_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_end_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_cancel_cb);
  gtk_widget_class_set_css_name (widget_class, "weekgrid");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  add_bindings (widget_class);
}

static void
ft_week_grid_init (FtWeekGrid *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->first_day = find_first_day ();
  add_hours (self);
  for (guint row = 0; row < N_DAYS; row++)
    add_day (self, row);
  add_legend (self);
  gtk_widget_set_focusable (GTK_WIDGET (self->cells[0][0]), TRUE);
}
