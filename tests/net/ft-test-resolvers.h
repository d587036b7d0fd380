/* ft-test-resolvers.h: names and proxies as a test wants them, in place of the system's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Every name that ends in ".loop.test" is 127.0.0.1; there are no others. Call once, first thing.
 */
void ft_test_resolver_install (void);

/* The system's choice of proxies: @uri for everything, "direct://" at the start. Call install once,
 * first thing. */
void ft_test_proxies_install (void);
void ft_test_proxies_set (const char *uri);

G_END_DECLS
