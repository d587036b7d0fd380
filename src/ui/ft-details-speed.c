/* ft-details-speed.c: how fast the torrent was in the last hour.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details-speed.h"

#include "ft-describe.h"
#include "ft-fact-grid.h"
#include "ft-speed-graph.h"

struct _FtDetailsSpeed
{
  FtDetailsPage parent_instance;

  FtSpeedGraph *graph;
  GtkToggleButton *all_button;
  GtkLabel *down_label;
  GtkLabel *up_label;
};

G_DEFINE_FINAL_TYPE (FtDetailsSpeed, ft_details_speed, FT_TYPE_DETAILS_PAGE)

static void
get_rates (FtDetailsSpeed *self, gint64 *down, gint64 *up)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (self);
  guint64 rate_down, rate_up;
  GObject *source = gtk_toggle_button_get_active (self->all_button)
                      ? G_OBJECT (ft_details_page_get_session (page))
                      : G_OBJECT (ft_details_page_get_torrent (page));

  g_object_get (source, "rate-down", &rate_down, "rate-up", &rate_up, NULL);
  *down = (gint64) rate_down;
  *up = (gint64) rate_up;
}

static void
update (FtDetailsPage *page)
{
  FtDetailsSpeed *self = FT_DETAILS_SPEED (page);
  FtSession *session = ft_details_page_get_session (page);
  FtSpeedHistory *history;
  FtSpeedSample samples[FT_SPEED_SAMPLES];
  FtSpeedSummary down, up;
  g_autofree char *down_text = NULL;
  g_autofree char *up_text = NULL;

  if (session == NULL || ft_details_page_get_torrent (page) == NULL)
    return;
  history = ft_session_get_speed_history (session);
  ft_speed_history_get (history, gtk_toggle_button_get_active (self->all_button) ? 0 : ft_details_page_get_id (page),
                        ft_speed_history_look (history), samples);
  ft_speed_graph_set_samples (self->graph, samples);
  ft_speed_summarize (samples, &down, &up);
  get_rates (self, &down.now, &up.now);
  down.highest = MAX (down.highest, down.now);
  up.highest = MAX (up.highest, up.now);
  down_text = ft_describe_speed_summary (&down);
  up_text = ft_describe_speed_summary (&up);
  gtk_label_set_label (self->down_label, down_text);
  gtk_label_set_label (self->up_label, up_text);
}

static void
scope_changed_cb (FtDetailsSpeed *self)
{
  update (FT_DETAILS_PAGE (self));
}

static void
ft_details_speed_class_init (FtDetailsSpeedClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  FtDetailsPageClass *page_class = FT_DETAILS_PAGE_CLASS (klass);

  page_class->update = update;
  page_class->torrent_changed = update;

  /* Named in the template. */
  g_type_ensure (FT_TYPE_FACT_GRID);
  g_type_ensure (FT_TYPE_SPEED_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-details-speed.ui");
  gtk_widget_class_bind_template_child (widget_class, FtDetailsSpeed, graph);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsSpeed, all_button);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsSpeed, down_label);
  gtk_widget_class_bind_template_child (widget_class, FtDetailsSpeed, up_label);
  gtk_widget_class_bind_template_callback (widget_class, scope_changed_cb);
}

static void
ft_details_speed_init (FtDetailsSpeed *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
