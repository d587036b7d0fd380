/* ft-window-add.c: what is to be added: asked about first, or added at once, and what became of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-links.h"
#include "ft-toast.h"

#include <glib/gi18n-lib.h>

/* Trackers. */

static void
merged_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (ft_session_finish (FT_SESSION (object), result, &error))
    ft_window_show_toast (self, _("The trackers were added"));
  else
    ft_window_show_problem (self, _("The trackers were not added"), error);
}

static void
merge (FtWindow *self, BtTorrentId id, GPtrArray *tiers)
{
  ft_window_show_torrent (self, id);
  ft_session_add_trackers_async (self->session, id, tiers, NULL, merged_cb, g_object_ref (self));
}

static void
merge_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GVariantIter) iter = NULL;
  guint32 id;
  GStrv tier;

  g_variant_get (parameter, "(uaas)", &id, &iter);
  while (g_variant_iter_next (iter, "^as", &tier))
    g_ptr_array_add (tiers, tier);
  merge (FT_WINDOW (widget), id, tiers);
}

static GVariant *
make_merge_target (FtAddition *addition)
{
  GPtrArray *tiers = ft_addition_get_new_tiers (addition);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aas"));
  for (guint i = 0; i < tiers->len; i++)
    g_variant_builder_add (&builder, "^as", tiers->pdata[i]);
  return g_variant_new ("(uaas)", ft_addition_get_existing (addition), &builder);
}

/* What became of it. */

static void
added_cb (FtWindow *self, FtAddition *addition, BtTorrentId id)
{
  if (!ft_addition_is_quiet (addition))
    ft_window_reveal (self, id);
}

static char *
describe_existing (FtWindow *self, FtAddition *addition)
{
  FtTorrent *torrent = ft_session_lookup (self->session, ft_addition_get_existing (addition));
  guint n = ft_addition_count_new_trackers (addition);

  /* One that was added a moment ago comes with the next update. */
  if (torrent == NULL)
    return g_strdup (_("This torrent is in the list already"));
  if (n == 0)
    return g_strdup_printf (_("“%s” is in the list already"), ft_torrent_get_status (torrent)->name);
  return g_strdup_printf (ngettext ("“%s” is in the list already; %u tracker is new",
                                    "“%s” is in the list already; %u trackers are new", n),
                          ft_torrent_get_status (torrent)->name, n);
}

static void
exists_cb (FtWindow *self, FtAddition *addition)
{
  g_autofree char *text = NULL;

  if (ft_addition_is_quiet (addition))
    return;
  ft_window_show_torrent (self, ft_addition_get_existing (addition));
  text = describe_existing (self, addition);
  if (ft_addition_get_new_tiers (addition) != NULL)
    ft_window_show_offer (self, text, _("_Add Trackers"), "win.merge-trackers",
                          make_merge_target (addition));
  else
    ft_window_show_toast (self, text);
}

static void
unsettled_cb (FtWindow *self, FtAddition *addition, const GError *error)
{
  gboolean to_trash = ft_addition_get_after (addition) == FT_AFTER_ADDING_TRASH;
  g_autofree char *name = ft_addition_dup_title (addition);
  g_autofree char *title
    = to_trash ? g_strdup_printf (_("The file of “%s” could not be moved to the trash"), name)
               : g_strdup_printf (_("The file of “%s” could not be renamed"), name);

  ft_window_show_problem (self, title, error);
}

/* With and without asking. */

static void
dialog_merge_cb (FtWindow *self, FtAddition *addition)
{
  merge (self, ft_addition_get_existing (addition), ft_addition_get_new_tiers (addition));
}

static void
dialog_show_cb (FtWindow *self, FtAddition *addition)
{
  ft_window_show_torrent (self, ft_addition_get_existing (addition));
}

/* Links that nobody decided on. */

static void
discard_kept_cb (AdwToast *toast, gpointer user_data)
{
  FtSubject *subject = user_data;

  for (guint i = 0; subject->window->session != NULL && i < subject->torrents->len; i++)
    ft_addition_discard (subject->torrents->pdata[i], subject->window->session);
}

static char *
describe_kept (GPtrArray *additions)
{
  g_autofree char *title = NULL;

  if (additions->len > 1)
    return g_strdup_printf (ngettext ("%u link stays in the list: nothing is downloaded yet",
                                      "%u links stay in the list: nothing is downloaded yet", additions->len),
                            additions->len);
  title = ft_addition_dup_title (additions->pdata[0]);
  return g_strdup_printf (_("“%s” stays in the list: nothing is downloaded yet"), title);
}

static void
dialog_kept_cb (FtWindow *self, GPtrArray *additions)
{
  g_autofree char *text = describe_kept (additions);
  AdwToast *toast = ft_window_make_toast (text);

  ft_toast_offer (toast, additions->len > 1 ? _("_Remove the Links") : _("_Remove the Link"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (discard_kept_cb), ft_subject_new (self, additions),
                         ft_subject_free, 0);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

/* What comes while one dialog is open joins it. */
static void
ask (FtWindow *self, GPtrArray *additions)
{
  if (self->add_dialog == NULL)
    {
      g_set_weak_pointer (&self->add_dialog, ft_add_dialog_new (GTK_WINDOW (self), self->session,
                                                                self->settings, self->adder));
      g_signal_connect_object (self->add_dialog, "merge", G_CALLBACK (dialog_merge_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->add_dialog, "show-existing", G_CALLBACK (dialog_show_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->add_dialog, "kept", G_CALLBACK (dialog_kept_cb), self, G_CONNECT_SWAPPED);
    }
  ft_add_dialog_append (self->add_dialog, additions);
  gtk_window_present (GTK_WINDOW (self->add_dialog));
}

/* Where nobody is asked, a file that is larger than usual is asked about all the same, if a person opened it. */
static void
failed_cb (FtWindow *self, FtAddition *addition, const GError *error)
{
  g_autofree char *name = ft_addition_dup_title (addition);
  g_autofree char *title = g_strdup_printf (_("“%s” was not added"), name);
  g_autoptr (GPtrArray) again = NULL;

  if (!ft_addition_is_unusual (addition) || ft_addition_is_quiet (addition))
    {
      ft_window_show_problem (self, title, error);
      return;
    }
  again = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (again, ft_addition_new_for_file (ft_addition_get_file (addition)));
  ask (self, again);
}

static void
add_at_once (FtWindow *self, GPtrArray *additions)
{
  for (guint i = 0; i < additions->len; i++)
    {
      ft_addition_take_settings (additions->pdata[i], self->settings);
      ft_adder_add (self->adder, additions->pdata[i]);
    }
}

/* The chooser. */

static void
chooser_response_cb (FtWindow *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->file_chooser);
  g_autoptr (GPtrArray) additions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GListModel) files = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      g_ptr_array_add (additions, ft_addition_new_for_file (file));
    }
  ft_window_add (self, additions);
}

static void
add_filters (GtkFileChooser *chooser)
{
  g_autoptr (GtkFileFilter) torrents = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (torrents, _("Torrent files"));
  gtk_file_filter_add_mime_type (torrents, "application/x-bittorrent");
  gtk_file_filter_add_suffix (torrents, "torrent");
  gtk_file_chooser_add_filter (chooser, torrents);
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, all);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  if (self->file_chooser != NULL)
    return;
  self->file_chooser
    = gtk_file_chooser_native_new (_("Add Torrents"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _("_Add"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->file_chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->file_chooser), TRUE);
  add_filters (GTK_FILE_CHOOSER (self->file_chooser));
  g_signal_connect_object (self->file_chooser, "response", G_CALLBACK (chooser_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->file_chooser));
}

void
ft_window_install_add (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FtWindow, fetch_bar);
  gtk_widget_class_install_action (widget_class, "win.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "win.merge-trackers", "(uaas)", merge_action);
}

void
ft_window_set_adder (FtWindow *self, FtAdder *adder)
{
  g_return_if_fail (FT_IS_WINDOW (self));
  g_return_if_fail (FT_IS_ADDER (adder));
  g_return_if_fail (self->adder == NULL);

  self->adder = g_object_ref (adder);
  ft_fetch_bar_set_adder (self->fetch_bar, adder);
  g_signal_connect_object (adder, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adder, "exists", G_CALLBACK (exists_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adder, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adder, "unsettled", G_CALLBACK (unsettled_cb), self, G_CONNECT_SWAPPED);
}

void
ft_window_end_add (FtWindow *self)
{
  g_clear_weak_pointer (&self->add_dialog);
  g_clear_object (&self->file_chooser);
  g_clear_object (&self->adder);
  g_clear_pointer (&self->offered_link, g_free);
}

void
ft_window_add (FtWindow *self, GPtrArray *additions)
{
  if (additions->len == 0)
    return;
  if (g_settings_get_boolean (self->settings, FT_SETTING_SHOW_ADD_DIALOG))
    ask (self, additions);
  else
    add_at_once (self, additions);
}

void
ft_window_add_files (FtWindow *self, GFile **files, guint n_files)
{
  g_autoptr (GPtrArray) additions = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (FT_IS_WINDOW (self));

  for (guint i = 0; i < n_files; i++)
    g_ptr_array_add (additions, ft_addition_new_for_file (files[i]));
  ft_window_add (self, additions);
}

void
ft_window_add_file_list (FtWindow *self, GdkFileList *list)
{
  GSList *files = gdk_file_list_get_files (list);
  g_autoptr (GPtrArray) additions = g_ptr_array_new_with_free_func (g_object_unref);

  for (GSList *link = files; link != NULL; link = link->next)
    g_ptr_array_add (additions, ft_addition_new_for_file (link->data));
  g_slist_free (files);
  ft_window_add (self, additions);
}

gboolean
ft_window_add_links (FtWindow *self, const char *text)
{
  g_auto (GStrv) links = ft_links_find (text);
  g_autoptr (GPtrArray) additions = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; links[i] != NULL; i++)
    g_ptr_array_add (additions, ft_addition_new_for_link (links[i]));
  ft_window_add (self, additions);
  return additions->len > 0;
}
