/* ft-prompt.c: asks for one text, and does not take what is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-prompt.h"

#include <glib/gi18n-lib.h>

struct _FtPrompt
{
  AdwMessageDialog parent_instance;

  FtPromptCheck check;
  gpointer data;
  GDestroyNotify free_data;
  gboolean several_lines;

  GtkEntry *entry;
  GtkWidget *text_frame;
  GtkTextView *text_view;
  GtkLabel *error_label;
};

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtPrompt, ft_prompt, ADW_TYPE_MESSAGE_DIALOG)

static guint signals[N_SIGNALS];

static char *
dup_text (FtPrompt *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter start, end;

  if (!self->several_lines)
    return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
changed_cb (FtPrompt *self)
{
  g_autofree char *text = dup_text (self);
  g_autofree char *error = self->check != NULL ? self->check (text, self->data) : NULL;

  gtk_label_set_label (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL && *error != '\0');
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "accept", error == NULL);
  if (error != NULL && *error != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static void
ft_prompt_response (AdwMessageDialog *dialog, const char *response)
{
  FtPrompt *self = FT_PROMPT (dialog);
  g_autofree char *text = dup_text (self);
  g_autofree char *error = self->check != NULL ? self->check (text, self->data) : NULL;

  if (g_str_equal (response, "accept") && error == NULL)
    g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0, text);
}

static void
ft_prompt_finalize (GObject *object)
{
  FtPrompt *self = FT_PROMPT (object);

  if (self->free_data != NULL)
    self->free_data (self->data);

  G_OBJECT_CLASS (ft_prompt_parent_class)->finalize (object);
}

static void
ft_prompt_class_init (FtPromptClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ft_prompt_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = ft_prompt_response;

  signals[SIGNAL_ACCEPTED] = g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-prompt.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPrompt, entry);
  gtk_widget_class_bind_template_child (widget_class, FtPrompt, text_frame);
  gtk_widget_class_bind_template_child (widget_class, FtPrompt, text_view);
  gtk_widget_class_bind_template_child (widget_class, FtPrompt, error_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
ft_prompt_init (FtPrompt *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtPrompt *
ft_prompt_new (GtkWidget *parent, const char *heading, const char *body, const char *accept, gboolean several_lines)
{
  GtkRoot *root = parent != NULL ? gtk_widget_get_root (parent) : NULL;
  FtPrompt *self = g_object_new (FT_TYPE_PROMPT, "transient-for", root, "heading", heading, "body",
                                 body != NULL ? body : "", NULL);
  GtkWidget *field = several_lines ? GTK_WIDGET (self->text_view) : GTK_WIDGET (self->entry);

  self->several_lines = several_lines;
  adw_message_dialog_set_response_label (ADW_MESSAGE_DIALOG (self), "accept", accept);
  gtk_widget_set_visible (GTK_WIDGET (self->entry), !several_lines);
  gtk_widget_set_visible (self->text_frame, several_lines);
  gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_LABEL, heading, -1);
  gtk_window_set_focus (GTK_WINDOW (self), field);
  return self;
}

void
ft_prompt_set_text (FtPrompt *self, const char *text)
{
  g_return_if_fail (FT_IS_PROMPT (self));

  if (self->several_lines)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text_view), text, -1);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  changed_cb (self);
}

void
ft_prompt_set_check (FtPrompt *self, FtPromptCheck check, gpointer data, GDestroyNotify free_data)
{
  g_return_if_fail (FT_IS_PROMPT (self));
  g_return_if_fail (self->check == NULL);

  self->check = check;
  self->data = data;
  self->free_data = free_data;
  changed_cb (self);
}
