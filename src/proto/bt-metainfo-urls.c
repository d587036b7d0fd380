/* bt-metainfo-urls.c: trackers, web seeds and DHT nodes of a .torrent file (BEP 12, 19, 5).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo-private.h"

#include <string.h>

#include "bt-limits.h"

/* Returns: (nullable): a string of the torrent without blanks around it; NULL for one that no URL
 * can be: empty, too long, or with a NUL. */
static char *
read_trimmed (BtNode node)
{
  const char *bytes;
  gsize length;

  if (!bt_node_string (node, &bytes, &length))
    return NULL;
  while (length > 0 && g_ascii_isspace (bytes[0]))
    {
      bytes++;
      length--;
    }
  while (length > 0 && g_ascii_isspace (bytes[length - 1]))
    length--;
  if (length == 0 || length > BT_LIMIT_URL_BYTES || memchr (bytes, '\0', length) != NULL)
    return NULL;
  return g_strndup (bytes, length);
}

/* At most BT_LIMIT_TRACKERS are kept, so a plain search is enough. */
static gboolean
has_tracker (const GPtrArray *tiers, const GPtrArray *tier, const char *url)
{
  if (g_ptr_array_find_with_equal_func ((GPtrArray *) tier, url, g_str_equal, NULL))
    return TRUE;
  for (guint i = 0; i < tiers->len; i++)
    if (g_strv_contains ((const char *const *) tiers->pdata[i], url))
      return TRUE;
  return FALSE;
}

static void
read_tracker (const GPtrArray *tiers, GPtrArray *tier, BtNode node, guint *left)
{
  g_autofree char *url = read_trimmed (node);

  if (*left == 0 || url == NULL || !bt_tracker_url_is_valid (url, NULL)
      || has_tracker (tiers, tier, url))
    return;
  g_ptr_array_add (tier, g_steal_pointer (&url));
  (*left)--;
}

/* @node: a list of URLs, or one URL that stands alone */
static void
read_tier (GPtrArray *tiers, BtNode node, guint *left)
{
  g_autoptr (GPtrArray) tier = g_ptr_array_new_with_free_func (g_free);
  BtNodeIter iter;
  BtNode item;

  read_tracker (tiers, tier, node, left);
  bt_node_iter_init (&iter, node);
  if (bt_node_type (node) == BT_BENCODE_LIST)
    while (bt_node_iter_next (&iter, &item))
      read_tracker (tiers, tier, item, left);
  if (tier->len == 0)
    return;
  g_ptr_array_add (tier, NULL);
  g_ptr_array_set_free_func (tier, NULL);
  g_ptr_array_add (tiers, g_ptr_array_free (g_steal_pointer (&tier), FALSE));
}

void
bt_metainfo_read_trackers (BtMetainfo *metainfo, BtNode root)
{
  guint left = BT_LIMIT_TRACKERS;
  BtNodeIter iter;
  BtNode tier;

  metainfo->tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  bt_node_iter_init (&iter, bt_node_get_list (root, "announce-list"));
  while (bt_node_iter_next (&iter, &tier))
    read_tier (metainfo->tiers, tier, &left);
  /* BEP 12: announce counts only without a list. */
  if (metainfo->tiers->len == 0)
    read_tier (metainfo->tiers, bt_node_get (root, "announce"), &left);
}

/* People write blanks and letters of their own into URLs; they mean the escaped form (RFC 3986).
 * Returns: (nullable): NULL if there are controls. */
static char *
escape_url (const char *text)
{
  GString *url = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        {
          g_string_free (url, TRUE);
          return NULL;
        }
      if (g_ascii_isgraph (*p) && strchr ("\"<>\\^`{|}", *p) == NULL)
        g_string_append_c (url, *p);
      else
        g_string_append_printf (url, "%%%02X", (guint8) *p);
    }
  return g_string_free (url, FALSE);
}

static gboolean
is_web_seed (const char *text)
{
  g_autoptr (BtUrl) url = bt_url_parse (text, NULL);

  return url != NULL && (g_str_equal (url->scheme, "http") || g_str_equal (url->scheme, "https"))
         && !bt_url_host_has_zone (url->host) && !bt_url_host_is_idna (url->host);
}

char *
bt_web_seed_clean (const char *text)
{
  g_autofree char *url = escape_url (text);

  return url != NULL && is_web_seed (url) ? g_steal_pointer (&url) : NULL;
}

static void
read_web_seed (const BtMetainfo *metainfo, GPtrArray *seeds, BtNode node)
{
  g_autofree char *text = read_trimmed (node);
  g_autofree char *url = text != NULL ? bt_web_seed_clean (text) : NULL;

  if (url == NULL || seeds->len == BT_LIMIT_WEB_SEEDS)
    return;
  /* The folder that the files lie in; a path follows. */
  if (metainfo->multi_file && !g_str_has_suffix (url, "/"))
    {
      char *folder = g_strconcat (url, "/", NULL);
      g_free (url);
      url = folder;
    }
  if (!g_ptr_array_find_with_equal_func (seeds, url, g_str_equal, NULL))
    g_ptr_array_add (seeds, g_steal_pointer (&url));
}

void
bt_metainfo_read_web_seeds (BtMetainfo *metainfo, BtNode root)
{
  GPtrArray *seeds = g_ptr_array_new ();
  BtNode node = bt_node_get (root, "url-list");
  BtNodeIter iter;
  BtNode item;

  if (bt_node_type (node) == BT_BENCODE_LIST)
    {
      bt_node_iter_init (&iter, node);
      while (bt_node_iter_next (&iter, &item))
        read_web_seed (metainfo, seeds, item);
    }
  else
    read_web_seed (metainfo, seeds, node);
  g_ptr_array_add (seeds, NULL);
  metainfo->web_seeds = (GStrv) g_ptr_array_free (seeds, FALSE);
}

/* [host, port] -> "host:port". Returns: (nullable) */
static char *
read_node (BtNode pair)
{
  g_autofree char *host = NULL;
  g_autofree char *node = NULL;
  BtNodeIter iter;
  BtNode first, second;
  gint64 port;

  bt_node_iter_init (&iter, pair);
  if (bt_node_type (pair) != BT_BENCODE_LIST || !bt_node_iter_next (&iter, &first)
      || !bt_node_iter_next (&iter, &second) || !bt_node_int (second, &port))
    return NULL;
  host = read_trimmed (first);
  if (host == NULL || port < 1 || port > G_MAXUINT16)
    return NULL;
  node = g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, (int) port);
  return bt_url_is_host_and_port (node) ? g_steal_pointer (&node) : NULL;
}

void
bt_metainfo_read_nodes (BtMetainfo *metainfo, BtNode root)
{
  GPtrArray *nodes = g_ptr_array_new ();
  BtNodeIter iter;
  BtNode pair;

  bt_node_iter_init (&iter, bt_node_get_list (root, "nodes"));
  while (nodes->len < BT_LIMIT_NODES && bt_node_iter_next (&iter, &pair))
    {
      char *node = read_node (pair);

      if (node != NULL)
        g_ptr_array_add (nodes, node);
    }
  g_ptr_array_add (nodes, NULL);
  metainfo->nodes = (GStrv) g_ptr_array_free (nodes, FALSE);
}
