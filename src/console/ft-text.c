/* ft-text.c: texts cut and padded to columns of a terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-text.h"

static guint
char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

guint
ft_text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += char_width (g_utf8_get_char (p));
  return width;
}

/* The most of @text that fits in @width columns. */
static const char *
find_end (const char *text, guint width)
{
  guint used = 0;

  for (const char *p = text;; p = g_utf8_next_char (p))
    {
      if (*p == '\0')
        return p;
      used += char_width (g_utf8_get_char (p));
      if (used > width)
        return p;
    }
}

static void
append_spaces (GString *string, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (string, ' ');
}

static GString *
cut (const char *text, guint width)
{
  GString *string = g_string_new (NULL);

  if (ft_text_width (text) <= width)
    return g_string_append (string, text);
  if (width == 0)
    return string;
  g_string_append_len (string, text, find_end (text, width - 1) - text);
  return g_string_append (string, "…");
}

char *
ft_text_fit (const char *text, guint width)
{
  GString *string = cut (text, width);

  append_spaces (string, width - ft_text_width (string->str));
  return g_string_free (string, FALSE);
}

char *
ft_text_fit_right (const char *text, guint width)
{
  g_autoptr (GString) string = cut (text, width);
  GString *padded = g_string_new (NULL);

  append_spaces (padded, width - ft_text_width (string->str));
  g_string_append_len (padded, string->str, (gssize) string->len);
  return g_string_free (padded, FALSE);
}

/* Line and paragraph separators break lines on some terminals. */
static gboolean
is_unprintable (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029;
}

char *
ft_text_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *string = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_unprintable (c))
        g_string_append_c (string, '?');
      else
        g_string_append_unichar (string, g_unichar_isspace (c) ? ' ' : c);
    }
  return g_string_free (string, FALSE);
}

static char
similar_char (gunichar c)
{
  switch (c)
    {
    case 0x2026: /* … */
      return '~';
    case 0x2588: /* █ */
      return '#';
    case 0x2591: /* ░ */
      return '.';
    case 0x2191: /* ↑ */
      return '^';
    case 0x2193: /* ↓ */
      return 'v';
    case 0x2014: /* — */
      return '-';
    case 0x00a0: /* no-break space */
      return ' ';
    default:
      return '?';
    }
}

char *
ft_text_to_ascii (const char *text)
{
  GString *string = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80)
        g_string_append_c (string, (char) c);
      else
        for (guint i = char_width (c); i > 0; i--)
          g_string_append_c (string, similar_char (c));
    }
  return g_string_free (string, FALSE);
}
