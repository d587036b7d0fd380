/* ft-tsv.h: the tables of conformance vectors, cell by cell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-test.h"

/* A cell: printable ASCII, other bytes as \xNN, a backslash as \\. A NUL stands after the bytes.
 * Returns: (transfer full). */
static inline GBytes *
ft_tsv_unescape (const char *cell)
{
  GByteArray *bytes = g_byte_array_new ();

  while (*cell != '\0')
    {
      guint8 byte = (guint8) *cell++;

      if (byte == '\\' && *cell == '\\')
        cell++;
      else if (byte == '\\')
        {
          g_assert_true (cell[0] == 'x' && g_ascii_isxdigit (cell[1])
                         && g_ascii_isxdigit (cell[2]));
          byte = (guint8) (g_ascii_xdigit_value (cell[1]) << 4 | g_ascii_xdigit_value (cell[2]));
          cell += 3;
        }
      g_byte_array_append (bytes, &byte, 1);
    }
  g_byte_array_append (bytes, (const guint8 *) "", 1);

  g_autoptr (GBytes) terminated = g_byte_array_free_to_bytes (bytes);
  return g_bytes_new_from_bytes (terminated, 0, g_bytes_get_size (terminated) - 1);
}

static inline GPtrArray *
ft_tsv_split_row (const char *line)
{
  g_auto (GStrv) cells = g_strsplit (line, "\t", -1);
  GPtrArray *row = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; cells[i] != NULL; i++)
    g_ptr_array_add (row, ft_tsv_unescape (cells[i]));
  return row;
}

/**
 * ft_tsv_load:
 * @name: the table below the conformance folder
 *
 * Returns: (transfer full) (nullable): rows (GPtrArray) of cells (GBytes) without comments and the
 * line of titles; %NULL when the conformance data is not there
 */
static inline GPtrArray *
ft_tsv_load (const char *name)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  gboolean titles = TRUE;

  if (dir == NULL)
    return NULL;
  path = g_build_filename (dir, name, NULL);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);

  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (lines[i][0] == '#' || lines[i][0] == '\0')
        continue;
      if (!titles)
        g_ptr_array_add (rows, ft_tsv_split_row (lines[i]));
      titles = FALSE;
    }
  g_assert_cmpuint (rows->len, >, 0);
  return rows;
}

static inline GBytes *
ft_tsv_bytes (GPtrArray *rows, guint row, guint column)
{
  GPtrArray *cells = g_ptr_array_index (rows, row);

  g_assert_cmpuint (column, <, cells->len);
  return g_ptr_array_index (cells, column);
}

/* The cell as a string; for those without NUL inside. */
static inline const char *
ft_tsv_text (GPtrArray *rows, guint row, guint column)
{
  return g_bytes_get_data (ft_tsv_bytes (rows, row, column), NULL);
}
