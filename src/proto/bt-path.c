/* bt-path.c: names of strangers made into names of files, once, at parse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-path.h"

#include <string.h>

#include "bt-limits.h"

/* With its dot: what still counts as an extension, and not as the end of a sentence. */
#define MAX_EXTENSION 9

#define REPLACEMENT '_'

/* How many bytes the lead byte @byte announces; 1 for what cannot lead. */
static gsize
sequence_length (guint8 byte)
{
  if (byte < 0xc0)
    return 1;
  if (byte < 0xe0)
    return 2;
  if (byte < 0xf0)
    return 3;
  if (byte < 0xf8)
    return 4;
  return byte < 0xfc ? 5 : byte < 0xfe ? 6 : 1;
}

/* Reads one character, or what was meant to be one: a lead byte takes the continuation bytes that
 * it announces with it, so that one broken character becomes one replacement.
 * Returns: the bytes that were read; @out is 0xffffffff when they are not UTF-8. */
static gsize
read_character (const guint8 *bytes, gsize left, gunichar *out)
{
  gsize n = 1;

  if (bytes[0] < 0x80)
    {
      *out = bytes[0];
      return 1;
    }
  *out = g_utf8_get_char_validated ((const char *) bytes, (gssize) left);
  if (*out != (gunichar) -1 && *out != (gunichar) -2)
    return (gsize) g_unichar_to_utf8 (*out, NULL);

  *out = (gunichar) -1;
  while (n < MIN (sequence_length (bytes[0]), left) && (bytes[n] & 0xc0) == 0x80)
    n++;
  return n;
}

static gboolean
is_control (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Separators, and what has no width or turns the direction of text. The list is libtorrent's and is
 * not to grow with what a screen may not show: the data of a torrent is found again by its names.
 */
static gboolean
is_removed (gunichar c)
{
  return c == '/' || c == '\\' || c == 0x061c || (c >= 0x200b && c <= 0x200f)
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2064)
         || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* The offset of the extension's dot in a component, or @length. */
static gsize
find_extension (const char *name, gsize length)
{
  for (gsize i = length; i > 1 && length - i < MAX_EXTENSION; i--)
    if (name[i - 1] == '.')
      return i - 1;
  return length;
}

/* The end of the character that reaches byte @limit; @length if none does. */
static gsize
cut_after (const char *name, gsize length, gsize limit)
{
  if (length <= limit)
    return length;
  while (limit < length && ((guint8) name[limit] & 0xc0) == 0x80)
    limit++;
  return limit;
}

/* The start of the character that would go over byte @limit. */
static gsize
cut_before (const char *name, gsize length, gsize limit)
{
  if (length <= limit)
    return length;
  while (limit > 0 && ((guint8) name[limit] & 0xc0) == 0x80)
    limit--;
  return limit;
}

/* Cuts the stem, so that what kind of file it is can still be seen. */
static void
truncate_component (GString *name)
{
  gsize dot, stem;

  if (name->len <= BT_LIMIT_PATH_COMPONENT)
    return;
  dot = find_extension (name->str, name->len);
  stem = cut_after (name->str, dot, BT_LIMIT_PATH_COMPONENT);
  g_string_erase (name, (gssize) stem, (gssize) (dot - stem));
}

char *
bt_path_sanitize (const void *bytes, gsize length)
{
  const guint8 *data = bytes;
  GString *name = g_string_sized_new (length);

  for (gsize at = 0; at < length;)
    {
      gunichar c;
      gsize n = read_character (data + at, length - at, &c);

      if (c == (gunichar) -1 || is_control (c))
        g_string_append_c (name, REPLACEMENT);
      else if (!is_removed (c))
        g_string_append_len (name, (const char *) data + at, (gssize) n);
      at += n;
    }
  if (name->len == 0 || strcmp (name->str, ".") == 0 || strcmp (name->str, "..") == 0)
    g_string_assign (name, "_");
  truncate_component (name);
  return g_string_free (name, FALSE);
}

gboolean
bt_path_is_safe (const char *name)
{
  g_autofree char *safe = bt_path_sanitize (name, strlen (name));

  return strcmp (safe, name) == 0;
}

char *
bt_path_collision_key (const char *path)
{
  g_autofree char *folded = NULL;
  char *key;

  /* Nearly every name; the tables of Unicode are fifty times slower. */
  if (g_str_is_ascii (path))
    return g_ascii_strdown (path, -1);
  folded = g_utf8_casefold (path, -1);
  key = g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
  return key != NULL ? key : g_steal_pointer (&folded);
}

char *
bt_path_numbered (const char *path, guint number)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  gsize dot = find_extension (name, strlen (name));
  g_autofree char *suffix = g_strdup_printf (".%u", number);
  GString *numbered = g_string_new_len (path, name - path);

  /* Short enough to be safe still. */
  g_string_append_len (numbered, name,
                       (gssize) cut_before (name, dot, BT_LIMIT_PATH_COMPONENT - strlen (suffix)));
  g_string_append (numbered, suffix);
  g_string_append (numbered, name + dot);
  return g_string_free (numbered, FALSE);
}
