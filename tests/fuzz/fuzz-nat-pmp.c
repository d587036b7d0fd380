/* fuzz-nat-pmp.c: replies of routers by NAT-PMP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-nat-pmp.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtNatPmpReply reply;

  if (bt_nat_pmp_read_reply (data, size, &reply) && reply.result == BT_NAT_PMP_SUCCESS
      && reply.kind == BT_NAT_PMP_REPLY_ADDRESS)
    g_assert_true (bt_endpoint_is_ipv4 (&reply.address));
  return 0;
}
