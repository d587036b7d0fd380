/* ft-bencode-reference.h: bencode read as the specification puts it, to be compared with; slow and plain.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stops it beside what is malformed. */
typedef struct
{
  const guint8 *at, *end;
  guint max_depth;
  guint tokens_left; /* values, keys among them */
} FtBencodeReference;

/* Whether a value in canonical form is at @at, which it moves behind it (BEP 3; integers of 64 bits). */
gboolean ft_bencode_reference_read (FtBencodeReference *self, guint depth);

G_END_DECLS
