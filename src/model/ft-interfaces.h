/* ft-interfaces.h: the network interfaces of this computer and what tells one network from another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;           /* such as "wg0" */
  GPtrArray *addresses; /* of char*: without link-local ones; IPv4 first */
  gboolean is_loopback;
} FtInterface;

/* Returns: (transfer full) (element-type FtInterface): those that are up, sorted by name */
GPtrArray *ft_interfaces_list (void);

/* Returns: (transfer full): the same text as long as this computer stays in the same networks. Addresses
 * that are changed for privacy alone do not change it. */
char *ft_interfaces_describe_network (void);

G_END_DECLS
