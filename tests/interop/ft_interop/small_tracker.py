# small_tracker.py: a tracker of both families on the hub, which opentracker as it is packaged is not.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs small_tracker_run.py and reads what it saw."""

import json
import pathlib
import subprocess
import sys

from .process import Process, wait_until

RUN = pathlib.Path(__file__).with_name("small_tracker_run.py")
PORT = 6970
# What the programs of a node know the hub by, if they are given a file of hosts.
NAME = "tracker.test"


class SmallTracker:
    """Serves all torrents. @told: (nullable): by address of who asks, the addresses that it is told of; else all.
    @web: (nullable): it is at the ports of the web instead: "none": port 80 only; "hangs": 443 says nothing; else the
    certificate for 443"""

    def __init__(self, network, home, told=None, web=None):
        self._output = home / "announces.jsonl"
        with open(self._output, "wb") as output:
            self._process = Process(network.hub, [sys.executable, "-B", str(RUN), str(PORT), json.dumps(told), json.dumps(web)], home,
                                    stdin=subprocess.PIPE, stdout=output)
        wait_until("the tracker is ready", 10, lambda: b"ready" in self._output.read_bytes(),
                   self._process.tail)

    def announces(self):
        """Of dictionaries: protocol, address, port, ipv6, event, hash, left"""
        self._process.expect_alive()
        lines = self._output.read_text().splitlines()
        return [entry for entry in map(json.loads, lines) if "event" in entry]

    def wait_for(self, address, timeout_s, **fields):
        """Until @address has announced with these."""
        def holds():
            return any(entry["address"] == address and fields.items() <= entry.items()
                       for entry in self.announces())
        wait_until(f"{address} announces with {fields}", timeout_s, holds, lambda: str(self.announces()))

    def stop(self):
        self._process.kill()
