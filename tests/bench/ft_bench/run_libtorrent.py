# run_libtorrent.py: downloads one torrent with libtorrent (rasterbar), or checks what is there.
# SPDX-License-Identifier: GPL-3.0-or-later
"""run_libtorrent.py leech|check ADDRESS TORRENT FOLDER: libtorrent as it comes, without what looks for
peers. leech: leaves when all is written. check: checks again for each line on standard input, and answers
with a line."""

import sys

import libtorrent

SETTINGS = {
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "enable_outgoing_utp": False, "enable_incoming_utp": False,
    "in_enc_policy": 2, "out_enc_policy": 2,
    "alert_mask": libtorrent.alert.category_t.status_notification
    | libtorrent.alert.category_t.error_notification
    | libtorrent.alert.category_t.storage_notification,
}
STUCK_MS = 1000


def wait_for(session, kind):
    """Waits for an alert of class @kind; whoever started this ends it when that takes too long."""
    while True:
        session.wait_for_alert(STUCK_MS)
        for alert in session.pop_alerts():
            print(alert, file=sys.stderr, flush=True)
            if isinstance(alert, kind):
                return


def leech(session, handle):
    wait_for(session, libtorrent.torrent_finished_alert)
    handle.flush_cache()
    wait_for(session, libtorrent.cache_flushed_alert)


def check(session, handle):
    wait_for(session, libtorrent.torrent_checked_alert)
    print(handle.status().progress, flush=True)
    for _ in sys.stdin:
        handle.force_recheck()
        wait_for(session, libtorrent.torrent_checked_alert)
        print(handle.status().progress, flush=True)


def main():
    what, address, path, folder = sys.argv[1:]
    session = libtorrent.session({**SETTINGS, "listen_interfaces": f"{address}:6881"})
    parameters = libtorrent.add_torrent_params()
    parameters.ti = libtorrent.torrent_info(path)
    parameters.save_path = folder
    if what == "check":
        # Else it waits for its turn in a queue of one.
        parameters.flags &= ~(libtorrent.torrent_flags.auto_managed | libtorrent.torrent_flags.paused)
    {"leech": leech, "check": check}[what](session, session.add_torrent(parameters))


main()
