/* ft-details-peers.c: who the torrent is exchanged with, and what goes on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details-peers.h"

#include "ft-bans-dialog.h"
#include "ft-columns.h"
#include "ft-peer-list.h"
#include "ft-prompt.h"
#include "ft-row-lead.h"
#include "ft-toast.h"

#include <glib/gi18n-lib.h>

struct _FtDetailsPeers
{
  FtDetailsPage parent_instance;

  FtPeerList *peers;
  GPtrArray *bans;      /* (nullable) of char* */
  FtBansDialog *dialog; /* (nullable): while it is open */

  GtkStack *stack;
  AdwStatusPage *empty_page;
  GtkLabel *count_label;
  GtkButton *bans_button;
  GtkColumnView *column_view;
  GtkMultiSelection *selection;
  GtkSortListModel *sorted;
  GMenuModel *row_menu;
  GtkColumnViewColumn *client_column;
  GtkColumnViewColumn *progress_column;
  GtkColumnViewColumn *down_column;
  GtkColumnViewColumn *up_column;
  GtkColumnViewColumn *flags_column;
  GtkColumnViewColumn *downloaded_column;
  GtkColumnViewColumn *uploaded_column;
  GtkColumnViewColumn *connected_column;
};

G_DEFINE_FINAL_TYPE (FtDetailsPeers, ft_details_peers, FT_TYPE_DETAILS_PAGE)

static void
show_page (FtDetailsPeers *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->peers));
  FtTorrent *torrent = ft_details_page_get_torrent (FT_DETAILS_PAGE (self));
  g_autofree char *count = g_strdup_printf (ngettext ("%'u peer connected", "%'u peers connected", n), n);
  g_autofree char *state = NULL;
  g_autofree char *markup = NULL;

  gtk_label_set_label (self->count_label, count);
  if (torrent != NULL)
    g_object_get (torrent, "state-text", &state, NULL);
  markup = g_markup_escape_text (state != NULL ? state : "", -1);
  adw_status_page_set_description (self->empty_page, markup);
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "list"), n > 0);
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "empty"), n == 0);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
}

static void
update (FtDetailsPage *page)
{
  show_page (FT_DETAILS_PEERS (page));
}

static void
show_bans (FtDetailsPeers *self, GPtrArray *bans)
{
  guint n = bans != NULL ? bans->len : 0;
  g_autofree char *text = g_strdup_printf (ngettext ("%'u Banned…", "%'u Banned…", n), n);

  g_clear_pointer (&self->bans, g_ptr_array_unref);
  self->bans = bans != NULL ? g_ptr_array_ref (bans) : NULL;
  gtk_button_set_label (self->bans_button, text);
  gtk_widget_set_visible (GTK_WIDGET (self->bans_button), n > 0);
  if (self->dialog != NULL && bans != NULL)
    ft_bans_dialog_show (self->dialog, bans);
}

static void
take_detail (FtDetailsPage *page, const BtDetail *detail)
{
  FtDetailsPeers *self = FT_DETAILS_PEERS (page);

  if (detail->bans != NULL)
    show_bans (self, detail->bans);
  if (detail->peers == NULL)
    return;
  if (ft_peer_list_apply (self->peers, detail->peers))
    gtk_sorter_changed (gtk_column_view_get_sorter (self->column_view), GTK_SORTER_CHANGE_DIFFERENT);
  show_page (self);
}

static void
torrent_changed (FtDetailsPage *page)
{
  FtDetailsPeers *self = FT_DETAILS_PEERS (page);

  ft_peer_list_apply (self->peers, NULL);
  show_bans (self, NULL);
  if (self->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (self->dialog));
  show_page (self);
}

static gboolean
fit_columns_cb (gpointer user_data)
{
  FtDetailsPeers *self = user_data;
  const FtColumnRoom rooms[] = {
    { self->progress_column, 0 },     { self->down_column, 0 },         { self->up_column, 420 },
    { self->client_column, 520 },     { self->flags_column, 640 },      { self->downloaded_column, 900 },
    { self->uploaded_column, 980 },   { self->connected_column, 1080 },
  };

  ft_columns_fit (rooms, G_N_ELEMENTS (rooms), gtk_widget_get_width (GTK_WIDGET (self->column_view)));
  return G_SOURCE_REMOVE;
}

/* Actions. */

/* (element-type FtPeer) */
static GPtrArray *
dup_selected (FtDetailsPeers *self)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GtkBitsetIter iter;
  guint position;

  for (gboolean any = gtk_bitset_iter_init_first (&iter, bits, &position); any;
       any = gtk_bitset_iter_next (&iter, &position))
    {
      FtPeer *peer = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

      if (peer != NULL)
        g_ptr_array_add (peers, peer);
    }
  return peers;
}

static void
update_actions (FtDetailsPeers *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  gboolean any = !gtk_bitset_is_empty (bits);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "peers.copy", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "peers.ban", any);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) peers = dup_selected (FT_DETAILS_PEERS (widget));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < peers->len; i++)
    {
      char address[BT_ENDPOINT_TEXT_SIZE];

      bt_endpoint_format (&ft_peer_get_status (peers->pdata[i])->endpoint, address);
      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", address);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  ft_details_page_show_text (FT_DETAILS_PAGE (widget),
                             ngettext ("Address copied", "Addresses copied", peers->len));
}

static char *
check_address (const char *text, gpointer data)
{
  BtEndpoint endpoint;

  if (*text == '\0')
    return g_strdup ("");
  if (!bt_endpoint_parse (&endpoint, text))
    return g_strdup (_("Write an IP address and a port, as 203.0.113.5:6881 or [2001:db8::5]:6881"));
  if (!bt_endpoint_is_usable_peer (&endpoint))
    return g_strdup (_("No peer can have this address"));
  return NULL;
}

static void
address_accepted_cb (FtDetailsPeers *self, const char *text)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (self);
  BtEndpoint endpoint;

  if (bt_endpoint_parse (&endpoint, text) && ft_details_page_get_id (page) != 0)
    ft_session_add_peer_async (ft_details_page_get_session (page), ft_details_page_get_id (page), &endpoint, NULL,
                               ft_details_page_done_cb, g_object_ref (page));
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtPrompt *prompt = ft_prompt_new (widget, _("Add a Peer"), _("It is connected to when it answers."), _("_Add"), FALSE);

  ft_prompt_set_check (prompt, check_address, NULL, NULL);
  g_signal_connect_object (prompt, "accepted", G_CALLBACK (address_accepted_cb), widget, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (prompt));
}

/* Banned at once, and can be had back. */

typedef struct
{
  FtDetailsPeers *page;
  BtTorrentId id;
  GPtrArray *peers;
} Undo;

static void
undo_free (gpointer data, GClosure *closure)
{
  Undo *undo = data;

  g_ptr_array_unref (undo->peers);
  g_free (undo);
}

static void
undo_cb (AdwToast *toast, Undo *undo)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (undo->page);

  for (guint i = 0; i < undo->peers->len; i++)
    ft_session_unban_peer_async (ft_details_page_get_session (page), undo->id,
                                 &ft_peer_get_status (undo->peers->pdata[i])->endpoint, NULL, ft_details_page_done_cb,
                                 g_object_ref (page));
}

static void
offer_undo (FtDetailsPeers *self, GPtrArray *peers)
{
  g_autofree char *text
    = g_strdup_printf (ngettext ("%'u peer banned", "%'u peers banned", peers->len), peers->len);
  AdwToast *toast = adw_toast_new (text);
  Undo *undo = g_new0 (Undo, 1);

  undo->page = self;
  undo->id = ft_details_page_get_id (FT_DETAILS_PAGE (self));
  undo->peers = g_ptr_array_ref (peers);
  ft_toast_offer (toast, _("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), undo, undo_free, 0);
  ft_details_page_add_toast (FT_DETAILS_PAGE (self), toast);
}

static void
ban_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (widget);
  g_autoptr (GPtrArray) peers = dup_selected (FT_DETAILS_PEERS (widget));

  if (peers->len == 0 || ft_details_page_get_id (page) == 0)
    return;
  for (guint i = 0; i < peers->len; i++)
    ft_session_ban_peer_async (ft_details_page_get_session (page), ft_details_page_get_id (page),
                               &ft_peer_get_status (peers->pdata[i])->endpoint, NULL, ft_details_page_done_cb,
                               g_object_ref (page));
  offer_undo (FT_DETAILS_PEERS (widget), peers);
}

static void
unban_cb (FtDetailsPeers *self, const char *address)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (self);
  BtEndpoint endpoint;

  if (bt_endpoint_parse_ip (&endpoint, address, 0) && ft_details_page_get_id (page) != 0)
    ft_session_unban_peer_async (ft_details_page_get_session (page), ft_details_page_get_id (page), &endpoint, NULL,
                                 ft_details_page_done_cb, g_object_ref (page));
}

static void
bans_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsPeers *self = FT_DETAILS_PEERS (widget);

  if (self->bans == NULL || self->dialog != NULL)
    return;
  self->dialog = ft_bans_dialog_new (widget);
  g_object_add_weak_pointer (G_OBJECT (self->dialog), (gpointer *) &self->dialog);
  g_signal_connect_object (self->dialog, "unban", G_CALLBACK (unban_cb), self, G_CONNECT_SWAPPED);
  ft_bans_dialog_show (self->dialog, self->bans);
  gtk_window_present (GTK_WINDOW (self->dialog));
}

/* Taken though nothing is selected: the same key would remove the torrent. */
static gboolean
key_cb (GtkWidget *widget, GVariant *action, gpointer user_data)
{
  gtk_widget_activate_action (widget, g_variant_get_string (action, NULL), NULL);
  return GDK_EVENT_STOP;
}

static void
ft_details_peers_dispose (GObject *object)
{
  FtDetailsPeers *self = FT_DETAILS_PEERS (object);

  if (self->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (self->dialog));
  g_clear_object (&self->peers);
  g_clear_pointer (&self->bans, g_ptr_array_unref);

  G_OBJECT_CLASS (ft_details_peers_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-details-peers.ui");
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, stack);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, empty_page);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, count_label);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, bans_button);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, column_view);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, selection);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, sorted);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, row_menu);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, client_column);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, progress_column);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, down_column);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, up_column);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, flags_column);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, downloaded_column);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, uploaded_column);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsPeers, connected_column);
  gtk_widget_class_bind_template_callback (widget_class, update_actions);
}

static void
ft_details_peers_class_init (FtDetailsPeersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  FtDetailsPageClass *page_class = FT_DETAILS_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_details_peers_dispose;
  page_class->parts = BT_DETAIL_PEERS | BT_DETAIL_BANS;
  page_class->torrent_changed = torrent_changed;
  page_class->update = update;
  page_class->take_detail = take_detail;

  /* Named in templates. */
  g_type_ensure (FT_TYPE_PEER);
  g_type_ensure (FT_TYPE_ROW_LEAD);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "peers.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "peers.ban", NULL, ban_action);
  gtk_widget_class_install_action (widget_class, "peers.bans", NULL, bans_action);
  gtk_widget_class_install_action (widget_class, "peers.copy", NULL, copy_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, key_cb, "s", "peers.ban");
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, key_cb, "s", "peers.copy");
}

static void
ft_details_peers_init (FtDetailsPeers *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->peers = ft_peer_list_new ();
  gtk_sort_list_model_set_model (self->sorted, G_LIST_MODEL (self->peers));
  gtk_sort_list_model_set_sorter (self->sorted, gtk_column_view_get_sorter (self->column_view));
  gtk_column_view_sort_by_column (self->column_view, self->down_column, GTK_SORT_DESCENDING);
  ft_row_lead_add_menu (GTK_WIDGET (self->column_view), self->row_menu);
  ft_columns_watch (GTK_WIDGET (self->column_view), fit_columns_cb, self);
  update_actions (self);
  show_page (self);
}
