/* bt-text.h: texts of strangers made fit for a screen, and of ours fit for a URL.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bt_text_for_display:
 * @bytes: (array length=length): anything
 * @max_bytes: the result is cut there, on a character
 *
 * Returns: (transfer full): valid UTF-8 without controls (a line break becomes a space),
 *   bidirectional overrides and zero-width characters. It is text: never give it to
 *   anything that reads markup.
 */
char *bt_text_for_display (const void *bytes, gsize length, gsize max_bytes);

/* Whether a code point is a bidi control or has no width: not fit for names. */
gboolean bt_text_is_deceptive (gunichar c);

/* Everything but A-Za-z0-9-._~ as %XX, upper case (trackers.md, RFC 3986). */
char *bt_text_percent_encode (const void *bytes, gsize length);

/* A URL without user, password, query and what looks like a passkey in the path: for logs. */
char *bt_text_redact_url (const char *url);

G_END_DECLS
