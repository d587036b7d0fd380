/* bt-magnet.c: what a magnet link says (BEP 9, 53).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-magnet.h"

#include <string.h>

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-metainfo-private.h"
#include "bt-text.h"

#define BTIH "urn:btih:"
#define BTMH "urn:btmh:"
#define BTPK "urn:btpk:"
#define BASE32_SIZE 32      /* letters of 20 bytes */
#define MULTIHASH "1220"    /* SHA-256, 32 bytes */

/* What has been read, before it becomes immutable. */
typedef struct
{
  BtMagnet *magnet;
  gboolean has_v1;
  gboolean broken;     /* an xt of ours that is none */
  gboolean is_mutable; /* BEP 46 */
  GPtrArray *web_seeds;
  GPtrArray *peers;
  GPtrArray *nodes;
} Reading;

/* Hashes. */

static gboolean
decode_base32 (const char *text, BtSha1 *out)
{
  guint64 bits = 0;
  guint n_bits = 0;
  gsize n = 0;

  if (strlen (text) != BASE32_SIZE)
    return FALSE;
  for (; *text != '\0'; text++)
    {
      char c = g_ascii_toupper (*text);

      if (c >= 'A' && c <= 'Z')
        bits = bits << 5 | (guint64) (c - 'A');
      else if (c >= '2' && c <= '7')
        bits = bits << 5 | (guint64) (c - '2' + 26);
      else
        return FALSE;
      n_bits += 5;
      if (n_bits < 8)
        continue;
      n_bits -= 8;
      out->bytes[n++] = (guint8) (bits >> n_bits);
    }
  return TRUE;
}

static gboolean
decode_v1 (const char *text, BtSha1 *out)
{
  return bt_sha1_from_hex (text, out) || decode_base32 (text, out);
}

static gboolean
decode_v2 (const char *text, guint8 *out)
{
  if (!g_str_has_prefix (text, MULTIHASH))
    return FALSE;
  text += strlen (MULTIHASH);
  if (strlen (text) != 2 * BT_MAGNET_V2_SIZE)
    return FALSE;
  for (gsize i = 0; i < BT_MAGNET_V2_SIZE; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      out[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

/* Parameters. */

/* Returns: (transfer full) (nullable): NULL if an escape is broken or means a NUL */
static char *
decode_value (const char *text, gsize length, gboolean plus_is_space)
{
  g_autoptr (GString) value = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      int high, low;

      if (text[i] != '%')
        {
          g_string_append_c (value, plus_is_space && text[i] == '+' ? ' ' : text[i]);
          continue;
        }
      high = i + 1 < length ? g_ascii_xdigit_value (text[i + 1]) : -1;
      low = i + 2 < length ? g_ascii_xdigit_value (text[i + 2]) : -1;
      if (high < 0 || low < 0 || (high == 0 && low == 0))
        return NULL;
      g_string_append_c (value, (char) (high << 4 | low));
      i += 2;
    }
  return g_string_free (g_steal_pointer (&value), FALSE);
}

static void
read_topic (Reading *reading, const char *value)
{
  BtMagnet *magnet = reading->magnet;

  if (g_ascii_strncasecmp (value, BTIH, strlen (BTIH)) == 0)
    {
      BtSha1 info_hash;

      if (!decode_v1 (value + strlen (BTIH), &info_hash))
        reading->broken = TRUE;
      else if (!reading->has_v1)
        {
          /* Of two different ones the first counts. */
          magnet->info_hash = info_hash;
          reading->has_v1 = TRUE;
        }
    }
  else if (g_ascii_strncasecmp (value, BTMH, strlen (BTMH)) == 0 && !magnet->has_v2)
    {
      magnet->has_v2 = decode_v2 (value + strlen (BTMH), magnet->v2_hash);
      reading->broken |= !magnet->has_v2;
    }
}

static void
read_name (Reading *reading, const char *value)
{
  BtMagnet *magnet = reading->magnet;

  if (magnet->name != NULL)
    return;
  magnet->name = bt_text_for_display (value, strlen (value), BT_LIMIT_PATH_COMPONENT);
  g_strstrip (magnet->name);
  if (*magnet->name == '\0')
    g_clear_pointer (&magnet->name, g_free);
}

static void
read_tracker (Reading *reading, const char *value)
{
  GPtrArray *tiers = reading->magnet->tiers;

  if (tiers->len == BT_LIMIT_TRACKERS || !bt_tracker_url_is_valid (value, NULL))
    return;
  for (guint i = 0; i < tiers->len; i++)
    if (g_str_equal (((GStrv) tiers->pdata[i])[0], value))
      return;
  g_ptr_array_add (tiers, g_strdupv ((char *[]) { (char *) value, NULL }));
}

static void
add_once (GPtrArray *strings, const char *value, guint limit)
{
  if (strings->len < limit && !g_ptr_array_find_with_equal_func (strings, value, g_str_equal, NULL))
    g_ptr_array_add (strings, g_strdup (value));
}

static void
read_web_seed (Reading *reading, const char *value)
{
  g_autofree char *url = strlen (value) <= BT_LIMIT_URL_BYTES ? bt_web_seed_clean (value) : NULL;

  if (url != NULL)
    add_once (reading->web_seeds, url, BT_LIMIT_WEB_SEEDS);
}

static void
read_peer (Reading *reading, const char *value)
{
  if (bt_url_is_host_and_port (value))
    add_once (reading->peers, value, BT_LIMIT_MAGNET_PEERS);
}

static void
read_node (Reading *reading, const char *value)
{
  if (bt_url_is_host_and_port (value))
    add_once (reading->nodes, value, BT_LIMIT_NODES);
}

static gboolean
parse_index (const char *text, guint32 *index)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, BT_LIMIT_MAGNET_FILE, &number, NULL))
    return FALSE;
  *index = (guint32) number;
  return TRUE;
}

/* "4" or "4-8" */
static gboolean
parse_range (char *text, BtMagnetRange *range)
{
  char *dash = strchr (text, '-');

  if (dash != NULL)
    *dash = '\0';
  if (!parse_index (text, &range->first))
    return FALSE;
  range->last = range->first;
  return dash == NULL || (parse_index (dash + 1, &range->last) && range->first <= range->last);
}

/* BEP 53. If nothing that is valid remains, all files are wanted. */
static void
read_selection (Reading *reading, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ",", BT_LIMIT_MAGNET_RANGES + 1);
  BtMagnet *magnet = reading->magnet;

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      BtMagnetRange range;

      if (!parse_range (parts[i], &range))
        continue;
      if (magnet->selection == NULL)
        magnet->selection = g_array_new (FALSE, FALSE, sizeof (BtMagnetRange));
      if (magnet->selection->len < BT_LIMIT_MAGNET_RANGES)
        g_array_append_val (magnet->selection, range);
    }
}

static void
read_source (Reading *reading, const char *value)
{
  if (g_ascii_strncasecmp (value, BTPK, strlen (BTPK)) == 0)
    reading->is_mutable = TRUE;
}

static const struct
{
  const char *key;
  gboolean plus_is_space;
  void (*read) (Reading *reading, const char *value);
} parameters[] = {
  { "xt", FALSE, read_topic },     { "dn", TRUE, read_name },     { "tr", FALSE, read_tracker },
  { "ws", FALSE, read_web_seed },  { "x.pe", FALSE, read_peer },  { "dht", FALSE, read_node },
  { "so", FALSE, read_selection }, { "xs", FALSE, read_source },
};

/* "tr" is "tr", "TR" and "tr.1". */
static gboolean
key_is (const char *key, gsize length, const char *name)
{
  gsize n = strlen (name);

  if (length < n || g_ascii_strncasecmp (key, name, n) != 0)
    return FALSE;
  if (length == n)
    return TRUE;
  if (key[n] != '.' || length == n + 1)
    return FALSE;
  for (gsize i = n + 1; i < length; i++)
    if (!g_ascii_isdigit (key[i]))
      return FALSE;
  return TRUE;
}

static void
read_parameter (Reading *reading, const char *text, gsize length)
{
  const char *equals;
  gsize n_key;

  /* What is left of an "&amp;" that was copied out of a page's source. */
  if (length > 4 && g_ascii_strncasecmp (text, "amp;", 4) == 0)
    {
      text += 4;
      length -= 4;
    }
  equals = memchr (text, '=', length);
  if (equals == NULL)
    return;
  n_key = (gsize) (equals - text);
  for (gsize i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (key_is (text, n_key, parameters[i].key))
      {
        g_autofree char *value = decode_value (equals + 1, length - n_key - 1, parameters[i].plus_is_space);

        if (value != NULL)
          parameters[i].read (reading, value);
        return;
      }
}

/* Returns: (nullable): what follows the question mark */
static const char *
find_query (const char *link)
{
  if (g_ascii_strncasecmp (link, "magnet:", strlen ("magnet:")) != 0)
    return NULL;
  link += strlen ("magnet:");
  link += strspn (link, "/");
  return *link == '?' ? link + 1 : NULL;
}

static gboolean
read_link (Reading *reading, const char *link, GError **error)
{
  const char *query = find_query (link);

  if (query == NULL)
    {
      reading->has_v1 = decode_v1 (link, &reading->magnet->info_hash);
      if (!reading->has_v1)
        g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "It does not begin with \"magnet:?\"");
      return reading->has_v1;
    }
  while (*query != '\0')
    {
      gsize length = strcspn (query, "&");

      read_parameter (reading, query, length);
      query += length;
      query += strspn (query, "&");
    }
  return TRUE;
}

static gboolean
check_topics (const Reading *reading, GError **error)
{
  if (reading->has_v1)
    return TRUE;
  if (reading->broken)
    g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "xt: not an info-hash");
  else if (reading->magnet->has_v2)
    g_set_error_literal (error, BT_ERROR, BT_ERROR_UNSUPPORTED, "xt: version 2 is not supported yet");
  else if (reading->is_mutable)
    g_set_error_literal (error, BT_ERROR, BT_ERROR_UNSUPPORTED, "xs: mutable torrents are not supported");
  else
    g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "xt: the link names no torrent");
  return FALSE;
}

static GStrv
take_strings (GPtrArray *strings)
{
  g_ptr_array_add (strings, NULL);
  return (GStrv) g_ptr_array_free (strings, FALSE);
}

BtMagnet *
bt_magnet_parse (const char *link, GError **error)
{
  g_autoptr (BtMagnet) magnet = NULL;
  g_autofree char *trimmed = NULL;
  Reading reading = { 0 };
  gboolean ok;

  if (strlen (link) > BT_LIMIT_MAGNET_BYTES)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, "The link is longer than %u bytes", BT_LIMIT_MAGNET_BYTES);
      return NULL;
    }
  trimmed = g_strstrip (g_strdup (link));
  magnet = reading.magnet = g_new0 (BtMagnet, 1);
  g_atomic_ref_count_init (&magnet->refs);
  magnet->tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  reading.web_seeds = g_ptr_array_new ();
  reading.peers = g_ptr_array_new ();
  reading.nodes = g_ptr_array_new ();

  ok = read_link (&reading, trimmed, error) && check_topics (&reading, error);
  magnet->web_seeds = take_strings (reading.web_seeds);
  magnet->peers = take_strings (reading.peers);
  magnet->nodes = take_strings (reading.nodes);
  return ok ? g_steal_pointer (&magnet) : NULL;
}

BtMagnet *
bt_magnet_ref (BtMagnet *magnet)
{
  g_atomic_ref_count_inc (&magnet->refs);
  return magnet;
}

void
bt_magnet_unref (BtMagnet *magnet)
{
  if (!g_atomic_ref_count_dec (&magnet->refs))
    return;
  g_free (magnet->name);
  g_ptr_array_unref (magnet->tiers);
  g_strfreev (magnet->web_seeds);
  g_strfreev (magnet->peers);
  g_strfreev (magnet->nodes);
  g_clear_pointer (&magnet->selection, g_array_unref);
  g_free (magnet);
}

GPtrArray *
bt_magnet_dup_tiers (const BtMagnet *magnet)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < magnet->tiers->len; i++)
    g_ptr_array_add (copy, g_strdupv (magnet->tiers->pdata[i]));
  return copy;
}

/* Writing. */

static void
append_value (GString *link, const char *key, const char *value)
{
  g_autofree char *encoded = bt_text_percent_encode (value, strlen (value));

  g_string_append_printf (link, "&%s=%s", key, encoded);
}

static void
append_values (GString *link, const char *key, const char *const *values)
{
  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    append_value (link, key, values[i]);
}

static void
append_v2 (GString *link, const BtMagnet *magnet)
{
  if (!magnet->has_v2)
    return;
  g_string_append (link, "&xt=" BTMH MULTIHASH);
  for (gsize i = 0; i < BT_MAGNET_V2_SIZE; i++)
    g_string_append_printf (link, "%02x", magnet->v2_hash[i]);
}

static void
append_selection (GString *link, const GArray *selection)
{
  for (guint i = 0; selection != NULL && i < selection->len; i++)
    {
      const BtMagnetRange *range = &g_array_index (selection, BtMagnetRange, i);

      g_string_append (link, i == 0 ? "&so=" : ",");
      if (range->first == range->last)
        g_string_append_printf (link, "%u", range->first);
      else
        g_string_append_printf (link, "%u-%u", range->first, range->last);
    }
}

static GString *
begin_link (const BtSha1 *info_hash)
{
  char hex[BT_SHA1_HEX_SIZE];
  GString *link = g_string_new ("magnet:?xt=" BTIH);

  bt_sha1_to_hex (info_hash, hex);
  return g_string_append (link, hex);
}

static void
append_common (GString *link, const char *name, const GPtrArray *tiers, const char *const *web_seeds)
{
  if (name != NULL && *name != '\0')
    append_value (link, "dn", name);
  for (guint i = 0; tiers != NULL && i < tiers->len; i++)
    append_values (link, "tr", tiers->pdata[i]);
  append_values (link, "ws", web_seeds);
}

char *
bt_magnet_format (const BtMagnet *magnet)
{
  GString *link = begin_link (&magnet->info_hash);

  append_v2 (link, magnet);
  append_common (link, magnet->name, magnet->tiers, (const char *const *) magnet->web_seeds);
  append_values (link, "x.pe", (const char *const *) magnet->peers);
  append_values (link, "dht", (const char *const *) magnet->nodes);
  append_selection (link, magnet->selection);
  return g_string_free (link, FALSE);
}

char *
bt_magnet_compose (const BtSha1 *info_hash, const char *name, const GPtrArray *tiers, const char *const *web_seeds)
{
  GString *link = begin_link (info_hash);

  append_common (link, name, tiers, web_seeds);
  return g_string_free (link, FALSE);
}

void
bt_magnet_select (const BtMagnet *magnet, gboolean *wanted, guint32 n_files)
{
  gboolean any = FALSE;

  memset (wanted, 0, n_files * sizeof *wanted);
  for (guint i = 0; magnet->selection != NULL && i < magnet->selection->len; i++)
    {
      const BtMagnetRange *range = &g_array_index (magnet->selection, BtMagnetRange, i);

      for (guint32 file = range->first; file <= range->last && file < n_files; file++)
        any = wanted[file] = TRUE;
    }
  for (guint32 file = 0; !any && file < n_files; file++)
    wanted[file] = TRUE;
}
