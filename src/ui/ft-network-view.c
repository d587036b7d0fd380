/* ft-network-view.c: how we are connected to others, in sentences.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-network-view.h"

#include "ft-fact.h"

struct _FtNetworkView
{
  AdwBin parent_instance;

  FtFact *port_fact;
  FtFact *router_fact;
  FtFact *dht_fact;
  FtFact *address_fact;
};

G_DEFINE_FINAL_TYPE (FtNetworkView, ft_network_view, ADW_TYPE_BIN)

/* Only items of menus close what they are in. */
static void
left_cb (FtNetworkView *self)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_POPOVER);

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
}

static void
ft_network_view_class_init (FtNetworkViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (FT_TYPE_FACT); /* named in the template */
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-network-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FtNetworkView, port_fact);
  gtk_widget_class_bind_template_child (widget_class, FtNetworkView, router_fact);
  gtk_widget_class_bind_template_child (widget_class, FtNetworkView, dht_fact);
  gtk_widget_class_bind_template_child (widget_class, FtNetworkView, address_fact);
  gtk_widget_class_bind_template_callback (widget_class, left_cb);
}

static void
ft_network_view_init (FtNetworkView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_network_view_set_network (FtNetworkView *self, FtNetwork *network)
{
  const struct
  {
    const char *property;
    FtFact *fact;
  } facts[] = {
    { "port-text", self->port_fact },
    { "router-text", self->router_fact },
    { "dht-text", self->dht_fact },
    { "address-text", self->address_fact },
  };

  g_return_if_fail (FT_IS_NETWORK_VIEW (self));
  g_return_if_fail (FT_IS_NETWORK (network));

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    g_object_bind_property (network, facts[i].property, facts[i].fact, "value", G_BINDING_SYNC_CREATE);
}
