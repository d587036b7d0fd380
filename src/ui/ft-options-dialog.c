/* ft-options-dialog.c: what is set for one torrent, or for several at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-options-dialog.h"

#include "bt-text.h"
#include "ft-torrent.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BYTES_PER_KB 1000
#define SECONDS_PER_MINUTE 60
#define MAX_NAME_BYTES 256

/* What can differ among torrents, each shown by one row. */
typedef enum
{
  FIELD_DOWN,
  FIELD_UP,
  FIELD_PEERS,
  FIELD_SEQUENTIAL,
  FIELD_QUEUE,
  FIELD_GOALS,
  N_FIELDS
} Field;

/* As the rows to choose from. */
enum
{
  GOALS_CONFIGURED,
  GOALS_NEVER,
  GOALS_OWN,
  GOALS_MIXED,
};

struct _FtOptionsDialog
{
  AdwWindow parent_instance;

  gboolean changed[N_FIELDS];
  char *subtitles[N_FIELDS]; /* (nullable): of the rows, while they say that it is mixed */

  AdwWindowTitle *window_title;
  AdwActionRow *down_row, *up_row, *peers_row, *sequential_row, *queue_row;
  GtkSwitch *down_enabled, *up_enabled, *peers_enabled, *sequential, *queue;
  GtkSpinButton *down, *up, *peers;
  AdwComboRow *goals_row;
  GtkStringList *goals_model;
  GtkWidget *ratio_row, *time_row, *idle_row;
  GtkSwitch *ratio_enabled, *time_enabled, *idle_enabled;
  GtkSpinButton *ratio, *time, *idle;
  AdwComboRow *action_row;
};

enum
{
  SIGNAL_APPLY,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtOptionsDialog, ft_options_dialog, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

/* Differences. */

static AdwActionRow *
get_row (FtOptionsDialog *self, Field field)
{
  AdwActionRow *rows[N_FIELDS] = { self->down_row, self->up_row, self->peers_row, self->sequential_row,
                                   self->queue_row, ADW_ACTION_ROW (self->goals_row) };

  return rows[field];
}

static gboolean
is_different (Field field, const BtTorrentOptions *a, const BtTorrentOptions *b)
{
  switch (field)
    {
    case FIELD_DOWN:
      return a->limit_down_bytes_per_s != b->limit_down_bytes_per_s;
    case FIELD_UP:
      return a->limit_up_bytes_per_s != b->limit_up_bytes_per_s;
    case FIELD_PEERS:
      return a->max_peers != b->max_peers;
    case FIELD_SEQUENTIAL:
      return !a->sequential != !b->sequential;
    case FIELD_QUEUE:
      return !a->ignores_queue != !b->ignores_queue;
    case FIELD_GOALS:
      if (!a->own_goals || !b->own_goals)
        return !a->own_goals != !b->own_goals;
      return memcmp (&a->goals.ratio, &b->goals.ratio, sizeof a->goals.ratio) != 0
             || a->goals.seeding_s != b->goals.seeding_s || a->goals.idle_s != b->goals.idle_s
             || a->goals.action != b->goals.action;
    case N_FIELDS:
    default:
      g_assert_not_reached ();
    }
}

static const BtTorrentOptions *
get_options (GPtrArray *torrents, guint index)
{
  return ft_torrent_get_status (torrents->pdata[index])->options;
}

static gboolean
is_mixed (Field field, GPtrArray *torrents)
{
  for (guint i = 1; i < torrents->len; i++)
    if (is_different (field, get_options (torrents, 0), get_options (torrents, i)))
      return TRUE;
  return FALSE;
}

static void
show_mixed (FtOptionsDialog *self, Field field)
{
  AdwActionRow *row = get_row (self, field);

  if (field == FIELD_GOALS)
    {
      /* Several values at once. */
      gtk_string_list_append (self->goals_model, _("Mixed"));
      adw_combo_row_set_selected (self->goals_row, GOALS_MIXED);
      return;
    }
  self->subtitles[field] = g_strdup (adw_action_row_get_subtitle (row));
  adw_action_row_set_subtitle (row, _("Mixed: stays so unless it is changed here"));
}

/* Loading. */

static void
show_number (GtkSwitch *enabled, GtkSpinButton *button, double value, double otherwise)
{
  gtk_switch_set_active (enabled, value > 0);
  gtk_spin_button_set_value (button, value > 0 ? value : otherwise);
}

static void
show_goals (FtOptionsDialog *self, const BtTorrentOptions *options)
{
  const BtGoals *goals = &options->goals;
  gboolean any = goals->ratio > 0 || goals->seeding_s > 0 || goals->idle_s > 0;

  adw_combo_row_set_selected (self->goals_row, !options->own_goals ? GOALS_CONFIGURED
                                               : any               ? GOALS_OWN
                                                                   : GOALS_NEVER);
  show_number (self->ratio_enabled, self->ratio, goals->ratio, 2);
  show_number (self->time_enabled, self->time, (double) (goals->seeding_s / SECONDS_PER_MINUTE), 24 * 60);
  show_number (self->idle_enabled, self->idle, (double) (goals->idle_s / SECONDS_PER_MINUTE), 12 * 60);
  adw_combo_row_set_selected (self->action_row, goals->action);
}

static void
show_options (FtOptionsDialog *self, const BtTorrentOptions *options)
{
  show_number (self->down_enabled, self->down, (double) (options->limit_down_bytes_per_s / BYTES_PER_KB), 1000);
  show_number (self->up_enabled, self->up, (double) (options->limit_up_bytes_per_s / BYTES_PER_KB), 1000);
  show_number (self->peers_enabled, self->peers, options->max_peers, 100);
  gtk_switch_set_active (self->sequential, options->sequential);
  gtk_switch_set_active (self->queue, options->ignores_queue);
  show_goals (self, options);
}

static void
update_goals (FtOptionsDialog *self)
{
  gboolean own = adw_combo_row_get_selected (self->goals_row) == GOALS_OWN;

  gtk_widget_set_visible (self->ratio_row, own);
  gtk_widget_set_visible (self->time_row, own);
  gtk_widget_set_visible (self->idle_row, own);
  gtk_widget_set_visible (GTK_WIDGET (self->action_row), own);
}

/* Changes. */

static void
take_change (FtOptionsDialog *self, Field field)
{
  self->changed[field] = field != FIELD_GOALS || adw_combo_row_get_selected (self->goals_row) != GOALS_MIXED;
  if (self->subtitles[field] != NULL)
    adw_action_row_set_subtitle (get_row (self, field), self->subtitles[field]);
  g_clear_pointer (&self->subtitles[field], g_free);
  update_goals (self);
}

static void
changed_cb (FtOptionsDialog *self, GParamSpec *pspec, GObject *control)
{
  take_change (self, (Field) GPOINTER_TO_UINT (g_object_get_data (control, "field")));
}

static void
watch (FtOptionsDialog *self, gpointer control, const char *property, Field field)
{
  g_autofree char *signal = g_strconcat ("notify::", property, NULL);

  g_object_set_data (control, "field", GUINT_TO_POINTER (field));
  g_signal_connect_object (control, signal, G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

static void
watch_all (FtOptionsDialog *self)
{
  watch (self, self->down_enabled, "active", FIELD_DOWN);
  watch (self, self->down, "value", FIELD_DOWN);
  watch (self, self->up_enabled, "active", FIELD_UP);
  watch (self, self->up, "value", FIELD_UP);
  watch (self, self->peers_enabled, "active", FIELD_PEERS);
  watch (self, self->peers, "value", FIELD_PEERS);
  watch (self, self->sequential, "active", FIELD_SEQUENTIAL);
  watch (self, self->queue, "active", FIELD_QUEUE);
  watch (self, self->goals_row, "selected", FIELD_GOALS);
  watch (self, self->ratio_enabled, "active", FIELD_GOALS);
  watch (self, self->ratio, "value", FIELD_GOALS);
  watch (self, self->time_enabled, "active", FIELD_GOALS);
  watch (self, self->time, "value", FIELD_GOALS);
  watch (self, self->idle_enabled, "active", FIELD_GOALS);
  watch (self, self->idle, "value", FIELD_GOALS);
  watch (self, self->action_row, "selected", FIELD_GOALS);
}

static void
apply_cb (FtOptionsDialog *self)
{
  g_autoptr (FtOptionsDialog) kept = g_object_ref (self);

  /* What is being typed counts. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  g_signal_emit (self, signals[SIGNAL_APPLY], 0);
  gtk_window_close (GTK_WINDOW (self));
}

/* What to set. */

static double
get_number (GtkSwitch *enabled, GtkSpinButton *button)
{
  return gtk_switch_get_active (enabled) ? gtk_spin_button_get_value (button) : 0;
}

static void
read_goals (FtOptionsDialog *self, BtTorrentOptions *options)
{
  guint choice = adw_combo_row_get_selected (self->goals_row);

  options->own_goals = choice != GOALS_CONFIGURED;
  options->goals = (BtGoals){ 0 };
  if (choice != GOALS_OWN)
    return;
  options->goals.ratio = get_number (self->ratio_enabled, self->ratio);
  options->goals.seeding_s = (gint64) get_number (self->time_enabled, self->time) * SECONDS_PER_MINUTE;
  options->goals.idle_s = (gint64) get_number (self->idle_enabled, self->idle) * SECONDS_PER_MINUTE;
  options->goals.action = (BtGoalAction) adw_combo_row_get_selected (self->action_row);
}

static void
read_field (FtOptionsDialog *self, Field field, BtTorrentOptions *options)
{
  switch (field)
    {
    case FIELD_DOWN:
      options->limit_down_bytes_per_s = (guint64) get_number (self->down_enabled, self->down) * BYTES_PER_KB;
      break;
    case FIELD_UP:
      options->limit_up_bytes_per_s = (guint64) get_number (self->up_enabled, self->up) * BYTES_PER_KB;
      break;
    case FIELD_PEERS:
      options->max_peers = (guint) get_number (self->peers_enabled, self->peers);
      break;
    case FIELD_SEQUENTIAL:
      options->sequential = gtk_switch_get_active (self->sequential);
      break;
    case FIELD_QUEUE:
      options->ignores_queue = gtk_switch_get_active (self->queue);
      break;
    case FIELD_GOALS:
      read_goals (self, options);
      break;
    case N_FIELDS:
    default:
      g_assert_not_reached ();
    }
}

static void
ft_options_dialog_finalize (GObject *object)
{
  FtOptionsDialog *self = FT_OPTIONS_DIALOG (object);

  for (guint field = 0; field < N_FIELDS; field++)
    g_free (self->subtitles[field]);

  G_OBJECT_CLASS (ft_options_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-options-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, down_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, up_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, peers_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, sequential_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, queue_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, down_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, up_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, peers_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, sequential);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, queue);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, down);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, up);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, peers);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, goals_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, goals_model);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, ratio_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, time_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, idle_row);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, ratio_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, time_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, idle_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, ratio);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, time);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, idle);
  gtk_widget_class_bind_template_child (widget_class, FtOptionsDialog, action_row);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
}

static void
ft_options_dialog_class_init (FtOptionsDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_options_dialog_finalize;

  signals[SIGNAL_APPLY] = g_signal_new ("apply", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
ft_options_dialog_init (FtOptionsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Title and subtitle of a window are text, not markup. */
static void
set_subtitle (FtOptionsDialog *self, GPtrArray *torrents)
{
  const char *name = ft_torrent_get_status (torrents->pdata[0])->name;
  g_autofree char *text
    = torrents->len == 1
        ? bt_text_for_display (name, strlen (name), MAX_NAME_BYTES)
        : g_strdup_printf (ngettext ("%u torrent", "%u torrents", torrents->len), torrents->len);

  adw_window_title_set_subtitle (self->window_title, text);
}

FtOptionsDialog *
ft_options_dialog_new (GtkWindow *parent, GPtrArray *torrents)
{
  FtOptionsDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (torrents != NULL && torrents->len > 0, NULL);

  self = g_object_new (FT_TYPE_OPTIONS_DIALOG, "transient-for", parent, NULL);
  set_subtitle (self, torrents);
  show_options (self, get_options (torrents, 0));
  for (Field field = 0; field < N_FIELDS; field++)
    if (is_mixed (field, torrents))
      show_mixed (self, field);
  update_goals (self);
  watch_all (self);
  return self;
}

BtTorrentOptions *
ft_options_dialog_merge (FtOptionsDialog *self, const BtTorrentOptions *from, BtOptionMask *mask)
{
  static const BtOptionMask masks[N_FIELDS] = { BT_OPTION_LIMITS,     BT_OPTION_LIMITS, BT_OPTION_MAX_PEERS,
                                                BT_OPTION_SEQUENTIAL, BT_OPTION_QUEUE,  BT_OPTION_GOALS };
  BtTorrentOptions *options;

  g_return_val_if_fail (FT_IS_OPTIONS_DIALOG (self), NULL);
  g_return_val_if_fail (from != NULL && mask != NULL, NULL);

  options = bt_torrent_options_merge (from, from, 0);
  *mask = 0;
  for (Field field = 0; field < N_FIELDS; field++)
    if (self->changed[field])
      {
        read_field (self, field, options);
        *mask |= masks[field];
      }
  return options;
}
