/* ft-torrent-row.c: one torrent in a list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-row.h"

#include "ft-category.h"
#include "ft-describe.h"
#include "ft-torrent-summary.h"
#include "ft-window.h"

#include <glib/gi18n-lib.h>

#define TOOLTIP_WIDTH_CHARS 60

struct _FtTorrentRow
{
  GtkBox parent_instance;

  FtTorrent *torrent;   /* (nullable) */
  gulong changed_id;    /* 0 without a torrent */
  int look;             /* a BtState, or -1: none was set yet */
  int runs;             /* what the button was made for, or -1 */

  GtkImage *state_icon;
  FtTorrentSummary *summary;
  GtkButton *toggle_button;
};

enum
{
  PROP_0,
  PROP_TORRENT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtTorrentRow, ft_torrent_row, GTK_TYPE_BOX)

static GParamSpec *properties[N_PROPS];

/* How a state looks; the classes are those of style.css. */
static const struct
{
  const char *icon_name;
  const char *css_class;
} looks[] = {
  [BT_STATE_LOADING] = { "content-loading-symbolic", "idle" },
  [BT_STATE_CHECKING] = { "view-refresh-symbolic", "idle" },
  [BT_STATE_DOWNLOADING] = { "document-save-symbolic", "downloading" },
  [BT_STATE_SEEDING] = { "object-select-symbolic", "seeding" },
  [BT_STATE_PAUSED] = { "media-playback-pause-symbolic", "idle" },
  [BT_STATE_STOPPED] = { "media-playback-stop-symbolic", "idle" },
  [BT_STATE_MOVING] = { "folder-symbolic", "idle" },
  [BT_STATE_ERROR] = { "dialog-warning-symbolic", "troubled" },
};

/* Nothing is told to a widget that knows it already: most of the time only a number has changed. */
static void
update_look (FtTorrentRow *self, const BtTorrentStatus *status)
{
  BtState look = ft_category_get_look (status);

  if ((int) look == self->look)
    return;
  if (self->look >= 0)
    gtk_widget_remove_css_class (GTK_WIDGET (self), looks[self->look].css_class);
  self->look = look;
  gtk_widget_add_css_class (GTK_WIDGET (self), looks[look].css_class);
  gtk_image_set_from_icon_name (self->state_icon, looks[look].icon_name);
}

static const char *
get_toggle_label (FtTorrentRow *self)
{
  return self->runs ? _("Pause") : _("Resume");
}

static void
update_toggle (FtTorrentRow *self, const BtTorrentStatus *status)
{
  gboolean runs = status->intent == BT_INTENT_RUN;

  if (runs == self->runs)
    return;
  self->runs = runs;
  gtk_button_set_icon_name (self->toggle_button,
                            runs ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  get_toggle_label (self), -1);
}

/* The focus is on the item of the list that holds the row: its name is what is read aloud. */
static void
update_sentence (FtTorrentRow *self)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *sentence = NULL;

  if (item == NULL || self->torrent == NULL)
    return;
  sentence = ft_describe_row (ft_torrent_get_status (self->torrent), g_get_real_time () / G_USEC_PER_SEC);
  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                  -1);
}

static void
update (FtTorrentRow *self)
{
  const BtTorrentStatus *status = ft_torrent_get_status (self->torrent);

  update_look (self, status);
  update_toggle (self, status);
  update_sentence (self);
}

/* For the template. */

/* What a tracker says may be longer than the screen is wide, and GTK breaks no line of a tooltip by itself. */
static GtkWidget *
make_wrapped_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), TOOLTIP_WIDTH_CHARS);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

/* Over the name, or over the sentence, which may be cut. */
static gboolean
query_tooltip_cb (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip, gpointer unused)
{
  FtTorrentRow *self = FT_TORRENT_ROW (widget);
  const BtTorrentStatus *status;
  g_autofree char *state = NULL;
  g_autofree char *text = NULL;

  if (self->torrent == NULL)
    return FALSE;
  status = ft_torrent_get_status (self->torrent);
  state = ft_describe_state (status, g_get_real_time () / G_USEC_PER_SEC);
  text = g_strconcat (status->name, "\n", state, NULL);
  gtk_tooltip_set_custom (tooltip, make_wrapped_label (text));
  return TRUE;
}

static gboolean
query_toggle_tooltip_cb (GtkWidget *button, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  FtTorrentRow *self = FT_TORRENT_ROW (gtk_widget_get_ancestor (button, FT_TYPE_TORRENT_ROW));

  gtk_tooltip_set_text (tooltip, get_toggle_label (self));
  return TRUE;
}

static void
toggle_clicked_cb (FtTorrentRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle", "u",
                              ft_torrent_get_id (self->torrent));
}

static void
set_torrent (FtTorrentRow *self, FtTorrent *torrent)
{
  if (torrent == self->torrent)
    return;
  if (self->torrent != NULL)
    g_clear_signal_handler (&self->changed_id, self->torrent);
  g_set_object (&self->torrent, torrent);
  ft_torrent_summary_set_torrent (self->summary, torrent);
  if (torrent != NULL)
    {
      self->changed_id = g_signal_connect_swapped (torrent, "changed", G_CALLBACK (update), self);
      update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TORRENT]);
}

static void
ft_torrent_row_dispose (GObject *object)
{
  FtTorrentRow *self = FT_TORRENT_ROW (object);

  if (self->torrent != NULL)
    g_clear_signal_handler (&self->changed_id, self->torrent);
  g_clear_object (&self->torrent);

  G_OBJECT_CLASS (ft_torrent_row_parent_class)->dispose (object);
}

static void
ft_torrent_row_root (GtkWidget *widget)
{
  FtTorrentRow *self = FT_TORRENT_ROW (widget);
  GtkRoot *root;

  GTK_WIDGET_CLASS (ft_torrent_row_parent_class)->root (widget);

  root = gtk_widget_get_root (widget);
  if (FT_IS_WINDOW (root))
    ft_torrent_summary_set_tags (self->summary, ft_window_get_tags (FT_WINDOW (root)));
}

static void
ft_torrent_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtTorrentRow *self = FT_TORRENT_ROW (object);

  switch (prop_id)
    {
    case PROP_TORRENT:
      g_value_set_object (value, self->torrent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_torrent_row_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  FtTorrentRow *self = FT_TORRENT_ROW (object);

  switch (prop_id)
    {
    case PROP_TORRENT:
      set_torrent (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_torrent_row_class_init (FtTorrentRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ft_torrent_row_dispose;
  widget_class->root = ft_torrent_row_root;
  object_class->get_property = ft_torrent_row_get_property;
  object_class->set_property = ft_torrent_row_set_property;

  properties[PROP_TORRENT]
    = g_param_spec_object ("torrent", NULL, NULL, FT_TYPE_TORRENT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (FT_TYPE_TORRENT_SUMMARY);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-torrent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, summary);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, toggle_button);
  gtk_widget_class_bind_template_callback (widget_class, query_tooltip_cb);
  gtk_widget_class_bind_template_callback (widget_class, query_toggle_tooltip_cb);
  gtk_widget_class_bind_template_callback (widget_class, toggle_clicked_cb);
}

static void
ft_torrent_row_init (FtTorrentRow *self)
{
  self->look = -1;
  self->runs = -1;
  g_signal_connect (self, "notify::parent", G_CALLBACK (update_sentence), NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtTorrent *
ft_torrent_row_get_torrent (FtTorrentRow *self)
{
  g_return_val_if_fail (FT_IS_TORRENT_ROW (self), NULL);

  return self->torrent;
}
