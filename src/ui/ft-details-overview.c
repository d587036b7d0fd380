/* ft-details-overview.c: how the torrent stands, its pieces and all that is known of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details-overview.h"

#include "ft-describe.h"
#include "ft-fact-grid.h"
#include "ft-fact.h"
#include "ft-piece-map.h"
#include "ft-piece-shares.h"
#include "ft-recent-folders.h"

#include <glib/gi18n-lib.h>

struct _FtDetailsOverview
{
  FtDetailsPage parent_instance;

  char *hash; /* (nullable) */

  GtkWidget *remedies;
  GtkWidget *verify_button;
  GtkWidget *locate_button;
  GtkWidget *download_again_button;
  GtkLabel *health_label;
  GtkWidget *pieces_box;
  FtPieceMap *piece_map;
  GtkLabel *pieces_label;
  FtFact *size;
  FtFact *downloaded;
  FtFact *uploaded;
  FtFact *ratio;
  FtFact *wasted;
  FtFact *availability;
  FtFact *added;
  FtFact *completed;
  FtFact *active;
  FtFact *seeding;
  FtFact *pieces;
  FtFact *privacy;
  FtFact *created;
  FtFact *created_by;
  FtFact *folder;
  FtFact *tags;
  FtFact *info_hash;
  FtFact *comment;
};

G_DEFINE_FINAL_TYPE (FtDetailsOverview, ft_details_overview, FT_TYPE_DETAILS_PAGE)

static char *
format_size_of (const BtTorrentStatus *status)
{
  g_autofree char *total = NULL;
  g_autofree char *wanted = NULL;

  if (status->is_magnet)
    return NULL;
  total = ft_format_size (status->total_size);
  if (status->wanted == status->total_size)
    return g_steal_pointer (&total);
  wanted = ft_format_size (status->wanted);
  /* Translators: sizes: "120 MB of 1.4 GB chosen". */
  return g_strdup_printf (_("%1$s of %2$s chosen"), wanted, total);
}

static char *
format_pieces (const BtTorrentStatus *status)
{
  g_autofree char *size = NULL;

  if (status->n_pieces == 0)
    return NULL;
  size = g_format_size_full (status->piece_length, G_FORMAT_SIZE_IEC_UNITS);
  /* Translators: how many pieces, and the size of each: "1,000 of 256 KiB each". */
  return g_strdup_printf (ngettext ("%1$'u of %2$s", "%1$'u of %2$s each", status->n_pieces), status->n_pieces, size);
}

static char *
format_copies (const BtTorrentStatus *status)
{
  if (status->n_peers == 0)
    return NULL;
  /* Translators: how many copies all connected peers have together: "3.25 copies". */
  return g_strdup_printf (_("%.2f copies"), status->availability);
}

/* (nullable): of a link nobody knows */
static const char *
describe_privacy (const BtTorrentStatus *status)
{
  if (status->is_magnet)
    return NULL;
  return status->is_private ? _("Private: only its trackers tell of peers") : _("Public");
}

static char *
format_time_spent (gint64 seconds)
{
  return seconds > 0 ? ft_format_duration (seconds) : NULL;
}

static void
show_transfer (FtDetailsOverview *self, const BtTorrentStatus *status)
{
  ft_fact_take_value (self->size, format_size_of (status));
  ft_fact_take_value (self->downloaded, ft_format_size (status->downloaded));
  ft_fact_take_value (self->uploaded, ft_format_size (status->uploaded));
  ft_fact_take_value (self->ratio, ft_format_ratio (status->uploaded, status->downloaded));
  ft_fact_take_value (self->wasted, status->wasted > 0 ? ft_format_size (status->wasted) : NULL);
  ft_fact_take_value (self->availability, format_copies (status));
  ft_fact_take_value (self->active, format_time_spent (status->active_s));
  ft_fact_take_value (self->seeding, format_time_spent (status->seeding_s));
}

static void
show_torrent (FtDetailsOverview *self, const BtTorrentStatus *status)
{
  char hash[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&status->info_hash, hash);
  g_free (self->hash);
  self->hash = g_strdup (hash);
  ft_fact_take_value (self->added, ft_format_date (status->added_at));
  ft_fact_take_value (self->completed, ft_format_date (status->completed_at));
  ft_fact_take_value (self->pieces, format_pieces (status));
  ft_fact_set_value (self->privacy, describe_privacy (status));
  ft_fact_take_value (self->folder,
                      status->data_path != NULL ? ft_folder_dup_display_path (status->data_path) : NULL);
  ft_fact_take_value (self->tags, g_strjoinv (", ", status->options->tags));
  ft_fact_set_value (self->info_hash, self->hash);
}

/* What the person alone can decide. The rest is tried again by itself. */
static void
show_remedies (FtDetailsOverview *self, const BtTorrentStatus *status)
{
  gboolean is_changed = status->reason == BT_REASON_FILES_CHANGED;
  gboolean is_gone = status->reason == BT_REASON_DISK_MISSING;

  gtk_widget_set_visible (self->remedies, is_changed || is_gone);
  gtk_widget_set_visible (self->verify_button, is_changed);
  gtk_widget_set_visible (self->locate_button, is_gone);
  gtk_widget_set_visible (self->download_again_button, is_gone);
}

static void
update (FtDetailsPage *page)
{
  FtDetailsOverview *self = FT_DETAILS_OVERVIEW (page);
  const BtTorrentStatus *status = ft_torrent_get_status (ft_details_page_get_torrent (page));
  g_autofree char *health = ft_describe_health (status);

  gtk_label_set_label (self->health_label, health);
  gtk_widget_set_visible (self->pieces_box, status->n_pieces > 0);
  show_remedies (self, status);
  show_transfer (self, status);
  show_torrent (self, status);
}

static void
show_pieces (FtDetailsOverview *self, GBytes *pieces)
{
  guint n_pieces = pieces != NULL ? (guint) g_bytes_get_size (pieces) : 0;
  guint counts[FT_N_PIECE_KINDS];
  g_autofree char *text = NULL;

  ft_piece_shares_count (pieces != NULL ? g_bytes_get_data (pieces, NULL) : NULL, n_pieces, counts);
  text = ft_describe_pieces (counts);
  ft_piece_map_set_pieces (self->piece_map, pieces, 0, n_pieces);
  gtk_label_set_label (self->pieces_label, text);
}

static void
take_detail (FtDetailsPage *page, const BtDetail *detail)
{
  FtDetailsOverview *self = FT_DETAILS_OVERVIEW (page);

  if (detail->pieces != NULL)
    show_pieces (self, detail->pieces);
  ft_fact_take_value (self->created, ft_format_date (detail->creation_date));
  ft_fact_set_value (self->created_by, detail->created_by);
  ft_fact_set_value (self->comment, detail->comment);
}

/* Of the torrent before nothing stays. */
static void
torrent_changed (FtDetailsPage *page)
{
  FtDetailsOverview *self = FT_DETAILS_OVERVIEW (page);

  show_pieces (self, NULL);
  ft_fact_set_value (self->created, NULL);
  ft_fact_set_value (self->created_by, NULL);
  ft_fact_set_value (self->comment, NULL);
  ft_details_page_update (page);
}

static void
copy_hash_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtDetailsOverview *self = FT_DETAILS_OVERVIEW (widget);

  if (self->hash == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->hash);
  ft_details_page_show_text (FT_DETAILS_PAGE (self), _("Info-hash copied"));
}

static void
ft_details_overview_finalize (GObject *object)
{
  g_free (FT_DETAILS_OVERVIEW (object)->hash);

  G_OBJECT_CLASS (ft_details_overview_parent_class)->finalize (object);
}

static void
bind_facts (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, size);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, downloaded);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, uploaded);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, ratio);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, wasted);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, availability);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, active);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, seeding);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, added);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, completed);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, pieces);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, privacy);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, created);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, created_by);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, folder);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, tags);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, info_hash);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, comment);
}

static void
ft_details_overview_class_init (FtDetailsOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  FtDetailsPageClass *page_class = FT_DETAILS_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ft_details_overview_finalize;
  page_class->parts = BT_DETAIL_PIECES;
  page_class->torrent_changed = torrent_changed;
  page_class->update = update;
  page_class->take_detail = take_detail;

  /* Named in the template. */
  g_type_ensure (FT_TYPE_FACT);
  g_type_ensure (FT_TYPE_FACT_GRID);
  g_type_ensure (FT_TYPE_PIECE_MAP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-details-overview.ui");
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, remedies);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, verify_button);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, locate_button);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, download_again_button);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, health_label);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, pieces_box);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, piece_map);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsOverview, pieces_label);
  bind_facts (widget_class);
  gtk_widget_class_install_action (widget_class, "overview.copy-hash", NULL, copy_hash_action);
}

static void
ft_details_overview_init (FtDetailsOverview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
