/* ft-policy-banner.c: says above the list that everything is held back, and offers the way on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-policy-banner.h"

struct _FtPolicyBanner
{
  AdwBin parent_instance;

  FtPolicy *policy; /* (nullable) */
};

enum
{
  PROP_0,
  PROP_POLICY,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtPolicyBanner, ft_policy_banner, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];

/* For the template: limits that were switched on by hand or planned are no news. */
static gboolean
is_news (FtPolicyBanner *self, BtSuspend suspended, gboolean can_go_on)
{
  return suspended != BT_SUSPEND_NONE || can_go_on;
}

static void
go_on_cb (FtPolicyBanner *self)
{
  if (self->policy != NULL)
    ft_policy_go_on (self->policy);
}

static void
ft_policy_banner_dispose (GObject *object)
{
  g_clear_object (&FT_POLICY_BANNER (object)->policy);

  G_OBJECT_CLASS (ft_policy_banner_parent_class)->dispose (object);
}

static void
ft_policy_banner_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_POLICY:
      g_value_set_object (value, FT_POLICY_BANNER (object)->policy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_policy_banner_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_POLICY:
      g_set_object (&FT_POLICY_BANNER (object)->policy, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_policy_banner_class_init (FtPolicyBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ft_policy_banner_dispose;
  object_class->get_property = ft_policy_banner_get_property;
  object_class->set_property = ft_policy_banner_set_property;

  properties[PROP_POLICY] = g_param_spec_object ("policy", NULL, NULL, FT_TYPE_POLICY,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (FT_TYPE_POLICY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-policy-banner.ui");
  gtk_widget_class_bind_template_callback (widget_class, is_news);
  gtk_widget_class_bind_template_callback (widget_class, go_on_cb);
  /* Spoken when it appears. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
ft_policy_banner_init (FtPolicyBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
