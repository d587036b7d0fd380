/* ft-addition-pane.c: one torrent that is about to be added: its name, its folder, its files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition-pane.h"

#include "bt-limits.h"
#include "ft-check-folder.h"
#include "ft-describe.h"
#include "ft-file-view.h"
#include "ft-folder-row.h"
#include "ft-space-row.h"

#include <glib/gi18n-lib.h>

struct _FtAdditionPane
{
  AdwBin parent_instance;

  FtAddition *addition; /* (nullable) */
  gboolean one_of_many;
  gboolean filling;     /* what changes is not the person's doing */
  char *filled_name;    /* (nullable): as long as it is there nobody typed */

  GtkStack *stack;
  AdwStatusPage *status_page;
  GtkButton *merge_button;
  GtkWidget *show_button;
  GtkWidget *accept_button;
  GtkEditable *name_row;
  FtFolderRow *folder_row;
  FtSpaceRow *space_row;
  GtkWidget *details_box;
  GtkSpinner *details_spinner;
  GtkLabel *details_label;
  GtkProgressBar *details_bar;
  GtkWidget *discard_button;
  FtFileView *file_view;
};

enum
{
  SIGNAL_MERGE,
  SIGNAL_SHOW,
  SIGNAL_DISCARD,
  SIGNAL_ACCEPT,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtAdditionPane, ft_addition_pane, ADW_TYPE_BIN)

static guint signals[N_SIGNALS];

static void
merge_cb (FtAdditionPane *self)
{
  g_signal_emit (self, signals[SIGNAL_MERGE], 0, self->addition);
}

static void
show_cb (FtAdditionPane *self)
{
  g_signal_emit (self, signals[SIGNAL_SHOW], 0, self->addition);
}

static void
discard_cb (FtAdditionPane *self)
{
  g_signal_emit (self, signals[SIGNAL_DISCARD], 0, self->addition);
}

static void
accept_cb (FtAdditionPane *self)
{
  g_signal_emit (self, signals[SIGNAL_ACCEPT], 0, self->addition);
}

static void
name_changed_cb (FtAdditionPane *self)
{
  if (self->addition != NULL && !self->filling)
    g_object_set (self->addition, "name", gtk_editable_get_text (self->name_row), NULL);
}

static void
folder_changed_cb (FtAdditionPane *self)
{
  const char *folder = ft_folder_row_get_folder (self->folder_row);

  gtk_widget_set_visible (GTK_WIDGET (self->space_row), *folder != '\0');
  if (self->addition != NULL && !self->filling)
    ft_addition_set_folder (self->addition, *folder != '\0' ? folder : NULL);
}

static void
folder_checked_cb (FtAdditionPane *self, const FtFolderCheck *check)
{
  ft_space_row_set_available (self->space_row, check != NULL ? check->free_bytes : -1);
}

/* A screen reader finds what a stack does not show, but not what is hidden. */
static void
show_page (FtAdditionPane *self, const char *name)
{
  GtkWidget *shown = gtk_stack_get_child_by_name (self->stack, name);

  gtk_widget_set_visible (shown, TRUE);
  gtk_stack_set_visible_child (self->stack, shown);
  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->stack)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    gtk_widget_set_visible (page, page == shown);
}

/* What there is to say in place of choices. */

static void
show_status (FtAdditionPane *self, const char *icon_name, const char *title, const char *text)
{
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *text_markup = g_markup_escape_text (text, -1);

  adw_status_page_set_icon_name (self->status_page, icon_name);
  adw_status_page_set_title (self->status_page, title_markup);
  adw_status_page_set_description (self->status_page, text_markup);
  gtk_widget_set_visible (self->show_button, FALSE);
  gtk_widget_set_visible (self->accept_button, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->merge_button), FALSE);
  show_page (self, "status");
}

static void
show_failure (FtAdditionPane *self)
{
  g_autofree char *name = ft_addition_dup_title (self->addition);
  g_autofree char *title = g_strdup_printf (_("“%s” cannot be added"), name);
  g_autofree char *text = NULL;

  g_object_get (self->addition, "subtitle", &text, NULL);
  show_status (self, "dialog-error-symbolic", title, text);
}

static void
show_question (FtAdditionPane *self)
{
  g_autofree char *name = ft_addition_dup_title (self->addition);
  g_autofree char *title = g_strdup_printf (_("Open “%s”?"), name);
  g_autofree char *usual = ft_format_size (BT_LIMIT_USUAL_TORRENT_BYTES);
  /* Translators: a size. */
  g_autofree char *advice = g_strdup_printf (_("Hardly any has more than %s. Open it only if you trust where it "
                                               "comes from."), usual);
  g_autofree char *reason = NULL;
  g_autofree char *text = NULL;

  g_object_get (self->addition, "subtitle", &reason, NULL);
  text = g_strdup_printf ("%s.\n%s", reason, advice);
  show_status (self, "dialog-warning-symbolic", title, text);
  gtk_widget_set_visible (self->accept_button, TRUE);
}

static void
show_duplicate (FtAdditionPane *self)
{
  guint n = ft_addition_count_new_trackers (self->addition);
  g_autofree char *name = ft_addition_dup_title (self->addition);
  g_autofree char *title = g_strdup_printf (_("“%s” is in the list already"), name);
  g_autofree char *text = NULL;
  g_autofree char *label = NULL;

  if (n > 0)
    text = g_strdup_printf (ngettext ("It names %u tracker that is new. Add it?",
                                      "It names %u trackers that are new. Add them?", n), n);
  else
    text = g_strdup (_("It names no tracker that is new."));
  label = g_strdup_printf (ngettext ("_Add %u Tracker", "_Add %u Trackers", n), n);
  show_status (self, "information-symbolic", title, text);
  gtk_button_set_label (self->merge_button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->merge_button), n > 0);
  gtk_widget_set_visible (self->show_button, TRUE);
}

/* What is in its place changes while a person waits for it; what was typed stays, with the place of the cursor. */
static void
fill_name (FtAdditionPane *self)
{
  const char *shown = gtk_editable_get_text (self->name_row);
  g_autofree char *name = ft_addition_dup_title (self->addition);

  if (self->filled_name != NULL && !g_str_equal (shown, self->filled_name))
    return;
  if (!g_str_equal (shown, name))
    gtk_editable_set_text (self->name_row, name);
  g_free (self->filled_name);
  self->filled_name = g_steal_pointer (&name);
}

/* How it stands with what cannot be chosen yet. */
static void
update_details (FtAdditionPane *self)
{
  gboolean waits = ft_addition_get_state (self->addition) == FT_ADDITION_READY
                   && !ft_addition_has_files (self->addition);
  double progress = ft_addition_get_details_progress (self->addition);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->details_box, waits);
  gtk_spinner_set_spinning (self->details_spinner, waits);
  if (!waits)
    return;
  g_object_get (self->addition, "subtitle", &text, NULL);
  gtk_label_set_text (self->details_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->details_spinner), progress < 0);
  gtk_widget_set_visible (GTK_WIDGET (self->details_bar), progress >= 0);
  gtk_progress_bar_set_fraction (self->details_bar, CLAMP (progress, 0, 1));
  /* Of several each can be taken out of their list. */
  gtk_widget_set_visible (self->discard_button, !self->one_of_many && ft_addition_is_prepared (self->addition));
}

static void
show_choices (FtAdditionPane *self)
{
  const char *folder = ft_addition_get_folder (self->addition);

  self->filling = TRUE;
  fill_name (self);
  ft_folder_row_set_folder (self->folder_row, folder);
  self->filling = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->folder_row), self->one_of_many);
  gtk_widget_set_visible (GTK_WIDGET (self->space_row), self->one_of_many && folder != NULL);
  ft_space_row_set_required (self->space_row, ft_addition_get_wanted_size (self->addition));
  g_object_set (self->file_view, "tree", ft_addition_get_tree (self->addition), NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->file_view), ft_addition_has_files (self->addition));
  update_details (self);
  show_page (self, "choices");
}

static void
update (FtAdditionPane *self)
{
  switch (ft_addition_get_state (self->addition))
    {
    case FT_ADDITION_READY:
      show_choices (self);
      break;
    case FT_ADDITION_DUPLICATE:
      show_duplicate (self);
      break;
    case FT_ADDITION_FAILED:
      if (ft_addition_is_unusual (self->addition))
        show_question (self);
      else
        show_failure (self);
      break;
    case FT_ADDITION_WAITING:
    case FT_ADDITION_LOADING:
    default:
      show_page (self, "loading");
    }
}

static void
wanted_size_changed_cb (FtAdditionPane *self)
{
  ft_space_row_set_required (self->space_row, ft_addition_get_wanted_size (self->addition));
}

static void
forget_addition (FtAdditionPane *self)
{
  if (self->addition != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->addition, update, self);
      g_signal_handlers_disconnect_by_func (self->addition, wanted_size_changed_cb, self);
      g_signal_handlers_disconnect_by_func (self->addition, update_details, self);
    }
  g_clear_object (&self->addition);
  g_clear_pointer (&self->filled_name, g_free);
}

static void
ft_addition_pane_dispose (GObject *object)
{
  forget_addition (FT_ADDITION_PANE (object));

  G_OBJECT_CLASS (ft_addition_pane_parent_class)->dispose (object);
}

static void
ft_addition_pane_class_init (FtAdditionPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_addition_pane_dispose;

  signals[SIGNAL_MERGE] = g_signal_new ("merge", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, FT_TYPE_ADDITION);
  signals[SIGNAL_DISCARD] = g_signal_new ("discard", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, FT_TYPE_ADDITION);
  signals[SIGNAL_ACCEPT] = g_signal_new ("accept", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, FT_TYPE_ADDITION);
  signals[SIGNAL_SHOW] = g_signal_new ("show-existing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, FT_TYPE_ADDITION);

  /* Named in the template. */
  g_type_ensure (FT_TYPE_FILE_VIEW);
  g_type_ensure (FT_TYPE_FOLDER_ROW);
  g_type_ensure (FT_TYPE_SPACE_ROW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-addition-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, stack);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, status_page);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, merge_button);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, show_button);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, accept_button);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, name_row);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, folder_row);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, space_row);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, details_box);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, details_spinner);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, details_label);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, details_bar);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, discard_button);
  gtk_widget_class_bind_template_child (widget_class, FtAdditionPane, file_view);
  gtk_widget_class_bind_template_callback (widget_class, merge_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_bind_template_callback (widget_class, discard_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, folder_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, folder_checked_cb);
}

static void
ft_addition_pane_init (FtAdditionPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_addition_pane_set_settings (FtAdditionPane *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_ADDITION_PANE (self));
  g_return_if_fail (G_IS_SETTINGS (settings));

  ft_folder_row_set_settings (self->folder_row, settings);
}

void
ft_addition_pane_show (FtAdditionPane *self, FtAddition *addition, gboolean one_of_many)
{
  g_return_if_fail (FT_IS_ADDITION_PANE (self));
  g_return_if_fail (addition == NULL || FT_IS_ADDITION (addition));

  if (addition == self->addition && one_of_many == self->one_of_many)
    return;
  forget_addition (self);
  self->one_of_many = one_of_many;
  if (addition == NULL)
    return;
  self->addition = g_object_ref (addition);
  g_signal_connect_object (addition, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (addition, "notify::wanted-size", G_CALLBACK (wanted_size_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (addition, "notify::subtitle", G_CALLBACK (update_details), self, G_CONNECT_SWAPPED);
  update (self);
}
