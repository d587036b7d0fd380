/* ft-fuzz-driver.c: runs a fuzz target as an ordinary test: its seeds, and what chance makes of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-random.h"
#include "ft-tsv.h"

#define MAX_SEED (64 * 1024)

/* Usage: test-fuzz-NAME SEEDS MUTATIONS [FOLDER…]. SEEDS has a seed a line, written as the cells of the shared tables;
 * FOLDERs of the shared data have files that are seeds. Each is tried as it is and changed by chance so many times:
 * libFuzzer does better, but not in every build. With FT_FUZZ_CORPUS the seeds are written there as files, for
 * libFuzzer to begin with. */

typedef struct
{
  GPtrArray *seeds; /* of GBytes */
  guint n_mutations;
} Tries;

static GPtrArray *
read_seeds (const char *path)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && lines[i][0] != '#')
      g_ptr_array_add (seeds, ft_tsv_unescape (lines[i]));
  g_assert_cmpuint (seeds->len, >, 0);
  return seeds;
}

static void
read_folder (const char *name, GPtrArray *seeds)
{
  g_autofree char *shared = ft_test_find_conformance_dir ();
  g_autofree char *path = shared != NULL ? g_build_filename (shared, name, NULL) : NULL;
  g_autoptr (GDir) dir = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  const char *file;

  g_assert_true (dir != NULL || path == NULL);
  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *full = g_build_filename (path, file, NULL);
      char *bytes;
      gsize length;

      if (g_file_get_contents (full, &bytes, &length, NULL))
        g_ptr_array_add (seeds, g_bytes_new_take (bytes, length));
    }
}

/* In memory of its very size, so that a byte too far is seen. */
static void
run (const void *bytes, gsize length)
{
  g_autofree guint8 *copy = length > 0 ? g_memdup2 (bytes, length) : NULL;

  LLVMFuzzerTestOneInput (copy, length);
}

static void
test_seeds (gconstpointer data)
{
  const GPtrArray *seeds = ((const Tries *) data)->seeds;

  run (NULL, 0);
  for (guint i = 0; i < seeds->len; i++)
    {
      gsize length;
      const void *bytes = g_bytes_get_data (g_ptr_array_index (seeds, i), &length);

      run (bytes, length);
    }
}

static void
change (GByteArray *bytes, BtRandom *random)
{
  static const guint8 telling[] = { 0, 1, 0x7f, 0x80, 0xff, '0', '9', '-', ':', 'e', 'i', 'd', 'l', '%', '&', '\n' };
  guint at = bytes->len > 0 ? bt_random_below (random, bytes->len) : 0;
  guint n = 1 + bt_random_below (random, 4);
  guint8 byte = bt_random_below (random, 2) == 0 ? (guint8) bt_random_u32 (random)
                                                 : telling[bt_random_below (random, G_N_ELEMENTS (telling))];

  switch (bytes->len > 0 ? bt_random_below (random, 5) : 4)
    {
    case 0:
      bytes->data[at] = byte;
      break;
    case 1:
      bytes->data[at] ^= (guint8) (1 << bt_random_below (random, 8));
      break;
    case 2:
      g_byte_array_remove_range (bytes, at, MIN (n, bytes->len - at));
      break;
    case 3:
      g_byte_array_set_size (bytes, at);
      break;
    default:
      g_byte_array_append (bytes, &byte, 1);
      memmove (bytes->data + at + 1, bytes->data + at, bytes->len - at - 1);
      bytes->data[at] = byte;
      break;
    }
}

static void
test_mutations (gconstpointer data)
{
  const Tries *tries = data;
  const GPtrArray *seeds = tries->seeds;
  BtRandom random;

  bt_random_seed (&random, 1);
  for (guint i = 0; i < seeds->len; i++)
    for (guint n = 0; n < tries->n_mutations; n++)
      {
        gsize length;
        const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (seeds, i), &length);
        g_autoptr (GByteArray) changed = g_byte_array_new ();

        if (length > MAX_SEED)
          break;
        g_byte_array_append (changed, bytes, (guint) length);
        for (guint changes = 1 + bt_random_below (&random, 4); changes > 0; changes--)
          change (changed, &random);
        run (changed->data, changed->len);
      }
}

static void
write_corpus (const GPtrArray *seeds, const char *folder)
{
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  for (guint i = 0; i < seeds->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/seed-%u", folder, i);
      gsize length;
      const char *bytes = g_bytes_get_data (g_ptr_array_index (seeds, i), &length);
      g_autoptr (GError) error = NULL;

      g_file_set_contents (name, length > 0 ? bytes : "", (gssize) length, &error);
      g_assert_no_error (error);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) seeds = NULL;
  Tries tries;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, >=, 3);
  seeds = read_seeds (argv[1]);
  for (int i = 3; i < argc; i++)
    read_folder (argv[i], seeds);
  if (g_getenv ("FT_FUZZ_CORPUS") != NULL)
    write_corpus (seeds, g_getenv ("FT_FUZZ_CORPUS"));
  tries = (Tries){ seeds, (guint) g_ascii_strtoull (argv[2], NULL, 10) };
  g_test_add_data_func ("/fuzz/seeds", &tries, test_seeds);
  g_test_add_data_func ("/fuzz/mutations", &tries, test_mutations);
  return g_test_run ();
}
