/* bt-quarantine.h: which torrents the program was at when it ended, so that one that ends it is left alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"

G_BEGIN_DECLS

/* What is begun is written down first, and struck out when it went well. What was not struck out when the program
 * starts again has ended it, or was only under way when it ended; at the second time in a row it is held.
 *
 * It is for a process that dies, not for a machine: nothing is synced, so that it costs a write in memory for each
 * torrent. Losing it costs nothing but what it is for. Used by one thread at a time, unless it is said otherwise. */
typedef struct _BtQuarantine BtQuarantine;

typedef enum
{
  BT_RISK_READING,  /* its row, and what is made of it */
  BT_RISK_STARTING, /* its content is brought and its files are looked at; and it begins, if it may */
} BtRisk;

/* Counts what was under way. @directory: (nullable): nothing is remembered, as when it cannot be written to */
BtQuarantine *bt_quarantine_new (const char *directory);
/* An orderly end: forgets all that is not held. */
void bt_quarantine_free (BtQuarantine *quarantine);

/* @info_hash is being read: (nullable): nothing now. */
void bt_quarantine_read (BtQuarantine *quarantine, const BtSha1 *info_hash);
/* What is not held was read well. */
void bt_quarantine_all_read (BtQuarantine *quarantine);
/* It is being started; any number at the same time. */
void bt_quarantine_begin (BtQuarantine *quarantine, const BtSha1 *info_hash);
/* A person ends the program, which may have to go without an orderly end: what is being read is not to blame for that,
 * and nothing is begun any more that could be. In the thread that begins, also while another reads. */
void bt_quarantine_leave (BtQuarantine *quarantine);
/* It went well, or is not the program's any more. */
void bt_quarantine_end (BtQuarantine *quarantine, const BtSha1 *info_hash);

/* The program ended while it was under way. */
gboolean bt_quarantine_suspects (BtQuarantine *quarantine, const BtSha1 *info_hash);
/* It did twice, and the last time at @risk. */
gboolean bt_quarantine_holds (BtQuarantine *quarantine, const BtSha1 *info_hash, BtRisk risk);
/* A person wants it tried again: it is held after one more time. */
void bt_quarantine_release (BtQuarantine *quarantine, const BtSha1 *info_hash);

G_END_DECLS
