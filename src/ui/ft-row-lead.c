/* ft-row-lead.c: the first cell of a row: it says the row aloud, and tells which row it is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-row-lead.h"

struct _FtRowLead
{
  AdwBin parent_instance;

  guint position;
  char *row_text; /* (nullable) */
};

enum
{
  PROP_0,
  PROP_POSITION,
  PROP_ROW_TEXT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtRowLead, ft_row_lead, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];

/* The focus is on the row: its name is what is read aloud. In a table, the cell is between. */
static GtkWidget *
get_row (FtRowLead *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  while (row != NULL && !g_str_equal (gtk_widget_get_css_name (row), "row"))
    row = gtk_widget_get_parent (row);
  return row;
}

static void
update_row (FtRowLead *self)
{
  GtkWidget *row = get_row (self);

  if (row != NULL && self->row_text != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, self->row_text, -1);
}

static void
ft_row_lead_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ft_row_lead_parent_class)->root (widget);

  update_row (FT_ROW_LEAD (widget));
}

static void
ft_row_lead_finalize (GObject *object)
{
  g_free (FT_ROW_LEAD (object)->row_text);

  G_OBJECT_CLASS (ft_row_lead_parent_class)->finalize (object);
}

static void
ft_row_lead_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtRowLead *self = FT_ROW_LEAD (object);

  switch (prop_id)
    {
    case PROP_POSITION:
      g_value_set_uint (value, self->position);
      break;
    case PROP_ROW_TEXT:
      g_value_set_string (value, self->row_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_row_lead_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtRowLead *self = FT_ROW_LEAD (object);

  switch (prop_id)
    {
    case PROP_POSITION:
      self->position = g_value_get_uint (value);
      break;
    case PROP_ROW_TEXT:
      g_free (self->row_text);
      self->row_text = g_value_dup_string (value);
      update_row (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_row_lead_class_init (FtRowLeadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_row_lead_finalize;
  object_class->get_property = ft_row_lead_get_property;
  object_class->set_property = ft_row_lead_set_property;
  GTK_WIDGET_CLASS (klass)->root = ft_row_lead_root;

  properties[PROP_POSITION]
    = g_param_spec_uint ("position", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION, flags);
  properties[PROP_ROW_TEXT] = g_param_spec_string ("row-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_row_lead_init (FtRowLead *self)
{
  self->position = GTK_INVALID_LIST_POSITION;
}

guint
ft_row_lead_get_position (FtRowLead *self)
{
  g_return_val_if_fail (FT_IS_ROW_LEAD (self), GTK_INVALID_LIST_POSITION);

  return self->position;
}

static FtRowLead *
find_below (GtkWidget *widget)
{
  if (FT_IS_ROW_LEAD (widget))
    return FT_ROW_LEAD (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      FtRowLead *lead = find_below (child);

      if (lead != NULL)
        return lead;
    }
  return NULL;
}

FtRowLead *
ft_row_lead_find (GtkWidget *widget)
{
  while (widget != NULL && !g_str_equal (gtk_widget_get_css_name (widget), "row"))
    widget = gtk_widget_get_parent (widget);
  return widget != NULL ? find_below (widget) : NULL;
}

/* The menu. */

static GtkSelectionModel *
get_selection (GtkWidget *view)
{
  return GTK_IS_COLUMN_VIEW (view) ? gtk_column_view_get_model (GTK_COLUMN_VIEW (view))
                                   : gtk_list_view_get_model (GTK_LIST_VIEW (view));
}

static void
pop_up (GtkWidget *popover, FtRowLead *lead, double x, double y)
{
  GtkSelectionModel *selection = get_selection (gtk_widget_get_parent (popover));
  GdkRectangle point = { (int) x, (int) y, 1, 1 };

  if (!gtk_selection_model_is_selected (selection, lead->position))
    gtk_selection_model_select_item (selection, lead->position, TRUE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &point);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
pop_up_at (GtkWidget *popover, double x, double y)
{
  GtkWidget *view = gtk_widget_get_parent (popover);
  FtRowLead *lead = ft_row_lead_find (gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT));

  if (lead != NULL)
    pop_up (popover, lead, x, y);
}

static void
pressed_cb (GtkWidget *popover, int n_press, double x, double y)
{
  pop_up_at (popover, x, y);
}

static void
long_pressed_cb (GtkWidget *popover, double x, double y)
{
  pop_up_at (popover, x, y);
}

static gboolean
menu_key_cb (GtkWidget *view, GVariant *arguments, gpointer popover)
{
  GtkRoot *root = gtk_widget_get_root (view);
  FtRowLead *lead = root != NULL ? ft_row_lead_find (gtk_root_get_focus (root)) : NULL;
  graphene_rect_t bounds;

  if (lead == NULL || !gtk_widget_compute_bounds (GTK_WIDGET (lead), view, &bounds))
    return FALSE;
  pop_up (popover, lead, bounds.origin.x + bounds.size.width / 2, bounds.origin.y + bounds.size.height / 2);
  return TRUE;
}

static void
add_key (GtkEventController *shortcuts, const char *trigger, GtkWidget *popover)
{
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (shortcuts),
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger), gtk_callback_action_new (menu_key_cb, popover, NULL)));
}

void
ft_row_lead_add_menu (GtkWidget *view, GMenuModel *menu)
{
  GtkWidget *popover = gtk_popover_menu_new_from_model (menu);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *long_press = gtk_gesture_long_press_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_widget_set_parent (popover, view);
  g_signal_connect_object (view, "destroy", G_CALLBACK (gtk_widget_unparent), popover, G_CONNECT_SWAPPED);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), popover, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (long_press), TRUE);
  g_signal_connect_object (long_press, "pressed", G_CALLBACK (long_pressed_cb), popover, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (long_press));
  add_key (shortcuts, "Menu", popover);
  add_key (shortcuts, "<Shift>F10", popover);
  gtk_widget_add_controller (view, shortcuts);
}
