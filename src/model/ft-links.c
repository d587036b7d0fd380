/* ft-links.c: links in what a person pasted, dropped or copied.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-links.h"

#include <string.h>

/* What somebody copied by mistake is not searched for ever. */
#define MAX_TEXT_BYTES (4u * 1024 * 1024)
#define MAX_LINK_BYTES (64u * 1024)
#define MAX_LINKS 1000

static gboolean
has_scheme (const char *text, const char *scheme)
{
  gsize length = strlen (scheme);

  return g_ascii_strncasecmp (text, scheme, length) == 0 && text[length] == ':';
}

/* gvfs takes a magnet link for a path: "magnet:?xt=…" becomes "magnet:///?xt=…", and of some
 * versions the question mark is escaped. */
static char *
normalize_magnet (const char *text)
{
  const char *query = text + strlen ("magnet:");

  query += strspn (query, "/");
  if (g_ascii_strncasecmp (query, "%3F", 3) == 0)
    query += 3;
  else if (*query == '?')
    query++;
  else
    return NULL;
  return *query != '\0' ? g_strconcat ("magnet:?", query, NULL) : NULL;
}

char *
ft_link_normalize (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  if (strlen (text) > MAX_LINK_BYTES || !g_utf8_validate (text, -1, NULL))
    return NULL;
  if (has_scheme (text, "magnet"))
    return normalize_magnet (text);
  if (!has_scheme (text, "file") && !ft_link_is_web (text))
    return NULL;
  return g_uri_is_valid (text, G_URI_FLAGS_PARSE_RELAXED, NULL) ? g_strdup (text) : NULL;
}

/* (nullable): an info-hash that stands alone in a line, as hexadecimal or base32, is a link as well. */
static char *
find_hash (const char *line)
{
  g_autofree char *hash = g_strstrip (g_strdup (line));
  gsize length = strlen (hash);
  gboolean is_hash = length == 40 || length == 32;

  for (gsize i = 0; is_hash && i < length; i++)
    is_hash = length == 40 ? g_ascii_isxdigit (hash[i])
                           : g_ascii_isalpha (hash[i]) || (hash[i] >= '2' && hash[i] <= '7');
  return is_hash ? g_strconcat ("magnet:?xt=urn:btih:", hash, NULL) : NULL;
}

/* Takes @link. */
static void
add_once (GPtrArray *links, char *link)
{
  if (g_ptr_array_find_with_equal_func (links, link, g_str_equal, NULL))
    g_free (link);
  else
    g_ptr_array_add (links, link);
}

static void
find_in_line (GPtrArray *links, const char *line)
{
  g_auto (GStrv) words = NULL;
  char *hash = find_hash (line);

  if (hash != NULL)
    {
      add_once (links, hash);
      return;
    }
  words = g_strsplit_set (line, " \t", -1);
  for (guint i = 0; words[i] != NULL && links->len < MAX_LINKS; i++)
    {
      char *link = ft_link_normalize (words[i]);

      if (link != NULL)
        add_once (links, link);
    }
}

GStrv
ft_links_find (const char *text)
{
  GPtrArray *links = g_ptr_array_new ();
  g_auto (GStrv) lines = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  lines = g_strsplit_set (strnlen (text, MAX_TEXT_BYTES + 1) <= MAX_TEXT_BYTES ? text : "", "\r\n",
                          -1);
  for (guint i = 0; lines[i] != NULL && links->len < MAX_LINKS; i++)
    if (lines[i][0] != '#')
      find_in_line (links, lines[i]);
  g_ptr_array_add (links, NULL);
  return (GStrv) g_ptr_array_free (links, FALSE);
}

gboolean
ft_link_is_magnet (const char *link)
{
  return has_scheme (link, "magnet");
}

gboolean
ft_link_is_web (const char *link)
{
  return has_scheme (link, "http") || has_scheme (link, "https");
}

gboolean
ft_link_names_torrent (const char *link)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *path = NULL;

  if (!ft_link_is_web (link))
    return FALSE;
  uri = g_uri_parse (link, G_URI_FLAGS_PARSE_RELAXED, NULL);
  path = uri != NULL ? g_ascii_strdown (g_uri_get_path (uri), -1) : NULL;
  return path != NULL && g_str_has_suffix (path, ".torrent");
}
