/* ft-window-drop.c: files and links that are dropped on the window.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include <glib/gi18n-lib.h>

static gboolean
drop_cb (FtWindow *self, const GValue *value)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      ft_window_add_file_list (self, g_value_get_boxed (value));
      return TRUE;
    }
  if (!G_VALUE_HOLDS_STRING (value))
    return FALSE;
  if (ft_window_add_links (self, g_value_get_string (value)))
    return TRUE;
  ft_window_show_toast (self, _("There is no link to a torrent in what was dropped"));
  return FALSE;
}

/* It is seen by the style of the area that it falls on: see .torrent-area:drop(active). */
void
ft_window_init_drop (FtWindow *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->stack), GTK_EVENT_CONTROLLER (target));
}
