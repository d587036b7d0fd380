/* ft-adder.h: adds .torrent files to a session one after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_ADDER (ft_adder_get_type ())
G_DECLARE_FINAL_TYPE (FtAdder, ft_adder, FT, ADDER, GObject)

/**
 * FtAdder:
 *
 * Reads and adds in the order in which files were given, one at a time, so that a hundred of them do
 * not lie in memory together. Files wait while the session starts or is being stopped.
 *
 * FtAdder::added:
 * @adder: the adder
 * @id: of the new torrent; it appears in the list with the next update
 *
 * FtAdder::exists:
 * @adder: the adder
 * @id: of the torrent that was there already
 *
 * FtAdder::failed:
 * @adder: the adder
 * @file: what could not be added
 * @error: why
 */

FtAdder *ft_adder_new (FtSession *session);

void ft_adder_add (FtAdder *adder, GFile *file);

G_END_DECLS
