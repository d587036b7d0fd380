# strangers.py: thousands of connections that are nobody's peers.
# SPDX-License-Identifier: GPL-3.0-or-later
"""strangers_run.py in a node whose whole network is its own."""

import json
import pathlib
import select
import subprocess
import sys

from .process import Process, wait_until
from .tap import Failure

RUN = pathlib.Path(__file__).with_name("strangers_run.py")
NETWORK = "10.79"
ANSWER_S = 60
PORT = 6881


class Strangers:
    """@targets: nodes whose programs they come to"""

    def __init__(self, network, home, number, torrent, targets):
        self._number = number
        node = network.add("strangers")
        node.run("ip", "route", "add", "local", f"{NETWORK}.0.0/16", "dev", "lo")
        for target in targets:
            target.run("ip", "route", "replace", f"{NETWORK}.0.0/16", "via", node.address)
        home.mkdir(exist_ok=True)
        self._process = Process(node, [sys.executable, "-B", str(RUN), str(number), NETWORK, torrent.hex,
                                       *(f"{target.address}:{PORT}" for target in targets)],
                                home, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def count(self):
        """{"connected", "closed", "open"}: as they see it"""
        self._process.expect_alive()
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], ANSWER_S)[0]:
            raise Failure("the strangers do not answer")
        return json.loads(self._process.stdout.readline())

    def wait_there(self, timeout_s):
        """Until as many connections were made as there are strangers."""
        wait_until(f"{self._number} strangers come", timeout_s,
                   lambda: self.count()["connected"] >= self._number, lambda: str(self.count()))

    def kill(self):
        self._process.kill()
