/* ft-test-vectors.h: reads the tables and files of the shared conformance data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-test.h"

/* Undoes \xNN and \\ of a cell. Returns: (transfer full): the bytes, NUL-terminated besides. */
static inline GString *
ft_test_unescape (const char *cell, gsize length)
{
  GString *bytes = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      if (cell[i] != '\\')
        g_string_append_c (bytes, cell[i]);
      else if (i + 1 < length && cell[i + 1] == '\\')
        g_string_append_c (bytes, cell[++i]);
      else
        {
          g_assert_true (i + 3 < length && cell[i + 1] == 'x');
          g_string_append_c (bytes, (char) (g_ascii_xdigit_value (cell[i + 2]) << 4
                                            | g_ascii_xdigit_value (cell[i + 3])));
          i += 3;
        }
    }
  return bytes;
}

static inline void
ft_test_free_cell (gpointer cell)
{
  g_string_free (cell, TRUE);
}

static inline GPtrArray *
ft_test_split_row (const char *line)
{
  GPtrArray *row = g_ptr_array_new_with_free_func (ft_test_free_cell);

  for (;;)
    {
      gsize length = strcspn (line, "\t");

      g_ptr_array_add (row, ft_test_unescape (line, length));
      if (line[length] == '\0')
        return row;
      line += length + 1;
    }
}

/* The rows below the head line of a table such as "libtorrent/vectors/bdecode.tsv": each a
 * GPtrArray of GString. Returns: (transfer full) (nullable): NULL when the shared data is not
 * there. */
static inline GPtrArray *
ft_test_read_table (const char *name)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *path = dir != NULL ? g_build_filename (dir, name, NULL) : NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;
  guint i = 0;

  if (path == NULL)
    return NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  while (lines[i] != NULL && lines[i][0] == '#')
    i++;
  g_assert_nonnull (lines[i]);
  for (i++; lines[i] != NULL; i++)
    if (lines[i + 1] != NULL || lines[i][0] != '\0')
      g_ptr_array_add (rows, ft_test_split_row (lines[i]));
  g_assert_cmpuint (rows->len, >, 0);
  return rows;
}

/* The bytes of a file such as "node-bencode/announce-compacted-peers.bin".
 * Returns: (transfer full) (nullable): NULL when the shared data is not there. */
static inline GBytes *
ft_test_read_file (const char *name)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *path = dir != NULL ? g_build_filename (dir, name, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  char *data;
  gsize length;

  if (path == NULL)
    return NULL;
  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, length);
}

#define ft_test_cell(row, column) ((GString *) g_ptr_array_index ((GPtrArray *) (row), column))
