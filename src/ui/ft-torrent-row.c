/* ft-torrent-row.c: one torrent in a list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-row.h"

#include <glib/gi18n-lib.h>

struct _FtTorrentRow
{
  GtkBox parent_instance;

  FtTorrent *torrent;    /* (nullable) */
  GSignalGroup *signals; /* of the torrent */

  GtkImage *state_icon;
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
  [BT_STATE_ERROR] = { "dialog-warning-symbolic", "error" },
};

static void
update_state (FtTorrentRow *self)
{
  const BtTorrentStatus *status = ft_torrent_get_status (self->torrent);

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self), looks[i].css_class);
  gtk_widget_add_css_class (GTK_WIDGET (self), looks[status->state].css_class);
  /* What stopped because it is complete looks complete. */
  gtk_image_set_from_icon_name (self->state_icon, status->reason == BT_REASON_COMPLETE
                                                    ? looks[BT_STATE_SEEDING].icon_name
                                                    : looks[status->state].icon_name);
}

static void
update_toggle (FtTorrentRow *self)
{
  gboolean runs = ft_torrent_get_status (self->torrent)->intent == BT_INTENT_RUN;
  const char *label = runs ? _("Pause") : _("Resume");

  gtk_button_set_icon_name (self->toggle_button,
                            runs ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->toggle_button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* The focus is on the item of the list that holds the row: its name is what is read aloud. */
static void
update_sentence (FtTorrentRow *self)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *sentence = NULL;

  if (item == NULL || self->torrent == NULL)
    return;
  g_object_get (self->torrent, "row-text", &sentence, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                  -1);
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
  if (!g_set_object (&self->torrent, torrent))
    return;
  g_signal_group_set_target (self->signals, torrent);
  if (torrent != NULL)
    {
      update_state (self);
      update_toggle (self);
      update_sentence (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TORRENT]);
}

static void
ft_torrent_row_dispose (GObject *object)
{
  FtTorrentRow *self = FT_TORRENT_ROW (object);

  g_clear_object (&self->signals);
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
  gtk_widget_class_bind_template_child (widget_class, FtTorrentRow, toggle_button);
  gtk_widget_class_bind_template_callback (widget_class, toggle_clicked_cb);
}

static void
ft_torrent_row_init (FtTorrentRow *self)
{
  self->signals = g_signal_group_new (FT_TYPE_TORRENT);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (update_state), self);
  g_signal_group_connect_swapped (self->signals, "notify::intent", G_CALLBACK (update_toggle), self);
  g_signal_group_connect_swapped (self->signals, "notify::row-text", G_CALLBACK (update_sentence),
                                  self);
  g_signal_connect (self, "notify::parent", G_CALLBACK (update_sentence), NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtTorrent *
ft_torrent_row_get_torrent (FtTorrentRow *self)
{
  g_return_val_if_fail (FT_IS_TORRENT_ROW (self), NULL);

  return self->torrent;
}
