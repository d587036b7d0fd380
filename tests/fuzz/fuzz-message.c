/* fuzz-message.c: a stream of peer wire messages, and the handshake before it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-handshake.h"
#include "bt-limits.h"
#include "bt-message.h"
#include "bt-reader.h"

static void
take (const guint8 *bytes, gsize length)
{
  BtMessage message;
  BtMessageResult result = bt_message_decode (bytes, length, &message);

  if (result != BT_MESSAGE_OK)
    return;
  /* Of a piece it is asked before: its data is received in place. */
  if (message.id != BT_MESSAGE_PIECE)
    g_assert_true (bt_message_length_possible (bytes[0], (guint32) length, 0));
  g_assert_cmpuint (message.id, ==, bytes[0]);
  if (message.payload != NULL)
    g_assert_cmpuint ((gsize) (message.payload - bytes) + message.payload_length, <=, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtReader reader = bt_reader (data, size);
  BtHandshake handshake;
  const guint8 *bytes;
  guint32 length;

  if (size >= BT_HANDSHAKE_SIZE)
    (void) bt_handshake_decode (data, &handshake);
  while (bt_reader_u32 (&reader, &length) && bt_reader_take (&reader, length, &bytes))
    if (length > 0)
      take (bytes, length);
  return 0;
}
