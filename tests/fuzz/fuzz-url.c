/* fuzz-url.c: addresses of trackers and of what redirects: what is taken leads where it says, and tells no secret.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-endpoint.h"
#include "bt-http-policy.h"
#include "bt-metainfo.h"
#include "bt-text.h"

#include <string.h>

static void
check_tracker (const char *text)
{
  g_autofree char *host = NULL;

  if (!bt_tracker_url_is_valid (text, NULL))
    return;
  g_assert_null (strpbrk (text, "\r\n \t"));
  host = bt_tracker_url_host (text);
  g_assert_nonnull (host);
}

static void
check_http (const char *text)
{
  g_autoptr(GUri) uri = bt_http_policy_parse (text, NULL);
  g_autoptr(GUri) start = bt_http_policy_parse ("https://example.org/a/b?c", NULL);
  g_autoptr(GUri) next = bt_http_policy_follow (start, text, NULL);

  if (uri != NULL)
    {
      g_assert_true (g_str_equal (g_uri_get_scheme (uri), "http") || g_str_equal (g_uri_get_scheme (uri), "https"));
      g_assert_cmpuint (strlen (g_uri_get_host (uri)), >, 0);
    }
  if (next != NULL)
    g_assert_cmpstr (g_uri_get_scheme (next), ==, "https");
}

static void
check_endpoint (const char *text)
{
  BtEndpoint endpoint, again;
  char written[BT_ENDPOINT_TEXT_SIZE];

  if (!bt_endpoint_parse (&endpoint, text))
    return;
  bt_endpoint_format (&endpoint, written);
  g_assert_true (bt_endpoint_parse (&again, written));
  g_assert_true (bt_endpoint_equal (&endpoint, &again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data, size) : g_strdup ("");
  g_autofree char *redacted = bt_text_redact_url (text);

  g_assert_nonnull (redacted);
  check_tracker (text);
  check_http (text);
  check_endpoint (text);
  return 0;
}
