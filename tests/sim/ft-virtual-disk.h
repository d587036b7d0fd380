/* ft-virtual-disk.h: the disks of a simulation: the real storage without its threads, by the clock of the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-disk.h"
#include "ft-fake-world.h"

G_BEGIN_DECLS

/* All disks of one simulation. A job is done at the call, in the order the real workers would do it; its result
 * comes when the simulation turns, and by default after no time at all. The files are in a real folder: what fails
 * and what survives the loss of power is for ft-file-calls.h. */
typedef struct _FtVirtualDisks FtVirtualDisks;

FtVirtualDisks *ft_virtual_disks_new (FtFakeNet *net);
void ft_virtual_disks_free (FtVirtualDisks *self); /* when all disks are gone */
/* A new one; whoever has it frees it. */
BtDisk *ft_virtual_disks_make (FtVirtualDisks *self);
/* Results come after up to so much time, drawn from the random numbers of the network. */
void ft_virtual_disks_set_latency (FtVirtualDisks *self, guint32 max_us);
/* Delivers what is due. FALSE if there was nothing. */
gboolean ft_virtual_disks_turn (FtVirtualDisks *self);

G_END_DECLS
