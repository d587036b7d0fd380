# leech_libtorrent.py: downloads one torrent with libtorrent (rasterbar), and leaves.
# SPDX-License-Identifier: GPL-3.0-or-later
"""leech_libtorrent.py ADDRESS TORRENT FOLDER: libtorrent as it comes, without what looks for peers."""

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
            print(alert, flush=True)
            if isinstance(alert, kind):
                return


def main():
    address, path, folder = sys.argv[1:]
    session = libtorrent.session({**SETTINGS, "listen_interfaces": f"{address}:6881"})
    parameters = libtorrent.add_torrent_params()
    parameters.ti = libtorrent.torrent_info(path)
    parameters.save_path = folder
    handle = session.add_torrent(parameters)
    wait_for(session, libtorrent.torrent_finished_alert)
    handle.flush_cache()
    wait_for(session, libtorrent.cache_flushed_alert)


main()
