/* ft-add-dialog.c: asks how torrents are to be added: where, which files, whether they start.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-add-dialog.h"

#include "ft-addition-pane.h"
#include "ft-addition-row.h"
#include "ft-additions.h"
#include "ft-check-folder.h"
#include "ft-config.h"
#include "ft-folder-row.h"
#include "ft-recent-folders.h"
#include "ft-space-row.h"
#include "ft-tags-row.h"

#include <glib/gi18n-lib.h>

/* One list of torrents with choices for all of them on one side, the name and the files of one of
 * them on the other. Where there is no room for both, one at a time. */
struct _FtAddDialog
{
  AdwWindow parent_instance;

  FtSession *session;
  GSettings *settings;
  FtAdder *adder;
  FtTags *tags;
  GListStore *additions;   /* of FtAddition */
  FtAddition *current;     /* (nullable): the one that is looked at */
  GStrv tags_before;       /* those whose rules were applied */
  char *folder_before;     /* (nullable): before the folder of a tag was taken */
  gboolean adding;         /* as it was chosen; nothing is kept for later */
  guint update_id;         /* runs while it shows less than is known: a thousand may come at once */

  AdwWindowTitle *window_title;
  GtkWidget *back_button;
  GtkButton *cancel_button;
  GtkButton *add_button;
  AdwLeaflet *leaflet;
  GtkScrolledWindow *choices_pane;
  FtAdditionPane *pane;
  GtkWidget *list_group;
  GtkWidget *choices_box;
  GtkListBox *list_box;
  FtFolderRow *folder_row;
  FtSpaceRow *space_row;
  FtTagsRow *tags_row;
  GtkSwitch *start_switch;
  GtkSwitch *sequential_switch;
  AdwComboRow *after_row;
  GtkSwitch *quiet_switch;
};

enum
{
  SIGNAL_MERGE,
  SIGNAL_SHOW_EXISTING,
  SIGNAL_KEPT,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtAddDialog, ft_add_dialog, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

static guint
count_additions (FtAddDialog *self)
{
  /* While it is being destroyed there are none. */
  return self->additions != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->additions)) : 0;
}

static FtAddition *
get_addition (FtAddDialog *self, guint position)
{
  g_autoptr (FtAddition) addition
    = g_list_model_get_item (G_LIST_MODEL (self->additions), position);

  return addition; /* the list holds it */
}

/* What can be done. */

static void
update_add (FtAddDialog *self)
{
  GListModel *additions = G_LIST_MODEL (self->additions);
  guint n_ready = ft_additions_count_in_state (additions, FT_ADDITION_READY);
  gboolean loading = ft_additions_count_in_state (additions, FT_ADDITION_LOADING) > 0;
  g_autofree char *label = NULL;

  if (n_ready > 1)
    label = g_strdup_printf (ngettext ("_Add %u Torrent", "_Add %u Torrents", n_ready), n_ready);
  gtk_button_set_label (self->add_button, label != NULL ? label : _("_Add"));
  /* Of what cannot be added nothing is to be chosen. */
  gtk_widget_set_sensitive (self->choices_box, n_ready > 0 || loading);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "add-dialog.add",
                                 n_ready > 0 && !loading
                                   && !ft_folder_row_has_problem (self->folder_row));
  ft_space_row_set_required (self->space_row, ft_additions_sum_required (additions));
  gtk_widget_set_visible (GTK_WIDGET (self->space_row), ft_additions_know_files (additions));
}

static void
folder_checked_cb (FtAddDialog *self, const FtFolderCheck *check)
{
  ft_space_row_set_available (self->space_row, check != NULL ? check->free_bytes : -1);
  update_add (self);
}

/* What is shown. */

static void
update_title (FtAddDialog *self, gboolean on_torrent)
{
  g_autofree char *title = NULL;

  if (on_torrent && self->current != NULL)
    title = ft_addition_dup_title (self->current);
  else
    title = g_strdup (count_additions (self) > 1 ? _("Add Torrents") : _("Add a Torrent"));
  adw_window_title_set_title (self->window_title, title);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

/* A row is marked as selected only where the pane that it stands for is beside it. */
static void
update_rows (FtAddDialog *self, gboolean beside)
{
  GtkListBoxRow *row;

  gtk_list_box_set_selection_mode (self->list_box, beside ? GTK_SELECTION_BROWSE : GTK_SELECTION_NONE);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list_box, i)) != NULL; i++)
    {
      ft_addition_row_set_alone (FT_ADDITION_ROW (row), count_additions (self) == 1);
      if (beside && ft_addition_row_get_addition (FT_ADDITION_ROW (row)) == self->current)
        gtk_list_box_select_row (self->list_box, row);
    }
}

static void
update_panes (FtAddDialog *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);
  gboolean on_torrent
    = folded && adw_leaflet_get_visible_child (self->leaflet) == GTK_WIDGET (self->pane);

  /* Of one torrent that stands beside it, a list would say it twice. */
  gtk_widget_set_visible (self->list_group, folded || count_additions (self) > 1);
  update_rows (self, !folded);
  gtk_widget_set_visible (self->back_button, on_torrent);
  gtk_widget_set_visible (GTK_WIDGET (self->cancel_button), !on_torrent);
  update_title (self, on_torrent);
}

static void
look_at (FtAddDialog *self, FtAddition *addition)
{
  g_set_object (&self->current, addition);
  ft_addition_pane_show (self->pane, addition, count_additions (self) > 1);
  update_panes (self);
}

/* With the arrow keys. */
static void
row_selected_cb (FtAddDialog *self, GtkListBoxRow *row)
{
  FtAddition *addition
    = row != NULL ? ft_addition_row_get_addition (FT_ADDITION_ROW (row)) : self->current;

  if (addition != self->current)
    look_at (self, addition);
}

static void
row_activated_cb (FtAddDialog *self, GtkListBoxRow *row)
{
  look_at (self, ft_addition_row_get_addition (FT_ADDITION_ROW (row)));
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->pane));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtAddDialog *self = FT_ADD_DIALOG (widget);

  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->choices_pane));
}

/* Links that are in the list for their details stay there: that is not called off. */
static void
update_cancel (FtAddDialog *self)
{
  g_autoptr (GPtrArray) kept = ft_additions_dup_prepared (G_LIST_MODEL (self->additions));
  gboolean any_kept = kept->len > 0;

  gtk_button_set_label (self->cancel_button, any_kept ? _("_Close") : _("_Cancel"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->cancel_button),
                               any_kept ? _("Links stay in the list, and nothing is downloaded") : NULL);
}

static void
update (FtAddDialog *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->after_row), ft_additions_have_file (G_LIST_MODEL (self->additions)));
  update_cancel (self);
  update_add (self);
  update_panes (self);
}

static gboolean
update_cb (gpointer user_data)
{
  FtAddDialog *self = user_data;

  self->update_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
addition_changed_cb (FtAddDialog *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_cb, self, NULL);
}

static void
remove_addition (FtAddDialog *self, FtAddition *addition)
{
  guint position;

  if (!g_list_store_find (self->additions, addition, &position))
    return;
  g_list_store_remove (self->additions, position);
  if (count_additions (self) == 0)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  look_at (self, addition != self->current ? self->current : get_addition (self, 0));
  update (self);
}

static void
discard_cb (FtAddDialog *self, FtAddition *addition)
{
  g_autoptr (FtAddition) held = g_object_ref (addition);

  ft_addition_discard (held, self->session);
  remove_addition (self, held);
}

static void
remove_cb (FtAddDialog *self, FtAdditionRow *row)
{
  discard_cb (self, ft_addition_row_get_addition (row));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = ft_addition_row_new (item);

  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), user_data, G_CONNECT_SWAPPED);
  return row;
}

static void
merge_cb (FtAddDialog *self, FtAddition *addition)
{
  g_autoptr (FtAddition) held = g_object_ref (addition);

  g_signal_emit (self, signals[SIGNAL_MERGE], 0, held);
  remove_addition (self, held);
}

static void
show_existing_cb (FtAddDialog *self, FtAddition *addition)
{
  g_autoptr (FtAddition) held = g_object_ref (addition);

  g_signal_emit (self, signals[SIGNAL_SHOW_EXISTING], 0, held);
  remove_addition (self, held);
}

/* The rules of tags. */

static void
apply_tag (FtAddDialog *self, FtTag *tag)
{
  const char *folder = ft_tag_get_folder (tag);

  if (*folder != '\0')
    {
      if (self->folder_before == NULL)
        self->folder_before = g_strdup (ft_folder_row_get_folder (self->folder_row));
      ft_folder_row_set_folder (self->folder_row, folder);
    }
  if (ft_tag_get_start (tag) != FT_TAG_START_DEFAULT)
    gtk_switch_set_active (self->start_switch, ft_tag_get_start (tag) == FT_TAG_START_START);
}

/* The folder that a tag brought goes with it, unless another was chosen since. */
static void
unapply_tag (FtAddDialog *self, FtTag *tag)
{
  if (self->folder_before == NULL
      || !g_str_equal (ft_tag_get_folder (tag), ft_folder_row_get_folder (self->folder_row)))
    return;
  ft_folder_row_set_folder (self->folder_row, self->folder_before);
  g_clear_pointer (&self->folder_before, g_free);
}

static void
tags_changed_cb (FtAddDialog *self)
{
  const char *const *tags = ft_tags_row_get_tags (self->tags_row);
  FtTag *tag;

  for (guint i = 0; self->tags_before[i] != NULL; i++)
    if (!g_strv_contains (tags, self->tags_before[i])
        && (tag = ft_tags_lookup (self->tags, self->tags_before[i])) != NULL)
      unapply_tag (self, tag);
  for (guint i = 0; tags[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) self->tags_before, tags[i])
        && (tag = ft_tags_lookup (self->tags, tags[i])) != NULL)
      apply_tag (self, tag);
  g_strfreev (self->tags_before);
  self->tags_before = g_strdupv ((GStrv) tags);
}

/* Adding. */

static void
save_choices (FtAddDialog *self)
{
  g_settings_set_boolean (self->settings, FT_SETTING_START_ADDED,
                          gtk_switch_get_active (self->start_switch));
  g_settings_set_boolean (self->settings, FT_SETTING_ADD_SEQUENTIAL,
                          gtk_switch_get_active (self->sequential_switch));
  g_settings_set_enum (self->settings, FT_SETTING_ADDED_TORRENT_FILES,
                       (int) adw_combo_row_get_selected (self->after_row));
  if (gtk_switch_get_active (self->quiet_switch))
    g_settings_set_boolean (self->settings, FT_SETTING_SHOW_ADD_DIALOG, FALSE);
  ft_recent_folders_add (self->settings, ft_folder_row_get_folder (self->folder_row));
}

/* The rows of the list are the values in their order. */
static void
add_as_chosen (FtAddDialog *self, FtAddition *addition)
{
  if (ft_addition_get_folder (addition) == NULL)
    ft_addition_set_folder (addition, ft_folder_row_get_folder (self->folder_row));
  g_object_set (addition,
                "tags", ft_tags_row_get_tags (self->tags_row),
                "start", gtk_switch_get_active (self->start_switch),
                "sequential", gtk_switch_get_active (self->sequential_switch),
                NULL);
  ft_addition_set_after (addition, (FtAfterAdding) adw_combo_row_get_selected (self->after_row));
  ft_adder_add (self->adder, addition);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtAddDialog *self = FT_ADD_DIALOG (widget);

  save_choices (self);
  self->adding = TRUE;
  for (guint i = 0; i < count_additions (self); i++)
    {
      FtAddition *addition = get_addition (self, i);

      if (ft_addition_get_state (addition) == FT_ADDITION_READY)
        add_as_chosen (self, addition);
    }
  gtk_window_close (GTK_WINDOW (self));
}

/* Closing. */

static gboolean
ft_add_dialog_close_request (GtkWindow *window)
{
  FtAddDialog *self = FT_ADD_DIALOG (window);
  g_autoptr (GPtrArray) kept = ft_additions_dup_prepared (G_LIST_MODEL (self->additions));

  if (kept->len > 0 && !self->adding)
    g_signal_emit (self, signals[SIGNAL_KEPT], 0, kept);
  return GTK_WINDOW_CLASS (ft_add_dialog_parent_class)->close_request (window);
}

/* Loading. */

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtAddDialog) self = user_data;
  FtAddition *addition = FT_ADDITION (object);
  FtAddition *twin;

  /* The dialog may have gone meanwhile. */
  if (!ft_addition_load_finish (addition, result, NULL) || self->session == NULL
      || ft_addition_get_state (addition) != FT_ADDITION_READY)
    return;
  twin = ft_additions_find_twin (G_LIST_MODEL (self->additions), addition);
  /* A link is in the list from now on, even if nobody waits for its details. */
  if (ft_addition_is_magnet (addition))
    ft_addition_prepare (addition, self->session);
  if (twin != NULL)
    {
      look_at (self, twin);
      remove_addition (self, addition);
    }
  addition_changed_cb (self);
}

/* A file that is larger than usual: a person said so. */
static void
accept_cb (FtAddDialog *self, FtAddition *addition)
{
  ft_addition_accept_unusual (addition);
  ft_addition_load_async (addition, self->session, loaded_cb, g_object_ref (self));
}

/* No server is waited for when nobody is there any more. */
static void
stop_loading (FtAddDialog *self)
{
  for (guint i = 0; i < count_additions (self); i++)
    ft_addition_stop_loading (get_addition (self, i));
}

static void
ft_add_dialog_dispose (GObject *object)
{
  FtAddDialog *self = FT_ADD_DIALOG (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  stop_loading (self);
  g_clear_object (&self->additions);
  g_clear_object (&self->current);
  g_clear_object (&self->tags);
  g_clear_object (&self->adder);
  g_clear_object (&self->settings);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (ft_add_dialog_parent_class)->dispose (object);
}

static void
ft_add_dialog_finalize (GObject *object)
{
  FtAddDialog *self = FT_ADD_DIALOG (object);

  g_strfreev (self->tags_before);
  g_free (self->folder_before);

  G_OBJECT_CLASS (ft_add_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-add-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, back_button);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, leaflet);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, choices_pane);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, pane);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, list_group);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, choices_box);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, list_box);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, space_row);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, tags_row);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, start_switch);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, sequential_switch);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, after_row);
  gtk_widget_class_bind_template_child (widget_class, FtAddDialog, quiet_switch);
  gtk_widget_class_bind_template_callback (widget_class, update_panes);
  gtk_widget_class_bind_template_callback (widget_class, update_add);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, folder_checked_cb);
  gtk_widget_class_bind_template_callback (widget_class, tags_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, discard_cb);
  gtk_widget_class_bind_template_callback (widget_class, merge_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_existing_cb);
}

static void
ft_add_dialog_class_init (FtAddDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_add_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = ft_add_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = ft_add_dialog_close_request;

  signals[SIGNAL_MERGE] = g_signal_new ("merge", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, FT_TYPE_ADDITION);
  signals[SIGNAL_KEPT] = g_signal_new ("kept", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_PTR_ARRAY);
  signals[SIGNAL_SHOW_EXISTING] = g_signal_new ("show-existing", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, FT_TYPE_ADDITION);

  /* Named in the template. */
  g_type_ensure (FT_TYPE_ADDITION_PANE);
  g_type_ensure (FT_TYPE_FOLDER_ROW);
  g_type_ensure (FT_TYPE_SPACE_ROW);
  g_type_ensure (FT_TYPE_TAGS_ROW);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "add-dialog.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "add-dialog.back", NULL, back_action);
}

static void
ft_add_dialog_init (FtAddDialog *self)
{
  self->additions = g_list_store_new (FT_TYPE_ADDITION);
  self->tags_before = g_new0 (char *, 1);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (self->additions), make_row, self, NULL);
}

static void
show_choices (FtAddDialog *self)
{
  g_autofree char *folder = ft_config_dup_download_folder (self->settings);

  ft_folder_row_set_folder (self->folder_row, folder);
  gtk_switch_set_active (self->start_switch,
                         g_settings_get_boolean (self->settings, FT_SETTING_START_ADDED));
  gtk_switch_set_active (self->sequential_switch,
                         g_settings_get_boolean (self->settings, FT_SETTING_ADD_SEQUENTIAL));
  adw_combo_row_set_selected (
    self->after_row, (guint) g_settings_get_enum (self->settings, FT_SETTING_ADDED_TORRENT_FILES));
}

FtAddDialog *
ft_add_dialog_new (GtkWindow *parent, FtSession *session, GSettings *settings, FtAdder *adder)
{
  FtAddDialog *self;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (FT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (FT_IS_ADDER (adder), NULL);

  self = g_object_new (FT_TYPE_ADD_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  self->adder = g_object_ref (adder);
  self->tags = ft_tags_new (settings);
  ft_folder_row_set_settings (self->folder_row, settings);
  ft_addition_pane_set_settings (self->pane, settings);
  ft_tags_row_set_model (self->tags_row, self->tags);
  show_choices (self);
  return self;
}

static void
append (FtAddDialog *self, FtAddition *addition)
{
  g_list_store_append (self->additions, addition);
  g_signal_connect_object (addition, "notify", G_CALLBACK (addition_changed_cb), self,
                           G_CONNECT_SWAPPED);
  ft_addition_load_async (addition, self->session, loaded_cb, g_object_ref (self));
}

/* What it shows is looked at once, not for each of a thousand. */
void
ft_add_dialog_append (FtAddDialog *self, GPtrArray *additions)
{
  g_return_if_fail (FT_IS_ADD_DIALOG (self));
  g_return_if_fail (additions != NULL && additions->len > 0);

  for (guint i = 0; i < additions->len; i++)
    append (self, additions->pdata[i]);
  look_at (self, self->current != NULL ? self->current : additions->pdata[0]);
  update (self);
}
