/* ft-power.h: what is on a disk after the power was cut, as it follows from what was done before.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The journal of everything that was done beneath one folder. Of what was not synced before a cut, each write is
 * there, lost or torn. Names (made, renamed, removed) are a journal of their own, as in the file systems of today:
 * of those whose folder was not synced the last ones are lost. */
typedef struct _FtPower FtPower;

/* What is in @root now is on the platter. */
FtPower *ft_power_new (const char *root);
void ft_power_free (FtPower *self);

/* How much was done so far. */
guint ft_power_now (const FtPower *self);
/* Moments at which something was synced: that call is not in the journal before them, but is before the one after. */
guint ft_power_n_syncs (const FtPower *self);
guint ft_power_sync (const FtPower *self, guint i);

/* What is lost. */
typedef enum
{
  FT_LOSS_NOTHING, /* as after the end of the program alone */
  FT_LOSS_ALL,     /* that was not synced */
  FT_LOSS_SOME,    /* by the seed */
  FT_N_LOSSES,
} FtLoss;

/* Makes the folder what it is when the power goes at @moment. */
void ft_power_cut (FtPower *self, guint moment, FtLoss loss, guint64 seed);

/* Tells of what was done from one moment to another, on standard error. */
void ft_power_tell (const FtPower *self, guint from, guint to);

/* For ft-file-calls.c, after it was done. */
void ft_power_made (FtPower *self, const char *path, int fd); /* @fd: -1: a folder */
void ft_power_renamed (FtPower *self, const char *from, const char *to);
void ft_power_removed (FtPower *self, const char *path, gboolean folder);
void ft_power_written (FtPower *self, int fd, guint64 offset, const void *data, gsize length);
void ft_power_resized (FtPower *self, int fd, guint64 size);
void ft_power_punched (FtPower *self, int fd, guint64 offset, guint64 length);
void ft_power_timed (FtPower *self, int fd);
void ft_power_synced (FtPower *self, int fd, const char *path, gboolean data_only);
void ft_power_synced_all (FtPower *self);

G_END_DECLS
