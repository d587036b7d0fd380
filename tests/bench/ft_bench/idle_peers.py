# idle_peers.py: what hundreds of peers cost that are connected and do nothing.
# SPDX-License-Identifier: GPL-3.0-or-later
"""The peers are one small program with an address for each, since nobody lets many in from one."""

import json
import pathlib
import select
import subprocess
import sys
import time

from ft_interop import samples, torrent
from ft_interop.held import read_cpu, read_memory
from ft_interop.network import Network
from ft_interop.process import Process
from ft_interop.tap import Failure

from .measurement import MIB, Measurement
from .table import LESS, Column, Target
from .transfers import add_rows

RUN = pathlib.Path(__file__).with_name("idle_crowd_run.py")
# As the programs come they take a hundred peers or so for each torrent.
N_TORRENTS, PEERS_PER_TORRENT = 5, 100
PIECE_LENGTH, SIZE = 1 << 18, 16 * MIB
CROWD_NETWORK = "10.78.0.0/16"
CONNECT_S = 40
SETTLE_S, WATCH_S = 4, 10
QUICK_WATCH_S = 2
LIMIT_S, REPEAT_S = 90, 50
PORT = 6881


def get_address(index):
    return f"10.78.{1 + index // 250}.{1 + index % 250}"


def make_greeting(n_pieces, seeding):
    """Of peers of a seed: nothing. Of others: a bitfield of all, and they keep us choked."""
    if seeding:
        return b""
    bits = ((1 << n_pieces) - 1) << (-n_pieces % 8)
    field = bits.to_bytes(-(-n_pieces // 8), "big")
    return (1 + len(field)).to_bytes(4, "big") + b"\x05" + field


def expect_connected(peer, made):
    """By its own account."""
    n_peers = sum(len(peer.addresses(one)) for one in made)
    if n_peers != N_TORRENTS * PEERS_PER_TORRENT:
        raise Failure(f"it says that it has {n_peers} peers")


class Crowd:
    """Connected while it is used as a context."""

    def __init__(self, node, home, target, peers):
        self._process = Process(node, [sys.executable, str(RUN), target, str(PORT)], home,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._process.stdin.write(json.dumps(peers).encode() + b"\n")
        self._process.stdin.flush()

    def __enter__(self):
        try:
            self._wait_ready()
        except BaseException:
            self._process.kill()
            raise
        return self

    def _wait_ready(self):
        line = self._read_line(CONNECT_S)
        if not line.startswith(b"ready"):
            raise Failure(f"the peers were not let in: {line}\n{self._process.tail()}")

    def _read_line(self, timeout_s):
        """Empty when there is none."""
        readable, _, _ = select.select([self._process.stdout], [], [], timeout_s)
        return self._process.stdout.readline() if readable else b""

    def expect_all(self):
        if self._read_line(0):
            raise Failure("peers were dropped")

    def __exit__(self, *_):
        self._process.kill()


class IdlePeers(Measurement):
    """Ours, and libtorrent's."""

    name = "idle-peers"
    title = f"{N_TORRENTS * PEERS_PER_TORRENT} peers that are connected and idle"
    text = (f"{PEERS_PER_TORRENT} with each of {N_TORRENTS} torrents; nothing but keep-alives. With a seed they have"
            " nothing and want nothing; with a leecher they have everything and choke it.")

    def run(self, context):
        network = Network()
        node, crowd_node = network.add("program"), network.add("crowd")
        crowd_node.run("ip", "route", "add", "local", CROWD_NETWORK, "dev", "lo")
        node.run("ip", "route", "add", CROWD_NETWORK, "via", crowd_node.address)
        data = context.make_folder("data")
        made = []
        for i in range(N_TORRENTS):
            sample = samples.plain(f"quiet {i}", PIECE_LENGTH, SIZE)
            sample.make(data)
            made.append(torrent.make(sample, data, context.work, []))
        watch_s = QUICK_WATCH_S if context.quick else WATCH_S

        def measure(program, seeding):
            home = context.make_folder("idle")
            folder = data if seeding else context.make_folder("nothing")
            peers = [(get_address(i), made[i % N_TORRENTS].hex, make_greeting(SIZE // PIECE_LENGTH, seeding).hex())
                     for i in range(N_TORRENTS * PEERS_PER_TORRENT)]
            peer = program.peer(node, home)
            try:
                for one in made:
                    peer.add(one, folder)
                if seeding:
                    peer.wait_complete(made, CONNECT_S)
                with Crowd(crowd_node, home, node.address, peers) as crowd:
                    time.sleep(SETTLE_S)
                    begin_s, cpu_s = time.monotonic(), read_cpu(peer.pid)
                    time.sleep(watch_s)
                    cpu_s = read_cpu(peer.pid) - cpu_s
                    crowd.expect_all()
                    expect_connected(peer, made)
                    return {"cpu": 100 * cpu_s / (time.monotonic() - begin_s),
                            "memory": read_memory(peer.pid, "RssAnon") / MIB}
            finally:
                peer.kill()
        for seeding, title in ((True, "Seeding"), (False, "Leeching")):
            table = context.make_table([Column("cpu", "% of a core", 2, LESS, Target(1)),
                                        Column("memory", "anonymous MiB", 1, LESS)], title)
            rows = add_rows(table, [program for program in context.programs()[0] if hasattr(program, "peer")])
            context.take_turns(table, [(row, lambda program=program, seeding=seeding: measure(program, seeding))
                                       for row, program in rows], LIMIT_S, REPEAT_S, slow_s=LIMIT_S)
