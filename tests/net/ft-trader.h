/* ft-trader.h: the owner of a link that asks for blocks and gives what it is asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-link-owner.h"

G_BEGIN_DECLS

#define FT_TRADER_BLOCKS (FT_LINK_MEMORY / 16384)

/* The react_data of a FtLinkOwner whose react function is ft_trader_react(). */
typedef struct
{
  BtBufferPool *pool;
  guint n_rounds; /* how often it asks for all of the blocks; 0 is once */
  guint32 n_asked;
  guint32 n_served;
} FtTrader;

void ft_trader_react (FtLinkOwner *owner, const char *what);
gboolean ft_trader_is_done (FtTrader *trader, FtLinkOwner *owner);
/* Everything came, and is what it should be. */
void ft_trader_check (FtLinkOwner *owner);

G_END_DECLS
