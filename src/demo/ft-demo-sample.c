/* ft-demo-sample.c: sample files, the torrent of them, and their comparison.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-demo-sample.h"

#include <errno.h>
#include <string.h>

#include "bt-error.h"

#define CHUNK_SIZE (128u * 1024)
#define PIECE_LENGTH (128u * 1024)

/* Sizes are odd on purpose: pieces cross files, and one file is empty. */
static const BtDraftFile sample_files[] = {
  { "Film/Evening by the lake.mkv", 33554467 },
  { "Film/Evening by the lake.srt", 16385 },
  { "Music/01 Rain.flac", 12582917 },
  { "Music/02 Snow.flac", 9437179 },
  { "Pictures/Cover.png", 1048575 },
  { "Pictures/Empty.txt", 0 },
  { "Read me.txt", 1 },
  { "The whole book.pdf", 10469340 },
};

static const BtMetainfoDraft sample_draft = {
  .name = FT_DEMO_SAMPLE_NAME,
  .multi_file = TRUE,
  .piece_length = PIECE_LENGTH,
  .comment = "Pseudo-random bytes to see FriendTorrent at work",
  .created_by = "FriendTorrent " PACKAGE_VERSION,
};

/* splitmix64: small, and good enough to make no two pieces equal. */
static guint64
next_random (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static void
fill_random (guint8 *bytes, gsize size, guint64 *state)
{
  for (gsize i = 0; i < size; i += sizeof (guint64))
    {
      guint64 value = GUINT64_TO_LE (next_random (state));

      memcpy (bytes + i, &value, MIN (sizeof value, size - i));
    }
}

static char *
build_path (const char *folder, const char *name, const char *path)
{
  return g_build_filename (folder, name, path, NULL);
}

static gboolean
make_parent (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);

  if (g_mkdir_with_parents (parent, 0700) == 0)
    return TRUE;
  int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", parent,
               g_strerror (code));
  return FALSE;
}

static gboolean
write_file (const char *path,
            guint64 length,
            guint64 seed,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autofree guint8 *chunk = g_malloc (CHUNK_SIZE);

  if (!make_parent (path, error))
    return FALSE;
  stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, error);
  if (stream == NULL)
    return FALSE;
  for (guint64 left = length; left > 0;)
    {
      gsize size = (gsize) MIN (left, CHUNK_SIZE);

      fill_random (chunk, size, &seed);
      if (!g_output_stream_write_all (G_OUTPUT_STREAM (stream), chunk, size, NULL, cancellable,
                                      error))
        return FALSE;
      left -= size;
    }
  return g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, error);
}

gboolean
ft_demo_sample_make (const char *folder, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sample_files); i++)
    {
      g_autofree char *path = build_path (folder, FT_DEMO_SAMPLE_NAME, sample_files[i].path);

      if (!write_file (path, sample_files[i].length, i + 1, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* Pieces go on from one file to the next, so the hash in progress is kept between files. */
typedef struct
{
  BtHasher *hasher;
  GByteArray *hashes;
  guint32 piece_length;
  guint32 filled; /* bytes of the piece in progress */
} PieceHasher;

static void
end_piece (PieceHasher *self)
{
  guint8 digest[BT_SHA1_SIZE];

  bt_hasher_finish (self->hasher, digest);
  g_byte_array_append (self->hashes, digest, sizeof digest);
  self->filled = 0;
}

static void
hash_bytes (PieceHasher *self, const guint8 *bytes, gsize size)
{
  while (size > 0)
    {
      gsize part = MIN (size, self->piece_length - self->filled);

      bt_hasher_update (self->hasher, bytes, part);
      self->filled += (guint32) part;
      bytes += part;
      size -= part;
      if (self->filled == self->piece_length)
        end_piece (self);
    }
}

static gboolean
hash_file (PieceHasher *self,
           const char *path,
           guint64 length,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autofree guint8 *chunk = g_malloc (CHUNK_SIZE);

  if (stream == NULL)
    return FALSE;
  for (guint64 left = length; left > 0;)
    {
      gsize size = (gsize) MIN (left, CHUNK_SIZE);
      gsize got;

      if (!g_input_stream_read_all (G_INPUT_STREAM (stream), chunk, size, &got, cancellable, error))
        return FALSE;
      if (got < size)
        {
          g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "%s: the file is too short", path);
          return FALSE;
        }
      hash_bytes (self, chunk, size);
      left -= size;
    }
  return TRUE;
}

GBytes *
ft_demo_build_torrent (const char *folder,
                       const BtMetainfoDraft *draft,
                       const BtDraftFile *files,
                       guint n_files,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (BtHasher) hasher = bt_hasher_new (BT_HASH_SHA1);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  PieceHasher pieces = { hasher, hashes, draft->piece_length, 0 };

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *path = draft->multi_file ? build_path (folder, draft->name, files[i].path)
                                                : g_build_filename (folder, draft->name, NULL);

      if (!hash_file (&pieces, path, files[i].length, cancellable, error))
        return NULL;
    }
  if (pieces.filled > 0)
    end_piece (&pieces);
  return bt_metainfo_build (draft, files, n_files, hashes->data, hashes->len);
}

GBytes *
ft_demo_sample_build_torrent (const char *folder,
                              const char *tracker,
                              GCancellable *cancellable,
                              GError **error)
{
  const char *trackers[] = { tracker, NULL };
  BtMetainfoDraft draft = sample_draft;

  draft.trackers = trackers;
  return ft_demo_build_torrent (folder, &draft, sample_files, G_N_ELEMENTS (sample_files),
                                cancellable, error);
}

static gboolean
compare_streams (GInputStream *a,
                 GInputStream *b,
                 gboolean *equal,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree guint8 *chunk_a = g_malloc (CHUNK_SIZE);
  g_autofree guint8 *chunk_b = g_malloc (CHUNK_SIZE);
  gsize size_a, size_b;

  do
    {
      if (!g_input_stream_read_all (a, chunk_a, CHUNK_SIZE, &size_a, cancellable, error)
          || !g_input_stream_read_all (b, chunk_b, CHUNK_SIZE, &size_b, cancellable, error))
        return FALSE;
      *equal = size_a == size_b && memcmp (chunk_a, chunk_b, size_a) == 0;
    }
  while (*equal && size_a == CHUNK_SIZE);
  return TRUE;
}

static gboolean
compare_files (const char *path_a, const char *path_b, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file_a = g_file_new_for_path (path_a);
  g_autoptr (GFile) file_b = g_file_new_for_path (path_b);
  g_autoptr (GFileInputStream) a = g_file_read (file_a, cancellable, error);
  g_autoptr (GFileInputStream) b = a != NULL ? g_file_read (file_b, cancellable, error) : NULL;
  gboolean equal;

  if (b == NULL)
    return FALSE;
  if (!compare_streams (G_INPUT_STREAM (a), G_INPUT_STREAM (b), &equal, cancellable, error))
    return FALSE;
  if (!equal)
    g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "%s differs from %s", path_b, path_a);
  return equal;
}

gboolean
ft_demo_sample_compare (const char *folder_a,
                        const char *folder_b,
                        GCancellable *cancellable,
                        GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sample_files); i++)
    {
      g_autofree char *a = build_path (folder_a, FT_DEMO_SAMPLE_NAME, sample_files[i].path);
      g_autofree char *b = build_path (folder_b, FT_DEMO_SAMPLE_NAME, sample_files[i].path);

      if (!compare_files (a, b, cancellable, error))
        return FALSE;
    }
  return TRUE;
}
