# tracker.py: opentracker, and what it knows.
# SPDX-License-Identifier: GPL-3.0-or-later
"""opentracker on the hub, over TCP and UDP."""

import shutil
import urllib.parse
import urllib.request

from . import bencode
from .process import Process, wait_until
from .tap import Failure, Skip

PORT = 6969


class Tracker:
    """It serves the given torrents only: that is how distributions build it."""

    def __init__(self, network, home, torrents):
        program = shutil.which("opentracker")
        if program is None:
            raise Skip("opentracker is not installed")
        home.mkdir()
        home.chmod(0o755)
        self._address = network.hub.address
        whitelist = home / "whitelist"
        whitelist.write_text("".join(f"{torrent.hex}\n" for torrent in torrents))
        # As root it would insist on changing to a user itself, and so forget to die with the test.
        # Relative paths: that user may not be able to walk here from the root.
        self._process = Process(network.hub, [
            program, "-i", self._address, "-p", str(PORT), "-P", str(PORT),
            "-d", ".", "-w", "whitelist"], home, user="nobody")
        wait_until("opentracker answers", 10, self._answers, self._process.tail)

    def _answers(self):
        self._process.expect_alive()
        try:
            self._get(f"http://{self._address}:{PORT}/scrape?info_hash={'x' * 20}")
        except OSError:
            return False
        return True

    def _get(self, url):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=10) as reply:
            return bencode.decode(reply.read())

    def scrape(self, torrent):
        """(seeds, leechers, completed downloads)"""
        key = urllib.parse.quote(torrent.info_hash, safe="")
        reply = self._get(f"http://{self._address}:{PORT}/scrape?info_hash={key}")
        counts = reply.get(b"files", {}).get(torrent.info_hash, {})
        return tuple(counts.get(key, 0) for key in (b"complete", b"incomplete", b"downloaded"))

    def wait_for(self, torrents, expected, timeout_s=60):
        """Waits until each torrent has @expected (seeds, leechers); None: any number."""
        def holds():
            self._process.expect_alive()
            return all(want in (None, have) for torrent in torrents
                       for want, have in zip(expected, self.scrape(torrent)))

        def explain():
            return ", ".join(f"{torrent.sample.name} has {self.scrape(torrent)}"
                             for torrent in torrents)
        wait_until(f"the tracker has {expected} of each", timeout_s, holds, explain)

    def stop(self):
        self._process.kill()

    def expect(self, torrent, expected):
        if self.scrape(torrent) != expected:
            raise Failure(f"the tracker counts {self.scrape(torrent)}, not {expected}")


def announce_url(network, protocol):
    """@protocol: http or udp"""
    return f"{protocol}://{network.hub.address}:{PORT}/announce"
