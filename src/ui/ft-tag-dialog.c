/* ft-tag-dialog.c: a tag that is made or edited.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tag-dialog.h"

#include "ft-folder-chooser.h"
#include "ft-recent-folders.h"

#include <glib/gi18n-lib.h>

struct _FtTagDialog
{
  AdwWindow parent_instance;

  FtTags *tags;
  FtTag *tag; /* (nullable): the one that is edited */
  char *folder;
  GtkToggleButton *own_color; /* of a colour that is not in the palette; hidden until there is one */

  AdwWindowTitle *window_title;
  GtkWidget *apply_button;
  AdwEntryRow *name_row;
  GtkLabel *name_problem;
  GtkFlowBox *palette;
  AdwActionRow *folder_row;
  GtkWidget *folder_button;
  GtkWidget *clear_folder_button;
  AdwComboRow *start_row;
  GtkSwitch *down_enabled, *up_enabled;
  GtkSpinButton *down, *up;
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtTagDialog, ft_tag_dialog, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

/* Colours. */

static char *
format_color (const GdkRGBA *rgba)
{
  return g_strdup_printf ("#%02x%02x%02x", (guint) (rgba->red * 255 + 0.5f), (guint) (rgba->green * 255 + 0.5f),
                          (guint) (rgba->blue * 255 + 0.5f));
}

/* The button shows the colour, which the type of tags has checked, and a tick if it is chosen. */
static void
paint_button (GtkWidget *button, const char *color)
{
  g_autoptr (FtTag) sample = ft_tag_new ("sample", color);
  g_autofree char *css = g_strdup_printf ("* { background: %s; color: %s; }", ft_tag_get_color (sample),
                                          ft_tag_get_text_color (sample));
  GtkCssProvider *provider = g_object_get_data (G_OBJECT (button), "provider");

  if (provider == NULL)
    {
      provider = gtk_css_provider_new ();
      g_object_set_data_full (G_OBJECT (button), "provider", provider, g_object_unref);
      gtk_style_context_add_provider (gtk_widget_get_style_context (button), GTK_STYLE_PROVIDER (provider),
                                      GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
    }
  gtk_css_provider_load_from_data (provider, css, -1);
  g_object_set_data_full (G_OBJECT (button), "color", g_strdup (ft_tag_get_color (sample)), g_free);
}

/* The button in it has the focus. */
static void
add_to_palette (FtTagDialog *self, GtkWidget *widget)
{
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), widget);
  gtk_flow_box_append (self->palette, child);
  g_object_bind_property (widget, "visible", child, "visible", G_BINDING_SYNC_CREATE);
}

/* @name: for who does not see it */
static GtkToggleButton *
add_color (FtTagDialog *self, const char *color, const char *name)
{
  GtkWidget *button = gtk_toggle_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (button), "object-select-symbolic");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "tag-color");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  paint_button (button, color);
  if (self->own_color != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), self->own_color);
  add_to_palette (self, button);
  return GTK_TOGGLE_BUTTON (button);
}

static void
choose_own_color (FtTagDialog *self, const char *color)
{
  paint_button (GTK_WIDGET (self->own_color), color);
  gtk_widget_set_visible (GTK_WIDGET (self->own_color), TRUE);
  gtk_toggle_button_set_active (self->own_color, TRUE);
}

static void
color_set_cb (FtTagDialog *self, GtkColorChooser *chooser)
{
  g_autofree char *color = NULL;
  GdkRGBA rgba;

  gtk_color_chooser_get_rgba (chooser, &rgba);
  color = format_color (&rgba);
  choose_own_color (self, color);
}

static void
add_chooser (FtTagDialog *self, const char *current)
{
  GdkRGBA rgba = { 0.5f, 0.5f, 0.5f, 1 };
  GtkWidget *button;

  gdk_rgba_parse (&rgba, current);
  button = gtk_color_button_new_with_rgba (&rgba);
  gtk_color_chooser_set_use_alpha (GTK_COLOR_CHOOSER (button), FALSE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("Choose Another Colour"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose another colour"),
                                  -1);
  g_signal_connect_object (button, "color-set", G_CALLBACK (color_set_cb), self, G_CONNECT_SWAPPED);
  add_to_palette (self, button);
}

static void
fill_palette (FtTagDialog *self, const char *current)
{
  const char *const *colors = ft_tag_get_palette ();

  self->own_color = add_color (self, current, _("Another colour"));
  for (guint i = 0; colors[i] != NULL; i++)
    {
      /* Translators: one of the colours to choose from */
      g_autofree char *name = g_strdup_printf (_("Colour %u, %s"), i + 1, colors[i]);
      GtkToggleButton *button = add_color (self, colors[i], name);

      if (g_str_equal (colors[i], current))
        gtk_toggle_button_set_active (button, TRUE);
    }
  if (g_strv_contains (colors, current))
    gtk_widget_set_visible (GTK_WIDGET (self->own_color), FALSE);
  else
    choose_own_color (self, current);
  add_chooser (self, current);
}

/* Returns: (transfer none) (nullable): NULL if it was switched off by a second press */
static const char *
get_color (FtTagDialog *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->palette)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *button = gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child));

      if (GTK_IS_TOGGLE_BUTTON (button) && gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)))
        return g_object_get_data (G_OBJECT (button), "color");
    }
  return NULL;
}

/* The folder. */

static void
show_folder (FtTagDialog *self)
{
  g_autofree char *name = *self->folder != '\0' ? ft_folder_dup_display_path (self->folder) : g_strdup (_("As for any torrent"));

  adw_action_row_set_subtitle (self->folder_row, name);
  gtk_widget_set_visible (self->clear_folder_button, *self->folder != '\0');
}

/* Takes @folder. */
static void
set_folder (FtTagDialog *self, char *folder)
{
  g_free (self->folder);
  self->folder = folder;
  show_folder (self);
}

static void
clear_folder_cb (FtTagDialog *self)
{
  gtk_widget_grab_focus (self->folder_button);
  set_folder (self, g_strdup (""));
}

static void
show_problem (FtTagDialog *self, const char *text)
{
  gtk_label_set_text (self->name_problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->name_problem), text != NULL);
}

static void
folder_chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtTagDialog *self = FT_TAG_DIALOG (object);
  g_autoptr (GError) error = NULL;
  char *path = ft_folder_chooser_finish (GTK_WINDOW (object), result, &error);

  if (path != NULL)
    set_folder (self, path);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_action_row_set_subtitle (self->folder_row, error->message);
}

static void
choose_folder_cb (FtTagDialog *self)
{
  ft_folder_chooser_open (GTK_WINDOW (self), _("Folder of the Tag"), *self->folder != '\0' ? self->folder : NULL,
                          folder_chosen_cb, NULL);
}

/* The name. */

/* While nothing has been typed there is nothing to complain of. */
static void
name_changed_cb (FtTagDialog *self)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name_row));
  g_autoptr (GError) error = NULL;
  gboolean fits = ft_tags_check_name (self->tags, name, self->tag, &error);

  gtk_widget_set_sensitive (self->apply_button, fits);
  show_problem (self, fits || *name == '\0' ? NULL : error->message);
}

/* Saving. */

static guint
get_limit (GtkSwitch *enabled, GtkSpinButton *button)
{
  return gtk_switch_get_active (enabled) ? (guint) gtk_spin_button_get_value_as_int (button) : 0;
}

static FtTag *
make_draft (FtTagDialog *self)
{
  const char *color = get_color (self);
  FtTag *draft = ft_tag_new (gtk_editable_get_text (GTK_EDITABLE (self->name_row)),
                             color != NULL || self->tag == NULL ? color : ft_tag_get_color (self->tag));

  g_object_set (draft, "folder", self->folder, "limit-down", get_limit (self->down_enabled, self->down), "limit-up",
                get_limit (self->up_enabled, self->up), "start",
                (FtTagStart) adw_combo_row_get_selected (self->start_row), NULL);
  return draft;
}

static void
apply_cb (FtTagDialog *self)
{
  g_autoptr (FtTagDialog) kept = g_object_ref (self);
  g_autoptr (FtTag) draft = NULL;
  g_autoptr (GError) error = NULL;
  FtTag *saved;

  /* What is being typed counts. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  draft = make_draft (self);
  if (self->tag == NULL)
    saved = ft_tags_add (self->tags, draft, &error);
  else
    saved = ft_tags_edit (self->tags, self->tag, draft, &error) ? self->tag : NULL;
  if (saved == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_SAVED], 0, saved);
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_limit (GtkSwitch *enabled, GtkSpinButton *button, guint limit)
{
  gtk_switch_set_active (enabled, limit > 0);
  gtk_spin_button_set_value (button, limit > 0 ? limit : 1000);
}

/* @tag: (nullable) */
static void
show_tag (FtTagDialog *self, FtTag *tag)
{
  fill_palette (self, tag != NULL ? ft_tag_get_color (tag) : ft_tags_get_next_color (self->tags));
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), tag != NULL ? ft_tag_get_name (tag) : "");
  set_folder (self, g_strdup (tag != NULL ? ft_tag_get_folder (tag) : ""));
  adw_combo_row_set_selected (self->start_row, tag != NULL ? ft_tag_get_start (tag) : FT_TAG_START_DEFAULT);
  show_limit (self->down_enabled, self->down, tag != NULL ? ft_tag_get_limit_down (tag) : 0);
  show_limit (self->up_enabled, self->up, tag != NULL ? ft_tag_get_limit_up (tag) : 0);
  name_changed_cb (self);
}

static void
ft_tag_dialog_dispose (GObject *object)
{
  FtTagDialog *self = FT_TAG_DIALOG (object);

  g_clear_object (&self->tags);
  g_clear_object (&self->tag);

  G_OBJECT_CLASS (ft_tag_dialog_parent_class)->dispose (object);
}

static void
ft_tag_dialog_finalize (GObject *object)
{
  g_free (FT_TAG_DIALOG (object)->folder);

  G_OBJECT_CLASS (ft_tag_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-tag-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, apply_button);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, name_problem);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, palette);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, folder_button);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, clear_folder_button);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, start_row);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, down_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, up_enabled);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, down);
  gtk_widget_class_bind_template_child (widget_class, FtTagDialog, up);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_folder_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_folder_cb);
}

static void
ft_tag_dialog_class_init (FtTagDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ft_tag_dialog_dispose;
  object_class->finalize = ft_tag_dialog_finalize;

  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, FT_TYPE_TAG);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
ft_tag_dialog_init (FtTagDialog *self)
{
  self->folder = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtTagDialog *
ft_tag_dialog_new (GtkWindow *parent, FtTags *tags, FtTag *tag)
{
  const char *title = tag != NULL ? _("Edit Tag") : _("New Tag");
  FtTagDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (FT_IS_TAGS (tags), NULL);
  g_return_val_if_fail (tag == NULL || FT_IS_TAG (tag), NULL);

  self = g_object_new (FT_TYPE_TAG_DIALOG, "transient-for", parent, "title", title, NULL);
  self->tags = g_object_ref (tags);
  g_set_object (&self->tag, tag);
  adw_window_title_set_title (self->window_title, title);
  show_tag (self, tag);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
  return self;
}
