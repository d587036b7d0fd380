/* ft-query.c: which torrents a person wants to see.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-query.h"

#include <string.h>

static void
clear_place (FtQuery *query)
{
  query->category = FT_CATEGORY_ALL;
  query->untagged = FALSE;
  g_clear_pointer (&query->tag, g_free);
  g_clear_pointer (&query->tracker, g_free);
}

/* Returns: (transfer full): folded words, each once is not needed: few are typed */
static GStrv
split_words (const char *text)
{
  g_autofree char *folded = ft_query_fold (text);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\r\n", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (words, parts[i]);
  return g_strv_builder_end (words);
}

static gboolean
has_words (const FtQuery *query, FtTorrent *torrent)
{
  for (guint i = 0; query->words[i] != NULL; i++)
    if (strstr (ft_torrent_get_search_key (torrent), query->words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
has_tag (const FtQuery *query, const BtTorrentStatus *status)
{
  for (char **tag = status->options->tags; *tag != NULL; tag++)
    {
      g_autofree char *without_case = g_utf8_casefold (*tag, -1);

      if (g_str_equal (without_case, query->tag))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_tracker (const FtQuery *query, const BtTorrentStatus *status)
{
  return g_strcmp0 (query->tracker, status->tracker != NULL ? status->tracker : "") == 0;
}

FtQuery *
ft_query_new (void)
{
  FtQuery *query = g_new0 (FtQuery, 1);

  query->words = g_new0 (char *, 1);
  return query;
}

void
ft_query_free (FtQuery *query)
{
  clear_place (query);
  g_strfreev (query->words);
  g_free (query);
}

void
ft_query_set_category (FtQuery *query, FtCategory category)
{
  g_return_if_fail (query != NULL);

  clear_place (query);
  query->category = category;
}

void
ft_query_set_tag (FtQuery *query, const char *tag)
{
  g_autofree char *copy = NULL;

  g_return_if_fail (query != NULL);
  g_return_if_fail (tag != NULL);

  copy = g_utf8_casefold (tag, -1);
  clear_place (query);
  query->tag = g_steal_pointer (&copy);
}

void
ft_query_set_untagged (FtQuery *query)
{
  g_return_if_fail (query != NULL);

  clear_place (query);
  query->untagged = TRUE;
}

void
ft_query_set_tracker (FtQuery *query, const char *tracker)
{
  g_autofree char *copy = NULL;

  g_return_if_fail (query != NULL);
  g_return_if_fail (tracker != NULL);

  copy = g_strdup (tracker);
  clear_place (query);
  query->tracker = g_steal_pointer (&copy);
}

gboolean
ft_query_set_text (FtQuery *query, const char *text)
{
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (query != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  words = split_words (text);
  if (g_strv_equal ((const char *const *) words, (const char *const *) query->words))
    return FALSE;
  g_strfreev (query->words);
  query->words = g_steal_pointer (&words);
  return TRUE;
}

gboolean
ft_query_matches (const FtQuery *query, FtTorrent *torrent)
{
  const BtTorrentStatus *status;

  g_return_val_if_fail (query != NULL, FALSE);

  status = ft_torrent_get_status (torrent);
  return ft_category_contains (query->category, status)
         && (!query->untagged || status->options->tags[0] == NULL)
         && (query->tag == NULL || has_tag (query, status))
         && (query->tracker == NULL || has_tracker (query, status)) && has_words (query, torrent);
}

BtChanged
ft_query_get_facts (const FtQuery *query)
{
  BtChanged facts = 0;

  g_return_val_if_fail (query != NULL, 0);

  if (query->category != FT_CATEGORY_ALL)
    facts |= FT_CATEGORY_FACTS;
  if (query->tag != NULL || query->untagged)
    facts |= BT_CHANGED_OPTIONS;
  if (query->tracker != NULL)
    facts |= BT_CHANGED_TRACKER;
  if (query->words[0] != NULL)
    facts |= BT_CHANGED_NAME;
  return facts;
}

/* Compatibility decomposition takes accents off their letters, and casefolding comes before it, because it
 * makes new letters with accents. */
char *
ft_query_fold (const char *text)
{
  g_autofree char *without_case = NULL;
  g_autofree char *apart = NULL;
  GString *folded;

  g_return_val_if_fail (text != NULL, NULL);

  without_case = g_utf8_casefold (text, -1);
  apart = g_utf8_normalize (without_case, -1, G_NORMALIZE_ALL);
  folded = g_string_new (NULL);
  for (const char *at = apart; at != NULL && *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_ismark (c))
        g_string_append_unichar (folded, c);
    }
  return g_string_free (folded, FALSE);
}
