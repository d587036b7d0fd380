/* ft-window-actions.c: what can be done with the torrents that are selected.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include <glib/gi18n-lib.h>

void
ft_window_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_session_finish (FT_SESSION (object), result, &error))
    ft_window_show_error (self, error);
}

static gboolean
runs (FtTorrent *torrent)
{
  return ft_torrent_get_status (torrent)->intent == BT_INTENT_RUN;
}

static void
set_intent (FtWindow *self, BtTorrentId id, BtIntent intent)
{
  ft_session_set_intent_async (self->session, id, intent, NULL, ft_window_done_cb, g_object_ref (self));
}

static void
set_intent_of_selected (FtWindow *self, BtIntent intent)
{
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  for (guint i = 0; i < torrents->len; i++)
    set_intent (self, ft_torrent_get_id (torrents->pdata[i]), intent);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_intent_of_selected (FT_WINDOW (widget), BT_INTENT_PAUSE);
}

static void
resume_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_intent_of_selected (FT_WINDOW (widget), BT_INTENT_RUN);
}

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  FtTorrent *torrent = ft_session_lookup (self->session, g_variant_get_uint32 (parameter));

  if (torrent == NULL)
    return;
  set_intent (self, ft_torrent_get_id (torrent),
              ft_torrent_get_status (torrent)->intent == BT_INTENT_RUN ? BT_INTENT_PAUSE
                                                                       : BT_INTENT_RUN);
}

/* What waits in the queue, too, is as good as running: one key to stop and go. */
static void
toggle_selected_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  gboolean any = FALSE;

  for (guint i = 0; i < torrents->len; i++)
    any |= runs (torrents->pdata[i]);
  set_intent_of_selected (self, any ? BT_INTENT_PAUSE : BT_INTENT_RUN);
}

static void
pause_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_intent (FT_WINDOW (widget), 0, BT_INTENT_PAUSE);
}

static void
resume_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_intent (FT_WINDOW (widget), 0, BT_INTENT_RUN);
}

static void
set_option_of_selected (FtWindow *self, BtTorrentOptions *options, BtOptionMask mask)
{
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  for (guint i = 0; i < torrents->len; i++)
    ft_session_set_options_async (self->session, ft_torrent_get_id (torrents->pdata[i]), options, mask, NULL,
                                  ft_window_done_cb, g_object_ref (self));
}

/* Whatever the queue says. */
static void
start_now_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (BtTorrentOptions) options = bt_torrent_options_new ();

  options->ignores_queue = TRUE;
  set_option_of_selected (self, options, BT_OPTION_QUEUE);
  set_intent_of_selected (self, BT_INTENT_RUN);
}

static void
sequential_activated_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (BtTorrentOptions) options = bt_torrent_options_new ();
  g_autoptr (GVariant) state = g_action_get_state (G_ACTION (action));

  options->sequential = !g_variant_get_boolean (state);
  set_option_of_selected (user_data, options, BT_OPTION_SEQUENTIAL);
  g_simple_action_set_state (action, g_variant_new_boolean (options->sequential));
}

static void
announce_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  for (guint i = 0; i < torrents->len; i++)
    ft_session_announce_async (self->session, ft_torrent_get_id (torrents->pdata[i]), NULL, ft_window_done_cb,
                               g_object_ref (self));
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  FtTorrent *const *first = a;
  FtTorrent *const *second = b;
  guint place_a = ft_torrent_get_status (*first)->queue_position;
  guint place_b = ft_torrent_get_status (*second)->queue_position;

  return (place_a > place_b) - (place_a < place_b);
}

/* Several keep their order among themselves: those in front go up first, and to the top last. */
static void
queue_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const char *const words[] = { "top", "up", "down", "bottom", NULL };
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  BtQueueMove move = BT_QUEUE_TOP;

  while (words[move] != NULL && !g_str_equal (words[move], g_variant_get_string (parameter, NULL)))
    move++;
  g_return_if_fail (words[move] != NULL);
  g_ptr_array_sort (torrents, compare_places);
  for (guint i = 0; i < torrents->len; i++)
    {
      gboolean backwards = move == BT_QUEUE_TOP || move == BT_QUEUE_DOWN;
      FtTorrent *torrent = torrents->pdata[backwards ? torrents->len - 1 - i : i];

      ft_session_move_in_queue_async (self->session, ft_torrent_get_id (torrent), move, NULL,
                                      ft_window_done_cb, g_object_ref (self));
    }
}

static void
verify_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  for (guint i = 0; i < torrents->len; i++)
    if (!ft_torrent_get_status (torrents->pdata[i])->is_magnet)
      ft_session_verify_async (self->session, ft_torrent_get_id (torrents->pdata[i]), NULL, ft_window_done_cb,
                               g_object_ref (self));
}

static void
select_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_selection_model_select_all (GTK_SELECTION_MODEL (FT_WINDOW (widget)->selection));
}

static void
select_none_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (FT_WINDOW (widget)->selection));
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  /* The failure is a property, and the page that shows it is bound to it. */
  ft_session_finish (FT_SESSION (object), result, NULL);
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  if (ft_session_get_state (self->session) == FT_SESSION_STOPPED)
    ft_session_start_async (self->session, NULL, started_cb, NULL);
}

/* What the selected torrents have in common. */
typedef struct
{
  guint n, n_running, n_asking, n_sequential, n_queued, n_complete, n_ignoring, n_links;
} Facts;

static Facts
collect_facts (GPtrArray *torrents)
{
  Facts facts = { .n = torrents->len };

  for (guint i = 0; i < torrents->len; i++)
    {
      const BtTorrentStatus *status = ft_torrent_get_status (torrents->pdata[i]);

      facts.n_running += runs (torrents->pdata[i]);
      facts.n_asking += status->intent == BT_INTENT_DETAILS && status->is_magnet;
      facts.n_sequential += status->options->sequential;
      facts.n_queued += status->queue_position > 0;
      facts.n_links += status->is_magnet;
      facts.n_complete += !status->is_magnet && status->done >= status->wanted;
      facts.n_ignoring += status->options->ignores_queue && status->intent == BT_INTENT_RUN;
    }
  return facts;
}

static void
enable_actions (FtWindow *self, const Facts *facts)
{
  const struct
  {
    const char *name;
    gboolean enabled;
  } states[] = {
    { "win.pause", facts->n_running + facts->n_asking > 0 },
    { "win.resume", facts->n_running < facts->n },
    { "win.toggle-selected", facts->n > 0 },
    { "win.start-now", facts->n_ignoring < facts->n },
    { "win.verify", facts->n > facts->n_links },
    { "win.announce", facts->n_running + facts->n_asking > 0 },
    { "win.queue", facts->n_queued > 0 },
    { "win.remove", facts->n > 0 },
    { "win.remove-with-data", facts->n > 0 },
    { "win.details", facts->n > 0 },
    { "win.options", facts->n > 0 },
    { "win.move", facts->n > 0 },
    { "win.locate", facts->n > 0 },
    { "win.rename", facts->n == 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), states[i].name, states[i].enabled);
  g_simple_action_set_enabled (self->sequential, facts->n_complete < facts->n);
  g_simple_action_set_state (self->sequential,
                             g_variant_new_boolean (facts->n > 0 && facts->n_sequential == facts->n));
  ft_window_update_open (self, facts->n == 1 && facts->n_links == 0);
  ft_window_update_copy (self, facts->n);
}

void
ft_window_update_actions (FtWindow *self)
{
  g_autoptr (GPtrArray) torrents = NULL;
  g_autofree char *label = NULL;
  Facts facts;

  /* While the window is being built, and while it goes. */
  if (self->sequential == NULL)
    return;
  torrents = ft_window_dup_selected (self);
  facts = collect_facts (torrents);
  enable_actions (self, &facts);
  ft_window_update_save (self, torrents);
  if (facts.n > 0)
    {
      label = g_strdup_printf (ngettext ("%u selected", "%u selected", facts.n), facts.n);
      gtk_label_set_text (self->selection_label, label);
    }
  gtk_action_bar_set_revealed (self->action_bar, facts.n > 0);
  ft_window_update_details (self);
}

/* The window's own actions are on the session bus. What changes what is downloaded is not: other programs are not to do
 * that. */
static void
init_private_actions (FtWindow *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GAction) turtle = g_settings_create_action (self->settings, "alternative-limits");
  g_autoptr (GAction) mode = g_settings_create_action (self->settings, "mode");

  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (self->sequential));
  g_action_map_add_action (G_ACTION_MAP (group), turtle);
  g_action_map_add_action (G_ACTION_MAP (group), mode);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "choice", G_ACTION_GROUP (group));
}

void
ft_window_init_actions (FtWindow *self)
{
  self->sequential = g_simple_action_new_stateful ("sequential", NULL, g_variant_new_boolean (FALSE));
  g_signal_connect_object (self->sequential, "activate", G_CALLBACK (sequential_activated_cb), self, 0);
  init_private_actions (self);
}

void
ft_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "win.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "win.toggle", "u", toggle_action);
  gtk_widget_class_install_action (widget_class, "win.verify", NULL, verify_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-selected", NULL, toggle_selected_action);
  gtk_widget_class_install_action (widget_class, "win.pause-all", NULL, pause_all_action);
  gtk_widget_class_install_action (widget_class, "win.resume-all", NULL, resume_all_action);
  gtk_widget_class_install_action (widget_class, "win.start-now", NULL, start_now_action);
  gtk_widget_class_install_action (widget_class, "win.announce", NULL, announce_action);
  gtk_widget_class_install_action (widget_class, "win.queue", "s", queue_action);
  gtk_widget_class_install_action (widget_class, "win.select-all", NULL, select_all_action);
  gtk_widget_class_install_action (widget_class, "win.select-none", NULL, select_none_action);

  /* Bindings of the class come after those of the widget in focus: a text field keeps its keys. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_a, GDK_CONTROL_MASK, "win.select-all", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, 0, "win.toggle-selected", NULL);
}
