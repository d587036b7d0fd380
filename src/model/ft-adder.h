/* ft-adder.h: adds torrents to a session one after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-addition.h"

G_BEGIN_DECLS

#define FT_TYPE_ADDER (ft_adder_get_type ())
G_DECLARE_FINAL_TYPE (FtAdder, ft_adder, FT, ADDER, GObject)

/**
 * FtAdder:
 *
 * Reads and adds in the order in which it was told, one at a time, so that a hundred files do not
 * lie in memory together. They wait while the session starts or is being stopped. What becomes of a
 * .torrent file happens after its torrent was added. Of what was called off while it was loaded nothing is told.
 *
 * Property: fetching (#FtAddition, nullable, read-only): what a server is waited for, see ft_addition_is_web().
 *
 * FtAdder::added:
 * @adder: the adder
 * @addition: what was added
 * @id: of the new torrent; it appears in the list with the next update
 *
 * FtAdder::exists:
 * @adder: the adder
 * @addition: what is there already; it knows which trackers are new
 *
 * FtAdder::failed:
 * @adder: the adder
 * @addition: what could not be added
 * @error: why
 *
 * FtAdder::unsettled:
 * @adder: the adder
 * @addition: what was added, but its file could not be renamed or trashed
 * @error: why
 */

FtAdder *ft_adder_new (FtSession *session);

/* @addition: loaded by the caller, or not yet; from now on it is the adder's */
void ft_adder_add (FtAdder *adder, FtAddition *addition);

G_END_DECLS
