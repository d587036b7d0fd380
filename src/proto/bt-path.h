/* bt-path.h: names of strangers made into names of files, once, at parse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bt_path_sanitize:
 * @bytes: (array length=length): one component as the torrent has it
 *
 * Separators ('/' and '\') and deceptive code points are removed; each control, and each character
 * that is broken UTF-8, becomes one '_'. Then "." and ".." and nothing become "_". A stem is cut
 * after the character that reaches 240 bytes, an extension of up to 9 bytes is kept, so a name has
 * at most 252 bytes. (Separators are removed, not replaced, as libtorrent does, so that both give
 * the same name on disk.) The same input always gives the same name.
 *
 * Returns: (transfer full): a name that is one component, valid UTF-8 and never empty
 */
char *bt_path_sanitize (const void *bytes, gsize length);

/* Whether @name is already what bt_path_sanitize() would give. */
gboolean bt_path_is_safe (const char *name);

/* The key under which names collide on a file system that folds case: case-folded, NFC. */
char *bt_path_collision_key (const char *path);

/* "dir/name.ext", 2 -> "dir/name.2.ext": how a duplicate is renamed. Stays safe. */
char *bt_path_numbered (const char *path, guint number);

G_END_DECLS
