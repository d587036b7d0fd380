/* ft-port-test.h: what is known of whether others can connect, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-session.h"

G_BEGIN_DECLS

/**
 * ft_port_test_async:
 *
 * Asks nobody outside: puts together whether the port is open, whether somebody has connected from the
 * Internet since the start, and whether this computer can connect to itself.
 */
void ft_port_test_async (FtSession *session, GSettings *settings, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): sentences, not markup; NULL if it was cancelled */
char *ft_port_test_finish (FtSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
