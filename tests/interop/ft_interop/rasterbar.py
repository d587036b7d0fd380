# rasterbar.py: libtorrent (rasterbar) as a peer.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Driven through the pipes of rasterbar_run.py, a line of JSON each way."""

import json
import pathlib
import select
import subprocess
import sys

from .peer import Peer
from .process import Process
from .tap import Failure, Skip

RUN = pathlib.Path(__file__).with_name("rasterbar_run.py")
ANSWER_S = 60


class Rasterbar(Peer):
    """@dht: (nullable): HOST:PORT of a node of the DHT that it uses; @options: settings of libtorrent's
    session that differ from ours; limit_local: limits hold for private addresses as well"""

    def __init__(self, node, home, dht=None, **options):
        super().__init__(node, home)
        if dht:
            options |= {"enable_dht": True, "dht_bootstrap_nodes": dht, "dht_announce_interval": 10,
                        "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False}
        try:
            import libtorrent  # noqa: F401  pylint: disable=import-outside-toplevel,unused-import
        except ImportError:
            raise Skip("libtorrent's Python module is not installed") from None
        self._process = Process(node, [sys.executable, str(RUN), node.address or f"[{node.address6}]", json.dumps(options)],
                                home, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._call("hello")

    def _call(self, command, **arguments):
        self._process.expect_alive()
        self._process.stdin.write((json.dumps({"command": command, **arguments}) + "\n").encode())
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], ANSWER_S)[0]:
            raise Failure(f"libtorrent does not answer\n{self._process.tail()}")
        line = self._process.stdout.readline()
        if not line:
            raise Failure(f"libtorrent left\n{self._process.tail()}")
        return json.loads(line)

    def add(self, torrent, folder, trusted=False):
        """@trusted: what is in @folder is complete; pieces are checked as they are asked for."""
        self._call("add", path=str(torrent.path), folder=str(folder), trusted=trusted)

    def add_link(self, torrent, folder, link=None):
        self._call("add_link", link=link or torrent.link(), folder=str(folder))

    def _get(self, torrent):
        return self._call("status", hash=torrent.hex)

    def is_complete(self, torrent):
        status = self._get(torrent)
        if status["error"]:
            raise Failure(f"libtorrent: {status}")
        return status["state"] == "seeding"

    def describe(self, torrent):
        return str(self._get(torrent))

    def uploaded(self, torrent):
        return self._get(torrent)["uploaded"]

    def addresses(self, torrent):
        """Of whom it is connected to."""
        return self._get(torrent)["addresses"]

    def clients(self, torrent):
        """The names of the clients that it is connected to."""
        return self._get(torrent)["clients"]
