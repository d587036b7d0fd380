/* bt-metadata-version.c: the sizes that peers claim of a link's details, and what is there of each.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metadata-fetch-private.h"

#include "bt-metadata.h"

gboolean
bt_metadata_has_room (BtMetadataFetch *self, gsize bytes)
{
  return self->budget->used + bytes <= self->budget->limit;
}

gboolean
bt_metadata_allocate_blocks (BtMetadataFetch *self, BtMetadataVersion *version)
{
  gsize bytes = version->n_blocks * sizeof (BtMetadataBlock);

  if (version->blocks != NULL)
    return TRUE;
  if (!bt_metadata_has_room (self, bytes))
    return FALSE;
  self->budget->used += bytes;
  version->blocks = g_new0 (BtMetadataBlock, version->n_blocks);
  return TRUE;
}

static void
forget_givers (BtMetadataFetch *self, const BtMetadataVersion *version)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((BtMetadataPeer *) value)->version == version)
      ((BtMetadataPeer *) value)->gave = FALSE;
}

void
bt_metadata_free_blocks (BtMetadataFetch *self, BtMetadataVersion *version)
{
  if (version->blocks == NULL)
    return;
  for (guint i = 0; i < version->n_blocks; i++)
    if (version->blocks[i].data != NULL)
      {
        self->budget->used -= g_bytes_get_size (version->blocks[i].data);
        g_bytes_unref (version->blocks[i].data);
      }
  self->budget->used -= version->n_blocks * sizeof (BtMetadataBlock);
  g_clear_pointer (&version->blocks, g_free);
  version->n_done = 0;
  forget_givers (self, version);
}

void
bt_metadata_free_version (BtMetadataFetch *self, BtMetadataVersion *version)
{
  bt_metadata_free_blocks (self, version);
  g_ptr_array_remove_fast (self->versions, version);
  g_free (version);
}

BtMetadataVersion *
bt_metadata_find_version (BtMetadataFetch *self, guint32 size)
{
  for (guint i = 0; i < self->versions->len; i++)
    {
      BtMetadataVersion *version = g_ptr_array_index (self->versions, i);

      if (version->size == size)
        return version;
    }
  return NULL;
}

BtMetadataVersion *
bt_metadata_make_version (BtMetadataFetch *self, guint32 size)
{
  BtMetadataVersion *version = g_new0 (BtMetadataVersion, 1);

  version->size = size;
  version->n_blocks = bt_metadata_n_blocks (size);
  version->sole = NOBODY;
  g_ptr_array_add (self->versions, version);
  return version;
}

/* The whole. */

static GBytes *
join (const BtMetadataVersion *version)
{
  GByteArray *joined = g_byte_array_sized_new (version->size);

  for (guint i = 0; i < version->n_blocks; i++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (version->blocks[i].data, &length);

      g_byte_array_append (joined, data, (guint) length);
    }
  return g_byte_array_free_to_bytes (joined);
}

GBytes *
bt_metadata_fetch_get_complete (BtMetadataFetch *self, guint32 *size)
{
  for (guint i = 0; i < self->versions->len; i++)
    {
      BtMetadataVersion *version = g_ptr_array_index (self->versions, i);

      if (version->n_done < version->n_blocks || version->handed_out)
        continue;
      version->handed_out = TRUE;
      *size = version->size;
      return join (version);
    }
  return NULL;
}

gboolean
bt_metadata_is_of_one (const BtMetadataVersion *version)
{
  for (guint i = 1; i < version->n_blocks; i++)
    if (version->blocks[i].source != version->blocks[0].source)
      return FALSE;
  return TRUE;
}

/* Progress. */

static const BtMetadataVersion *
find_foremost (BtMetadataFetch *self)
{
  const BtMetadataVersion *best = NULL;

  for (guint i = 0; i < self->versions->len; i++)
    {
      const BtMetadataVersion *version = g_ptr_array_index (self->versions, i);

      if (best == NULL || version->n_done > best->n_done
          || (version->n_done == best->n_done && version->n_peers > best->n_peers))
        best = version;
    }
  return best;
}

static guint32
count_done (const BtMetadataVersion *version)
{
  guint32 done = 0;

  for (guint i = 0; version->n_done > 0 && i < version->n_blocks; i++)
    if (version->blocks[i].data != NULL)
      done += (guint32) g_bytes_get_size (version->blocks[i].data);
  return done;
}

void
bt_metadata_fetch_get_progress (BtMetadataFetch *self, BtMetadataProgress *out)
{
  const BtMetadataVersion *version = find_foremost (self);
  GHashTableIter iter;
  gpointer value;

  *out = (BtMetadataProgress){ 0 };
  if (version == NULL)
    return;
  out->size = version->size;
  out->done = count_done (version);
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const BtMetadataPeer *peer = value;

      if (peer->version == version && (bt_metadata_count_asked (peer) > 0 || peer->gave))
        out->n_peers++;
    }
}
