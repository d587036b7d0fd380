/* ft-torrent-row.c: one torrent in a list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-row.h"

#include "ft-column.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

struct _FtTorrentRow
{
  GtkBox parent_instance;

  FtTorrent *torrent;   /* (nullable) */
  gulong changed_id;    /* 0 without a torrent */
  int look;             /* a BtState, or -1: none was set yet */
  int runs;             /* what the button was made for, or -1 */

  GtkImage *state_icon;
  GtkInscription *name;
  GtkProgressBar *progress_bar;
  GtkInscription *progress_text;
  GtkInscription *speed_text;
  GtkInscription *state_text;
  GtkButton *toggle_button;
  GtkLabel *tags_label;
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
  [BT_STATE_ERROR] = { "dialog-warning-symbolic", "error" },
};

/* Nothing is told to a widget that knows it already: most of the time only a number has changed. */
static void
update_look (FtTorrentRow *self, const BtTorrentStatus *status)
{
  /* What stopped because it is complete looks complete. */
  BtState look = status->reason == BT_REASON_COMPLETE ? BT_STATE_SEEDING : status->state;

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

static void
update_tags (FtTorrentRow *self, const BtTorrentStatus *status)
{
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->tags_label), status->options->tags[0] != NULL);
  if (status->options->tags[0] == NULL)
    return;
  text = ft_column_lookup ("tags")->dup_text (self->torrent);
  gtk_label_set_text (self->tags_label, text);
}

static void
update_texts (FtTorrentRow *self, const BtTorrentStatus *status)
{
  g_autofree char *progress = ft_describe_progress (status);
  g_autofree char *speed = ft_describe_speeds (status->rate_down, status->rate_up);
  g_autofree char *state = ft_describe_state (status, g_get_real_time () / G_USEC_PER_SEC);

  gtk_inscription_set_text (self->name, status->name);
  gtk_inscription_set_text (self->progress_text, progress);
  gtk_inscription_set_text (self->speed_text, speed);
  gtk_inscription_set_text (self->state_text, state);
  gtk_widget_set_visible (GTK_WIDGET (self->speed_text), *speed != '\0');
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
  update_texts (self, status);
  update_tags (self, status);
  gtk_progress_bar_set_fraction (self->progress_bar, ft_torrent_get_progress (self->torrent));
  update_sentence (self);
}

/* For the template. */

/* Over the name, or over the sentence, which may be cut. */
static gboolean
query_tooltip_cb (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip, gpointer unused)
{
  FtTorrentRow *self = FT_TORRENT_ROW (widget);
  const char *name = gtk_inscription_get_text (self->name);
  const char *state = gtk_inscription_get_text (self->state_text);
  g_autofree char *text = NULL;

  if (self->torrent == NULL)
    return FALSE;
  text = g_strconcat (name, "\n", state, NULL);
  gtk_tooltip_set_text (tooltip, text);
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
  object_class->get_property = ft_torrent_row_get_property;
  object_class->set_property = ft_torrent_row_set_property;

  properties[PROP_TORRENT]
    = g_param_spec_object ("torrent", NULL, NULL, FT_TYPE_TORRENT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-torrent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, name);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, progress_text);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, speed_text);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, state_text);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, toggle_button);
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, tags_label);
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
