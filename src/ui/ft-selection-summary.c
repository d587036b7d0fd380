/* ft-selection-summary.c: what several torrents come to together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-selection-summary.h"

#include "ft-describe.h"
#include "ft-torrent.h"

#include <glib/gi18n-lib.h>

struct _FtSelectionSummary
{
  AdwBin parent_instance;

  GtkLabel *title;
  AdwActionRow *size_row;
  AdwActionRow *done_row;
  AdwActionRow *downloaded_row;
  AdwActionRow *uploaded_row;
  AdwActionRow *speed_row;
};

G_DEFINE_FINAL_TYPE (FtSelectionSummary, ft_selection_summary, ADW_TYPE_BIN)

typedef struct
{
  guint64 total_size, wanted, done, downloaded, uploaded, rate_down, rate_up;
} Sums;

static void
add_status (Sums *sums, const BtTorrentStatus *status)
{
  sums->total_size += status->total_size;
  sums->wanted += status->wanted;
  sums->done += status->done;
  sums->downloaded += status->downloaded;
  sums->uploaded += status->uploaded;
  sums->rate_down += status->rate_down;
  sums->rate_up += status->rate_up;
}

/* Takes @text. */
static void
take_subtitle (AdwActionRow *row, char *text)
{
  adw_action_row_set_subtitle (row, text);
  g_free (text);
}

static char *
describe_done (const Sums *sums)
{
  g_autofree char *done = ft_format_size (sums->done);
  double fraction = sums->wanted > 0 ? (double) sums->done / (double) sums->wanted : 1;
  g_autofree char *percent = ft_format_percent (fraction);

  /* Translators: a size and a share: "120 MB (45 %)". */
  return g_strdup_printf (C_ ("selection", "%1$s (%2$s)"), done, percent);
}

static char *
describe_uploaded (const Sums *sums)
{
  g_autofree char *uploaded = ft_format_size (sums->uploaded);
  g_autofree char *ratio = ft_format_ratio (sums->uploaded, sums->downloaded);

  /* Translators: an amount of data and a number: "1.2 GB (ratio 0.75)". */
  return g_strdup_printf (C_ ("selection", "%1$s (ratio %2$s)"), uploaded, ratio);
}

static char *
describe_speed (const Sums *sums)
{
  g_autofree char *speeds = ft_describe_speeds (sums->rate_down, sums->rate_up);

  /* Translators: in place of a speed. */
  return *speeds != '\0' ? g_steal_pointer (&speeds) : g_strdup (_("Nothing flows"));
}

static void
ft_selection_summary_class_init (FtSelectionSummaryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-selection-summary.ui");
  gtk_widget_class_bind_template_child (widget_class, FtSelectionSummary, title);
  gtk_widget_class_bind_template_child (widget_class, FtSelectionSummary, size_row);
  gtk_widget_class_bind_template_child (widget_class, FtSelectionSummary, done_row);
  gtk_widget_class_bind_template_child (widget_class, FtSelectionSummary, downloaded_row);
  gtk_widget_class_bind_template_child (widget_class, FtSelectionSummary, uploaded_row);
  gtk_widget_class_bind_template_child (widget_class, FtSelectionSummary, speed_row);
}

static void
ft_selection_summary_init (FtSelectionSummary *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_selection_summary_update (FtSelectionSummary *self, GPtrArray *torrents)
{
  g_autofree char *title = NULL;
  Sums sums = { 0 };

  g_return_if_fail (FT_IS_SELECTION_SUMMARY (self));
  g_return_if_fail (torrents != NULL);

  for (guint i = 0; i < torrents->len; i++)
    add_status (&sums, ft_torrent_get_status (torrents->pdata[i]));
  title = g_strdup_printf (ngettext ("%u Torrent Selected", "%u Torrents Selected", torrents->len),
                           torrents->len);
  gtk_label_set_text (self->title, title);
  take_subtitle (self->size_row, ft_format_size (sums.total_size));
  take_subtitle (self->done_row, describe_done (&sums));
  take_subtitle (self->downloaded_row, ft_format_size (sums.downloaded));
  take_subtitle (self->uploaded_row, describe_uploaded (&sums));
  take_subtitle (self->speed_row, describe_speed (&sums));
}
