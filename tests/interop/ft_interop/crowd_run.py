# crowd_run.py: many libtorrent (rasterbar) sessions of one process, each a node of a DHT.
# SPDX-License-Identifier: GPL-3.0-or-later
"""crowd_run.py ADDRESS...: makes them known to each other, and answers each line on standard input with
how many nodes each of them knows and how many peers it was told of."""

import json
import random
import signal
import sys

import libtorrent

PORT = 6881
N_KNOWN = 8  # others that each is told of


def open_session(address):
    return libtorrent.session({
        "listen_interfaces": f"{address}:{PORT}", "enable_dht": True, "enable_lsd": False,
        "enable_upnp": False, "enable_natpmp": False, "dht_bootstrap_nodes": "",
        # On one network all of them are of one network.
        "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False,
        "dht_ignore_dark_internet": False, "aio_threads": 1, "hashing_threads": 1,
        "alert_mask": libtorrent.alert.category_t.error_notification
        | libtorrent.alert.category_t.stats_notification})


def count(session):
    session.post_session_stats()
    while True:
        session.wait_for_alert(1000)
        for alert in session.pop_alerts():
            if isinstance(alert, libtorrent.session_stats_alert):
                return alert.values["dht.dht_nodes"], alert.values["dht.dht_peers"]


def main():
    addresses = sys.argv[1:]
    dice = random.Random(len(addresses))
    sessions = [open_session(address) for address in addresses]
    for address, session in zip(addresses, sessions):
        others = [other for other in addresses if other != address]
        for other in dice.sample(others, min(N_KNOWN, len(others))):
            session.add_dht_node((other, PORT))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for _ in sys.stdin:
        print(json.dumps([count(session) for session in sessions]), flush=True)


main()
