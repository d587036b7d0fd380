# swarm.py: one seed with a limit and ten leechers: how soon all have it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seed gives each byte at least once, so nobody can be sooner than the size through its limit. Whatever it
gives twice makes the swarm later."""

import shutil
import time

from ft_interop import samples, torrent
from ft_interop.held import read_cpu
from ft_interop.network import Network
from ft_interop.process import wait_until

from .measurement import MIB, Measurement
from .table import LESS, Column, Target
from .tracker import SwarmTracker
from .transfers import add_rows

N_LEECHERS = 10
SEED_BYTES_PER_S = 10_000_000
PIECE_LENGTH = 1 << 18
SIZE, QUICK_SIZE = 192 * MIB, 16 * MIB
READY_S = 30
LIMIT_S, REPEAT_S = 90, 60


class Swarm:
    """A seed and leechers of one program, for one download."""

    def __init__(self, context, program, nodes):
        self._folder = context.make_folder("swarm")
        self._program = program
        self._peers = []
        try:
            for node in nodes:
                limit = 0 if self._peers else SEED_BYTES_PER_S
                self._peers.append(program.peer(node, self._folder / node.name, limit))
        except BaseException:
            self.close()
            raise

    def _make_downloads(self, peer):
        folder = peer.home / "downloads"
        folder.mkdir(exist_ok=True)
        return folder

    def start_seed(self, made, data):
        self._peers[0].add(made, data)
        self._peers[0].wait_complete([made], READY_S)

    def download(self, made, data):
        """Seconds until the last leecher has it all. Compares all of them."""
        leechers = self._peers[1:]
        begin = time.monotonic()
        for peer in leechers:
            peer.add(made, self._make_downloads(peer))
        missing = list(leechers)

        def all_finished():
            missing[:] = [peer for peer in missing if not self._program.has_finished(peer, made)]
            return not missing
        wait_until("all leechers are complete", LIMIT_S, all_finished,
                   lambda: "\n".join(peer.describe(made) for peer in missing))
        end = time.monotonic()
        for peer in leechers:
            samples.compare(made.sample, data, self._make_downloads(peer))
        return end - begin

    def read_cpu(self):
        return sum(read_cpu(peer.pid) for peer in self._peers)

    def close(self):
        for peer in self._peers:
            peer.kill()
        shutil.rmtree(self._folder)


class SwarmOfTen(Measurement):
    """Ours, and libtorrent's."""

    name = "swarm"
    title = "One seed and ten leechers"
    text = (f"{SIZE // MIB} MiB in pieces of {PIECE_LENGTH >> 10} KiB from a seed that may send"
            f" {SEED_BYTES_PER_S // 1_000_000} MB/s; nobody else has a limit. From adding the torrent to the leechers"
            " until the last of them has it all; ideal is the size through the limit of the seed.")

    def run(self, context):
        network = Network()
        nodes = [network.add("seed")] + [network.add(f"leecher{i}") for i in range(N_LEECHERS)]
        tracker = SwarmTracker(network.hub.address)
        size = QUICK_SIZE if context.quick else SIZE
        sample = samples.plain("swarm", PIECE_LENGTH, size)
        data = context.make_folder("data")
        sample.make(data)
        made = torrent.make(sample, data, context.work, [tracker.url])
        ideal_s = size / SEED_BYTES_PER_S

        def measure(program):
            tracker.forget_all()
            swarm = Swarm(context, program, nodes)
            try:
                swarm.start_seed(made, data)
                cpu_s = swarm.read_cpu()
                wall_s = swarm.download(made, data)
                return {"wall": wall_s, "ratio": wall_s / ideal_s, "cpu": swarm.read_cpu() - cpu_s}
            finally:
                swarm.close()
        table = context.make_table([Column("wall", "seconds", 1, LESS), Column("ratio", "÷ ideal", 2, LESS, Target(1.15)),
                                    Column("cpu", "CPU s of all", 1, LESS)])
        rows = add_rows(table, [program for program in context.programs()[0] if hasattr(program, "peer")])
        context.take_turns(table, [(row, lambda program=program: measure(program)) for row, program in rows],
                           LIMIT_S, REPEAT_S, slow_s=LIMIT_S)
        table.notes.append(f"Ideal: {ideal_s:.1f} s.")
