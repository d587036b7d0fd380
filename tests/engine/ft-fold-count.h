/* ft-fold-count.h: how often the engines of this process have folded a torrent.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* From now on they are counted; to be called once, before the first engine. What is logged goes on as before. */
void ft_fold_count_begin (void);
/* Any thread. */
int ft_fold_count (void);
