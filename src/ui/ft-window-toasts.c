/* ft-window-toasts.c: what went wrong, in a line, with more to read for who wants it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "bt-text.h"
#include "ft-describe.h"
#include "ft-toast.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_TITLE_BYTES 512

/* A toast reads its title as markup, and strangers chose parts of it. */
AdwToast *
ft_window_make_toast (const char *text)
{
  g_autofree char *safe = bt_text_for_display (text, strlen (text), MAX_TITLE_BYTES);
  g_autofree char *markup = g_markup_escape_text (safe, -1);

  return adw_toast_new (markup);
}

static void
show_failure_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *title, *details;
  GtkWidget *dialog;

  g_variant_get (parameter, "(&s&s)", &title, &details);
  /* Neither is markup: heading and body of this dialog are text. */
  dialog = adw_message_dialog_new (GTK_WINDOW (widget), title, details);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ft_window_install_toasts (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.show-failure", "(ss)", show_failure_action);
}

void
ft_window_show_toast (FtWindow *self, const char *text)
{
  adw_toast_overlay_add_toast (self->toast_overlay, ft_window_make_toast (text));
}

void
ft_window_show_error (FtWindow *self, const GError *error)
{
  g_autofree char *text = ft_describe_error (error);

  ft_window_show_toast (self, text);
}

void
ft_window_show_failure (FtWindow *self, const char *title, const char *details)
{
  g_autofree char *safe_title = bt_text_for_display (title, strlen (title), MAX_TITLE_BYTES);
  g_autofree char *safe_details = bt_text_for_display (details, strlen (details), G_MAXUINT16);
  AdwToast *toast = ft_window_make_toast (title);

  ft_toast_offer (toast, _("_Details"));
  adw_toast_set_action_name (toast, "win.show-failure");
  adw_toast_set_action_target_value (toast, g_variant_new ("(ss)", safe_title, safe_details));
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

void
ft_window_show_problem (FtWindow *self, const char *title, const GError *error)
{
  g_autofree char *details = NULL;

  g_return_if_fail (FT_IS_WINDOW (self));

  details = ft_describe_error (error);
  ft_window_show_failure (self, title, details);
}

void
ft_window_show_offer (FtWindow *self, const char *text, const char *label, const char *action_name,
                      GVariant *target)
{
  AdwToast *toast = ft_window_make_toast (text);

  ft_toast_offer (toast, label);
  adw_toast_set_action_name (toast, action_name);
  adw_toast_set_action_target_value (toast, target);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}
