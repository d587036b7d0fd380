/* ft-toast.h: what can be done about what a toast says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * ft_toast_offer:
 * @label: of a button, with its mnemonic
 *
 * Gives it a button, and to everybody the time to press it.
 */
void ft_toast_offer (AdwToast *toast, const char *label);

G_END_DECLS
