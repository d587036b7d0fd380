/* fuzz-pcp.c: replies of routers by PCP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-pcp.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtPcpReply reply;

  if (bt_pcp_read_reply (data, size, &reply) && reply.result == BT_PCP_SUCCESS)
    g_assert_true (reply.has_map);
  return 0;
}
