/* ft-details-trackers.c: the trackers of the torrent: how they are, and which.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details-trackers.h"

#include "ft-prompt.h"
#include "ft-row-lead.h"
#include "ft-toast.h"
#include "ft-tracker-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _FtDetailsTrackers
{
  FtDetailsPage parent_instance;

  FtTrackerList *trackers;

  GtkStack *stack;
  GtkListView *list_view;
  GtkSingleSelection *selection;
  GMenuModel *row_menu;
};

G_DEFINE_FINAL_TYPE (FtDetailsTrackers, ft_details_trackers, FT_TYPE_DETAILS_PAGE)

static void
show_page (FtDetailsTrackers *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->trackers)) > 0;

  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "list"), any);
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "empty"), !any);
  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "empty");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "trackers.announce-all", any);
}

static void
take_detail (FtDetailsPage *page, const BtDetail *detail)
{
  FtDetailsTrackers *self = FT_DETAILS_TRACKERS (page);

  if (detail->trackers == NULL)
    return;
  ft_tracker_list_apply (self->trackers, detail->trackers, g_get_real_time () / G_USEC_PER_SEC);
  show_page (self);
}

static void
torrent_changed (FtDetailsPage *page)
{
  FtDetailsTrackers *self = FT_DETAILS_TRACKERS (page);

  ft_tracker_list_apply (self->trackers, NULL, 0);
  show_page (self);
}

/* (nullable) */
static const char *
get_selected_url (FtDetailsTrackers *self)
{
  FtTracker *tracker = gtk_single_selection_get_selected_item (self->selection);

  return tracker != NULL ? ft_tracker_get_url (tracker) : NULL;
}

static void
update_actions (FtDetailsTrackers *self)
{
  static const char *const names[] = { "trackers.edit", "trackers.remove", "trackers.announce", "trackers.copy" };
  gboolean any = get_selected_url (self) != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], any);
}

static void
set_tiers (FtDetailsTrackers *self, GPtrArray *tiers)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (self);

  if (ft_details_page_get_id (page) != 0)
    ft_session_set_trackers_async (ft_details_page_get_session (page), ft_details_page_get_id (page), tiers, NULL,
                                   ft_details_page_done_cb, g_object_ref (page));
}

/* What is entered. */

static char *
check_tiers (const char *text, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tiers = ft_tiers_from_text (text, &error);

  return tiers != NULL ? NULL : g_strdup (error->message);
}

static char *
check_url (const char *text, gpointer data)
{
  g_autoptr (GPtrArray) tiers = NULL;

  if (*text == '\0')
    return g_strdup ("");
  tiers = ft_tiers_from_text (text, NULL);
  return tiers != NULL && tiers->len == 1 ? NULL
                                          : g_strdup (_("It begins with http://, https:// or udp://, and names a host, "
                                                        "of udp:// with a port"));
}

static FtPrompt *
ask_for_url (FtDetailsTrackers *self, const char *heading, const char *accept, const char *url)
{
  FtPrompt *prompt = ft_prompt_new (GTK_WIDGET (self), heading, NULL, accept, FALSE);

  ft_prompt_set_check (prompt, check_url, NULL, NULL);
  if (url != NULL)
    ft_prompt_set_text (prompt, url);
  return prompt;
}

static void
add_accepted_cb (FtDetailsTrackers *self, const char *text)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (self);
  g_autoptr (GPtrArray) tiers = ft_tiers_from_text (text, NULL);

  if (tiers != NULL && ft_details_page_get_id (page) != 0)
    ft_session_add_trackers_async (ft_details_page_get_session (page), ft_details_page_get_id (page), tiers, NULL,
                                   ft_details_page_done_cb, g_object_ref (page));
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtPrompt *prompt = ask_for_url (FT_DETAILS_TRACKERS (widget), _("Add a Tracker"), _("_Add"), NULL);

  g_signal_connect_object (prompt, "accepted", G_CALLBACK (add_accepted_cb), widget, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (prompt));
}

static void
edit_accepted_cb (FtPrompt *prompt, const char *text, gpointer user_data)
{
  FtDetailsTrackers *self = user_data;
  g_autoptr (GPtrArray) tiers = ft_tracker_list_dup_tiers (self->trackers);
  g_autoptr (GPtrArray) changed = ft_tiers_replace (tiers, g_object_get_data (G_OBJECT (prompt), "url"), text);

  set_tiers (self, changed);
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsTrackers *self = FT_DETAILS_TRACKERS (widget);
  const char *url = get_selected_url (self);
  FtPrompt *prompt;

  if (url == NULL)
    return;
  prompt = ask_for_url (self, _("Edit Tracker"), _("_Save"), url);
  g_object_set_data_full (G_OBJECT (prompt), "url", g_strdup (url), g_free);
  g_signal_connect_object (prompt, "accepted", G_CALLBACK (edit_accepted_cb), self, 0);
  gtk_window_present (GTK_WINDOW (prompt));
}

static void
edit_all_accepted_cb (FtDetailsTrackers *self, const char *text)
{
  g_autoptr (GPtrArray) tiers = ft_tiers_from_text (text, NULL);

  if (tiers != NULL)
    set_tiers (self, tiers);
}

static void
edit_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsTrackers *self = FT_DETAILS_TRACKERS (widget);
  g_autoptr (GPtrArray) tiers = ft_tracker_list_dup_tiers (self->trackers);
  g_autofree char *text = ft_tiers_to_text (tiers);
  FtPrompt *prompt = ft_prompt_new (widget, _("Edit Trackers"),
                                    _("One address a line; a blank line begins the next tier."), _("_Save"), TRUE);

  ft_prompt_set_check (prompt, check_tiers, NULL, NULL);
  ft_prompt_set_text (prompt, text);
  g_signal_connect_object (prompt, "accepted", G_CALLBACK (edit_all_accepted_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (prompt));
}

/* Removed at once, and can be had back. */

typedef struct
{
  FtDetailsTrackers *page;
  BtTorrentId id;
  GPtrArray *tiers; /* as they were */
} Undo;

static void
undo_free (gpointer data, GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->page);
  g_ptr_array_unref (undo->tiers);
  g_free (undo);
}

static void
undo_cb (AdwToast *toast, Undo *undo)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (undo->page);

  ft_session_set_trackers_async (ft_details_page_get_session (page), undo->id, undo->tiers, NULL,
                                 ft_details_page_done_cb, g_object_ref (page));
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsTrackers *self = FT_DETAILS_TRACKERS (widget);
  g_autoptr (GPtrArray) tiers = ft_tracker_list_dup_tiers (self->trackers);
  const char *url = get_selected_url (self);
  g_autoptr (GPtrArray) changed = url != NULL ? ft_tiers_replace (tiers, url, NULL) : NULL;
  AdwToast *toast;
  Undo *undo;

  if (changed == NULL)
    return;
  undo = g_new0 (Undo, 1);
  undo->page = g_object_ref (self);
  undo->id = ft_details_page_get_id (FT_DETAILS_PAGE (self));
  undo->tiers = g_ptr_array_ref (tiers);
  set_tiers (self, changed);
  toast = adw_toast_new (_("Tracker removed"));
  ft_toast_offer (toast, _("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), undo, undo_free, 0);
  ft_details_page_add_toast (FT_DETAILS_PAGE (self), toast);
}

static void
announce_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsTrackers *self = FT_DETAILS_TRACKERS (widget);
  FtDetailsPage *page = FT_DETAILS_PAGE (self);

  if (get_selected_url (self) != NULL)
    ft_session_announce_to_async (ft_details_page_get_session (page), ft_details_page_get_id (page),
                                  get_selected_url (self), NULL, ft_details_page_done_cb, g_object_ref (page));
}

static void
announce_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (widget);

  if (ft_details_page_get_id (page) != 0)
    ft_session_announce_async (ft_details_page_get_session (page), ft_details_page_get_id (page), NULL,
                               ft_details_page_done_cb, g_object_ref (page));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *url = get_selected_url (FT_DETAILS_TRACKERS (widget));

  if (url == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), url);
  ft_details_page_show_text (FT_DETAILS_PAGE (widget), _("Address copied"));
}

static void
ft_details_trackers_dispose (GObject *object)
{
  g_clear_object (&FT_DETAILS_TRACKERS (object)->trackers);

  G_OBJECT_CLASS (ft_details_trackers_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "trackers.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "trackers.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "trackers.edit-all", NULL, edit_all_action);
  gtk_widget_class_install_action (widget_class, "trackers.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "trackers.announce", NULL, announce_action);
  gtk_widget_class_install_action (widget_class, "trackers.announce-all", NULL, announce_all_action);
  gtk_widget_class_install_action (widget_class, "trackers.copy", NULL, copy_action);
}

static void
ft_details_trackers_class_init (FtDetailsTrackersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  FtDetailsPageClass *page_class = FT_DETAILS_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_details_trackers_dispose;
  page_class->parts = BT_DETAIL_TRACKERS;
  page_class->torrent_changed = torrent_changed;
  page_class->take_detail = take_detail;

  /* Named in templates. */
  g_type_ensure (FT_TYPE_ROW_LEAD);
  g_type_ensure (FT_TYPE_TRACKER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-details-trackers.ui");
  gtk_widget_class_bind_template_child (widget_class, FtDetailsTrackers, stack);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsTrackers, list_view);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsTrackers, selection);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsTrackers, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, update_actions);
  install_actions (widget_class);
}

static void
ft_details_trackers_init (FtDetailsTrackers *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->trackers = ft_tracker_list_new ();
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->trackers));
  ft_row_lead_add_menu (GTK_WIDGET (self->list_view), self->row_menu);
  update_actions (self);
  show_page (self);
}
