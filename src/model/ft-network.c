/* ft-network.c: how the engine is connected to the rest of the world, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-network.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

enum
{
  PROP_0,
  PROP_PORT,
  PROP_INCOMING_SEEN,
  PROP_REACH,
  /* Texts. */
  PROP_REACH_TEXT,
  PROP_PORT_TEXT,
  PROP_ROUTER_TEXT,
  PROP_DHT_TEXT,
  PROP_ADDRESS_TEXT,
  N_PROPS
};

struct _FtNetwork
{
  GObject parent_instance;

  guint port;
  gboolean incoming_seen;
  FtReach reach;
  char *texts[N_PROPS]; /* by their properties */
};

G_DEFINE_ENUM_TYPE (FtReach, ft_reach,
                    G_DEFINE_ENUM_VALUE (FT_REACH_CLOSED, "closed"),
                    G_DEFINE_ENUM_VALUE (FT_REACH_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (FT_REACH_OPEN, "open"))

G_DEFINE_FINAL_TYPE (FtNetwork, ft_network, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
notify (FtNetwork *self, guint prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

/* Takes @text. */
static void
take_text (FtNetwork *self, guint prop_id, char *text)
{
  g_autofree char *old = self->texts[prop_id];

  self->texts[prop_id] = text;
  if (g_strcmp0 (old, text) != 0)
    notify (self, prop_id);
}

static gboolean
is_mapped (const BtUpdate *update, BtMappingState state)
{
  for (guint i = 0; i < BT_N_MAPPERS; i++)
    if (i != BT_MAPPER_PCP6 && update->mappings[i].state == state)
      return TRUE;
  return FALSE;
}

static FtReach
judge_reach (const BtUpdate *update)
{
  if (update->listen_port == 0)
    return FT_REACH_CLOSED;
  return update->incoming_seen || is_mapped (update, BT_MAPPING_MAPPED) ? FT_REACH_OPEN : FT_REACH_UNKNOWN;
}

static char *
describe_reach (const BtUpdate *update)
{
  if (update->listen_port == 0)
    return g_strdup (_("Not listening"));
  if (update->incoming_seen)
    return g_strdup (_("Port open"));
  if (is_mapped (update, BT_MAPPING_MAPPED))
    /* Translators: the router passes the port on to this computer. */
    return g_strdup (_("Port forwarded"));
  if (is_mapped (update, BT_MAPPING_SECOND_NAT))
    return g_strdup (_("Behind a second NAT"));
  /* Translators: whether others reach our port: "Not reached yet" when none has tried, or none could. */
  return g_strdup (_("Not reached yet"));
}

static char *
describe_address (const BtUpdate *update)
{
  char first[BT_ENDPOINT_TEXT_SIZE];
  char second[BT_ENDPOINT_TEXT_SIZE];
  gboolean has_ipv4 = !bt_endpoint_is_unspecified (&update->external_ipv4);
  gboolean has_ipv6 = !bt_endpoint_is_unspecified (&update->external_ipv6);

  if (!has_ipv4 && !has_ipv6)
    return g_strdup ("");
  bt_endpoint_format_ip (has_ipv4 ? &update->external_ipv4 : &update->external_ipv6, first);
  if (!has_ipv4 || !has_ipv6)
    return g_strdup (first);
  bt_endpoint_format_ip (&update->external_ipv6, second);
  /* Translators: two IP addresses */
  return g_strdup_printf (_("%1$s and %2$s"), first, second);
}

static void
ft_network_finalize (GObject *object)
{
  FtNetwork *self = FT_NETWORK (object);

  for (guint i = 0; i < N_PROPS; i++)
    g_free (self->texts[i]);

  G_OBJECT_CLASS (ft_network_parent_class)->finalize (object);
}

static void
ft_network_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtNetwork *self = FT_NETWORK (object);

  switch (prop_id)
    {
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_INCOMING_SEEN:
      g_value_set_boolean (value, self->incoming_seen);
      break;
    case PROP_REACH:
      g_value_set_enum (value, self->reach);
      break;
    case PROP_REACH_TEXT:
    case PROP_PORT_TEXT:
    case PROP_ROUTER_TEXT:
    case PROP_DHT_TEXT:
    case PROP_ADDRESS_TEXT:
      g_value_set_string (value, self->texts[prop_id]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_network_class_init (FtNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_network_finalize;
  object_class->get_property = ft_network_get_property;

  properties[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, flags);
  properties[PROP_INCOMING_SEEN] = g_param_spec_boolean ("incoming-seen", NULL, NULL, FALSE, flags);
  properties[PROP_REACH] = g_param_spec_enum ("reach", NULL, NULL, FT_TYPE_REACH, FT_REACH_CLOSED, flags);
  properties[PROP_REACH_TEXT] = g_param_spec_string ("reach-text", NULL, NULL, "", flags);
  properties[PROP_PORT_TEXT] = g_param_spec_string ("port-text", NULL, NULL, "", flags);
  properties[PROP_ROUTER_TEXT] = g_param_spec_string ("router-text", NULL, NULL, "", flags);
  properties[PROP_DHT_TEXT] = g_param_spec_string ("dht-text", NULL, NULL, "", flags);
  properties[PROP_ADDRESS_TEXT] = g_param_spec_string ("address-text", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_network_init (FtNetwork *self)
{
  for (guint i = PROP_REACH_TEXT; i < N_PROPS; i++)
    self->texts[i] = g_strdup ("");
}

FtNetwork *
ft_network_new (void)
{
  return g_object_new (FT_TYPE_NETWORK, NULL);
}

static void
take_port (FtNetwork *self, guint port, gboolean incoming_seen, FtReach reach)
{
  if (port != self->port)
    notify (self, PROP_PORT);
  if (!incoming_seen != !self->incoming_seen)
    notify (self, PROP_INCOMING_SEEN);
  if (reach != self->reach)
    notify (self, PROP_REACH);
  self->port = port;
  self->incoming_seen = incoming_seen;
  self->reach = reach;
}

void
ft_network_take_update (FtNetwork *self, const BtUpdate *update)
{
  g_return_if_fail (FT_IS_NETWORK (self));
  g_return_if_fail (update != NULL);

  g_object_freeze_notify (G_OBJECT (self));
  take_port (self, update->listen_port, update->incoming_seen, judge_reach (update));
  take_text (self, PROP_REACH_TEXT, describe_reach (update));
  take_text (self, PROP_PORT_TEXT,
             ft_describe_connection (update->listen_port, update->listen_error, update->incoming_seen));
  take_text (self, PROP_ROUTER_TEXT, ft_describe_mappings (update->mappings));
  take_text (self, PROP_DHT_TEXT, ft_describe_dht (update->dht));
  take_text (self, PROP_ADDRESS_TEXT, describe_address (update));
  g_object_thaw_notify (G_OBJECT (self));
}

void
ft_network_clear (FtNetwork *self)
{
  g_return_if_fail (FT_IS_NETWORK (self));

  g_object_freeze_notify (G_OBJECT (self));
  take_port (self, 0, FALSE, FT_REACH_CLOSED);
  for (guint i = PROP_REACH_TEXT; i < N_PROPS; i++)
    take_text (self, i, g_strdup (""));
  g_object_thaw_notify (G_OBJECT (self));
}
