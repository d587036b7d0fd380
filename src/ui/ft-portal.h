/* ft-portal.h: the desktop as a program in a sandbox reaches it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

#define FT_PORTAL_BUS_NAME "org.freedesktop.portal.Desktop"
#define FT_PORTAL_PATH "/org/freedesktop/portal/desktop"

/* In a sandbox, or where GTK_USE_PORTAL=1 asks for it, as the toolkit understands it too. */
gboolean ft_portal_is_used (void);

/**
 * ft_portal_request_async:
 * @arguments: (transfer floating): a tuple of the method's arguments before its options
 * @options: (transfer floating): a{sv}, without handle_token
 * @fds: (nullable): what handles in @arguments stand for
 *
 * Calls a method that answers through a Request, perhaps after a person was asked. Cancelling forgets
 * the answer. Errors: %G_IO_ERROR_CANCELLED if the person said no, %G_IO_ERROR_FAILED, and those of
 * D-Bus.
 */
void ft_portal_request_async (GDBusConnection *bus, const char *interface, const char *method, GVariant *arguments,
                              GVariant *options, GUnixFDList *fds, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): the results, a{sv} */
GVariant *ft_portal_request_finish (GAsyncResult *result, GError **error);

G_END_DECLS
