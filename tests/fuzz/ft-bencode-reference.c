/* ft-bencode-reference.c: bencode read as the specification puts it, to be compared with; slow and plain.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-bencode-reference.h"

#include <errno.h>
#include <string.h>

/* Digits without a leading zero, then @after. */
static gboolean
read_number (FtBencodeReference *self, char after, gboolean may_be_negative, gint64 *out)
{
  const guint8 *stop = memchr (self->at, after, (gsize) (self->end - self->at));
  g_autofree char *text = stop != NULL ? g_strndup ((const char *) self->at, (gsize) (stop - self->at)) : NULL;
  g_autofree char *again = NULL;

  if (text == NULL || (text[0] == '-' && !may_be_negative))
    return FALSE;
  errno = 0;
  *out = g_ascii_strtoll (text, NULL, 10);
  again = g_strdup_printf ("%" G_GINT64_FORMAT, *out);
  if (errno != 0 || !g_str_equal (text, again) || strlen (text) != (gsize) (stop - self->at))
    return FALSE;
  self->at = stop + 1;
  return TRUE;
}

static gboolean
read_string (FtBencodeReference *self, const guint8 **bytes, gsize *length)
{
  gint64 n;

  if (self->tokens_left-- == 0 || !read_number (self, ':', FALSE, &n) || n > self->end - self->at)
    return FALSE;
  *bytes = self->at;
  *length = (gsize) n;
  self->at += n;
  return TRUE;
}

static gboolean
comes_after (const guint8 *key, gsize length, const guint8 *last, gsize last_length)
{
  int order = last != NULL ? memcmp (last, key, MIN (last_length, length)) : -1;

  return order < 0 || (order == 0 && last_length < length);
}

static gboolean
read_items (FtBencodeReference *self, gboolean keys, guint depth)
{
  const guint8 *key, *last = NULL;
  gsize length, last_length = 0;

  if (self->tokens_left-- == 0 || depth >= self->max_depth)
    return FALSE;
  for (self->at++; self->at < self->end && *self->at != 'e'; last = key, last_length = length)
    {
      key = NULL;
      length = 0;
      if (keys && (!read_string (self, &key, &length) || !comes_after (key, length, last, last_length)))
        return FALSE;
      if (!ft_bencode_reference_read (self, depth + 1))
        return FALSE;
    }
  return self->at < self->end && *self->at++ == 'e';
}

gboolean
ft_bencode_reference_read (FtBencodeReference *self, guint depth)
{
  const guint8 *bytes;
  gsize length;
  gint64 number;

  if (self->at == self->end)
    return FALSE;
  switch (*self->at)
    {
    case 'd':
    case 'l':
      return read_items (self, *self->at == 'd', depth);
    case 'i':
      self->at++;
      return self->tokens_left-- > 0 && read_number (self, 'e', TRUE, &number);
    default:
      return read_string (self, &bytes, &length);
    }
}
