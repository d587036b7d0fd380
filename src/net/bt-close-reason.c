/* bt-close-reason.c: the reasons for the end of a link, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-link.h"

const char *
bt_close_reason_text (BtCloseReason reason)
{
  static const char *const texts[BT_CLOSE_N_REASONS] = {
    [BT_CLOSE_NONE] = "open",
    [BT_CLOSE_REMOTE] = "the peer closed",
    [BT_CLOSE_CONNECT_FAILED] = "could not connect",
    [BT_CLOSE_NETWORK] = "network error",
    [BT_CLOSE_TIMED_OUT] = "took too long to open",
    [BT_CLOSE_SILENT] = "silent for too long",
    [BT_CLOSE_NOT_BITTORRENT] = "not a BitTorrent handshake",
    [BT_CLOSE_WRONG_TORRENT] = "another torrent",
    [BT_CLOSE_SELF] = "ourselves",
    [BT_CLOSE_DUPLICATE] = "connected twice",
    [BT_CLOSE_OVERSIZED] = "oversized message",
    [BT_CLOSE_BAD_LENGTH] = "impossible message length",
    [BT_CLOSE_BAD_BITFIELD] = "bad bitfield",
    [BT_CLOSE_BAD_PIECE] = "no such piece",
    [BT_CLOSE_BAD_REQUEST] = "bad request",
    [BT_CLOSE_PROTOCOL] = "message out of place",
    [BT_CLOSE_FLOOD] = "flooding",
    [BT_CLOSE_BANNED] = "sent bad data",
    [BT_CLOSE_USELESS] = "of no use to each other",
    [BT_CLOSE_TOO_MANY] = "too many connections",
    [BT_CLOSE_STOPPED] = "stopped",
    [BT_CLOSE_DISK] = "could not read",
  };

  g_return_val_if_fail (reason < BT_CLOSE_N_REASONS, "unknown");
  return texts[reason];
}
