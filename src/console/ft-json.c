/* ft-json.c: one JSON value (RFC 8259) written as one line.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-json.h"

#include <math.h>
#include <string.h>

struct _FtJson
{
  GString *text;
  guint depth;
};

FtJson *
ft_json_new (void)
{
  FtJson *self = g_new0 (FtJson, 1);

  self->text = g_string_new (NULL);
  return self;
}

void
ft_json_free (FtJson *self)
{
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* Controls are escaped, those above U+007F too: the line may end up on a terminal. */
static void
append_char (GString *text, gunichar c)
{
  switch (c)
    {
    case '"':
      g_string_append (text, "\\\"");
      break;
    case '\\':
      g_string_append (text, "\\\\");
      break;
    case '\n':
      g_string_append (text, "\\n");
      break;
    case '\t':
      g_string_append (text, "\\t");
      break;
    default:
      if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029)
        g_string_append_printf (text, "\\u%04x", c);
      else
        g_string_append_unichar (text, c);
    }
}

static void
append_quoted (GString *text, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  g_string_append_c (text, '"');
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    append_char (text, g_utf8_get_char (p));
  g_string_append_c (text, '"');
}

static void
begin_value (FtJson *self, const char *key)
{
  gsize length = self->text->len;

  if (length > 0 && strchr ("{[:", self->text->str[length - 1]) == NULL)
    g_string_append_c (self->text, ',');
  if (key == NULL)
    return;
  append_quoted (self->text, key);
  g_string_append_c (self->text, ':');
}

static void
begin_container (FtJson *self, const char *key, char bracket)
{
  begin_value (self, key);
  g_string_append_c (self->text, bracket);
  self->depth++;
}

static void
end_container (FtJson *self, char bracket)
{
  g_assert (self->depth > 0);

  g_string_append_c (self->text, bracket);
  self->depth--;
}

void
ft_json_begin_object (FtJson *self, const char *key)
{
  begin_container (self, key, '{');
}

void
ft_json_end_object (FtJson *self)
{
  end_container (self, '}');
}

void
ft_json_begin_array (FtJson *self, const char *key)
{
  begin_container (self, key, '[');
}

void
ft_json_end_array (FtJson *self)
{
  end_container (self, ']');
}

void
ft_json_string (FtJson *self, const char *key, const char *value)
{
  if (value == NULL)
    {
      ft_json_null (self, key);
      return;
    }
  begin_value (self, key);
  append_quoted (self->text, value);
}

void
ft_json_int (FtJson *self, const char *key, gint64 value)
{
  begin_value (self, key);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

void
ft_json_uint (FtJson *self, const char *key, guint64 value)
{
  begin_value (self, key);
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT, value);
}

void
ft_json_double (FtJson *self, const char *key, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value) || fabs (value) > 1e15)
    {
      ft_json_null (self, key);
      return;
    }
  begin_value (self, key);
  g_string_append (self->text, g_ascii_formatd (digits, sizeof digits, "%.4f", value));
}

void
ft_json_boolean (FtJson *self, const char *key, gboolean value)
{
  begin_value (self, key);
  g_string_append (self->text, value ? "true" : "false");
}

void
ft_json_null (FtJson *self, const char *key)
{
  begin_value (self, key);
  g_string_append (self->text, "null");
}

char *
ft_json_finish (FtJson *self)
{
  g_assert (self->depth == 0);

  char *text = g_strndup (self->text->str, self->text->len);
  g_string_truncate (self->text, 0);
  return text;
}
