/* bt-upnp-xml.h: what UPnP devices write: descriptions of themselves, and answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BT_UPNP_WAYS 2 /* out, that a router can have: IP and PPP */

/* UPnP Device Architecture, 2.3. */
typedef struct
{
  char *type;
  char *control; /* an absolute URL, wherever it may lead */
} BtUpnpService;

typedef struct
{
  gboolean is_router; /* it says that it connects networks */
  BtUpnpService ways[BT_UPNP_WAYS];
  guint n_ways;
} BtUpnpDescription;

/* @url: where it came from. Devices are careless: what stands before something that is no XML counts. */
void bt_upnp_description_read (BtUpnpDescription *description, const char *xml, gsize length, const char *url);
void bt_upnp_description_clear (BtUpnpDescription *description);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtUpnpDescription, bt_upnp_description_clear)

/* The text of the first element called @name, whatever its namespace.
 * Returns: (transfer full) (nullable): valid UTF-8 without spaces around it */
char *bt_upnp_read_value (const char *xml, gsize length, const char *name);

G_END_DECLS
