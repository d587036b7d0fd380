# peer.py: what every client of a swarm can do, ours and theirs.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer is a run of a client at an address of its own, with a folder of its own."""

from .process import wait_until


class Peer:
    """Subclasses start the program in __init__ and set self._process."""

    # Whether files of no bytes appear where it downloads; some clients leave them out.
    makes_empty_files = True

    def __init__(self, node, home):
        self.node = node
        self.home = home
        self._process = None
        home.mkdir(exist_ok=True)

    @property
    def pid(self):
        return self._process.pid

    def add(self, torrent, folder):
        """Seeds or downloads, depending on what is in @folder."""
        raise NotImplementedError

    def is_complete(self, torrent):
        raise NotImplementedError

    def describe(self, torrent):
        """How far it is, for a report."""
        raise NotImplementedError

    def wait_complete(self, torrents, timeout_s):
        """Waits until all of @torrents are there and checked."""
        def all_complete():
            self._process.expect_alive()
            return all(self.is_complete(torrent) for torrent in torrents)

        def explain():
            return (", ".join(f"{torrent.sample.name}: {self.describe(torrent)}"
                              for torrent in torrents) + "\n" + self._process.tail())
        wait_until(f"{type(self).__name__} complete", timeout_s, all_complete, explain)

    def tail(self):
        """The end of its log."""
        return self._process.tail()

    def stop(self):
        """Ends it after it has written what it holds."""
        self._process.stop()

    def kill(self):
        """Ends it at once (SIGKILL)."""
        self._process.kill()
