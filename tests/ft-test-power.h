/* ft-test-power.h: root without the power over other people's files, as people are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Permissions of files hold for this thread from now on, and for those it makes; what else root may do it still
 * may. Nothing changes for anybody else. */
static inline void
ft_test_obey_permissions (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  guint32 power = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH;

  g_assert_no_errno (syscall (SYS_capget, &header, sets));
  /* The permitted ones too: access() asks them. */
  sets[0].effective &= ~power;
  sets[0].permitted &= ~power;
  sets[0].inheritable &= ~power;
  g_assert_no_errno (syscall (SYS_capset, &header, sets));
}
