/* ft-toast.c: what can be done about what a toast says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-toast.h"

/* Who hears it read aloud first, or goes there by keys, is not done in the usual five. */
#define OFFER_S 10

void
ft_toast_offer (AdwToast *toast, const char *label)
{
  g_return_if_fail (ADW_IS_TOAST (toast));

  adw_toast_set_button_label (toast, label);
  adw_toast_set_timeout (toast, OFFER_S);
}
