/* ft-details-log.c: what happened to the torrent, the newest first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details-log.h"

#include "ft-row-lead.h"

#include <glib/gi18n-lib.h>

struct _FtDetailsLog
{
  FtDetailsPage parent_instance;

  GtkStack *stack;
  GtkListView *list_view;
  GtkMultiSelection *selection;
  GMenuModel *row_menu;
};

G_DEFINE_FINAL_TYPE (FtDetailsLog, ft_details_log, FT_TYPE_DETAILS_PAGE)

static void
show_page (FtDetailsLog *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0;

  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "list"), any);
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "empty"), !any);
  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "empty");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", any);
}

static void
torrent_changed (FtDetailsPage *page)
{
  FtDetailsLog *self = FT_DETAILS_LOG (page);
  FtSession *session = ft_details_page_get_session (page);
  BtTorrentId id = ft_details_page_get_id (page);
  GListModel *list = NULL;

  if (session != NULL && id != 0)
    list = ft_event_log_get (ft_session_get_event_log (session), id);
  gtk_multi_selection_set_model (self->selection, list);
  show_page (self);
}

/* What is selected, or everything. */
static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsLog *self = FT_DETAILS_LOG (widget);
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (FtLogEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->selection), i);
      g_autofree char *row = NULL;

      if (!gtk_bitset_is_empty (bits) && !gtk_bitset_contains (bits, i))
        continue;
      g_object_get (entry, "row-text", &row, NULL);
      g_string_append_printf (text, "%s\n", row);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  ft_details_page_show_text (FT_DETAILS_PAGE (self), _("Log copied"));
}

static void
ft_details_log_class_init (FtDetailsLogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  FT_DETAILS_PAGE_CLASS (klass)->torrent_changed = torrent_changed;

  /* Named in templates. */
  g_type_ensure (FT_TYPE_LOG_ENTRY);
  g_type_ensure (FT_TYPE_ROW_LEAD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-details-log.ui");
  gtk_widget_class_bind_template_child (widget_class, FtDetailsLog, stack);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsLog, list_view);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsLog, selection);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsLog, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, show_page);
  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy_action);
}

static void
ft_details_log_init (FtDetailsLog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ft_row_lead_add_menu (GTK_WIDGET (self->list_view), self->row_menu);
  show_page (self);
}
