/* ft-preferences-network.c: the page about port, interface and connections.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences-network.h"

#include "bt-text.h"
#include "ft-config.h"
#include "ft-interfaces.h"
#include "ft-port-test.h"
#include "ft-setting-rows.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Of those that no service claims and that programs get for outgoing connections on no common system. */
#define RANDOM_PORT_MIN 16384
#define RANDOM_PORT_MAX 32767

struct _FtPreferencesNetwork
{
  AdwPreferencesPage parent_instance;

  GSettings *settings;
  FtSession *session;
  GCancellable *test_cancellable; /* (nullable): while a test runs */
  GPtrArray *interface_names;     /* of char*, parallel to the rows to choose from; "" is any */
  gboolean updating;              /* the rows are being made: nobody chooses */

  AdwComboRow *interface_row;
  AdwActionRow *test_row;
  GtkWidget *test_button;
  AdwActionRow *mapping_row;
  AdwActionRow *dht_row;
};

G_DEFINE_FINAL_TYPE (FtPreferencesNetwork, ft_preferences_network, ADW_TYPE_PREFERENCES_PAGE)

/* The switch of what is not built yet stays off, whatever the setting says, and cannot be used. */
static const char *const keys[] = {
  FT_SETTING_LISTEN_PORT,
  FT_SETTING_PORT_MAPPING,
  FT_SETTING_DHT,
  FT_SETTING_PEX,
  FT_SETTING_LSD,
  FT_SETTING_MAX_PEERS,
  FT_SETTING_MAX_PEERS_PER_TORRENT,
  NULL,
};

/* The port. */

static void
random_port_cb (FtPreferencesNetwork *self)
{
  g_settings_set_uint (self->settings, FT_SETTING_LISTEN_PORT,
                       (guint) g_random_int_range (RANDOM_PORT_MIN, RANDOM_PORT_MAX + 1));
}

static void
end_test (FtPreferencesNetwork *self)
{
  if (self->test_cancellable != NULL)
    g_cancellable_cancel (self->test_cancellable);
  g_clear_object (&self->test_cancellable);
}

static void
tested_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtPreferencesNetwork) self = user_data;
  g_autofree char *text = ft_port_test_finish (FT_SESSION (object), result, NULL);

  if (text == NULL)
    return;
  g_clear_object (&self->test_cancellable);
  adw_action_row_set_subtitle (self->test_row, text);
  gtk_widget_set_sensitive (self->test_button, TRUE);
}

static void
test_port_cb (FtPreferencesNetwork *self)
{
  end_test (self);
  self->test_cancellable = g_cancellable_new ();
  gtk_widget_set_sensitive (self->test_button, FALSE);
  ft_port_test_async (self->session, self->settings, self->test_cancellable, tested_cb, g_object_ref (self));
}

/* What was found does not hold any more. */
static void
forget_test (FtPreferencesNetwork *self)
{
  end_test (self);
  adw_action_row_set_subtitle (self->test_row, NULL);
  gtk_widget_set_sensitive (self->test_button, TRUE);
}

/* The interface. */

/* @address: (nullable) */
static void
add_interface (FtPreferencesNetwork *self, GtkStringList *rows, const char *name, const char *address)
{
  g_autofree char *safe = bt_text_for_display (name, strlen (name), 64);
  g_autofree char *text = address != NULL ? g_strdup_printf ("%s (%s)", safe, address) : g_strdup (safe);

  gtk_string_list_append (rows, text);
  g_ptr_array_add (self->interface_names, g_strdup (name));
}

static guint
find_interface (FtPreferencesNetwork *self, const char *name)
{
  guint index;

  return g_ptr_array_find_with_equal_func (self->interface_names, name, g_str_equal, &index) ? index
                                                                                             : GTK_INVALID_LIST_POSITION;
}

static GtkStringList *
make_interface_rows (FtPreferencesNetwork *self, const char *chosen)
{
  g_autoptr (GPtrArray) interfaces = ft_interfaces_list ();
  GtkStringList *rows = gtk_string_list_new (NULL);

  g_ptr_array_set_size (self->interface_names, 0);
  gtk_string_list_append (rows, _("Any"));
  g_ptr_array_add (self->interface_names, g_strdup (""));
  for (guint i = 0; i < interfaces->len; i++)
    {
      const FtInterface *interface = interfaces->pdata[i];

      if (!interface->is_loopback || g_str_equal (interface->name, chosen))
        add_interface (self, rows, interface->name,
                       interface->addresses->len > 0 ? interface->addresses->pdata[0] : _("no address"));
    }
  if (find_interface (self, chosen) == GTK_INVALID_LIST_POSITION)
    /* Translators: a network interface */
    add_interface (self, rows, chosen, C_("interface", "not there now"));
  return rows;
}

static void
update_interfaces (FtPreferencesNetwork *self)
{
  g_autofree char *chosen = g_settings_get_string (self->settings, FT_SETTING_BIND_INTERFACE);
  g_autoptr (GtkStringList) rows = make_interface_rows (self, chosen);

  self->updating = TRUE;
  adw_combo_row_set_model (self->interface_row, G_LIST_MODEL (rows));
  adw_combo_row_set_selected (self->interface_row, find_interface (self, chosen));
  self->updating = FALSE;
}

static void
interface_selected_cb (FtPreferencesNetwork *self)
{
  guint selected = adw_combo_row_get_selected (self->interface_row);

  if (!self->updating && selected < self->interface_names->len)
    g_settings_set_string (self->settings, FT_SETTING_BIND_INTERFACE, self->interface_names->pdata[selected]);
}

static void
setting_changed_cb (FtPreferencesNetwork *self, const char *key)
{
  if (g_str_equal (key, FT_SETTING_LISTEN_PORT))
    forget_test (self);
  else if (g_str_equal (key, FT_SETTING_BIND_INTERFACE))
    {
      forget_test (self);
      update_interfaces (self);
    }
}

static void
ft_preferences_network_dispose (GObject *object)
{
  FtPreferencesNetwork *self = FT_PREFERENCES_NETWORK (object);

  end_test (self);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->interface_names, g_ptr_array_unref);

  G_OBJECT_CLASS (ft_preferences_network_parent_class)->dispose (object);
}

static void
ft_preferences_network_class_init (FtPreferencesNetworkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_preferences_network_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences-network.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesNetwork, interface_row);
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesNetwork, test_row);
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesNetwork, test_button);
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesNetwork, mapping_row);
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesNetwork, dht_row);
  gtk_widget_class_bind_template_callback (widget_class, random_port_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_port_cb);
  ft_setting_rows_install (widget_class, keys);
}

static void
ft_preferences_network_init (FtPreferencesNetwork *self)
{
  self->interface_names = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_preferences_network_bind (FtPreferencesNetwork *self, GSettings *settings, FtSession *session)
{
  FtNetwork *network;

  g_return_if_fail (FT_IS_PREFERENCES_NETWORK (self));
  g_return_if_fail (FT_IS_SESSION (session));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  self->session = g_object_ref (session);
  network = ft_session_get_network (session);
  ft_setting_rows_bind (GTK_WIDGET (self), FT_TYPE_PREFERENCES_NETWORK, keys, settings);
  g_signal_connect_object (settings, "changed", G_CALLBACK (setting_changed_cb), self, G_CONNECT_SWAPPED);
  g_object_bind_property (network, "router-text", self->mapping_row, "subtitle", G_BINDING_SYNC_CREATE);
  g_object_bind_property (network, "dht-text", self->dht_row, "subtitle", G_BINDING_SYNC_CREATE);
  update_interfaces (self);
  g_signal_connect_object (self->interface_row, "notify::selected", G_CALLBACK (interface_selected_cb), self,
                           G_CONNECT_SWAPPED);
  /* Interfaces come and go while nobody looks. */
  g_signal_connect_object (self, "map", G_CALLBACK (update_interfaces), self, G_CONNECT_SWAPPED);
}
