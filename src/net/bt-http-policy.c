/* bt-http-policy.c: which HTTP requests we let strangers make us send.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-http-policy.h"

#include "bt-error.h"

#include <libsoup/soup.h>
#include <string.h>

/* Blanks and controls would break the request line apart; they have to be escaped in a URL. */
static gboolean
is_clean (const char *url)
{
  gsize length = strlen (url);

  if (length > BT_HTTP_MAX_URL_BYTES)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if ((guint8) url[i] <= ' ' || url[i] == 0x7f)
      return FALSE;
  return TRUE;
}

static gboolean
check_uri (GUri *uri, GError **error)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  if (strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED, "%s is not a scheme for HTTP", scheme);
      return FALSE;
    }
  if (host == NULL || *host == '\0' || g_uri_get_port (uri) == 0)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "The URL names no host or no port");
      return FALSE;
    }
  /* A name of an interface of whoever wrote it (RFC 6874). */
  if (strchr (host, '%') != NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "The URL names a zone");
      return FALSE;
    }
  return TRUE;
}

/* The query is put in as it is: GUri would write its escapes anew, and it is to arrive as it was
 * given. A fragment is never sent, and not kept. */
static GUri *
parse_parts (GUri *base, const char *url)
{
  gsize length = strcspn (url, "#");
  const char *question = memchr (url, '?', length);
  g_autofree char *head = g_strndup (url, question != NULL ? (gsize) (question - url) : length);
  g_autofree char *query = NULL;
  g_autoptr (GUri) uri = g_uri_parse_relative (base, head, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL)
    return NULL;
  query = question != NULL ? g_strndup (question + 1, length - (gsize) (question + 1 - url))
                           : g_strdup (g_uri_get_query (uri));
  return g_uri_build_with_user (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (uri), g_uri_get_user (uri),
                                g_uri_get_password (uri), NULL, g_uri_get_host (uri),
                                g_uri_get_port (uri), g_uri_get_path (uri), query, NULL);
}

static GUri *
parse_checked (GUri *base, const char *url, GError **error)
{
  g_autoptr (GUri) uri = NULL;

  if (!is_clean (url))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED,
                           "The URL is too long or has blanks or control characters");
      return NULL;
    }
  uri = parse_parts (base, url);
  if (uri == NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "The URL cannot be understood");
      return NULL;
    }
  return check_uri (uri, error) ? g_steal_pointer (&uri) : NULL;
}

GUri *
bt_http_policy_parse (const char *url, GError **error)
{
  return parse_checked (NULL, url, error);
}

GUri *
bt_http_policy_follow (GUri *from, const char *location, GError **error)
{
  g_autoptr (GUri) to = parse_checked (from, location, error);

  if (to == NULL)
    return NULL;
  if (strcmp (g_uri_get_scheme (from), "https") == 0
      && strcmp (g_uri_get_scheme (to), "https") != 0)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK,
                   "%s redirects from an encrypted connection to an open one",
                   g_uri_get_host (from));
      return NULL;
    }
  return g_steal_pointer (&to);
}

static int
get_port (GUri *uri)
{
  int port = g_uri_get_port (uri);

  if (port != -1)
    return port;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;
}

gboolean
bt_http_policy_same_origin (GUri *a, GUri *b)
{
  return strcmp (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0
         && g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0
         && get_port (a) == get_port (b);
}

char *
bt_http_policy_authorization (GUri *asked, GUri *hop)
{
  const char *user = g_uri_get_user (asked);
  const char *password = g_uri_get_password (asked);
  g_autofree char *pair = NULL;
  g_autofree char *encoded = NULL;

  if (user == NULL || !bt_http_policy_same_origin (asked, hop))
    return NULL;

  pair = g_strconcat (user, ":", password != NULL ? password : "", NULL);
  encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
  return g_strconcat ("Basic ", encoded, NULL);
}

BtHttpPlace
bt_http_policy_place (const BtEndpoint *address)
{
  /* Connecting to 0.0.0.0 or :: reaches this machine. */
  if (bt_endpoint_is_loopback (address) || bt_endpoint_is_unspecified (address))
    return BT_HTTP_LOOPBACK;
  return bt_endpoint_is_local (address) ? BT_HTTP_LOCAL_NETWORK : BT_HTTP_GLOBAL;
}

BtHttpPlace
bt_http_policy_place_by_name (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  BtEndpoint endpoint;

  if (bt_endpoint_parse_ip (&endpoint, host, 0))
    return bt_http_policy_place (&endpoint);
  if (g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost"))
    return BT_HTTP_LOOPBACK;
  return BT_HTTP_GLOBAL;
}

gboolean
bt_http_policy_is_named (GUri *uri, const BtEndpoint *address)
{
  BtEndpoint named;

  return bt_endpoint_parse_ip (&named, g_uri_get_host (uri), 0) && bt_endpoint_same_ip (&named, address);
}

/* "/announce.php" and "/scrape" are the only requests that a service on this machine which is no
 * tracker will not mistake for something else. When it was parsed, dots that lead up were taken out;
 * what some servers take for such dots ("/announce/..;/reset", "..%5c", "%252e") is refused. */
static gboolean
is_tracker_path (const char *path)
{
  return (g_str_has_prefix (path, "/announce") || g_str_has_prefix (path, "/scrape"))
         && strpbrk (path, ";%\\") == NULL;
}

gboolean
bt_http_policy_allows (BtFetchPurpose purpose,
                       GUri *uri,
                       BtHttpPlace place,
                       gboolean was_global,
                       GError **error)
{
  const char *host = g_uri_get_host (uri);

  if (purpose == BT_FETCH_ROUTER && place == BT_HTTP_GLOBAL)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "%s is not in the local network", host);
      return FALSE;
    }
  if (place == BT_HTTP_GLOBAL)
    return TRUE;

  if (was_global)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK,
                   "A server in the Internet redirects to %s in the local network", host);
      return FALSE;
    }
  if (purpose == BT_FETCH_TRACKER && place == BT_HTTP_LOOPBACK
      && !is_tracker_path (g_uri_get_path (uri)))
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK,
                   "%s is this computer, and the path is not that of a tracker", host);
      return FALSE;
    }
  if (purpose == BT_FETCH_WEB_SEED && g_uri_get_query (uri) != NULL)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK,
                   "%s is in the local network, where a web seed may have no query", host);
      return FALSE;
    }
  return TRUE;
}
