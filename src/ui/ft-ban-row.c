/* ft-ban-row.c: one banned address, and the button that lifts the ban.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-ban-row.h"

#include <glib/gi18n-lib.h>

struct _FtBanRow
{
  AdwBin parent_instance;

  char *address; /* (nullable) */

  GtkLabel *label;
  GtkWidget *button;
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtBanRow, ft_ban_row, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];

static void
set_address (FtBanRow *self, const char *address)
{
  g_autofree char *text = NULL;

  g_free (self->address);
  self->address = g_strdup (address);
  if (address == NULL)
    return;
  gtk_label_set_label (self->label, address);
  /* Translators: read aloud of a button; %s is an IP address. */
  text = g_strdup_printf (_("Unban %s"), address);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
clicked_cb (FtBanRow *self)
{
  if (self->address != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "bans.unban", "s", self->address);
}

static void
ft_ban_row_finalize (GObject *object)
{
  g_free (FT_BAN_ROW (object)->address);

  G_OBJECT_CLASS (ft_ban_row_parent_class)->finalize (object);
}

static void
ft_ban_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, FT_BAN_ROW (object)->address);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_ban_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ADDRESS:
      set_address (FT_BAN_ROW (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_ban_row_class_init (FtBanRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = ft_ban_row_finalize;
  object_class->get_property = ft_ban_row_get_property;
  object_class->set_property = ft_ban_row_set_property;

  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-ban-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtBanRow, label);
  gtk_widget_class_bind_template_child (widget_class, FtBanRow, button);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
}

static void
ft_ban_row_init (FtBanRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
