/* ft-fetch-bar.c: says that a .torrent file is being fetched from a server, and lets it be called off.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fetch-bar.h"

#include <glib/gi18n-lib.h>

#define DELAY_MS 500

struct _FtFetchBar
{
  AdwBin parent_instance;

  FtAdder *adder; /* (nullable) */
  guint show_id;  /* shows it soon; 0: need not */

  GtkRevealer *revealer;
  GtkSpinner *spinner;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (FtFetchBar, ft_fetch_bar, ADW_TYPE_BIN)

/* Returns: (transfer full) (nullable) */
static FtAddition *
dup_fetching (FtFetchBar *self)
{
  FtAddition *addition = NULL;

  if (self->adder != NULL)
    g_object_get (self->adder, "fetching", &addition, NULL);
  return addition;
}

/* Not only unrevealed: a screen reader would still find it. */
static void
show (FtFetchBar *self, gboolean shown)
{
  gtk_widget_set_visible (GTK_WIDGET (self), shown);
  gtk_revealer_set_reveal_child (self->revealer, shown);
  gtk_spinner_set_spinning (self->spinner, shown);
}

static gboolean
show_cb (gpointer user_data)
{
  FtFetchBar *self = user_data;

  self->show_id = 0;
  show (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
fetching_changed_cb (FtFetchBar *self)
{
  g_autoptr (FtAddition) addition = dup_fetching (self);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (addition == NULL)
    {
      g_clear_handle_id (&self->show_id, g_source_remove);
      show (self, FALSE);
      return;
    }
  name = ft_addition_dup_title (addition);
  /* Translators: %s is the name of a file on a web server. */
  text = g_strdup_printf (_("Fetching “%s”…"), name);
  gtk_label_set_text (self->label, text);
  if (self->show_id == 0)
    self->show_id = g_timeout_add (DELAY_MS, show_cb, self);
}

static void
cancel_cb (FtFetchBar *self)
{
  g_autoptr (FtAddition) addition = dup_fetching (self);

  if (addition != NULL)
    ft_addition_stop_loading (addition);
}

static void
ft_fetch_bar_dispose (GObject *object)
{
  FtFetchBar *self = FT_FETCH_BAR (object);

  g_clear_handle_id (&self->show_id, g_source_remove);
  g_clear_object (&self->adder);

  G_OBJECT_CLASS (ft_fetch_bar_parent_class)->dispose (object);
}

static void
ft_fetch_bar_class_init (FtFetchBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_fetch_bar_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-fetch-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FtFetchBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, FtFetchBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, FtFetchBar, label);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  /* Spoken when it appears. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
ft_fetch_bar_init (FtFetchBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_fetch_bar_set_adder (FtFetchBar *self, FtAdder *adder)
{
  g_return_if_fail (FT_IS_FETCH_BAR (self));
  g_return_if_fail (FT_IS_ADDER (adder));
  g_return_if_fail (self->adder == NULL);

  self->adder = g_object_ref (adder);
  g_signal_connect_object (adder, "notify::fetching", G_CALLBACK (fetching_changed_cb), self, G_CONNECT_SWAPPED);
  fetching_changed_cb (self);
}
