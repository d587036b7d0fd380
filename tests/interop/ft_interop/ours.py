# ours.py: the program that is tested, as a peer.
# SPDX-License-Identifier: GPL-3.0-or-later
"""friendtorrent-console, driven through standard input and read as JSON."""

import json
import subprocess

from .peer import Peer
from .process import POLL_S, Process, wait_until
from .tap import Failure

ANSWER_S = 30
OPTIONAL = ("lsd", "port-mapping")


class FriendTorrent(Peer):
    """@home holds its state, which outlives a run: another FriendTorrent of the same home goes on.
    @uses: of OPTIONAL, what it may do: else peers find each other where a test wants to see how.
    @wrapper: of a program that becomes it"""

    def __init__(self, node, home, program, folder, torrents=(), options=(),
                 bound=True, uses=(), debug=True, wrapper=()):
        super().__init__(node, home)
        self._output = home / "output.jsonl"
        self._events = []
        self._rest = b""
        folder.mkdir(exist_ok=True)
        argv = [*wrapper, str(program), "--json", "--path", str(folder), "--state", str(home / "state"),
                *(("--bind", node.address or node.address6) if bound else ()), "--port", "6881",
                *(("--debug",) if debug else ()),
                *(f"--no-{name}" for name in OPTIONAL if name not in uses), *options,
                *(str(torrent.path) for torrent in torrents)]
        with open(self._output, "wb") as output:
            self._process = Process(node, argv, home, stdin=subprocess.PIPE, stdout=output)
        self._reader = open(self._output, "rb")  # pylint: disable=consider-using-with

    def events(self):
        """What it has said so far."""
        *lines, self._rest = (self._rest + self._reader.read()).split(b"\n")
        self._events += [json.loads(line) for line in lines]
        return self._events

    def _ask(self, command, timeout_s=ANSWER_S, poll_s=POLL_S):
        """What it answers to one command."""
        before = len(self.events())
        self._process.stdin.write(f"{command}\nstatus\n".encode())
        self._process.stdin.flush()

        def answers():
            new = self.events()[before:]
            ends = [i for i, event in enumerate(new) if event["event"] == "status"]
            if not ends:
                self._process.expect_alive()
                return None
            return new[:ends[0] + 1]
        return wait_until(f"friendtorrent-console answers “{command}”", timeout_s, answers,
                          self._process.tail, poll_s)

    def status(self):
        return self._ask("list")[-1]

    def add(self, torrent, folder):
        self._ask(f"add '{torrent.path}' --path '{folder}'")

    def add_link(self, link, folder):
        self._ask(f"add '{link}' --path '{folder}'")

    def remove(self, torrent):
        """With its files."""
        self._ask(f"remove {torrent.hex} --data")

    def verify(self, torrent, timeout_s, poll_s):
        """Has it check @torrent anew; it answers what follows when that is over."""
        self._ask(f"verify {torrent.hex}", timeout_s, poll_s)

    def find(self, torrent):
        """(nullable): the last that it says about @torrent"""
        found = None
        for event in self._ask("list"):
            if event["event"] == "torrent" and event["info_hash"] == torrent.hex:
                found = event
        return found

    def trackers(self, torrent):
        return [event for event in self._ask(f"trackers {torrent.hex}")
                if event["event"] == "tracker"]

    def wait_tracker(self, torrent, state, timeout_s):
        """What it says of the first one, once that is @state."""
        def find():
            rows = self.trackers(torrent)
            return rows[0] if rows and rows[0]["state"] == state else None
        return wait_until(f"the tracker is {state}", timeout_s, find, lambda: str(self.trackers(torrent)))

    def peers(self, torrent):
        return [event for event in self._ask(f"peers {torrent.hex}") if event["event"] == "peer"]

    def addresses(self, torrent):
        """Of whom it is connected to, without ports."""
        return [peer["address"].rsplit(":", 1)[0] for peer in self.peers(torrent)]

    def is_complete(self, torrent):
        status = self.find(torrent)
        if status is not None and status["state"] == "error":
            raise Failure(f"friendtorrent-console: {status}")
        return status is not None and status["state"] == "seeding"

    def describe(self, torrent):
        status = self.find(torrent)
        return "not known" if status is None else f"{status['done']} of {status['size']} bytes, " \
            f"{status['text']} (peers {status['peers']}, known {status['known_peers']})"

    def leave(self):
        """Tells it to save and leave."""
        self._process.stdin.write(b"exit\n")
        self._process.stdin.flush()
        if self._process.wait(30) != 0:
            raise Failure(f"friendtorrent-console left with {self._process.status()}\n"
                          f"{self._process.tail()}")

    def wait_left(self, timeout_s):
        """With --exit-when-done: waits until it has left, which says that all is complete."""
        try:
            status = self._process.wait(timeout_s)
        except Failure as failure:
            states = "\n".join(self._explain())
            raise Failure(f"{failure}\n{states}") from None
        if status != 0:
            raise Failure(f"friendtorrent-console left with {status}\n{self._process.tail()}")

    def _explain(self):
        for event in self._ask("list"):
            if event["event"] == "torrent":
                yield (f"{event['name']}: {event['done']} of {event['size']} bytes, {event['text']}"
                       f" (peers {event['peers']}, known {event['known_peers']})")
