/* ft-policy-banner.h: says above the list that everything is held back, and offers the way on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-policy.h"

G_BEGIN_DECLS

#define FT_TYPE_POLICY_BANNER (ft_policy_banner_get_type ())
G_DECLARE_FINAL_TYPE (FtPolicyBanner, ft_policy_banner, FT, POLICY_BANNER, AdwBin)

/**
 * FtPolicyBanner:
 *
 * Takes no room while nothing is held back by the plan or the network.
 *
 * Properties: policy (#FtPolicy, nullable; of a session: its property of the same name).
 */

G_END_DECLS
