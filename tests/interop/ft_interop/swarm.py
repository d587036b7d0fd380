# swarm.py: what one scenario needs, and its end.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab for the whole run; in it, one after the other, swarms of a tracker and some peers."""

import os
import pathlib
import shutil
import tempfile
import time

from . import torrent
from .network import Network
from .ours import FriendTorrent
from .tap import Block, Failure, Skip
from .small_tracker import SmallTracker
from .tracker import Tracker, announce_url

PROTOCOLS = ("http", "udp")


class Lab:
    """@program: friendtorrent-console; @folder: where there is room for some GiB of data"""

    def __init__(self, report, program, folder):
        self.report = report
        self.program = program
        self.network = Network()
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="interop-", dir=folder))
        # Programs that change their user still come in.
        self.work.chmod(0o755)

    def close(self):
        if os.environ.get("FT_INTEROP_KEEP"):
            self.report.note(f"kept {self.work}")
        else:
            shutil.rmtree(self.work, ignore_errors=True)

    def run(self, names, scenario):
        """Calls @scenario (swarm), which reports @names."""
        block = Block(self.report, names)
        swarm = Swarm(self, block)
        began = time.monotonic()
        try:
            scenario(swarm)
            block.close("the scenario did not come to it")
        except Skip as skip:
            block.skip(str(skip))
        except (Failure, OSError) as failure:
            block.close(f"{type(failure).__name__}: {failure}\n{swarm.tails()}")
        finally:
            swarm.close()
            self.report.note(f"{time.monotonic() - began:.1f} s")


class Swarm:
    """Torrents, a tracker that serves them, and peers."""

    def __init__(self, lab, block):
        self._lab = lab
        self.network = lab.network
        self.block = block
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="swarm-", dir=lab.work))
        self.home.chmod(0o755)
        self.data = self.home / "data"
        self.data.mkdir()
        self.tracker = None
        self._peers = []

    def share(self, samples, tiers=None):
        """Makes @samples and their torrents, and starts the tracker. @tiers: (nullable): URLs; else
        HTTP and UDP by turns."""
        torrents = []
        for i, sample in enumerate(samples):
            sample.make(self.data)
            urls = tiers or [announce_url(self.network, PROTOCOLS[i % len(PROTOCOLS)])]
            torrents.append(self.make_torrent(sample, urls))
        self.tracker = Tracker(self.network, self.home / "tracker", torrents)
        return torrents

    def make(self, samples, private=False):
        """Makes @samples and their torrents, which name no tracker."""
        for sample in samples:
            sample.make(self.data)
        return [self.make_torrent(sample, [], private) for sample in samples]

    def make_torrent(self, sample, urls, private=False):
        """@sample: was made; @urls: each a tier"""
        return torrent.make(sample, self.data, self.folder("torrents"), urls, private)

    def folder(self, name):
        path = self.home / name
        path.mkdir(exist_ok=True)
        return path

    def start(self, kind, node=None, **options):
        """Starts a foreign client of class @kind."""
        name = f"{kind.__name__}-{len(self._peers)}"
        peer = kind(node or self.network.add(name), self.home / name, **options)
        self._peers.append(peer)
        return peer

    def start_small_tracker(self, told=None, web=None):
        """One that speaks both families, for all torrents."""
        self.tracker = SmallTracker(self.network, self.folder("tracker"), told, web)
        return self.tracker

    def start_ours(self, folder, torrents=(), options=(), again=None, bound=True, node=None, uses=(),
                   wrapper=()):
        """@again: (nullable): an earlier run, whose state and address are taken up. @bound: to the
        address that its node has now. @uses: see FriendTorrent"""
        name = f"ours-{len(self._peers)}"
        home = again.home if again else self.home / name
        node = node or (again.node if again else self.network.add(name))
        peer = FriendTorrent(node, home, self._lab.program, folder, torrents, options,
                            bound, uses, wrapper=wrapper)
        self._peers.append(peer)
        return peer

    def note(self, text):
        self._lab.report.note(text)

    def tails(self):
        return "\n".join(peer.tail() for peer in self._peers)

    def close(self):
        for peer in self._peers:
            peer.kill()
        if self.tracker is not None:
            self.tracker.stop()
        if not os.environ.get("FT_INTEROP_KEEP"):
            shutil.rmtree(self.home, ignore_errors=True)
