/* ft-fuzz-record.h: an input that is a list of things that happen, for targets that have a state.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-reader.h"

G_BEGIN_DECLS

/* Two bytes that say what happens, two of a length, and so many bytes, or what is left. */
typedef struct
{
  guint8 kind;
  guint8 number;
  const guint8 *bytes;
  gsize length;
} FtFuzzRecord;

static inline gboolean
ft_fuzz_next_record (BtReader *reader, FtFuzzRecord *record)
{
  guint16 length;

  if (!bt_reader_u8 (reader, &record->kind) || !bt_reader_u8 (reader, &record->number)
      || !bt_reader_u16 (reader, &length))
    return FALSE;
  record->length = MIN (length, reader->left);
  return bt_reader_take (reader, record->length, &record->bytes);
}

G_END_DECLS
