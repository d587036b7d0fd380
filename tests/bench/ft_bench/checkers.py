# checkers.py: programs that check what is there anew, and tell when they have.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A checker is made with a torrent whose data is there and checked. check() does it once more, raises
Failure when not all is found right, and returns the Cost, which is that of the check only. Whoever
measures limits the time."""

import subprocess
import sys
import time

from ft_interop.ours import FriendTorrent
from ft_interop.process import Process, wait_until
from ft_interop.tap import Failure
from ft_interop.transmission import Transmission

from .meter import Run, SeedMeter
from .programs import ARIA2_QUIET, QUIET, RUN_LIBTORRENT
from .rtorrent import Rtorrent

READY_S = 60
POLL_S = 0.005
# Who asks over HTTP costs the asked a little.
POLL_HTTP_S = 0.02


class Checker:
    """A program that runs. Subclasses set self._peer (a Peer or a Process) and say how it is asked."""

    def __init__(self, torrent):
        self._torrent = torrent
        self._peer = None

    def check(self):
        meter = SeedMeter(self._peer.pid)
        begin = time.monotonic()
        self._check()
        cost = meter.finish(time.monotonic() - begin)
        self._expect_complete()
        return cost

    def _check(self):
        """Returns as soon as the check is over."""
        raise NotImplementedError

    def _expect_complete(self):
        if not self._peer.is_complete(self._torrent):
            raise Failure(f"not complete after the check: {self._peer.describe(self._torrent)}")

    def kill(self):
        self._peer.kill()


class OursChecker(Checker):
    """The terminal program, told on its standard input; it answers what follows when it has checked."""

    def __init__(self, program, node, home, torrent, folder):
        super().__init__(torrent)
        self._peer = FriendTorrent(node, home, program.path, folder, [torrent], QUIET, debug=False)
        self._peer.wait_complete([torrent], READY_S)

    def _check(self):
        self._peer.verify(self._torrent, READY_S, POLL_S)


class LibtorrentChecker(Checker):
    """Told and telling by lines."""

    def __init__(self, _program, node, home, torrent, folder):
        super().__init__(torrent)
        self._peer = Process(node, [sys.executable, str(RUN_LIBTORRENT), "check", node.address,
                                    str(torrent.path), str(folder)], home,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._progress = self._read()

    def _read(self):
        """How much of the data is right, once it has checked."""
        line = self._peer.stdout.readline()
        if not line:
            raise Failure(f"libtorrent left\n{self._peer.tail()}")
        return float(line)

    def _check(self):
        self._peer.stdin.write(b"again\n")
        self._peer.stdin.flush()
        self._progress = self._read()

    def _expect_complete(self):
        if self._progress != 1:
            raise Failure(f"not complete after the check: {self._progress}")


class TransmissionChecker(Checker):
    """Asked over HTTP until it has checked."""

    def __init__(self, _program, node, home, torrent, folder):
        super().__init__(torrent)
        self._peer = Transmission(node, home)
        self._peer.add(torrent, folder)
        self._peer.wait_complete([torrent], READY_S)

    def _check(self):
        self._peer.verify(self._torrent)
        wait_until("transmission has checked", READY_S,
                   lambda: not self._peer.is_checking(self._torrent), poll_s=POLL_HTTP_S)


class RtorrentChecker(Checker):
    """It runs a command when it has checked, which makes a file."""

    def __init__(self, _program, node, home, torrent, folder):
        super().__init__(torrent)
        self._marker = home / "checked"
        self._peer = Rtorrent(node, home, "method.set_key = event.download.hash_done, bench, "
                                          f'"execute.nothrow=touch,{self._marker}"\n')
        self._peer.add(torrent, folder)
        self._peer.wait_complete([torrent], READY_S)
        self._wait_marker()

    def _wait_marker(self):
        wait_until("rtorrent has checked", READY_S, self._marker.exists, poll_s=POLL_S)

    def _check(self):
        self._marker.unlink()
        self._peer.call("d.check_hash", self._torrent.hex.upper())
        self._wait_marker()

    def _expect_complete(self):
        self._peer.wait_complete([self._torrent], READY_S)


class Aria2Checker:
    """It checks only what it begins with: a run that checks and leaves. Its start counts too."""

    def __init__(self, program, node, home, torrent, folder):
        self._node, self._home = node, home
        self._argv = [program.path, *ARIA2_QUIET, "--check-integrity=true", "--hash-check-only=true",
                      f"--dir={folder}", str(torrent.path)]

    def check(self):
        return Run(self._node, self._argv, self._home).measure()

    def kill(self):
        """It has left."""


BY_NAME = {
    "FriendTorrent": OursChecker,
    "libtorrent": LibtorrentChecker,
    "aria2": Aria2Checker,
    "Transmission": TransmissionChecker,
    "rTorrent": RtorrentChecker,
}
