/* ft-notation.h: torrents for tests, written so that a reader can read them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-test.h"

/* Bencode from a notation: 'text', 42, [ ... ] and { 'key' value ... }; #40 is a string of forty
 * letters a, <00ff> a string of hexadecimal digits. In a text \0 is a NUL, \\ a backslash and \' a quote. Blanks part values. Keys are
 * written as they come, so that wrong order and duplicates can be written too. */

static inline void
ft_notation_string (GByteArray *out, const void *bytes, gsize length)
{
  g_autofree char *head = g_strdup_printf ("%" G_GSIZE_FORMAT ":", length);

  g_byte_array_append (out, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (out, bytes, (guint) length);
}

static inline const char *
ft_notation_text (GByteArray *out, const char *p)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (; *p != '\''; p++)
    {
      g_assert_cmpint (*p, !=, '\0');
      if (*p == '\\')
        p++;
      g_string_append_c (text, p[-1] == '\\' && *p == '0' ? '\0' : *p);
    }
  ft_notation_string (out, text->str, text->len);
  return p + 1;
}

static inline const char *
ft_notation_number (GByteArray *out, const char *p)
{
  gsize length = strspn (p, "-0123456789");

  g_assert_cmpuint (length, >, 0);
  g_byte_array_append (out, (const guint8 *) "i", 1);
  g_byte_array_append (out, (const guint8 *) p, (guint) length);
  g_byte_array_append (out, (const guint8 *) "e", 1);
  return p + length;
}

static inline const char *
ft_notation_filler (GByteArray *out, const char *p)
{
  char *end;
  gsize length = (gsize) g_ascii_strtoull (p, &end, 10);
  g_autofree char *filler = g_strnfill (length, 'a');

  ft_notation_string (out, filler, length);
  return end;
}

static inline const char *
ft_notation_hex (GByteArray *out, const char *p)
{
  gsize length = strcspn (p, ">");
  g_autofree char *digits = g_strndup (p, length);
  g_autoptr (GBytes) bytes = ft_test_hex (digits);

  g_assert_cmpint (p[length], ==, '>');
  ft_notation_string (out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return p + length + 1;
}

/* Returns: (transfer full) */
static inline GBytes *
ft_notation (const char *p)
{
  GByteArray *out = g_byte_array_new ();

  while (*p != '\0')
    switch (*p)
      {
      case ' ':
        p++;
        break;
      case '{':
      case '[':
        g_byte_array_append (out, (const guint8 *) (*p++ == '{' ? "d" : "l"), 1);
        break;
      case '}':
      case ']':
        g_byte_array_append (out, (const guint8 *) "e", 1);
        p++;
        break;
      case '\'':
        p = ft_notation_text (out, p + 1);
        break;
      case '<':
        p = ft_notation_hex (out, p + 1);
        break;
      case '#':
        p = ft_notation_filler (out, p + 1);
        break;
      default:
        p = ft_notation_number (out, p);
      }
  return g_byte_array_free_to_bytes (out);
}
