/* ft-policy.h: what holds now: which limits, and whether anything is transferred at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-config.h"

G_BEGIN_DECLS

#define FT_TYPE_POLICY (ft_policy_get_type ())
G_DECLARE_FINAL_TYPE (FtPolicy, ft_policy, FT, POLICY, GObject)

/* What it asks about the world; tests answer themselves. */
typedef struct
{
  GDateTime *(*dup_now) (gpointer user_data); /* the local time */
  char *(*dup_network) (gpointer user_data);  /* stays the same in the same network */
} FtPolicyOps;

/**
 * FtPolicy:
 *
 * Puts together what was set by hand, the week's plan and whether the network costs money. The plan is
 * looked at when its next hour comes, and every minute beside, since a timeout sleeps with the computer
 * and knows nothing of a clock that is set.
 *
 * Properties, all read-only: limited (whether the slower limits hold), suspended (a #BtSuspend, as int),
 * text (one sentence that says which and why, or %NULL if nothing is held back; not markup), can-go-on
 * (whether ft_policy_go_on() changes anything).
 *
 * FtPolicy::changed:
 * @policy: the policy
 *
 * Something that ft_policy_apply() writes is another now.
 */

/* @ops: (nullable): %NULL: the real world
 * @monitor: (nullable): %NULL: the network costs nothing */
FtPolicy *ft_policy_new (GSettings *settings, GNetworkMonitor *monitor, const FtPolicyOps *ops,
                         gpointer user_data);

gboolean ft_policy_get_limited (FtPolicy *policy);
BtSuspend ft_policy_get_suspended (FtPolicy *policy);
/* Returns: (transfer none) (nullable) */
const char *ft_policy_get_text (FtPolicy *policy);
gboolean ft_policy_get_can_go_on (FtPolicy *policy);

/* Uses this network as if it cost nothing, until this computer is in another. */
void ft_policy_go_on (FtPolicy *policy);

/* Looks at clock and network anew. */
void ft_policy_refresh (FtPolicy *policy);

/* Writes limits and suspend into @config, which has the usual limits (ft_config_load_settings()). */
void ft_policy_apply (FtPolicy *policy, BtConfig *config);

G_END_DECLS
