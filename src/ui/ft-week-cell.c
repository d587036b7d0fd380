/* ft-week-cell.c: one hour of the week's plan, as it is seen and spoken.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-week-cell.h"

#include <glib/gi18n-lib.h>

struct _FtWeekCell
{
  GtkWidget parent_instance;

  char *name; /* (nullable) */
  guint row;
  guint hour;
  FtPaint paint;
  gboolean now;
};

G_DEFINE_FINAL_TYPE (FtWeekCell, ft_week_cell, GTK_TYPE_WIDGET)

static const char *const paint_classes[] = { "full", "limited", "off" };

G_STATIC_ASSERT (G_N_ELEMENTS (paint_classes) == FT_N_PAINTS);

static void
set_class (FtWeekCell *self, const char *css_class, gboolean is_set)
{
  if (is_set)
    gtk_widget_add_css_class (GTK_WIDGET (self), css_class);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), css_class);
}

static void
update_label (FtWeekCell *self)
{
  g_autofree char *label = NULL;

  if (self->name == NULL)
    return;
  /* Translators: "Monday, 14 to 15 o’clock: slower" */
  label = g_strdup_printf (self->now ? _("%s, which is now: %s") : _("%s: %s"), self->name,
                           ft_week_cell_describe_paint (self->paint));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
ft_week_cell_finalize (GObject *object)
{
  g_free (FT_WEEK_CELL (object)->name);

  G_OBJECT_CLASS (ft_week_cell_parent_class)->finalize (object);
}

static void
ft_week_cell_class_init (FtWeekCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ft_week_cell_finalize;
  gtk_widget_class_set_css_name (widget_class, "weekcell");
}

static void
ft_week_cell_init (FtWeekCell *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), paint_classes[FT_PAINT_FULL]);
}

GtkWidget *
ft_week_cell_new (const char *name, guint row, guint hour)
{
  FtWeekCell *self
    = g_object_new (FT_TYPE_WEEK_CELL, "accessible-role",
                    name != NULL ? GTK_ACCESSIBLE_ROLE_GRID_CELL : GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  self->name = g_strdup (name);
  self->row = row;
  self->hour = hour;
  update_label (self);
  return GTK_WIDGET (self);
}

guint
ft_week_cell_get_row (FtWeekCell *self)
{
  g_return_val_if_fail (FT_IS_WEEK_CELL (self), 0);

  return self->row;
}

guint
ft_week_cell_get_hour (FtWeekCell *self)
{
  g_return_val_if_fail (FT_IS_WEEK_CELL (self), 0);

  return self->hour;
}

void
ft_week_cell_set_paint (FtWeekCell *self, FtPaint paint)
{
  g_return_if_fail (FT_IS_WEEK_CELL (self));

  if (paint == self->paint)
    return;
  set_class (self, paint_classes[self->paint], FALSE);
  self->paint = paint;
  set_class (self, paint_classes[self->paint], TRUE);
  update_label (self);
}

void
ft_week_cell_set_now (FtWeekCell *self, gboolean now)
{
  g_return_if_fail (FT_IS_WEEK_CELL (self));

  if (!now == !self->now)
    return;
  self->now = now;
  set_class (self, "now", now);
  update_label (self);
}

void
ft_week_cell_set_selected (FtWeekCell *self, gboolean selected)
{
  g_return_if_fail (FT_IS_WEEK_CELL (self));

  set_class (self, "selected", selected);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, selected, -1);
}

const char *
ft_week_cell_describe_paint (FtPaint paint)
{
  switch (paint)
    {
    case FT_PAINT_LIMITED:
      return C_("plan of the week", "slower");
    case FT_PAINT_OFF:
      return C_("plan of the week", "off");
    case FT_PAINT_FULL:
    default:
      return C_("plan of the week", "full speed");
    }
}
