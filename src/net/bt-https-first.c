/* bt-https-first.c: which trackers that are named with "http:" are asked by HTTPS; no I/O, no clock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-https-first.h"

#include <gio/gio.h>
#include <string.h>

/* Addresses of trackers are of strangers; then all is learnt anew. */
#define MAX_HOSTS 1000

typedef struct
{
  gboolean works;
  gboolean worked; /* once, whatever came later */
  gint64 until;    /* monotonic µs: it is not tried before, unless it works */
} Record;

struct _BtHttpsFirst
{
  GHashTable *hosts; /* name → Record */
};

BtHttpsFirst *
bt_https_first_new (void)
{
  BtHttpsFirst *first = g_new0 (BtHttpsFirst, 1);

  first->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return first;
}

void
bt_https_first_free (BtHttpsFirst *first)
{
  g_hash_table_unref (first->hosts);
  g_free (first);
}

/* Nobody has a certificate for it that the world trusts. */
static gboolean
is_local_name (const char *host)
{
  static const char *const ends[] = { ".local", ".localhost", ".internal", ".lan", ".home", ".home.arpa" };

  if (strchr (host, '.') == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (host, ends[i]))
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full) (nullable): in small letters; NULL where HTTPS is not tried */
static char *
get_host (const char *url)
{
  g_autofree char *scheme = NULL, *name = NULL, *host = NULL;
  int port = -1;

  if (!g_uri_split (url, G_URI_FLAGS_ENCODED, &scheme, NULL, &name, &port, NULL, NULL, NULL, NULL)
      || scheme == NULL || g_ascii_strcasecmp (scheme, "http") != 0 || name == NULL || (port != -1 && port != 80))
    return NULL;
  host = g_ascii_strdown (name, -1);
  if (g_hostname_is_ip_address (host) || is_local_name (host))
    return NULL;
  return g_steal_pointer (&host);
}

char *
bt_https_first_url (const char *url)
{
  g_autofree char *host = get_host (url);
  const char *authority = url + strlen ("http://");
  const char *rest;

  if (host == NULL)
    return NULL;
  rest = authority + strcspn (authority, "/?#");
  if (rest - authority > 3 && strncmp (rest - 3, ":80", 3) == 0)
    return g_strdup_printf ("https://%.*s%s", (int) (rest - 3 - authority), authority, rest);
  return g_strconcat ("https://", authority, NULL);
}

static Record *
get_record (BtHttpsFirst *first, const char *url)
{
  g_autofree char *host = get_host (url);
  Record *record = host != NULL ? g_hash_table_lookup (first->hosts, host) : NULL;

  if (record != NULL || host == NULL)
    return record;
  if (g_hash_table_size (first->hosts) >= MAX_HOSTS)
    g_hash_table_remove_all (first->hosts);
  record = g_new0 (Record, 1);
  g_hash_table_insert (first->hosts, g_steal_pointer (&host), record);
  return record;
}

BtHttpsState
bt_https_first_look (BtHttpsFirst *first, const char *url, gint64 now)
{
  g_autofree char *host = get_host (url);
  const Record *record = host != NULL ? g_hash_table_lookup (first->hosts, host) : NULL;

  if (record != NULL && record->works)
    return BT_HTTPS_WORKS;
  return host == NULL || (record != NULL && now < record->until) ? BT_HTTPS_FAILS : BT_HTTPS_UNDECIDED;
}

void
bt_https_first_note_works (BtHttpsFirst *first, const char *url)
{
  Record *record = get_record (first, url);

  if (record != NULL)
    record->works = record->worked = TRUE;
}

static void
pause_record (Record *record, gint64 until)
{
  record->works = FALSE;
  record->until = until;
}

void
bt_https_first_note_fails (BtHttpsFirst *first, const char *url, gint64 now)
{
  Record *record = get_record (first, url);

  if (record != NULL)
    pause_record (record, now + BT_HTTPS_FIRST_PAUSE_US);
}

void
bt_https_first_note_http_works (BtHttpsFirst *first, const char *url, gint64 now)
{
  Record *record = get_record (first, url);

  if (record != NULL && !record->worked)
    pause_record (record, now + BT_HTTPS_FIRST_DAY_US);
}

static gboolean
has_failed (gpointer key, gpointer value, gpointer data)
{
  return !((Record *) value)->works;
}

void
bt_https_first_forgive (BtHttpsFirst *first)
{
  g_hash_table_foreach_remove (first->hosts, has_failed, NULL);
}
