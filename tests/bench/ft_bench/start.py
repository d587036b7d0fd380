# start.py: starting with many torrents: until they are listed, what they weigh, and what they cost at rest.
# SPDX-License-Identifier: GPL-3.0-or-later
"""All programs have the same torrents in the same states, saved in their own way. The tracker answers and names
nobody. The files have their sizes but no blocks."""

import hashlib
import http.client
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

from ft_interop import bencode
from ft_interop.held import read_cpu, read_memory
from ft_interop.network import Network
from ft_interop.process import Process, wait_until
from ft_interop.tap import Skip
from ft_interop.transmission import RPC_PORT, SESSION_HEADER, SETTINGS

from .measurement import MIB, Measurement
from .programs import find_program
from .table import LESS, Column, Target
from .tracker import OneSeedTracker
from .transfers import add_rows

START_LIBTORRENT = pathlib.Path(__file__).with_name("start_libtorrent.py")
SIZES, QUICK_SIZES = (1000, 10000), (100,)
MAKE_S = 120
LIMIT_S, REPEAT_S = 200, 60
LIST_S = 90
# At rest: what follows a start (looking at files, the first announces of those that want something) is over when less
# is used than this.
QUIET_SHARE = 0.005
QUIET_S, SETTLE_S = 3, 120
IDLE_S = 10
TARGET_LIST_S, TARGET_MIB, TARGET_IDLE_PERCENT = 2, 120, 1


class Saved:
    """@n torrents as FriendTorrent has saved them (bench-make-state), and each as a file for the others.
    @tracker: URL of the one of all of them; "": they have none."""

    def __init__(self, context, n, tracker):
        self.n = n
        self.state = context.make_folder("state")
        self.data = context.make_folder("data")
        self.torrents = context.make_folder("torrents")
        argv = [context.tool("bench-make-state"), self.state, str(n), "0", self.data, tracker]
        subprocess.run(argv, check=True, timeout=MAKE_S)
        self._write_torrents()

    def _write_torrents(self):
        """Beside them a list: name, whether it runs, whether it is complete. See fill_as_used() in make-state.c."""
        lines = []
        database = sqlite3.connect(self.state / "state.db")
        for i, (torrent,) in enumerate(database.execute("SELECT torrent FROM torrents ORDER BY added_order")):
            (self.torrents / f"{i}.torrent").write_bytes(torrent)
            lines.append(f"{i}.torrent {int(i % 20 < 9)} {int(i % 20 != 0)}\n")
        database.close()
        (self.torrents / "order").write_text("".join(lines))

    def states(self):
        """[(path, whether it runs, whether it is complete)]"""
        for line in (self.torrents / "order").read_text().splitlines():
            name, runs, complete = line.split()
            yield self.torrents / name, runs == "1", complete == "1"


class Started:
    """A program from its start on."""

    def __init__(self, node, argv, home, pipe=True):
        self.begin = time.monotonic()
        self.process = Process(node, [str(word) for word in argv], home, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE if pipe else None)

    def cpu(self):
        return read_cpu(self.process.pid)

    def wait_quiet(self):
        deadline = time.monotonic() + SETTLE_S
        before = self.cpu()
        while time.monotonic() < deadline:
            time.sleep(QUIET_S)
            now = self.cpu()
            if now - before < QUIET_SHARE * QUIET_S:
                return
            before = now

    def measure(self, listed):
        """@listed: waits until all are. Returns the figures."""
        try:
            listed(self)
            seconds, cpu = time.monotonic() - self.begin, self.cpu()
            self.wait_quiet()
            before = self.cpu()
            time.sleep(IDLE_S)
            return {"list": seconds, "cpu": cpu, "idle": (self.cpu() - before) / IDLE_S * 100,
                    "memory": read_memory(self.process.pid, "VmRSS") / MIB,
                    "peak": read_memory(self.process.pid, "VmHWM") / MIB}
        finally:
            self.process.kill()


def start_ours(context, node, saved):
    def listed(started):
        n = 0
        while n < saved.n:
            line = started.process.stdout.readline()
            if not line:
                raise Skip("it ended")
            n += line.startswith(b'{"event":"added"')
    # A copy each time: the last run was not ended by itself.
    state = context.make_folder("home") / "state"
    shutil.copytree(saved.state, state)
    argv = [context.program, "--json", "--state", state, "--bind", node.address, "--port", "6881",
            "--no-dht", "--no-lsd", "--no-port-mapping"]
    try:
        return Started(node, argv, state.parent).measure(listed)
    finally:
        shutil.rmtree(state)


class OtherStart:
    """Another program: what it would have saved is written before its first start."""

    def __init__(self, context, saved):
        self._context = context
        self._saved = saved
        self._folder = context.make_folder("other")
        self._is_written = False

    def _write(self):
        """What it would have saved, to self._folder."""
        raise NotImplementedError

    def _start(self, node):
        """Returns the figures."""
        raise NotImplementedError

    def measure(self, node):
        if not self._is_written:
            self._write()
            self._is_written = True
        return self._start(node)


class LibtorrentStart(OtherStart):
    """In a small program in Python."""

    def _write(self):
        subprocess.run([sys.executable, START_LIBTORRENT, "save", self._saved.torrents, self._saved.data, self._folder],
                       check=True, timeout=MAKE_S)

    def _start(self, node):
        argv = [sys.executable, START_LIBTORRENT, "run", node.address, self._folder]
        return Started(node, argv, self._context.make_folder("home")).measure(
            lambda started: started.process.stdout.readline())


def count_in_transmission(connection, session):
    """How many torrents it lists. @session: a list of its session id"""
    body = json.dumps({"method": "torrent-get", "arguments": {"fields": ["id"]}})
    for _ in range(2):
        connection.request("POST", "/transmission/rpc", body, {SESSION_HEADER: session[0]})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status == 200:
            return len(json.loads(content)["arguments"]["torrents"])
        session[0] = answer.getheader(SESSION_HEADER) or ""
    return 0


class TransmissionStart(OtherStart):
    """Its folders of torrents and of what is known of them, written as version 3.00 does."""

    def _write(self):
        for name in ("torrents", "resume"):
            (self._folder / name).mkdir()
        data = str(self._saved.data)
        (self._folder / "settings.json").write_text(json.dumps({**SETTINGS, "download-dir": data}))
        now = int(time.time())
        for path, runs, complete in self._saved.states():
            self._write_torrent(path.read_bytes(), runs, complete, data, now)

    def _write_torrent(self, torrent, runs, complete, data, now):
        info = bencode.decode(torrent)[b"info"]
        name, info_hash = info[b"name"].decode(), hashlib.sha1(bencode.encode(info)).hexdigest()
        n_files, n_pieces = len(info[b"files"]), len(info[b"pieces"]) // 20
        n_blocks = n_pieces * info[b"piece length"] // 16384
        blocks = b"all" if complete else b"\xff" * (n_blocks // 16) + bytes((n_blocks + 7) // 8 - n_blocks // 16)
        stem = f"{name}.{info_hash[:16]}"
        (self._folder / "torrents" / f"{stem}.torrent").write_bytes(torrent)
        (self._folder / "resume" / f"{stem}.resume").write_bytes(bencode.encode({
            "destination": data, "paused": int(not runs), "added-date": now, "done-date": now,
            "progress": {"blocks": blocks, "time-checked": [now + 60] * n_files}}))

    def _start(self, node):
        connection = http.client.HTTPConnection(node.address, RPC_PORT, timeout=LIST_S)
        session = [""]

        def is_listed():
            try:
                return count_in_transmission(connection, session) >= self._saved.n
            except OSError:
                connection.close()
                return False
        argv = [find_program("transmission-daemon"), "--foreground", "--config-dir", self._folder]
        return Started(node, argv, self._folder, pipe=False).measure(
            lambda started: wait_until("transmission lists them", LIST_S, is_listed))


def make_table(context, n):
    targets = [Target(TARGET_LIST_S), Target(TARGET_MIB), Target(TARGET_IDLE_PERCENT)] if n == SIZES[-1] else [None] * 3
    return context.make_table([Column("list", "s until listed", 2, LESS, targets[0]),
                               Column("cpu", "CPU s until listed", 2, LESS),
                               Column("memory", "MiB", 0, LESS, targets[1]),
                               Column("peak", "peak MiB", 0, LESS),
                               Column("idle", "% CPU idle", 1, LESS, targets[2])], f"{n:,} torrents")


def measure_starts(context, node, saved):
    found, reasons = context.programs()
    table = make_table(context, saved.n)
    others = {"libtorrent": LibtorrentStart, "Transmission": TransmissionStart}
    todo = []
    for row, program in add_rows(table, found, reasons):
        if program.is_ours:
            todo.append((row, lambda: start_ours(context, node, saved)))
        elif program.name in others:
            other = others[program.name](context, saved)
            todo.append((row, lambda other=other: other.measure(node)))
        else:
            row.reason = "it lists no torrents that it had before"
    context.take_turns(table, todo, LIMIT_S, REPEAT_S, slow_s=LIMIT_S)


class Start(Measurement):
    """Until everything is listed for the face, and at rest."""

    name = "start"
    title = "Starting with many torrents"
    text = ("Torrents of 1 to 20 files and about 1,000 pieces; 55 % paused, 40 % seeding, 5 % half there and wanted."
            " Ours is listed when the terminal program has written each of them as JSON; libtorrent when its session"
            " has them, in a small program in Python; Transmission when its RPC names them all. Idle: over"
            f" {IDLE_S} s, when less than {QUIET_SHARE:.1%} was used for {QUIET_S} s, or {SETTLE_S} s after they are"
            " listed. By then the first announces of 10,000 torrents are not over: with ours downloads take the first 100 s, five a"
            " second, but seeds four a second for 17 minutes.")
    limit_s = 600

    def run(self, context):
        network = Network()
        node = network.add("node")
        tracker = OneSeedTracker(network.hub.address, node.address)
        for n in QUICK_SIZES if context.quick else SIZES:
            measure_starts(context, node, Saved(context, n, tracker.url))
