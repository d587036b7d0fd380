/* ft-roster.c: what is known of all torrents, as the engine told it last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-roster.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MIN_HASH_DIGITS 4

struct _FtRoster
{
  GHashTable *by_id;  /* id -> BtTorrentStatus, owned */
  GPtrArray *ordered; /* of BtTorrentStatus by id: ids only grow */
  FtTotals totals;
};

static void
free_status (gpointer data)
{
  bt_torrent_status_clear (data);
  g_free (data);
}

FtRoster *
ft_roster_new (void)
{
  FtRoster *self = g_new0 (FtRoster, 1);

  self->by_id = g_hash_table_new_full (NULL, NULL, NULL, free_status);
  self->ordered = g_ptr_array_new ();
  self->totals.free_bytes = -1;
  return self;
}

void
ft_roster_free (FtRoster *self)
{
  g_ptr_array_unref (self->ordered);
  g_hash_table_unref (self->by_id);
  g_free (self);
}

guint
ft_roster_get_n (FtRoster *self)
{
  return self->ordered->len;
}

const BtTorrentStatus *
ft_roster_get (FtRoster *self, guint index)
{
  g_return_val_if_fail (index < self->ordered->len, NULL);

  return g_ptr_array_index (self->ordered, index);
}

const BtTorrentStatus *
ft_roster_lookup (FtRoster *self, BtTorrentId id)
{
  return g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
}

const FtTotals *
ft_roster_get_totals (FtRoster *self)
{
  return &self->totals;
}

static guint
find_place (FtRoster *self, BtTorrentId id)
{
  guint place = self->ordered->len;

  /* New ones belong at the end nearly always. */
  while (place > 0 && ft_roster_get (self, place - 1)->id > id)
    place--;
  return place;
}

void
ft_roster_put (FtRoster *self, const BtTorrentStatus *status)
{
  BtTorrentStatus *mine = g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (status->id));
  BtTorrentStatus copy;

  bt_torrent_status_copy (status, &copy);
  if (mine != NULL)
    {
      bt_torrent_status_clear (mine);
      *mine = copy;
      return;
    }
  mine = g_memdup2 (&copy, sizeof copy);
  g_ptr_array_insert (self->ordered, (int) find_place (self, mine->id), mine);
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (mine->id), mine);
}

void
ft_roster_remove (FtRoster *self, BtTorrentId id)
{
  gpointer status = g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));

  if (status == NULL)
    return;
  g_ptr_array_remove (self->ordered, status);
  g_hash_table_remove (self->by_id, GUINT_TO_POINTER (id));
}

void
ft_roster_set_totals (FtRoster *self, const BtUpdate *update)
{
  self->totals = (FtTotals){
    .rate_down = update->rate_down,
    .rate_up = update->rate_up,
    .total_downloaded = update->total_downloaded,
    .total_uploaded = update->total_uploaded,
    .n_peers = update->n_peers,
    .free_bytes = update->free_bytes,
    .listen_port = update->listen_port,
    .incoming_seen = update->incoming_seen,
    .external_ipv4 = update->external_ipv4,
    .external_ipv6 = update->external_ipv6,
    .mode = update->mode,
  };
  memcpy (self->totals.mappings, update->mappings, sizeof self->totals.mappings);
  memcpy (self->totals.dht, update->dht, sizeof self->totals.dht);
}

typedef gboolean (*MatchFunc) (const BtTorrentStatus *status, const char *typed);

static gboolean
match_exactly (const BtTorrentStatus *status, const char *typed)
{
  return strcmp (status->name, typed) == 0;
}

static gboolean
match_folded (const BtTorrentStatus *status, const char *typed)
{
  g_autofree char *name = g_utf8_casefold (status->name, -1);
  g_autofree char *wanted = g_utf8_casefold (typed, -1);

  return strcmp (name, wanted) == 0;
}

static gboolean
match_beginning (const BtTorrentStatus *status, const char *typed)
{
  return g_str_has_prefix (status->name, typed);
}

static gboolean
match_folded_beginning (const BtTorrentStatus *status, const char *typed)
{
  g_autofree char *name = g_utf8_casefold (status->name, -1);
  g_autofree char *wanted = g_utf8_casefold (typed, -1);

  return g_str_has_prefix (name, wanted);
}

static gboolean
match_hash (const BtTorrentStatus *status, const char *typed)
{
  char hex[BT_SHA1_HEX_SIZE];
  gsize length = strlen (typed);

  bt_sha1_to_hex (&status->info_hash, hex);
  return length >= MIN_HASH_DIGITS && g_ascii_strncasecmp (hex, typed, length) == 0;
}

/* The first two that match are enough to know whether it is one. */
static guint
find_two (FtRoster *self, MatchFunc match, const char *typed, const BtTorrentStatus *found[2])
{
  guint n = 0;

  for (guint i = 0; i < self->ordered->len && n < 2; i++)
    {
      const BtTorrentStatus *status = ft_roster_get (self, i);

      if (match (status, typed))
        found[n++] = status;
    }
  return n;
}

static void
set_ambiguous (GError **error, const char *name, const BtTorrentStatus *const found[2])
{
  char hex[2][BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&found[0]->info_hash, hex[0]);
  bt_sha1_to_hex (&found[1]->info_hash, hex[1]);
  g_set_error (error, BT_ERROR, BT_ERROR_NOT_FOUND,
               _("“%s” can mean “%s” (%.8s) or “%s” (%.8s)"), name, found[0]->name, hex[0],
               found[1]->name, hex[1]);
}

BtTorrentId
ft_roster_find (FtRoster *self, const char *name, GError **error)
{
  static const MatchFunc matches[]
    = { match_exactly, match_folded, match_beginning, match_folded_beginning, match_hash };
  g_autofree char *typed = g_utf8_make_valid (name, -1);
  const BtTorrentStatus *found[2];

  for (guint i = 0; *typed != '\0' && i < G_N_ELEMENTS (matches); i++)
    {
      guint n = find_two (self, matches[i], typed, found);

      if (n == 1)
        return found[0]->id;
      if (n == 2)
        {
          set_ambiguous (error, typed, found);
          return 0;
        }
    }
  g_set_error (error, BT_ERROR, BT_ERROR_NOT_FOUND,
               _("There is no torrent called “%s”; “list” shows those there are"), typed);
  return 0;
}
