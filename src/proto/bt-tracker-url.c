/* bt-tracker-url.c: which URLs of strangers we are willing to call.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo-private.h"

#include <string.h>

#include "bt-error.h"
#include "bt-limits.h"

#define MAX_HOST 253 /* RFC 1035: a name as text */

void
bt_url_free (BtUrl *url)
{
  g_free (url->scheme);
  g_free (url->auth);
  g_free (url->host);
  g_free (url->path);
  g_free (url);
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, why);
  return FALSE;
}

/* Letters, digits, '-' and '.': no underscore, as in host names, and nothing beyond ASCII. */
static gboolean
is_host_name (const char *host, gsize length)
{
  gboolean any = FALSE;

  if (length > MAX_HOST)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (host[i]) && host[i] != '-' && host[i] != '.')
        return FALSE;
      any |= g_ascii_isalnum (host[i]);
    }
  return any;
}

/* What may stand between brackets: an IPv6 address, perhaps with a zone (RFC 6874). */
static gboolean
is_ipv6_literal (const char *host, gsize length)
{
  const char *zone = memchr (host, '%', length);
  gsize address = zone != NULL ? (gsize) (zone - host) : length;

  if (length > MAX_HOST || memchr (host, ':', address) == NULL)
    return FALSE;
  for (gsize i = 0; i < address; i++)
    if (!g_ascii_isxdigit (host[i]) && host[i] != ':' && host[i] != '.')
      return FALSE;
  for (gsize i = address + 1; i < length; i++)
    if (!g_ascii_isalnum (host[i]) && strchr ("-._~%", host[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
parse_port (BtUrl *url, const char *digits, gsize length, GError **error)
{
  g_autofree char *text = g_strndup (digits, length);
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
    return refuse (error, "the port is not a number from 1 to 65535");
  url->port = (int) port;
  return TRUE;
}

/* host, host:port, [address] or [address]:port */
static gboolean
parse_host (BtUrl *url, const char *text, gsize length, GError **error)
{
  gboolean bracketed = length > 0 && text[0] == '[';
  const char *end = bracketed ? memchr (text, ']', length) : memchr (text, ':', length);
  const char *host = bracketed ? text + 1 : text;
  gsize host_length, rest;

  if (bracketed && end == NULL)
    return refuse (error, "the address has no closing bracket");
  if (end == NULL)
    end = text + length;
  host_length = (gsize) (end - host);
  if (bracketed ? !is_ipv6_literal (host, host_length) : !is_host_name (host, host_length))
    return refuse (error, "the host is not valid");

  url->host = g_strndup (host, host_length);
  if (bracketed)
    end++;
  rest = length - (gsize) (end - text);
  if (rest == 0)
    return TRUE;
  if (*end != ':')
    return refuse (error, "the host is not valid");
  return parse_port (url, end + 1, rest - 1, error);
}

static gboolean
parse_authority (BtUrl *url, const char *text, gsize length, GError **error)
{
  const char *at = memrchr (text, '@', length);

  if (at != NULL)
    {
      url->auth = g_strndup (text, (gsize) (at - text));
      length -= (gsize) (at + 1 - text);
      text = at + 1;
    }
  return parse_host (url, text, length, error);
}

/* Returns: where the authority begins, or NULL. */
static const char *
parse_scheme (BtUrl *url, const char *text, GError **error)
{
  gsize length = 0;

  while (g_ascii_isalnum (text[length]))
    length++;
  if (length == 0 || !g_str_has_prefix (text + length, "://"))
    {
      refuse (error, "it does not begin with a protocol and \"://\"");
      return NULL;
    }
  url->scheme = g_ascii_strdown (text, (gssize) length);
  return text + length + strlen ("://");
}

BtUrl *
bt_url_parse (const char *text, GError **error)
{
  g_autoptr (BtUrl) url = g_new0 (BtUrl, 1);
  gsize length;

  url->port = -1;
  text += strspn (text, " \t");
  text = parse_scheme (url, text, error);
  if (text == NULL)
    return NULL;
  length = strcspn (text, "/?#");
  if (!parse_authority (url, text, length, error))
    return NULL;
  text += length;
  url->path = g_strconcat (*text == '/' ? "" : "/", text, NULL);
  return g_steal_pointer (&url);
}

gboolean
bt_url_host_has_zone (const char *host)
{
  return strchr (host, '%') != NULL;
}

gboolean
bt_url_is_host_and_port (const char *text)
{
  g_autoptr (BtUrl) url = g_new0 (BtUrl, 1);

  url->port = -1;
  return parse_host (url, text, strlen (text), NULL) && url->port != -1 && !bt_url_host_has_zone (url->host);
}

gboolean
bt_url_host_is_idna (const char *host)
{
  for (const char *label = host; label != NULL;)
    {
      if (g_ascii_strncasecmp (label, "xn--", 4) == 0)
        return TRUE;
      label = strchr (label, '.');
      if (label != NULL)
        label++;
    }
  return FALSE;
}

static gboolean
argument_is_ours (const char *argument)
{
  static const char *const ours[] = {
    "compact", "corrupt", "downloaded", "event", "info_hash", "key",
    "left",    "numwant", "peer_id",    "port",  "uploaded",
  };
  gsize length = strcspn (argument, "=");
  g_autofree char *name = g_uri_unescape_segment (argument, argument + length, NULL);

  /* Broken escapes are not an argument of ours. */
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (ours); i++)
    if (g_ascii_strcasecmp (name, ours[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
bt_url_query_is_reserved (const char *query)
{
  g_auto (GStrv) arguments = g_strsplit (query, "&", -1);

  for (gsize i = 0; arguments[i] != NULL; i++)
    if (argument_is_ours (arguments[i]))
      return TRUE;
  return FALSE;
}

static gboolean
check_characters (const char *url, GError **error)
{
  gsize length = strlen (url);

  if (length > BT_LIMIT_URL_BYTES)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, "it is longer than %d bytes",
                   BT_LIMIT_URL_BYTES);
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (url[i]))
      return refuse (error, "it holds a blank, a control or a character beyond ASCII");
  return TRUE;
}

gboolean
bt_tracker_url_is_valid (const char *text, GError **error)
{
  static const char *const schemes[] = { "http", "https", "udp", NULL };
  g_autoptr (BtUrl) url = NULL;
  const char *query;

  if (!check_characters (text, error))
    return FALSE;
  url = bt_url_parse (text, error);
  if (url == NULL)
    return FALSE;
  if (!g_strv_contains (schemes, url->scheme))
    return refuse (error, "the protocol is none of http, https and udp");
  if (bt_url_host_has_zone (url->host))
    return refuse (error, "the host names an interface of another machine");
  if (bt_url_host_is_idna (url->host))
    return refuse (error, "the host is an international name in disguise");
  /* A fragment is never sent. */
  url->path[strcspn (url->path, "#")] = '\0';
  query = strchr (url->path, '?');
  if (query != NULL && bt_url_query_is_reserved (query + 1))
    return refuse (error, "its query holds an argument that is ours to send");
  return TRUE;
}

char *
bt_tracker_url_host (const char *url)
{
  g_autoptr(BtUrl) parsed = bt_url_parse (url, NULL);

  return parsed != NULL ? g_ascii_strdown (parsed->host, -1) : NULL;
}
