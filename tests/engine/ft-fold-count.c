/* ft-fold-count.c: how often the engines of this process have folded a torrent, which only their log says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fold-count.h"

#include <glib.h>
#include <string.h>

static int n_folded; /* atomic */

static GLogWriterOutput
count_folded (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && fields[i].length < 0
        && g_str_has_suffix (fields[i].value, ": folded"))
      g_atomic_int_inc (&n_folded);
  return g_log_writer_default (level, fields, n_fields, data);
}

void
ft_fold_count_begin (void)
{
  g_log_set_writer_func (count_folded, NULL, NULL);
}

int
ft_fold_count (void)
{
  return g_atomic_int_get (&n_folded);
}
