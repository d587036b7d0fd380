# liar.py: a peer that gives other bytes.
# SPDX-License-Identifier: GPL-3.0-or-later
"""liar_run.py in a node of its own."""

import pathlib
import subprocess
import sys

from .process import Process

RUN = pathlib.Path(__file__).with_name("liar_run.py")
PORT = 6881


class Liar:
    """Of each of @torrents; @tracker: the URL where it is found"""

    def __init__(self, network, home, tracker, torrents):
        node = network.add("liar")
        pieces = (-(-torrent.sample.size // torrent.sample.piece_length) for torrent in torrents)
        self._process = Process(node, [sys.executable, "-B", str(RUN), node.address, str(PORT), tracker,
                                       *(f"{torrent.hex}:{n}" for torrent, n in zip(torrents, pieces))],
                                home, stdin=subprocess.PIPE)

    def kill(self):
        self._process.kill()
