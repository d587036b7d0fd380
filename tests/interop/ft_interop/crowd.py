# crowd.py: a DHT of many nodes that nobody here wrote.
# SPDX-License-Identifier: GPL-3.0-or-later
"""libtorrent sessions, all in one process and namespace, each at an address of its own."""

import json
import pathlib
import select
import subprocess
import sys

from .peer import Peer
from .process import Process, wait_until
from .tap import Failure, Skip

RUN = pathlib.Path(__file__).with_name("crowd_run.py")
FIRST_HOST = 150  # the other peers have lower ones
PORT = 6881
ANSWER_S = 60
READY_S = 60


class Crowd(Peer):
    """@n_nodes: up to 50"""

    def __init__(self, node, home, n_nodes):
        super().__init__(node, home)
        try:
            import libtorrent  # noqa: F401  pylint: disable=import-outside-toplevel,unused-import
        except ImportError:
            raise Skip("libtorrent's Python module is not installed") from None
        network = node.address.rsplit(".", 1)[0]
        self.addresses = [f"{network}.{FIRST_HOST + i}" for i in range(n_nodes)]
        for address in self.addresses:
            node.run("ip", "address", "add", f"{address}/24", "dev", "wire")
        self._process = Process(node, [sys.executable, str(RUN), *self.addresses], home,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._wait_ready(min(8, n_nodes - 1))

    def entry(self, n=0):
        """HOST:PORT of one of them"""
        return f"{self.addresses[n]}:{PORT}"

    def _count(self):
        """[nodes, peers] of each"""
        self._process.expect_alive()
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], ANSWER_S)[0]:
            raise Failure(f"the crowd does not answer\n{self.tail()}")
        return json.loads(self._process.stdout.readline() or "[]")

    def _wait_ready(self, n_known):
        """Until each of them has others enough to be of use."""
        counts = []

        def is_ready():
            counts[:] = [nodes for nodes, _ in self._count()]
            return min(counts, default=0) >= n_known
        wait_until("the crowd knows itself", READY_S, is_ready, lambda: str(counts))

    def wait_told(self, n_peers, timeout_s):
        """Until that many peers were announced: most of the eight that are told of each have heard of it."""
        counts = []

        def is_told():
            counts[:] = [peers for _, peers in self._count()]
            return sum(counts) >= 6 * n_peers
        wait_until("the crowd is told", timeout_s, is_told, lambda: str(counts))
