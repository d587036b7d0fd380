/* ft-window-tagging.c: tags of the selected torrents, by menu or by drop.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-tag-dialog.h"

/* Whether a name is a tag's, without regard to case. */
static gboolean
is_name_of (FtWindow *self, const char *name, FtTag *tag)
{
  return g_strcmp0 (name, ft_tag_get_name (tag)) == 0 || ft_tags_lookup (self->tags, name) == tag;
}

static gboolean
has_tag (FtWindow *self, FtTorrent *torrent, FtTag *tag)
{
  char **names = ft_torrent_get_status (torrent)->options->tags;

  for (guint i = 0; names[i] != NULL; i++)
    if (is_name_of (self, names[i], tag))
      return TRUE;
  return FALSE;
}

static gboolean
all_have_tag (FtWindow *self, GPtrArray *torrents, FtTag *tag)
{
  for (guint i = 0; i < torrents->len; i++)
    if (!has_tag (self, torrents->pdata[i], tag))
      return FALSE;
  return torrents->len > 0;
}

/* Its tags without @tag, and with it at the end if @on. Returns: (transfer full) */
static GStrv
change_tags (FtWindow *self, FtTorrent *torrent, FtTag *tag, gboolean on)
{
  char **names = ft_torrent_get_status (torrent)->options->tags;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++)
    if (!is_name_of (self, names[i], tag))
      g_strv_builder_add (builder, names[i]);
  if (on)
    g_strv_builder_add (builder, ft_tag_get_name (tag));
  return g_strv_builder_end (builder);
}

/* Takes @tags. */
static void
set_tags (FtWindow *self, FtTorrent *torrent, GStrv tags)
{
  g_autoptr (BtTorrentOptions) options = bt_torrent_options_new ();

  g_strfreev (options->tags);
  options->tags = tags;
  ft_session_set_options_async (self->session, ft_torrent_get_id (torrent), options, BT_OPTION_TAGS, NULL,
                                ft_window_done_cb, g_object_ref (self));
}

/* Puts it on all of them, or off if all have it. */
static void
tag_activated_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FtWindow *self = user_data;
  FtTag *tag = g_object_get_data (G_OBJECT (action), "tag");
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  gboolean on = !all_have_tag (self, torrents, tag);

  for (guint i = 0; i < torrents->len; i++)
    if (has_tag (self, torrents->pdata[i], tag) != on)
      set_tags (self, torrents->pdata[i], change_tags (self, torrents->pdata[i], tag, on));
}

static void
put_tag (FtWindow *self, GPtrArray *torrents, FtTag *tag)
{
  for (guint i = 0; i < torrents->len; i++)
    if (!has_tag (self, torrents->pdata[i], tag))
      set_tags (self, torrents->pdata[i], change_tags (self, torrents->pdata[i], tag, TRUE));
}

GPtrArray *
ft_window_dup_dragged (FtWindow *self, FtTorrent *torrent)
{
  GPtrArray *torrents = ft_window_dup_selected (self);

  if (g_ptr_array_find (torrents, torrent, NULL))
    return torrents;
  g_ptr_array_set_size (torrents, 0);
  g_ptr_array_add (torrents, g_object_ref (torrent));
  return torrents;
}

void
ft_window_tag_dropped (FtWindow *self, FtSidebarItem *item, FtTorrent *torrent)
{
  g_autoptr (GPtrArray) torrents = ft_window_dup_dragged (self, torrent);
  FtTag *tag = ft_sidebar_item_get_tag (item);

  if (tag != NULL)
    put_tag (self, torrents, tag);
  else
    for (guint i = 0; i < torrents->len; i++)
      set_tags (self, torrents->pdata[i], g_new0 (char *, 1));
}

/* A new tag, and the torrents that were selected when it was asked for get it. */

typedef struct
{
  FtWindow *window;
  GPtrArray *torrents;
} NewTag;

static void
new_tag_free (gpointer data, GClosure *closure)
{
  NewTag *new_tag = data;

  g_object_unref (new_tag->window);
  g_ptr_array_unref (new_tag->torrents);
  g_free (new_tag);
}

static void
saved_cb (FtTagDialog *dialog, FtTag *tag, gpointer user_data)
{
  NewTag *new_tag = user_data;

  put_tag (new_tag->window, new_tag->torrents, tag);
}

static void
tag_with_new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  FtTagDialog *dialog = ft_tag_dialog_new (GTK_WINDOW (self), ft_window_get_tags (self), NULL);
  NewTag *new_tag = g_new (NewTag, 1);

  new_tag->window = g_object_ref (self);
  new_tag->torrents = ft_window_dup_selected (self);
  g_signal_connect_data (dialog, "saved", G_CALLBACK (saved_cb), new_tag, new_tag_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_action (FtWindow *self, GSimpleActionGroup *group, const char *name, FtTag *tag, gboolean on)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (on));

  g_object_set_data_full (G_OBJECT (action), "tag", g_object_ref (tag), g_object_unref);
  g_signal_connect_object (action, "activate", G_CALLBACK (tag_activated_cb), self, 0);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
}

/* Labels of menus have mnemonics; names of tags have none. */
static char *
escape_mnemonics (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);

  return g_strjoinv ("__", parts);
}

void
ft_window_update_tagging (FtWindow *self)
{
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GListModel *tags = G_LIST_MODEL (self->tags);

  g_menu_remove_all (self->tags_menu);
  for (guint i = 0; i < g_list_model_get_n_items (tags); i++)
    {
      g_autoptr (FtTag) tag = g_list_model_get_item (tags, i);
      g_autofree char *label = escape_mnemonics (ft_tag_get_name (tag));
      g_autofree char *name = g_strdup_printf ("tag-%u", i);
      g_autofree char *detailed = g_strdup_printf ("tags.%s", name);

      add_action (self, group, name, tag, all_have_tag (self, torrents, tag));
      g_menu_append (self->tags_menu, label, detailed);
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "tags", G_ACTION_GROUP (group));
}

void
ft_window_install_tagging (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FtWindow, tags_menu);
  gtk_widget_class_install_action (widget_class, "win.tag-with-new", NULL, tag_with_new_action);
}
