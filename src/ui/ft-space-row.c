/* ft-space-row.c: whether what is to be downloaded fits on a disk.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-space-row.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

struct _FtSpaceRow
{
  AdwPreferencesRow parent_instance;

  guint64 required;
  gint64 available; /* -1: unknown */

  GtkLabel *required_label;
  GtkLabel *available_label;
  GtkLabel *after_label;
  GtkLabel *warning_label;
};

G_DEFINE_FINAL_TYPE (FtSpaceRow, ft_space_row, ADW_TYPE_PREFERENCES_ROW)

static void
show_size (GtkLabel *label, guint64 bytes)
{
  g_autofree char *text = ft_format_size (bytes);

  gtk_label_set_text (label, text);
}

static void
speak (FtSpaceRow *self)
{
  /* Translators: for a screen reader: three sizes and, if it does not fit, a sentence. */
  g_autofree char *text = g_strdup_printf (
    _("Space: %s required, %s available, %s afterwards. %s"), gtk_label_get_text (self->required_label),
    gtk_label_get_text (self->available_label), gtk_label_get_text (self->after_label),
    gtk_widget_get_visible (GTK_WIDGET (self->warning_label)) ? gtk_label_get_text (self->warning_label)
                                                              : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  g_strchomp (text), -1);
}

static void
update (FtSpaceRow *self)
{
  guint64 available = self->available >= 0 ? (guint64) self->available : 0;
  gboolean fits = self->available < 0 || self->required <= available;

  show_size (self->required_label, self->required);
  if (self->available >= 0)
    {
      show_size (self->available_label, available);
      show_size (self->after_label, fits ? available - self->required : 0);
    }
  else
    {
      gtk_label_set_text (self->available_label, _("Unknown"));
      gtk_label_set_text (self->after_label, _("Unknown"));
    }
  if (!fits)
    {
      g_autofree char *missing = ft_format_size (self->required - available);
      /* Translators: %s is a size. */
      g_autofree char *text = g_strdup_printf (_("This does not fit on the disk: %s are missing"), missing);

      gtk_label_set_text (self->warning_label, text);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->warning_label), !fits);
  speak (self);
}

static void
ft_space_row_class_init (FtSpaceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-space-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtSpaceRow, required_label);
  gtk_widget_class_bind_template_child (widget_class, FtSpaceRow, available_label);
  gtk_widget_class_bind_template_child (widget_class, FtSpaceRow, after_label);
  gtk_widget_class_bind_template_child (widget_class, FtSpaceRow, warning_label);
}

static void
ft_space_row_init (FtSpaceRow *self)
{
  self->available = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

void
ft_space_row_set_required (FtSpaceRow *self, guint64 bytes)
{
  g_return_if_fail (FT_IS_SPACE_ROW (self));

  self->required = bytes;
  update (self);
}

void
ft_space_row_set_available (FtSpaceRow *self, gint64 bytes)
{
  g_return_if_fail (FT_IS_SPACE_ROW (self));

  self->available = bytes;
  update (self);
}
