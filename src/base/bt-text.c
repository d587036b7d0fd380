/* bt-text.c: texts of strangers made fit for a screen, and of ours fit for a URL.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-text.h"

#include "bt-limits.h"

#include <string.h>

#define REPLACEMENT 0xfffd

/* Combining marks and variation selectors are not here, although they have no width either: they
 * change the letter before them, and texts in many languages need them. */
static const struct
{
  gunichar first;
  gunichar last;
} deceptive[] = {
  { 0x00ad, 0x00ad },   /* soft hyphen */
  { 0x034f, 0x034f },   /* combining grapheme joiner */
  { 0x061c, 0x061c },   /* Arabic letter mark */
  { 0x115f, 0x1160 },   /* Hangul fillers */
  { 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
  { 0x180e, 0x180e },   /* Mongolian vowel separator */
  { 0x200b, 0x200f },   /* zero-width space and joiners, direction marks */
  { 0x202a, 0x202e },   /* embeddings and overrides */
  { 0x2060, 0x206f },   /* word joiner, invisible operators, isolates, deprecated controls */
  { 0x3164, 0x3164 },   /* Hangul filler */
  { 0xfeff, 0xfeff },   /* byte order mark */
  { 0xffa0, 0xffa0 },   /* halfwidth Hangul filler */
  { 0xfff9, 0xfffb },   /* interlinear annotations */
  { 0x1d173, 0x1d17a }, /* musical controls */
  { 0xe0000, 0xe007f }, /* tags */
};

gboolean
bt_text_is_deceptive (gunichar c)
{
  for (guint i = 0; i < G_N_ELEMENTS (deceptive); i++)
    if (c >= deceptive[i].first && c <= deceptive[i].last)
      return TRUE;
  return FALSE;
}

/* Reads one character and says how many bytes it had. What is no UTF-8 becomes U+FFFD byte by
 * byte; a character that the end cut short becomes one. */
static gunichar
read_char (const char *bytes, gsize left, gsize *n_read)
{
  gunichar c = *bytes == '\0' ? 0 : g_utf8_get_char_validated (bytes, (gssize) left);

  *n_read = 1;
  if (c == (gunichar) -2)
    *n_read = left;
  if (c == (gunichar) -1 || c == (gunichar) -2)
    return REPLACEMENT;
  if (c != 0)
    *n_read = (gsize) g_unichar_to_utf8 (c, NULL);
  return c;
}

static gboolean
is_break (gunichar c)
{
  return (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

char *
bt_text_for_display (const void *bytes, gsize length, gsize max_bytes)
{
  const char *text = bytes;
  GString *shown = g_string_sized_new (MIN (length, max_bytes));
  gboolean was_return = FALSE;
  gsize n_read;

  for (gsize at = 0; at < length; at += n_read)
    {
      gunichar c = read_char (text + at, length - at, &n_read);
      gboolean is_second_half = was_return && c == '\n';

      was_return = c == '\r';
      if (is_second_half || bt_text_is_deceptive (c))
        continue;
      if (is_break (c))
        c = ' ';
      if (g_unichar_iscntrl (c))
        continue;
      if (shown->len + (gsize) g_unichar_to_utf8 (c, NULL) > max_bytes)
        break;
      g_string_append_unichar (shown, c);
    }
  return g_string_free (shown, FALSE);
}

char *
bt_text_percent_encode (const void *bytes, gsize length)
{
  static const char digits[] = "0123456789ABCDEF";
  const guint8 *in = bytes;
  GString *out = g_string_sized_new (length * 3);

  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_isalnum (in[i]) || in[i] == '-' || in[i] == '.' || in[i] == '_' || in[i] == '~')
        {
          g_string_append_c (out, (char) in[i]);
          continue;
        }
      g_string_append_c (out, '%');
      g_string_append_c (out, digits[in[i] >> 4]);
      g_string_append_c (out, digits[in[i] & 15]);
    }
  return g_string_free (out, FALSE);
}

/* Passkeys are 16 and more digits and letters; words of a path are shorter or have no digits. */
static gboolean
is_passkey (const char *segment, gsize length)
{
  gboolean has_digit = FALSE;

  if (length < 16)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      has_digit |= g_ascii_isdigit (segment[i]);
      if (!g_ascii_isalnum (segment[i]) && strchr ("-_=%", segment[i]) == NULL)
        return FALSE;
    }
  return has_digit || length >= 32;
}

static void
append_path (GString *out, const char *path, gsize length)
{
  while (length > 0)
    {
      const char *slash = memchr (path, '/', length);
      gsize n = slash != NULL ? (gsize) (slash - path) : length;

      if (is_passkey (path, n))
        g_string_append (out, "***");
      else
        g_string_append_len (out, path, (gssize) n);
      if (slash != NULL)
        g_string_append_c (out, '/');
      n += slash != NULL ? 1 : 0;
      path += n;
      length -= n;
    }
}

char *
bt_text_redact_url (const char *url)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gsize length = strcspn (url, "?#");
  const char *scheme_end = g_strstr_len (url, (gssize) length, "://");
  const char *authority = scheme_end != NULL ? scheme_end + 3 : url;
  gsize left = length - (gsize) (authority - url);
  gsize n_authority = scheme_end != NULL ? strcspn (authority, "/?#") : 0;
  const char *at = g_strrstr_len (authority, (gssize) n_authority, "@");
  const char *host = at != NULL ? at + 1 : authority;

  g_string_append_len (out, url, authority - url);
  g_string_append_len (out, host, (gssize) n_authority - (host - authority));
  append_path (out, authority + n_authority, left - n_authority);
  return bt_text_for_display (out->str, out->len, BT_LIMIT_URL_BYTES);
}
