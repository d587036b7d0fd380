/* test-metainfo-fuzz.c: broken torrents give an error or a metainfo that holds together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-path.h"
#include "ft-test-torrent.h"

static void
assert_path_is_safe (const char *path)
{
  g_auto (GStrv) components = g_strsplit (path, "/", -1);

  for (gsize i = 0; components[i] != NULL; i++)
    g_assert_true (bt_path_is_safe (components[i]));
}

/* What every metainfo keeps, however its torrent came about. */
static void
assert_invariants (const BtMetainfo *metainfo)
{
  guint64 total = 0, payload = 0;
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (metainfo->n_files, >, 0);
  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      const BtFile *file = &metainfo->files[i];

      g_assert_cmpuint (file->offset, ==, total);
      total += file->length;
      assert_path_is_safe (file->path);
      if (file->target != NULL)
        assert_path_is_safe (file->target);
      if (metainfo->multi_file)
        g_assert_true (g_str_has_prefix (file->path, metainfo->name)
                       && file->path[strlen (metainfo->name)] == '/');
      if (file->flags & BT_FILE_PAD)
        continue;
      payload += file->length;
      g_assert_true (g_hash_table_add (keys, bt_path_collision_key (file->path)));
    }
  g_assert_cmpuint (total, ==, metainfo->total_size);
  g_assert_cmpuint (payload, ==, metainfo->payload_size);
  g_assert_cmpuint (payload, >, 0);
  g_assert_cmpuint (metainfo->n_pieces, <=, BT_LIMIT_PIECES);
  g_assert_cmpuint ((guint64) (metainfo->n_pieces - 1) * metainfo->piece_length, <, total);
  g_assert_cmpuint ((guint64) metainfo->n_pieces * metainfo->piece_length, >=, total);
  g_assert_cmpuint (bt_metainfo_piece_size (metainfo, metainfo->n_pieces - 1), >, 0);
  assert_path_is_safe (metainfo->name);
}

static const char *const seeds[] = {
  SINGLE,
  "{ 'announce' 'udp://t.example:6969' 'announce-list' [['http://a/x'] ['udp://b:1/']]"
  " 'comment' 'c' 'info' { 'files' [{ 'attr' 'x' 'length' 10 'path' ['a' 'b.txt'] }"
  " { 'attr' 'p' 'length' 6 'path' ['.pad' '6'] } { 'length' 9 'path' ['a' 'c.txt'] }"
  " { 'attr' 'l' 'length' 0 'path' ['l'] 'symlink path' ['a' 'b.txt'] } { 'length' 1 'path' ['a'] "
  "}]" TAIL "'private' 1 'source' 's' } 'nodes' [['192.0.2.1' 1]] 'url-list' ['http://a/b c'] }",
  HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "#64")),
};

static void
mutate (GRand *rand, GByteArray *bytes)
{
  static const char letters[] = "0123456789eidl:-/.p\\\xff\x80";
  int n = g_rand_int_range (rand, 1, 4);

  while (n-- > 0)
    {
      guint at = (guint) g_rand_int_range (rand, 0, (gint32) bytes->len);

      switch (g_rand_int_range (rand, 0, 4))
        {
        case 0:
          bytes->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
          break;
        case 1:
          bytes->data[at] = (guint8) g_rand_int_range (rand, 0, 256);
          break;
        case 2:
          bytes->data[at] = (guint8) letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
          break;
        default:
          if (bytes->len > 1)
            g_byte_array_remove_index (bytes, at);
        }
    }
}

/* Seeded: the same bytes on each run. */
static void
test_mutations (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (52);
  guint n_accepted = 0, n_refused = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr (GBytes) seed = ft_notation (seeds[i]);
      gsize length = g_bytes_get_size (seed);

      for (guint round = 0; round < 20000; round++)
        {
          g_autoptr (GByteArray) bytes = g_byte_array_new ();
          g_autoptr (GBytes) mutated = NULL;
          g_autoptr (GError) error = NULL;
          g_autoptr (BtMetainfo) metainfo = NULL;

          g_byte_array_append (bytes, g_bytes_get_data (seed, NULL), (guint) length);
          mutate (rand, bytes);
          mutated = g_bytes_new (bytes->data, bytes->len);
          metainfo = bt_metainfo_parse (mutated, &error);
          g_assert_true ((metainfo == NULL) == (error != NULL));
          if (metainfo != NULL)
            assert_invariants (metainfo);
          if (metainfo != NULL)
            n_accepted++;
          else
            n_refused++;
        }
    }
  /* Else it would not have looked at both sides. */
  g_assert_cmpuint (n_accepted, >, 1000);
  g_assert_cmpuint (n_refused, >, 1000);
}

/* Every prefix of a torrent is one that was cut short. */
static void
test_truncated (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr (GBytes) seed = ft_notation (seeds[i]);
      gsize length = g_bytes_get_size (seed);

      for (gsize n = 0; n < length; n++)
        {
          g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (seed, NULL), n);

          assert_refused (cut, BT_ERROR_MALFORMED, "torrent: ");
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/metainfo-fuzz/truncated", test_truncated);
  g_test_add_func ("/proto/metainfo-fuzz/mutations", test_mutations);
  return g_test_run ();
}
