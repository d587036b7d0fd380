/* bt-lsd.c: announcements to the local network (BEP 14).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-lsd.h"

#include <string.h>

#define REQUEST "BT-SEARCH * HTTP/"
#define HASH_LINE_SIZE (10 + 2 * BT_SHA1_SIZE + 2) /* "Infohash: " … CR LF */
#define MAX_LINE 256

static gsize
append (char *out, gsize used, const char *text)
{
  gsize length = strlen (text);

  g_assert (used + length <= BT_LSD_MAX_SIZE);
  memcpy (out + used, text, length);
  return used + length;
}

static gsize
append_hash (char *out, gsize used, const BtSha1 *hash)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (hash, hex);
  used = append (out, used, "Infohash: ");
  used = append (out, used, hex);
  return append (out, used, "\r\n");
}

gsize
bt_lsd_write (gboolean ipv6,
              guint16 port,
              const BtSha1 *const *hashes,
              guint n_hashes,
              const char *cookie,
              char out[BT_LSD_MAX_SIZE],
              guint *n_written)
{
  g_autofree char *head = g_strdup_printf (REQUEST "1.1\r\nHost: %s:%u\r\nPort: %u\r\n",
                                           ipv6 ? "[" BT_LSD_GROUP6 "]" : BT_LSD_GROUP4, BT_LSD_PORT, port);
  /* Two blank lines are what everybody sends. */
  g_autofree char *tail
    = cookie != NULL ? g_strdup_printf ("cookie: %s\r\n\r\n\r\n", cookie) : g_strdup ("\r\n\r\n");
  gsize used = append (out, 0, head);
  gsize room = BT_LSD_MAX_SIZE - used - strlen (tail);

  g_assert (n_hashes > 0);
  g_assert (cookie == NULL || strlen (cookie) <= BT_LSD_MAX_COOKIE);

  *n_written = (guint) MIN (n_hashes, room / HASH_LINE_SIZE);
  for (guint i = 0; i < *n_written; i++)
    used = append_hash (out, used, hashes[i]);
  return append (out, used, tail);
}

/* Takes the next line, without its end. */
static gboolean
take_line (const char **bytes, gsize *left, char line[MAX_LINE])
{
  const char *end;
  gsize length;

  if (*left == 0)
    return FALSE;
  end = memchr (*bytes, '\n', *left);
  length = end != NULL ? (gsize) (end - *bytes) : *left;
  /* One that is longer is none of those we know. */
  g_strlcpy (line, "?", MAX_LINE);
  if (length < MAX_LINE && memchr (*bytes, '\0', length) == NULL)
    {
      memcpy (line, *bytes, length);
      line[length] = '\0';
      g_strchomp (line);
    }
  length += end != NULL ? 1 : 0;
  *bytes += length;
  *left -= length;
  return TRUE;
}

static void
read_cookie (BtLsdMessage *out, const char *value)
{
  if (strlen (value) <= BT_LSD_MAX_COOKIE)
    g_strlcpy (out->cookie, value, sizeof out->cookie);
}

static void
read_header (BtLsdMessage *out, char *line)
{
  char *colon = strchr (line, ':');
  const char *name, *value;
  guint64 port;

  if (colon == NULL)
    return;
  *colon = '\0';
  name = g_strstrip (line);
  value = g_strstrip (colon + 1);
  if (g_ascii_strcasecmp (name, "port") == 0)
    {
      if (g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT16, &port, NULL))
        out->port = (guint16) port;
    }
  else if (g_ascii_strcasecmp (name, "infohash") == 0)
    {
      if (out->n_hashes < BT_LSD_MAX_HASHES && bt_sha1_from_hex (value, &out->hashes[out->n_hashes]))
        out->n_hashes++;
    }
  else if (g_ascii_strcasecmp (name, "cookie") == 0)
    read_cookie (out, value);
}

gboolean
bt_lsd_read (const void *bytes, gsize length, BtLsdMessage *out)
{
  const char *left = bytes;
  char line[MAX_LINE];

  out->port = 0;
  out->n_hashes = 0;
  out->cookie[0] = '\0';
  if (!take_line (&left, &length, line) || g_ascii_strncasecmp (line, REQUEST, strlen (REQUEST)) != 0)
    return FALSE;
  while (take_line (&left, &length, line) && line[0] != '\0')
    read_header (out, line);
  return out->port != 0 && out->n_hashes > 0;
}
