/* ft-tiers-text.c: a torrent's trackers as a text that a person edits, and back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tracker-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static GPtrArray *
new_tiers (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
}

char *
ft_tiers_to_text (GPtrArray *tiers)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < tiers->len; i++)
    {
      const char *const *urls = tiers->pdata[i];

      if (i > 0)
        g_string_append_c (text, '\n');
      for (guint j = 0; urls[j] != NULL; j++)
        g_string_append_printf (text, "%s\n", urls[j]);
    }
  return g_string_free (text, FALSE);
}

/* As far as a face can tell: the engine has the last word. */
static gboolean
is_tracker (const char *url)
{
  static const char *const schemes[] = { "http", "https", "udp" };
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strcasecmp (g_uri_get_scheme (uri), schemes[i]) == 0)
      return i != 2 || g_uri_get_port (uri) > 0;
  return FALSE;
}

/* Takes the URLs of @tier. */
static void
end_tier (GPtrArray *tiers, GStrvBuilder **tier)
{
  g_autoptr (GStrvBuilder) ended = g_steal_pointer (tier);
  GStrv urls = g_strv_builder_end (ended);

  *tier = g_strv_builder_new ();
  if (urls[0] != NULL)
    g_ptr_array_add (tiers, urls);
  else
    g_strfreev (urls);
}

GPtrArray *
ft_tiers_from_text (const char *text, GError **error)
{
  g_autoptr (GPtrArray) tiers = new_tiers ();
  g_autoptr (GStrvBuilder) tier = g_strv_builder_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *url = g_strstrip (lines[i]);

      if (*url == '\0')
        end_tier (tiers, &tier);
      else if (is_tracker (url))
        g_strv_builder_add (tier, url);
      else
        {
          g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED,
                       _("Line %u is no address of a tracker: it begins with http://, https:// or udp://, and names "
                         "a host, of udp:// with a port"),
                       i + 1);
          return NULL;
        }
    }
  end_tier (tiers, &tier);
  return g_steal_pointer (&tiers);
}

GPtrArray *
ft_tiers_replace (GPtrArray *tiers, const char *url, const char *new_url)
{
  GPtrArray *changed = new_tiers ();

  for (guint i = 0; i < tiers->len; i++)
    {
      const char *const *urls = tiers->pdata[i];
      g_autoptr (GStrvBuilder) tier = g_strv_builder_new ();

      for (guint j = 0; urls[j] != NULL; j++)
        if (!g_str_equal (urls[j], url))
          g_strv_builder_add (tier, urls[j]);
        else if (new_url != NULL)
          g_strv_builder_add (tier, new_url);
      end_tier (changed, &tier);
    }
  return changed;
}
