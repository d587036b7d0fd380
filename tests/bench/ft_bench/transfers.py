# transfers.py: downloads from libtorrent, seeds for libtorrent, and ours to ours.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every program has a network namespace and so an address of its own. What was downloaded is compared."""

import shutil

from ft_interop import samples, torrent
from ft_interop.network import Network
from ft_interop.tap import Failure, Skip

from .measurement import MIB, Measurement
from .meter import SeedMeter
from .table import LESS, MORE, OURS, PEER, Column, Target
from .tracker import OneSeedTracker

GIB = 1 << 30
KIB = 1 << 10
N_FILES = 4
PIECE_LENGTH = 256 * KIB
QUICK_SIZE = 64 * MIB
# Transmission takes a minute for 1 GiB.
LIMIT_S = 150
READY_S = 60
PEAK_LIMIT_MIB = 64
# The shell of the other side, which is always the same.
PARTNER = "libtorrent"


def make_sample(context):
    """What is shared, and checked: in pieces of 256 KiB, as the usual torrent of this size has."""
    size = QUICK_SIZE if context.quick else GIB
    return samples.Sample("load", PIECE_LENGTH,
                          [(f"part {i}", size // N_FILES) for i in range(N_FILES)])


def make_columns(**targets):
    """Of a transfer. @targets: by the key of the column"""
    return [Column("rate", "MiB/s", 0, MORE, targets.get("rate")),
            Column("cpu", "CPU s/GiB", 2, LESS, targets.get("cpu")),
            Column("peak", "peak MiB", 0, LESS, targets.get("peak")),
            Column("anonymous", "anonymous MiB", 0, LESS)]


def as_figures(cost, size):
    """@cost: of moving @size bytes"""
    return {"rate": size / cost.wall_s / MIB, "cpu": cost.cpu_s * GIB / size,
            "peak": cost.peak_bytes / MIB, "anonymous": cost.anonymous_bytes / MIB}


class Pair:
    """A seed, a leecher, and a torrent of @sample that the tracker brings from the one to the other."""

    def __init__(self, context, sample, seed_node, leecher_node, tracker):
        self._context = context
        self._seed_node = seed_node
        self._leecher_node = leecher_node
        self.sample = sample
        self._data = context.make_folder("data")
        self.sample.make(self._data)
        self._torrent = torrent.make(self.sample, self._data, context.work, [tracker.url])

    def start_seed(self, program):
        """It has checked its data when this returns."""
        peer = program.seed(self._seed_node, self._context.make_folder("seed"), self._torrent,
                            self._data)
        try:
            peer.wait_complete([self._torrent], READY_S)
        except BaseException:
            peer.kill()
            raise
        return peer

    def leech(self, program):
        """One download, compared. Returns what the leecher cost."""
        home = self._context.make_folder("leecher")
        folder = home / "downloads"
        folder.mkdir()
        try:
            cost = program.leech(self._leecher_node, home, self._torrent, folder).measure()
            samples.compare(self.sample, self._data, folder)
            return cost
        finally:
            shutil.rmtree(home)

    def check(self, make_checker, program):
        """Checks what is shared anew (checkers.py). Returns what that cost."""
        checker = make_checker(program, self._seed_node, self._context.make_folder("checker"), self._torrent,
                               self._data)
        try:
            return checker.check()
        finally:
            checker.kill()

    def seed_and_leech(self, program, leecher):
        """Returns what the seed cost, and what the leecher cost."""
        seed = self.start_seed(program)
        try:
            meter = SeedMeter(seed.pid)
            cost = self.leech(leecher)
            return meter.finish(cost.wall_s), cost
        finally:
            seed.kill()


def make_pair(context, sample):
    """Both on one bridge, which is as fast as the machine."""
    network = Network()
    seed_node, leecher_node = network.add("seed"), network.add("leecher")
    tracker = OneSeedTracker(network.hub.address, seed_node.address)
    return Pair(context, sample, seed_node, leecher_node, tracker)


def find_partner(found):
    partner = next((program for program in found if program.name == PARTNER), None)
    if partner is None:
        raise Skip("Debian's python3-libtorrent is not installed: the other side is libtorrent")
    return partner


def add_rows(table, found, reasons=()):
    """Returns [(Row, program)]; rows without figures for those that are not here."""
    rows = [(table.add_row(f"{program.name} {program.version}",
                           OURS if program.is_ours else PEER), program) for program in found]
    for name, reason in reasons:
        table.add_row(name, PEER, reason)
    return rows


class Downloads(Measurement):
    """Each program in turn, from one libtorrent seed."""

    name = "downloads"
    title = "Downloads from a libtorrent seed"
    text = "1 GiB in four files, one connection over TCP."

    def run(self, context):
        found, reasons = context.programs()
        partner = find_partner(found)
        table = context.make_table(make_columns(rate=Target(1.5, PEER), cpu=Target(0.65, PEER),
                                                peak=Target(PEAK_LIMIT_MIB)))
        rows = add_rows(table, found, reasons)
        pair = make_pair(context, make_sample(context))
        seed = pair.start_seed(partner)
        try:
            # The first download finds caches cold that the others find warm.
            pair.leech(partner)
            context.take_turns(table, [
                (row, lambda program=program: as_figures(pair.leech(program), pair.sample.size))
                for row, program in rows], LIMIT_S)
        finally:
            seed.kill()


class Seeds(Measurement):
    """Each program in turn, for a libtorrent leecher."""

    name = "seeds"
    title = "Seeding for a libtorrent leecher"
    text = "The same the other way round: the figures are those of the seed."

    def run(self, context):
        found, reasons = context.programs()
        partner = find_partner(found)
        table = context.make_table(make_columns(cpu=Target(0.35, PEER)))
        rows = add_rows(table, found, reasons)
        pair = make_pair(context, make_sample(context))

        def measure(program):
            return as_figures(pair.seed_and_leech(program, partner)[0], pair.sample.size)
        context.take_turns(table, [(row, lambda program=program: measure(program)) for row, program in rows],
                           LIMIT_S)


class OursToOurs(Measurement):
    """Both sides are FriendTorrent."""

    name = "ours"
    title = "FriendTorrent to FriendTorrent"
    text = "The same with FriendTorrent at both ends."

    def run(self, context):
        ours = context.programs()[0][0]
        table = context.make_table(make_columns())
        rows = [table.add_row(f"{ours.name} {ours.version}, {side}") for side in ("leecher", "seed")]
        pair = make_pair(context, make_sample(context))
        leecher_costs = []

        def measure_seed():
            seed_cost, leecher_cost = pair.seed_and_leech(ours, ours)
            leecher_costs.append(leecher_cost)
            return as_figures(seed_cost, pair.sample.size)

        def take_leecher():
            if not leecher_costs:
                raise Failure("the transfer did not finish")
            return as_figures(leecher_costs.pop(), pair.sample.size)
        # One transfer gives both figures: the leecher's turn comes right after the seed's.
        context.take_turns(table, [(rows[1], measure_seed), (rows[0], take_leecher)], LIMIT_S)
