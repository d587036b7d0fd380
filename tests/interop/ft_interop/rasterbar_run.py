# rasterbar_run.py: a libtorrent (rasterbar) session that obeys lines of JSON.
# SPDX-License-Identifier: GPL-3.0-or-later
"""rasterbar_run.py ADDRESS OPTIONS: reads commands on standard input, answers each with one line."""

import json
import signal
import sys

import libtorrent

def limit_everybody(session):
    """Also peers of private addresses, which libtorrent does not limit by itself."""
    everybody = libtorrent.ip_filter()
    everybody.add_rule("0.0.0.0", "255.255.255.255", 1 << libtorrent.session.global_peer_class_id)
    session.set_peer_class_filter(everybody)


def open_session(address, options):
    limit_local = options.pop("limit_local", False)
    settings = {
        "listen_interfaces": f"{address}:6881", "enable_dht": False, "enable_lsd": False,
        "enable_upnp": False, "enable_natpmp": False, "enable_outgoing_utp": False,
        "enable_incoming_utp": False, "active_downloads": -1, "active_seeds": -1,
        "active_limit": -1, "active_tracker_limit": -1, "active_checking": 4,
        "dont_count_slow_torrents": True, "unchoke_slots_limit": -1, "auto_manage_interval": 1,
        "alert_mask": libtorrent.alert.category_t.error_notification
        | libtorrent.alert.category_t.peer_notification
        | libtorrent.alert.category_t.connect_notification,
    }
    settings.update(options)
    session = libtorrent.session(settings)
    if limit_local:
        limit_everybody(session)
    return session


class Obeyer:
    """A method for each command."""

    def __init__(self, session):
        self._session = session
        self._torrents = {}

    def hello(self):
        return {"version": libtorrent.version}

    def _start(self, parameters, folder):
        parameters.save_path = folder
        parameters.flags &= ~(libtorrent.torrent_flags.paused
                              | libtorrent.torrent_flags.auto_managed
                              | libtorrent.torrent_flags.apply_ip_filter)
        handle = self._session.add_torrent(parameters)
        self._torrents[str(handle.info_hashes().v1)] = handle
        return {}

    def add(self, path, folder, trusted):
        limits = {"max_pieces": 1 << 21, "max_buffer_size": 1 << 26}
        parameters = libtorrent.add_torrent_params()
        parameters.ti = libtorrent.torrent_info(path, limits)
        if trusted:
            parameters.flags |= libtorrent.torrent_flags.seed_mode
        return self._start(parameters, folder)

    def add_link(self, link, folder):
        return self._start(libtorrent.parse_magnet_uri(link), folder)

    def status(self, hash):  # pylint: disable=redefined-builtin
        handle = self._torrents[hash]
        status = handle.status()
        return {"state": str(status.state), "progress": status.progress,
                "error": status.errc.message() if status.errc.value() else "",
                "uploaded": status.all_time_upload, "downloaded": status.all_time_download,
                "addresses": [peer.ip[0] for peer in handle.get_peer_info()
                              if not peer.flags & (peer.connecting | peer.handshake)],
                "clients": [peer.client.decode(errors="replace") for peer in handle.get_peer_info()]}

    def log_alerts(self):
        for alert in self._session.pop_alerts():
            print(alert, file=sys.stderr, flush=True)


def main():
    obeyer = Obeyer(open_session(sys.argv[1], json.loads(sys.argv[2])))
    # The end of the session writes what it holds and tells the trackers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for line in sys.stdin:
        arguments = json.loads(line)
        answer = getattr(obeyer, arguments.pop("command"))(**arguments)
        obeyer.log_alerts()
        print(json.dumps(answer), flush=True)


main()
